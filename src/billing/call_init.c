/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

#include "billing/call.h"

void
call_init(struct call *c, const char *account_id, const char *kind,
    const char *path)
{
	memset(c, 0, sizeof(*c));
	random_uuid(c->id);
	assert(strlen(kind) < sizeof(c->kind));
	assert(strlen(path) < sizeof(c->path));
	(void)snprintf(c->account_id, sizeof(c->account_id), "%s", account_id);
	(void)snprintf(c->kind, sizeof(c->kind), "%s", kind);
	(void)snprintf(c->path, sizeof(c->path), "%s", path);
}
