// SPDX-License-Identifier: MIT
//
// Completing a Checkout Session: what happens when somebody presses "Pay".
//
// The subscription and its invoice come into being only after the money has (Stripe, since 2025-03-31.basil): a
// declined card leaves a payment intent behind and nothing else.

import { cardOf, mustConfirm } from './cards.mjs';
import { bare } from './expand.mjs';
import { change, emit } from './events.mjs';
import { beginSubscription } from './billing.mjs';
import { DAY } from './clock.mjs';
import { balanceIn } from './credit.mjs';
import { openDispute, warnOfFraud } from './disputes.mjs';
import { dueOf } from './invoices.mjs';
import { presented } from './money.mjs';
import { createCustomer } from './objects/customers.mjs';
import { chargeCard, newPaymentIntent, newPaymentMethod, refusePayment, UNCONFIRMED } from './payments.mjs';

export class Declined extends Error {}

// The bank asks the person, who has not answered yet.
export class MustConfirm extends Error {}

// A session without a customer makes one at the first attempt, and keeps to it at the next.
function customerOf(w, session, name, email) {
	const notes = session.sandbox;
	notes.customer ??= session.customer ?? createCustomer(w, { email: session.customer_email ?? email, name }).id;
	const customer = w.store.customers.get(notes.customer);
	if (customer.deleted)
		throw new Declined('The customer of this session has been deleted.');
	return customer;
}

// Nothing is kept of what did not come to anything.
function decline(w, pm, message) {
	w.store.payment_methods.delete(pm.id);
	throw new Declined(message);
}

// The first invoice takes the customer's balance as any other does, and Checkout asks for what is left of it.
export function dueNow(w, session) {
	const customer = w.store.customers.get(session.customer);
	return dueOf(session.amount_total, customer ? balanceIn(customer, session.currency) : 0, session.currency).amount_due;
}

function takePayment(w, session, customer, pm, { amount, confirmed }) {
	const notes = session.sandbox;
	notes.intent ??= newPaymentIntent(w, {
		amount, currency: session.currency, customer, description: 'Subscription creation', saveCard: true
	}).id;
	const pi = w.store.payment_intents.get(notes.intent);
	// A promotion code may have been typed since the first attempt, and the balance have changed.
	Object.assign(pi, { amount, ...presented(w, amount) });
	if (confirmed === false && pi.status === 'requires_action') {
		refusePayment(w, pi);
		decline(w, pm, UNCONFIRMED);
	}
	const { outcome, card, charge } = chargeCard(w, pi, pm, { present: true, confirmed: confirmed === true });
	if (outcome === 'failed')
		decline(w, pm, card.message);
	if (outcome === 'action')
		throw new MustConfirm();
	return { pi, charge };
}

// What pays later: the session is complete, and told of again when the bank has said so.
export function tellSession(w, pi, paid) {
	const session = [...w.store.sessions.values()].find((s) => s.sandbox.intent === pi.id);
	if (!session)
		return;
	if (paid)
		session.payment_status = 'paid';
	emit(w, `checkout.session.async_payment_${paid ? 'succeeded' : 'failed'}`, session);
}

// A card whose bank asks is the same one when the answer comes.
function instrumentOf(w, session, customer, card, { name, expMonth, expYear }) {
	const notes = session.sandbox;
	const asked = w.store.payment_methods.get(notes.asked);
	notes.asked = null;
	if (asked?.sandbox.number === card.digits)
		return asked;
	if (card.currency && card.currency !== session.currency)
		throw new Declined(`This bank account is debited in ${card.currency} only.`);
	const pm = newPaymentMethod(w, customer, { number: card.digits, name, expMonth, expYear });
	if (mustConfirm(pm, true))
		notes.asked = pm.id;
	return pm;
}

// Without a payment the bank is asked all the same, so that it lets later ones pass.
function setUp(w, pm, confirmed) {
	if (mustConfirm(pm, true) && confirmed === false)
		decline(w, pm, UNCONFIRMED);
	if (mustConfirm(pm, true) && !confirmed)
		throw new MustConfirm();
	pm.sandbox.setUp = true;
}

// A customer's currency is that of the first subscription; the name is theirs if the session says so.
function attach(w, customer, pm, { currency, sandbox: { keepsName } }, name) {
	emit(w, 'payment_method.attached', pm);
	change(w, 'customer.updated', customer, { currency: customer.currency ?? currency, ...keepsName && { name } });
}

// Throws Declined with the words that the page shows, or MustConfirm. The session is then still open. `number` null: no card
// is given, as a trial allows where the session does. `confirmed`: what the person answered to the bank, if it asked.
export const completeSession = (w, session, payer) => w.clock.atOnce(() => complete(w, session, payer));

function complete(w, session, { number, name = 'Sandbox Customer', email = null, expMonth, expYear, confirmed }) {
	// Who they are is known, or they are new: nobody's balance is nothing.
	const amount = dueNow(w, session);
	if (number === null && (amount > 0 || session.payment_method_collection === 'always'))
		throw new Declined('A payment method is required.');
	const card = number === null ? null : cardOf(number);
	const customer = customerOf(w, session, name, email);
	const pm = card && instrumentOf(w, session, customer, card, { name, expMonth, expYear });
	if (card && amount === 0 && !card.attaches)
		decline(w, pm, card.message);
	const paid = amount > 0 ? takePayment(w, session, customer, pm, { amount, confirmed }) : null;
	if (pm && amount === 0)
		setUp(w, pm, confirmed);
	if (pm)
		attach(w, customer, pm, session, name);

	const { wish } = session.sandbox;
	const coupon = wish.coupon && w.store.coupons.get(wish.coupon);
	const { sub, invoice } = beginSubscription(w, {
		customer, session: session.id, metadata: wish.metadata, description: wish.description,
		billingMode: wish.billingMode,
		items: wish.items.map((it) => ({ price: w.store.prices.get(it.price), quantity: it.quantity })),
		trialEnd: wish.trialDays ? w.clock.now() + wish.trialDays * DAY : wish.trialEnd,
		missingPaymentMethod: wish.missingPaymentMethod, coupon, promotionCode: wish.promotionCode, paymentMethod: pm
	}, paid?.pi);

	Object.assign(session, {
		...paid ? presented(w, session.amount_total) : {},
		status: 'complete', payment_status: !paid ? 'no_payment_required' : paid.pi.status === 'processing' ? 'unpaid' : 'paid', url: null, customer: customer.id,
		subscription: sub.id, invoice: invoice.id,
		customer_details: { ...bare(session).customer_details, email: customer.email, name, tax_exempt: 'none' }
	});
	emit(w, 'checkout.session.completed', session);
	if (paid && card.disputed)
		openDispute(w, paid.charge, { reason: card.disputed, kind: card.dispute });
	if (paid && card.warns)
		warnOfFraud(w, paid.charge, card.warns);
	return { sub, invoice };
}

export function expireSession(w, session) {
	Object.assign(session, { status: 'expired', url: null });
	emit(w, 'checkout.session.expired', session);
	return session;
}

export const successUrl = (session) => session.success_url.replaceAll('{CHECKOUT_SESSION_ID}', session.id);
