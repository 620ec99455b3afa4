/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <time.h>

#include "base/clock.h"

time_t
clock_now(void)
{
	return time(NULL);
}

int64_t
clock_mono_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

void
clock_text(time_t t, char ret[CLOCK_TEXT])
{
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(ret, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		ret[0] = '\0';
}

void
clock_text_ms(char ret[CLOCK_TEXT])
{
	/* Formatting a date costs more than the rest of a log line. */
	static time_t last = -1;
	static char second[CLOCK_TEXT];
	struct timespec t;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &t);
	if (t.tv_sec != last) {
		if (gmtime_r(&t.tv_sec, &tm) == NULL ||
		    strftime(second, sizeof(second), "%Y-%m-%dT%H:%M:%S",
		    &tm) == 0)
			second[0] = '\0';
		last = t.tv_sec;
	}
	(void)snprintf(ret, CLOCK_TEXT, "%.19s.%03dZ", second,
	    (int)(t.tv_nsec / 1000000));
}
