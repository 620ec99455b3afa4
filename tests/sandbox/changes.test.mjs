// SPDX-License-Identifier: MIT
//
// What a subscription is for changes: items come and go, a preview is what is charged, and a change that nobody pays
// for does not hold.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, start } from './harness.mjs';

const FAILS = '4000000000000341';
const money = (invoice) => [invoice.amount_due, invoice.total, invoice.lines.data.map((l) => [l.amount, l.description, l.period.end])];

async function subscribed(t, card) {
	const world = await start(t);
	const bought = await world.purchase();
	if (card)
		await world.control('card', { customer: bought.customer.id, card });
	const sub = await world.stripe.subscriptions.retrieve(bought.subscription);
	const { id: team } = await world.stripe.prices.create({ product: 'prod_pro', unit_amount: 9900, currency: 'eur', recurring: { interval: 'month' } });
	return { ...world, sub, item: sub.items.data[0].id, team, customer: bought.customer };
}

test('a preview is what is then charged, to the second that was shown', async (t) => {
	const { stripe, control, sub, item, team } = await subscribed(t);
	await control('clock', { advance_seconds: 10 * DAY });
	const { now } = await control('clock');
	for (const behavior of ['always_invoice', 'create_prorations', 'none']) {
		const details = { items: [{ id: item, price: team, quantity: 2 }], proration_behavior: behavior, proration_date: now };
		const before = (await stripe.invoices.list()).data.length;
		const shown = await stripe.invoices.createPreview({ subscription: sub.id, subscription_details: details });
		assert.match(shown.id, /^upcoming_in/);
		assert.deepEqual([shown.billing_reason, shown.status, shown.number], ['upcoming', 'draft', null]);
		assert.equal((await stripe.invoices.list()).data.length, before, 'nothing is made');
		assert.equal((await stripe.subscriptions.retrieve(sub.id)).items.data[0].quantity, 1);
		if (behavior !== 'always_invoice')
			continue;
		await control('clock', { advance_seconds: 600 });
		const changed = await stripe.subscriptions.update(sub.id, { ...details, expand: ['latest_invoice'] });
		assert.deepEqual(money(changed.latest_invoice), money(shown));
		assert.equal(changed.latest_invoice.status, 'paid');
		const [credit] = changed.latest_invoice.lines.data;
		const { credited_items: credited } = credit.parent.subscription_item_details.proration_details;
		assert.deepEqual(credited.invoice, sub.latest_invoice);
		// Back again: the credit is more than what is charged, and stays with the customer.
		await stripe.subscriptions.update(sub.id, { items: [{ id: item, price: 'price_month', quantity: 1 }], proration_behavior: 'none' });
	}
});

test('the preview of the next renewal is the renewal', async (t) => {
	const { stripe, control, sub, item, team } = await subscribed(t);
	await stripe.subscriptions.update(sub.id, { items: [{ id: item, price: team }] });
	const shown = await stripe.invoices.createPreview({ subscription: sub.id });
	await control('clock', { advance_seconds: 32 * DAY });
	const renewed = await stripe.subscriptions.retrieve(sub.id, { expand: ['latest_invoice'] });
	assert.equal(renewed.latest_invoice.billing_reason, 'subscription_cycle');
	assert.deepEqual(money(renewed.latest_invoice), money(shown));
});

test('a change that nobody pays for waits, and then holds or is dropped', async (t) => {
	const { stripe, control, sub, item, team, customer } = await subscribed(t, FAILS);
	const wish = { items: [{ id: item, price: team }], proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' };
	const waiting = await stripe.subscriptions.update(sub.id, { ...wish, expand: ['latest_invoice'] });
	assert.deepEqual([waiting.status, waiting.items.data[0].price.id, waiting.pending_update.subscription_items[0].price.id], ['active', 'price_month', team]);
	assert.equal(waiting.latest_invoice.status, 'open');
	await control('card', { customer: customer.id, card: '4242424242424242' });
	await stripe.invoices.pay(waiting.latest_invoice.id);
	const held = await stripe.subscriptions.retrieve(sub.id);
	assert.deepEqual([held.items.data[0].price.id, held.pending_update], [team, null]);

	await control('card', { customer: customer.id, card: FAILS });
	const again = await stripe.subscriptions.update(sub.id, { ...wish, items: [{ id: item, quantity: 3 }] });
	await control('clock', { advance_seconds: DAY });
	const dropped = await stripe.subscriptions.retrieve(sub.id);
	assert.deepEqual([dropped.items.data[0].quantity, dropped.pending_update], [1, null]);
	assert.equal((await stripe.invoices.retrieve(again.latest_invoice)).status, 'void');
	await assert.rejects(stripe.subscriptions.update(sub.id, { ...wish, cancel_at_period_end: true }), { param: 'cancel_at_period_end' });
});

test('a change is refused with the card\'s words, or made all the same', async (t) => {
	const { stripe, sub, item, team } = await subscribed(t, FAILS);
	const wish = { items: [{ id: item, price: team }], proration_behavior: 'always_invoice' };
	await assert.rejects(stripe.subscriptions.update(sub.id, { ...wish, payment_behavior: 'error_if_incomplete' }), { statusCode: 402, code: 'card_declined' });
	const same = await stripe.subscriptions.retrieve(sub.id);
	assert.deepEqual([same.items.data[0].price.id, same.latest_invoice], ['price_month', sub.latest_invoice]);
	assert.equal((await stripe.subscriptions.update(sub.id, wish)).status, 'past_due');
});

test('items come, go and must be real', async (t) => {
	const { stripe, sub, item, team } = await subscribed(t);
	const two = await stripe.subscriptions.update(sub.id, { items: [{ price: team, quantity: 2 }], proration_behavior: 'none' });
	assert.deepEqual(two.items.data.map((i) => [i.price.id, i.quantity, i.current_period_end]),
		[['price_month', 1, sub.items.data[0].current_period_end], [team, 2, sub.items.data[0].current_period_end]]);
	await assert.rejects(stripe.subscriptions.update(sub.id, { items: [{ price: team }] }), { param: 'items[0][price]' });
	await assert.rejects(stripe.subscriptions.update(sub.id, { items: [{ quantity: 2 }] }), { code: 'parameter_missing', param: 'items[0][price]' });
	await assert.rejects(stripe.subscriptions.update(sub.id, { items: [{ id: 'si_none', quantity: 2 }] }), { code: 'resource_missing' });
	const one = await stripe.subscriptions.update(sub.id, { items: [{ id: item, deleted: true }] });
	assert.deepEqual(one.items.data.map((i) => i.price.id), [team]);
	await assert.rejects(stripe.subscriptions.update(sub.id, { items: [{ id: one.items.data[0].id, deleted: true }] }), { statusCode: 400 });
	await assert.rejects(stripe.subscriptions.update(sub.id, { items: [{ id: one.items.data[0].id, quantity: 5 }], proration_date: 1 }), { param: 'proration_date' });
});

test('a credit is for what was charged, with the discount that it had; what waits comes first on the bill', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const bought = await world.purchase({ session: { discounts: [{ coupon: 'REF10' }] } });
	const { items } = await stripe.subscriptions.retrieve(bought.subscription);
	const [{ id, current_period_start: from, current_period_end: to }] = items.data;
	const { id: team } = await stripe.prices.create({ product: 'prod_pro', unit_amount: 9900, currency: 'eur', recurring: { interval: 'month' } });
	const half = from + (to - from) / 2;
	await world.control('clock', { advance_seconds: 10 * DAY });
	await stripe.subscriptions.update(bought.subscription, { items: [{ id, price: team }], proration_date: half });
	// And once more: what waits to be charged is credited, not what was paid in the beginning.
	await stripe.subscriptions.update(bought.subscription, { items: [{ id, quantity: 2 }], proration_date: half });
	await world.control('clock', { advance_seconds: 22 * DAY });
	const { latest_invoice: bill } = await stripe.subscriptions.retrieve(bought.subscription, { expand: ['latest_invoice'] });
	assert.deepEqual(bill.lines.data.map((l) => [l.amount, l.parent.subscription_item_details.proration_details.credited_items?.invoice ?? null]),
		[[8910, null], [-4455, null], [4455, null], [-1305, bought.invoice], [19800, null]]);
	assert.equal(bill.period_start, from);
});
