/* SPDX-License-Identifier: MIT */
#ifndef API_SHOW_H
#define API_SHOW_H

/* The shapes that several answers share, as in doc/openapi.yaml. */

#include "base/err.h"

/* When all places to hash a password are taken. */
#define BUSY_RETRY_S	1

/* When another tab is doing the same: a call to Stripe takes about that. */
#define TWIN_RETRY_S	"1"

struct account;
struct invoice;
struct json_writer;
struct resp;
struct subscription;

/* 409: the same is being done at this moment, so nobody waits for it here. */
enum err twin_put(struct resp *p);

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
