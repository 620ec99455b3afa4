// SPDX-License-Identifier: MIT
//
// Stripe's lists: newest first, cursors that are ids of objects.

import { exclusiveParams, noSuch } from './errors.mjs';
import { render } from './expand.mjs';

export function inRange(value, wanted) {
	if (wanted === undefined)
		return true;
	if (typeof wanted === 'number')
		return value === wanted;
	return (wanted.gt === undefined || value > wanted.gt) && (wanted.gte === undefined || value >= wanted.gte) &&
		(wanted.lt === undefined || value < wanted.lt) && (wanted.lte === undefined || value <= wanted.lte);
}

function cursor(rows, id, param) {
	const at = rows.findIndex((row) => row.id === id);
	if (at < 0)
		throw noSuch('object', id, param, 400);
	return at;
}

function pageOf(rows, p) {
	const limit = p.limit ?? 10;
	if (p.starting_after !== undefined && p.ending_before !== undefined)
		throw exclusiveParams('ending_before', 'starting_after');
	if (p.ending_before !== undefined) {
		const end = cursor(rows, p.ending_before, 'ending_before');
		const from = Math.max(0, end - limit);
		return { data: rows.slice(from, end), has_more: from > 0 };
	}
	const from = p.starting_after === undefined ? 0 : cursor(rows, p.starting_after, 'starting_after') + 1;
	return { data: rows.slice(from, from + limit), has_more: rows.length > from + limit };
}

// `objects` in order of creation.
export function listOf(w, objects, url, p) {
	const { data, has_more } = pageOf([...objects].reverse(), p);
	const wanted = (p.expand ?? []).filter((path) => path.startsWith('data.')).map((path) => path.slice(5));
	return { object: 'list', url, has_more, data: data.map((o) => render(w, o, wanted)) };
}
