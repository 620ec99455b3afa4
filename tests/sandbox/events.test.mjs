// SPDX-License-Identifier: MIT
//
// Events: the burst of a first purchase, signatures that the SDK accepts, and every unkindness of delivery.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { SNAPSHOT, THIN } from '../../deploy/sandbox/event_names.mjs';
import { beginsAt } from '../../deploy/sandbox/ids.mjs';
import { BOB, connectCello, DAY, heard, SECRETS, start } from './harness.mjs';

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
			assert.ok([0, 1].some((late) => event.id.startsWith(`evt_${beginsAt(event.created - late)}`)), event.id);
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

test('ids tell when, as those in Stripe’s reference do', () => {
	for (const [id, created] of [['sub_1MowQVLkdIwHu7ixeRlqHVzs', 1679609767], ['price_1MoBy5LkdIwHu7ixZhnattbh', 1679431181], ['re_1Nispe2eZvKYlo2Cd31jOCgZ', 1692942318]])
		assert.equal(id.split('_')[1].slice(0, 6), beginsAt(created).slice(0, 6));
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
	assert.deepEqual(await world.control('events/mode', { hold: true }), { generate: true, hold: true, shuffle: true, duplicate: 1, twins: 0, tries: 0 });
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
	await world.control('endpoints/local', { allowed: true });
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

const NAMES = fileURLToPath(new URL('../node_modules/stripe/esm/resources/', import.meta.url));
const namesIn = (file, pattern) => new Set([...readFileSync(join(NAMES, file), 'utf8').matchAll(pattern)].map(([, name]) => name));

test('the names of events are those of the SDK', () => {
	const snapshot = namesIn('WebhookEndpoints.d.ts', /'([a-z0-9_]+(?:\.[a-z0-9_]+)+)'/g);
	assert.deepEqual([...SNAPSHOT].sort(), [...snapshot].sort());
	const thin = namesIn('V2/Core/Events.d.ts', /type: '([^']+)'/g);
	// Still a preview, so the SDK does not have it.
	thin.add('v2.core.health.event_generation_failure.resolved');
	assert.deepEqual([...THIN].filter((name) => !thin.has(name)), []);
});

test('an endpoint has an address that Stripe can reach, and events that there are', async (t) => {
	const { stripe } = await start(t);
	for (const url of ['http://127.0.0.1:8080/hook', 'http://localhost/hook', 'http://[::1]/hook'])
		await assert.rejects(stripe.webhookEndpoints.create({ url, enabled_events: ['*'] }), { code: 'url_invalid', param: 'url' });
	await assert.rejects(stripe.webhookEndpoints.create({ url: 'https://a.test/', enabled_events: ['invoice.paid', 'invoice.payed'] }),
		{ param: 'enabled_events[1]' });
	const { id } = await stripe.webhookEndpoints.create({ url: 'https://a.test/', enabled_events: ['invoice.paid'] });
	await assert.rejects(stripe.webhookEndpoints.update(id, { enabled_events: ['invoice.payed'] }), { param: 'enabled_events[0]' });
	await assert.rejects(stripe.webhookEndpoints.update(id, { url: 'http://localhost/' }), { code: 'url_invalid' });
});

test('what is not generated is nowhere, until Stripe says that it was not', async (t) => {
	const world = await start(t);
	const { core } = world.stripe.v2;
	await world.control('endpoints/local', { allowed: true });
	await destination(world, ['v2.core.health.event_generation_failure.resolved']);
	await world.control('events/mode', { generate: false });
	const customer = await world.customer();
	assert.deepEqual((await world.stripe.events.list()).data, []);
	await world.control('events/mode', { generate: true });
	const { events: [id] } = await world.control('events/recover', {});
	await world.idle();
	const [{ event: told }] = world.hook.events;
	assert.deepEqual([told.id, told.related_object, told.data], [id, null, undefined]);
	const { impact } = (await core.events.retrieve(id)).data;
	assert.deepEqual(impact, { event: 'customer.created', related_object: { id: customer.id, type: 'customer', url: `/v1/customers/${customer.id}` } });
	assert.deepEqual(await world.control('events/recover', {}), { events: [] });
});

test('a delivery is given up after so many tries, and the event says so', async (t) => {
	const world = await start(t);
	await world.control('events/mode', { tries: 2 });
	world.hook.wanted.status = 500;
	await world.customer();
	assert.equal((await world.idle()).idle, true);
	assert.equal(world.hook.events.length, 2);
	const [event] = await world.control('events');
	assert.deepEqual([event.deliveries[0].state, event.pending_webhooks], ['failed', 1]);
	assert.deepEqual((await world.stripe.events.list({ delivery_success: false })).data.map((e) => e.id), [event.id]);
	assert.deepEqual((await world.stripe.events.list({ delivery_success: true })).data, []);
});

test('an endpoint that is switched off gets nothing, also not later', async (t) => {
	const world = await start(t);
	const { webhookEndpoints } = world.stripe;
	world.hook.wanted.status = 500;
	await world.customer();
	while (world.hook.events.length === 0)
		await new Promise(setImmediate);
	await webhookEndpoints.update('we_sandbox', { disabled: true });
	await world.idle();
	world.hook.wanted.status = 200;
	const before = world.hook.events.length;
	await world.customer();
	await webhookEndpoints.update('we_sandbox', { disabled: false });
	await world.idle();
	assert.equal(world.hook.events.length, before);
	assert.equal((await world.control('events'))[0].deliveries[0].state, 'abandoned');
	assert.equal((await world.stripe.events.list()).data.length, 2);
});

test('one change may be two events, and is one purchase', async (t) => {
	const world = await start(t);
	await connectCello(world);
	await world.control('events/mode', { twins: 1 });
	await world.purchase({ customer: { metadata: { cello_ucc: BOB, new_user_id: 'u1' } } });
	await world.idle();
	const paid = world.hook.events.filter((e) => e.event.type === 'invoice.paid').map((e) => e.event);
	assert.equal(new Set(paid.map((e) => e.id)).size, 2);
	assert.deepEqual(paid[0].data, paid[1].data);
	assert.equal((await heard(world)).purchases.length, 1);
});

test('events are remembered for thirty days, and only `type` knows a star', async (t) => {
	const world = await start(t);
	const { events } = world.stripe;
	await world.purchase();
	assert.ok((await events.list({ type: 'invoice.*' })).data.length >= 4);
	assert.deepEqual((await events.list({ types: ['invoice.*'] })).data, []);
	const [{ id }] = (await events.list({ types: ['invoice.paid'] })).data;
	await world.control('clock', { advance_seconds: 29 * DAY });
	assert.equal((await events.retrieve(id)).type, 'invoice.paid');
	await world.control('clock', { advance_seconds: DAY + 1 });
	await assert.rejects(events.retrieve(id), { code: 'resource_missing' });
	assert.deepEqual((await events.list({ types: ['customer.created'] })).data, []);
});

test('a secret that is rolled signs beside the new one for as long as was asked', async (t) => {
	const world = await start(t);
	const good = (secret, { body, headers }) => {
		try {
			return new Stripe('sk_x').webhooks.constructEvent(body, headers['stripe-signature'], secret) !== null;
		} catch {
			return false;
		}
	};
	const { secret } = await world.control('endpoints/roll', { endpoint: 'we_sandbox', hours: 2 });
	const signers = async () => {
		await world.customer();
		await world.idle();
		return [...SECRETS, secret].map((s) => good(s, world.hook.events.at(-1)));
	};
	assert.deepEqual(await signers(), [true, true, true]);
	await world.control('clock', { advance_seconds: 2 * 3600 + 1 });
	assert.deepEqual(await signers(), [false, false, true]);
	assert.match((await world.control('endpoints/roll', { endpoint: 'we_sandbox', hours: 25 })).error, /hours/);
});

// Somebody who listens for thin events, at the same address.
async function destination(world, enabled_events, fields = {}) {
	return world.stripe.v2.core.eventDestinations.create({
		name: 'thin', type: 'webhook_endpoint', event_payload: 'thin', enabled_events, webhook_endpoint: { url: world.hook.url },
		include: ['webhook_endpoint.signing_secret'], ...fields
	});
}

test('thin events: twins that name their snapshot, and finer ones without', async (t) => {
	const world = await start(t);
	await world.control('endpoints/local', { allowed: true });
	const { webhook_endpoint: { signing_secret: secret } } = await destination(world,
		['v1.customer.subscription.updated', 'v1.customer.subscription.created', 'v1.customer.subscription.cancel_at_changed', 'v1.customer.subscription.active']);
	const { subscription } = await world.purchase();
	await world.stripe.subscriptions.update(subscription, { cancel_at_period_end: true });
	await world.idle();
	const thin = world.hook.events.filter(({ event }) => event.object === 'v2.core.event');
	assert.deepEqual(thin.map((e) => e.event.type).sort(), ['v1.customer.subscription.active', 'v1.customer.subscription.cancel_at_changed',
		'v1.customer.subscription.created', 'v1.customer.subscription.updated']);
	for (const { event, body, headers } of thin) {
		const note = world.stripe.parseEventNotification(body, headers['stripe-signature'], secret);
		assert.deepEqual(note.related_object, { id: subscription, type: 'subscription', url: `/v1/subscriptions/${subscription}` });
		assert.equal((await note.fetchRelatedObject()).id, subscription);
		assert.equal((await note.fetchEvent()).id, event.id);
		assert.match(event.created, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
		const twin = world.hook.events.find((e) => e.event.id === event.snapshot_event)?.event;
		assert.equal(twin && `v1.${twin.type}`, /active|changed/.test(event.type) ? undefined : event.type);
	}
	assert.equal((await world.stripe.v2.core.events.list({ object_id: subscription })).data.length, 4);
});

test('event destinations: secrets told once, switched off and on, pinged', async (t) => {
	const world = await start(t);
	const { eventDestinations } = world.stripe.v2.core;
	await assert.rejects(destination(world, ['v1.invoice.paid']), { code: 'url_invalid' });
	await world.control('endpoints/local', { allowed: true });
	await assert.rejects(destination(world, ['invoice.paid']), { param: 'enabled_events[0]' });
	const made = await destination(world, ['v1.invoice.paid', 'v2.core.event_destination.ping']);
	assert.match(made.webhook_endpoint.signing_secret, /^whsec_/);
	assert.deepEqual((await eventDestinations.retrieve(made.id)).webhook_endpoint, {});
	assert.equal((await eventDestinations.retrieve(made.id, { include: ['webhook_endpoint.url'] })).webhook_endpoint.url, world.hook.url);
	const { id } = await eventDestinations.ping(made.id);
	await world.idle();
	assert.deepEqual(world.hook.events.map((e) => [e.event.id, e.event.related_object.id]), [[id, made.id]]);
	assert.equal((await eventDestinations.disable(made.id)).status, 'disabled');
	await eventDestinations.ping(made.id);
	await world.idle();
	assert.equal(world.hook.events.length, 1);
	assert.equal((await eventDestinations.enable(made.id)).status, 'enabled');
	assert.equal((await eventDestinations.list()).data.length, 1);
	assert.equal((await eventDestinations.del(made.id)).id, made.id);
	await assert.rejects(eventDestinations.retrieve(made.id), { code: 'resource_missing' });
});

test('events of connected accounts go to those who asked for them', async (t) => {
	const world = await start(t);
	await world.control('endpoints/local', { allowed: true });
	await world.stripe.webhookEndpoints.create({ url: world.hook.url, enabled_events: ['*'], connect: true });
	await destination(world, ['v1.customer.created'], { events_from: ['@accounts'] });
	const customer = await world.customer();
	await world.idle();
	const [{ event }] = world.hook.events;
	const { event: foreign } = await world.control('events/account', { account: 'acct_other', event: event.id });
	await world.idle();
	const told = world.hook.events.slice(1).map((e) => e.event);
	assert.deepEqual(told.map((e) => e.account ?? e.context), ['acct_other', 'acct_other']);
	const snapshot = told.find((e) => e.object === 'event');
	assert.equal(snapshot.id, foreign);
	assert.notEqual(snapshot.data.object.id, customer.id);
});

test('of the invoice that is to come there is no id', async (t) => {
	const world = await start(t);
	const { subscription } = await world.purchase();
	await world.control('events/upcoming', { subscription });
	await world.idle();
	const { event } = world.hook.events.find((e) => e.event.type === 'invoice.upcoming');
	assert.deepEqual([event.data.object.object, event.data.object.id], ['invoice', undefined]);
});
