// SPDX-License-Identifier: MIT
//
// How many calls a second Stripe takes, all in all and by endpoint; whoever asks more is refused before anything else
// is looked at. In real seconds, for so wait those who ask.

import { StripeError } from './errors.mjs';
import { setting } from './settings.mjs';

const LIMITS = { none: null, sandbox: { all: 25, endpoint: 25 }, live: { all: 100, endpoint: 25 } };

// "GET customers :id": an id has a digit or a capital, a word of Stripe's has neither.
const endpointOf = (method, path) => [method, ...path.split('/').slice(2).map((part) => /[A-Z0-9]/.test(part) ? ':id' : part)].join(' ');

const refused = (reason) => Object.assign(new StripeError(429, {
	code: 'rate_limit', message: 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.'
}), { headers: { 'stripe-rate-limited-reason': reason } });

export function checkLimits(w, method, path) {
	const most = LIMITS[setting(w, 'rate_limits')];
	if (!most)
		return;
	const second = Math.floor(Date.now() / 1000);
	if (w.taken.second !== second)
		w.taken = { second, all: 0, by: new Map() };
	const endpoint = endpointOf(method, path);
	const by = w.taken.by.get(endpoint) ?? 0;
	if (w.taken.all >= most.all)
		throw refused('global-rate');
	if (by >= most.endpoint)
		throw refused('endpoint-rate');
	w.taken.all++;
	w.taken.by.set(endpoint, by + 1);
}
