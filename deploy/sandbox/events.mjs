// SPDX-License-Identifier: MIT
//
// Making an event out of a change.

import { isDeepStrictEqual } from 'node:util';
import { realNow } from './clock.mjs';
import { bare } from './expand.mjs';
import { newId } from './ids.mjs';
import { API_VERSION } from './version.mjs';

const isHash = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);

// What the changed fields held before. A hash that changed is told by its changed keys, an array whole.
function previousOf(before, after) {
	const old = {};
	for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
		if (isDeepStrictEqual(before[name], after[name]))
			continue;
		old[name] = isHash(before[name]) && isHash(after[name])
			? previousOf(before[name], after[name]) : before[name] ?? null;
	}
	return old;
}

// `before` is a bare copy of the object as it was, for the types that tell what changed.  An event that is not
// generated is lost for good: nobody can ask for it either.
export function emit(w, type, stored, before) {
	if (!w.delivery.mode.generate)
		return null;
	const object = bare(stored);
	const data = before ? { object, previous_attributes: previousOf(before, object) } : { object };
	const event = {
		id: newId('evt'), object: 'event', api_version: API_VERSION, created: realNow(), data, livemode: false,
		pending_webhooks: 0, request: w.request ?? { id: null, idempotency_key: null }, type
	};
	w.store.events.set(event.id, event);
	w.delivery.take(event);
	w.cello.hear(event);
	return event;
}

// Change an object and tell of it, if it did change.
export function change(w, type, stored, fields) {
	const before = bare(stored);
	Object.assign(stored, fields);
	if (!isDeepStrictEqual(before, bare(stored)))
		emit(w, type, stored, before);
	return stored;
}
