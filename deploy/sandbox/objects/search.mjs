// SPDX-License-Identifier: MIT
//
// Stripe's search language, as far as customers need it: clauses joined by AND.
//
//	email:'a@b.c'   name~'part'   metadata['key']:'value'   -metadata['key']:null

import { invalid } from '../errors.mjs';

const CLAUSE = /^\s*(-?)(email|name|phone|metadata\[(?:'([^']*)'|"([^"]*)")\])\s*(:|~)\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(null))\s*/;

export function matcher(query) {
	const tests = [];
	let rest = query;
	while (rest !== '') {
		const m = CLAUSE.exec(rest);
		if (!m)
			throw invalid(`We were unable to parse your search query at: ${rest}`, 'query');
		const [whole, minus, field, key1, key2, op, single, double, nothing] = m;
		const wanted = nothing ? null : (single ?? double).replaceAll(/\\(.)/g, '$1');
		const key = key1 ?? key2;
		const read = key !== undefined ? (c) => c.metadata[key] ?? null : (c) => c[field] ?? null;
		const hit = op === '~'
			? (v) => v !== null && v.toLowerCase().includes(wanted.toLowerCase())
			: (v) => v === wanted || (wanted === null && v !== null);
		// `:null` asks whether there is a value; -metadata['k']:null finds those without.
		tests.push((c) => hit(read(c)) !== (minus === '-'));
		rest = rest.slice(whole.length).replace(/^AND\s+/i, '');
	}
	return (c) => tests.every((test) => test(c));
}
