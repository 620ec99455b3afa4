// SPDX-License-Identifier: MIT
//
// See run. wrk speaks HTTP; what a request costs is read from /proc before and after.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRig, processes, run, start, stat, PASSWORD } from '../rig/rig.mjs';
import { makeEvent, sign } from '../rig/event.mjs';
import { signup } from '../rig/visitor.mjs';

const seconds = Number(process.argv[2] ?? 10);
const CONNECTIONS = 16;
const THREADS = 2;
const TICKS = Number((await run('getconf', ['CLK_TCK'])).trim());
const EVENTS_PER_SECOND = 12000;	// more than can be taken in: none is sent twice

const rig = await openRig({
	name: 'bench', set: { 'courier.processes': 0, 'server.log_level': 'warn', 'pool web.workers': 4, 'pool hook.workers': 4, 'pool web.max_requests': 10000000 }
});
const visitor = await signup(rig);

const groups = {
	'endpind web': () => rig.workers('web'), 'endpind hook': () => rig.workers('hook'), 'endpind slow': () => rig.workers('slow'),
	nginx: () => [rig.web.pid, ...processes().filter((p) => p.parent === rig.web.pid).map((p) => p.pid)],
	PostgreSQL: () => processes().filter((p) => p.parent === rig.cluster.process.pid).map((p) => p.pid)
};

function ticks() {
	return Object.fromEntries(Object.entries(groups).map(([name, pids]) =>
		[name, new Map(pids().map((pid) => [pid, stat(pid)?.ticks ?? 0]))]));
}

const spent = (before, after) => [...after].reduce((sum, [pid, t]) => sum + t - (before.get(pid) ?? 0), 0);

// pg_stat_statements counts what the database was asked; transactions come from pg_stat_database.
async function asked() {
	const calls = await rig.value("SELECT coalesce(sum(calls), 0)::int FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid JOIN pg_roles r ON r.oid = s.userid WHERE d.datname = $1 AND r.rolname = 'endpin'", [rig.database]);
	const [{ commits }] = await rig.sql('SELECT xact_commit::int AS commits FROM pg_stat_database WHERE datname = $1', [rig.database]);
	return { calls, commits };
}

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
	console.log(`           ${name}: ${(after.calls - before.calls) / n} statements a request (${n} requests)`);
}

try {
	await rig.sql('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
	console.log(`${CONNECTIONS} connections, ${seconds} s each, nginx with 2 processes, endpind with 4 workers per pool`);

	await measure('/livez', 'wrk.path = "/livez"');

	const cookie = visitor.cookie;
	await measure('token', `wrk.path = "/api/cello/token"\nwrk.headers["Cookie"] = "${cookie}"`);
	await roundTrips('token', 200, () => visitor.get('/api/cello/token'));

	// Signed beforehand: signing in Lua would be measured too.
	const file = join(rig.dir, 'events');
	const total = Math.ceil(EVENTS_PER_SECOND * seconds);
	const lines = [];
	for (let i = 0; i < total; i++) {
		const body = JSON.stringify(JSON.parse(makeEvent({ type: 'invoice.updated', object: { id: `in_${i}`, object: 'invoice' }, size: 2100 })));
		lines.push(`${sign(rig.secrets.webhook, body)}\t${body}`);
	}
	writeFileSync(file, lines.join('\n') + '\n', { mode: 0o644 });
	console.log(`           ${total} events of ${lines[0].length} bytes`);
	await measure('webhook', `
local threads = 0
function setup(thread)
	thread:set("number", threads)
	threads = threads + 1
end
function init(args)
	lines = io.lines("${file}")
	skip = number
	for i = 1, skip do lines() end
end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json; charset=utf-8"
function request()
	local line = lines()
	if line == nil then
		wrk.thread:stop()
		return wrk.format("GET", "/livez")
	end
	for i = 2, ${THREADS} do lines() end
	local tab = line:find("\\t", 1, true)
	wrk.headers["Stripe-Signature"] = line:sub(1, tab - 1)
	return wrk.format(nil, "/webhooks/stripe", nil, line:sub(tab + 1))
end
`, { warmUp: false });
	const { deliver } = await import('../rig/event.mjs');
	await roundTrips('webhook', 200, () => deliver(rig, makeEvent({ size: 2000 })));
	const kept = await rig.value('SELECT count(*)::int FROM stripe_event');
	console.log(`           ${kept} events kept`);
} finally {
	await rig.close();
}
