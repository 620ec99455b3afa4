// SPDX-License-Identifier: MIT
//
// /v2/core/events

import { bare } from '../expand.mjs';
import { pageV2 } from '../list.mjs';
import { int, list, text } from '../params.mjs';
import { findRemembered, remembered } from './events.mjs';

// The event itself says more than what was delivered.
const whole = (thin) => thin.sandbox.data === undefined ? bare(thin) : { ...bare(thin), data: structuredClone(thin.sandbox.data) };

const wanted = (p, thin) => (!p.object_id || thin.related_object?.id === p.object_id) && (!p.types || p.types.includes(thin.type));

export const ROUTES = {
	'GET /v2/core/events': {
		params: { limit: int(1, 100), object_id: text(), page: text(), types: list(text(), 20) },
		run: (w, _, p) => pageV2(remembered(w, w.store.thin_events).filter((thin) => wanted(p, thin)).reverse().map(whole), '/v2/core/events', p)
	},
	'GET /v2/core/events/:id': { run: (w, { id }) => whole(findRemembered(w, w.store.thin_events, id)) }
};
