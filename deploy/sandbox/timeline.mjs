// SPDX-License-Identifier: MIT
//
// What falls due when, and moving time so that all of it happens, in order.

import { endDraft, endSubscription, firstPeriodEnd, isLive, renew, trialWarningAt, warnOfTrialEnd } from './billing.mjs';
import { tellRewards } from './cello/reward_hook.mjs';
import { dropPending } from './changing.mjs';
import { expireSession } from './checkout.mjs';
import { expireIncomplete, expiresAt, giveUpWaiting, hearOfDebit, retryInvoice } from './dunning.mjs';
import { nextOf } from './schedules.mjs';
import { givenUpAt, overdueAt, tellOverdue } from './invoices.mjs';
import { lapse, lapsesAt } from './pausing.mjs';
import { settlesAt } from './payments.mjs';
import { settleRefund } from './refunds.mjs';

function dueOfSubscription(w, sub) {
	if (!isLive(sub))
		return [];
	const due = [];
	const warning = trialWarningAt(sub);
	if (warning !== null)
		due.push([warning, () => warnOfTrialEnd(w, sub)]);
	if (sub.pending_update)
		due.push([sub.pending_update.expires_at, () => dropPending(w, sub)]);
	const lapsing = lapsesAt(w, sub);
	if (lapsing !== null)
		due.push([lapsing, () => lapse(w, sub)]);
	const expiring = expiresAt(sub);
	if (expiring !== null)
		due.push([expiring, () => expireIncomplete(w, sub)]);
	const end = firstPeriodEnd(sub);
	const stop = sub.cancel_at ?? (sub.cancel_at_period_end ? end : null);
	// One that is to end does not renew at the same moment.
	if (stop !== null && stop <= end)
		due.push([stop, () => endSubscription(w, sub, { reason: 'cancellation_requested', endedAt: stop })]);
	else if (sub.status !== 'paused')
		due.push([end, () => renew(w, sub)]);
	return due;
}

const dueOfInvoice = (w, invoice) => [
	[invoice.status === 'draft' && !invoice.deleted ? invoice.automatically_finalizes_at : null, () => endDraft(w, invoice)],
	[invoice.status === 'open' ? invoice.next_payment_attempt : null, () => retryInvoice(w, invoice)],
	[givenUpAt(invoice), () => giveUpWaiting(w, invoice)],
	[overdueAt(invoice), () => tellOverdue(w, invoice)]
].filter(([at]) => at !== null);

// The earliest thing that is due at `until` or before.
function nextDue(w, until) {
	let best = null;
	const offer = (at, run) => {
		if (at <= until && (best === null || at < best.at))
			best = { at, run };
	};
	// Before what falls due of the subscription at the same moment: the next phase is what is renewed.
	for (const schedule of w.store.schedules.values()) {
		const next = nextOf(w, schedule);
		if (next)
			offer(...next);
	}
	for (const sub of w.store.subscriptions.values())
		for (const [at, run] of dueOfSubscription(w, sub))
			offer(at, run);
	for (const invoice of w.store.invoices.values())
		for (const [at, run] of dueOfInvoice(w, invoice))
			offer(at, run);
	for (const pi of w.store.payment_intents.values())
		if (settlesAt(pi) !== null)
			offer(settlesAt(pi), () => hearOfDebit(w, pi));
	for (const session of w.store.sessions.values())
		if (session.status === 'open')
			offer(session.expires_at, () => expireSession(w, session));
	for (const refund of w.store.refunds.values())
		if (refund.sandbox.settlesAt !== null)
			offer(refund.sandbox.settlesAt, () => settleRefund(w, refund, refund.sandbox.settlesAs));
	return best;
}

// Do what has come due. Returns how many things that was.
export function catchUp(w, until = w.clock.now()) {
	let n = 0;
	for (let due = nextDue(w, until); due; due = nextDue(w, until)) {
		w.clock.at(due.at, due.run);
		n++;
	}
	tellRewards(w);
	if (n > 0)
		w.store.changed(w.clock);
	return n;
}

export function advance(w, seconds) {
	const to = w.clock.now() + seconds;
	const n = catchUp(w, to);
	w.clock.moveTo(to);
	tellRewards(w);
	w.store.changed(w.clock);
	return n;
}
