// SPDX-License-Identifier: MIT
//
// A database as it is after years: so many accounts with a session each, so many events kept about a quarter as many
// objects.

const PIECE = 200000;

// Token of the i-th session: what its cookie has.
export const tokenOf = (i) => String(i).padStart(43, 'A');

// $1 to $2 are the rows. What an event says is kept short here: its row is as wide as it takes to find it.
const PEOPLE = [
	`INSERT INTO account (id, email, password_hash, first_name, last_name, verified_at)
		SELECT md5('account' || i)::uuid, 'member' || i || '@example.com', '$argon2id$v=19$m=19456,t=2,p=1$' || md5(i::text) || md5('x' || i),
			'Ada', 'Lovelace', now() FROM generate_series($1::int, $2::int) i`,
	`INSERT INTO session (token_hash, account_id, remembered, ends_at)
		SELECT sha256(convert_to(lpad(i::text, 43, 'A'), 'UTF8')), md5('account' || i)::uuid, true, now() + interval '30 days'
		FROM generate_series($1::int, $2::int) i`
];
const EVENTS = [
	`INSERT INTO stripe_event (lane, id, type, object_kind, object_id, api_version, livemode, created, received_at, payload)
		SELECT get_byte(sha256(convert_to('in_' || md5((i / 4)::text), 'UTF8')), 0), 'evt_' || md5(i::text), 'invoice.updated', 'invoice',
			'in_' || md5((i / 4)::text), '2026-10-28.endive', false, now() - (i % 90) * interval '1 day', now() - (i % 90) * interval '1 day',
			'{"id":"evt_' || md5(i::text) || '","object":"event","data":{"object":{"id":"in_' || md5((i / 4)::text) || '","object":"invoice"}}}'
		FROM generate_series($1::int, $2::int) i`,
	`INSERT INTO stripe_object (lane, id, kind, heard, seen, state, settled_at, seen_at)
		SELECT get_byte(sha256(convert_to('in_' || md5(i::text), 'UTF8')), 0), 'in_' || md5(i::text), 'invoice', 4, 4, 'done', now(), now()
		FROM generate_series(($1::int + 3) / 4, $2::int / 4) i`
];

async function fillOne(sql, statements, n, said) {
	await sql.query('SET synchronous_commit = off');
	for (let from = 1; from <= n; from += PIECE) {
		const to = Math.min(from + PIECE - 1, n);
		for (const statement of statements)
			await sql.query(statement, [from, to]);
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

export async function fill(connect, n) {
	const [one, two] = [await connect(), await connect()];
	const say = (what) => (done) => n > PIECE && console.error(`# ${n}: ${done} ${what}`);
	await withoutIndexes(one, () => Promise.all([fillOne(one, PEOPLE, n, say('accounts')), fillOne(two, EVENTS, n, say('events'))]));
	for (const table of ['account', 'session', 'stripe_event', 'stripe_object'])
		await one.query(`VACUUM (ANALYZE, FREEZE) ${table}`);
	await one.end();
	await two.end();
}
