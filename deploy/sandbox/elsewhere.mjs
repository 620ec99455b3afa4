// SPDX-License-Identifier: MIT
//
// Subscriptions that no call of the application's has made: somebody's in the Dashboard, on a payment link, or brought over from another
// system. Their prices need be in nobody's catalog.

import { beginSubscription } from './billing.mjs';
import { completeSession } from './checkout.mjs';
import { DAY } from './clock.mjs';
import { invalid } from './errors.mjs';
import { change } from './events.mjs';
import { newId } from './ids.mjs';
import { addPrice, addProduct } from './objects/catalog.mjs';
import { createCustomer } from './objects/customers.mjs';
import { findParam } from './objects/find.mjs';
import { ROUTES as SESSIONS } from './objects/sessions.mjs';
import { newPaymentMethod } from './payments.mjs';

const PRODUCT = 'prod_elsewhere';

// {price} names one; {amount, currency, interval} is one of its own.
function priceOf(w, { price, amount, currency = 'eur', interval = 'month', interval_count }) {
	if (price !== undefined)
		return findParam(w.store.prices, price, 'price', 'price');
	if (!w.store.products.has(PRODUCT))
		addProduct(w, { id: PRODUCT, name: 'Sold elsewhere' });
	return addPrice(w, { product: PRODUCT, unit_amount: amount, currency, recurring: { interval, interval_count } });
}

function customerOf(w, { customer, email }) {
	return customer === undefined ? createCustomer(w, { email }) : findParam(w.store.customers, customer, 'customer', 'customer');
}

function begin(w, given, items, more) {
	const customer = customerOf(w, given);
	const paymentMethod = newPaymentMethod(w, customer, { number: given.card, name: customer.name });
	change(w, 'customer.updated', customer, {
		currency: customer.currency ?? items[0].price.currency,
		invoice_settings: { ...customer.invoice_settings, default_payment_method: paymentMethod.id }
	});
	return beginSubscription(w, { customer, items, paymentMethod, metadata: given.metadata, billingMode: given.billing_mode, ...more }).sub;
}

const WAYS = {
	dashboard: (w, given, items) => begin(w, given, items, { collects: true }),
	// Whoever pays there is a customer of its own, known before or not.
	payment_link: (w, { email, card, billing_mode: type = 'flexible' }, items) => {
		const session = SESSIONS['POST /v1/checkout/sessions'].run(w, {}, {
			mode: 'subscription', success_url: w.publicUrl, line_items: items.map(({ price, quantity }) => ({ price: price.id, quantity })),
			subscription_data: { billing_mode: { type } }
		});
		session.payment_link = newId('plink');
		return completeSession(w, session, { number: card, email }).sub;
	},
	// Paid for there up to some day, and from then on here.
	import: (w, given, items) => begin(w, given, items, { paidUntil: w.clock.now() + (given.paid_days ?? 10) * DAY })
};

export function subscribeElsewhere(w, { way = 'dashboard', items = [], card = '4242424242424242', ...given }) {
	if (!Object.hasOwn(WAYS, way))
		throw invalid(`way must be one of ${Object.keys(WAYS).join(', ')}`, 'way');
	if (!Array.isArray(items) || items.length === 0)
		throw invalid('items must name at least one price or amount', 'items');
	const priced = items.map((it) => ({ price: priceOf(w, it), quantity: it.quantity ?? 1 }));
	return w.clock.atOnce(() => WAYS[way](w, { ...given, card }, priced));
}
