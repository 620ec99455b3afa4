// SPDX-License-Identifier: MIT
//
// A change that is planned for the end of the period, by a subscription schedule.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, start } from './harness.mjs';

async function scheduled(t, session) {
	const world = await start(t);
	const { subscription } = await world.purchase({ session });
	const { subscriptionSchedules: schedules, prices } = world.stripe;
	const { id: small } = await prices.create({ product: 'prod_pro', unit_amount: 900, currency: 'eur', recurring: { interval: 'month' } });
	const schedule = await schedules.create({ from_subscription: subscription });
	const read = (params) => world.stripe.subscriptions.retrieve(subscription, params);
	const [now] = schedule.phases;
	const current = { start_date: now.start_date, end_date: now.end_date, items: [{ price: 'price_month', quantity: 1 }],
		discounts: now.discounts.map(({ discount }) => ({ discount })) };
	return { ...world, schedules, schedule, subscription, read, current, small };
}

test('the next phase begins with the next period, and is what it charges', async (t) => {
	const { schedules, schedule, read, current, small, control } = await scheduled(t, { discounts: [{ coupon: 'REF10' }] });
	assert.equal((await read()).schedule, schedule.id);
	const planned = await schedules.update(schedule.id, { end_behavior: 'release', metadata: { a: 'b' },
		phases: [current, { items: [{ price: small, quantity: 2 }], discounts: current.discounts, duration: { interval: 'month' } }] });
	assert.deepEqual(planned.phases.map((p) => [p.start_date, p.items[0].price]), [[current.start_date, 'price_month'], [current.end_date, small]]);
	assert.equal((await read({ expand: ['schedule'] })).schedule.phases[1].items[0].quantity, 2);
	await control('clock', { advance_seconds: 32 * DAY });
	const then = await read({ expand: ['latest_invoice'] });
	assert.deepEqual([then.items.data[0].price.id, then.items.data[0].quantity, then.latest_invoice.subtotal, then.latest_invoice.total, then.latest_invoice.lines.data.length],
		[small, 2, 1800, 1620, 1]);
	assert.equal(then.schedule, schedule.id);
	await control('clock', { advance_seconds: 31 * DAY });
	assert.equal((await read()).schedule, null);
	assert.equal((await schedules.retrieve(schedule.id)).status, 'released');
	assert.equal((await read()).items.data[0].price.id, small);
});

test('another interval is counted from the phase on', async (t) => {
	const { schedules, schedule, read, current, control } = await scheduled(t);
	await schedules.update(schedule.id, { phases: [current, { items: [{ price: 'price_year' }] }] });
	await control('clock', { advance_seconds: 32 * DAY });
	const { items: { data: [item] } } = await read();
	assert.deepEqual([item.price.id, item.current_period_start], ['price_year', current.end_date]);
	assert.ok(item.current_period_end - item.current_period_start >= 365 * DAY);
});

test('what a schedule holds is changed by the schedule, or released first', async (t) => {
	const { stripe, schedules, schedule, subscription, current, small } = await scheduled(t);
	await assert.rejects(schedules.create({ from_subscription: subscription }), { statusCode: 400, message: /already attached to a schedule/ });
	await assert.rejects(stripe.subscriptions.update(subscription, { cancel_at_period_end: true }), { statusCode: 400, message: /managed by the subscription schedule/ });
	await assert.rejects(schedules.update(schedule.id, { phases: [current, { items: [{ price: small }], iterations: 1 }] }), { code: 'parameter_unknown' });
	await assert.rejects(schedules.update(schedule.id, { phases: [{ ...current, start_date: current.start_date + 1 }] }), { param: 'phases[0][start_date]' });
	const released = await schedules.release(schedule.id);
	assert.deepEqual([released.status, released.released_subscription, released.subscription, released.current_phase], ['released', subscription, null, null]);
	assert.equal((await stripe.subscriptions.update(subscription, { cancel_at_period_end: true })).cancel_at_period_end, true);
	await assert.rejects(schedules.release(schedule.id), { statusCode: 400 });
});

test('discounts that a phase does not name are lost, as at Stripe', async (t) => {
	const { schedules, schedule, read, current, small } = await scheduled(t, { discounts: [{ coupon: 'REF10' }] });
	assert.equal((await read()).discounts.length, 1);
	const { discounts, ...bare } = current;
	await schedules.update(schedule.id, { phases: [bare, { items: [{ price: small }] }] });
	assert.equal((await read()).discounts.length, 0);
});

test('with the subscription its schedule ends', async (t) => {
	const { stripe, schedules, schedule, subscription, current, small } = await scheduled(t);
	await schedules.update(schedule.id, { phases: [current, { items: [{ price: small }] }] });
	await stripe.subscriptions.cancel(subscription);
	assert.equal((await schedules.retrieve(schedule.id)).status, 'canceled');
});
