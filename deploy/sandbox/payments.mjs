// SPDX-License-Identifier: MIT
//
// What is kept to pay with, and money that moves: payment methods, payment intents, charges, invoice payments.

import { chargeFee, newBalanceTransaction } from './balance.mjs';
import { accountPart, cardPart, chargePart } from './instruments.mjs';
import { cardOf, mustConfirm } from './cards.mjs';
import { change, emit } from './events.mjs';
import { newId } from './ids.mjs';
import { presentedPart } from './money.mjs';

export function newPaymentMethod(w, customer, { number, name = null, expMonth = 12, expYear = 2034 }) {
	const card = cardOf(number);
	const pm = {
		id: newId('pm'), object: 'payment_method', allow_redisplay: 'limited',
		billing_details: { address: emptyAddress(), email: customer.email, name, phone: null, tax_id: null },
		...card.type ? accountPart(card) : cardPart(card, expMonth, expYear),
		created: w.clock.now(), customer: customer.id, customer_account: null, livemode: false, metadata: {},
		sandbox: { number: card.digits, setUp: false }
	};
	w.store.payment_methods.set(pm.id, pm);
	return pm;
}

const emptyAddress = () => ({ city: null, country: null, line1: null, line2: null, postal_code: null, state: null });

export function newPaymentIntent(w, { amount, currency, customer, description, saveCard }) {
	const id = newId('pi');
	const pi = {
		id, object: 'payment_intent', allowed_payment_method_types: null, amount, amount_capturable: 0, amount_details: { tip: {} },
		amount_received: 0, application: null, application_fee_amount: null, automatic_payment_methods: null, canceled_at: null,
		cancellation_reason: null, capture_method: 'automatic', client_secret: `${id}_secret_${newId('x', 20).slice(2)}`,
		confirmation_method: 'automatic', created: w.clock.now(), currency, customer: customer.id, customer_account: null,
		description, excluded_payment_method_types: null, last_payment_error: null, latest_charge: null, livemode: false,
		managed_payments: null, metadata: {}, next_action: null, on_behalf_of: null, payment_method: null,
		payment_method_configuration_details: null, payment_method_options: { card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
		payment_method_types: ['card'], payment_record: null, processing: null, receipt_email: null, review: null,
		setup_future_usage: saveCard ? 'off_session' : null, shipping: null, source: null, statement_descriptor: null,
		statement_descriptor_suffix: null, status: 'requires_payment_method', transfer_data: null, transfer_group: null
	};
	w.store.payment_intents.set(pi.id, pi);
	emit(w, 'payment_intent.created', pi);
	return pi;
}

function newCharge(w, pi, pm, card) {
	const ok = card.pays && !card.settlesAfter;
	const pending = card.settlesAfter !== undefined;
	const said = pending || ok;
	const charge = {
		id: newId('ch'), object: 'charge', amount: pi.amount, amount_captured: said ? pi.amount : 0, amount_refunded: 0,
		application: null, application_fee: null, application_fee_amount: null, balance_transaction: null,
		billing_details: structuredClone(pm.billing_details), calculated_statement_descriptor: 'ENDPIN SANDBOX', captured: said,
		created: w.clock.now(), currency: pi.currency, customer: pi.customer, description: pi.description, disputed: false,
		failure_balance_transaction: null, failure_code: said ? null : card.code, failure_message: said ? null : card.message,
		fraud_details: {}, livemode: false, metadata: {}, on_behalf_of: null,
		outcome: said
			? { advice_code: null, network_advice_code: null, network_decline_code: null, network_status: 'approved_by_network',
				reason: null, risk_level: 'normal', seller_message: 'Payment complete.', type: 'authorized' }
			: { advice_code: 'try_again_later', network_advice_code: null, network_decline_code: null, network_status: 'declined_by_network',
				reason: card.decline, risk_level: 'normal', seller_message: 'The bank did not return any further details.', type: 'issuer_declined' },
		paid: ok, payment_intent: pi.id, payment_method: pm.id,
		payment_method_details: chargePart(pm, ok ? pi.amount : null),
		radar_options: {}, receipt_email: null, receipt_number: null, receipt_url: null, refunded: false, review: null,
		shipping: null, source: null, source_transfer: null, statement_descriptor: null, statement_descriptor_suffix: null,
		status: pending ? 'pending' : ok ? 'succeeded' : 'failed', transfer_data: null, transfer_group: null
	};
	Object.assign(charge, presentedPart(pi, pi.amount));
	if (ok)
		arrive(w, charge);
	w.store.charges.set(charge.id, charge);
	return charge;
}

function arrive(w, charge) {
	charge.balance_transaction = newBalanceTransaction(w, 'charge', {
		amount: charge.amount, currency: charge.currency, source: charge.id, description: charge.description, fee: chargeFee(charge.amount)
	}).id;
}

function succeed(w, pi, charge) {
	Object.assign(pi, { status: 'succeeded', amount_received: pi.amount, last_payment_error: null, next_action: null, processing: null });
	emit(w, 'payment_intent.succeeded', pi);
	emit(w, 'charge.succeeded', charge);
}

function fail(w, pi, charge, card) {
	Object.assign(pi, {
		status: 'requires_payment_method', payment_method: null, next_action: null, processing: null,
		last_payment_error: { type: 'card_error', code: card.code, decline_code: card.decline ?? undefined, message: card.message, charge: charge.id }
	});
	emit(w, 'payment_intent.payment_failed', pi);
	emit(w, 'charge.failed', charge);
}

// The person is asked by their bank; nothing is charged until they have confirmed it.
function askPerson(w, pi) {
	Object.assign(pi, { status: 'requires_action', next_action: { type: 'use_stripe_sdk', use_stripe_sdk: {} }, last_payment_error: null });
	emit(w, 'payment_intent.requires_action', pi);
}

// They have not.
export const UNCONFIRMED = 'We are unable to authenticate your payment method. Please choose a different payment method and try again.';
export function refusePayment(w, pi) {
	Object.assign(pi, {
		status: 'requires_payment_method', payment_method: null, next_action: null,
		last_payment_error: { type: 'card_error', code: 'payment_intent_authentication_failure', message: UNCONFIRMED }
	});
	emit(w, 'payment_intent.payment_failed', pi);
}

// Try to take the money. Is the person `present`, have they `confirmed` it to their bank?  How it went: "paid", "failed",
// "action" (they are to confirm it), "processing" (the bank says so later).
export function chargeCard(w, pi, pm, { present = false, confirmed = false } = {}) {
	const card = cardOf(pm.sandbox.number);
	pi.payment_method = pm.id;
	if (mustConfirm(pm, present) && !confirmed) {
		askPerson(w, pi);
		return { outcome: 'action', card };
	}
	pm.sandbox.setUp = true;
	const charge = newCharge(w, pi, pm, card);
	pi.latest_charge = charge.id;
	if (card.settlesAfter) {
		Object.assign(pi, { status: 'processing', last_payment_error: null, sandbox: { settlesAt: w.clock.now() + card.settlesAfter } });
		emit(w, 'payment_intent.processing', pi);
		emit(w, 'charge.pending', charge);
		return { outcome: 'processing', charge, card };
	}
	if (card.pays)
		succeed(w, pi, charge);
	else
		fail(w, pi, charge, card);
	return { outcome: card.pays ? 'paid' : 'failed', charge, card };
}

export const settlesAt = (pi) => pi.status === 'processing' ? pi.sandbox.settlesAt : null;

// What the bank says, days later. True: the money is there.
export function settleDebit(w, pi) {
	const charge = w.store.charges.get(pi.latest_charge);
	const card = cardOf(w.store.payment_methods.get(pi.payment_method).sandbox.number);
	if (card.pays) {
		Object.assign(charge, { status: 'succeeded', paid: true });
		arrive(w, charge);
		succeed(w, pi, charge);
	} else {
		Object.assign(charge, { status: 'failed', failure_code: card.code, failure_message: card.message });
		fail(w, pi, charge, card);
	}
	return card.pays;
}

// The default one is Stripe's own, which collects what is left to pay; others are payments somebody made beside it.
export function newInvoicePayment(w, invoice, pi, { isDefault = true } = {}) {
	const ip = {
		id: newId('inpay'), object: 'invoice_payment', amount_paid: null, amount_requested: pi.amount, created: w.clock.now(),
		currency: pi.currency, invoice: invoice.id, is_default: isDefault, livemode: false,
		payment: { payment_intent: pi.id, type: 'payment_intent' }, status: 'open',
		status_transitions: { canceled_at: null, paid_at: null }
	};
	w.store.invoice_payments.set(ip.id, ip);
	return ip;
}

export function settleInvoicePayment(w, ip) {
	Object.assign(ip, { status: 'paid', amount_paid: ip.amount_requested });
	ip.status_transitions.paid_at = w.clock.now();
	emit(w, 'invoice_payment.paid', ip);
}

export const intentOf = (w, ip) => w.store.payment_intents.get(ip.payment.payment_intent);

const paymentsOf = (w, invoice, status) =>
	[...w.store.invoice_payments.values()].filter((ip) => ip.invoice === invoice.id && ip.status === status);

// What is still to be collected by Stripe itself.
export const openPaymentOf = (w, invoice) => paymentsOf(w, invoice, 'open').find((ip) => ip.is_default);

export function cancelPayment(w, ip) {
	ip.status = 'canceled';
	ip.status_transitions.canceled_at = w.clock.now();
	change(w, 'payment_intent.canceled', intentOf(w, ip), {
		status: 'canceled', canceled_at: w.clock.now(), cancellation_reason: 'void_invoice'
	});
}

// Stripe's own payment follows what is left to pay.
export function requestOf(w, invoice, amount) {
	const ip = openPaymentOf(w, invoice);
	if (!ip)
		return;
	if (amount === 0) {
		cancelPayment(w, ip);
		return;
	}
	ip.amount_requested = amount;
	intentOf(w, ip).amount = amount;
}

// Each charge that paid for some of the invoice.
export const paidChargesOf = (w, invoice) =>
	paymentsOf(w, invoice, 'paid').map((ip) => w.store.charges.get(intentOf(w, ip).latest_charge));
