// SPDX-License-Identifier: MIT
//
// /v1/events

import { exclusiveParams } from '../errors.mjs';
import { inRange, listOf } from '../list.mjs';
import { bool, list, PAGE, range, text } from '../params.mjs';
import { find } from './find.mjs';

const wanted = (p, type) => (!p.type || matches(p.type, type)) && (!p.types || p.types.some((t) => matches(t, type)));

// "invoice.*" is a type too.
const matches = (pattern, type) => pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;

export const ROUTES = {
	'GET /v1/events': {
		params: { ...PAGE, created: range, delivery_success: bool, type: text(), types: list(text(), 20) },
		check: (p) => {
			if (p.type !== undefined && p.types !== undefined)
				throw exclusiveParams('type', 'types');
		},
		run: (w, _, p) => listOf(w, [...w.store.events.values()].filter((o) => wanted(p, o.type) && inRange(o.created, p.created) &&
			(p.delivery_success === undefined || (o.pending_webhooks === 0) === p.delivery_success)), '/v1/events', p)
	},
	'GET /v1/events/:id': { run: (w, { id }) => find(w.store.events, id, 'event') }
};
