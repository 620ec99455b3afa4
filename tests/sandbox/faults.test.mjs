// SPDX-License-Identifier: MIT
//
// Bad answers: what was done all the same, what comes late, old, cut or from somebody else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEY, raw, start } from './harness.mjs';

const make = (world, key) => raw(world, 'POST', '/v1/customers', 'name=Ann', { 'idempotency-key': key });
const made = async (world) => (await world.stripe.customers.list()).data.length;

test('work that was done and answered with 500 is kept as 500', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'stripe', action: 'status', status: 500, done: true });
	assert.equal((await make(world, 'k')).status, 500);
	assert.equal(await made(world), 1);
	const again = await make(world, 'k');
	assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [500, 'true']);
	assert.equal(await made(world), 1);
});

test('an answer that is late is of work that was done before', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'stripe', action: 'late', ms: 200 });
	const answer = make(world, 'k');
	while ((await world.control('objects/customers')).length === 0)
		await world.idle();
	assert.equal((await answer).status, 200);
	assert.equal(await made(world), 1);
});

test('an answer is somebody else’s, or half of one; what was done is repeated', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'stripe', action: 'garbage' });
	await assert.rejects(make(world, 'k1'), SyntaxError);
	await world.control('faults', { target: 'stripe', action: 'truncate' });
	await assert.rejects(make(world, 'k2'), TypeError);
	for (const key of ['k1', 'k2'])
		assert.equal((await make(world, key)).headers.get('idempotent-replayed'), 'true');
	assert.equal(await made(world), 2);
});

test('an answer is as long as somebody wants', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'stripe', action: 'pad', bytes: 5 << 20 });
	const text = await (await fetch(`${world.url}/v1/customers`, { headers: { authorization: `Bearer ${KEY}` } })).text();
	assert.deepEqual([text.length, JSON.parse(text).data], [5 << 20, []]);
});

test('a read is of before the last change, or of before there was anything', async (t) => {
	const world = await start(t);
	const { id } = await world.customer({ name: 'Ann' });
	const stale = () => world.control('faults', { target: 'stripe', method: 'GET', action: 'stale' });
	await stale();
	await assert.rejects(world.stripe.customers.retrieve(id), { statusCode: 404, code: 'resource_missing' });
	await stale();
	assert.deepEqual((await world.stripe.customers.list()).data, []);
	await world.stripe.customers.update(id, { name: 'Bea' });
	await stale();
	assert.equal((await world.stripe.customers.retrieve(id)).name, 'Ann');
	assert.equal((await world.stripe.customers.retrieve(id)).name, 'Bea');
});

test('a limit gives its reason, a lock does not', async (t) => {
	const world = await start(t);
	const reason = async (fault) => {
		await world.control('faults', { target: 'stripe', action: 'status', status: 429, ...fault });
		const { headers, body } = await raw(world, 'GET', '/v1/customers');
		return [body.error.code, headers.get('stripe-rate-limited-reason')];
	};
	assert.deepEqual(await reason({}), ['rate_limit', 'global-rate']);
	assert.deepEqual(await reason({ headers: { 'stripe-rate-limited-reason': 'endpoint-rate' } }), ['rate_limit', 'endpoint-rate']);
	assert.deepEqual(await reason({ code: 'lock_timeout' }), ['lock_timeout', null]);
});

test('Cello’s answers are not bad in these ways', async (t) => {
	const world = await start(t);
	assert.equal((await world.call('POST', '/control/faults', { target: 'cello', action: 'stale' })).status, 400);
});
