// SPDX-License-Identifier: MIT
//
// Stripe's lists: newest first, cursors that are ids of objects.  What a cursor names need not match the filter any
// more: an object that changes between two pages ends no list.

import { exclusiveParams, invalid, noSuch } from './errors.mjs';
import { render } from './expand.mjs';

export function inRange(value, wanted) {
	if (wanted === undefined)
		return true;
	if (typeof wanted === 'number')
		return value === wanted;
	return (wanted.gt === undefined || value > wanted.gt) && (wanted.gte === undefined || value >= wanted.gte) &&
		(wanted.lt === undefined || value < wanted.lt) && (wanted.lte === undefined || value <= wanted.lte);
}

function placeOf(all, id, param) {
	const at = all.findIndex((row) => row.id === id);
	if (at < 0)
		throw noSuch('object', id, param, 400);
	return at;
}

// `all` has the rows and what was filtered out, both newest first.
function pageOf(all, rows, p) {
	const limit = p.limit ?? 10;
	if (p.starting_after !== undefined && p.ending_before !== undefined)
		throw exclusiveParams('ending_before', 'starting_after');
	if (p.ending_before !== undefined) {
		const newer = new Set(all.slice(0, placeOf(all, p.ending_before, 'ending_before')));
		const end = rows.filter((row) => newer.has(row)).length;
		const from = Math.max(0, end - limit);
		return { data: rows.slice(from, end), has_more: from > 0 };
	}
	const passed = p.starting_after === undefined ? new Set()
		: new Set(all.slice(0, placeOf(all, p.starting_after, 'starting_after') + 1));
	const from = rows.filter((row) => passed.has(row)).length;
	return { data: rows.slice(from, from + limit), has_more: rows.length > from + limit };
}

// API v2: newest first, and the next page is an address.
export function pageV2(rows, url, p) {
	const from = p.page === undefined ? 0 : Number(p.page), to = from + (p.limit ?? 20);
	if (!Number.isInteger(from) || from < 0)
		throw invalid('Invalid page', 'page');
	return { data: rows.slice(from, to), next_page_url: to < rows.length ? `${url}?page=${to}` : null, previous_page_url: null };
}

// `objects` in order of creation; `all`: with those that the filter left out.
export function listOf(w, objects, url, p, all = objects) {
	const { data, has_more } = pageOf([...all].reverse(), [...objects].reverse(), p);
	const wanted = (p.expand ?? []).filter((path) => path.startsWith('data.')).map((path) => path.slice(5));
	return { object: 'list', url, has_more, data: data.map((o) => render(w, o, wanted)) };
}
