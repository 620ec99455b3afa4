// SPDX-License-Identifier: MIT
//
// Who may use what: the features of the products that a customer's running subscriptions have, and telling when that
// has changed.

import { createHash } from 'node:crypto';
import { emit } from './events.mjs';

const RUNNING = ['active', 'past_due', 'trialing'];

// The same feature of the same customer is the same entitlement, however often it is worked out.
function entitlement(customer, feature) {
	const id = createHash('sha256').update(`${customer} ${feature.id}`).digest('hex').slice(0, 24);
	return { id: `ent_${id}`, object: 'entitlements.active_entitlement', feature: feature.id, livemode: false, lookup_key: feature.lookup_key };
}

export function activeOf(w, customer) {
	const products = new Set();
	for (const sub of w.store.subscriptions.values())
		if (sub.customer === customer && RUNNING.includes(sub.status))
			for (const item of sub.items.data)
				products.add(item.price.product);
	const features = new Set([...w.store.product_features.values()].filter((o) => products.has(o.sandbox.product)).map((o) => o.entitlement_feature.id));
	return [...w.store.features.values()].filter((feature) => features.has(feature.id)).map((feature) => entitlement(customer, feature));
}

// After whatever may have changed it. The summary has no id of its own.
export function tellEntitlements(w, customer) {
	const data = activeOf(w, customer);
	const keys = data.map((o) => o.lookup_key).join(' ');
	if ((w.store.entitled.get(customer) ?? '') === keys)
		return;
	w.store.entitled.set(customer, keys);
	emit(w, 'entitlements.active_entitlement_summary.updated', {
		object: 'entitlements.active_entitlement_summary', customer, livemode: false,
		entitlements: { object: 'list', data, has_more: false, url: `/v1/entitlements/active_entitlements?customer=${customer}` }
	});
}
