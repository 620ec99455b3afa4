/* SPDX-License-Identifier: MIT */

#include "app/app.h"

#include "ctl/ctl.h"

#include "ctl/open.h"

struct app *
open_app(const struct ctl *t, const char *name)
{
	const struct app_role role = { .name = name, .doorbell = -1 };

	return app_open(t->conf, &role);
}
