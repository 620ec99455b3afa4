// SPDX-License-Identifier: MIT
//
// What Cello makes of Stripe's ten events: customer.created is a signup, invoice.paid a purchase, charge.refunded takes
// back.  It has nothing but what the events showed, in whatever order they came.

import { DAY } from '../clock.mjs';
import { count } from './counts.mjs';
import { knownInvoice, report } from './feed.mjs';

// A transaction that is sent once more, after its customer was attributed by hand, is imported if it is younger.
const IMPORTED_SECONDS = 30 * DAY;

const customerOf = (w, id) => w.store.celloCustomers.get(id) ?? null;

function attributionOf({ id, email, metadata }) {
	const { cello_ucc: ucc, new_user_id: userId, new_user_organization_id: organizationId } = metadata;
	return ucc === undefined ? null : {
		source: 'stripe', ucc, subject: organizationId ?? userId ?? null, newUserId: userId ?? null, organizationId: organizationId ?? null, email,
		customer: id
	};
}

// Where the code was found in a cookie, the address joins what is paid to who was brought.
function guessed(w, { id, email }) {
	const signup = email && [...w.store.signups.values()].find((s) => s.source === 'auto' && s.email === email);
	return signup ? { source: 'stripe', ucc: signup.ucc, subject: signup.subject, newUserId: signup.newUserId, organizationId: null, email, customer: id } : null;
}

const knownSignup = (w, who) => [...w.store.signups.values()].some((s) =>
	s.customer === who.customer && s.ucc === who.ucc && s.subject === who.subject);

// Events of a customer of whom nothing was heard yet: they come in any order.
function hold(w, id, event) {
	w.store.celloHeld.set(id, [...w.store.celloHeld.get(id) ?? [], event]);
	return 'held until its customer is told of';
}

function release(w, id) {
	const held = w.store.celloHeld.get(id) ?? [];
	w.store.celloHeld.delete(id);
	for (const event of held)
		understand(w, event);
}

function customer(w, { id, email, metadata }) {
	w.store.celloCustomers.set(id, { ...customerOf(w, id), id, email, metadata });
	const who = attributionOf({ id, email, metadata });
	const isNew = who && !knownSignup(w, who);
	if (isNew)
		report(w, 'new-signup', who);
	release(w, id);
	return isNew ? 'a signup' : who ? 'heard before' : 'nobody brought them';
}

// What happens to money is attributed as its customer is now: metadata that come later change nothing of it.
function ofCustomer(w, event, { told, then }) {
	const object = event.data.object, known = customerOf(w, object.customer);
	if (!known)
		return hold(w, object.customer, event);
	if (told(w, object))
		return 'heard before';
	const who = attributionOf(known) ?? guessed(w, known);
	if (!who) {
		if (event.type === 'invoice.paid')
			known.passed = [...known.passed ?? [], object.id];
		return 'its customer has no cello_ucc';
	}
	return then(w, who, object, known);
}

const purchase = (w, event) => ofCustomer(w, event, {
	told: (_, { id }) => knownInvoice(w, id),
	then: (_, who, invoice, { passed }) => {
		const paidAt = invoice.status_transitions.paid_at;
		if (passed?.includes(invoice.id) && paidAt < w.clock.now() - IMPORTED_SECONDS)
			return 'older than 30 days';
		report(w, 'invoice-paid', {
			...who, occurredAt: new Date(paidAt * 1000).toISOString(), invoice: invoice.id, subscription: invoice.parent?.subscription_details?.subscription ?? null,
			amount: invoice.amount_paid, currency: invoice.currency
		});
		return 'a purchase';
	}
});

// Of a charge its sum so far is told, so the highest counts; `charge.updated` may say that it went down again.
const refundOf = (w, charge) => [...w.store.celloRefunds.values()].find((r) => r.charge === charge.id) ?? null;

const refund = (w, event) => ofCustomer(w, event, {
	told: (_, charge) => (refundOf(w, charge)?.amount ?? 0) >= charge.amount_refunded,
	then: (_, who, charge) => {
		const known = refundOf(w, charge);
		if (known)
			known.amount = charge.amount_refunded;
		else
			report(w, 'charge-refunded', { ...who, charge: charge.id, amount: charge.amount_refunded, currency: charge.currency });
		return 'a refund';
	}
});

function chargeUpdated(w, { data: { object: charge, previous_attributes: before } }) {
	const known = refundOf(w, charge);
	if (known && (before?.amount_refunded ?? 0) > charge.amount_refunded)
		known.amount = charge.amount_refunded;
	return 'a charge';
}

const subscription = () => 'a subscription';

const MEANS = {
	'customer.created': (w, { data }) => customerOf(w, data.object.id) ? 'heard before' : customer(w, data.object),
	// Attribution by hand: the metadata are added later.
	'customer.updated': (w, { data }) => customer(w, data.object),
	'customer.deleted': () => 'a customer that is no more',
	'customer.subscription.created': subscription,
	'customer.subscription.updated': subscription,
	'customer.subscription.deleted': subscription,
	'invoice.paid': purchase,
	'charge.succeeded': () => 'a charge',
	'charge.updated': chargeUpdated,
	'charge.refunded': refund
};

export const TEN = Object.keys(MEANS);

// What came of each is counted, in a few words.
export function understand(w, event) {
	const came = Object.hasOwn(MEANS, event.type) ? MEANS[event.type](w, event) : 'not one of the ten';
	count(w.store.celloOutcomes, came);
}
