/* SPDX-License-Identifier: MIT */
#ifndef APP_LOOK_AT_FIELDS_H
#define APP_LOOK_AT_FIELDS_H

/*
 * What Cello needs of an event of Stripe's that it takes for a signup or a
 * purchase, field by field, as explain_judge() has it: what the customer says
 * by now, for that is what Cello goes by.
 */

#include <stddef.h>

#include "app/explain.h"
#include "base/err.h"

struct app;
struct event_row;

enum field_state { FIELD_OK, FIELD_MISSING, FIELD_MALFORMED };

#define FIELD_STATES	"ok|missing|malformed"
const char *field_state_name(enum field_state state);

struct field {
	const char	*name;		/* "metadata.cello_ucc" */
	enum field_state state;
	char		 says[FINDING_TEXT];	/* what is the case; "": ok */
};

#define FIELDS	4
struct fields {
	const char	*part;		/* "signup", "purchase"; NULL: neither */
	struct field	 field[FIELDS];
	size_t		 count;		/* 0 too: of nobody here, or unread */
};

/*
 * What was looked up so far, or zeros: what the event before was about is not
 * again, and after FIELDS_LOOKS of them nothing is, for each costs a dozen
 * statements.
 */
#define FIELDS_LOOKS	20
struct fields_looked {
	int		 times;
	struct evidence	 evidence;
	char		 id[STRIPE_ID];	/* of the object; "": none */
	enum err	 err;
};
MUST_USE enum err look_at_fields(struct app *a, const struct event_row *x,
    struct fields_looked *looked, struct fields *ret_fields);

#endif /* !APP_LOOK_AT_FIELDS_H */
