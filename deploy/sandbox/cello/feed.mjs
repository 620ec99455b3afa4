// SPDX-License-Identifier: MIT
//
// Signups and purchases as Cello learns them from Stripe's events: customer.created counts as the signup,
// invoice.paid as the purchase. The verdicts are those of Cello's event feed.

import { subscriptionOf } from '../billing.mjs';
import { newId } from '../ids.mjs';
import { byUcc } from './referrers.mjs';

const CODE = /^[0-9A-Za-z]{11}$/;

function verdictOf(w, { ucc, newUserId, email }) {
	const issues = [];
	if (!CODE.test(ucc ?? ''))
		issues.push({ field: 'ucc', problem: 'Invalid' });
	else if (!byUcc(w, ucc))
		issues.push({ field: 'ucc', problem: 'Unknown' });
	if (!newUserId)
		issues.push({ field: 'newUserId', problem: 'Required' });
	if (issues.length > 0)
		return { status: 'Error', issues };
	return email ? { status: 'OK', issues } : { status: 'Warning', issues: [{ field: 'email', problem: 'Recommended' }] };
}

function attributionOf(customer) {
	const { cello_ucc: ucc, new_user_id: userId, new_user_organization_id: organizationId } = customer.metadata;
	return ucc === undefined ? null
		: { ucc, newUserId: userId ?? null, organizationId: organizationId ?? null, email: customer.email, customer: customer.id };
}

function note(map, row) {
	const id = newId('cel', 12);
	map.set(id, { id, at: new Date().toISOString(), ...row });
}

function signup(w, customer) {
	const who = attributionOf(customer);
	const known = [...w.store.signups.values()].some((s) => s.customer === customer.id && s.ucc === who?.ucc && s.newUserId === who?.newUserId);
	if (who && !known)
		note(w.store.signups, { source: 'stripe', ...who, ...verdictOf(w, who) });
}

const HEARD = {
	'customer.created': signup,
	// Attribution by hand: the metadata are added later.
	'customer.updated': signup,
	'invoice.paid': (w, invoice) => {
		const who = attributionOf(w.store.customers.get(invoice.customer));
		if (who && invoice.amount_paid > 0)
			note(w.store.purchases, {
				source: 'stripe', ...who, invoice: invoice.id, subscription: subscriptionOf(w, invoice)?.id ?? null,
				amount: invoice.amount_paid, currency: invoice.currency, ...verdictOf(w, who)
			});
	},
	'charge.refunded': (w, charge) => {
		const who = attributionOf(w.store.customers.get(charge.customer));
		if (who)
			note(w.store.celloRefunds, { source: 'stripe', ...who, charge: charge.id, amountRefunded: charge.amount_refunded, currency: charge.currency });
	}
};

export function hear(w, event) {
	HEARD[event.type]?.(w, event.data.object);
}

// The same facts, told by the application itself through POST /events.
export function report(w, { trigger, timestamp, ...row }) {
	const map = { 'new-signup': w.store.signups, 'invoice-paid': w.store.purchases, 'charge-refunded': w.store.celloRefunds }[trigger];
	if (map)
		note(map, { source: 'api', reportedAt: timestamp, ...row, ...verdictOf(w, row) });
}
