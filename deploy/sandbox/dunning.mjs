// SPDX-License-Identifier: MIT
//
// Renewals that are not paid: trying again, and what the account has chosen for when that does not help.

import { afterPayment, endSubscription, paymentMethodOf, STATUS_AFTER, subscriptionOf } from './billing.mjs';
import { change } from './events.mjs';
import { collect, debitFailed, settleWith, voidInvoice } from './invoices.mjs';
import { tellSession } from './checkout.mjs';
import { settleDebit } from './payments.mjs';
import { canPause, goOnAfter, pauseSubscription } from './pausing.mjs';
import { setting } from './settings.mjs';

const HOURS_23 = 23 * 3600;

// `last`: it is not tried again.
export function afterFailure(w, sub, invoice, last) {
	const then = setting(w, 'failed_renewals');
	if (sub.status === 'paused')
		goOnAfter(w, sub, invoice, 'failed');
	else if (sub.status !== 'past_due')
		return;
	else if (then === 'pause_at_first' && invoice.billing_reason === 'subscription_cycle' && canPause(sub))
		pauseSubscription(w, sub, 'first_payment_failure', invoice);
	else if (!last || then === 'past_due' || then === 'pause_at_first')
		return;
	else if (then === 'unpaid')
		change(w, 'customer.subscription.updated', sub, { status: 'unpaid' });
	else if (then === 'pause_at_last' && canPause(sub))
		pauseSubscription(w, sub, 'final_payment_failure', invoice);
	else
		endSubscription(w, sub, { reason: 'payment_failed' });
}

export function retryInvoice(w, invoice) {
	const sub = subscriptionOf(w, invoice);
	const outcome = collect(w, invoice, paymentMethodOf(w, sub));
	if (outcome === 'paid')
		afterPayment(w, invoice);
	else if (outcome === 'failed')
		afterFailure(w, sub, invoice, invoice.next_payment_attempt === null);
}

// The person has not done anything about it.
export function giveUpWaiting(w, invoice) {
	invoice.sandbox.givenUpAt = null;
	const sub = subscriptionOf(w, invoice);
	if (sub)
		afterFailure(w, sub, invoice, true);
}

// A first payment has 23 hours.
export const expiresAt = (sub) => sub.status === 'incomplete' ? sub.created + HOURS_23 : null;

export function expireIncomplete(w, sub) {
	voidInvoice(w, w.store.invoices.get(sub.latest_invoice));
	change(w, 'customer.subscription.updated', sub, { status: 'incomplete_expired', ended_at: w.clock.now() });
}

// The bank has said whether a debit went through, and everybody who waits for it hears of it.
export function hearOfDebit(w, pi) {
	const arrived = settleDebit(w, pi);
	const ip = [...w.store.invoice_payments.values()].find((o) => o.payment.payment_intent === pi.id);
	const invoice = w.store.invoices.get(ip?.invoice);
	const sub = invoice && subscriptionOf(w, invoice);
	if (arrived && invoice && settleWith(w, invoice, pi, ip))
		afterPayment(w, invoice);
	else if (!arrived && invoice) {
		debitFailed(w, invoice);
		if (sub?.status === 'active')
			change(w, 'customer.subscription.updated', sub, { status: STATUS_AFTER.failed });
		if (sub)
			afterFailure(w, sub, invoice, false);
	}
	tellSession(w, pi, arrived);
}
