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
	await assert.rejects(stripe.subscriptions.create({ customer: poor, items: [{ price: 'price_month' }] }), { code: 'resource_missing' });
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

test('a trial without a card ends in one of three ways, and one that is paused goes on when there is a card', async (t) => {
	const world = await start(t);
	const { stripe, control } = world;
	const begin = async (then) => {
		const { id: customer } = await stripe.customers.create({});
		const session = await stripe.checkout.sessions.create({
			mode: 'subscription', customer, line_items: [{ price: 'price_month', quantity: 1 }], success_url: 'http://127.0.0.1/', payment_method_collection: 'if_required',
			subscription_data: { trial_period_days: 5, trial_settings: { end_behavior: { missing_payment_method: then } } }
		});
		const { subscription } = await control('pay', { session: session.id, card: null });
		return { customer, subscription };
	};
	const [gone, rests, owes] = [await begin('cancel'), await begin('pause'), await begin('create_invoice')];
	await control('clock', { advance_seconds: 5 * DAY + 1 });
	const read = ({ subscription }) => stripe.subscriptions.retrieve(subscription, { expand: ['latest_invoice'] });
	assert.deepEqual([(await read(gone)).status, (await read(rests)).status, (await read(owes)).status], ['canceled', 'paused', 'past_due']);
	assert.equal((await read(owes)).latest_invoice.status, 'open');
	await control('card', { customer: rests.customer, card: '4242424242424242' });
	const resumed = await stripe.subscriptions.resume(rests.subscription, {
		billing_cycle_anchor: { type: 'now' }, payment_behavior: 'resume_on_payment_success', expand: ['latest_invoice']
	});
	assert.deepEqual([resumed.status, resumed.latest_invoice.amount_paid], ['active', 2900]);
	await assert.rejects(stripe.subscriptions.resume(rests.subscription), { type: 'StripeInvalidRequestError' });
});
