// SPDX-License-Identifier: MIT
//
// The idempotency keys of v2's events: for 72 hours the same key and request get the same answer, and no second event.
//
// Whether "the same request" means the same bytes is not said; here it does.

const LIVES_SECONDS = 72 * 3600;
const LONGEST = 255;

// `status`: null is that of a body which is not of the schema.
export class KeyRefused extends Error {
	constructor(status, code, message) {
		super(message);
		this.status = status;
		this.code = code;
	}
}

// From the header, the body, or both if they agree; null where there is none.
export function keyOf(...forms) {
	const given = forms.filter((key) => key !== undefined).map((key) => key.trim());
	for (const key of given)
		if (key === '' || key.length > LONGEST)
			throw new KeyRefused(null, 'VALIDATION_ERROR', `an idempotency key has 1 to ${LONGEST} characters`);
	if (new Set(given).size > 1)
		throw new KeyRefused(409, 'IDEMPOTENCY_KEY_CONFLICT', 'the header Idempotency-Key and idempotencyKey of the body differ');
	return given[0] ?? null;
}

// There is one tenant here, so the scope is the type of the event.
const nameOf = (type, key) => `${type} ${key}`;

// The answer of the first time, or null.
export function recall(w, type, key, raw) {
	const entry = key === null ? undefined : w.store.celloKeys.get(nameOf(type, key));
	if (!entry || entry.until <= w.clock.now())
		return null;
	if (entry.raw !== raw)
		throw new KeyRefused(409, 'IDEMPOTENCY_CONFLICT', 'this idempotency key was used with another body');
	return entry.answer;
}

export function keep(w, type, key, raw, answer) {
	if (key !== null)
		w.store.celloKeys.set(nameOf(type, key), { raw, answer, until: w.clock.now() + LIVES_SECONDS });
	return answer;
}
