// SPDX-License-Identifier: MIT
//
// So many calls a second and no more: refused with a reason, before the key is taken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, start } from './harness.mjs';

test('more calls than Stripe takes in a second are refused, and say by which limit', async (t) => {
	const world = await start(t);
	const burst = async (paths) => Promise.all(paths.map((path) => raw(world, 'GET', path)));
	const paths = (n) => Array.from({ length: n }, () => '/v1/customers');
	const reasons = (answers) => new Set(answers.filter((a) => a.status === 429).map((a) => a.headers.get('stripe-rate-limited-reason')));
	assert.ok((await burst(paths(120))).every((a) => a.status === 200), 'none count at first');
	await world.control('settings', { rate_limits: 'live' });
	const second = () => Math.floor(Date.now() / 1000), began = second();
	const one = await burst(paths(120)), seconds = second() - began + 1;
	assert.deepEqual([...reasons(one)], ['endpoint-rate']);
	assert.ok(one.filter((a) => a.status === 200).length <= 25 * seconds, `of ${seconds} seconds at the most`);
	await world.control('settings', { rate_limits: 'sandbox' });
	assert.ok(reasons(await burst(['/v1/products', '/v1/prices', '/v1/coupons'].flatMap((p) => Array(40).fill(p)))).has('global-rate'));
	await world.control('settings', { rate_limits: 'none' });
});

test('one write at a time to each object: another is refused without a reason, and leaves its key free', async (t) => {
	const world = await start(t);
	const [ann, bob] = [await world.customer(), await world.customer()];
	const write = (id, name, key) => raw(world, 'POST', `/v1/customers/${id}`, `name=${name}`, key && { 'idempotency-key': key });
	await world.control('faults', { target: 'stripe', method: 'POST', path: `/v1/customers/${ann.id}`, action: 'delay', ms: 700 });
	const slow = write(ann.id, 'Slow');
	await waitForRequest(world, ann.id);
	const locked = await write(ann.id, 'Quick', 'key-1');
	assert.deepEqual([locked.status, locked.body.error.code, locked.headers.get('stripe-rate-limited-reason')], [429, 'lock_timeout', null]);
	assert.equal((await raw(world, 'GET', `/v1/customers/${ann.id}`)).body.name, 'Ann');
	assert.equal((await write(bob.id, 'Bob')).status, 200);
	assert.equal((await slow).body.name, 'Slow');
	assert.equal((await write(ann.id, 'Quick', 'key-1')).body.name, 'Quick');
});

async function waitForRequest(world, id) {
	while (!(await world.control('requests')).some((r) => r.path.endsWith(id)))
		await new Promise((done) => setTimeout(done, 5));
}
