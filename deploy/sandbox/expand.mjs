// SPDX-License-Identifier: MIT
//
// From what is stored to what is answered: without the sandbox's own notes, and with ids replaced by objects
// where the caller asked for it.

import { invalid } from './errors.mjs';

const DEEPEST = 4;

const COLLECTION_OF = {
	customer: 'customers', subscription: 'subscriptions', invoice: 'invoices', latest_invoice: 'invoices',
	price: 'prices', product: 'products', payment_method: 'payment_methods', default_payment_method: 'payment_methods',
	payment_intent: 'payment_intents', charge: 'charges', latest_charge: 'charges', coupon: 'coupons',
	promotion_code: 'promotion_codes', schedule: 'schedules', discounts: 'discounts', checkout_session: 'sessions',
	balance_transaction: 'balance_transactions', failure_balance_transaction: 'balance_transactions', refund: 'refunds',
	credit_note: 'credit_notes', customer_balance_transaction: 'customer_balance_transactions'
};

const FIRST_PAGE = 10;

// A list inside an object is its first page.
const firstPage = (list) => ({ ...list, data: list.data.slice(0, FIRST_PAGE), has_more: list.data.length > FIRST_PAGE });

const sublist = (url, data) => firstPage({ object: 'list', data, has_more: false, url });

const having = (map, field, id) => [...map.values()].filter((o) => o[field] === id).reverse();

// Lists that Stripe leaves out unless they are asked for.
const SUBLISTS = {
	invoice: {
		payments: (w, o) => sublist(`/v1/invoice_payments?invoice=${o.id}`, having(w.store.invoice_payments, 'invoice', o.id).map(bare))
	},
	charge: {
		refunds: (w, o) => sublist(`/v1/charges/${o.id}/refunds`, having(w.store.refunds, 'charge', o.id).map(bare))
	},
	customer: {
		subscriptions: (w, o) => sublist(`/v1/customers/${o.id}/subscriptions`,
			having(w.store.subscriptions, 'customer', o.id).filter((s) => s.status !== 'canceled').map(bare))
	},
	coupon: {
		applies_to: (w, o) => structuredClone(w.store.coupons.get(o.id).sandbox.appliesTo)
	},
	'checkout.session': {
		line_items: (w, o) => sublist(`/v1/checkout/sessions/${o.id}/line_items`,
			structuredClone(w.store.sessions.get(o.id).sandbox.lineItems))
	}
};

// What may be asked for although it is not there yet.
const LATER = { refund: ['failure_balance_transaction'] };

// Our own notes about an object live under `sandbox` and never leave the house.
export function bare(o) {
	const { sandbox, ...rest } = o;
	const out = structuredClone(rest);
	for (const [name, value] of Object.entries(out))
		if (value?.object === 'list')
			out[name] = firstPage(value);
	return out;
}

function replace(w, name, value) {
	if (Array.isArray(value))
		return value.map((v) => replace(w, name, v));
	if (typeof value !== 'string')
		return value;
	const found = w.store[COLLECTION_OF[name]].get(value);
	if (!found)
		return value;
	return found.deleted ? { id: found.id, object: found.object, deleted: true } : bare(found);
}

function expandIn(w, o, path, whole) {
	if (Array.isArray(o)) {
		for (const each of o)
			expandIn(w, each, path, whole);
		return;
	}
	if (o === null || typeof o !== 'object' || o.deleted)
		return;
	const [name, ...rest] = path;
	const sub = SUBLISTS[o.object]?.[name];
	if (sub && o[name] === undefined)
		o[name] = sub(w, o);
	else if (COLLECTION_OF[name] && o[name] !== undefined)
		o[name] = replace(w, name, o[name]);
	else if (LATER[o.object]?.includes(name))
		return;
	else if (rest.length === 0 || o[name] === undefined)
		throw invalid(`This property cannot be expanded (${whole}).`, 'expand');
	if (rest.length > 0)
		expandIn(w, o[name], rest, whole);
}

export function render(w, stored, wanted = []) {
	if (stored.deleted)
		return { id: stored.id, object: stored.object, deleted: true };
	const o = bare(stored);
	for (const whole of wanted) {
		const path = whole.split('.');
		if (path.length > DEEPEST)
			throw invalid(`You cannot expand more than ${DEEPEST} levels of a property. Property: ${whole}`, 'expand');
		expandIn(w, o, path, whole);
	}
	return o;
}
