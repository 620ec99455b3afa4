// SPDX-License-Identifier: MIT
//
// /v1/invoices

import { afterPayment, endDraft, paymentMethodOf, subscriptionOf } from '../billing.mjs';
import { DAY } from '../clock.mjs';
import { afterFailure } from '../dunning.mjs';
import { cardError, invalid, noSuch } from '../errors.mjs';
import { change, emit } from '../events.mjs';
import {
	attachPayment, collect, deleteDraft, finalizeInvoice, giveUp, newInvoice, settleFree, settleOutOfBand, voidInvoice
} from '../invoices.mjs';
import { inRange, listOf } from '../list.mjs';
import { applyMetadata, bool, int, metadata, must, oneOf, orEmpty, PAGE, range, text, unplayed } from '../params.mjs';
import { checkFilters, find, findParam } from './find.mjs';
import { waitingItems } from './invoiceitems.mjs';

const findInvoice = (w, id) => find(w.store.invoices, id, 'invoice', 'invoice');

function findLive(w, id) {
	const invoice = findInvoice(w, id);
	if (invoice.deleted)
		throw noSuch('invoice', id, 'invoice');
	return invoice;
}

function usualCard(w, invoice) {
	const sub = subscriptionOf(w, invoice);
	if (sub)
		return paymentMethodOf(w, sub);
	const { invoice_settings: settings } = w.store.customers.get(invoice.customer);
	return w.store.payment_methods.get(settings?.default_payment_method) ?? null;
}

function checkPayable(invoice) {
	if (!['open', 'uncollectible'].includes(invoice.status))
		throw invalid(`This invoice cannot be paid: it is ${invoice.status}.`);
}

function notPaid(w, invoice, outcome) {
	const sub = subscriptionOf(w, invoice);
	if (sub)
		afterFailure(w, sub, invoice, false);
	return outcome === 'action'
		? cardError('This invoice requires additional user action before it can be paid successfully.', 'invoice_payment_intent_requires_action')
		: cardError('Your card was declined.', 'card_declined', 'generic_decline');
}

function pay(w, invoice, p) {
	if (invoice.status === 'paid')
		throw invalid('Invoice is already paid', undefined, 'invoice_already_paid');
	checkPayable(invoice);
	if (p.paid_out_of_band)
		settleOutOfBand(w, invoice);
	else {
		const pm = p.payment_method === undefined ? usualCard(w, invoice)
			: findParam(w.store.payment_methods, p.payment_method, 'PaymentMethod', 'payment_method');
		const outcome = collect(w, invoice, pm);
		if (outcome === 'processing')
			return invoice;
		if (outcome !== 'paid')
			throw notPaid(w, invoice, outcome);
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

// One that is made by hand takes what waits for the customer.
function create(w, p) {
	const customer = findParam(w.store.customers, p.customer, 'customer', 'customer');
	if ((p.collection_method === 'send_invoice') !== (p.days_until_due !== undefined))
		throw invalid('days_until_due belongs to collection_method=send_invoice.', 'days_until_due');
	const items = p.pending_invoice_items_behavior === 'include' ? waitingItems(w, customer) : [];
	const currency = items[0]?.currency ?? p.currency ?? customer.currency ?? 'eur';
	const invoice = newInvoice(w, { id: null, customer: customer.id, currency, discounts: [], metadata: {} }, items.map((it) => ({
		amount: it.amount, quantity: 1, invoiceItem: it.id, proration: false, description: it.description, period: it.period
	})), 'manual', {
		auto_advance: p.auto_advance ?? false, collection_method: p.collection_method ?? 'charge_automatically', description: p.description ?? null,
		due_date: p.days_until_due === undefined ? null : w.clock.now() + p.days_until_due * DAY, metadata: applyMetadata({}, p.metadata)
	});
	for (const item of items)
		item.invoice = invoice.id;
	return invoice;
}

function finalize(w, invoice) {
	if (invoice.status !== 'draft')
		throw invalid('This invoice is already finalized, you can\'t re-finalize a non-draft invoice.', undefined, 'invoice_not_editable');
	if (subscriptionOf(w, invoice)) {
		endDraft(w, invoice);
		return invoice;
	}
	finalizeInvoice(w, invoice);
	if (invoice.amount_due === 0)
		settleFree(w, invoice);
	return invoice;
}

function send(w, invoice) {
	if (invoice.collection_method !== 'send_invoice')
		throw invalid('You can only send an invoice whose collection_method is send_invoice.');
	if (invoice.status === 'draft')
		finalize(w, invoice);
	emit(w, 'invoice.sent', invoice);
	return invoice;
}

function remove(w, invoice) {
	if (invoice.status !== 'draft')
		throw invalid('You can only delete draft invoices.', undefined, 'invoice_not_editable');
	deleteDraft(w, invoice);
	for (const item of w.store.invoiceitems.values())
		if (item.invoice === invoice.id)
			item.deleted = true;
	return invoice;
}

export const ROUTES = {
	'POST /v1/invoices': {
		params: {
			auto_advance: bool, collection_method: oneOf('charge_automatically', 'send_invoice'), currency: text(3), customer: must(text()),
			days_until_due: int(0), description: text(), metadata, pending_invoice_items_behavior: oneOf('exclude', 'include'),
			...unplayed('account_tax_ids application_fee_amount automatic_tax automatically_finalizes_at custom_fields customer_account ' +
				'default_payment_method default_source default_tax_rates discounts due_date effective_at footer from_invoice issuer number ' +
				'on_behalf_of payment_settings rendering shipping_cost shipping_details statement_descriptor subscription transfer_data')
		},
		run: (w, _, p) => create(w, p)
	},
	'GET /v1/invoices': {
		params: {
			...PAGE, created: range, customer: text(), status: oneOf('draft', 'open', 'paid', 'uncollectible', 'void'), subscription: text(),
			...unplayed('collection_method customer_account due_date')
		},
		run: (w, _, p) => {
			checkFilters(w, p);
			const all = [...w.store.invoices.values()].filter((o) => !o.deleted);
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
	'POST /v1/invoices/:id': {
		params: {
			description: orEmpty(text()), metadata,
			...unplayed('account_tax_ids application_fee_amount auto_advance automatic_tax automatically_finalizes_at collection_method ' +
				'custom_fields days_until_due default_payment_method default_source default_tax_rates discounts due_date effective_at footer ' +
				'issuer number on_behalf_of payment_settings rendering shipping_cost shipping_details statement_descriptor transfer_data')
		},
		run: (w, { id }, { description, metadata: meta }) => {
			const invoice = findInvoice(w, id);
			return change(w, 'invoice.updated', invoice, {
				description: description === undefined ? invoice.description : description, metadata: applyMetadata(invoice.metadata, meta)
			});
		}
	},
	'DELETE /v1/invoices/:id': { run: (w, { id }) => remove(w, findLive(w, id)) },
	'POST /v1/invoices/:id/finalize': { params: unplayed('auto_advance'), run: (w, { id }) => finalize(w, findLive(w, id)) },
	'POST /v1/invoices/:id/send': { run: (w, { id }) => send(w, findLive(w, id)) },
	'POST /v1/invoices/:id/mark_uncollectible': {
		run: (w, { id }) => {
			const invoice = findLive(w, id);
			if (invoice.status !== 'open')
				throw invalid(`You can only mark an open invoice as uncollectible. This invoice is ${invoice.status}.`);
			giveUp(w, invoice);
			afterPayment(w, invoice);
			return invoice;
		}
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
			if (!['open', 'uncollectible'].includes(invoice.status))
				throw invalid(`You can only void invoices that are open. This invoice is ${invoice.status}.`);
			voidInvoice(w, invoice);
			afterPayment(w, invoice);
			return invoice;
		}
	}
};
