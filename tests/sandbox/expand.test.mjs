// SPDX-License-Identifier: MIT
//
// What can be expanded: for each kind of object exactly what the types of the official SDK say, which have a text or an object there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandables } from '../../deploy/sandbox/expand.mjs';
import { raw, start } from './harness.mjs';
import { complaints } from './typed.mjs';

// What an object says of itself, and its type.
const TYPES = {
	balance_transaction: 'BalanceTransaction', 'billing_portal.configuration': 'BillingPortal.Configuration', 'billing_portal.session': 'BillingPortal.Session',
	charge: 'Charge', 'checkout.session': 'Checkout.Session', coupon: 'Coupon', credit_note: 'CreditNote', credit_note_line_item: 'CreditNoteLineItem',
	customer: 'Customer', customer_balance_transaction: 'CustomerBalanceTransaction', discount: 'Discount', dispute: 'Dispute',
	'entitlements.active_entitlement': 'Entitlements.ActiveEntitlement', 'entitlements.feature': 'Entitlements.Feature', invoice: 'Invoice',
	invoice_payment: 'InvoicePayment', invoiceitem: 'InvoiceItem', item: 'LineItem', line_item: 'InvoiceLineItem', payment_intent: 'PaymentIntent',
	payment_method: 'PaymentMethod', price: 'Price', product: 'Product', product_feature: 'ProductFeature', promotion_code: 'PromotionCode',
	'radar.early_fraud_warning': 'Radar.EarlyFraudWarning', refund: 'Refund', subscription: 'Subscription', subscription_item: 'SubscriptionItem',
	subscription_schedule: 'SubscriptionSchedule', tax_rate: 'TaxRate', webhook_endpoint: 'WebhookEndpoint'
};

// The paths to members that are a text or an object; an object inside has paths of its own.
const PRELUDE = `import Stripe from 'stripe';
type Kind = { object: string };
type CanBe<V> = [Extract<V, Kind>] extends [never] ? false : [Extract<V, string>] extends [never] ? false : true;
type Below<K extends string, V, D extends number[]> = V extends Kind ? never : V extends object ? string extends keyof V ? never : \`\${K}.\${Paths<V, [...D, 1]>}\` : never;
type Of<K extends string, V, D extends number[]> = CanBe<V> extends true ? K : V extends Array<infer E> ? CanBe<E> extends true ? K : Below<K, E, D> : Below<K, V, D>;
type Paths<T, D extends number[] = []> = D['length'] extends 5 ? never : { [K in keyof T & string]-?: Of<K, T[K] | CanBe<T[K]> extends true ? T[K] : NonNullable<T[K]>, D> }[keyof T & string];
type None<T> = [T] extends [never] ? true : T;
`;

const sourceOf = (table) => PRELUDE + Object.entries(TYPES).map(([object, type], i) => {
	const ours = [...table[object] ?? []].map((path) => `'${path}'`).join(' | ') || 'never';
	return `export const lacks${i}: None<Exclude<Paths<Stripe.${type}>, ${ours}>> = true;	// ${object}\n` +
		`export const wrong${i}: None<Exclude<${ours}, Paths<Stripe.${type}>>> = true;	// ${object}`;
}).join('\n');

test('what can be expanded is what the types say, object by object', async () => {
	assert.deepEqual(Object.keys(expandables).filter((object) => !TYPES[object]), []);
	assert.deepEqual(await complaints(sourceOf(expandables)), []);
});

test('one more and one less are seen', async () => {
	const { balance_transaction: _, ...less } = expandables;
	const said = await complaints(sourceOf({ ...less, price: new Set(['product', 'nickname']) }));
	assert.deepEqual(said.map((line) => [/ (\S+):/.exec(line.replace(/^.*\/\/ /, ' '))?.[1], /source|nickname/.exec(line)?.[0]]), [['balance_transaction', 'source'], ['price', 'nickname']]);
});

test('the same name may be expandable in one object and a text in another', async (t) => {
	const world = await start(t);
	const { subscription, session, customer } = await world.purchase({ session: { discounts: [{ coupon: 'REF10' }] } });
	const schedule = await world.stripe.subscriptionSchedules.create({ from_subscription: subscription });
	const [charge] = (await world.stripe.charges.list({ customer: customer.id })).data;
	await world.stripe.refunds.create({ charge: charge.id, amount: 100 });
	const ask = (path) => raw(world, 'GET', `/v1/${path}`);
	for (const [path, taken] of [
		[`charges/${charge.id}?expand[]=balance_transaction`, (o) => o.balance_transaction.object],
		['refunds?expand[]=data.balance_transaction', (o) => o.data[0].balance_transaction.object],
		['refunds?expand[]=data.charge.balance_transaction.source', (o) => o.data[0].charge.balance_transaction.source.object],
		[`subscriptions/${subscription}?expand[]=schedule`, (o) => o.schedule.object],
		[`subscriptions/${subscription}?expand[]=test_clock`, (o) => String(o.test_clock)],
		[`subscriptions/${subscription}?expand[]=items.data.price.product`, (o) => o.items.data[0].price.product.object],
		[`subscriptions/${subscription}?expand[]=discounts.source.coupon`, (o) => o.discounts[0].source.coupon.object],
		[`subscription_schedules/${schedule.id}?expand[]=phases.items.price`, (o) => o.phases[0].items[0].price.object],
		[`checkout/sessions/${session.id}?expand[]=setup_intent&expand[]=line_items.data.price.product`, (o) => o.line_items.data[0].price.product.object]
	]) {
		const { status, body } = await ask(path);
		assert.equal(status, 200, `${path}: ${JSON.stringify(body.error)}`);
		assert.match(taken(body), /^[a-z._]+$/, path);
	}
	for (const path of [
		`charges/${charge.id}?expand[]=payment_method`, `subscriptions/${subscription}?expand[]=discounts.subscription`, `subscriptions/${subscription}?expand[]=items.data.subscription`,
		`subscriptions/${subscription}?expand[]=id`, `invoices?expand[]=data.lines.data.pricing.price_details.product`, `charges/${charge.id}?expand[]=payment_method.customer`
	]) {
		const { status, body } = await ask(path);
		assert.deepEqual([status, body.error?.param], [400, 'expand'], path);
	}
});
