// SPDX-License-Identifier: MIT
//
// Sums that are not simply paid: nothing due, too little, less than nothing, in parts, elsewhere, with tax, credited. Each story's
// events come doubled and in any order, and then every row says what Stripe's object says.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, quiet, signup, subscription } from '../rig/visitor.mjs';

const MONTH = 32 * 86400;
const FAILS = '4000000000000341';

let rig;

before(async () => {
	rig = await openRig({ name: 'invoices', set: { 'courier.poll': 1 } });
});
after(() => rig?.close());

const stripe = (...args) => askStripe(rig, ...args);
const objects = (name) => rig.control('GET', `/objects/${name}`);
const advance = (seconds) => rig.control('POST', '/clock', { advance_seconds: seconds });

// What is read of an invoice, in the words of its row.
const asRow = (o) => ({
	id: o.id, customer: o.customer, subscription: o.parent?.subscription_details.subscription ?? null, status: o.status, reason: o.billing_reason,
	currency: o.currency, due: o.amount_due, paid: o.amount_paid, total: o.total, paid_at: o.status_transitions.paid_at
});

async function sameAsStripe() {
	const theirs = (await objects('invoices')).filter((o) => !o.deleted).map(asRow);
	const ours = await rig.sql(`SELECT id, customer_id AS customer, subscription_id AS subscription, status, billing_reason AS reason, currency,
		amount_due::int AS due, amount_paid::int AS paid, total::int, extract(epoch FROM paid_at)::int AS paid_at
		FROM invoice WHERE status <> 'deleted'`);
	const sorted = (rows) => rows.sort((a, b) => a.id < b.id ? -1 : 1);
	assert.deepEqual(sorted(ours), sorted(theirs));
	const subscriptions = (await objects('subscriptions')).map((o) => [o.id, o.status]).sort();
	assert.deepEqual((await rig.sql('SELECT id, status FROM subscription')).map((r) => [r.id, r.status]).sort(), subscriptions);
}

// The events of `play`, each twice, shuffled; `play` may say what is to be true of the subscription.
async function story(play) {
	await rig.control('POST', '/events/mode', { hold: true });
	const member = await signup(rig);
	const customer = await customerOf(rig, member.account);
	const entitled = await play({ member, customer });
	const { statuses } = await rig.control('POST', '/events/release', { order: 'shuffle', copies: 2, parallel: 8 });
	assert.deepEqual([...new Set(statuses.map((s) => s.status))], [200]);
	await rig.control('POST', '/events/mode', { hold: false });
	await quiet(rig);
	await sameAsStripe();
	assert.equal((await subscription(member))?.entitled ?? false, entitled);
}

async function bought({ member }, more = {}) {
	const { sessionId } = await checkout(member);
	return rig.control('POST', '/pay', { session: sessionId, ...more });
}

// A renewal that nobody has paid.
async function unpaid(who) {
	await bought(who);
	await rig.control('POST', '/card', { customer: who.customer, card: FAILS });
	await advance(MONTH);
	const [open] = (await stripe('GET', `/invoices?customer=${who.customer}&status=open`)).data;
	return open;
}

async function byHand({ customer }, currency, ...amounts) {
	for (const amount of amounts)
		await stripe('POST', '/invoiceitems', { customer, amount, currency });
	return stripe('POST', '/invoices', { customer, pending_invoice_items_behavior: 'include' });
}

const STORIES = {
	'nothing is due: all of it is taken off': async (who) => {
		const { id } = await stripe('POST', '/coupons', { percent_off: 100, duration: 'once' });
		await stripe('POST', '/promotion_codes', { 'promotion[type]': 'coupon', 'promotion[coupon]': id, code: 'ALLOFIT' });
		await bought(who, { promotion_code: 'ALLOFIT' });
		const [invoice] = (await stripe('GET', `/invoices?customer=${who.customer}`)).data;
		assert.deepEqual([invoice.total, invoice.amount_paid, invoice.status], [0, 0, 'paid']);
		return true;
	},
	'credit pays for a renewal': async (who) => {
		await bought(who);
		await stripe('POST', `/customers/${who.customer}/balance_transactions`, { amount: -1000, currency: 'usd' });
		await advance(MONTH);
		const [invoice] = (await stripe('GET', `/invoices?customer=${who.customer}`)).data;
		assert.deepEqual([invoice.total, invoice.amount_due, invoice.amount_paid], [1900, 900, 900]);
		return true;
	},
	'too little to be charged is owed': async (who) => {
		const { subscription: id } = await bought(who);
		const coupon = await stripe('POST', '/coupons', { amount_off: 1870, currency: 'usd', duration: 'forever' });
		await stripe('POST', `/subscriptions/${id}`, { 'discounts[0][coupon]': coupon.id });
		await advance(MONTH);
		const [invoice] = (await stripe('GET', `/invoices?customer=${who.customer}`)).data;
		assert.deepEqual([invoice.total, invoice.amount_due, invoice.status], [30, 0, 'paid']);
		return true;
	},
	'less than nothing is credit': async (who) => {
		await bought(who);
		const { id } = await byHand(who, 'usd', -700);
		assert.equal((await stripe('POST', `/invoices/${id}/finalize`)).total, -700);
		return true;
	},
	'two payments of one invoice, the second of which is too much': async (who) => {
		const open = await unpaid(who);
		await rig.control('POST', '/payment', { invoice: open.id, amount: 1000 });
		await rig.control('POST', '/payment', { invoice: open.id, amount: 1000 });
		assert.deepEqual([(await stripe('GET', `/invoices/${open.id}`)).amount_paid, (await stripe('GET', `/invoices/${open.id}`)).amount_overpaid], [2000, 100]);
		return true;
	},
	'a part of an invoice is no payment of it': async (who) => {
		const open = await unpaid(who);
		await rig.control('POST', '/payment', { invoice: open.id, amount: 1000 });
		assert.equal((await stripe('GET', `/invoices/${open.id}`)).status, 'open');
		// Past due, and within the days of grace.
		return true;
	},
	'a credit note for all that was due': async (who) => {
		const open = await unpaid(who);
		await stripe('POST', '/credit_notes', { invoice: open.id, amount: 1900 });
		assert.deepEqual([(await stripe('GET', `/invoices/${open.id}`)).status, (await stripe('GET', `/invoices/${open.id}`)).amount_due], ['paid', 0]);
		return true;
	},
	'tax comes on top': async (who) => {
		await rig.control('POST', '/settings', { tax: 'exclusive' });
		await bought(who);
		await rig.control('POST', '/settings', { tax: 'none' });
		const [invoice] = (await stripe('GET', `/invoices?customer=${who.customer}`)).data;
		assert.deepEqual([invoice.total, invoice.amount_paid, invoice.total_excluding_tax], [2261, 2261, 1900]);
		return true;
	},
	'the payer saw another currency': async (who) => {
		await rig.control('POST', '/settings', { presentment: 'jpy' });
		await bought(who);
		await rig.control('POST', '/settings', { presentment: 'price' });
		return true;
	},
	'given up, and paid after all': async (who) => {
		const open = await unpaid(who);
		await stripe('POST', `/invoices/${open.id}/mark_uncollectible`);
		await rig.control('POST', '/payment', { invoice: open.id, amount: 1900 });
		return true;
	},
	'money without decimals and with three, and a draft that goes away': async (who) => {
		const yen = await byHand(who, 'jpy', 101);
		await stripe('POST', `/invoices/${yen.id}/finalize`);
		await rig.control('POST', '/payment', { invoice: yen.id, amount: 101 });
		const other = await signup(rig);
		const dinar = await byHand({ customer: await customerOf(rig, other.account) }, 'kwd', 12340);
		await stripe('POST', `/invoices/${dinar.id}/finalize`);
		const draft = await byHand(who, 'jpy');
		await stripe('DELETE', `/invoices/${draft.id}`);
		return false;
	}
};

for (const [what, play] of Object.entries(STORIES))
	test(`scenario 39: ${what}`, () => story(play));

test('scenarios 37, 39: paid elsewhere, it is past due no more', () => story(async (who) => {
	const open = await unpaid(who);
	await stripe('POST', `/invoices/${open.id}/pay`, { paid_out_of_band: true });
	return true;
}));

test('scenario 39: a draft is known, and gone when it is deleted', async () => {
	const member = await signup(rig);
	const draft = await byHand({ customer: await customerOf(rig, member.account) }, 'usd', 900);
	await quiet(rig);
	await sameAsStripe();
	await stripe('DELETE', `/invoices/${draft.id}`);
	await quiet(rig);
	assert.equal(await rig.value('SELECT status FROM invoice WHERE id = $1', [draft.id]), 'deleted');
	await sameAsStripe();
});
