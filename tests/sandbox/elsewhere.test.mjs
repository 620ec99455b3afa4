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

test('what has ended takes notes and a word about why, and refuses the rest without a code', async (t) => {
	const { sub, stripe } = await member(t);
	await stripe.subscriptions.cancel(sub.id);
	const noted = await stripe.subscriptions.update(sub.id, { metadata: { new_user_id: '1' }, cancellation_details: { comment: 'too late' } });
	assert.deepEqual([noted.status, noted.metadata.new_user_id, noted.cancellation_details.comment], ['canceled', '1', 'too late']);
	for (const change of [{ cancel_at_period_end: true }, { description: 'x', metadata: { a: '1' } }, { items: [{ id: sub.items.data[0].id, price: 'price_year' }] }])
		await assert.rejects(stripe.subscriptions.update(sub.id, change), (e) => e.statusCode === 400 && e.code === undefined && e.param === undefined);
	assert.equal((await stripe.subscriptions.retrieve(sub.id)).metadata.a, undefined);
	await assert.rejects(stripe.subscriptions.cancel(sub.id), { statusCode: 404, code: 'resource_missing' });
	await assert.rejects(stripe.subscriptions.update('sub_none', { metadata: { a: '1' } }), { statusCode: 404, code: 'resource_missing' });
});

test('an end at once brings back the rest of the period only if that is asked for, on an invoice of its own if that is', async (t) => {
	const { stripe, control, customer } = await member(t);
	const ended = async (how) => {
		const { id } = await stripe.subscriptions.create({ customer, items: [{ price: 'price_month' }] });
		await control('clock', { advance_seconds: 15 * DAY });
		const before = (await stripe.customers.retrieve(customer)).balance;
		const gone = await stripe.subscriptions.cancel(id, { ...how, expand: ['latest_invoice'] });
		return { ...gone, balance: (await stripe.customers.retrieve(customer)).balance - before };
	};
	const plain = await ended({}), waits = await ended({ prorate: true }), now = await ended({ prorate: true, invoice_now: true });
	assert.deepEqual([plain, waits].map((gone) => [gone.status, gone.balance, gone.latest_invoice.amount_paid]), Array(2).fill(['canceled', 0, 2900]));
	assert.equal(now.status, 'canceled');
	const [line] = now.latest_invoice.lines.data;
	assert.ok(line.amount < -1200 && line.amount > -1700 && line.parent.subscription_item_details.proration, JSON.stringify(line));
	assert.deepEqual([now.latest_invoice.status, now.latest_invoice.total, now.balance], ['paid', line.amount, line.amount]);
});

test('a subscription in the classic mode: one interval, the flag from the portal, credits at today\'s price', async (t) => {
	const classic = { billing_mode: { type: 'classic' } };
	const { sub, stripe, control, customer } = await member(t, [{ price: 'price_month' }], classic);
	assert.deepEqual(sub.billing_mode, { flexible: null, type: 'classic' });
	await assert.rejects(stripe.subscriptions.create({ customer, items: [{ price: 'price_month' }, { price: 'price_year' }], ...classic }), { param: 'items' });
	await assert.rejects(stripe.subscriptions.update(sub.id, { items: [{ price: 'price_year' }] }), { param: 'items[0][price]' });
	const end = sub.items.data[0].current_period_end;
	await control('portal/cancel', { customer });
	assert.deepEqual(ends(await stripe.subscriptions.retrieve(sub.id)), [true, end]);
});

test('a classic subscription is made flexible, once and for ever', async (t) => {
	const { sub, stripe } = await member(t, [{ price: 'price_month' }], { billing_mode: { type: 'classic' } });
	await assert.rejects(stripe.subscriptions.migrate(sub.id, {}), { param: 'billing_mode' });
	await assert.rejects(stripe.subscriptions.migrate(sub.id, { billing_mode: { type: 'classic' } }), { param: 'billing_mode[type]' });
	const { billing_mode: mode } = await stripe.subscriptions.migrate(sub.id, { billing_mode: { type: 'flexible' } });
	assert.deepEqual([mode.type, mode.flexible, mode.updated_at >= sub.created], ['flexible', { proration_discounts: 'included' }, true]);
	const [event] = (await stripe.events.list({ type: 'customer.subscription.updated' })).data;
	assert.deepEqual([event.data.object.billing_mode, event.data.previous_attributes.billing_mode.type], [mode, 'classic']);
	// What a classic one may not.
	await stripe.subscriptions.update(sub.id, { items: [{ price: 'price_year' }] });
	await assert.rejects(stripe.subscriptions.migrate(sub.id, { billing_mode: { type: 'flexible' } }), { code: 'sandbox_unplayed' });
});

test('the Dashboard, a payment link and another system make subscriptions of which the application knows nothing', async (t) => {
	const world = await start(t);
	const { stripe, control } = world;
	const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
	const make = (given) => control('subscription', given);
	const desk = await make({ customer, items: [{ price: 'price_month' }, { amount: 700, quantity: 3 }], billing_mode: 'classic', metadata: { by: 'hand' } });
	assert.deepEqual([desk.status, desk.customer, desk.billing_mode.type, desk.metadata.by, desk.items.data.map((i) => [i.price.unit_amount, i.quantity])],
		['active', customer, 'classic', 'hand', [[2900, 1], [700, 3]]]);
	assert.equal((await stripe.invoices.retrieve(desk.latest_invoice)).amount_paid, 5000);

	const link = await make({ way: 'payment_link', email: 'ada@example.com', items: [{ amount: 900 }] });
	assert.notEqual(link.customer, customer);
	assert.equal((await stripe.customers.retrieve(link.customer)).email, 'ada@example.com');
	const [session] = (await stripe.checkout.sessions.list({ subscription: link.id })).data;
	assert.match(session.payment_link, /^plink_/);

	const moved = await make({ way: 'import', customer, items: [{ price: 'price_month' }], paid_days: 4 });
	assert.deepEqual([moved.status, (await stripe.invoices.retrieve(moved.latest_invoice)).total], ['active', 0]);
	await control('clock', { advance_seconds: 4 * DAY + 1 });
	const renewed = await stripe.subscriptions.retrieve(moved.id, { expand: ['latest_invoice'] });
	assert.deepEqual([renewed.latest_invoice.amount_paid, renewed.items.data[0].current_period_start], [2900, moved.items.data[0].current_period_end]);
	for (const wrong of [{ way: 'thought', items: [{ amount: 1 }] }, { items: [] }, { items: [{ price: 'price_none' }] }])
		assert.equal(typeof (await make(wrong)).error, 'string');
});
