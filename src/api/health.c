/* SPDX-License-Identifier: MIT */

#include "base/buf.h"
#include "base/log.h"
#include "db/migrate.h"

#include "api/api.h"

static enum err
say_ok(struct resp *p)
{
	p->status = 200;
	p->type = "text/plain; charset=utf-8";
	buf_text(&p->body, "ok\n");
	return ERR_OK;
}

/* GET /livez: does this process answer?  Nothing else is asked. */
enum err
livez(struct ctx *c, const struct req *q, struct resp *p)
{
	(void)c;
	(void)q;
	return say_ok(p);
}

/*
 * GET /readyz: is this the place to send requests to?  The schema may be newer
 * than this program, which is then about to be replaced, but not older.
 */
enum err
readyz(struct ctx *c, const struct req *q, struct resp *p)
{
	int version;
	enum err e;

	(void)q;
	if (c->draining)
		return resp_later(p, 1);
	e = migrate_version(c->db, &version);
	if (e == ERR_NOTFOUND || (e == ERR_OK && version < MIGRATE_NEEDED)) {
		log_warn("schema_old", "the database is at version %d and %d is"
		    " needed", version, MIGRATE_NEEDED);
		return resp_later(p, 1);
	}
	return e == ERR_OK ? say_ok(p) : resp_later(p, 1);
}
