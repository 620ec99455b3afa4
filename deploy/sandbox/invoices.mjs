// SPDX-License-Identifier: MIT
//
// Invoices: their lines, their finalisation, and how they are paid or not.

import { DAY } from './clock.mjs';
import { balanceIn, changeBalance } from './credit.mjs';
import { discountsOf } from './discounts.mjs';
import { bare } from './expand.mjs';
import { change, emit } from './events.mjs';
import { newId } from './ids.mjs';
import { leastCharge } from './money.mjs';
import {
	chargeCard, intentOf, newInvoicePayment, newPaymentIntent, openPaymentOf, requestOf, settleInvoicePayment
} from './payments.mjs';
import { computeTotals } from './totals.mjs';

// Days after each failed attempt; when they are used up, or nobody has confirmed a payment for as long, it is as the account
// has chosen (dunning.mjs).
const RETRY_AFTER_DAYS = [3, 5, 7];
const PERSON_HAS = 15 * DAY;

export function itemLine(w, sub, item, { trial = false } = {}) {
	return {
		amount: trial ? 0 : item.price.unit_amount * item.quantity, quantity: item.quantity, item, proration: false,
		description: `${trial ? 'Trial period for' : `${item.quantity} ×`} ${w.store.products.get(item.price.product)?.name ?? item.price.product}`,
		period: { start: item.current_period_start, end: item.current_period_end }
	};
}

// What a line is for: a subscription's item, or something that somebody put on the bill.
function parentOf(sub, { item, invoiceItem, proration, credited = null }) {
	const details = { proration, proration_details: { credited_items: credited }, subscription: sub.id };
	return item
		? { invoice_item_details: null, type: 'subscription_item_details',
			subscription_item_details: { invoice_item: null, ...details, subscription_item: item.id } }
		: { invoice_item_details: { invoice_item: invoiceItem, ...details }, subscription_item_details: null, type: 'invoice_item_details' };
}

function newLine(invoice, sub, line, { off, taxes, discount }) {
	const { amount, quantity, item, proration, description, period } = line;
	return {
		id: newId('il'), object: 'line_item', amount, currency: invoice.currency, description,
		discount_amounts: off > 0 ? [{ amount: off, discount }] : [], discountable: !proration, discounts: [],
		invoice: invoice.id, livemode: false, metadata: structuredClone(sub.metadata),
		parent: parentOf(sub, line), period, pretax_credit_amounts: [],
		pricing: {
			...item ? { price_details: { price: item.price.id, product: item.price.product } } : {}, type: 'price_details',
			unit_amount_decimal: String(quantity === 0 ? 0 : amount / quantity)
		},
		quantity, quantity_decimal: String(quantity), subscription: sub.id, subtotal: amount, taxes
	};
}

// A customer's credit pays for a total and their debt is added to it. What is below nothing is their credit, what is
// too little to be charged is their debt.
export function dueOf(total, balance, currency) {
	const amount = total + balance >= leastCharge(currency) ? total + balance : 0;
	return {
		amount_due: amount, amount_remaining: amount, starting_balance: balance, ending_balance: total + balance - amount
	};
}

function nextNumber(customer) {
	const n = customer.next_invoice_sequence++;
	return `${customer.invoice_prefix}-${String(n).padStart(4, '0')}`;
}

// What an invoice of these lines would be. Nobody is told; a preview is one that never is. `sub` may be no
// subscription: {id: null, customer, currency, discounts, metadata} is somebody who is billed by hand.
export function draftInvoice(w, sub, lines, reason) {
	const customer = w.store.customers.get(sub.customer);
	const now = w.clock.now();
	const { off, taxes, perDiscount, subtotal, total, totalTaxes, excludingTax, subtotalExcludingTax } = computeTotals(w, customer,
		lines.map((line) => ({ ...line, product: line.item?.price.product })),
		discountsOf(w, sub).map((d) => ({ id: d.id, coupon: w.store.coupons.get(d.source.coupon) })));
	const id = newId(reason === 'upcoming' ? 'upcoming_in' : 'in');
	const { amount_due, amount_remaining, starting_balance } = dueOf(total, balanceIn(customer, sub.currency), sub.currency);
	const invoice = {
		id, object: 'invoice', account_country: 'US', account_name: 'endpin sandbox', account_tax_ids: null,
		amount_due, amount_overpaid: 0, amount_paid: 0, amount_remaining, amount_shipping: 0, application: null,
		attempt_count: 0, attempted: false, auto_advance: true,
		automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
		automatically_finalizes_at: null, billing_reason: reason, collection_method: 'charge_automatically', created: now,
		currency: sub.currency, custom_fields: null, customer: customer.id, customer_account: null, customer_address: customer.address,
		customer_email: customer.email, customer_name: customer.name, customer_phone: customer.phone, customer_shipping: null,
		customer_tax_exempt: customer.tax_exempt, customer_tax_ids: [], default_payment_method: null, default_source: null, default_tax_rates: [],
		description: null, discounts: [...sub.discounts], due_date: null, effective_at: null, ending_balance: null, footer: null,
		from_invoice: null, hosted_invoice_url: null, invoice_pdf: null, issuer: { type: 'self' }, last_finalization_error: null,
		latest_revision: null, lines: { object: 'list', data: [], has_more: false, total_count: lines.length, url: `/v1/invoices/${id}/lines` },
		livemode: false, metadata: {}, next_payment_attempt: null, number: null, on_behalf_of: null,
		parent: sub.id === null ? null : {
			quote_details: null, type: 'subscription_details',
			subscription_details: { metadata: structuredClone(sub.metadata), subscription: sub.id }
		},
		payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
		period_end: now, period_start: now, post_payment_credit_notes_amount: 0, pre_payment_credit_notes_amount: 0,
		receipt_number: null, rendering: null, shipping_cost: null, shipping_details: null, starting_balance,
		statement_descriptor: null, status: 'draft',
		status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
		subtotal, subtotal_excluding_tax: subtotalExcludingTax, test_clock: null, total, total_discount_amounts: perDiscount,
		total_excluding_tax: excludingTax, total_pretax_credit_amounts: [], total_taxes: totalTaxes, webhooks_delivered_at: now
	};
	invoice.lines.data = lines.map((line, i) => newLine(invoice, sub, line, { off: off[i], taxes: taxes[i], discount: perDiscount[0]?.discount }));
	return invoice;
}

// A draft, with `invoice.created` told.
export function newInvoice(w, sub, lines, reason, fields = {}) {
	const invoice = Object.assign(draftInvoice(w, sub, lines, reason), fields);
	w.store.invoices.set(invoice.id, invoice);
	emit(w, 'invoice.created', invoice);
	return invoice;
}

export function finalizeInvoice(w, invoice) {
	const customer = w.store.customers.get(invoice.customer);
	const now = w.clock.now();
	const before = bare(invoice);
	Object.assign(invoice, {
		...dueOf(invoice.total, balanceIn(customer, invoice.currency), invoice.currency), status: 'open', automatically_finalizes_at: null, number: nextNumber(customer), effective_at: now,
		hosted_invoice_url: `${w.publicUrl}/invoice/${invoice.id}`
	});
	invoice.status_transitions.finalized_at = now;
	const moved = invoice.ending_balance - invoice.starting_balance;
	if (moved !== 0)
		changeBalance(w, customer, {
			amount: moved, currency: invoice.currency, type: invoice.ending_balance > 0 ? 'invoice_too_small' : 'applied_to_invoice', invoice: invoice.id
		});
	emit(w, 'invoice.finalized', invoice);
	emit(w, 'invoice.updated', invoice, before);
}

// The last thing that happened to any invoice of a customer decides whether they are delinquent.
const setDelinquent = (w, invoice, delinquent) =>
	change(w, 'customer.updated', w.store.customers.get(invoice.customer), { delinquent });

function tellPaid(w, invoice, { outOfBand = false } = {}) {
	Object.assign(invoice, { status: 'paid', attempted: true, auto_advance: false, next_payment_attempt: null });
	invoice.status_transitions.paid_at = w.clock.now();
	emit(w, 'invoice.paid', invoice);
	// A payment that was made elsewhere did not "succeed" at Stripe.
	if (!outOfBand)
		emit(w, 'invoice.payment_succeeded', invoice);
	setDelinquent(w, invoice, false);
}

// Nothing to pay: paid without an intent, a charge or an invoice payment.
export function settleFree(w, invoice) {
	tellPaid(w, invoice);
}

export function settleOutOfBand(w, invoice) {
	const rest = invoice.amount_remaining;
	Object.assign(invoice, { amount_paid: invoice.amount_paid + rest, amount_paid_off_stripe: rest, amount_remaining: 0 });
	requestOf(w, invoice, 0);
	tellPaid(w, invoice, { outOfBand: true });
}

// What is paid beyond the sum is the customer's.
function keepOverpaid(w, invoice) {
	const more = invoice.amount_paid - invoice.amount_due - invoice.amount_overpaid;
	if (more <= 0)
		return;
	invoice.amount_overpaid += more;
	changeBalance(w, w.store.customers.get(invoice.customer), {
		amount: -more, currency: invoice.currency, type: 'invoice_overpaid', invoice: invoice.id
	});
	emit(w, 'invoice.overpaid', invoice);
}

// The intent has already succeeded: book it. True: nothing is left to pay.
export function settleWith(w, invoice, pi, ip = newInvoicePayment(w, invoice, pi)) {
	const before = bare(invoice);
	settleInvoicePayment(w, ip);
	const paid = invoice.amount_paid + ip.amount_paid;
	Object.assign(invoice, {
		amount_paid: paid, amount_remaining: Math.max(0, invoice.amount_due - paid), attempted: true,
		attempt_count: invoice.attempt_count + (ip.is_default ? 1 : 0)
	});
	requestOf(w, invoice, invoice.amount_remaining);
	keepOverpaid(w, invoice);
	if (invoice.amount_remaining === 0)
		tellPaid(w, invoice);
	else
		emit(w, 'invoice.updated', invoice, before);
	return invoice.amount_remaining === 0;
}

// Somebody pays a part of an open invoice, or all of it, or too much, beside what Stripe collects.
export function attachPayment(w, invoice, pi) {
	return settleWith(w, invoice, pi, newInvoicePayment(w, invoice, pi, { isDefault: false }));
}

// Stripe's own payment of an invoice, made when it is first needed.
export function paymentOf(w, invoice) {
	const customer = w.store.customers.get(invoice.customer);
	return openPaymentOf(w, invoice) ?? newInvoicePayment(w, invoice, newPaymentIntent(w, {
		amount: invoice.amount_remaining, currency: invoice.currency, customer, description: 'Subscription update'
	}));
}

// One that was made by hand, or is a subscription's first, is not tried again by itself; nor is what somebody has to confirm.
function nextAttempt(w, invoice, outcome) {
	const days = outcome === 'failed' && invoice.parent && invoice.billing_reason !== 'subscription_create' && RETRY_AFTER_DAYS[invoice.attempt_count];
	return days ? w.clock.now() + days * DAY : null;
}

const waitForPerson = (w, invoice) => {
	invoice.sandbox = { ...invoice.sandbox, givenUpAt: w.clock.now() + PERSON_HAS };
};

function tellUnpaid(w, invoice, outcome, before) {
	if (outcome === 'action') {
		waitForPerson(w, invoice);
		emit(w, 'invoice.payment_action_required', invoice);
	}
	emit(w, 'invoice.payment_failed', invoice);
	emit(w, 'invoice.updated', invoice, before);
	setDelinquent(w, invoice, true);
}

// One attempt to collect an open invoice with this card, or with none. Says how it went, in the words of chargeCard().
export function collect(w, invoice, pm, how) {
	if (invoice.amount_remaining === 0) {
		settleFree(w, invoice);
		return 'paid';
	}
	const ip = paymentOf(w, invoice);
	const pi = intentOf(w, ip);
	if (pi.status === 'processing')
		return 'processing';
	const { outcome } = pm ? chargeCard(w, pi, pm, how) : { outcome: 'failed' };
	if (outcome === 'paid') {
		settleWith(w, invoice, pi, ip);
		return 'paid';
	}
	const before = bare(invoice);
	Object.assign(invoice, { next_payment_attempt: nextAttempt(w, invoice, outcome), attempted: true, attempt_count: invoice.attempt_count + 1 });
	if (outcome === 'processing')
		emit(w, 'invoice.updated', invoice, before);
	else
		tellUnpaid(w, invoice, outcome, before);
	return outcome;
}

// A debit that was under way came back, and is not tried again by itself.
export function debitFailed(w, invoice) {
	waitForPerson(w, invoice);
	tellUnpaid(w, invoice, 'failed', bare(invoice));
}

export const givenUpAt = (invoice) => invoice.status === 'open' ? invoice.sandbox?.givenUpAt ?? null : null;

// A credit note before the payment takes from what is due; nothing left to pay is paid.
export function lowerDue(w, invoice, amount) {
	invoice.amount_due -= amount;
	invoice.amount_remaining -= amount;
	requestOf(w, invoice, invoice.amount_remaining);
	if (invoice.amount_remaining === 0)
		tellPaid(w, invoice);
}

export function raiseDue(w, invoice, amount) {
	invoice.amount_due += amount;
	invoice.amount_remaining += amount;
	requestOf(w, invoice, invoice.amount_remaining);
}

// The credit that it had used up is the customer's again.
export function voidInvoice(w, invoice) {
	Object.assign(invoice, { status: 'void', auto_advance: false, next_payment_attempt: null, amount_remaining: 0 });
	invoice.status_transitions.voided_at = w.clock.now();
	requestOf(w, invoice, 0);
	const moved = invoice.ending_balance - invoice.starting_balance;
	if (moved !== 0)
		changeBalance(w, w.store.customers.get(invoice.customer), {
			amount: -moved, currency: invoice.currency, type: 'unapplied_from_invoice', invoice: invoice.id
		});
	emit(w, 'invoice.voided', invoice);
}

// Nobody expects to be paid any more; it may be paid all the same.
export function giveUp(w, invoice) {
	const before = bare(invoice);
	Object.assign(invoice, { status: 'uncollectible', auto_advance: false, next_payment_attempt: null });
	invoice.status_transitions.marked_uncollectible_at = w.clock.now();
	emit(w, 'invoice.marked_uncollectible', invoice);
	emit(w, 'invoice.updated', invoice, before);
	setDelinquent(w, invoice, false);
}

// Only a draft goes away, and is never seen again.
export function deleteDraft(w, invoice) {
	emit(w, 'invoice.deleted', invoice);
	invoice.deleted = true;
}

export const overdueAt = (invoice) =>
	invoice.status === 'open' && invoice.due_date !== null && !invoice.sandbox?.overdue ? invoice.due_date : null;

export function tellOverdue(w, invoice) {
	invoice.sandbox = { ...invoice.sandbox, overdue: true };
	emit(w, 'invoice.overdue', invoice);
	setDelinquent(w, invoice, true);
}
