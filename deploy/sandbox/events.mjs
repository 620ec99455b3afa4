// SPDX-License-Identifier: MIT
//
// Making events out of a change: the snapshot, its thin twin, and the finer thin ones.

import { isDeepStrictEqual } from 'node:util';
import { realNow } from './clock.mjs';
import { destinations } from './destinations.mjs';
import { tellEntitlements } from './entitlements.mjs';
import { bare } from './expand.mjs';
import { newId } from './ids.mjs';
import { setting } from './settings.mjs';
import { finerOf, newThin, relatedObject, twinOf } from './thin.mjs';

export const isHash = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);

// What the changed fields held before. A hash that changed is told by its changed keys, an array whole.
export function previousOf(before, after) {
	const old = {};
	for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
		if (isDeepStrictEqual(before[name], after[name]))
			continue;
		old[name] = isHash(before[name]) && isHash(after[name])
			? previousOf(before[name], after[name]) : before[name] ?? null;
	}
	return old;
}

function newSnapshot(w, type, object, before) {
	return {
		id: newId('evt'), object: 'event', api_version: setting(w, 'api_version'), created: realNow(),
		data: before ? { object, previous_attributes: previousOf(before, object) } : { object }, livemode: false,
		pending_webhooks: 0, request: w.request ?? { id: null, idempotency_key: null }, type, sandbox: { at: w.clock.now() }
	};
}

export function tell(w, event) {
	const { events, thin_events } = w.store;
	(event.object === 'event' ? events : thin_events).set(event.id, event);
	w.delivery.take(event);
}

// Thin ones are made only where somebody listens for them.
const anyThin = (w) => destinations(w).some((d) => d.event_payload === 'thin');

// `before` is a bare copy of the object as it was, for the types that tell what changed.  An event that is not
// generated is lost: nobody can ask for it either, but Stripe may say later that it was (recover).
export function emit(w, type, stored, before) {
	const object = bare(stored);
	if (!w.delivery.mode.generate) {
		w.lost.push({ type, object: { id: object.id, object: object.object } });
		return;
	}
	// Stripe may make two events of one change.
	for (let i = 0; i < w.delivery.mode.twins + 1; i++) {
		const event = newSnapshot(w, type, structuredClone(object), before);
		tell(w, event);
		if (anyThin(w))
			for (const thin of [...twinOf(w, type, object, event.id), ...finerOf(w, type, object, before)])
				tell(w, thin);
	}
	if (object.object === 'subscription')
		tellEntitlements(w, object.customer);
}

// Change an object and tell of it, if it did change.
export function change(w, type, stored, fields) {
	const before = bare(stored);
	Object.assign(stored, fields);
	if (!isDeepStrictEqual(before, bare(stored)))
		emit(w, type, stored, before);
	return stored;
}

// An event for each that was not generated.  It names none of them itself: whoever has it asks for its data.
export function recover(w) {
	return w.lost.splice(0).map(({ type, object }) => {
		const thin = newThin(w, 'v2.core.health.event_generation_failure.resolved', null, { data: {
			alert_id: newId('alrt', 16), grouping_key: newId('grp', 16), resolved_at: new Date().toISOString(), severity: 'critical',
			impact: { event: type, related_object: relatedObject(object) }
		} });
		tell(w, thin);
		return thin.id;
	});
}

// The same event as if it had happened to another account, of which we know nothing.
export function tellOfAccount(w, { account, like }) {
	const object = { ...structuredClone(like.data.object), id: newId(like.data.object.id.split('_')[0]) };
	const event = { ...newSnapshot(w, like.type, object), account };
	tell(w, event);
	for (const thin of anyThin(w) ? twinOf(w, like.type, object, event.id) : [])
		tell(w, { ...thin, context: account });
	return event.id;
}

// Of the invoice that a subscription will have there is no object yet, so it has no id.
export function tellUpcoming(w, sub) {
	const { id, ...invoice } = bare(w.store.invoices.get(sub.latest_invoice));
	emit(w, 'invoice.upcoming', { ...invoice, billing_reason: 'upcoming', number: null, status: 'draft' });
}
