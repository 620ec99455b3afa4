// SPDX-License-Identifier: MIT
//
// /v1/entitlements/features, /v1/entitlements/active_entitlements and /v1/products/:id/features

import { activeOf, tellEntitlements } from '../entitlements.mjs';
import { invalid } from '../errors.mjs';
import { newId } from '../ids.mjs';
import { listOf } from '../list.mjs';
import { applyMetadata, metadata, must, PAGE, text } from '../params.mjs';
import { checkFilters, find, findParam } from './find.mjs';

function createFeature(w, { name, lookup_key: key, metadata: meta }) {
	if ([...w.store.features.values()].some((o) => o.lookup_key === key))
		throw invalid(`A Feature with the lookup_key ${key} already exists.`, 'lookup_key');
	const feature = { id: newId('feat_test', 24), object: 'entitlements.feature', active: true, livemode: false, lookup_key: key,
		metadata: applyMetadata({}, meta), name };
	w.store.features.set(feature.id, feature);
	return feature;
}

// Who has the product has the feature from now on.
function attach(w, product, id) {
	const feature = findParam(w.store.features, id, 'feature', 'entitlement_feature');
	const attached = { id: newId('prodft'), object: 'product_feature', entitlement_feature: structuredClone(feature), livemode: false,
		sandbox: { product: product.id } };
	w.store.product_features.set(attached.id, attached);
	for (const customer of new Set([...w.store.subscriptions.values()].map((sub) => sub.customer)))
		tellEntitlements(w, customer);
	return attached;
}

export const ROUTES = {
	'POST /v1/entitlements/features': {
		params: { lookup_key: must(text(80)), metadata, name: must(text(80)) },
		run: (w, _, p) => createFeature(w, p)
	},
	'GET /v1/entitlements/features': {
		params: { ...PAGE, lookup_key: text() },
		run: (w, _, p) => listOf(w, [...w.store.features.values()].filter((o) => !p.lookup_key || o.lookup_key === p.lookup_key),
			'/v1/entitlements/features', p)
	},
	'POST /v1/products/:id/features': {
		params: { entitlement_feature: must(text()) },
		run: (w, { id }, p) => attach(w, find(w.store.products, id, 'product'), p.entitlement_feature)
	},
	'GET /v1/entitlements/active_entitlements': {
		params: { ...PAGE, customer: must(text()) },
		run: (w, _, p) => {
			checkFilters(w, p);
			return listOf(w, activeOf(w, p.customer), `/v1/entitlements/active_entitlements?customer=${p.customer}`, p);
		}
	}
};
