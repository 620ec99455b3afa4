// SPDX-License-Identifier: MIT
//
// /v1/invoiceitems: what is put on somebody's next bill by hand. They wait until an invoice is made that takes them.

import { invalid } from '../errors.mjs';
import { emit } from '../events.mjs';
import { newId } from '../ids.mjs';
import { inRange, listOf } from '../list.mjs';
import { checkAmount, checkCurrency } from '../money.mjs';
import { applyMetadata, bool, hash, int, metadata, must, PAGE, range, text, unplayed } from '../params.mjs';
import { checkFilters, find, findParam } from './find.mjs';

function createItem(w, p) {
	const customer = findParam(w.store.customers, p.customer, 'customer', 'customer');
	checkCurrency(p.currency);
	checkAmount(p.amount, p.currency, 'amount');
	if (customer.currency !== null && customer.currency !== p.currency)
		throw invalid(`You cannot combine currencies on a single customer. This customer has the currency ${customer.currency}.`);
	const now = w.clock.now();
	const item = {
		id: newId('ii'), object: 'invoiceitem', amount: p.amount, currency: p.currency, customer: customer.id, customer_account: null, date: now,
		description: p.description ?? null, discountable: p.discountable ?? p.amount > 0, discounts: [], invoice: null, livemode: false,
		metadata: applyMetadata({}, p.metadata), parent: null, period: p.period ?? { start: now, end: now },
		pricing: { type: 'price_details', unit_amount_decimal: String(p.amount) }, proration: false, quantity: 1, quantity_decimal: '1',
		tax_rates: [], test_clock: null
	};
	w.store.invoiceitems.set(item.id, item);
	emit(w, 'invoiceitem.created', item);
	return item;
}

// Those that no invoice has taken yet.
export const waitingItems = (w, customer) =>
	[...w.store.invoiceitems.values()].filter((o) => o.customer === customer.id && o.invoice === null && !o.deleted);

const alive = (w) => [...w.store.invoiceitems.values()].filter((o) => !o.deleted);

function deleteItem(w, item) {
	if (item.invoice !== null && w.store.invoices.get(item.invoice).status !== 'draft')
		throw invalid('This invoice item is on an invoice that is no draft any more.');
	emit(w, 'invoiceitem.deleted', item);
	return Object.assign(item, { deleted: true });
}

export const ROUTES = {
	'POST /v1/invoiceitems': {
		params: {
			amount: must(int()), currency: must(text(3)), customer: must(text()), description: text(), discountable: bool, metadata,
			period: hash({ start: must(int(0)), end: must(int(0)) }),
			...unplayed('customer_account discounts invoice price_data pricing quantity quantity_decimal subscription tax_behavior tax_code ' +
				'tax_rates unit_amount_decimal')
		},
		run: (w, _, p) => createItem(w, p)
	},
	'GET /v1/invoiceitems': {
		params: { ...PAGE, created: range, customer: text(), invoice: text(), pending: bool, ...unplayed('customer_account') },
		run: (w, _, p) => {
			checkFilters(w, p);
			return listOf(w, alive(w).filter((o) => inRange(o.date, p.created) && (!p.customer || o.customer === p.customer) &&
				(!p.invoice || o.invoice === p.invoice) && (p.pending === undefined || p.pending === (o.invoice === null))), '/v1/invoiceitems', p);
		}
	},
	'GET /v1/invoiceitems/:id': { run: (w, { id }) => find(w.store.invoiceitems, id, 'invoiceitem') },
	'DELETE /v1/invoiceitems/:id': { run: (w, { id }) => deleteItem(w, find(w.store.invoiceitems, id, 'invoiceitem')) }
};
