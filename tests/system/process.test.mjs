// SPDX-License-Identifier: MIT
//
// A1 A4 A5 A6 A10 A14 A19: processes are replaced, stop and reload without refusing anybody.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openFiles, openRig, processes, run, start, stat, waitFor, LESS, SLOW } from '../rig/rig.mjs';
import { hammer } from '../rig/load.mjs';
import { customerOf, signup } from '../rig/visitor.mjs';
import { configText, POOLS } from '../rig/config.mjs';

const LONG = process.env.ENDPIN_LONG === '1';
const SIZES = { hook: 2, password: 3, stripe: 12, web: 2, courier: 2 };
let rig;

before(async () => {
	rig = await openRig({ name: 'process', set: { 'pool password.workers': SIZES.password, 'pool stripe.workers': SIZES.stripe, 'server.stop_timeout': 15, 'stripe.timeout': 12 } });
});
after(() => rig?.close());

test('A1: a killed worker is replaced within a second, the pool has its exact size', async (t) => {
	let slowest = 0, killed = 0;
	for (const [pool, size] of Object.entries(SIZES)) {
		await waitFor(`${size} × ${pool}`, () => rig.workers(pool).length === size);
		for (const pid of rig.workers(pool).slice(0, LONG ? 100 : 3)) {
			const began = Date.now();
			process.kill(pid, 'SIGKILL');
			await waitFor('its replacement', () => {
				const now = rig.workers(pool);
				assert.ok(now.length <= size, `${now.length} of ${size}`);
				return now.length === size && !now.includes(pid);
			});
			slowest = Math.max(slowest, Date.now() - began);
			killed++;
		}
	}
	assert.deepEqual(rig.processes().filter((p) => p.state === 'Z'), []);
	assert.ok(slowest <= 1000 * SLOW, `${slowest} ms`);
	t.diagnostic(`A1: ${killed} kills, slowest replacement ${slowest} ms (figure: 1000)`);
});

test('A10: the sockets are closed to others', async (t) => {
	for (const pool of POOLS)
		assert.equal((statSync(rig.socket(pool)).mode & 0o777).toString(8), '660', pool);
	if (process.getuid() !== 0)
		return t.skip('only root can pretend to be somebody else');
	// Somebody else is stopped by the file's mode; root passes that, and is then refused by name.
	const script = `require('net').connect(${JSON.stringify(rig.socket('web'))}, () => process.exit(7)).on('error', (e) => process.exit(e.code === 'EACCES' ? 3 : 4))`;
	assert.equal(spawnSync(process.execPath, ['-e', script], { uid: 33, gid: 33, cwd: '/' }).status, 3);
	const answered = await new Promise((resolve) => {
		// BEGIN_REQUEST and empty PARAMS and STDIN: a request as short as can be.
		const socket = connect(rig.socket('web'), () => socket.write(Buffer.from('0101000100080000' + '0001000000000000' + '0104000100000000' + '0105000100000000', 'hex')));
		let bytes = 0;
		socket.on('data', (d) => bytes += d.length).on('close', () => resolve(bytes)).on('error', () => resolve(0));
	});
	assert.equal(answered, 0, 'root got an answer');
	t.diagnostic('A10: mode 0660, another user EACCES, a user who is not a peer 0 bytes (figure: refused)');
});

test('A10: a socket that others could reach is not opened', async () => {
	for (const listen of ['0.0.0.0:19999', '10.0.0.1:19999', '[::]:19999', 'relative.sock']) {
		const conf = join(rig.dir, 'bad.conf');
		writeFileSync(conf, configText({ ...rig.config, 'pool web.listen': listen }));
		await assert.rejects(run(join(rig.stage.bin, 'endpind'), ['-c', conf]), (e) => e.code === 2 || e.code === 1, listen);
	}
});

test('A18: root is refused', async (t) => {
	if (process.getuid() !== 0)
		return t.skip('not root');
	const out = spawnSync(join(rig.stage.bin, 'endpind'), ['-c', rig.conf], { cwd: '/', encoding: 'utf8' });
	assert.notEqual(out.status, 0);
	assert.match(out.stdout + out.stderr, /root/);
});

test('A19: each process has the descriptors that it needs and no others', async (t) => {
	// The first statement opens the connection: everybody has to have had one.
	const agent = new http.Agent();
	await Promise.all(Array.from({ length: 30 }, () => rig.client({ agent }).get('/api/session', { headers: { cookie: `endpin=${'A'.repeat(43)}` } })));
	const show = (pid) => openFiles(pid).map((link) => link.replace(/\[\d+\]/, '')).sort();
	const sockets = (pid) => show(pid).filter((f) => f.startsWith('socket:')).length;
	const allowed = /^(\/dev\/null|.*endpind\.log|socket:|pipe:|anon_inode:.*|.*\/(password|mcp)\.slots|\/dev\/urandom)$/;
	const master = show(rig.endpind.pid);
	for (const link of master)
		assert.match(link, allowed, 'master');
	for (const [pool, size] of Object.entries(SIZES))
		for (const pid of rig.workers(pool).slice(0, size)) {
			// Of the master's sockets its own listening one; its database, and what nginx keeps open; while more was in use it kept more.
			// A courier: its database, a partner whom it has just asked, and the two of which libcurl makes its alarm.
			await waitFor(`${pool}: few sockets`, () => sockets(pid) <= (pool === 'courier' ? 4 : 2 + 16 + 1));
			const inherited = openFiles(pid).filter((link) => link.startsWith('socket:') && openFiles(rig.endpind.pid).includes(link));
			assert.equal(inherited.length, pool === 'courier' ? 0 : 1, `${pool}: ${inherited.join(' ')}`);
			const files = show(pid);
			for (const link of files)
				assert.match(link, allowed, `${pool} ${pid}`);
			const count = (what) => files.filter((f) => f.startsWith(what)).length;
			assert.ok(count('pipe:') <= 4, `${pool}: ${files.join(' ')}`);
			assert.equal(files.filter((f) => f.endsWith('.slots')).length <= 1, true);
			if (pool !== 'password')
				assert.equal(count('/') - files.filter((f) => f.endsWith('.log') || f === '/dev/null' || (pool === 'web' && f.endsWith('/mcp.slots'))).length, 0, `${pool}: ${files.join(' ')}`);
		}
	t.diagnostic(`A19: master ${master.length} descriptors; all of every process named (figure: a closed list)`);
});

test('A19: nothing of the configuration is in an environment or an argument list', async () => {
	const { readFileSync } = await import('node:fs');
	for (const { pid } of [...rig.processes(), { pid: rig.endpind.pid }]) {
		const text = readFileSync(`/proc/${pid}/cmdline`, 'latin1') + readFileSync(`/proc/${pid}/environ`, 'latin1');
		assert.doesNotMatch(text, /CanaryBird/);
	}
});

test('A14: kept connections do not pin a worker', async (t) => {
	const pinned = await openRig({ name: 'pin', set: { 'pool web.workers': 1, 'pool hook.workers': 1, 'courier.processes': 0 } });
	try {
		let ok = 0, slowest = 0;
		for (let i = 0; i < 12; i++) {
			// A new connection each: nginx hands them to both of its processes.
			const answer = await pinned.client({ agent: new http.Agent() }).get('/api/plans');
			ok += answer.status === 200;
			slowest = Math.max(slowest, answer.ms);
		}
		assert.equal(ok, 12);
		t.diagnostic(`A14: ${ok} of 12 with one worker, slowest ${Math.round(slowest)} ms (figure: 12)`);
	} finally {
		await pinned.close();
	}
});

test('A6: reloads under load refuse nobody', async (t) => {
	const reloads = LONG ? 100 : LESS ? 6 : 15;
	const load = hammer(6, async () => {
		const answer = await rig.client({ agent: new http.Agent() }).get('/api/plans');
		return answer.status === 200 ? null : `${answer.status} ${answer.text}`;
	});
	for (let i = 0; i < reloads; i++) {
		const before = rig.workers('web');
		rig.endpind.kill('SIGHUP');
		await waitFor('the next generation', () => {
			const now = rig.workers('web');
			return now.length === SIZES.web && !now.some((pid) => before.includes(pid));
		});
	}
	const { asked, bad } = await load.end();
	assert.deepEqual(bad, []);
	await waitFor('one generation', () => Object.entries(SIZES).every(([pool, size]) => rig.workers(pool).length === size));
	t.diagnostic(`A6: ${reloads} reloads, ${asked} requests, 0 failed (figure: 0)`);
});

test('A6: a storm of reload signals ends in one generation', async (t) => {
	const signals = LONG ? 1000 : 200;
	const load = hammer(4, async () => {
		const answer = await rig.client({ agent: new http.Agent() }).get('/livez');
		return answer.status === 200 ? null : `${answer.status} ${answer.text}`;
	});
	let last;
	for (let i = 0; i < signals; i++) {
		last = Date.now();
		rig.endpind.kill('SIGHUP');
		await new Promise((done) => setTimeout(done, 10));
	}
	// The last signal is followed by a generation that begins after it, and then by no other.
	const number = await waitFor('the last generation to begin', () => /generation (\d+)/.exec(
		rig.log().find((l) => l.event === 'reload_begin' && Date.parse(l.ts) >= last)?.msg)?.[1], 30000);
	await waitFor('it to take over', () => rig.log().some((l) => l.event === 'reload' && l.msg.startsWith(`generation ${number} `)), 30000);
	const children = Object.values(SIZES).reduce((a, b) => a + b);
	await waitFor('one generation', () => rig.processes().length === children && Object.entries(SIZES).every(([pool, size]) => rig.workers(pool).length === size), 30000);
	const { asked, bad } = await load.end();
	assert.deepEqual(bad, []);
	t.diagnostic(`A6: ${signals} signals, ${asked} requests, 0 failed, 1 generation (figure: 0, 1)`);
});

test('A6: a bad configuration is refused, the old generation goes on', async () => {
	const before = rig.workers('web');
	writeFileSync(rig.conf, configText({ ...rig.config, 'pool web.workers': 'many' }));
	try {
		const lines = rig.log().length;
		rig.endpind.kill('SIGHUP');
		await waitFor('a word about it', () => rig.log().slice(lines).some((l) => l.level === 'error'));
		assert.equal((await rig.client().get('/livez')).status, 200);
		assert.deepEqual(rig.workers('web'), before);
	} finally {
		rig.configure({});
	}
});

// Checkouts that take so long that the first is still under way when the last has begun, and the signal comes; and less than
// Stripe is waited for.
const UNDER_WAY_MS = Math.min(3000 * SLOW, 8000);
async function inFlight(n) {
	const visitors = [];
	for (let i = 0; i < n; i++)
		visitors.push(await signup(rig));
	for (const v of visitors)
		await customerOf(rig, v.account);
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/checkout/sessions', action: 'delay', ms: UNDER_WAY_MS, times: n });
	const answers = visitors.map((v) => v.post('/api/checkout', { plan: 'solo' }));
	await waitFor('all under way', async () => await rig.value("SELECT count(*)::int FROM stripe_call WHERE kind = 'checkout' AND state = 'attended' AND first_sent_at IS NOT NULL") >= n);
	return answers;
}

test('A4: SIGQUIT lets everybody finish', async (t) => {
	const answers = await inFlight(SIZES.stripe);
	const began = Date.now();
	const { code } = await rig.endpind.stop('SIGQUIT');
	const ms = Date.now() - began;
	const statuses = (await Promise.all(answers)).map((a) => a.status);
	assert.equal(code, 0);
	assert.deepEqual([...new Set(statuses)], [201]);
	assert.ok(ms < 15000);
	t.diagnostic(`A4: ${statuses.length} requests in flight, 0 lost, gone after ${ms} ms (figure: 0 lost)`);
	await rig.startEndpind();
	await waitFor('endpind again', async () => (await rig.client().get('/readyz')).status === 200);
});

test('A5: SIGTERM means now, and leaves no process and no socket in the way', async (t) => {
	const answers = await inFlight(2);
	const pids = [rig.endpind.pid, ...rig.processes().map((p) => p.pid)];
	const began = Date.now();
	const { code } = await rig.endpind.stop('SIGTERM');
	const ms = Date.now() - began;
	await Promise.allSettled(answers);
	assert.equal(code, 0);
	assert.ok(ms <= 1000 * SLOW, `${ms} ms`);
	assert.deepEqual(pids.map(stat).filter(Boolean), []);
	await rig.control('DELETE', '/faults');
	await rig.startEndpind();
	await waitFor('endpind again', async () => (await rig.client().get('/readyz')).status === 200);
	t.diagnostic(`A5: gone after ${ms} ms (figure: 1000)`);
});

test('A4: a master that is killed takes its workers with it', async () => {
	const pids = rig.processes().map((p) => p.pid);
	await rig.endpind.stop('SIGKILL');
	await waitFor('their end', () => processes().every((p) => !pids.includes(p.pid) || p.state === 'Z'), 30000);
	await rig.startEndpind();
	await waitFor('endpind again', async () => (await rig.client().get('/readyz')).status === 200);
});

// A pipe whose reader has been and gone: whoever writes there gets EPIPE, and SIGPIPE.
function unreadPipe(name) {
	const path = join(rig.dir, name);
	assert.equal(spawnSync('mkfifo', ['-m', '666', path]).status, 0);
	const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	return { path, close: () => closeSync(reader) };
}

test('a log that nobody reads any more ends no process', async () => {
	await rig.endpind.stop('SIGQUIT');
	const pipe = unreadPipe('log-pipe');
	rig.endpind = start('endpind', join(rig.stage.bin, 'endpind'), ['-c', rig.conf], { log: pipe.path });
	pipe.close();
	await waitFor('endpind', async () => (await rig.client().get('/readyz')).status === 200);
	const before = rig.workers('web');
	rig.endpind.kill('SIGHUP');
	await waitFor('a new generation', () => {
		assert.equal(rig.endpind.gone, false, rig.endpind.signal);
		const now = rig.workers('web');
		return now.length === SIZES.web && !now.some((pid) => before.includes(pid));
	});
	assert.equal((await rig.client().get('/livez')).status, 200);
	assert.deepEqual(await rig.endpind.stop('SIGQUIT'), { code: 0, signal: null });
	await rig.startEndpind();
	await waitFor('endpind again', async () => (await rig.client().get('/readyz')).status === 200);
});

test('a command whose output nobody reads any more ends quietly', () => {
	for (const args of [['options'], ['routes'], ['--help'], ['--version'], ['-c', rig.conf, 'check']]) {
		const pipe = unreadPipe(`${args.join('-').replaceAll('/', '')}-pipe`);
		const out = openSync(pipe.path, 'w');
		pipe.close();
		const end = spawnSync(join(rig.stage.bin, 'endpin'), args, { stdio: ['ignore', out, 'pipe'], encoding: 'utf8' });
		closeSync(out);
		assert.deepEqual([end.signal, end.stderr], ['SIGPIPE', ''], args.join(' '));
	}
	// A disk that is full is no reason to be quiet.
	const full = openSync('/dev/full', 'w');
	const end = spawnSync(join(rig.stage.bin, 'endpin'), ['options'], { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
	closeSync(full);
	assert.equal(end.status, 1);
	assert.match(end.stderr, /could not write/);
});
