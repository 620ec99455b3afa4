// SPDX-License-Identifier: MIT
//
// Bad days as buttons: what befalls Stripe, Cello and the events between them until somebody ends it, and what a
// person or a bank does to a subscription.

import { cancelFromPortal, endSubscription, isLive, keepSubscription, paymentMethodOf, periodEnd, subscriptionOf } from '../billing.mjs';
import { paidChargesOf } from '../payments.mjs';
import { moveDispute, openDispute } from '../disputes.mjs';
import { newRefund, refundable } from '../refunds.mjs';
import { setCard } from '../control.mjs';
import { advance } from '../timeline.mjs';
import { html } from './html.mjs';

const fault = (given) => ({
	begin: (w) => w.badDays.set(given.day, w.faults.add(given)),
	end: (w) => w.faults.remove(w.badDays.get(given.day)),
	goesOn: (w) => w.faults.list().some((f) => f.id === w.badDays.get(given.day))
});

const mode = (name, on, off, after = () => {}) => ({
	begin: (w) => { w.delivery.mode[name] = on; },
	end: (w) => {
		w.delivery.mode[name] = off;
		after(w);
	},
	goesOn: (w) => w.delivery.mode[name] === on
});

const DAYS = {
	'stripe-down': { what: 'Stripe is down', says: 'Every call is answered with 503.',
		...fault({ day: 'stripe-down', target: 'stripe', action: 'status', status: 503, times: -1 }) },
	'stripe-hangs': { what: 'Stripe does not answer', says: 'Every call is taken and hangs.',
		...fault({ day: 'stripe-hangs', target: 'stripe', action: 'hang', times: -1 }) },
	'stripe-slow': { what: 'Stripe is slow', says: 'Every call takes three seconds.',
		...fault({ day: 'stripe-slow', target: 'stripe', action: 'delay', ms: 3000, times: -1 }) },
	'stripe-key': { what: 'The key was revoked', says: 'Every call is answered with 401.',
		...fault({ day: 'stripe-key', target: 'stripe', action: 'status', status: 401, times: -1 }) },
	'cello-down': { what: 'Cello is down', says: 'Its API and its scripts are answered with 503.',
		...fault({ day: 'cello-down', target: 'cello', action: 'status', status: 503, times: -1 }) },
	'events-lost': { what: 'Events are lost', says: 'What happens now is told to nobody, Cello included; “endpin resync” finds it.',
		...mode('generate', false, true) },
	'events-late': { what: 'Events are late', says: 'They are held, and come all at once and in any order when this ends.',
		...mode('hold', true, false, (w) => { w.delivery.release({ order: 'shuffle' }); }) },
	'events-twice': { what: 'Events come twice', says: 'Each is delivered two times.', ...mode('duplicate', 2, 1) }
};

export const dayButtons = (w) => html`<ul class="days">${Object.entries(DAYS).map(([name, day]) => html`<li>
<form method="post" action="/day"><button name="${day.goesOn(w) ? 'end' : 'begin'}" value="${name}" class="${day.goesOn(w) ? 'on' : 'quiet'}"
aria-pressed="${day.goesOn(w) ? 'true' : 'false'}">${day.what}</button></form>
<span>${day.goesOn(w) ? html`<strong>Now.</strong> Press again to end it.` : day.says}</span></li>`)}</ul>`;

export function turnDay(w, given) {
	for (const act of ['begin', 'end'])
		if (Object.hasOwn(DAYS, given.get(act) ?? ''))
			DAYS[given.get(act)][act](w);
	return { location: '/#bad-days' };
}

const lastCharge = (w, sub) => [...w.store.invoices.values()].reverse()
	.filter((i) => subscriptionOf(w, i)?.id === sub.id).flatMap((i) => paidChargesOf(w, i))[0] ?? null;

const disputeOf = (w, charge) => [...w.store.disputes.values()].find((d) => d.charge === charge?.id && d.status === 'needs_response') ?? null;

const cardFails = (w, sub) => paymentMethodOf(w, sub)?.sandbox.number === '4000000000000341';

// What can be done to a subscription as it is now.
const ACTS = {
	decline: { label: 'Card will be declined', can: (w, s) => isLive(s) && !cardFails(w, s), run: (w, s) => setCard(w, { customer: s.customer, card: '4000000000000341' }),
		did: 'The next payment will be declined: let the period end to see it.' },
	pays: { label: 'Card pays again', can: (w, s) => isLive(s) && cardFails(w, s), run: (w, s) => setCard(w, { customer: s.customer, card: '4242424242424242' }),
		did: 'The card pays again; what is open is tried by and by: let some days go by.' },
	asks: { label: 'Bank will ask', can: (_, s) => isLive(s), run: (w, s) => setCard(w, { customer: s.customer, card: '4000002760003184' }),
		did: 'The bank will ask at the next payment: let the period end to see it.' },
	renew: { label: 'Let the period end', can: (_, s) => isLive(s), run: (w, s) => advance(w, Math.max(1, periodEnd(s) - w.clock.now() + 60)),
		did: 'The period has ended; the clock stands a minute after that.' },
	refund: { label: 'Refund the last payment', can: (w, s) => (lastCharge(w, s) && refundable(lastCharge(w, s)) > 0) && !lastCharge(w, s).disputed,
		run: (w, s) => newRefund(w, lastCharge(w, s), {}), did: 'The last payment was refunded.' },
	dispute: { label: 'Dispute the last payment', can: (w, s) => lastCharge(w, s) && !lastCharge(w, s).disputed && refundable(lastCharge(w, s)) > 0,
		run: (w, s) => openDispute(w, lastCharge(w, s), { reason: 'fraudulent' }), did: 'The last payment is disputed.' },
	won: { label: 'Dispute is won', can: (w, s) => disputeOf(w, lastCharge(w, s)), run: (w, s) => moveDispute(w, disputeOf(w, lastCharge(w, s)), 'won'), did: 'The dispute was won.' },
	lost: { label: 'Dispute is lost', can: (w, s) => disputeOf(w, lastCharge(w, s)), run: (w, s) => moveDispute(w, disputeOf(w, lastCharge(w, s)), 'lost'), did: 'The dispute was lost.' },
	cancel: { label: 'Cancel at its end', can: (_, s) => isLive(s) && !s.cancel_at && !s.cancel_at_period_end, run: cancelFromPortal, did: 'It ends with its period.' },
	resume: { label: 'Do not cancel', can: (_, s) => isLive(s) && (s.cancel_at || s.cancel_at_period_end), run: keepSubscription, did: 'It goes on.' },
	end: { label: 'Cancel now', can: (_, s) => isLive(s), run: (w, s) => endSubscription(w, s, { reason: 'cancellation_requested', endedAt: w.clock.now() }), did: 'It has ended.' }
};

export const subscriptionButtons = (w, sub) => html`<form method="post" action="/subscription/${sub.id}" class="row small">
${Object.entries(ACTS).filter(([, act]) => act.can(w, sub)).map(([name, act]) => html`<button class="quiet" name="do" value="${name}">${act.label}</button>`)}</form>`;

export function actOn(w, id, given) {
	const sub = w.store.subscriptions.get(id), act = ACTS[given.get('do')];
	// Somebody else may have been quicker: the page that comes says what can be done now.
	const can = sub && act && act.can(w, sub);
	if (can)
		act.run(w, sub);
	return { location: `/?said=${encodeURIComponent(can ? act.did : 'That cannot be done any more.')}#subscriptions` };
}
