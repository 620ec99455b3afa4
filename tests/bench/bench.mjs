// SPDX-License-Identifier: MIT
//
// usage: node bench.mjs SECONDS [section.option=value...]
//
// The three hot paths of one build.

import { deliver, makeEvent } from '../rig/event.mjs';
import { openEndpin } from './contender.mjs';
import { CONNECTIONS } from './load.mjs';
import { lineOf, measure, perEvent } from './figures.mjs';
import { memory } from './cost.mjs';
import { PATHS } from './requests.mjs';

const [seconds, ...pairs] = process.argv.slice(2);
const set = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));

// With the server alone in the room: exactly so many statements for so many requests.
async function statements(c, name, n, send) {
	const asked = () => c.sql(`SELECT coalesce(sum(calls), 0)::int AS n FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
		JOIN pg_roles r ON r.oid = s.userid WHERE d.datname = current_database() AND r.rolname = 'endpin'`);
	await send();
	const [before] = await asked();
	for (let i = 0; i < n; i++)
		await send();
	const [after] = await asked();
	// BEGIN and COMMIT would be statements too.
	console.log(`${name.padEnd(22)} ${(after.n - before.n) / n} statements a request that comes alone, BEGIN and COMMIT included`);
}

const c = await openEndpin('bench', { set });
try {
	console.log(`${CONNECTIONS} connections, ${seconds} s each, nginx with 2 processes, endpind with ` +
		`${c.rig.workers('web').length} web and ${c.rig.workers('hook').length} hook workers`);
	for (const path of Object.keys(PATHS))
		console.log(lineOf(path, await measure(c, path, { seconds: Number(seconds) })));
	await statements(c, 'token', 200, () => c.visitor.get('/api/cello/token'));
	await statements(c, 'webhook', 200, () => deliver(c.rig, makeEvent({ size: 2000 })));
	console.log(await perEvent(c, Number(seconds)));
	console.log(`memory of all of endpin's processes: ${(memory(c.app()) / 1e6).toFixed(1)} MB`);
} finally {
	await c.rig.close();
}
