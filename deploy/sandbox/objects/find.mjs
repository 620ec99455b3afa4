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
