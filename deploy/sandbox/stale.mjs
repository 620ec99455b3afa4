// SPDX-License-Identifier: MIT
//
// A read that is answered by a copy which lags: what an object was before its last change that an event told.

import { isDeepStrictEqual } from 'node:util';
import { bare } from './expand.mjs';
import { noSuch } from './errors.mjs';

// Of a list each object lags.
export function before(w, now) {
	if (now.object === 'list' || now.object === 'search_result')
		return { ...now, data: now.data.map((o) => earlier(w, o)).filter(Boolean) };
	const found = earlier(w, now);
	if (!found)
		throw noSuch(now.object.replaceAll('_', ' '), now.id, 'id');
	return found;
}

// null: there was nothing yet. Of an object that no event has told of nothing is known, so it is told as it is.
function earlier(w, now) {
	const told = [...w.store.events.values()].reverse().map((event) => event.data.object).filter((o) => o.id === now.id);
	return told.length === 0 ? now : told.find((o) => !isDeepStrictEqual(o, bare(now))) ?? null;
}
