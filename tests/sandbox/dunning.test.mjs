// SPDX-License-Identifier: MIT
//
// Payments that somebody must confirm, that take days, that fail; what becomes of the subscription then; and subscriptions
// that rest.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, start } from './harness.mjs';

const ASKS_ALWAYS = '4000002760003184';
const ASKS_ONCE = '4000002500003155';
const FAILS = '4000000000000341';
const DEBIT = 'DE89370400440532013000';
const DEBIT_RETURNS = 'DE62370400440532013001';
const HOUR = 3600;

const advance = (world, seconds) => world.control('clock', { advance_seconds: seconds });
const told = async (world) => (await world.control('events')).map((e) => e.type);
const read = (world, id) => world.stripe.subscriptions.retrieve(id, { expand: ['latest_invoice.payments'] });
const intentOf = async (world, { latest_invoice: invoice }) => world.stripe.paymentIntents.retrieve(invoice.payments.data[0].payment.payment_intent);
const settings = (world, given) => world.control('settings', given);

// As the page would send it.
const submit = (url, form) => fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });

async function member(world, card) {
	const bought = await world.purchase();
	if (card)
		await world.control('card', { customer: bought.customer.id, card });
	return bought;
}

// A minute later. → when it was
async function toPeriodEnd(world, id) {
	const end = (await read(world, id)).items.data[0].current_period_end;
	await advance(world, end - (await world.control('clock')).now + 60);
	return end;
}

test('a card whose bank asks: the page waits for the answer, and the session stays open until it is yes', async (t) => {
	const world = await start(t);
	const { url, id } = await world.session(await world.customer());
	const typed = { card: ASKS_ALWAYS, expiry: '12 / 34', cvc: '123', name: 'Ann' };
	const page = `${world.url}/pay/${id}`;
	assert.ok(url.startsWith(page));
	assert.match(await (await submit(page, typed)).text(), /id="confirm"/);
	const waiting = await world.stripe.paymentIntents.list();
	assert.deepEqual(waiting.data.map((pi) => [pi.status, pi.next_action.type]), [['requires_action', 'use_stripe_sdk']]);
	const refused = await submit(page, { ...typed, confirm: 'no' });
	assert.deepEqual([refused.status, (await world.stripe.checkout.sessions.retrieve(id)).status], [402, 'open']);
	assert.equal((await submit(page, typed)).status, 200);
	assert.equal((await submit(page, { ...typed, confirm: 'yes' })).status, 303);
	const done = await world.stripe.checkout.sessions.retrieve(id, { expand: ['subscription'] });
	assert.deepEqual([done.status, done.payment_status, done.subscription.status], ['complete', 'paid', 'active']);
	const types = await told(world);
	assert.deepEqual(['payment_intent.requires_action', 'payment_intent.payment_failed'].map((type) => types.filter((o) => o === type).length), [2, 1]);
});

test('a card that was confirmed once renews by itself; one that asks each time waits for the person', async (t) => {
	const world = await start(t);
	const once = await world.purchase({}, ASKS_ONCE);
	const always = await world.purchase({}, ASKS_ALWAYS);
	await advance(world, 31 * DAY + 1);
	assert.equal((await read(world, once.subscription)).status, 'active');
	const due = await read(world, always.subscription);
	assert.deepEqual([due.status, due.latest_invoice.status, due.latest_invoice.next_payment_attempt], ['past_due', 'open', null]);
	assert.equal((await intentOf(world, due)).status, 'requires_action');
	assert.ok((await told(world)).includes('invoice.payment_action_required'));
	await assert.rejects(world.stripe.invoices.pay(due.latest_invoice.id), { code: 'invoice_payment_intent_requires_action' });
	const page = due.latest_invoice.hosted_invoice_url;
	assert.match(await (await fetch(page)).text(), /id="confirm"/);
	assert.equal((await submit(page, { confirm: 'yes' })).status, 303);
	const well = await read(world, always.subscription);
	assert.deepEqual([well.status, well.latest_invoice.status], ['active', 'paid']);
});

test('whoever does not confirm it can pay with another card, or the subscription ends', async (t) => {
	const world = await start(t);
	const [pays, leaves] = [await world.purchase({}, ASKS_ALWAYS), await world.purchase({}, ASKS_ALWAYS)];
	await advance(world, 31 * DAY + 1);
	const page = (await read(world, pays.subscription)).latest_invoice.hosted_invoice_url;
	assert.equal((await submit(page, { confirm: 'no' })).status, 402);
	assert.equal((await submit(page, { card: '4242424242424242' })).status, 303);
	assert.equal((await read(world, pays.subscription)).status, 'active');
	await advance(world, 15 * DAY);
	assert.deepEqual([(await read(world, leaves.subscription)).status, (await read(world, pays.subscription)).status], ['canceled', 'active']);
});

test('a debit takes days: the session is complete and unpaid, the subscription is active, and then it is known', async (t) => {
	const world = await start(t);
	const [good, bad] = [await world.purchase({}, DEBIT), await world.purchase({}, DEBIT_RETURNS)];
	const sessionOf = async (o) => {
		const s = await world.stripe.checkout.sessions.retrieve(o.session.id);
		return [s.status, s.payment_status];
	};
	for (const o of [good, bad]) {
		assert.deepEqual(await sessionOf(o), ['complete', 'unpaid']);
		const sub = await read(world, o.subscription);
		assert.deepEqual([sub.status, sub.latest_invoice.status, (await intentOf(world, sub)).status], ['active', 'open', 'processing']);
	}
	await advance(world, 5 * DAY + 1);
	assert.deepEqual([await sessionOf(good), await sessionOf(bad)], [['complete', 'paid'], ['complete', 'unpaid']]);
	const [paid, owed] = [await read(world, good.subscription), await read(world, bad.subscription)];
	assert.deepEqual([paid.status, paid.latest_invoice.status], ['active', 'paid']);
	assert.deepEqual([owed.status, owed.latest_invoice.status, owed.latest_invoice.amount_remaining], ['past_due', 'open', 2900]);
	const types = await told(world);
	for (const type of ['payment_intent.processing', 'charge.pending', 'checkout.session.async_payment_succeeded', 'checkout.session.async_payment_failed'])
		assert.ok(types.includes(type), type);
	assert.ok(!types.slice(0, types.indexOf('charge.succeeded')).includes('invoice.paid'));
	// A renewal is under way for days too.
	await advance(world, 26 * DAY);
	assert.deepEqual([(await read(world, good.subscription)).status, (await read(world, good.subscription)).latest_invoice.status], ['active', 'open']);
	await advance(world, 5 * DAY);
	assert.equal((await read(world, good.subscription)).latest_invoice.status, 'paid');
});

test('an account in another currency is not debited', async (t) => {
	const world = await start(t);
	const { error, status } = await world.purchase({}, '000123456789');
	assert.deepEqual([status, error], ['open', 'This bank account is debited in usd only.']);
});

for (const [then, status, reason] of [['cancel', 'canceled', null], ['unpaid', 'unpaid', null], ['past_due', 'past_due', null],
	['pause_at_last', 'paused', 'final_payment_failure'], ['pause_at_first', 'paused', 'first_payment_failure']])
	test(`a renewal that fails again and again, set to ${then}`, async (t) => {
		const world = await start(t);
		await settings(world, { failed_renewals: then });
		const { subscription } = await member(world, FAILS);
		await advance(world, 31 * DAY + 1);
		assert.equal((await read(world, subscription)).status, then === 'pause_at_first' ? 'paused' : 'past_due');
		await advance(world, 16 * DAY);
		const sub = await read(world, subscription);
		assert.deepEqual([sub.status, sub.status_details?.paused.subscription.type ?? null, sub.latest_invoice.status], [status, reason, 'open']);
		assert.equal((await told(world)).includes('customer.subscription.paused'), status === 'paused');
		if (status === 'canceled')
			return;
		// The invoice can be paid all the same, and brings it back.
		assert.equal((await submit(sub.latest_invoice.hosted_invoice_url, { card: '4242424242424242' })).status, 303);
		const back = await read(world, subscription);
		assert.deepEqual([back.status, back.status_details], ['active', undefined]);
		assert.equal((await told(world)).includes('customer.subscription.resumed'), status === 'paused');
	});

test('what is unpaid is invoiced and not collected; what is paused goes on only if the account says so', async (t) => {
	const world = await start(t);
	await settings(world, { failed_renewals: 'unpaid' });
	const unpaid = await member(world, FAILS);
	await advance(world, 47 * DAY);
	assert.equal((await read(world, unpaid.subscription)).status, 'unpaid');
	await advance(world, 15 * DAY);
	const { latest_invoice: draft } = await read(world, unpaid.subscription);
	assert.deepEqual([draft.status, draft.auto_advance, draft.attempted], ['draft', false, false]);

	await settings(world, { failed_renewals: 'pause_at_first', resume_when_paid: false });
	const paused = await member(world, FAILS);
	await advance(world, 31 * DAY + 1);
	const { latest_invoice: { id, hosted_invoice_url: page } } = await read(world, paused.subscription);
	await submit(page, { card: '4242424242424242' });
	assert.deepEqual([(await world.stripe.invoices.retrieve(id)).status, (await read(world, paused.subscription)).status], ['paid', 'paused']);
});

test('the invoice of a renewal is a draft for an hour, and the subscription is in its new period meanwhile', async (t) => {
	const world = await start(t);
	await settings(world, { renewal_draft: HOUR });
	const [well, ill] = [await member(world), await member(world, FAILS)];
	// Not each in the same second.
	const ends = await Promise.all([well, ill].map(async ({ subscription }) => (await read(world, subscription)).items.data[0].current_period_end));
	await toPeriodEnd(world, ill.subscription);
	for (const [i, { subscription }] of [well, ill].entries()) {
		const sub = await read(world, subscription);
		const { status, number, hosted_invoice_url: page, automatically_finalizes_at: at, attempted, total } = sub.latest_invoice;
		assert.deepEqual([sub.status, status, number, page, at, attempted, total], ['active', 'draft', null, null, sub.latest_invoice.created + HOUR, false, 2900]);
		assert.equal(sub.items.data[0].current_period_start >= ends[i], true);
		assert.equal((await fetch(`${world.url}/invoice/${sub.latest_invoice.id}`)).status, 404);
	}
	await advance(world, HOUR);
	const [paid, owed] = [await read(world, well.subscription), await read(world, ill.subscription)];
	assert.deepEqual([paid.status, paid.latest_invoice.status, paid.latest_invoice.automatically_finalizes_at], ['active', 'paid', null]);
	assert.deepEqual([owed.status, owed.latest_invoice.status], ['past_due', 'open']);
});

test('one that ends while its renewal is a draft is not charged', async (t) => {
	const world = await start(t);
	await settings(world, { renewal_draft: HOUR });
	const { subscription } = await member(world);
	await toPeriodEnd(world, subscription);
	await world.stripe.subscriptions.cancel(subscription);
	await advance(world, 2 * HOUR);
	assert.equal((await read(world, subscription)).latest_invoice.status, 'draft');
});

test('a first payment that fails or is waited for: incomplete for 23 hours', async (t) => {
	const world = await start(t);
	const make = async (card, payment_behavior) => {
		const { id: customer } = await world.customer();
		await world.control('card', { customer, card });
		return world.stripe.subscriptions.create({ customer, items: [{ price: 'price_month' }], payment_behavior });
	};
	await assert.rejects(make(ASKS_ALWAYS, 'error_if_incomplete'), { code: 'authentication_required' });
	const [asks, fails, waits] = [await make(ASKS_ALWAYS), await make(FAILS, 'allow_incomplete'), await make('4242424242424242', 'default_incomplete')];
	assert.deepEqual([asks, fails, waits].map((sub) => sub.status), ['incomplete', 'incomplete', 'incomplete']);
	const page = (await read(world, asks.id)).latest_invoice.hosted_invoice_url;
	assert.equal((await submit(page, { confirm: 'yes' })).status, 303);
	await world.stripe.invoices.pay(waits.latest_invoice);
	await advance(world, 23 * HOUR + 1);
	assert.deepEqual(await Promise.all([asks, fails, waits].map(async ({ id }) => (await read(world, id)).status)), ['active', 'incomplete_expired', 'active']);
	assert.equal((await read(world, fails.id)).latest_invoice.status, 'void');
});

test('paused on request: nothing is invoiced, the unused time is credited, and it goes on when that is paid', async (t) => {
	const world = await start(t);
	const { subscription } = await member(world);
	await advance(world, 10 * DAY);
	const paused = await world.stripe.subscriptions.pause(subscription);
	assert.deepEqual([paused.status, paused.status_details.paused.subscription.type], ['paused', 'pause_requested']);
	await advance(world, 60 * DAY);
	assert.equal((await world.stripe.invoices.list({ subscription })).data.length, 1);
	const { status, latest_invoice: id } = await world.stripe.subscriptions.resume(subscription);
	const invoice = await world.stripe.invoices.retrieve(id);
	assert.deepEqual([status, invoice.status, invoice.attempted], ['paused', 'open', false]);
	assert.ok(invoice.amount_due > 0 && invoice.amount_due < 2900, String(invoice.amount_due));
	await assert.rejects(world.stripe.subscriptions.resume(subscription), { type: 'StripeInvalidRequestError' });
	await world.stripe.invoices.pay(id);
	assert.equal((await read(world, subscription)).status, 'active');
	assert.ok((await told(world)).includes('customer.subscription.resumed'));
});

test('an invoice to go on with: nobody tries it, it is voided, it fails', async (t) => {
	const world = await start(t);
	const pause = async (card) => {
		const { subscription } = await member(world, card);
		await world.stripe.subscriptions.pause(subscription, { bill_for: { unused_time_from: { type: 'none' } } });
		return subscription;
	};
	const lapses = await pause();
	await world.stripe.subscriptions.resume(lapses);
	await advance(world, 23 * HOUR + 1);
	const after = await read(world, lapses);
	assert.deepEqual([after.status, after.latest_invoice.status], ['paused', 'void']);

	const voided = await pause();
	await world.stripe.invoices.voidInvoice((await world.stripe.subscriptions.resume(voided)).latest_invoice);
	assert.equal((await read(world, voided)).status, 'paused');

	const stays = await pause(FAILS);
	assert.equal((await world.stripe.subscriptions.resume(stays, { payment_behavior: 'resume_on_payment_success' })).status, 'paused');
	const goes = await pause(FAILS);
	await assert.rejects(world.stripe.invoices.pay((await world.stripe.subscriptions.resume(goes)).latest_invoice), { code: 'card_declined' });
	assert.equal((await read(world, goes)).status, 'past_due');
});

test('what cannot be paused or resumed is refused, and so is what is not played', async (t) => {
	const world = await start(t);
	const refused = { type: 'StripeInvalidRequestError', statusCode: 400 };
	const { subscription } = await member(world);
	await assert.rejects(world.stripe.subscriptions.resume(subscription), refused);
	for (const [call, given] of [['pause', { invoicing_behavior: 'invoice' }], ['pause', { bill_for: { outstanding_usage_through: { type: 'now' } } }],
		['resume', { proration_behavior: 'none' }]])
		await assert.rejects(world.stripe.subscriptions[call](subscription, given), { code: 'sandbox_unplayed' });
	const schedule = await world.stripe.subscriptionSchedules.create({ from_subscription: subscription });
	await assert.rejects(world.stripe.subscriptions.pause(subscription), refused);
	await world.stripe.subscriptionSchedules.release(schedule.id);
	await world.stripe.subscriptions.pause(subscription);
	await assert.rejects(world.stripe.subscriptions.pause(subscription), refused);
	const classic = await makeClassic(world);
	await assert.rejects(world.stripe.subscriptions.pause(classic.id), refused);
});

async function makeClassic(world) {
	const { id: customer } = await world.customer();
	await world.control('card', { customer, card: '4242424242424242' });
	return world.stripe.subscriptions.create({ customer, items: [{ price: 'price_month' }], billing_mode: { type: 'classic' } });
}

test('one that cannot be paused when a renewal fails: past due after the first failure, or ended after the last', async (t) => {
	const world = await start(t);
	for (const [then, status] of [['pause_at_first', 'past_due'], ['pause_at_last', 'canceled']]) {
		await settings(world, { failed_renewals: then });
		const { id, customer } = await makeClassic(world);
		await world.control('card', { customer, card: FAILS });
		await advance(world, 47 * DAY);
		assert.equal((await read(world, id)).status, status);
	}
});
