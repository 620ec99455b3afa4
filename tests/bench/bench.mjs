// SPDX-License-Identifier: MIT
//
// See run. wrk speaks HTTP; what a request costs is read from /proc before and after.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRig, processes, run, start, stat, PASSWORD } from '../rig/rig.mjs';
import { makeEvent, sign } from '../rig/event.mjs';
import { signup } from '../rig/visitor.mjs';

const seconds = Number(process.argv[2] ?? 10);
const set = Object.fromEntries(process.argv.slice(3).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
const CONNECTIONS = 16;
const THREADS = 2;
const TICKS = Number((await run('getconf', ['CLK_TCK'])).trim());
const EVENTS_PER_SECOND = 12000;	// more than can be taken in: none is sent twice

const rig = await openRig({
	name: 'bench', set: { 'courier.processes': 0, 'server.log_level': 'warn', 'pool web.workers': 4, 'pool hook.workers': 4, 'pool web.max_requests': 10000000, ...set }
});
const visitor = await signup(rig);

const groups = {
	'endpind web': () => rig.workers('web'), 'endpind hook': () => rig.workers('hook'), 'endpind password': () => rig.workers('password'),
	nginx: () => [rig.web.pid, ...processes().filter((p) => p.parent === rig.web.pid).map((p) => p.pid)],
	PostgreSQL: () => processes().filter((p) => p.parent === rig.cluster.process.pid).map((p) => p.pid)
};

function ticks() {
	return Object.fromEntries(Object.entries(groups).map(([name, pids]) =>
		[name, new Map(pids().map((pid) => [pid, stat(pid)?.ticks ?? 0]))]));
}

const spent = (before, after) => [...after].reduce((sum, [pid, t]) => sum + t - (before.get(pid) ?? 0), 0);

// What endpind has asked of the database.
const asked = () => rig.value(`SELECT coalesce(sum(calls), 0)::int FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
	JOIN pg_roles r ON r.oid = s.userid WHERE d.datname = $1 AND r.rolname = 'endpin'`, [rig.database]);

async function measure(name, script, { warmUp = true } = {}) {
	const lua = join(rig.dir, 'wrk.lua');
	const wrk = (s) => run('wrk', [`-t${THREADS}`, `-c${CONNECTIONS}`, `-d${s}s`, '--latency', '-s', lua, rig.origin]);
	writeFileSync(lua, `${script}
done = function(summary, latency)
	local e = summary.errors
	io.write(string.format("result %d %d %d %d %d\\n", summary.requests, summary.duration,
		latency:percentile(50), latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
end
`);
	if (warmUp)
		await wrk(2);
	const before = ticks();
	const out = await wrk(seconds);
	const after = ticks();
	const [, requests, us, p50, p99, errors] = /^result (\d+) (\d+) (\d+) (\d+) (\d+)$/m.exec(out).map(Number);
	const cpu = Object.keys(groups).map((group) => [group, spent(before[group], after[group]) / TICKS * 1e6 / requests]);
	console.log(`${name.padEnd(10)} ${Math.round(requests / us * 1e6).toString().padStart(6)} requests/s   p50 ${(p50 / 1000).toFixed(2)} ms   p99 ${(p99 / 1000).toFixed(2)} ms   errors ${errors}`);
	console.log(`           CPU µs per request: ${cpu.filter(([, us]) => us >= 0.5).map(([group, us]) => `${group} ${us.toFixed(0)}`).join(', ')}`);
	return requests;
}

// With the server alone in the room: exactly so many statements for so many requests.
async function roundTrips(name, n, send) {
	await send();
	await rig.sql('SELECT pg_stat_statements_reset()');
	const before = await asked();
	for (let i = 0; i < n; i++)
		await send();
	const after = await asked();
	// BEGIN and COMMIT would be statements too.
	const each = (after - before) / n;
	console.log(`           ${name}: ${each} statement${each === 1 ? '' : 's'} a request, BEGIN and COMMIT included (${n} requests)`);
}

try {
	await rig.sql('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
	console.log(`${CONNECTIONS} connections, ${seconds} s each, nginx with 2 processes, endpind with ${rig.config['pool web.workers']} web and ${rig.config['pool hook.workers']} hook workers`);

	await measure('/livez', 'wrk.path = "/livez"');

	const cookie = visitor.cookie;
	await measure('token', `wrk.path = "/api/cello/token"\nwrk.headers["Cookie"] = "${cookie}"`);
	await roundTrips('token', 200, () => visitor.get('/api/cello/token'));

	// Made and signed beforehand, one file per thread, all of one length: reading is all that Lua does while it counts.
	const total = Math.ceil(EVENTS_PER_SECOND * seconds / THREADS);
	let length;
	for (let thread = 0; thread < THREADS; thread++) {
		const requests = [];
		for (let i = 0; i < total; i++) {
			const body = JSON.stringify(JSON.parse(makeEvent({ type: 'invoice.updated', object: { id: `in_${thread}${String(i).padStart(8, '0')}`, object: 'invoice' }, size: 2100 })));
			requests.push(`POST /webhooks/stripe HTTP/1.1\r\nHost: 127.0.0.1:${rig.port}\r\nContent-Type: application/json; charset=utf-8\r\n` +
				`Content-Length: ${Buffer.byteLength(body)}\r\nStripe-Signature: ${sign(rig.secrets.webhook, body)}\r\n\r\n${body}`);
		}
		({ length } = requests[0]);
		if (requests.some((r) => r.length !== length))
			throw new Error('requests of different lengths');
		writeFileSync(join(rig.dir, `requests${thread}`), requests.join(''), { mode: 0o644 });
	}
	console.log(`           ${total * THREADS} requests of ${length} bytes`);
	await measure('webhook', `
local threads = 0
function setup(thread)
	thread:set("number", threads)
	threads = threads + 1
end
function init(args)
	file = io.open("${rig.dir}/requests" .. number, "rb")
end
function request()
	local text = file:read(${length})
	if text == nil then
		wrk.thread:stop()
		return "GET /livez HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n\\r\\n"
	end
	return text
end
`, { warmUp: false });
	const { deliver } = await import('../rig/event.mjs');
	await roundTrips('webhook', 200, () => deliver(rig, makeEvent({ size: 2000 })));
	const kept = await rig.value('SELECT count(*)::int FROM stripe_event');
	console.log(`           ${kept} events kept`);
} finally {
	await rig.close();
}
