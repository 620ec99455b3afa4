// SPDX-License-Identifier: MIT
//
// Shapes of older versions: of what is read, of what each endpoint is told, and of what had changed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, start } from './harness.mjs';

const get = async (world, path, version) => {
	const { status, body } = await raw(world, 'GET', path, '', { 'stripe-version': version });
	assert.equal(status, 200, JSON.stringify(body));
	return body;
};

test('a version that there is not is refused, one that is not rendered is not played', async (t) => {
	const world = await start(t);
	const ask = async (method, version) => {
		const { status, body } = await raw(world, method, '/v1/customers', '', { 'stripe-version': version });
		return [status, body.error?.code];
	};
	assert.deepEqual(await ask('GET', '2026-10-28.endif'), [400, undefined]);
	assert.deepEqual(await ask('GET', '2020-08-27'), [400, 'sandbox_unplayed']);
	assert.deepEqual(await ask('POST', '2024-06-20'), [400, 'sandbox_unplayed']);
	assert.deepEqual(await ask('GET', '2024-06-20'), [200, undefined]);
	await world.control('endpoints/local', { allowed: true });
	const hook = (version) => world.stripe.webhookEndpoints.create({ url: world.hook.url, enabled_events: ['*'], api_version: version });
	await assert.rejects(hook('2026-10-29.endive'), { message: /^Invalid Stripe API version/ });
	assert.equal((await hook('2025-02-24.acacia')).api_version, '2025-02-24.acacia');
});

test('before basil, periods and references are elsewhere', async (t) => {
	const world = await start(t);
	const { subscription, invoice } = await world.purchase({ session: { discounts: [{ coupon: 'REF10' }] } });
	const now = await get(world, `/v1/subscriptions/${subscription}`, '2025-03-31.basil');
	const then = await get(world, `/v1/subscriptions/${subscription}`, '2025-02-24.acacia');
	assert.equal(now.current_period_end, undefined);
	assert.equal(then.current_period_end, now.items.data[0].current_period_end);
	assert.equal(then.items.data[0].current_period_end, undefined);
	assert.deepEqual([then.discount.coupon.id, then.discount.source], ['REF10', undefined]);
	const bill = await get(world, `/v1/invoices/${invoice}`, '2024-06-20');
	assert.deepEqual([bill.subscription, bill.paid, bill.paid_out_of_band, bill.parent], [subscription, true, false, undefined]);
	assert.deepEqual([bill.lines.data[0].price.id, bill.lines.data[0].type], ['price_month', 'subscription']);
	for (const [path, id] of [['charges', bill.charge], ['payment_intents', bill.payment_intent]]) {
		assert.equal((await get(world, `/v1/${path}/${id}`, '2024-06-20')).invoice, invoice);
		assert.equal((await get(world, `/v1/${path}/${id}`, '2025-03-31.basil')).invoice, undefined);
	}
});

test('words and places change with each generation', async (t) => {
	const world = await start(t);
	const { session } = await world.purchase({ session: { discounts: [{ coupon: 'REF10' }] } });
	const mode = async (version) => (await get(world, `/v1/checkout/sessions/${session.id}`, version)).ui_mode;
	assert.equal(await mode('2026-03-25.dahlia'), 'hosted_page');
	assert.equal(await mode('2026-02-25.clover'), 'hosted');
	const coupon = async (version) => {
		const { data } = await get(world, '/v1/subscriptions?expand[]=data.discounts', version);
		return [data[0].discounts[0].source?.coupon, data[0].discounts[0].coupon?.id];
	};
	assert.deepEqual(await coupon('2025-09-30.clover'), ['REF10', undefined]);
	assert.deepEqual(await coupon('2025-08-27.basil'), [undefined, 'REF10']);
});

test('an endpoint is told in its own version, the same event as another in another', async (t) => {
	const world = await start(t);
	const { customer, subscription } = await world.purchase();
	await world.idle();
	await world.control('endpoints/version', { api_version: '2025-02-24.acacia' });
	const told = (type) => world.hook.events.map((e) => e.event).filter((e) => e.type === type);
	assert.deepEqual(told('customer.subscription.created').map((e) => [e.api_version, e.data.object.current_period_end]),
		[['2026-10-28.endive', undefined]]);
	world.hook.events.length = 0;
	await world.control('clock', { advance_seconds: 32 * 86400 });
	await world.idle();
	const [renewed] = told('customer.subscription.updated');
	assert.equal(renewed.api_version, '2025-02-24.acacia');
	assert.ok(renewed.data.previous_attributes.current_period_end < renewed.data.object.current_period_end);
	assert.equal(renewed.data.previous_attributes.customer_account, undefined);
	assert.equal(renewed.data.object.id, subscription);
	assert.equal(renewed.data.object.customer, customer.id);
	// Read again it is as it was born.
	const born = await get(world, `/v1/events/${renewed.id}`, '2025-02-24.acacia');
	assert.deepEqual([born.api_version, born.data.object.current_period_end], ['2026-10-28.endive', undefined]);
});

test('the account has a version in which events are born', async (t) => {
	const world = await start(t);
	await world.control('settings', { api_version: '2024-06-20' });
	await world.control('endpoints/version', { api_version: null });
	await world.purchase();
	await world.idle();
	const told = world.hook.events.map((e) => e.event).find((e) => e.type === 'invoice.paid');
	assert.deepEqual([told.api_version, told.data.object.paid], ['2024-06-20', true]);
	const { data } = await world.stripe.events.list({ type: 'invoice.paid' });
	assert.deepEqual(data.map((e) => [e.api_version, e.data.object.paid]), [['2024-06-20', true]]);
});
