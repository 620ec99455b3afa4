/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

/*
 * Writing JSON into a buf, member by member; commas take care of themselves.
 * `name` is NULL inside an array and for the outermost value.
 */

#include <stdint.h>
#include <time.h>

struct buf;

struct json_writer {
	struct buf	*out;		/* borrowed */
	int		 comma;
};

void json_write_init(struct json_writer *w, struct buf *out);
void json_open(struct json_writer *w, const char *name);	/* { */
void json_close(struct json_writer *w);				/* } */
void json_open_array(struct json_writer *w, const char *name);	/* [ */
void json_close_array(struct json_writer *w);			/* ] */

/* NULL is written as null.  Invalid UTF-8 becomes U+FFFD. */
void json_put_text(struct json_writer *w, const char *name, const char *value);
void json_put_int(struct json_writer *w, const char *name, int64_t value);
/* `value` over ten to the `decimals`th, up to 4: 4999 with 2 is 49.99. */
void json_put_decimal(struct json_writer *w, const char *name, int64_t value,
    int decimals);
void json_put_bool(struct json_writer *w, const char *name, int value);
/* What is JSON already. */
void json_put_json(struct json_writer *w, const char *name, const char *json);
void json_put_null(struct json_writer *w, const char *name);

/* RFC 3339 as a string; 0 is written as null. */
void json_put_time(struct json_writer *w, const char *name, time_t value);

#endif /* !BASE_JSON_WRITE_H */
