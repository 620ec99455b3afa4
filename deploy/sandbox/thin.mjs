// SPDX-License-Identifier: MIT
//
// Thin events: that something happened to an object, and where to read it.  Most are twins of a snapshot; the finer ones
// are told by nothing else.

import { isDeepStrictEqual } from 'node:util';
import { newId } from './ids.mjs';
import { THIN } from './event_names.mjs';

const PATH_OF = {
	charge: '/v1/charges', 'checkout.session': '/v1/checkout/sessions', coupon: '/v1/coupons', credit_note: '/v1/credit_notes',
	customer: '/v1/customers', dispute: '/v1/disputes', invoice: '/v1/invoices', invoice_payment: '/v1/invoice_payments',
	payment_intent: '/v1/payment_intents', payment_method: '/v1/payment_methods', price: '/v1/prices', product: '/v1/products',
	promotion_code: '/v1/promotion_codes', refund: '/v1/refunds', subscription: '/v1/subscriptions',
	subscription_schedule: '/v1/subscription_schedules', 'v2.core.event_destination': '/v2/core/event_destinations'
};

// What has no id, such as the invoice that is to come, is related to nothing.
export function relatedObject({ id, object }) {
	return id === undefined || PATH_OF[object] === undefined ? null : { id, type: object, url: `${PATH_OF[object]}/${id}` };
}

// `data` is told only to whoever asks for the event itself.
export function newThin(w, type, object, { snapshot, data } = {}) {
	const thin = {
		id: newId('evt_test', 30), object: 'v2.core.event', type, created: new Date().toISOString(), livemode: false,
		reason: w.request?.id ? { type: 'request', request: w.request } : null, related_object: object ? relatedObject(object) : null,
		sandbox: { at: w.clock.now(), data }
	};
	if (snapshot !== undefined)
		thin.snapshot_event = snapshot;
	return thin;
}

export function twinOf(w, type, object, snapshot) {
	return THIN.has(`v1.${type}`) ? [newThin(w, `v1.${type}`, object, { snapshot })] : [];
}

const byId = (items) => new Map(items.data.map((item) => [item.id, item]));

function itemChanges(before, after) {
	const old = byId(before.items), now = byId(after.items);
	const kept = [...now.values()].filter((item) => old.has(item.id));
	return [
		[...now.keys()].some((id) => !old.has(id)) && 'item_added',
		[...old.keys()].some((id) => !now.has(id)) && 'item_removed',
		kept.some((item) => item.price.id !== old.get(item.id).price.id) && 'item_price_changed',
		kept.some((item) => item.quantity !== old.get(item.id).quantity) && 'item_quantity_changed'
	];
}

const STATUSES = ['active', 'incomplete', 'incomplete_expired', 'past_due', 'trialing', 'unpaid'];

// What a subscription's change is besides "updated"; without `before` it is new.
function finerNames(before, after) {
	const names = STATUSES.includes(after.status) && before?.status !== after.status ? [after.status] : [];
	if (!before)
		return names;
	if (!isDeepStrictEqual(before.cancel_at, after.cancel_at))
		names.push('cancel_at_changed');
	return [...names, ...itemChanges(before, after).filter(Boolean)];
}

export function finerOf(w, type, object, before) {
	if (type !== 'customer.subscription.created' && type !== 'customer.subscription.updated')
		return [];
	return finerNames(before, object).map((name) => newThin(w, `v1.customer.subscription.${name}`, object));
}
