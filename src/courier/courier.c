/* SPDX-License-Identifier: MIT */

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/config.h"
#include "base/log.h"
#include "conf/secret.h"
#include "base/text.h"
#include "billing/call.h"
#include "billing/object.h"
#include "db/db.h"
#include "stripe/client.h"

#include "courier/courier.h"
#include "courier/internal.h"

/* A lease that ends just now must not make the wait a busy one. */
#define WAIT_LEAST_MS	10

/* How long a database that does not answer is left alone. */
#define WAIT_TROUBLE_MS	1000

/* Take all rings at once: one look finds everything that is due. */
static void
doorbell_drain(int fd)
{
	char rings[256];

	while (read(fd, rings, sizeof(rings)) > 0)
		continue;
}

/*
 * Wait up to `ms` for the doorbell; the only place where signals are let in.
 * One whose other end is gone is forgotten: it would ring for ever.
 */
static void
wait_for_ring(int *doorbell, int ms)
{
	const struct timespec limit = { .tv_sec = ms / 1000,
	    .tv_nsec = (long)(ms % 1000) * 1000000 };
	struct pollfd p = { .fd = *doorbell, .events = POLLIN };
	sigset_t none;

	(void)sigemptyset(&none);
	if (ppoll(&p, 1, &limit, &none) != 1)
		return;
	if (p.revents & POLLIN)
		doorbell_drain(*doorbell);
	else
		*doorbell = -1;
}

/* Milliseconds until something is due, at most the poll interval. */
static enum err
next_due(const struct courier *c, int *ret_ms)
{
	int64_t object, call, ms = (int64_t)c->conf->courier.poll * 1000;
	enum err e;

	if ((e = object_next(c->db, &object)) != ERR_OK ||
	    (e = call_next(c->db, &call)) != ERR_OK)
		return e;
	if (object != -1 && object < ms)
		ms = object;
	if (call != -1 && call < ms)
		ms = call;
	*ret_ms = ms < WAIT_LEAST_MS ? WAIT_LEAST_MS : (int)ms;
	return ERR_OK;
}

/*
 * One errand of each kind, so that neither waits for all of the other.
 * Returns how long to wait before the next: not at all while there is work.
 */
static int
do_errands(const struct courier *c)
{
	enum err object, call;
	int ms;

	c->beat(c->beat_arg);
	object = object_errand(c);
	c->beat(c->beat_arg);
	call = call_errand(c);
	if (object == ERR_OK || call == ERR_OK)
		return 0;
	if (object != ERR_NOTFOUND || call != ERR_NOTFOUND ||
	    next_due(c, &ms) != ERR_OK)
		return WAIT_TROUBLE_MS;
	return ms;
}

int
courier_run(const struct config *conf, int doorbell, void (*beat)(void *),
    void *arg, const volatile sig_atomic_t *stop)
{
	const struct db_settings database = { .conninfo = conf->database.conninfo,
	    .pooled = text_equal(conf->database.pooler, "transaction"),
	    .name = "endpin courier" };
	struct courier c = { .conf = conf, .beat = beat, .beat_arg = arg };
	struct secret key;
	int ms;

	if (secret_read("stripe.secret_key_file", conf->stripe.secret_key_file,
	    conf->credentials_dir, &key) != ERR_OK)
		return EXIT_FAILURE;
	c.db = db_open(&database);
	c.stripe = stripe_open(conf->stripe.api_base, key.line[0],
	    conf->stripe.timeout);
	secret_done(&key);

	while (!*stop) {
		ms = do_errands(&c);
		beat(arg);
		wait_for_ring(&doorbell, ms);
	}

	stripe_close(c.stripe);
	db_close(c.db);
	return EXIT_SUCCESS;
}
