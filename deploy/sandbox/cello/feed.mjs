// SPDX-License-Identifier: MIT
//
// What Cello has been told, by Stripe's webhook or by its own API, with the verdicts of its event feed.

import { newId } from '../ids.mjs';
import { campaign } from './campaign.mjs';
import { byUcc } from './referrers.mjs';

const CODE = /^[0-9A-Za-z]{11}$/;

// With milliseconds, which the clock has not.
export const moment = (w) => new Date(Date.now() + w.clock.offset * 1000).toISOString();

// When something was noted, by the sandbox's clock.
export const secondsOf = ({ at }) => Math.floor(Date.parse(at) / 1000);

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

const MAPS = { 'new-signup': 'signups', 'demo-call-attended': 'demos', 'invoice-paid': 'purchases', 'charge-refunded': 'celloRefunds' };

// A purchase whose signup has not come yet is taken all the same, and told apart here.
const isEarly = (w, trigger, { ucc, subject }) => trigger === 'invoice-paid' &&
	![...w.store.signups.values()].some((s) => s.ucc === ucc && s.subject === subject);

// `row` is {source: "api" | "stripe", ucc, subject, newUserId, organizationId, email, …}; of money {amount, currency,
// invoice}.  The subject is who was brought: the user, or the organization.
export function report(w, trigger, row) {
	return note(w, w.store[MAPS[trigger]], 'cel', { ...row, revision: campaign(w).revision, ...(isEarly(w, trigger, row) && { early: true }), ...verdictOf(w, row) });
}
