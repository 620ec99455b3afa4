// SPDX-License-Identifier: MIT
//
// What is stored has the shapes of the newest version; here is how an older one had them. Each step takes back what
// one version changed, from the newest on. https://docs.stripe.com/changelog

import { isHash, previousOf } from './events.mjs';
import { bare } from './expand.mjs';
import { API_VERSION } from './version.mjs';

const idOf = (x) => typeof x === 'string' ? x : x?.id ?? null;

const rename = (o, name, words) => {
	o[name] = words[o[name]] ?? o[name];
};

function drop(o, ...names) {
	for (const name of names)
		delete o[name];
}

const couponOf = (w, given) => typeof given === 'string' && w.store.coupons.has(given) ? bare(w.store.coupons.get(given)) : given;

const paymentsOf = (w, field, id) => [...w.store.invoice_payments.values()].filter((p) => (p[field] ?? p.payment[field]) === id);

const firstDiscount = (w, o) => {
	const [first] = o.discounts ?? [];
	const found = typeof first === 'string' ? w.store.discounts.get(first) : first;
	return found ? bare(found) : null;
};

const taxAmount = (t) => ({
	amount: t.amount, inclusive: t.tax_behavior === 'inclusive', tax_rate: t.tax_rate_details?.tax_rate ?? null,
	taxability_reason: t.taxability_reason, taxable_amount: t.taxable_amount
});

// The periods were the subscription's, all of one length.
function onePeriod(w, o) {
	const items = o.items.data;
	o.current_period_start = Math.min(...items.map((item) => item.current_period_start));
	o.current_period_end = Math.max(...items.map((item) => item.current_period_end));
	for (const item of items)
		drop(item, 'current_period_start', 'current_period_end');
	o.discount = firstDiscount(w, o);
}

function invoiceOf(w, o) {
	const { subscription, metadata } = o.parent?.subscription_details ?? {};
	const [payment] = paymentsOf(w, 'invoice', o.id);
	const intent = payment?.payment.payment_intent ?? null;
	const taxes = o.total_taxes ?? [];
	Object.assign(o, {
		charge: w.store.payment_intents.get(intent)?.latest_charge ?? null, payment_intent: intent, quote: null,
		subscription: subscription ?? null, subscription_details: subscription ? { metadata } : { metadata: null },
		paid: o.status === 'paid', paid_out_of_band: o.status === 'paid' && o.amount_paid > 0 && !payment,
		discount: firstDiscount(w, o), tax: taxes.length === 0 ? null : taxes.reduce((sum, t) => sum + t.amount, 0),
		total_tax_amounts: taxes.map(taxAmount),
		application_fee_amount: null, transfer_data: null
	});
	drop(o, 'parent', 'payments', 'total_taxes', 'confirmation_secret');
}

function lineOf(w, o) {
	const details = o.parent?.subscription_item_details ?? o.parent?.invoice_item_details;
	const price = w.store.prices.get(idOf(o.pricing?.price_details?.price));
	Object.assign(o, {
		price: price ? bare(price) : null, proration: details?.proration ?? false, proration_details: details?.proration_details ?? null,
		subscription: details?.subscription ?? null, type: o.parent?.subscription_item_details ? 'subscription' : 'invoiceitem',
		tax_rates: [], tax_amounts: (o.taxes ?? []).map(taxAmount)
	});
	if (details?.subscription_item)
		o.subscription_item = details.subscription_item;
	if (details?.invoice_item)
		o.invoice_item = details.invoice_item;
	drop(o, 'parent', 'pricing', 'taxes');
}

const invoiceOfPayment = (w, field, id) => paymentsOf(w, field, id)[0]?.invoice ?? null;

// [the version that changed it, the kind of object, how it was]
const STEPS = [
	['2026-09-30.endive', 'subscription', (w, o) => drop(o, 'status_details')],
	['2026-05-27.dahlia', 'invoice', (w, o) => drop(o, 'amount_paid_off_stripe')],
	['2026-03-25.dahlia', 'checkout.session', (w, o) => {
		rename(o, 'ui_mode', { hosted_page: 'hosted', embedded_page: 'embedded', elements: 'custom' });
		drop(o, 'integration_identifier');
	}],
	...['customer', 'subscription', 'invoice', 'checkout.session', 'discount', 'payment_intent', 'payment_method', 'promotion_code']
		.map((kind) => ['2025-12-15.clover', kind, (w, o) => drop(o, 'customer_account')]),
	['2025-09-30.clover', 'discount', (w, o) => {
		o.coupon = couponOf(w, o.source.coupon);
		drop(o, 'source');
	}],
	['2025-09-30.clover', 'promotion_code', (w, o) => {
		o.coupon = couponOf(w, o.promotion.coupon);
		drop(o, 'promotion');
	}],
	['2025-06-30.basil', 'subscription', (w, o) => drop(o, 'billing_mode')],
	['2025-03-31.basil', 'subscription', onePeriod],
	['2025-03-31.basil', 'invoice', invoiceOf],
	['2025-03-31.basil', 'line_item', lineOf],
	['2025-03-31.basil', 'charge', (w, o) => {
		o.invoice = invoiceOfPayment(w, 'payment_intent', idOf(o.payment_intent));
	}],
	['2025-03-31.basil', 'payment_intent', (w, o) => {
		o.invoice = invoiceOfPayment(w, 'payment_intent', o.id);
	}]
];

// What is put into an object is as new as it was, so the inside comes after it.
function takeBack(w, o, steps) {
	if (o === null || typeof o !== 'object')
		return;
	// What was deleted is a stub, which never had more.
	for (const [, kind, how] of o.deleted ? [] : steps)
		if (o.object === kind)
			how(w, o);
	for (const value of Object.values(o))
		takeBack(w, value, steps);
}

function merge(now, was) {
	const out = { ...now };
	for (const [name, value] of Object.entries(was))
		out[name] = isHash(value) && isHash(now[name]) ? merge(now[name], value) : value;
	return out;
}

// What had changed is told in the same version.
export function eventAsOf(w, version, event) {
	const { object, previous_attributes: previous } = event.data;
	event.api_version = version;
	if (version === API_VERSION)
		return event;
	const was = previous && asOf(w, version, structuredClone(merge(object, previous)));
	event.data = { object: asOf(w, version, object) };
	if (was)
		event.data.previous_attributes = previousOf(was, event.data.object);
	return event;
}

// An event stays in the version in which it was told, whoever reads it.
function eventsIn(o) {
	if (o.object === 'event')
		return [o];
	return o.object === 'list' ? o.data.filter((each) => each.object === 'event') : [];
}

// `o` is the caller's own copy, and is changed.  Versions begin with their date and so sort as text.
export function asOf(w, version, o) {
	const events = eventsIn(o);
	for (const event of events)
		eventAsOf(w, event.api_version, event);
	if (version !== API_VERSION && events.length === 0)
		takeBack(w, o, STEPS.filter(([since]) => version < since));
	return o;
}
