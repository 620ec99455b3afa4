// SPDX-License-Identifier: MIT
//
// Test mode and live mode: a key is of one, and so is all that it makes; an id of the other mode is unknown to it.

import { StripeError } from './errors.mjs';

export const isLiveKey = (key) => /^[sr]k_live_/.test(key);

// What is stored does not say it; what is told does.
export const write = (w, value) => JSON.stringify(value, (name, v) => name === 'livemode' ? w.live : v, 2);

const has = (w, id) => Object.values(w.store).some((map) => map instanceof Map && map.has(id));

// Stripe gives away that there is such an object, and keeps code and parameter.
export function hintAtOtherMode(w, e) {
	const [, id] = /^No such .*'(.*)'$/.exec(e.message) ?? [];
	if (e.fields.code !== 'resource_missing' || !w.otherMode || !has(w.otherMode, id))
		return e;
	const [here, there] = w.live ? ['live', 'test'] : ['test', 'live'];
	return new StripeError(e.status, {
		...e.fields, message: `${e.message}; a similar object exists in ${there} mode, but a ${here} mode key was used to make this request.`
	});
}
