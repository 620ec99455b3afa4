/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"
#include "billing/event.h"
#include "cello/options.h"
#include "cello/webhook.h"

#include "app/app.h"
#include "app/config.h"

#include "app/look_at_fields.h"

#define CODE		"metadata.cello_ucc"
#define USER		"metadata.new_user_id"
#define ORGANIZATION	"metadata.new_user_organization_id"
#define EMAIL		"email"

const char *
field_state_name(enum field_state state)
{
	static const char *const names[] = {
		[FIELD_OK] = "ok", [FIELD_MISSING] = "missing",
		[FIELD_MALFORMED] = "malformed"
	};

	return names[state];
}

/* What a finding says of a field. */
static const struct {
	const char	*cause;
	const char	*field;
	enum field_state state;
} meanings[] = {
	{ "not_referred", CODE, FIELD_MISSING },
	{ "ucc_missing", CODE, FIELD_MISSING },
	{ "ucc_malformed", CODE, FIELD_MALFORMED },
	{ "ucc_differs", CODE, FIELD_MALFORMED },
	{ "user_missing", USER, FIELD_MISSING },
	{ "user_differs", USER, FIELD_MALFORMED },
	{ "organization_differs", ORGANIZATION, FIELD_MALFORMED },
	{ "email_missing", EMAIL, FIELD_MISSING }
};

static void
add(struct fields *f, const char *name)
{
	f->field[f->count++].name = name;
}

static void
judge_field(const struct evidence *v, const struct finding *x,
    struct fields *f)
{
	size_t m, i;

	for (m = 0; m < NELEM(meanings); m++) {
		if (!text_equal(meanings[m].cause, x->cause))
			continue;
		for (i = 0; i < f->count; i++) {
			struct field *to = &f->field[i];

			if (!text_equal(to->name, meanings[m].field) ||
			    to->state != FIELD_OK)
				continue;
			to->state = text_equal(to->name, ORGANIZATION) &&
			    v->customer.organization[0] == '\0' ?
			    FIELD_MISSING : meanings[m].state;
			memcpy(to->says, x->says, sizeof(to->says));
		}
	}
}

static void
judge(const struct evidence *v, struct fields *f)
{
	struct finding found[FINDINGS];
	size_t count, i;

	if (v->customer.deleted || v->customer.told_at == 0)
		return;
	add(f, CODE);
	add(f, USER);
	if (v->organization[0] != '\0' && v->customer.knows_organization)
		add(f, ORGANIZATION);
	add(f, EMAIL);
	explain_judge(v, found, &count);
	for (i = 0; i < count; i++)
		judge_field(v, &found[i], f);
}

/* What Cello takes it for. */
static const char *
part_of(const struct cello_config *conf, const char *type)
{
	const char *const *wanted = cello_events_wanted(conf);

	if (!cello_looks_at_stripe(conf) ||
	    text_equal(type, "customer.deleted"))
		return NULL;
	for (; *wanted != NULL; wanted++)
		if (text_equal(*wanted, type))
			return text_begins(type, "customer.") &&
			    !text_begins(type, "customer.subscription.") ?
			    "signup" : "purchase";
	return NULL;
}

enum err
look_at_fields(struct app *a, const struct event_row *x,
    struct fields_looked *looked, struct fields *ret_fields)
{
	memset(ret_fields, 0, sizeof(*ret_fields));
	ret_fields->part = part_of(&a->conf->cello, x->type);
	if (ret_fields->part == NULL || x->object_id[0] == '\0')
		return ERR_OK;
	if (!text_equal(looked->id, x->object_id)) {
		if (looked->times++ >= FIELDS_LOOKS)
			return ERR_OK;
		memcpy(looked->id, x->object_id, sizeof(looked->id));
		looked->err = explain_evidence(a, x->object_id,
		    &looked->evidence);
	}
	if (looked->err == ERR_OK)
		judge(&looked->evidence, ret_fields);
	return looked->err == ERR_NOTFOUND ? ERR_OK : looked->err;
}
