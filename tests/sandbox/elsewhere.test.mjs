// SPDX-License-Identifier: MIT
//
// Subscriptions that no page has sold, items of several intervals, and the ways of ending at a period's end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, start } from './harness.mjs';

async function member(t, items = [{ price: 'price_month' }], more = {}) {
	const world = await start(t);
	const { id: customer } = await world.stripe.customers.create({ email: 'ada@example.com' });
	await world.control('card', { customer, card: '4242424242424242' });
	const sub = await world.stripe.subscriptions.create({ customer, items, ...more, expand: ['latest_invoice'] });
	return { ...world, customer, sub };
}

const ends = (sub) => [sub.cancel_at_period_end, sub.cancel_at];

test('somebody makes one: the customer\'s card is charged, and it is active', async (t) => {
	const { sub, stripe, customer } = await member(t);
	assert.deepEqual([sub.status, sub.latest_invoice.status, sub.latest_invoice.amount_paid, sub.latest_invoice.billing_reason],
		['active', 'paid', 2900, 'subscription_create']);
	const trial = await stripe.subscriptions.create({ customer, items: [{ price: 'price_month' }], trial_period_days: 7, expand: ['latest_invoice'] });
	assert.deepEqual([trial.status, trial.latest_invoice.amount_paid, trial.trial_end - trial.created], ['trialing', 0, 7 * DAY]);
	const { id: poor } = await stripe.customers.create({});
	await assert.rejects(stripe.subscriptions.create({ customer: poor, items: [{ price: 'price_month' }] }), { param: 'default_payment_method' });
});

test('items of two intervals renew each in its turn', async (t) => {
	const { sub, stripe, control } = await member(t, [{ price: 'price_year' }, { price: 'price_month' }]);
	const [year, month] = sub.items.data;
	assert.ok(year.current_period_end - month.current_period_end > 300 * DAY);
	await control('clock', { advance_seconds: 32 * DAY });
	const renewed = await stripe.subscriptions.retrieve(sub.id, { expand: ['latest_invoice'] });
	assert.deepEqual(renewed.items.data.map((i) => i.current_period_start), [year.current_period_start, month.current_period_end]);
	assert.deepEqual([renewed.latest_invoice.amount_paid, renewed.latest_invoice.period_start], [2900, month.current_period_start]);
});

test('the flag means the first end; the time may be missing beside it', async (t) => {
	const { sub, stripe, control } = await member(t, [{ price: 'price_year' }, { price: 'price_month' }]);
	const [year, month] = sub.items.data.map((i) => i.current_period_end);
	assert.deepEqual(ends(await stripe.subscriptions.update(sub.id, { cancel_at_period_end: true })), [true, month]);
	assert.deepEqual(ends(await stripe.subscriptions.update(sub.id, { cancel_at_period_end: false })), [false, null]);
	assert.deepEqual(ends(await stripe.subscriptions.update(sub.id, { cancel_at: 'max_period_end' })), [false, year]);
	assert.deepEqual(ends(await stripe.subscriptions.update(sub.id, { cancel_at: '' })), [false, null]);
	await control('settings', { cancel_flag: 'alone' });
	assert.deepEqual(ends(await stripe.subscriptions.update(sub.id, { cancel_at_period_end: true })), [true, null]);
	assert.deepEqual(ends(await stripe.subscriptions.update(sub.id, { cancel_at_period_end: false })), [false, null]);
	await stripe.subscriptions.update(sub.id, { cancel_at_period_end: true });
	await control('clock', { advance_seconds: 32 * DAY });
	const over = await stripe.subscriptions.retrieve(sub.id);
	assert.deepEqual([over.status, over.ended_at], ['canceled', month]);
});
