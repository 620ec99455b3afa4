// SPDX-License-Identifier: MIT
//
// Invoices: their lines, their finalisation, and how they are paid or not.

import { DAY } from './clock.mjs';
import { takeOff, discountsOf } from './discounts.mjs';
import { bare } from './expand.mjs';
import { emit } from './events.mjs';
import { newId } from './ids.mjs';
import { chargeCard, newInvoicePayment, newPaymentIntent, paymentOfInvoice, settleInvoicePayment } from './payments.mjs';

// Days after each failed attempt; when they are used up the subscription is cancelled, Stripe's default.
const RETRY_AFTER_DAYS = [3, 5, 7];

export function itemLine(w, sub, item, { trial = false } = {}) {
	return {
		amount: trial ? 0 : item.price.unit_amount * item.quantity, quantity: item.quantity, item, proration: false,
		description: `${trial ? 'Trial period for' : `${item.quantity} ×`} ${w.store.products.get(item.price.product)?.name ?? item.price.product}`,
		period: { start: item.current_period_start, end: item.current_period_end }
	};
}

function newLine(invoice, sub, { amount, quantity, item, proration, description, period }, off, discount) {
	return {
		id: newId('il'), object: 'line_item', amount, currency: invoice.currency, description,
		discount_amounts: off > 0 ? [{ amount: off, discount }] : [], discountable: !proration, discounts: [],
		invoice: invoice.id, livemode: false, metadata: structuredClone(sub.metadata),
		parent: {
			invoice_item_details: null, license_fee_subscription_details: null, schedule_details: null,
			subscription_item_details: {
				invoice_item: null, proration, proration_details: { credited_items: null }, subscription: sub.id, subscription_item: item.id
			},
			type: 'subscription_item_details'
		},
		period, pretax_credit_amounts: [],
		pricing: {
			price_details: { price: item.price.id, product: item.price.product }, type: 'price_details',
			unit_amount_decimal: String(quantity === 0 ? 0 : amount / quantity)
		},
		quantity, quantity_decimal: String(quantity), subscription: sub.id, subtotal: amount, taxes: []
	};
}

// What an invoice with these lines would come to, discounts taken off.
function computeTotals(w, lines, discounts) {
	const off = lines.map(() => 0);
	const perDiscount = [];
	let offDiscount = null;
	for (const d of discounts) {
		const coupon = w.store.coupons.get(d.source.coupon);
		const taken = takeOff(coupon, lines.map((line, i) => line.proration ? 0 : line.amount - off[i]));
		taken.forEach((amount, i) => { off[i] += amount; });
		perDiscount.push({ amount: taken.reduce((a, b) => a + b, 0), discount: d.id });
		offDiscount ??= d.id;
	}
	const subtotal = lines.reduce((sum, line) => sum + line.amount, 0);
	return { subtotal, total: subtotal - off.reduce((a, b) => a + b, 0), off, offDiscount, perDiscount };
}

function nextNumber(customer) {
	const n = customer.next_invoice_sequence++;
	return `${customer.invoice_prefix}-${String(n).padStart(4, '0')}`;
}

// A draft, with `invoice.created` told.
export function newInvoice(w, sub, lines, reason) {
	const customer = w.store.customers.get(sub.customer);
	const now = w.clock.now();
	const { subtotal, total, off, offDiscount, perDiscount } = computeTotals(w, lines, discountsOf(w, sub));
	const id = newId('in');
	// A negative total is owed to the customer, an old debt of ours pays for a positive one.
	const applied = total > 0 ? Math.min(total, Math.max(0, -customer.balance)) : 0;
	const starting = customer.balance;
	const ending = total < 0 ? starting + total : starting + applied;
	const due = Math.max(0, total - applied);
	const invoice = {
		id, object: 'invoice', account_country: 'US', account_name: 'endpin sandbox', account_tax_ids: null,
		amount_due: due, amount_overpaid: 0, amount_paid: 0, amount_remaining: due, amount_shipping: 0, application: null,
		attempt_count: 0, attempted: false, auto_advance: true,
		automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
		automatically_finalizes_at: null, billing_reason: reason, collection_method: 'charge_automatically', created: now,
		currency: sub.currency, custom_fields: null, customer: customer.id, customer_account: null, customer_address: customer.address,
		customer_email: customer.email, customer_name: customer.name, customer_phone: customer.phone, customer_shipping: null,
		customer_tax_exempt: 'none', customer_tax_ids: [], default_payment_method: null, default_source: null, default_tax_rates: [],
		description: null, discounts: [...sub.discounts], due_date: null, effective_at: null, ending_balance: null, footer: null,
		from_invoice: null, hosted_invoice_url: null, invoice_pdf: null, issuer: { type: 'self' }, last_finalization_error: null,
		latest_revision: null, lines: { object: 'list', data: [], has_more: false, total_count: lines.length, url: `/v1/invoices/${id}/lines` },
		livemode: false, metadata: {}, next_payment_attempt: null, number: null, on_behalf_of: null,
		parent: {
			quote_details: null, type: 'subscription_details',
			subscription_details: { metadata: structuredClone(sub.metadata), pause_collection: null, subscription: sub.id }
		},
		payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
		period_end: now, period_start: now, post_payment_credit_notes_amount: 0, pre_payment_credit_notes_amount: 0,
		receipt_number: null, rendering: null, shipping_cost: null, shipping_details: null, starting_balance: starting,
		statement_descriptor: null, status: 'draft',
		status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
		subtotal, subtotal_excluding_tax: subtotal, test_clock: null, total, total_discount_amounts: perDiscount,
		total_excluding_tax: total, total_pretax_credit_amounts: [], total_taxes: [], webhooks_delivered_at: now,
		sandbox: { ending }
	};
	invoice.lines.data = lines.map((line, i) => newLine(invoice, sub, line, off[i], offDiscount));
	w.store.invoices.set(id, invoice);
	emit(w, 'invoice.created', invoice);
	return invoice;
}

export function finalizeInvoice(w, invoice) {
	const customer = w.store.customers.get(invoice.customer);
	const now = w.clock.now();
	const before = bare(invoice);
	customer.balance = invoice.sandbox.ending;
	Object.assign(invoice, {
		status: 'open', number: nextNumber(customer), effective_at: now, ending_balance: invoice.sandbox.ending,
		hosted_invoice_url: `${w.publicUrl}/invoice/${invoice.id}`
	});
	invoice.status_transitions.finalized_at = now;
	emit(w, 'invoice.finalized', invoice);
	emit(w, 'invoice.updated', invoice, before);
}

function tellPaid(w, invoice, { outOfBand = false } = {}) {
	Object.assign(invoice, { status: 'paid', attempted: true, auto_advance: false, next_payment_attempt: null });
	invoice.status_transitions.paid_at = w.clock.now();
	emit(w, 'invoice.paid', invoice);
	// A payment that was made elsewhere did not "succeed" at Stripe.
	if (!outOfBand)
		emit(w, 'invoice.payment_succeeded', invoice);
}

// Nothing to pay: paid without an intent, a charge or an invoice payment.
export function settleFree(w, invoice) {
	tellPaid(w, invoice);
}

export function settleOutOfBand(w, invoice) {
	Object.assign(invoice, { amount_paid: invoice.amount_due, amount_paid_off_stripe: invoice.amount_due, amount_remaining: 0 });
	const ip = paymentOfInvoice(w, invoice);
	if (ip)
		Object.assign(ip, { status: 'canceled' });
	tellPaid(w, invoice, { outOfBand: true });
}

// The intent has already succeeded: book it.
export function settleWith(w, invoice, pi, ip = newInvoicePayment(w, invoice, pi)) {
	Object.assign(invoice, {
		amount_paid: invoice.amount_due, amount_remaining: 0, attempted: true, attempt_count: invoice.attempt_count + 1
	});
	settleInvoicePayment(w, ip);
	tellPaid(w, invoice);
}

// One attempt to collect an open invoice with this card. True: it is paid now.
export function collect(w, invoice, pm) {
	if (invoice.amount_due === 0) {
		settleFree(w, invoice);
		return true;
	}
	const customer = w.store.customers.get(invoice.customer);
	let ip = paymentOfInvoice(w, invoice);
	if (!ip) {
		const pi = newPaymentIntent(w, { amount: invoice.amount_due, currency: invoice.currency, customer, description: 'Subscription update' });
		ip = newInvoicePayment(w, invoice, pi);
	}
	const pi = w.store.payment_intents.get(ip.payment.payment_intent);
	if (pm && chargeCard(w, pi, pm).ok) {
		settleWith(w, invoice, pi, ip);
		return true;
	}
	const days = RETRY_AFTER_DAYS[invoice.attempt_count];
	const before = bare(invoice);
	Object.assign(invoice, {
		attempted: true, attempt_count: invoice.attempt_count + 1,
		next_payment_attempt: days === undefined ? null : w.clock.now() + days * DAY
	});
	emit(w, 'invoice.payment_failed', invoice);
	emit(w, 'invoice.updated', invoice, before);
	return false;
}

export function voidInvoice(w, invoice) {
	Object.assign(invoice, { status: 'void', auto_advance: false, next_payment_attempt: null, amount_remaining: 0 });
	invoice.status_transitions.voided_at = w.clock.now();
	const ip = paymentOfInvoice(w, invoice);
	if (ip) {
		ip.status = 'canceled';
		ip.status_transitions.canceled_at = w.clock.now();
	}
	emit(w, 'invoice.voided', invoice);
}
