// SPDX-License-Identifier: MIT
//
// doc/openapi.yaml against the table that "endpin routes" prints: the same routes, the same duties, for the same
// people, with the statuses that the row makes possible and no others of that kind.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../rig/process.mjs';
import { SOURCE, theStage } from '../rig/stage.mjs';

let stage, table, written;

before(async () => {
	stage = await theStage();
	const [, ...rows] = (await run(join(stage.bin, 'endpin'), ['routes'])).trimEnd().split('\n');
	table = new Map(rows.map((row) => {
		const [method, path, duty, entry, body, most, , limit] = row.trim().split(/\s+/);
		return [`${method} ${path}`, { duty, entry, body, most: Number(most), limit: limit.replace(/:$/, '') }];
	}));
	written = readDocument(readFileSync(join(SOURCE, 'doc', 'openapi.yaml'), 'utf8'));
});
after(() => stage?.leave());

// The document is written so that lines and their indentation are enough.
function readDocument(text) {
	const routes = new Map(), anchors = new Map();
	let path, route, inPaths = false;
	for (const line of text.split('\n')) {
		let m;
		if (/^\S/.test(line))
			inPaths = line === 'paths:';
		if (!inPaths)
			continue;
		if ((m = /^ {2}(\/\S*):$/.exec(line)))
			path = m[1];
		else if ((m = /^ {4}(get|post):(?: ([&*])(\w+))?$/.exec(line))) {
			route = m[2] === '*' ? anchors.get(m[3]) : { statuses: new Set(), body: null };
			assert.ok(route, `${line.trim()} names nothing`);
			if (m[2] === '&')
				anchors.set(m[3], route);
			assert.ok(!routes.has(`${m[1].toUpperCase()} ${path}`), `${path} is there twice`);
			routes.set(`${m[1].toUpperCase()} ${path}`, route);
		} else if ((m = /^ {6}x-duty: (\w+)$/.exec(line)))
			route.duty = m[1];
		else if ((m = /^ {6}x-limit: (\w+)$/.exec(line)))
			route.limit = m[1];
		else if ((m = /^ {6}security: (.*)$/.exec(line)))
			route.security = m[1];
		else if ((m = /^ {8}required: (true|false)$/.exec(line)))
			route.body = m[1] === 'true' ? 'required' : 'optional';
		else if ((m = /^ {8}'(\d{3})':/.exec(line)))
			route.statuses.add(Number(m[1]));
	}
	return routes;
}

const SECURITY = { anyone: '[]', visitor: '[{}, { session: [] }]', member: '[{ session: [] }]', program: '[{ key: [] }]' };
const BODY = { none: null, empty: 'optional', json: 'required', raw: 'required' };

// These two have a proof of their own, which their handlers check.
const OWN_SECURITY = { 'POST /webhooks/stripe': '[{ stripe: [] }]', 'POST /webhooks/cello': '[{ rewards: [] }]', 'GET /auth': SECURITY.visitor };

// What http/enforce.c may answer to this row before a handler runs, apart from what it may answer to every row.
function refusals({ entry, body, limit }) {
	return new Set([
		...(body === 'none' ? [] : [400, 413]),
		...(body === 'json' || body === 'empty' ? [403, 415] : []),
		...(entry === 'member' || entry === 'program' ? [401] : []),
		...(limit === 'none' ? [] : [429]),
		// The database has to be asked who it is.
		...(entry === 'anyone' ? [] : [503])
	]);
}

test('the document has the routes of the program, and no others', () => {
	assert.deepEqual([...written.keys()].sort(), [...table.keys()].sort());
});

test('each route is the duty that the document says, and has its limit', () => {
	for (const [name, row] of table) {
		assert.equal(written.get(name).duty, row.duty, name);
		assert.equal(written.get(name).limit, row.limit, name);
	}
});

test('who may come in, and with what, is said of each route', () => {
	for (const [name, row] of table) {
		assert.equal(written.get(name).security, OWN_SECURITY[name] ?? SECURITY[row.entry], name);
		assert.equal(written.get(name).body, BODY[row.body], name);
		assert.equal(row.most > 0, row.body !== 'none', `${name} takes ${row.most} bytes`);
	}
});

test('each status that a row makes possible is said of its route', (t) => {
	let count = 0;
	for (const [name, row] of table) {
		const { statuses } = written.get(name);
		for (const status of refusals(row)) {
			assert.ok(statuses.has(status), `${name}: ${status} is missing`);
			count++;
		}
		assert.ok([...statuses].some((s) => s < 400), `${name}: how does it go well?`);
	}
	t.diagnostic(`${count} refusals of ${table.size} routes`);
});

test('no status is said that a row makes impossible', () => {
	for (const [name, row] of table) {
		const { statuses } = written.get(name);
		const possible = refusals(row);
		for (const status of name === 'POST /webhooks/cello' ? [413, 415] : [413, 415, 429])
			assert.equal(statuses.has(status), possible.has(status), `${name}: ${status}`);
		// A key may be for something else, whatever it asks.
		if (row.body === 'none' && name !== 'GET /auth' && !name.includes(' /api/server/'))
			assert.ok(!statuses.has(403), `${name}: 403 of a route that changes nothing`);
	}
});
