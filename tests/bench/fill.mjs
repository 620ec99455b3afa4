// SPDX-License-Identifier: MIT
//
// A database as it is after years: so many accounts with a session each, so many events kept of a year, and what they
// were about.

import {
	firstSql, idSql, ofSubscriptionSql, renewalSql, renewalsOf, renewedSql, subscriptionsOf, subscriptionSql, KEPT_S, SUBSCRIBED_S
} from './inbox.mjs';

const PIECE = 200000;

// Token of the i-th session: what its cookie has.
export const tokenOf = (i) => String(i).padStart(43, 'A');

// $1 to $2 are the rows, from 0. What an event says is kept short here: its row is as wide as it takes to find it.
const PEOPLE = [
	`INSERT INTO account (id, email, password_hash, first_name, last_name, verified_at)
		SELECT md5('account' || i)::uuid, 'member' || i || '@example.com', '$argon2id$v=19$m=19456,t=2,p=1$' || md5(i::text) || md5('x' || i),
			'Ada', 'Lovelace', now() FROM generate_series($1::int, $2::int) i`,
	`INSERT INTO session (token_hash, account_id, remembered, ends_at)
		SELECT sha256(convert_to(lpad(i::text, 43, 'A'), 'UTF8')), md5('account' || i)::uuid, true, now() + interval '30 days'
		FROM generate_series($1::int, $2::int) i`
];

const lane = (id) => `get_byte(sha256(convert_to(${id}, 'UTF8')), 0)`;

// The last row of a subscription is of its last renewal, if that is kept.
const subscriptions = (numbers, all) => `INSERT INTO stripe_object (lane, id, kind, heard, seen, state, settled_at, seen_at)
	SELECT ${lane('id')}, id, 'subscription', 12, 12, 'done', to_timestamp(t), to_timestamp(t)
	FROM (SELECT t, ${subscriptionSql('n', all)} AS id FROM (${numbers}) n OFFSET 0) s`;

// Of `n` events that have come since second `began`.
function events(n, began, all) {
	const at = (i) => `(${began} + (${i}) * ${KEPT_S} / ${n})`;
	const invoice = idSql('in', at(firstSql), `(${firstSql})`, 'kept'), subscription = subscriptionSql(`(${renewedSql(renewalSql, all)})`, all);
	return [
		`INSERT INTO stripe_event (lane, id, type, object_kind, object_id, api_version, livemode, created, received_at, payload)
			SELECT ${lane('object')}, id, CASE WHEN old THEN 'customer.subscription.updated' ELSE 'invoice.updated' END,
				CASE WHEN old THEN 'subscription' ELSE 'invoice' END, object, '2026-10-28.endive', false, to_timestamp(t), to_timestamp(t),
				'{"id":"' || id || '","object":"event","data":{"object":{"id":"' || object || '"}}}'
			FROM (SELECT ${ofSubscriptionSql} AS old, ${at('i')} AS t, ${idSql('evt', at('i'), 'i', 'kept')} AS id,
				CASE WHEN ${ofSubscriptionSql} THEN ${subscription} ELSE ${invoice} END AS object
				FROM generate_series($1::bigint, $2::bigint) i OFFSET 0) e`,
		`INSERT INTO stripe_object (lane, id, kind, heard, seen, state, settled_at, seen_at)
			SELECT ${lane('id')}, id, 'invoice', 4, 4, 'done', to_timestamp(t), to_timestamp(t)
			FROM (SELECT ${invoice} AS id, ${at('i')} AS t FROM generate_series($1::bigint, $2::bigint) i WHERE i = ${firstSql} OFFSET 0) o`,
		subscriptions(`SELECT ${renewedSql(renewalSql, all)} AS n, ${at('i')} AS t FROM generate_series($1::bigint, $2::bigint) i
			WHERE ${ofSubscriptionSql} AND ${renewalSql} >= ${renewalsOf(n) - all.n}`, all)
	];
}

async function fillOne(sql, statements, n, said) {
	for (let from = 0; from < n; from += PIECE) {
		const to = Math.min(from + PIECE, n);
		for (const statement of statements)
			await sql.query(statement, [from, to - 1]);
		said(to);
	}
}

// Other indexes than keys are made again behind it: row by row they would take longer than all the rest.
async function withoutIndexes(sql, work) {
	const { rows } = await sql.query(`SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made FROM pg_index i
		WHERE i.indrelid IN ('account'::regclass, 'session'::regclass, 'stripe_event'::regclass, 'stripe_object'::regclass)
		AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)`);
	for (const { name } of rows)
		await sql.query(`DROP INDEX ${name}`);
	await work();
	for (const { made } of rows)
		await sql.query(made);
}

// Answers with the subscriptions that are known.
export async function fill(connect, n) {
	const [one, two] = [await connect(), await connect()];
	for (const sql of [one, two])
		await sql.query('SET synchronous_commit = off');
	const say = (what) => (done) => n > PIECE && console.error(`# ${n}: ${done} ${what}`);
	const now = Math.floor(Date.now() / 1000), all = { n: subscriptionsOf(n), since: now - SUBSCRIBED_S };
	const began = now - KEPT_S, before = Math.max(0, all.n - renewalsOf(n));
	// Renewed before the first event that is kept.
	const earlier = subscriptions(`SELECT ${renewedSql(`i + ${renewalsOf(n)}`, all)} AS n, ${began} AS t FROM generate_series($1::bigint, $2::bigint) i`, all);
	await withoutIndexes(one, () => Promise.all([
		fillOne(one, PEOPLE, n, say('accounts')),
		fillOne(two, [earlier], before, () => {}).then(() => fillOne(two, events(n, began, all), n, say('events')))
	]));
	for (const table of ['account', 'session', 'stripe_event', 'stripe_object'])
		await one.query(`VACUUM (ANALYZE, FREEZE) ${table}`);
	await one.end();
	await two.end();
	return all;
}
