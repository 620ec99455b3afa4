// SPDX-License-Identifier: MIT
//
// /v1/invoices

import { afterPayment, paymentMethodOf, subscriptionOf } from '../billing.mjs';
import { cardError, invalid } from '../errors.mjs';
import { attachPayment, collect, settleOutOfBand, voidInvoice } from '../invoices.mjs';
import { inRange, listOf } from '../list.mjs';
import { bool, must, oneOf, PAGE, range, text, unplayed } from '../params.mjs';
import { checkFilters, find, findParam } from './find.mjs';

const findInvoice = (w, id) => find(w.store.invoices, id, 'invoice', 'invoice');

function checkPayable(invoice) {
	if (!['open', 'uncollectible'].includes(invoice.status))
		throw invalid(`This invoice cannot be paid: it is ${invoice.status}.`);
}

function pay(w, invoice, p) {
	if (invoice.status === 'paid')
		throw invalid('Invoice is already paid', undefined, 'invoice_already_paid');
	checkPayable(invoice);
	if (p.paid_out_of_band)
		settleOutOfBand(w, invoice);
	else {
		const pm = p.payment_method === undefined ? paymentMethodOf(w, subscriptionOf(w, invoice))
			: findParam(w.store.payment_methods, p.payment_method, 'PaymentMethod', 'payment_method');
		if (!collect(w, invoice, pm))
			throw cardError('Your card was declined.', 'card_declined', 'generic_decline');
	}
	afterPayment(w, invoice);
	return invoice;
}

// A payment that was made by itself is counted for this invoice.
function attach(w, invoice, p) {
	checkPayable(invoice);
	const pi = findParam(w.store.payment_intents, p.payment_intent, 'payment_intent', 'payment_intent');
	if (pi.status !== 'succeeded' || pi.customer !== invoice.customer || pi.currency !== invoice.currency)
		throw invalid('The PaymentIntent must have succeeded, for the same customer and in the same currency.', 'payment_intent');
	if ([...w.store.invoice_payments.values()].some((ip) => ip.payment.payment_intent === pi.id))
		throw invalid('The PaymentIntent is attached to an invoice already.', 'payment_intent');
	if (attachPayment(w, invoice, pi))
		afterPayment(w, invoice);
	return invoice;
}

export const ROUTES = {
	'GET /v1/invoices': {
		params: {
			...PAGE, created: range, customer: text(), status: oneOf('draft', 'open', 'paid', 'uncollectible', 'void'), subscription: text(),
			...unplayed('collection_method customer_account due_date')
		},
		run: (w, _, p) => {
			checkFilters(w, p);
			const all = [...w.store.invoices.values()];
			return listOf(w, all.filter((o) => inRange(o.created, p.created) &&
				(!p.customer || o.customer === p.customer) && (!p.status || o.status === p.status) &&
				(!p.subscription || o.parent?.subscription_details?.subscription === p.subscription)), '/v1/invoices', p, all);
		}
	},
	'GET /v1/invoices/:id': { run: (w, { id }) => findInvoice(w, id) },
	'GET /v1/invoices/:id/lines': {
		params: PAGE,
		run: (w, { id }, p) => listOf(w, [...findInvoice(w, id).lines.data].reverse(), `/v1/invoices/${id}/lines`, p)
	},
	'POST /v1/invoices/:id/pay': {
		params: { paid_out_of_band: bool, payment_method: text(), ...unplayed('forgive mandate off_session source') },
		run: (w, { id }, p) => pay(w, findInvoice(w, id), p)
	},
	'POST /v1/invoices/:id/attach_payment': {
		params: { payment_intent: must(text()), ...unplayed('payment_record') },
		run: (w, { id }, p) => attach(w, findInvoice(w, id), p)
	},
	'POST /v1/invoices/:id/void': {
		run: (w, { id }) => {
			const invoice = findInvoice(w, id);
			if (invoice.status !== 'open')
				throw invalid(`You can only void invoices that are open. This invoice is ${invoice.status}.`);
			voidInvoice(w, invoice);
			afterPayment(w, invoice);
			return invoice;
		}
	}
};
