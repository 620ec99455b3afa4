// SPDX-License-Identifier: MIT
//
// A restricted key may do with each resource what it was given, and what is refused was not done.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, start } from './harness.mjs';

const KEY = 'rk_test_sandbox';

test('a restricted key is refused by resource: none, read or write', async (t) => {
	const world = await start(t);
	const ask = async (method, path, form, more = {}) => (await raw(world, method, `/v1/${path}`, form, { authorization: `Bearer ${KEY}`, ...more })).status;
	await world.control('keys', { key: KEY, same: true, rights: { customers: 'read', coupons: 'none' } });
	const { id } = await world.customer();
	assert.equal(await ask('GET', `customers/${id}`), 200);
	assert.equal(await ask('POST', `customers/${id}`, 'name=Bea', { 'idempotency-key': 'once' }), 403);
	assert.equal(await ask('GET', 'coupons'), 403);
	assert.equal(await ask('POST', 'products', 'name=Solo'), 200);
	assert.notEqual((await world.stripe.customers.retrieve(id)).name, 'Bea');
	// Refused before execution, so the key is free: with more rights it is done.
	await world.control('keys', { key: KEY, same: true, rights: { customers: 'write' } });
	assert.equal(await ask('POST', `customers/${id}`, 'name=Bea', { 'idempotency-key': 'once' }), 200);
	assert.equal((await world.call('POST', '/control/keys', { key: KEY, same: true, rights: { customers: 'all' } })).status, 400);
	// What somebody pays with is not the customer's to be read.
	await world.control('keys', { key: KEY, same: true, rights: { payment_methods: 'none' } });
	assert.deepEqual([await ask('GET', `customers/${id}/payment_methods`), await ask('GET', 'payment_methods'), await ask('GET', `customers/${id}`)], [403, 403, 200]);
});
