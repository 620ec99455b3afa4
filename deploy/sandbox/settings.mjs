// SPDX-License-Identifier: MIT
//
// What an account chooses in its Dashboard, and which way is played where no page of Stripe's says what happens.

import { RENDERED } from './version.mjs';

// name → what it can be, the usual first
const SETTINGS = {
	// In which version events are born: that of an endpoint that names none, and of GET /v1/events.
	api_version: RENDERED,
	// How a refund begins that its card says nothing about. "insufficient_funds": the account has not got the money.
	refunds_begin: ['succeeded', 'processing', 'insufficient_funds', 'requires_action'],
	// Whether prices contain tax, have it added, or know of none.
	tax: ['none', 'exclusive', 'inclusive'],
	// In whose money people pay on the page (adaptive pricing); the account's books stay in the price's own.
	presentment: ['price', 'gbp', 'jpy'],
	// Whether a subscription that is cancelled by the flag has the time of its end too: both are seen.
	cancel_flag: ['with_time', 'alone'],
	// What becomes of a subscription whose renewal is not paid: when all attempts are over, or at the first of them.
	failed_renewals: ['cancel', 'unpaid', 'past_due', 'pause_at_last', 'pause_at_first'],
	// Whether one that was paused because of that goes on by itself once the invoice is paid.
	resume_when_paid: [true, false],
	// Seconds for which the invoice of a renewal is a draft; at Stripe it is an hour.
	renewal_draft: [0, 3600],
	// Seconds until the search for customers knows of a change.
	search_lag: [0, 60, 3600],
	// Whose limits of calls a second count: 25 of a sandbox, 100 of live mode and 25 of each endpoint, or none.
	rate_limits: ['none', 'sandbox', 'live'],
	// Whether a refund that failed or was canceled lowers the charge's `amount_refunded` again: no page says.
	failed_refund_lowers_charge: [true, false]
};

export class SettingError extends Error {}

// A table of settings. `usual` is what counts of a row until somebody says otherwise, `map` where that is kept, `wrong`
// what is wrong with a value, if anything is.
export function settingsOf(table, { usual, map, wrong }) {
	const get = (w, name) => map(w).get(name) ?? usual(w, table[name]);
	const all = (w) => Object.fromEntries(Object.keys(table).map((name) => [name, get(w, name)]));
	return {
		get, all,
		change(w, given) {
			for (const [name, value] of Object.entries(given)) {
				if (!Object.hasOwn(table, name))
					throw new SettingError(`no such setting: ${name}; there are ${Object.keys(table).join(', ')}`);
				const problem = wrong(table[name], value);
				if (problem)
					throw new SettingError(`${name} must be ${problem}`);
			}
			for (const [name, value] of Object.entries(given))
				map(w).set(name, value);
			return all(w);
		}
	};
}

export const oneOf = (values, value) => values.includes(value) ? null : `one of ${values.map((v) => JSON.stringify(v)).join(', ')}`;

export const { get: setting, all: allSettings, change: changeSettings } =
	settingsOf(SETTINGS, { usual: (_, [first]) => first, map: (w) => w.store.settings, wrong: oneOf });
