/* SPDX-License-Identifier: MIT */
#ifndef API_SHOW_H
#define API_SHOW_H

/* The shapes that several answers share, as in doc/openapi.yaml. */

/* When all places to hash a password are taken. */
#define BUSY_RETRY_S	1

struct account;
struct invoice;
struct json_writer;
struct subscription;

void account_put(struct json_writer *w, const char *name,
    const struct account *a);

/* NULL: there is none. */
void subscription_put(struct json_writer *w, const char *name,
    const struct subscription *s);

void invoice_put(struct json_writer *w, const struct invoice *i);

/* "features", an array of names, and "limits", an object of numbers. */
void features_put(struct json_writer *w, const char *features,
    const char *limits);

#endif /* !API_SHOW_H */
