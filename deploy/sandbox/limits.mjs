// SPDX-License-Identifier: MIT
//
// How many calls a second Stripe takes, all in all and by endpoint; whoever asks more is refused before anything else
// is looked at. In real seconds, for so wait those who ask. And one write at a time to each object.

import { StripeError } from './errors.mjs';
import { setting } from './settings.mjs';

const LIMITS = { none: null, sandbox: { all: 25, endpoint: 25 }, live: { all: 100, endpoint: 25 } };

// "GET customers :id": an id has a digit or a capital, a word of Stripe's has neither.
const isId = (part) => /[A-Z0-9]/.test(part);
const endpointOf = (method, path) => [method, ...path.split('/').slice(2).map((part) => isId(part) ? ':id' : part)].join(' ');

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

// Who writes to an object has it alone until that is done, which is at once unless a fault delays it. → how it is given back.
export function lockObject(w, method, path) {
	const id = method === 'GET' ? undefined : path.split('/').slice(2).find(isId);
	if (id === undefined)
		return () => {};
	if (w.locked.has(id))
		throw new StripeError(429, { code: 'lock_timeout', message: 'This object cannot be accessed right now because another API request or ' +
			'Stripe process is currently accessing it. If you see this error intermittently, retry the request.' });
	w.locked.add(id);
	return () => w.locked.delete(id);
}
