// SPDX-License-Identifier: MIT
//
// /v1/customers

import { endSubscription, isLive } from '../billing.mjs';
import { changeBalance } from '../credit.mjs';
import { invalid, noSuch } from '../errors.mjs';
import { change, emit } from '../events.mjs';
import { bare, render } from '../expand.mjs';
import { newId } from '../ids.mjs';
import { inRange, listOf } from '../list.mjs';
import { applyMetadata, email, hash, int, list, metadata, must, oneOf, orEmpty, PAGE, range, text, unplayed } from '../params.mjs';
import { setting } from '../settings.mjs';
import { find, findParam } from './find.mjs';
import { cardsOf, detach, TYPE } from './payments.mjs';
import { matcher } from './search.mjs';

const ADDRESS = hash({
	city: orEmpty(text()), country: orEmpty(text(2)), line1: orEmpty(text()), line2: orEmpty(text()), postal_code: orEmpty(text()),
	state: orEmpty(text())
});

const FIELDS = {
	address: orEmpty(ADDRESS), balance: int(), business_name: orEmpty(text(150)), description: orEmpty(text()),
	email: orEmpty(email), individual_name: orEmpty(text(150)),
	invoice_settings: hash({ default_payment_method: orEmpty(text()), footer: orEmpty(text()) }), metadata, name: orEmpty(text(256)),
	phone: orEmpty(text(20)), preferred_locales: list(text(20)),
	shipping: orEmpty(hash({ address: must(ADDRESS), name: must(text()), phone: text(20) })),
	tax_exempt: orEmpty(oneOf('exempt', 'none', 'reverse')),
	...unplayed('cash_balance invoice_prefix next_invoice_sequence source tax validate')
};

// What the search goes on finding until it has caught up; null: nothing.
function index(w, customer, before) {
	const now = w.clock.now(), { searched } = customer.sandbox ?? {};
	const behind = searched && now - searched.at < setting(w, 'search_lag');
	customer.sandbox = { ...customer.sandbox, searched: { at: now, before: behind ? searched.before : before } };
}

function asSearched(w, customer) {
	const { at, before } = customer.sandbox.searched;
	return w.clock.now() - at < setting(w, 'search_lag') ? before : customer;
}

export function createCustomer(w, p) {
	const customer = {
		id: newId('cus', 14), object: 'customer', address: p.address ?? null, balance: p.balance ?? 0, created: w.clock.now(),
		currency: null, customer_account: null, default_source: null, delinquent: false, description: p.description ?? null,
		discount: null, email: p.email ?? null, invoice_prefix: newId('x', 8).slice(2).toUpperCase(),
		invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null, ...p.invoice_settings },
		livemode: false, metadata: applyMetadata({}, p.metadata), name: p.name ?? null, next_invoice_sequence: 1,
		phone: p.phone ?? null, preferred_locales: p.preferred_locales ?? [], shipping: p.shipping ?? null,
		tax_exempt: p.tax_exempt ?? 'none', test_clock: null
	};
	for (const name of ['business_name', 'individual_name'])
		if (p[name])
			customer[name] = p[name];
	index(w, customer, null);
	w.store.customers.set(customer.id, customer);
	emit(w, 'customer.created', customer);
	return customer;
}

function findLive(w, id) {
	const customer = find(w.store.customers, id, 'customer');
	if (customer.deleted)
		throw noSuch('customer', id, 'id');
	return customer;
}

// Credit that is given, or a debt: what an operator types, or what a program rewards with.
function adjust(w, customer, p) {
	if (customer.currency !== null && customer.currency !== p.currency)
		throw invalid(`The customer's currency is ${customer.currency}.`, 'currency');
	return changeBalance(w, customer, {
		amount: p.amount, currency: p.currency, type: 'adjustment', description: p.description ?? null, metadata: applyMetadata({}, p.metadata)
	});
}

const balanceOf = (w, id) => [...w.store.customer_balance_transactions.values()].filter((o) => o.customer === id);

function findBalance(w, customer, id) {
	find(w.store.customers, customer, 'customer', 'customer');
	return find(new Map(balanceOf(w, customer).map((o) => [o.id, o])), id, 'customer balance transaction', 'transaction');
}

function updateCustomer(w, customer, p) {
	const { balance, expand, metadata: meta, invoice_settings: settings, ...fields } = p;
	if (settings?.default_payment_method)
		findParam(w.store.payment_methods, settings.default_payment_method, 'PaymentMethod', 'invoice_settings[default_payment_method]');
	if (balance !== undefined && balance !== customer.balance)
		changeBalance(w, customer, { amount: balance - customer.balance, currency: customer.currency ?? 'eur', type: 'adjustment' });
	index(w, customer, bare(customer));
	return change(w, 'customer.updated', customer, {
		...fields, metadata: applyMetadata(customer.metadata, meta), invoice_settings: { ...customer.invoice_settings, ...settings }
	});
}

// Permanent. What the customer subscribed to ends at once, the cards are nobody's; the object stays, as a stub.
function deleteCustomer(w, customer) {
	for (const sub of w.store.subscriptions.values())
		if (sub.customer === customer.id && isLive(sub))
			endSubscription(w, sub, { reason: 'cancellation_requested' });
	for (const pm of w.store.payment_methods.values())
		if (pm.customer === customer.id)
			detach(w, pm);
	emit(w, 'customer.deleted', customer);
	customer.deleted = true;
	return customer;
}

const alive = (w) => [...w.store.customers.values()].filter((c) => !c.deleted);

function search(w, p) {
	const matches = matcher(p.query);
	const found = alive(w).map((c) => asSearched(w, c)).filter((c) => c && matches(c)).reverse();
	const from = p.page ? Number(p.page) : 0;
	if (!Number.isInteger(from))
		throw invalid('Invalid page', 'page');
	const to = from + (p.limit ?? 10);
	return {
		object: 'search_result', url: '/v1/customers/search', has_more: to < found.length,
		next_page: to < found.length ? String(to) : null, data: found.slice(from, to).map((c) => render(w, c))
	};
}

export const ROUTES = {
	'POST /v1/customers': {
		params: { ...FIELDS, ...unplayed('payment_method tax_id_data test_clock') },
		run: (w, _, p) => createCustomer(w, p)
	},
	'GET /v1/customers': {
		params: { ...PAGE, email: text(512), created: range, ...unplayed('test_clock') },
		run: (w, _, p) => listOf(w, alive(w).filter((c) =>
			(p.email === undefined || c.email === p.email) && inRange(c.created, p.created)), '/v1/customers', p)
	},
	'GET /v1/customers/search': {
		params: { query: must(text()), limit: PAGE.limit, page: text() },
		run: (w, _, p) => search(w, p)
	},
	'GET /v1/customers/:id': { run: (w, { id }) => find(w.store.customers, id, 'customer') },
	'POST /v1/customers/:id': {
		params: { ...FIELDS, ...unplayed('default_source') },
		run: (w, { id }, p) => updateCustomer(w, findLive(w, id), p)
	},
	'GET /v1/customers/:id/payment_methods': {
		params: { ...PAGE, type: TYPE, ...unplayed('allow_redisplay') },
		run: (w, { id }, p) => {
			find(w.store.customers, id, 'customer', 'customer');
			return listOf(w, cardsOf(w, id, p.type), `/v1/customers/${id}/payment_methods`, p);
		}
	},
	'POST /v1/customers/:id/balance_transactions': {
		params: { amount: must(int()), currency: must(text(3)), description: text(350), metadata },
		run: (w, { id }, p) => adjust(w, findLive(w, id), p)
	},
	'GET /v1/customers/:id/balance_transactions': {
		params: { ...PAGE, created: range, invoice: text() },
		run: (w, { id }, p) => {
			find(w.store.customers, id, 'customer', 'customer');
			return listOf(w, balanceOf(w, id).filter((o) => inRange(o.created, p.created) && (!p.invoice || o.invoice === p.invoice)),
				`/v1/customers/${id}/balance_transactions`, p);
		}
	},
	'GET /v1/customers/:id/balance_transactions/:transaction': {
		run: (w, { id, transaction }) => findBalance(w, id, transaction)
	},
	'DELETE /v1/customers/:id': { run: (w, { id }) => deleteCustomer(w, findLive(w, id)) }
};
