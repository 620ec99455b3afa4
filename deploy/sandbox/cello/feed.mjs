// SPDX-License-Identifier: MIT
//
// What Cello has been told, by Stripe's webhook or by its own API, with the verdicts of its event feed.

import { subscriptionOf } from '../billing.mjs';
import { newId } from '../ids.mjs';
import { byUcc } from './referrers.mjs';

const CODE = /^[0-9A-Za-z]{11}$/;

const moment = (w) => new Date(Date.now() + w.clock.offset * 1000).toISOString();

// What should be there, and is taken without.
export const recommend = ({ email }) => email ? [] : [{ field: 'email', problem: 'Recommended' }];

function verdictOf(w, row) {
	const issues = [];
	if (!CODE.test(row.ucc ?? ''))
		issues.push({ field: 'ucc', problem: 'Invalid' });
	else if (!byUcc(w, row.ucc))
		issues.push({ field: 'ucc', problem: 'Unknown' });
	if (!row.newUserId)
		issues.push({ field: 'newUserId', problem: 'Required' });
	if (issues.length > 0)
		return { status: 'Error', issues };
	const missing = recommend(row);
	return { status: missing.length > 0 ? 'Warning' : 'OK', issues: missing };
}

function note(w, map, prefix, row) {
	const id = newId(prefix, 12);
	map.set(id, { id, at: moment(w), ...row });
	return map.get(id);
}

// An event as it came through the API: which one, what of it was left out, and whether it changed nothing.
export const noteEvent = (w, row) => note(w, w.store.celloEvents, 'cev', row);

export const knownInvoice = (w, invoice) => [...w.store.purchases.values()].some((p) => p.invoice === invoice);

// --- Stripe's events ---

function attributionOf(customer) {
	const { cello_ucc: ucc, new_user_id: userId, new_user_organization_id: organizationId } = customer.metadata;
	return ucc === undefined ? null
		: { ucc, newUserId: userId ?? null, organizationId: organizationId ?? null, email: customer.email, customer: customer.id };
}

function signup(w, customer) {
	const who = attributionOf(customer);
	const known = [...w.store.signups.values()].some((s) => s.customer === customer.id && s.ucc === who?.ucc && s.newUserId === who?.newUserId);
	if (who && !known)
		note(w, w.store.signups, 'cel', { source: 'stripe', ...who, ...verdictOf(w, who) });
}

const HEARD = {
	'customer.created': signup,
	// Attribution by hand: the metadata are added later.
	'customer.updated': signup,
	'invoice.paid': (w, invoice) => {
		const who = attributionOf(w.store.customers.get(invoice.customer));
		if (who && invoice.amount_paid > 0)
			note(w, w.store.purchases, 'cel', {
				source: 'stripe', ...who, invoice: invoice.id, subscription: subscriptionOf(w, invoice)?.id ?? null,
				amount: invoice.amount_paid, currency: invoice.currency, ...verdictOf(w, who)
			});
	},
	'charge.refunded': (w, charge) => {
		const who = attributionOf(w.store.customers.get(charge.customer));
		if (who)
			note(w, w.store.celloRefunds, 'cel', { source: 'stripe', ...who, charge: charge.id, amountRefunded: charge.amount_refunded, currency: charge.currency });
	}
};

export function hear(w, event) {
	HEARD[event.type]?.(w, event.data.object);
}

// --- the API's ---

const MAPS = { 'new-signup': 'signups', 'demo-call-attended': 'demos', 'invoice-paid': 'purchases', 'charge-refunded': 'celloRefunds' };

// A purchase whose signup has not come yet is taken all the same, and told apart here.
const isEarly = (w, trigger, { ucc, newUserId }) => trigger === 'invoice-paid' &&
	![...w.store.signups.values()].some((s) => s.ucc === ucc && s.newUserId === newUserId);

export function report(w, trigger, row) {
	note(w, w.store[MAPS[trigger]], 'cel', { source: 'api', ...row, ...(isEarly(w, trigger, row) && { early: true }), ...verdictOf(w, row) });
}
