/* SPDX-License-Identifier: MIT */
#ifndef ERRAND_KIND_H
#define ERRAND_KIND_H

/*
 * The statements of errands, written once and made for each table, because a
 * statement is a literal.  A table's owner says
 *
 *	const struct errand_kind object_errands =
 *	    ERRAND_KIND("object", "stripe_object", LEASE, ATTEMPTS);
 *
 * and lists ERRAND_STATEMENTS(object_errands) among its statements.
 */

#include "errand/errand.h"

/*
 * How long to wait after `failures` of them.  The jitter is full, so that what
 * failed together does not come back together; the mean of the long waits is
 * half an hour, so 200 attempts are 4 days.
 */
#define ERRAND_BACKOFF(failures) \
	"random() * least(3600, power(2, least(" failures ", 12)))"

/* What brings an errand to life, whatever it was. */
#define ERRAND_REVIVED \
	"state = 'waiting', attempts = 0, due_at = now(), settled_at = NULL"

#define ERRAND_DUE \
	"state = 'waiting' AND due_at <= now()" \
	" AND (leased_until IS NULL OR leased_until < now())"

#define ERRAND_STMT(what, n, sql) \
	{ .name = what, .nparams = (n), .text = sql }

/* What is due, and claiming it; `which` narrows it down, "" not at all. */
#define ERRAND_LOOK(what, table, which) ERRAND_STMT(what "_look", 0,	\
	    "SELECT lane, (1000 * extract(epoch FROM"			\
	    " min(greatest(due_at, leased_until)) - now()))::bigint"	\
	    " FROM " table " WHERE state = 'waiting'" which		\
	    " GROUP BY lane")

/*
 * Whoever dies with it leaves it alone for no longer than a lease.  `first`
 * says which of those that are due is taken.
 */
#define ERRAND_CLAIM(what, table, which, first) ERRAND_STMT(what "_claim", 3, \
	    "UPDATE " table " SET fence = fence + 1,"			\
	    " attempts = attempts + 1,"					\
	    " state = CASE WHEN attempts >= $3::int THEN 'dead'"	\
	    " ELSE state END,"						\
	    " settled_at = CASE WHEN attempts >= $3::int THEN now() END," \
	    " leased_until = CASE WHEN attempts < $3::int THEN now() +"	\
	    " $2::int * interval '1 second' END,"			\
	    " last_error = CASE WHEN leased_until IS NULL"		\
	    " THEN last_error ELSE 'whoever did it ended first' END"	\
	    " WHERE lane = $1::int AND id = (SELECT id FROM " table	\
	    " WHERE lane = $1::int AND " ERRAND_DUE which		\
	    " ORDER BY " first " LIMIT 1 FOR UPDATE SKIP LOCKED)"	\
	    " RETURNING id, fence, attempts, state = 'dead',"		\
	    " coalesce(last_error, 'no reason was kept')")

/*
 * Those of a kind that have a queue of their own, for errand_look() and
 * errand_claim() only; its statements are called after `as`.
 */
#define ERRAND_QUEUE(what, as, table, seconds, most, which, first) {	\
	.name = what,							\
	.lease = (seconds),						\
	.attempts = (most),						\
	.look = ERRAND_LOOK(as, table, which),				\
	.claim = ERRAND_CLAIM(as, table, which, first)			\
}

#define ERRAND_QUEUE_STATEMENTS(queue)	&(queue).look, &(queue).claim

#define ERRAND_KIND(what, table, seconds, most) {			\
	.name = what,							\
	.lease = (seconds),						\
	.attempts = (most),						\
	.look = ERRAND_LOOK(what, table, ""),				\
	.claim = ERRAND_CLAIM(what, table, "", "due_at"),		\
	.renew = ERRAND_STMT(what "_renew", 4,				\
	    "UPDATE " table " SET leased_until ="			\
	    " now() + $4::int * interval '1 second'"			\
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"		\
	    " RETURNING id"),						\
	.back = ERRAND_STMT(what "_back", 3,				\
	    "UPDATE " table " SET leased_until = NULL,"			\
	    " attempts = greatest(attempts - 1, 0)"			\
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"		\
	    " AND state = 'waiting' RETURNING id"),			\
	/* Brought back since the claim, none of its attempts is counted. */ \
	.later = ERRAND_STMT(what "_later", 6,				\
	    "UPDATE " table " SET leased_until = NULL,"			\
	    " last_error = left($5, 200), due_at = now() +"		\
	    " greatest($4::int, " ERRAND_BACKOFF("greatest(attempts - 1, 0)") \
	    ") * interval '1 second',"					\
	    " state = CASE WHEN attempts >= $6::int THEN 'dead'"	\
	    " ELSE state END,"						\
	    " settled_at = CASE WHEN attempts >= $6::int THEN now() END" \
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"		\
	    " AND state = 'waiting' RETURNING state = 'dead'"),		\
	.bury = ERRAND_STMT(what "_bury", 4,				\
	    "UPDATE " table " SET leased_until = NULL,"			\
	    " last_error = left($4, 200),"				\
	    " state = CASE WHEN attempts = 0 THEN state ELSE 'dead' END," \
	    " settled_at = CASE WHEN attempts > 0 THEN now() END"	\
	    " WHERE lane = $1::int AND id = $2 AND fence = $3"		\
	    " AND state = 'waiting' RETURNING state = 'dead'"),		\
	.list = ERRAND_STMT(what "_list", 3,				\
	    "SELECT id, lane, state, attempts,"				\
	    " extract(epoch FROM due_at - now())::bigint,"		\
	    " coalesce(leased_until > now(), false),"			\
	    " coalesce(last_error, '') FROM " table			\
	    " WHERE CASE WHEN $1::text IS NULL"				\
	    " THEN $2::text IS NOT NULL OR state <> 'done'"		\
	    " ELSE state = $1 END"					\
	    " AND ($2::text IS NULL OR id::text = $2)"			\
	    " ORDER BY due_at, id LIMIT $3::int"),			\
	/* Of any table, in the order of its columns. */		\
	.show = ERRAND_STMT(what "_show", 2,				\
	    "SELECT key, value #>> '{}', json_typeof(value)"		\
	    " FROM (SELECT row_to_json(t) AS t FROM " table " AS t"	\
	    " WHERE lane = $1::int AND id = $2) AS one,"		\
	    " json_each(one.t) WHERE key <> 'form'"),			\
	.count = ERRAND_STMT(what "_count", 0,				\
	    "SELECT (SELECT count(*) FROM " table " WHERE " ERRAND_DUE ")," \
	    " (SELECT coalesce(extract(epoch FROM now() -"		\
	    " min(greatest(due_at, leased_until)))::bigint, 0)"		\
	    " FROM " table " WHERE " ERRAND_DUE "),"			\
	    " (SELECT count(*) FROM " table " WHERE state = 'waiting')," \
	    " (SELECT count(*) FROM " table " WHERE state = 'parked'),"	\
	    " (SELECT count(*) FROM " table " WHERE state = 'dead')"),	\
	.retry = ERRAND_STMT(what "_retry", 2,				\
	    "UPDATE " table " SET " ERRAND_REVIVED			\
	    " WHERE lane = $1::int AND id = $2"				\
	    " AND state IN ('waiting', 'parked', 'dead', 'dropped')"	\
	    " RETURNING id"),						\
	.drop = ERRAND_STMT(what "_drop", 2,				\
	    "UPDATE " table " SET state = 'dropped', settled_at = now()," \
	    " leased_until = NULL, fence = fence + 1"			\
	    " WHERE lane = $1::int AND id = $2"				\
	    " AND state IN ('waiting', 'parked', 'dead')"		\
	    " RETURNING id")						\
}

#define ERRAND_STATEMENTS(kind) \
	&(kind).look, &(kind).claim, &(kind).renew, &(kind).back, \
	&(kind).later, \
	&(kind).bury, &(kind).list, &(kind).show, &(kind).count, \
	&(kind).retry, &(kind).drop

#endif /* !ERRAND_KIND_H */
