// SPDX-License-Identifier: MIT
//
// Two modes of an account: what one has is unknown to the other, and it is told which it is of.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, start } from './harness.mjs';

const LIVE = 'sk_live_sandbox';
const live = (world, method, path, form) => raw(world, method, path, form, { authorization: `Bearer ${LIVE}` });

test('an id of the other mode is unknown, and Stripe says where it is', async (t) => {
	const world = await start(t);
	const ours = await world.customer();
	assert.equal(ours.livemode, false);
	assert.equal((await world.control('keys', { key: LIVE, same: true })).account, (await world.stripe.accounts.retrieve()).id);
	const { status, body } = await live(world, 'GET', `/v1/customers/${ours.id}`);
	assert.deepEqual([status, body.error.code, body.error.param], [404, 'resource_missing', 'id']);
	assert.equal(body.error.message,
		`No such customer: '${ours.id}'; a similar object exists in test mode, but a live mode key was used to make this request.`);
	const theirs = (await live(world, 'POST', '/v1/customers', 'name=Bea')).body;
	assert.equal(theirs.livemode, true);
	await assert.rejects(world.session(theirs), { statusCode: 400, code: 'resource_missing', param: 'customer',
		message: /a similar object exists in live mode, but a test mode key was used/ });
	await assert.rejects(world.stripe.customers.retrieve('cus_nobody'), { message: "No such customer: 'cus_nobody'" });
});

test('what happens in live mode is told as such, at whatever address', async (t) => {
	const world = await start(t);
	await world.control('keys', { key: LIVE, same: true });
	const { body } = await live(world, 'POST', '/v1/customers', 'name=Bea');
	while (!world.hook.events.some(({ event }) => event.data.object.id === body.id))
		await world.idle();
	const { event } = world.hook.events.find((e) => e.event.data.object.id === body.id);
	assert.deepEqual([event.type, event.livemode, event.data.object.livemode], ['customer.created', true, true]);
	await assert.rejects(world.stripe.events.retrieve(event.id), { statusCode: 404 });
});
