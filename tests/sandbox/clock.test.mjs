// SPDX-License-Identifier: MIT
//
// Time passes on demand: renewals, trials, cancellations, cards that fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, start } from './harness.mjs';

const advance = (world, seconds) => world.control('clock', { advance_seconds: seconds });
const told = async (world) => (await world.control('events')).map((e) => e.type);

test('a month, then a year, is paid for', async (t) => {
	const world = await start(t);
	const { subscription, customer } = await world.purchase({ session: { discounts: [{ coupon: 'REF10' }] } });
	const before = (await world.stripe.subscriptions.retrieve(subscription)).items.data[0];
	await advance(world, 31 * DAY);
	const after = await world.stripe.subscriptions.retrieve(subscription);
	assert.equal(after.items.data[0].current_period_start, before.current_period_end);
	await advance(world, 335 * DAY);
	const invoices = (await world.stripe.invoices.list({ customer: customer.id, limit: 100 })).data.reverse();
	assert.equal(invoices.length, 13);
	// Three months of discount, then the whole price.
	assert.deepEqual(invoices.slice(0, 5).map((i) => i.amount_paid), [2610, 2610, 2610, 2900, 2900]);
	assert.deepEqual(invoices.slice(0, 2).map((i) => i.billing_reason), ['subscription_create', 'subscription_cycle']);
	assert.equal(invoices[1].created, before.current_period_end);
	const updated = (await world.stripe.events.list({ type: 'customer.subscription.updated', limit: 1 })).data[0];
	assert.ok(updated.data.previous_attributes.items);
	assert.ok(updated.data.previous_attributes.latest_invoice);
});

test('a card that fails later: past_due, then well again, or the end', async (t) => {
	const world = await start(t);
	const trial = { session: { subscription_data: { trial_period_days: 7 } } };
	const [lucky, unlucky] = [await world.purchase(trial, '4000000000000341'), await world.purchase(trial, '4000000000000341')];
	await advance(world, 5 * DAY);
	assert.ok((await told(world)).includes('customer.subscription.trial_will_end'));
	await advance(world, 3 * DAY);
	const due = await world.stripe.subscriptions.retrieve(lucky.subscription, { expand: ['latest_invoice'] });
	assert.deepEqual([due.status, due.latest_invoice.status, due.latest_invoice.attempt_count], ['past_due', 'open', 1]);
	assert.ok((await told(world)).includes('invoice.payment_failed'));
	await assert.rejects(world.stripe.invoices.pay(due.latest_invoice.id), { type: 'StripeCardError', code: 'card_declined' });

	await world.control('card', { customer: lucky.customer.id, card: '4242424242424242' });
	assert.equal((await world.stripe.invoices.pay(due.latest_invoice.id)).status, 'paid');
	assert.equal((await world.stripe.subscriptions.retrieve(lucky.subscription)).status, 'active');
	await advance(world, 20 * DAY);
	const ended = await world.stripe.subscriptions.retrieve(unlucky.subscription);
	assert.deepEqual([ended.status, ended.cancellation_details.reason], ['canceled', 'payment_failed']);
});

test('a planned end comes', async (t) => {
	const world = await start(t);
	const { subscription, customer } = await world.purchase();
	const { cancel_at: at } = await world.control('portal/cancel', { customer: customer.id });
	await advance(world, 32 * DAY);
	const sub = await world.stripe.subscriptions.retrieve(subscription);
	assert.deepEqual([sub.status, sub.ended_at], ['canceled', at]);
	assert.equal((await world.stripe.invoices.list({ customer: customer.id })).data.length, 1);
	assert.ok((await told(world)).includes('customer.subscription.deleted'));
});

test('an open session expires', async (t) => {
	const world = await start(t);
	const session = await world.session(await world.customer());
	await advance(world, DAY + 1);
	assert.equal((await world.stripe.checkout.sessions.retrieve(session.id)).status, 'expired');
	assert.equal((await fetch(session.url ?? `${world.url}/pay/${session.id}`)).status, 410);
	assert.equal((await world.call('POST', '/control/pay', { session: session.id })).status, 409);
});

test('events and signatures keep real time', async (t) => {
	const world = await start(t);
	await advance(world, 90 * DAY);
	const customer = await world.customer();
	assert.ok(customer.created > Date.now() / 1000 + 89 * DAY);
	await world.idle();
	const [{ event, headers }] = world.hook.events;
	assert.ok(Math.abs(event.created - Date.now() / 1000) < 5);
	assert.ok(Math.abs(Number(/^t=(\d+)/.exec(headers['stripe-signature'])[1]) - Date.now() / 1000) < 5);
});

test('reset begins anew', async (t) => {
	const world = await start(t);
	await world.purchase();
	await advance(world, DAY);
	await world.control('reset', {});
	assert.deepEqual([await world.control('objects/customers'), (await world.control('clock')).offset], [[], 0]);
	assert.equal((await world.stripe.prices.retrieve('price_month')).unit_amount, 2900);
});
