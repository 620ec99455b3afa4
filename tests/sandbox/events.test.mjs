// SPDX-License-Identifier: MIT
//
// Events: the burst of a first purchase, signatures that the SDK accepts, and every unkindness of delivery.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import Stripe from 'stripe';
import { SECRETS, start } from './harness.mjs';

const BURST = [
	'customer.created', 'customer.updated', 'payment_method.attached', 'payment_intent.created', 'payment_intent.succeeded', 'charge.succeeded',
	'customer.subscription.created', 'invoice.created', 'invoice.finalized', 'invoice.updated', 'invoice.paid', 'invoice.payment_succeeded',
	'invoice_payment.paid', 'checkout.session.completed'
].sort();

const types = (hook) => hook.events.map((e) => e.event.type).sort();

test('a first purchase tells what Stripe tells, signed with each secret', async (t) => {
	const world = await start(t);
	await world.purchase();
	assert.equal((await world.idle()).idle, true);
	assert.deepEqual(types(world.hook), BURST);
	const sdk = new Stripe('sk_x');
	for (const { body, headers } of world.hook.events)
		for (const secret of SECRETS) {
			const event = sdk.webhooks.constructEvent(body, headers['stripe-signature'], secret);
			assert.match(event.id, /^evt_/);
			assert.equal(event.api_version, '2026-10-28.endive');
			assert.equal(event.livemode, false);
			assert.ok(Math.abs(event.created - Date.now() / 1000) < 5);
		}
	assert.throws(() => sdk.webhooks.constructEvent(world.hook.events[0].body, world.hook.events[0].headers['stripe-signature'], 'whsec_other'));
	const sub = world.hook.events.find((e) => e.event.type === 'customer.subscription.created').event.data.object;
	assert.equal(sub.status, 'active');
	const created = world.hook.events.find((e) => e.event.type === 'customer.created').event;
	assert.match(created.request.id, /^req_/);
	assert.ok(created.request.idempotency_key);
});

test('every attempt is signed afresh, until 2xx', async (t) => {
	const world = await start(t);
	world.hook.wanted.status = 500;
	await world.customer();
	while (world.hook.events.length < 2)
		await new Promise(setImmediate);
	world.hook.wanted.status = 204;
	assert.equal((await world.idle()).idle, true);
	const [event] = await world.control('events');
	assert.equal(event.deliveries[0].state, 'delivered');
	assert.ok(event.deliveries[0].attempts >= 3);
	assert.equal(event.deliveries[0].last_status, 204);
	assert.equal(event.pending_webhooks, 0);
});

test('held, reordered, doubled, resent', async (t) => {
	const world = await start(t);
	assert.deepEqual(await world.control('events/mode', { hold: true }), { generate: true, hold: true, shuffle: true, duplicate: 1 });
	await world.purchase();
	assert.equal((await world.idle()).idle, true);
	assert.equal(world.hook.events.length, 0);
	const held = (await world.control('events')).map((e) => e.id);

	const { statuses: one } = await world.control('events/release', { order: [held[3]], parallel: 1 });
	assert.deepEqual(one.map((s) => [s.event, s.status]), [[held[3], 200]]);
	const { statuses } = await world.control('events/release', { order: 'reverse', copies: 2, parallel: 1 });
	assert.equal(statuses.length, 2 * (held.length - 1));
	const order = world.hook.events.slice(1).map((e) => e.event.id);
	assert.deepEqual([...new Set(order)], held.filter((id) => id !== held[3]).reverse());

	const { statuses: again } = await world.control('events/deliver', { id: held[0], copies: 50, parallel: 50 });
	assert.deepEqual(again.map((s) => s.status), Array(50).fill(200));
	assert.equal(world.hook.events.filter((e) => e.event.id === held[0]).length, 52);

	await world.control('events/mode', { hold: false, duplicate: 3 });
	const before = world.hook.events.length;
	await world.customer();
	await world.idle();
	assert.equal(world.hook.events.length - before, 3);
});

test('registered endpoints have their own secret and their own types', async (t) => {
	const world = await start(t);
	const { secret, id } = await world.stripe.webhookEndpoints.create({ url: world.hook.url, enabled_events: ['customer.deleted'] });
	const customer = await world.customer();
	await world.stripe.customers.del(customer.id);
	await world.idle();
	assert.equal(world.hook.events.length, 3);
	const sdk = new Stripe('sk_x');
	const mine = world.hook.events.filter(({ body, headers }) => {
		try {
			return sdk.webhooks.constructEvent(body, headers['stripe-signature'], secret);
		} catch {
			return false;
		}
	});
	assert.deepEqual(mine.map((e) => e.event.type), ['customer.deleted']);
	await world.stripe.webhookEndpoints.del(id);
	await world.customer();
	await world.idle();
	assert.equal(world.hook.events.length, 4);
});

test('refund, dispute, deletion and decline have their events', async (t) => {
	const world = await start(t);
	const { invoice, customer } = await world.purchase();
	await world.control('refund', { invoice, amount: 100 });
	const dispute = await world.control('dispute', { invoice });
	await world.control('dispute', { dispute: dispute.id, status: 'won' });
	await world.stripe.customers.del(customer.id);
	const declined = await world.purchase({}, '4000000000000002');
	assert.deepEqual([declined.status, declined.error], ['open', 'Your card was declined.']);
	await world.stripe.checkout.sessions.expire(declined.session.id);
	await world.idle();
	const seen = types(world.hook);
	for (const type of ['refund.created', 'refund.updated', 'charge.refunded', 'charge.dispute.created', 'charge.dispute.funds_withdrawn',
		'charge.dispute.funds_reinstated', 'charge.dispute.closed', 'customer.subscription.deleted', 'customer.deleted',
		'payment_intent.payment_failed', 'charge.failed', 'checkout.session.expired'])
		assert.ok(seen.includes(type), type);
	assert.equal(seen.filter((type) => type === 'customer.subscription.created').length, 1);
});

test('200 purchases at once', async (t) => {
	const world = await start(t);
	const began = performance.now();
	await Promise.all(Array.from({ length: 200 }, () => world.purchase()));
	assert.equal((await world.control('events/idle?timeout_ms=10000', {})).idle, true);
	assert.equal(world.hook.events.length, 200 * BURST.length);
	assert.equal((await world.control('objects/subscriptions')).filter((s) => s.status === 'active').length, 200);
	t.diagnostic(`${Math.round(performance.now() - began)} ms`);
});
