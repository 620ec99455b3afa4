// SPDX-License-Identifier: MIT
//
// Subscriptions that rest: why they do, what it brings their owner, and how they go on.

import { isClassic, paymentMethodOf } from './billing.mjs';
import { nextPeriodEnd } from './clock.mjs';
import { emit } from './events.mjs';
import { bare } from './expand.mjs';
import { collect, finalizeInvoice, itemLine, newInvoice, voidInvoice } from './invoices.mjs';
import { unusedTime } from './proration.mjs';
import { isScheduled } from './schedules.mjs';
import { setting } from './settings.mjs';

const HOURS_23 = 23 * 3600;

export const canPause = (sub) => !isScheduled(sub) && !isClassic(sub);

// `why` in Stripe's words; `invoice`: the one that was not paid, which can be paid still.
export function pauseSubscription(w, sub, why, invoice = null) {
	const before = bare(sub);
	Object.assign(sub, {
		status: 'paused', status_details: { paused: { subscription: { type: why }, transitioned_at: w.clock.now(), type: 'subscription' } }
	});
	sub.sandbox.unpaid = invoice?.id ?? null;
	if (invoice)
		invoice.next_payment_attempt = null;
	emit(w, 'customer.subscription.paused', sub, before);
}

// Somebody asked for it. What they have paid for and do not use is theirs, from this time on.
export function pauseOnRequest(w, sub, unusedFrom) {
	if (unusedFrom !== null)
		sub.sandbox.pendingLines.push(...sub.items.data.map((item) => unusedTime(w, sub, item, unusedFrom(item))));
	pauseSubscription(w, sub, 'pause_requested');
}

const fromNow = (w, sub) => {
	const now = w.clock.now();
	return sub.items.data.map((item) => ({ ...item, current_period_start: now, current_period_end: nextPeriodEnd(now, item.price.recurring, now) }));
};

function goOn(w, sub, items, status) {
	const before = bare(sub);
	Object.assign(sub, { status, billing_cycle_anchor: items[0].current_period_start, items: { ...sub.items, data: items } });
	delete sub.status_details;
	Object.assign(sub.sandbox, { resumption: null, unpaid: null });
	emit(w, 'customer.subscription.resumed', sub, before);
}

// A period begins now, and an invoice for it; it goes on once that is paid, or at once where nothing is due.
export function resumeSubscription(w, sub, behavior = 'resume_on_payment_attempt') {
	const items = fromNow(w, sub);
	const lines = [...sub.sandbox.pendingLines.splice(0).reverse(), ...items.map((item) => itemLine(w, sub, item))];
	const invoice = newInvoice(w, sub, lines, 'subscription_update');
	sub.latest_invoice = invoice.id;
	sub.sandbox.resumption = { invoice: invoice.id, items, behavior };
	finalizeInvoice(w, invoice);
	if (invoice.amount_due === 0 || behavior === 'resume_on_payment_success')
		goOnAfter(w, sub, invoice, collect(w, invoice, paymentMethodOf(w, sub)));
	return sub;
}

// An invoice of one that rests was tried: is that what it waits for?
export function goOnAfter(w, sub, invoice, outcome) {
	const { resumption, unpaid } = sub.sandbox;
	const paid = outcome === 'paid';
	if (invoice.id === resumption?.invoice && (paid || resumption.behavior === 'resume_on_payment_attempt'))
		goOn(w, sub, resumption.items, paid ? 'active' : 'past_due');
	else if (paid && invoice.id === unpaid && setting(w, 'resume_when_paid'))
		goOn(w, sub, fromNow(w, sub), 'active');
}

// Nobody has tried to pay it.
export function lapsesAt(w, sub) {
	const invoice = w.store.invoices.get(sub.sandbox.resumption?.invoice);
	return invoice?.status === 'open' && !invoice.attempted ? invoice.created + HOURS_23 : null;
}

export function lapse(w, sub) {
	voidInvoice(w, w.store.invoices.get(sub.sandbox.resumption.invoice));
	sub.sandbox.resumption = null;
}
