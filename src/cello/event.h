/* SPDX-License-Identifier: MIT */
#ifndef CELLO_EVENT_H
#define CELLO_EVENT_H

/*
 * What Cello is told by its API of people who were referred, in the words of
 * either version.  v1 has amounts in major units and no key that would make a
 * second time harmless; v2 has minor units, closed schemas and such a key.
 * https://docs.cello.so/api-reference/generic-events/send-event
 */

#include <stdint.h>

#include "base/err.h"
#include "cello/client.h"

#define CELLO_BODY	8192	/* bytes */

struct buf;

/* The words of v1; they begin the id of what is told, and must not change. */
enum cello_trigger {
	CELLO_NEW_SIGNUP,
	CELLO_DEMO_ATTENDED,
	CELLO_INVOICE_PAID,
	CELLO_CHARGE_REFUNDED,
	CELLO_FORGET,		/* no event: a referrer becomes nobody */
	CELLO_TRIGGERS
};

enum cello_api { CELLO_V1, CELLO_V2, CELLO_APIS };

const char *cello_trigger_name(enum cello_trigger t);	/* "invoice-paid" */
const char *cello_api_name(enum cello_api api);		/* "v1" */

/* ERR_INPUT: there is none of that name. */
MUST_USE enum err cello_trigger_of(const char *name,
    enum cello_trigger *ret_trigger);
MUST_USE enum err cello_api_of(const char *name, enum cello_api *ret_api);

/* Texts are borrowed; "" and NULL are left out. */
struct cello_event {
	enum cello_trigger trigger;
	int64_t		 at;		/* when it happened, seconds */
	const char	*ucc;
	const char	*newcomer;	/* newUserId: user or organization */
	/* the person */
	const char	*user;
	const char	*email;
	const char	*name;
	const char	*organization;	/* its id */
	/* of what was paid or refunded */
	int64_t		 amount;	/* minor units, above 0 */
	const char	*currency;	/* as Stripe has it: "usd" */
	const char	*invoice;
	const char	*subscription;
	const char	*interval;	/* of cello_interval() */
	const char	*product;
	int64_t		 seats;		/* 0: not known */
};

/* Where it is told. */
enum cello_route cello_event_route(enum cello_api api,
    enum cello_trigger trigger);

/* Append the body, of any but CELLO_FORGET, which has none.  It is full if CELLO_BODY is not enough. */
void cello_event_write(enum cello_api api, const struct cello_event *x,
    struct buf *ret_body);

/*
 * Cello's word for a period of so many "day", "week", "month" or "year": some
 * have none, and the nearest is taken.
 */
const char *cello_interval(const char *unit, int64_t count);

/* The same of a period of so many seconds. */
const char *cello_interval_of(int64_t seconds);

/* How many decimals a currency has at Stripe, in either case of letters. */
int cello_decimals(const char *currency);

#endif /* !CELLO_EVENT_H */
