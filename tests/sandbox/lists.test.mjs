// SPDX-License-Identifier: MIT
//
// Lists as Stripe's are: pages, filters that leave out, lists inside objects that stop at ten; and what lists are
// for: events that were never generated, and a key that is another account's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import Stripe from 'stripe';
import { DAY, KEY, raw, start } from './harness.mjs';

const ids = (list) => list.data.map((o) => o.id);

async function purchases(world, count) {
	const made = [];
	for (let i = 0; i < count; i++)
		made.unshift((await world.purchase()).subscription);
	return made;
}

test('subscriptions come newest first, page by page, the canceled only when asked for', async (t) => {
	const world = await start(t);
	const made = await purchases(world, 5);
	await world.stripe.subscriptions.cancel(made[1]);
	const all = { status: 'all', limit: 2 };
	const pages = [await world.stripe.subscriptions.list(all)];
	while (pages.at(-1).has_more)
		pages.push(await world.stripe.subscriptions.list({ ...all, starting_after: pages.at(-1).data.at(-1).id }));
	assert.deepEqual(pages.map(ids), [made.slice(0, 2), made.slice(2, 4), made.slice(4)]);
	assert.deepEqual(ids(await world.stripe.subscriptions.list()), made.filter((id) => id !== made[1]));
	assert.deepEqual(ids(await world.stripe.subscriptions.list({ status: 'canceled' })), [made[1]]);
});

test('a cursor that the filter leaves out by now ends no list', async (t) => {
	const world = await start(t);
	const made = await purchases(world, 4);
	const first = await world.stripe.subscriptions.list({ limit: 2 });
	await world.stripe.subscriptions.cancel(made[1]);
	const next = { limit: 2, starting_after: first.data.at(-1).id };
	assert.deepEqual(ids(await world.stripe.subscriptions.list(next)), made.slice(2));
	assert.deepEqual(ids(await world.stripe.subscriptions.list({ limit: 2, ending_before: made[1] })), [made[0]]);
	await assert.rejects(world.stripe.subscriptions.list({ starting_after: 'sub_nobody' }), { code: 'resource_missing' });
});

test('created[gte], and filters by what is not there', async (t) => {
	const world = await start(t);
	const [old] = await purchases(world, 1);
	await world.control('clock', { advance_seconds: 10 * DAY });
	const [young] = await purchases(world, 1);
	const { now } = await world.control('clock');
	const since = { created: { gte: now - DAY } };
	assert.deepEqual(ids(await world.stripe.subscriptions.list(since)), [young]);
	const invoices = await world.stripe.invoices.list(since);
	assert.deepEqual(invoices.data.map((i) => i.parent.subscription_details.subscription), [young]);
	assert.equal((await world.stripe.invoices.list({ subscription: old })).data.length, 1);
	for (const filter of [{ customer: 'cus_nobody' }, { price: 'price_nobody' }])
		await assert.rejects(world.stripe.subscriptions.list(filter), { code: 'resource_missing', param: Object.keys(filter)[0], statusCode: 400 });
	await assert.rejects(world.stripe.invoices.list({ subscription: 'sub_nobody' }), { param: 'subscription', statusCode: 400 });
});

test('a list inside an object is its first ten', async (t) => {
	const world = await start(t);
	const line_items = [];
	for (let i = 0; i < 12; i++) {
		const price = await world.stripe.prices.create({ product: 'prod_pro', unit_amount: 100 + i, currency: 'eur', recurring: { interval: 'month' } });
		line_items.push({ price: price.id, quantity: 1 });
	}
	const { subscription, invoice, session } = await world.purchase({ session: { line_items } });
	const { items } = await world.stripe.subscriptions.retrieve(subscription);
	assert.deepEqual([items.data.length, items.has_more], [10, true]);
	const whole = await world.stripe.subscriptionItems.list({ subscription, limit: 100 });
	assert.deepEqual([whole.data.length, whole.has_more], [12, false]);
	assert.deepEqual(ids(whole).slice(0, 10), ids(items));
	const { lines } = await world.stripe.invoices.retrieve(invoice);
	assert.deepEqual([lines.data.length, lines.has_more], [10, true]);
	const expanded = await world.stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items'] });
	assert.deepEqual([expanded.line_items.data.length, expanded.line_items.has_more], [10, true]);
});

test('an event that was not generated is nowhere, the object is', async (t) => {
	const world = await start(t);
	assert.equal((await world.control('events/mode', { generate: false })).generate, false);
	const { subscription, customer } = await world.purchase();
	await world.control('clock', { advance_seconds: 40 * DAY });
	await world.control('events/mode', { generate: true });
	await world.idle();
	assert.deepEqual([world.hook.events, await world.control('events'), ids(await world.stripe.events.list())], [[], [], []]);
	assert.equal((await world.stripe.invoices.list({ customer: customer.id })).data.length, 2);
	await world.stripe.subscriptions.cancel(subscription);
	await world.idle();
	assert.deepEqual(world.hook.events.map(({ event }) => event.type), ['customer.subscription.deleted']);
});

test('another account’s key sees nothing of ours; another key of ours sees all', async (t) => {
	const world = await start(t);
	const { customer, subscription } = await world.purchase();
	const { port } = new URL(world.url);
	const as = (key) => new Stripe(key, { host: '127.0.0.1', port: Number(port), protocol: 'http', maxNetworkRetries: 0, telemetry: false });
	const [ours, other, second] = [as(KEY), as('sk_test_other'), as('sk_test_second')];
	await assert.rejects(other.customers.retrieve(customer.id), { statusCode: 401 });
	const { account } = await world.control('keys', { key: 'sk_test_other' });
	assert.equal((await raw(world, 'GET', '/v1/account', '', { authorization: 'Bearer sk_test_other' })).body.id, account);
	assert.notEqual((await raw(world, 'GET', '/v1/account')).body.id, account);
	await assert.rejects(other.customers.retrieve(customer.id), { statusCode: 404, code: 'resource_missing' });
	assert.deepEqual(ids(await other.subscriptions.list({ status: 'all' })), []);
	const theirs = await other.customers.create({ email: 'other@example.com' });
	await assert.rejects(ours.customers.retrieve(theirs.id), { statusCode: 404 });
	await world.control('keys', { key: 'sk_test_second', same: true });
	assert.equal((await second.subscriptions.retrieve(subscription)).id, subscription);
});
