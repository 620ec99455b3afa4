/* SPDX-License-Identifier: MIT */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/* The only file that reads a clock. */

#include <stdint.h>
#include <time.h>

#include "base/err.h"

/* Seconds since 1970, the wall clock: signatures, tokens, logs. */
time_t clock_now(void);

/* The same in milliseconds: what another process has said of this moment. */
int64_t clock_real_ms(void);

/* Microseconds of a clock that never jumps: deadlines and durations. */
int64_t clock_mono_us(void);

/* The same in milliseconds. */
int64_t clock_mono_ms(void);

/* RFC 3339 in UTC, "2026-11-23T21:57:02Z"; `ret` has CLOCK_TEXT bytes. */
#define CLOCK_TEXT	32
void clock_text(time_t t, char ret[CLOCK_TEXT]);

/*
 * The seconds since 1970 of such a text, with or without a fraction, which is
 * left out.  ERR_INPUT: it is none, or has another zone.
 */
MUST_USE enum err clock_read(const char *text, int64_t *ret_seconds);

/* The same with milliseconds, of this moment, for log lines. */
void clock_text_ms(char ret[CLOCK_TEXT]);

#define CLOCK_HOUR_S	3600L
#define CLOCK_DAY_S	86400L

/* A span of time: "1 second", "5 minutes", "3 hours", "12 days". */
#define CLOCK_SPAN	32
const char *clock_span(int64_t seconds, char ret[CLOCK_SPAN]);

#endif /* !BASE_CLOCK_H */
