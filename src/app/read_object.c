/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "billing/object.h"
#include "stripe/kind.h"

#include "app/app.h"

#include "app/read_object.h"

enum err
read_object(struct app *a, const char *id)
{
	const enum stripe_kind kind = stripe_kind_of_id(id);
	enum err e;

	if (kind == STRIPE_KINDS || strlen(id) >= STRIPE_ID)
		return ERR_INPUT;
	e = object_hear(a->db, kind, id);
	return e != ERR_OK ? e : object_hurry(a->db, kind, id);
}
