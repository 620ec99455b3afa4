// SPDX-License-Identifier: MIT
//
// /v1/events

import { DAY } from '../clock.mjs';
import { exclusiveParams } from '../errors.mjs';
import { inRange, listOf } from '../list.mjs';
import { bool, list, PAGE, range, text } from '../params.mjs';
import { find } from './find.mjs';

const HISTORY = 30 * DAY;

// Older ones are not there any more for anybody.
const isOver = (w, event) => event.sandbox?.at < w.clock.now() - HISTORY;

export const remembered = (w, map) => [...map.values()].filter((event) => !isOver(w, event));

export function findRemembered(w, map, id) {
	const found = map.get(id);
	return found && !isOver(w, found) ? found : find(new Map(), id, 'event');
}

// Of the two only `type` knows "invoice.*".
const matches = (pattern, type) => pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;

const wanted = (p, type) => (!p.type || matches(p.type, type)) && (!p.types || p.types.includes(type));

export const ROUTES = {
	'GET /v1/events': {
		params: { ...PAGE, created: range, delivery_success: bool, type: text(), types: list(text(), 20) },
		check: (p) => {
			if (p.type !== undefined && p.types !== undefined)
				throw exclusiveParams('type', 'types');
		},
		run: (w, _, p) => {
			const all = remembered(w, w.store.events);
			return listOf(w, all.filter((o) => wanted(p, o.type) && inRange(o.created, p.created) &&
				(p.delivery_success === undefined || (o.pending_webhooks === 0) === p.delivery_success)), '/v1/events', p, all);
		}
	},
	'GET /v1/events/:id': { run: (w, { id }) => findRemembered(w, w.store.events, id) }
};
