// SPDX-License-Identifier: MIT
//
// Stripe's form encoding: a[b][0][c]=v and a[]=v.

import { invalid } from './errors.mjs';

const MOST_PAIRS = 2000;
const DEEPEST = 8;

function unescape(text) {
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		throw invalid('Invalid request: the body is not valid percent-encoding.');
	}
}

function pathOf(key) {
	const m = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(key);
	if (!m)
		throw invalid(`Invalid request: cannot parse the parameter name ${key}`, key);
	const path = [m[1], ...[...m[2].matchAll(/\[([^[\]]*)\]/g)].map((s) => s[1])];
	if (path.length > DEEPEST)
		throw invalid(`Invalid request: ${key} is nested too deeply`, key);
	return path;
}

function put(root, path, key, value) {
	let at = root;
	for (const [i, segment] of path.entries()) {
		const name = segment === '' ? String(Object.keys(at).length) : segment;
		if (i === path.length - 1) {
			if (typeof at[name] === 'object')
				throw invalid(`Invalid request: ${key} is both a value and a hash`, key);
			at[name] = value;
			return;
		}
		at[name] ??= Object.create(null);
		if (typeof at[name] !== 'object')
			throw invalid(`Invalid request: ${key} is both a value and a hash`, key);
		at = at[name];
	}
}

// Arrays come out as objects with the keys "0", "1", …: only the schema knows which ones are arrays.
export function decodeForm(text) {
	const root = Object.create(null);
	const pairs = text === '' ? [] : text.split('&');
	if (pairs.length > MOST_PAIRS)
		throw invalid('Invalid request: too many parameters');
	for (const pair of pairs) {
		if (pair === '')
			continue;
		const eq = pair.indexOf('=');
		const key = unescape(eq < 0 ? pair : pair.slice(0, eq));
		put(root, pathOf(key), key, eq < 0 ? '' : unescape(pair.slice(eq + 1)));
	}
	return root;
}
