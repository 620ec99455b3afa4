/* SPDX-License-Identifier: MIT */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

/*
 * What verbs have found, as JSON: the same wherever it is asked for, by a
 * command with --json or by the MCP server.  Beside each writer stands the
 * shape of what it writes.
 */

#include <stddef.h>

#include "report/shape.h"

struct advised;
struct doctor_report;
struct event_row;
struct explained;
struct fields;
struct funnel;
struct funnel_wish;
struct json_writer;
struct referrers;

/* `name` as in base/json_write.h. */
void report_doctor(struct json_writer *w, const char *name,
    const struct doctor_report *r);
extern const struct shape report_doctor_shape[];

/* Of what happened the last `most`. */
void report_explain(struct json_writer *w, const char *name,
    const struct explained *x, size_t most);
extern const struct shape report_explain_shape[];

void report_advice(struct json_writer *w, const char *name,
    const struct advised *x);
extern const struct shape report_advice_shape[];

void report_funnel(struct json_writer *w, const char *name,
    const struct funnel_wish *wish, const struct funnel *f);
extern const struct shape report_funnel_shape[];

void report_referrers(struct json_writer *w, const char *name,
    const struct referrers *r);
extern const struct shape report_referrers_shape[];

/* `fields` NULL: nobody looked. */
void report_event(struct json_writer *w, const char *name,
    const struct event_row *x, const struct fields *fields);
extern const struct shape report_event_shape[];

/* The same for people: name and value, in this order; NULL at the end. */
#define REPORT_EVENT_FACTS	12
void report_event_facts(const struct event_row *x,
    const char *ret_name_value[REPORT_EVENT_FACTS][2]);

#endif /* !REPORT_REPORT_H */
