// SPDX-License-Identifier: MIT
//
// Whoever buys while thousands of renewals wait to be read does not stand behind them, the renewals go on meanwhile,
// and nobody can make couriers read at will.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { checkout, pay, quiet, signup, subscriptionWhen } from '../rig/visitor.mjs';

const BACKLOG = 4000;
let rig;

before(async () => {
	rig = await openRig({ name: 'fairness', set: { 'courier.processes': 2 } });
});
after(() => rig?.close());

// Readings of the backlog: each attempt is one.
const read = () => rig.value("SELECT sum(attempts)::int FROM stripe_object WHERE id LIKE 'in_backlog%'");

test('who has paid is served after a handful of others, not after all of them', async (t) => {
	const visitor = await signup(rig);
	await quiet(rig);
	await rig.sql('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
	await rig.sql('SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)');
	await rig.sql(`INSERT INTO stripe_object (lane, id, kind, due_at)
		SELECT get_byte(sha256(convert_to('in_backlog' || i, 'UTF8')), 0), 'in_backlog' || i, 'invoice', now() - interval '1 hour'
		FROM generate_series(1, $1::int) AS i`, [BACKLOG]);
	await rig.sql('ANALYZE stripe_object');
	const { sessionId } = await checkout(visitor);
	await waitFor('the backlog to be gone at', async () => await read() > 0);
	const before = await read();
	await pay(rig, sessionId);
	await subscriptionWhen(visitor, 'access', (s) => s.entitled);
	const meanwhile = await read() - before;
	assert.ok(meanwhile < BACKLOG / 10, `${meanwhile} others of ${BACKLOG} were read before`);
	t.diagnostic(`fairness: ${meanwhile} of ${BACKLOG} that came earlier were read before a purchase was seen (figure: ${BACKLOG / 10})`);

	// They are not starved either.
	const then = await read();
	await waitFor('the backlog to go on', async () => await read() > then);

	// And looking for who waits costs what they are, not what the backlog is.
	const [{ awaited, all }] = await rig.sql(`SELECT
		max((shared_blks_hit + shared_blks_read) / calls) FILTER (WHERE query LIKE '%AND awaited GROUP BY%') AS awaited,
		max((shared_blks_hit + shared_blks_read) / calls) FILTER (WHERE query LIKE '%GROUP BY lane' AND query NOT LIKE '%awaited%') AS all
		FROM pg_stat_statements WHERE query LIKE 'SELECT lane%FROM stripe_object%'
		AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`);
	assert.ok(Number(awaited) * 4 < Number(all), `${awaited} blocks for who waits, ${all} for all`);
	t.diagnostic(`fairness: looking for who waits touches ${awaited} blocks, looking for all ${all}`);
	await rig.sql("DELETE FROM stripe_object WHERE id LIKE 'in_backlog%'");
});

test('a member who asks a hundred times has a page read once, and one that is over not at all', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	const reads = async () => (await rig.control('GET', '/requests')).filter((r) => r.method === 'GET' &&
		r.path.startsWith(`/v1/checkout/sessions/${sessionId}`)).length;
	const ask = async () => {
		for (let i = 0; i < 100; i++)
			assert.equal((await visitor.post('/api/checkout/return', { sessionId })).status, 202);
		await quiet(rig);
	};
	const began = Date.now();
	await ask();
	const first = await reads(), most = 3 + Math.floor((Date.now() - began) / 10000);
	assert.ok(first >= 1 && first <= most, `${first} readings`);
	await pay(rig, sessionId);
	await subscriptionWhen(visitor, 'access', (s) => s.entitled);
	await quiet(rig);
	await rig.sql("UPDATE stripe_object SET heard_at = now() - interval '1 hour'");
	const paid = await reads();
	await ask();
	assert.equal(await reads(), paid);
});
