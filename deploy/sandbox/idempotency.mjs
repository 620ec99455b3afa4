// SPDX-License-Identifier: MIT
//
// Idempotency keys, as Stripe's API v1 treats them.
//
// A key is claimed when execution begins, so what validation refused leaves no trace. The first answer is then
// repeated for as long as the key lives, whatever it was, also a 500.

import { createHash } from 'node:crypto';
import { StripeError } from './errors.mjs';
import { DAY } from './clock.mjs';

const LONGEST = 255;

export function checkKey(key) {
	if (key.length > LONGEST)
		throw new StripeError(400, {
			type: 'idempotency_error',
			message: `Idempotency keys can be at most ${LONGEST} characters long.`
		});
}

// Two requests are the same if they say the same to the same place.
export const fingerprint = (method, path, body) =>
	createHash('sha256').update(`${method}\0${path}\0${body}`).digest('hex');

function prune(w) {
	for (const [key, entry] of w.store.idempotency)
		if (entry.status !== null && w.clock.now() - entry.created > DAY)
			w.store.idempotency.delete(key);
		else
			break;		// oldest first
}

// The stored answer, or null where there is none yet.
export function recall(w, key, print) {
	prune(w);
	const entry = w.store.idempotency.get(key);
	if (!entry)
		return null;
	if (entry.print !== print)
		throw new StripeError(400, {
			type: 'idempotency_error',
			message: 'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
				`Try using a key other than '${key}' if you meant to execute a different request.`
		});
	if (entry.status === null)
		throw new StripeError(409, {
			type: 'idempotency_error', code: 'idempotency_key_in_use',
			message: 'There is currently another in-progress request using this Idempotent Key (that probably means you ' +
				'submitted twice, and the other request is still going through): ' + key
		});
	return entry;
}

export function claim(w, key, print) {
	w.store.idempotency.set(key, { print, status: null, body: null, created: w.clock.now() });
}

export function keep(w, key, status, body) {
	const entry = w.store.idempotency.get(key);
	if (entry)
		Object.assign(entry, { status, body });
}

// A process that died in the middle of an execution will not finish it.
export function forgetUnfinished(w) {
	for (const [key, entry] of w.store.idempotency)
		if (entry.status === null)
			w.store.idempotency.delete(key);
}
