// SPDX-License-Identifier: MIT
//
// F1: every table declares how its rows go away, and the janitor does what is declared while others work on.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor, SLOW } from '../rig/rig.mjs';

const ROWS = process.env.ENDPIN_LONG === '1' ? 1000000 : 4000;
const LOCK_MS = 100;
const TIMEOUT_MS = (ROWS > 10000 ? 1500000 : 290000) * SLOW;
const DAYS = { event: 60, object: 90, call: 120, checkout: 30, view: 200, card: 100 };

let rig;

before(async () => {
	rig = await openRig({
		name: 'retention', web: null, set: {
			'courier.processes': 1, 'courier.poll': 1,
			...Object.fromEntries(Object.entries(DAYS).map(([what, days]) => [`retention.${what}_days`, days]))
		}
	});
	// How long a disk takes for a commit is not the janitor's: its locks are held for as long as its statements take.
	await rig.sql(`ALTER ROLE endpin IN DATABASE ${rig.database} SET synchronous_commit = off`);
	await rig.reload();
});
after(() => rig?.close());

test('every table says how its rows go away, and names options that exist', async (t) => {
	const tables = await rig.sql(`SELECT c.relname AS name, obj_description(c.oid) AS comment FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1`);
	const known = (await rig.endpin('options')).split('\n').map((line) => line.split('\t'))
		.filter(([section]) => section === '[retention]').map(([, name]) => name).sort();
	assert.ok(tables.length > 0 && known.length > 0);
	const named = new Set();
	for (const { name, comment } of tables) {
		assert.match(comment ?? '', /^(bounded|deleted|kept): \S/, `the comment of table ${name}`);
		for (const [, option] of comment.matchAll(/\b([a-z]+_days)\b/g)) {
			assert.ok(known.includes(option), `${name} names ${option}, which is no option of [retention]`);
			named.add(option);
		}
	}
	assert.deepEqual([...named].sort(), known, 'options that tables name, and options that there are');
	t.diagnostic(`F1: ${tables.length} of ${tables.length} tables declare how their rows go away (figure: all)`);
});

const LANE = (text) => `get_byte(sha256(convert_to(${text}, 'UTF8')), 0)`;

// Row i is (i % 500) days and a half old: half a day from every border, however long this takes.
const AGE = "(i % 500 + 0.5) * interval '1 day'";

// Those that must never go: what belongs to somebody, however old.
const PEOPLE = 200;
const somebody = (i) => `md5('account ' || ${i})::uuid`;

// A year and some of a busy shop. `stays` is of a row, as its table's comment declares it.
const TABLES = {
	session: {
		key: 'token_hash',
		fill: `INSERT INTO session (token_hash, account_id, created_at, used_at, ends_at, remembered)
			SELECT sha256(convert_to('session ' || i, 'UTF8')), ${somebody(`i % ${PEOPLE}`)}, now() - ${AGE} - interval '1 hour',
				CASE WHEN i % 3 = 0 THEN now() ELSE now() - ${AGE} END, now() - ${AGE} + interval '30 days', i % 3 = 1
			FROM generate_series(0, ${ROWS - 1}) i`,
		stays: "ends_at > now() AND (remembered OR used_at > now() - interval '8 hours')",
		probe: 'UPDATE session SET used_at = used_at WHERE token_hash = $1'
	},
	stripe_event: {
		key: 'id',
		fill: `INSERT INTO stripe_event (lane, id, type, object_kind, object_id, livemode, created, received_at, payload)
			SELECT ${LANE("'sub_' || i / 4")}, 'evt_' || i, 'customer.subscription.updated', 'subscription', 'sub_' || i / 4, false,
				now() - ${AGE}, now() - ${AGE}, repeat('payload ', 40)
			FROM generate_series(0, ${ROWS - 1}) i`,
		stays: `received_at > now() - interval '${DAYS.event} days'`,
		probe: 'UPDATE stripe_event SET type = type WHERE lane = $2 AND id = $1'
	},
	stripe_object: {
		key: 'id',
		fill: `INSERT INTO stripe_object (lane, id, kind, heard, seen, state, customer_id, attempts, due_at, heard_at, seen_at, settled_at)
			SELECT ${LANE("'sub_' || i")}, 'sub_' || i, 'subscription', 2, CASE i % 5 WHEN 0 THEN 2 ELSE 1 END,
				(ARRAY['done', 'waiting', 'parked', 'dead', 'dropped'])[i % 5 + 1], CASE i % 5 WHEN 2 THEN 'cus_' || i END,
				CASE i % 5 WHEN 3 THEN 200 ELSE 3 END, CASE i % 5 WHEN 1 THEN now() + interval '1 day' ELSE now() - ${AGE} END,
				now() - ${AGE}, now() - ${AGE}, CASE WHEN i % 5 <> 1 THEN now() - ${AGE} END
			FROM generate_series(0, ${ROWS - 1}) i`,
		stays: `state = 'waiting' OR settled_at > now() - CASE state WHEN 'dead' THEN interval '365 days' ELSE interval '${DAYS.object} days' END`,
		probe: 'UPDATE stripe_object SET heard_at = heard_at WHERE lane = $2 AND id = $1'
	},
	stripe_call: {
		key: 'id',
		// Open customers; and settled, refused, dead, dropped and forgotten calls of every kind.
		fill: `INSERT INTO stripe_call (lane, id, account_id, kind, path, form, state, outcome, attempts, due_at, created_at, settled_at)
			SELECT ${LANE('account_id::text')}, md5('call ' || i)::uuid, account_id, kind, '/v1/x', 'a=b', state,
				CASE WHEN state = 'done' THEN (ARRAY['made', 'refused', 'replaced'])[i / 7 % 3 + 1] END, 1,
				CASE state WHEN 'waiting' THEN now() + interval '1 day' ELSE now() - ${AGE} END, now() - ${AGE},
				CASE WHEN state IN ('done', 'dead', 'dropped') THEN now() - ${AGE} END
			FROM (SELECT i, md5('buyer ' || i)::uuid AS account_id,
				CASE WHEN i % 7 < 3 THEN 'customer' ELSE (ARRAY['checkout', 'expire', 'portal'])[i % 3 + 1] END AS kind,
				(ARRAY['waiting', 'done', 'dead', 'attended', 'done', 'dropped', 'done'])[i % 7 + 1] AS state
				FROM generate_series(0, ${ROWS - 1}) i) AS row`,
		stays: `state = 'waiting' OR coalesce(settled_at, created_at) > now() -
			CASE state WHEN 'dead' THEN interval '365 days' ELSE interval '${DAYS.call} days' END`,
		probe: 'UPDATE stripe_call SET subject = subject WHERE lane = $2 AND id = $1::uuid'
	},
	checkout_session: {
		key: 'id',
		fill: `INSERT INTO checkout_session (id, account_id, customer_id, subject, status, created_at, expires_at)
			SELECT 'cs_' || i, ${somebody(`i % ${PEOPLE}`)}, 'cus_' || i, 'solo 1', (ARRAY['complete', 'expired'])[i % 2 + 1],
				now() - ${AGE} - interval '1 day', now() - ${AGE}
			FROM generate_series(0, ${ROWS - 1}) i`,
		stays: `expires_at > now() - interval '${DAYS.checkout} days'`,
		probe: 'UPDATE checkout_session SET url = url WHERE id = $1'
	},
	customer: {
		key: 'id',
		// Nobody's: some of them were heard of again yesterday.
		fill: `INSERT INTO customer (id, anchored_at, seen_at, account_id, former_account_id, linked_at)
			SELECT 'cus_' || i, now() - ${AGE}, CASE WHEN i % 11 = 0 THEN now() - interval '1 day' END,
				CASE WHEN i < ${PEOPLE} AND i % 2 = 0 THEN ${somebody('i')} END, CASE WHEN i < ${PEOPLE} AND i % 2 = 1 THEN ${somebody('i')} END,
				CASE WHEN i < ${PEOPLE} THEN now() - ${AGE} END
			FROM generate_series(0, ${ROWS - 1}) i`,
		stays: `account_id IS NOT NULL OR former_account_id IS NOT NULL OR greatest(anchored_at, seen_at) > now() - interval '${DAYS.object} days'`,
		probe: 'UPDATE customer SET deleted = deleted WHERE id = $1'
	},
	referral_view: {
		key: 'ucc',
		fill: `INSERT INTO referral_view (ucc, day, views) SELECT 'v' || lpad(i::text, 10, '0'), (now() AT TIME ZONE 'UTC')::date - i % 500, 1
			FROM generate_series(0, ${ROWS - 1}) i`,
		stays: `day >= (now() AT TIME ZONE 'UTC')::date - ${DAYS.view}`,
		probe: 'UPDATE referral_view SET views = views WHERE ucc = $1'
	},
	referral_card: {
		key: 'id',
		fill: `INSERT INTO referral_card (lane, id, state, due_at, looked_at, settled_at, fingerprints)
			SELECT ${LANE("'account ' || i")}, 'account ' || i, (ARRAY['done', 'waiting', 'dead'])[i % 3 + 1],
				CASE i % 3 WHEN 1 THEN now() + interval '1 day' ELSE now() - ${AGE} END, now() - ${AGE},
				CASE WHEN i % 3 <> 1 THEN now() - ${AGE} END, '{a}' FROM generate_series(0, ${ROWS - 1}) i`,
		stays: `state = 'waiting' OR settled_at > now() - interval '${DAYS.card} days'`,
		probe: 'UPDATE referral_card SET fingerprints = fingerprints WHERE lane = $2 AND id = $1'
	}
};
const HAVE_LANES = ['stripe_event', 'stripe_object', 'stripe_call', 'referral_card'];

// Bounded and kept: old as they are, all of them stay.
const KEPT = {
	account: `INSERT INTO account (id, email, password_hash, created_at)
		SELECT ${somebody('i')}, i || '@example.com', 'x', now() - interval '3 years' FROM generate_series(0, ${PEOPLE - 1}) i`,
	referral: `INSERT INTO referral (account_id, ucc, source, created_at)
		SELECT ${somebody('i')}, 'pNRB1aYqArN', 'form', now() - interval '3 years' FROM generate_series(0, ${PEOPLE - 1}) i`,
	subscription: `INSERT INTO subscription (id, customer_id, status, created, livemode, seen_at)
		SELECT 'sub_' || i, 'cus_' || i, 'canceled', now() - interval '3 years', false, now() - interval '2 years' FROM generate_series(0, ${PEOPLE - 1}) i`,
	subscription_item: `INSERT INTO subscription_item (id, subscription_id, customer_id, price)
		SELECT 'si_' || i, 'sub_' || i, 'cus_' || i, 'price_solo' FROM generate_series(0, ${PEOPLE - 1}) i`,
	invoice: `INSERT INTO invoice (id, customer_id, status, currency, amount_due, amount_paid, total, created, livemode, seen_at)
		SELECT 'in_' || i, 'cus_' || i, 'paid', 'usd', 1900, 1900, 1900, now() - interval '3 years', false, now() - interval '3 years'
		FROM generate_series(0, ${PEOPLE - 1}) i`
};

// A client that waits for no lock longer than LOCK_MS, and counts when it would have had to.
async function prober() {
	const client = await rig.cluster.connect(rig.database);
	await client.query(`SET lock_timeout = '${LOCK_MS}ms'`);
	const self = { client, slowest: 0, asked: 0, refused: 0 };
	self.ask = async (text, values) => {
		const began = process.hrtime.bigint();
		try {
			await client.query(text, values);
		} catch (e) {
			if (e.code !== '55P03')
				throw e;
			self.refused++;
		}
		self.asked++;
		self.slowest = Math.max(self.slowest, Number(process.hrtime.bigint() - began) / 1e6);
	};
	return self;
}

// Often, and not all that the machine can do.
const pace = () => new Promise((done) => setTimeout(done, 4));

// What others do meanwhile: on rows that stay and on rows that go, old and new, of every table.
async function bother(table, stop) {
	const p = await prober();
	const lane = HAVE_LANES.includes(table) ? ', lane' : '';
	const { rows } = await p.client.query(`SELECT ${TABLES[table].key} AS id${lane} FROM ${table} ORDER BY random() LIMIT 500`);
	for (let n = 0; !stop.now; n++) {
		const { id, lane: l } = rows[n % rows.length];
		await p.ask(TABLES[table].probe, lane ? [id, l] : [id]);
		await pace();
	}
	await p.client.end();
	return p;
}

// As long as it lasts: who waits for a lock, by the server's own word?
async function watch(stop) {
	const client = await rig.cluster.connect(rig.database);
	const waiting = new Map();
	let longest = 0, looks = 0;
	while (!stop.now) {
		const now = Date.now();
		const { rows } = await client.query("SELECT pid, query_start::text AS since FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()");
		const seen = new Set(rows.map((r) => `${r.pid} ${r.since}`));
		for (const key of seen) {
			waiting.set(key, waiting.get(key) ?? now);
			longest = Math.max(longest, now - waiting.get(key));
		}
		for (const key of waiting.keys())
			if (!seen.has(key))
				waiting.delete(key);
		looks++;
		await pace();
	}
	await client.end();
	return { longest, looks };
}

async function turn() {
	const before = await rig.value("SELECT fence FROM chore WHERE id = 'tidy'");
	await rig.comeRound('tidy');
	await waitFor('the janitor', async () => await rig.value(
		"SELECT done_at IS NOT NULL AND leased_until IS NULL AND fence > $1 FROM chore WHERE id = 'tidy'", [before]), TIMEOUT_MS);
	return rig.log().filter((line) => line.event === 'tidied').pop();
}

async function counts(where = {}) {
	const found = {};
	for (const table of [...Object.keys(TABLES), ...Object.keys(KEPT)])
		found[table] = Number(await rig.value(`SELECT count(*) FROM ${table}${where[table] ? ` WHERE ${where[table]}` : ''}`));
	return found;
}

test(`a year of a busy shop, ${ROWS} rows of each kind: what is left is what the tables declare`, { timeout: TIMEOUT_MS }, async (t) => {
	await rig.sql("UPDATE chore SET due_at = now() + interval '1 year'");
	for (const text of [KEPT.account, TABLES.customer.fill, KEPT.referral, KEPT.subscription, KEPT.subscription_item, KEPT.invoice])
		await rig.sql(text);
	await Promise.all(Object.entries(TABLES).filter(([table]) => table !== 'customer').map(async ([, { fill }]) => {
		const client = await rig.cluster.connect(rig.database);
		await client.query('SET synchronous_commit = off');
		await client.query(fill);
		return client.end();
	}));
	await rig.sql('ANALYZE');
	await rig.sql('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
	await rig.sql('SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)');

	const stays = Object.fromEntries(Object.entries(TABLES).map(([table, row]) => [table, row.stays]));
	const all = await counts(), expected = await counts(stays);
	for (const table of Object.keys(TABLES))
		assert.ok(expected[table] > 0 && expected[table] < all[table], `${table}: the sample has nothing to keep, or nothing to delete`);

	const stop = { now: false };
	const others = Object.keys(TABLES).map((table) => bother(table, stop));
	const watching = watch(stop);
	const began = Date.now();
	await turn();
	const took = Date.now() - began;
	stop.now = true;
	const probes = await Promise.all(others), seen = await watching;
	// What somebody was holding at that moment is the next turn's.
	await turn();
	assert.deepEqual(await counts(), expected);
	assert.deepEqual(await counts(stays), expected, 'what must stay has stayed');
	for (const table of Object.keys(KEPT))
		assert.equal(expected[table], PEOPLE, table);

	const deleted = Object.keys(TABLES).reduce((sum, table) => sum + all[table] - expected[table], 0);
	const asked = probes.reduce((sum, p) => sum + p.asked, 0);
	const batches = await rig.sql(`SELECT substring(query FROM 'DELETE FROM (\\w+)') AS table, calls::int, max_exec_time AS max, mean_exec_time AS mean
		FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND query LIKE 'DELETE FROM%' ORDER BY 1`);
	assert.equal(batches.length, Object.keys(TABLES).length);
	for (const b of batches)
		t.diagnostic(`F1: ${b.table}: ${b.calls} batches, ${b.mean.toFixed(1)} ms on average, ${b.max.toFixed(1)} ms at most (figure: none; the locks count)`);
	t.diagnostic(`F1: ${deleted} of ${ROWS * Object.keys(TABLES).length} rows deleted in ${(took / 1000).toFixed(1)} s, ${JSON.stringify(expected)} left (figure: as declared)`);
	t.diagnostic(`F1: ${asked} statements of others meanwhile, the slowest ${Math.max(...probes.map((p) => p.slowest)).toFixed(0)} ms; longest wait for a lock ` +
		`${seen.longest} ms in ${seen.looks} looks, where no commit waits for a disk (figure: ${LOCK_MS} ms)`);
	assert.ok(asked > 100 && seen.looks > 3, 'others had their turn');
	assert.equal(probes.reduce((sum, p) => sum + p.refused, 0), 0, `somebody waited longer than ${LOCK_MS} ms for a lock`);
	assert.ok(seen.longest <= LOCK_MS * SLOW, `${seen.longest} ms`);
});

test('a second turn finds nothing', async () => {
	const before = await counts();
	assert.match((await turn()).msg ?? '', /deleted 0 sessions, 0 events, 0 objects, 0 calls, 0 pages of Checkout, 0 customers/);
	assert.deepEqual(await counts(), before);
	// Nor does it look for it through all that there is: with millions a lane would take longer than a statement may.
	for (const index of ['stripe_event_received', 'stripe_object_settled'])
		await waitFor(`${index} to be used`, async () => await rig.value('SELECT idx_scan >= 256 FROM pg_stat_user_indexes WHERE indexrelname = $1', [index]));
});

test('the one who measures notices a lock that is held', async () => {
	const p = await prober();
	const holder = await rig.cluster.connect(rig.database);
	const id = await rig.value('SELECT id FROM customer WHERE account_id IS NOT NULL LIMIT 1');
	await holder.query('BEGIN');
	await holder.query(TABLES.customer.probe, [id]);
	await p.ask(TABLES.customer.probe, [id]);
	await holder.query('ROLLBACK');
	assert.equal(p.refused, 1);
	await Promise.all([holder.end(), p.client.end()]);
});
