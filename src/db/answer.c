/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <poll.h>

#include "base/clock.h"

#include "db/internal.h"

/*
 * The server keeps its own time-outs, but only a server that runs does.  One
 * that is frozen, or behind a network that is gone, must not hold us either.
 */
int64_t
answer_patience(const struct db *db)
{
	return db->settings.statement_ms + DB_GRACE_MS;
}

/* Returns NULL, or why waiting ended. */
static const char *
socket_wait(struct db *db, short events, int64_t deadline)
{
	struct pollfd p = { .fd = PQsocket(db->conn), .events = events };
	int64_t left;
	int n;

	for (;;) {
		left = deadline - clock_mono_us();
		if (left <= 0)
			return "the server did not answer in time";
		n = poll(&p, 1, (int)((left + 999) / 1000));
		if (n > 0)
			return NULL;
		if (n == -1 && errno != EINTR)
			return "could not wait for the server";
	}
}

/*
 * In the usual case that is one poll and one recv: the question has left with
 * PQsend...() already.
 */
const char *
answer_ready(struct db *db, int64_t deadline)
{
	const char *why;
	int unsent;

	while (PQisBusy(db->conn)) {
		if ((unsent = PQflush(db->conn)) == -1)
			return PQerrorMessage(db->conn);
		why = socket_wait(db, unsent ? POLLIN | POLLOUT : POLLIN,
		    deadline);
		if (why != NULL)
			return why;
		if (!PQconsumeInput(db->conn))
			return PQerrorMessage(db->conn);
	}
	return NULL;
}

static int
is_answer(const PGresult *r)
{
	switch (PQresultStatus(r)) {
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
	case PGRES_EMPTY_QUERY:
		return 1;
	default:
		return 0;
	}
}

/* Is it an error from the server itself, rather than from libpq? */
static int
is_verdict(const PGresult *r)
{
	return PQresultErrorField(r, PG_DIAG_SQLSTATE) != NULL;
}

PGresult *
answer_wait(struct db *db, int64_t ms)
{
	int64_t deadline = clock_mono_us() + ms * 1000;
	PGresult *r, *kept = NULL;
	const char *why;

	for (;;) {
		if ((why = answer_ready(db, deadline)) != NULL)
			break;
		if ((r = PQgetResult(db->conn)) == NULL) {
			if (kept == NULL)
				why = "the server answered nothing";
			break;
		}
		if (kept != NULL && !is_answer(kept)) {
			PQclear(r);
			continue;
		}
		PQclear(kept);
		kept = r;

		/* COPY would repeat this result for ever; we have none. */
		if (!is_answer(r) && PQresultStatus(r) != PGRES_FATAL_ERROR) {
			why = "the server answered with something else";
			break;
		}
	}

	/*
	 * A verdict that came before the end says more than the end.  What
	 * looks like success is none if the connection broke before "ready".
	 */
	if (why != NULL && (kept == NULL || !is_verdict(kept))) {
		PQclear(kept);
		connection_drop(db, why);
		return NULL;
	}
	db->used_at = clock_mono_us();
	db->connect_at = 0;
	return kept;
}
