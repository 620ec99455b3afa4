// SPDX-License-Identifier: MIT
//
// C12: the primary dies, or freezes, and its follower is promoted. Whoever asks meanwhile is told to come again, nobody's
// acknowledged work is lost, and workers neither exit nor stick to a server that can only be read.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { deliver, makeEvent } from '../rig/event.mjs';
import { children, freePort, openRig, waitFor, PASSWORD, POOLED, SLOW } from '../rig/rig.mjs';
import { signup } from '../rig/visitor.mjs';

const POOLS = ['hook', 'password', 'stripe', 'web'];
const PACE_MS = 50;
let rig, member, order;
const servers = {};	// a and b

const ways = (...names) => `${names.map(() => '127.0.0.1').join()} port=${names.map((n) => servers[n].port).join()} target_session_attrs=read-write`;

before(async () => {
	if (POOLED)
		return;
	rig = await openRig({
		// Two hosts and an isolation are more than a line of the configuration holds.
		name: 'failover', isolation: null, ownCluster: true, clusterPort: await freePort(), sandbox: false, set: { 'courier.processes': 1 },
		between: async (r) => {
			servers.a = r.cluster;
			servers.b = await r.cluster.follower(join(r.dir, 'pg-b'), await freePort());
			return ways('a', 'b');
		}
	});
	member = await signup(rig);
});
after(async () => {
	await rig?.close();
	for (const s of Object.values(servers).filter((c) => c !== rig?.cluster))
		await s.stop('SIGQUIT');
});

const workers = () => POOLS.map((pool) => rig.workers(pool).sort().join());

// Who asks again and again at each door, what it was told, and when.
function visitors() {
	const kept = new Set(), seen = [];
	let stop = false;
	const doors = {
		web: async () => member.get('/api/session'),
		hook: async () => {
			const body = makeEvent();
			const answer = await deliver(rig, body);
			if (answer.status === 200)
				kept.add(JSON.parse(body).id);
			return answer;
		},
		password: async () => rig.client().post('/api/login', { email: member.email, password: PASSWORD })
	};
	const running = Promise.all(Object.entries(doors).map(async ([door, ask]) => {
		while (!stop) {
			const began = Date.now();
			const { status, headers, text } = await ask();
			seen.push({ door, status, ms: Date.now() - began, at: Date.now(), again: headers['retry-after'], text });
			await new Promise((done) => setTimeout(done, PACE_MS));
		}
	}));
	return { kept, seen, end: async () => {
		stop = true;
		await running;
	} };
}

const wellAgain = (seen, at) => waitFor('all doors to be open', () =>
	['web', 'hook', 'password'].every((door) => seen.some((s) => s.door === door && s.status === 200 && s.at - s.ms >= at)), 30000);

// From `at` on: when each door was open again, in ms.
const openAfter = (seen, at) => Math.max(...['web', 'hook', 'password'].map((door) =>
	seen.find((s) => s.door === door && s.status === 200 && s.at >= at).at - at));

function toldWell(seen, most) {
	const refused = seen.filter((s) => s.status !== 200);
	for (const s of refused) {
		assert.equal(s.status, 503, `${s.door}: ${s.text}`);
		assert.match(s.again, /^\d+$/);
		assert.ok(s.ms <= most * SLOW, `${s.door}: ${s.ms} ms`);
	}
	return refused.length;
}

async function nothingLost(kept) {
	const there = new Set((await rig.sql('SELECT id FROM stripe_event')).map((r) => r.id));
	assert.deepEqual([...kept].filter((id) => !there.has(id)), []);
}

test('C12: the primary dies and its follower is promoted', { skip: POOLED }, async (t) => {
	const before = workers(), v = visitors();
	await waitFor('some events', () => v.kept.size >= 10);
	await rig.cluster.stop('SIGQUIT');
	await waitFor('everybody to be told', () => POOLS.slice(0, 2).every((door) => v.seen.some((s) => s.door === door && s.status === 503)));
	await servers.b.promote();
	const promoted = Date.now();
	rig.cluster = servers.b;
	rig.forgetConnection();
	await wellAgain(v.seen, promoted);
	await v.end();
	const ms = openAfter(v.seen, promoted), refused = toldWell(v.seen, 3000);
	assert.deepEqual(workers(), before);
	await nothingLost(v.kept);
	assert.ok(ms <= 5000 * SLOW, `${ms} ms`);
	t.diagnostic(`C12: ${refused} were told to come again, all within ${Math.max(...v.seen.map((s) => s.ms))} ms; open ${ms} ms after the promotion ` +
		`(figure: 5000), ${v.kept.size} acknowledged events, 0 lost (figure: 0)`);
});

test('C12: the old primary comes back and can only be read: nobody sticks to it', { skip: POOLED }, async () => {
	await servers.a.start({ default_transaction_read_only: 'on' });
	// Those who know nothing of what was ask the old one first.
	for (const pool of POOLS)
		for (const pid of rig.workers(pool))
			process.kill(pid, 'SIGKILL');
	await waitFor('new workers', () => workers().every((pids, i) => pids.split(',').length === rig.config[`pool ${POOLS[i]}.workers`]));
	const v = visitors();
	await wellAgain(v.seen, Date.now());
	await waitFor('some events', () => v.kept.size >= 10);
	await v.end();
	const [first] = v.seen;
	assert.deepEqual(v.seen.filter((s) => s.status !== 200), [], JSON.stringify(first));
	const sql = await servers.a.connect('postgres');
	// Whoever has just looked at it is about to leave.
	await waitFor('nobody to be there', async () => (await sql.query("SELECT FROM pg_stat_activity WHERE usename = 'endpin'")).rowCount === 0);
	await sql.end();
});

test('whoever holds a connection to a machine that is gone finds out while nobody waits', { skip: POOLED }, async () => {
	// In /proc/net/tcp: timer 02 asks whether the other end is there, in so many hundredths of a second.
	const port = servers.b.port.toString(16).toUpperCase().padStart(4, '0');
	const timers = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1).map((line) => line.trim().split(/\s+/))
		.filter(([, , remote, state]) => remote?.endsWith(`:${port}`) && state === '01').map((f) => f[5].split(':'));
	assert.ok(timers.length > 0);
	for (const [kind, ticks] of timers)
		assert.ok(kind !== '02' || parseInt(ticks, 16) <= 1000, `${kind} ${ticks}`);
	assert.ok(timers.some(([kind]) => kind === '02'));
});

test('C12: the primary freezes and its follower is promoted', { skip: POOLED }, async (t) => {
	await servers.a.stop('SIGQUIT');
	servers.a = await servers.b.follower(join(rig.dir, 'pg-c'), servers.a.port);
	rig.configure({ 'database.conninfo': rig.config['database.conninfo'].replace(/^host=.* dbname/, `host=${ways('b', 'a')} dbname`) });
	await rig.reload();
	const before = workers(), v = visitors();
	await waitFor('some events', () => v.kept.size >= 10);

	const { pid } = servers.b.process;
	process.kill(pid, 'SIGSTOP');
	const frozen = children(pid).map((c) => c.pid);
	for (const one of frozen)
		process.kill(one, 'SIGSTOP');
	try {
		const froze = Date.now();
		await servers.a.promote();
		rig.cluster = servers.a;
		rig.forgetConnection();
		const promoted = Date.now();
		await wellAgain(v.seen, promoted);
		await v.end();
		const ms = openAfter(v.seen, promoted);
		// The statement's own time, and no more than one look at the frozen one.
		const refused = toldWell(v.seen, 9000);
		assert.deepEqual(workers(), before);
		await nothingLost(v.kept);
		assert.ok(ms <= 9000 * SLOW, `${ms} ms`);
		t.diagnostic(`C12: frozen: promoted after ${promoted - froze} ms, ${refused} told to come again; open ${ms} ms after that (figure: 9000), ${v.kept.size} events, 0 lost`);
	} finally {
		for (const one of [pid, ...frozen])
			process.kill(one, 'SIGCONT');
	}
});
