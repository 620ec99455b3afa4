// SPDX-License-Identifier: MIT
//
// Each kind of object that the sandbox makes, held against the types of the official SDK by its compiler: no member is missing, none
// is of another type, and none is there that the version does not know.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, raw, start } from './harness.mjs';
import { complaints } from './typed.mjs';

// As it is answered; the SDK itself would read decimals as numbers of its own.
const get = async (world, path) => {
	const { status, body } = await raw(world, 'GET', `/v1/${path}`);
	assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
	return body;
};

// One who has bought, been credited, refunded, disputed and billed by hand.
async function live(world) {
	const { stripe } = world;
	await world.control('settings', { tax: 'exclusive', presentment: 'gbp' });
	const bought = await world.purchase({ session: { discounts: [{ coupon: 'REF10' }] } }, '4000000000005423');
	const charge = (await stripe.charges.list({ customer: bought.customer.id })).data[0];
	const note = await stripe.creditNotes.create({ invoice: bought.invoice, amount: 700, refund_amount: 300, credit_amount: 400 });
	await world.control('refund', { refund: note.refunds[0].refund, status: 'failed' });
	await world.control('settings', { refunds_begin: 'requires_action' });
	const waiting = await stripe.refunds.create({ charge: charge.id, amount: 100 });
	const open = await world.session(bought.customer);
	const other = await world.purchase();
	const { id: schedule } = await stripe.subscriptionSchedules.create({ from_subscription: other.subscription });
	const dispute = await world.control('dispute', { charge: charge.id });
	const item = await stripe.invoiceItems.create({ customer: bought.customer.id, amount: 900, currency: 'eur' });
	const byHand = await stripe.invoices.create({ customer: bought.customer.id, collection_method: 'send_invoice', days_until_due: 3, pending_invoice_items_behavior: 'include' });
	const { id: promotion } = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: 'ONCE5' }, restrictions: { minimum_amount: 100, minimum_amount_currency: 'eur' } });
	await world.control('settings', { presentment: 'price' });
	const asked = await world.purchase({}, '4000002760003184');
	const debited = await world.purchase({}, 'DE89370400440532013000');
	const resting = await world.purchase();
	await stripe.subscriptions.pause(resting.subscription);
	await world.control('card', { customer: bought.customer.id, card: '4000000000000341' });
	await world.control('clock', { advance_seconds: 32 * DAY });
	await world.control('settings', { renewal_draft: 3600 });
	const drafted = await world.purchase();
	await world.control('clock', { advance_seconds: 31 * DAY });
	return { ...bought, asked: asked.customer.id, debited: debited.customer.id, resting: resting.subscription, drafted: drafted.subscription, charge: charge.id, note: note.id, refunded: note.refunds[0].refund, waiting: waiting.id, open: open.id, schedule, scheduled: other.subscription, dispute: dispute.id, item: item.id, byHand: byHand.id, promotion };
}

// What a type of the SDK is called, and where such an object is read.
const objectsOf = (o) => [
	['Customer', `customers/${o.customer.id}`],
	['CustomerBalanceTransaction', `customers/${o.customer.id}/balance_transactions`],
	['Product', 'products/prod_pro'],
	['Price', 'prices/price_month'],
	['Coupon', 'coupons/REF10'],
	['PromotionCode', `promotion_codes/${o.promotion}`],
	['TaxRate', 'tax_rates'],
	['Invoice', `invoices/${o.invoice}?expand[]=payments`],
	['Invoice', `invoices?customer=${o.customer.id}&status=open`],
	['Invoice', `invoices/${o.byHand}`],
	['InvoiceLineItem', `invoices/${o.invoice}/lines`],
	['InvoiceLineItem', `invoices/${o.byHand}/lines`],
	['InvoiceItem', `invoiceitems/${o.item}`],
	['InvoicePayment', `invoice_payments?invoice=${o.invoice}`],
	['PaymentIntent', 'payment_intents'],
	['PaymentMethod', `payment_methods?customer=${o.customer.id}`],
	['Charge', `charges?customer=${o.customer.id}`],
	['Charge', `charges?customer=${o.debited}`],
	['PaymentMethod', `payment_methods?customer=${o.debited}`],
	['PaymentIntent', `payment_intents?customer=${o.asked}`],
	['Invoice', `invoices?subscription=${o.drafted}`],
	['Subscription', `subscriptions/${o.resting}`],
	['Refund', `refunds/${o.refunded}`],
	['Refund', `refunds/${o.waiting}`],
	['Dispute', `disputes/${o.dispute}`],
	['Radar.EarlyFraudWarning', 'radar/early_fraud_warnings'],
	['BalanceTransaction', 'balance_transactions?limit=100'],
	['CreditNote', `credit_notes/${o.note}`],
	['CreditNoteLineItem', `credit_notes/${o.note}/lines`],
	['Checkout.Session', `checkout/sessions/${o.session.id}`],
	['Checkout.Session', `checkout/sessions/${o.open}`],
	['LineItem', `checkout/sessions/${o.session.id}/line_items`],
	['Subscription', `subscriptions/${o.subscription}`],
	['Subscription', `subscriptions/${o.scheduled}`],
	['SubscriptionSchedule', `subscription_schedules/${o.schedule}`],
	['SubscriptionItem', `subscription_items?subscription=${o.subscription}`],
	['BillingPortal.Configuration', 'billing_portal/configurations'],
	['WebhookEndpoint', 'webhook_endpoints'],
	['Discount', `subscriptions/${o.subscription}?expand[]=discounts`, (sub) => sub.discounts]
];

// The SDK makes numbers of its own out of decimals, which are texts on the wire, and does not speak of the count of a list.
const asTyped = (name, value) => name === 'total_count' ? undefined : name.endsWith('_decimal') && typeof value === 'string' ? '@decimal@' : value;
const literal = (object) => JSON.stringify(object, asTyped).replaceAll('"@decimal@"', 'decimal');

async function sourceOf(world, rows) {
	const lines = ["import Stripe from 'stripe'; declare const decimal: Stripe.Decimal;"];
	for (const [type, path, pick] of rows) {
		const read = await get(world, path);
		const all = pick ? pick(read) : read.object === 'list' ? read.data : [read];
		assert.ok(all.length > 0, `nothing at ${path}`);
		for (const object of all)
			lines.push(`export const o${lines.length}: Stripe.${type} = ${literal(object)};	// ${path}`);
	}
	return lines.join('\n');
}

test('objects have the shapes of the SDK', async (t) => {
	const world = await start(t);
	const wrong = await complaints(await sourceOf(world, objectsOf(await live(world))));
	assert.deepEqual(wrong, []);
});

test('a shape that is another is seen', async () => {
	const refund = (more) => `import Stripe from 'stripe'; export const o: Stripe.Invoice['issuer'] = ${JSON.stringify(more)};	// x`;
	assert.deepEqual(await complaints(refund({ type: 'self' })), []);
	assert.equal((await complaints(refund({}))).length, 1);
	assert.equal((await complaints(refund({ type: 'self', surplus: 1 }))).length, 1);
});
