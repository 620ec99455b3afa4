// SPDX-License-Identifier: MIT
//
// Idempotency keys, row by row.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, raw, start } from './harness.mjs';

const post = (world, key, form = 'email=a@b.c', path = '/v1/customers') => raw(world, 'POST', path, form, { 'idempotency-key': key });
const count = async (world) => (await world.control('objects/customers')).length;

test('the first answer is repeated', async (t) => {
	const world = await start(t);
	const first = await post(world, 'k1');
	const again = await post(world, 'k1');
	assert.deepEqual(again.body, first.body);
	assert.equal(first.headers.get('idempotent-replayed'), null);
	assert.equal(again.headers.get('idempotent-replayed'), 'true');
	assert.equal(again.headers.get('idempotency-key'), 'k1');
	assert.equal(await count(world), 1);
	const log = await world.control('requests?target=stripe&path=/v1/customers');
	assert.deepEqual(log.map((r) => [r.replayed, r.status, r.params.email, r.headers['idempotency-key']]),
		[[false, 200, 'a@b.c', 'k1'], [true, 200, 'a@b.c', 'k1']]);
});

test('other parameters, or another path, with the same key', async (t) => {
	const world = await start(t);
	const { body: customer } = await post(world, 'k1');
	for (const [form, path] of [['email=other@b.c'], ['email=a@b.c', `/v1/customers/${customer.id}`]]) {
		const { status, body } = await post(world, 'k1', form, path);
		assert.equal(status, 400);
		assert.equal(body.error.type, 'idempotency_error');
	}
});

test('at the same time', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'stripe', action: 'delay', ms: 300, times: 1 });
	const [a, b] = await Promise.all([post(world, 'k1'), post(world, 'k1')]);
	assert.deepEqual([a.status, b.status].sort(), [200, 409]);
	const lost = a.status === 409 ? a : b;
	assert.equal(lost.body.error.code, 'idempotency_key_in_use');
	assert.equal((await post(world, 'k1')).headers.get('idempotent-replayed'), 'true');
	assert.equal(await count(world), 1);
});

test('what is refused before execution leaves the key free', async (t) => {
	const world = await start(t);
	assert.equal((await post(world, 'k1', 'nonsense=1')).status, 400);
	assert.equal((await raw(world, 'POST', '/v1/customers', 'email=a@b.c', { 'idempotency-key': 'k1', authorization: 'Bearer no' })).status, 401);
	await world.control('faults', { target: 'stripe', action: 'status', status: 429 });
	assert.equal((await post(world, 'k1')).status, 429);
	const { status, headers } = await post(world, 'k1');
	assert.deepEqual([status, headers.get('idempotent-replayed')], [200, null]);
});

test('what execution refuses is kept', async (t) => {
	const world = await start(t);
	const form = 'customer=cus_none&return_url=http://a.test/';
	assert.equal((await post(world, 'k1', form, '/v1/billing_portal/sessions')).status, 400);
	const again = await post(world, 'k1', form, '/v1/billing_portal/sessions');
	assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [400, 'true']);
});

test('an error may be stored or not', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'stripe', method: 'POST', path: '/v1/customers', action: 'status', status: 500, stored: true });
	assert.equal((await post(world, 'k1')).status, 500);
	const again = await post(world, 'k1');
	assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [500, 'true']);
	await world.control('faults', { target: 'stripe', action: 'status', status: 500 });
	assert.equal((await post(world, 'k2')).status, 500);
	assert.equal((await post(world, 'k2')).status, 200);
});

test('an answer that was lost is there at the second asking', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'stripe', action: 'drop_after' });
	await assert.rejects(post(world, 'k1'));
	assert.equal((await post(world, 'k1')).headers.get('idempotent-replayed'), 'true');
	assert.equal(await count(world), 1);
});

test('the SDK retries by itself', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'stripe', action: 'drop', path: '^/v1/cust' });
	const customer = await world.stripe.customers.create({ name: 'x' }, { maxNetworkRetries: 1 });
	assert.equal((await world.control('requests?target=stripe')).map((r) => r.status).join(), '0,200');
	assert.equal(await count(world), 1);
	assert.ok(customer.id);
});

test('keys are short, and forgotten after a day', async (t) => {
	const world = await start(t);
	assert.equal((await post(world, 'k'.repeat(256))).status, 400);
	assert.equal((await post(world, 'k'.repeat(255))).status, 200);
	await world.control('clock', { advance_seconds: DAY + 1 });
	assert.equal((await post(world, 'k'.repeat(255))).headers.get('idempotent-replayed'), null);
	assert.equal(await count(world), 2);
});

test('faults skip, count, match and end', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'stripe', method: 'GET', path: '/v1/customers', skip: 1, times: 2, action: 'status', status: 503, headers: { 'retry-after': '1' } });
	const seen = [];
	for (let i = 0; i < 4; i++)
		seen.push((await raw(world, 'GET', '/v1/customers')).status);
	assert.deepEqual(seen, [200, 503, 503, 200]);
	assert.equal((await post(world, 'k')).status, 200);
	await world.control('faults', { target: 'stripe', times: -1, action: 'drop' });
	await assert.rejects(raw(world, 'GET', '/v1/customers'));
	await world.control('faults', undefined, 'DELETE');
	assert.equal((await raw(world, 'GET', '/v1/customers')).status, 200);
	assert.equal((await world.call('POST', '/control/faults', { target: 'paypal', action: 'drop' })).status, 400);
	await world.control('faults', { target: 'stripe', action: 'hang' });
	await assert.rejects(world.stripe.customers.list({}, { timeout: 100 }));
});
