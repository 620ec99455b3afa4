// SPDX-License-Identifier: MIT
//
// Looking an object up, or saying in Stripe's words that it is not there.

import { noSuch } from '../errors.mjs';

// Named in the path: 404.
export function find(map, id, what, param = 'id') {
	const found = map.get(id);
	if (!found)
		throw noSuch(what, id, param);
	return found;
}

// Named by a parameter: 400. One that was deleted cannot be used any more.
export function findParam(map, id, what, param) {
	const found = map.get(id);
	if (!found || found.deleted)
		throw noSuch(what, id, param, 400);
	return found;
}

// A list that is asked for by an object that is not there is refused, not empty.
export function checkFilters(w, p) {
	for (const [name, map] of [['customer', w.store.customers], ['price', w.store.prices], ['subscription', w.store.subscriptions]])
		if (p[name] !== undefined && !map.has(p[name]))
			throw noSuch(name, p[name], name, 400);
}
