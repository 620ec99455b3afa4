// SPDX-License-Identifier: MIT
//
// What is not as it should be around endpin is named plainly, and no peer, clock or neighbour stops what can go on:
// few descriptors, closed streams, a socket that was left, a dead name server, a clock that is off, a database that can
// only be read.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ask, openRig, start, stat, waitFor, SLOW } from '../rig/rig.mjs';
import { deliver, makeEvent } from '../rig/event.mjs';
import { once } from './fcgi_client.mjs';
import { NOBODY } from '../rig/process.mjs';

const LONG = process.env.ENDPIN_LONG === '1';
let rig;

before(async () => {
	rig = await openRig({ name: 'owed', set: { 'server.peers': 'root' } });
});
after(() => rig?.close());

const readyz = async () => (await ask(`${rig.origin}/readyz`)).status;
// The one that was started last: workers of one that was killed may still answer.
const ready = () => waitFor('endpind', async () => rig.log().some((l) => l.event === 'ready' && l.pid === rig.endpind.pid) && await readyz() === 200);

// endpind, from a shell that does something first.
function fromShell(first) {
	const file = join(rig.dir, 'endpind.sh');
	writeFileSync(file, `#!/bin/sh\n${first}\nexec ${join(rig.stage.bin, 'endpind')} "$@"\n`, { mode: 0o755 });
	return file;
}
// One that ends by itself.
const toTheEnd = (command, ...args) => spawnSync(command, ['-c', rig.conf, ...args], { encoding: 'utf8', cwd: '/', timeout: 10000, ...NOBODY });

async function again(first) {
	await rig.endpind.stop('SIGQUIT');
	await rig.startEndpind(first && { command: fromShell(first) });
	await ready();
}

test('with few descriptors it does not start, and says how many it needs', async (t) => {
	const { status, stderr } = toTheEnd(fromShell('ulimit -n 64'));
	assert.equal(status, 1, stderr);
	const line = JSON.parse(stderr.trim());
	assert.equal(line.event, 'descriptors_few');
	assert.match(line.msg, /may have 64 descriptors .*ulimit -n.* may need \d+$/);

	// What may be raised is raised.
	await again('ulimit -S -n 64');
	const limit = /^Max open files +(\d+)/m.exec(readFileSync(`/proc/${rig.workers('web')[0]}/limits`, 'utf8'))[1];
	assert.ok(Number(limit) > 64, limit);
	t.diagnostic(`64 of ${/\d+$/.exec(line.msg)[0]}: refused in one line; a soft limit of 64 became ${limit}`);

	// A reload that wants more than there is changes nothing.
	await again('ulimit -n 400');
	const since = rig.log().length;
	rig.configure({ 'pool web.keep_connections': 200 });
	rig.endpind.kill('SIGHUP');
	await waitFor('its refusal', () => rig.log().slice(since).some((l) => l.event === 'reload_refused'));
	assert.ok(rig.log().slice(since).some((l) => l.event === 'descriptors_few'));
	rig.configure({ 'pool web.keep_connections': 16 });
	assert.equal(await readyz(), 200);
});

test('closed streams become nothing else, and without standard error it does not start', async () => {
	// So that it is not for who listens already.
	await rig.endpind.stop('SIGQUIT');
	assert.deepEqual([toTheEnd(fromShell('exec 2>&-')).status, toTheEnd(fromShell('exec 2</dev/null')).status], [1, 1]);
	assert.equal(toTheEnd(fromShell('exec 0<&- 1>&- 2>&-'), '--check').status, 0);

	await again('exec 0<&- 1>&-');
	// While a process connects to its database standard error is nobody's, and one worker is enough to be ready.
	await waitFor('everybody to have the streams that they keep', () => {
		for (const pid of [rig.endpind.pid, ...rig.processes().map((p) => p.pid)])
			assert.deepEqual([0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)), ['/dev/null', '/dev/null', rig.endpind.log]);
		return true;
	});

	const endpin = (redirect) => spawnSync('sh', ['-c', `exec "$0" -c "$1" errands ${redirect}`, join(rig.stage.bin, 'endpin'), rig.conf],
		{ encoding: 'utf8', cwd: '/', ...NOBODY });
	assert.equal(endpin('2>&-').status, 0);
	const mute = endpin('>&-');
	assert.equal(mute.status, 1);
	assert.match(mute.stderr, /could not write/);
});

test('the sockets of a master that was killed are taken over at once, those of one that lives are not', async (t) => {
	// Its socket stays, and somebody who has it.
	const left = rig.workers('web')[0];
	process.kill(left, 'SIGSTOP');
	await waitFor('it to stand still', () => stat(left).state === 'T');
	try {
		await rig.endpind.stop('SIGKILL');
		const began = Date.now();
		const since = rig.log().length;
		await rig.startEndpind();
		await waitFor('READY', () => rig.log().slice(since).some((l) => l.event === 'ready'));
		// Not through nginx, which keeps connections to who is stopped.
		await waitFor('an answer', async () => (await once(rig.socket('web'), { path: '/readyz' }))?.status === 200);
		t.diagnostic(`ready ${Date.now() - began} ms after the kill, beside a stopped worker`);
	} finally {
		process.kill(left, 'SIGCONT');
	}
	await waitFor('its end', () => [undefined, 'Z'].includes(stat(left)?.state));
	for (let i = 0; i < (LONG ? 20 : 2); i++) {
		rig.endpind.kill('SIGKILL');
		await rig.startEndpind();
		await ready();
	}

	const second = toTheEnd(join(rig.stage.bin, 'endpind'));
	assert.equal(second.status, 1);
	assert.match(second.stderr, /another program listens on/);
	assert.equal(await readyz(), 200);
});

// For connections that begin from now on, and no others are left.
async function readOnly(on) {
	await rig.sql('SET default_transaction_read_only = off');
	await rig.sql(`ALTER DATABASE ${rig.database} ${on ? 'SET default_transaction_read_only = on' : 'RESET default_transaction_read_only'}`);
	await rig.sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'endpin %' AND datname = current_database()");
	rig.forgetConnection();
}
const events = (event, since) => rig.log().slice(since).filter((l) => l.event === event);
const endpinSays = (...args) => rig.endpin(...args).catch((e) => `${e.out}${e.err}`);

test('on a database that can only be read it is not ready, says so once, and is again by itself', async () => {
	const since = rig.log().length, workers = rig.workers('web').length;
	await readOnly(true);
	await waitFor('503', async () => await readyz() === 503);
	for (let i = 0; i < 20; i++)
		assert.equal(await readyz(), 503);
	assert.equal((await ask(`${rig.origin}/livez`)).status, 200);
	const said = events('database_readonly', since);
	assert.ok(said.length >= 1 && said.length <= workers, `${said.length} times`);
	assert.match(await endpinSays('check', '--offline'), /^not ok +database +the database can only be read/m);
	await readOnly(false);
	// By who said that it was not: one alone would do, too, to be ready.
	await waitFor('ready again', async () => (await Promise.all(Array.from({ length: 8 }, readyz))).every((status) => status === 200) &&
		events('ready_again', since).length >= 1);
	assert.match(await endpinSays('check', '--offline'), /^ok +clock /m);
});

test('a reload to a database that is of no use is given up', async () => {
	const good = rig.config['database.conninfo'], before = rig.workers('web');
	const empty = `${rig.database}_empty`;
	await rig.sql(`CREATE DATABASE ${empty}`);
	try {
		for (const name of ['there_is_none', empty]) {
			const since = rig.log().length;
			rig.configure({ 'database.conninfo': good.replace(`dbname=${rig.database}`, `dbname=${name}`), 'server.start_timeout': 2 });
			rig.endpind.kill('SIGHUP');
			await waitFor('its end', () => events('reload_given_up', since)[0], 20000);
			assert.equal(events(name === empty ? 'schema_old' : 'db_lost', since).length >= 1, true, name);
			assert.deepEqual(before.filter((pid) => rig.workers('web').includes(pid)), before, 'the old ones stay');
			await waitFor('the new ones to be gone', () => rig.workers('web').length === before.length);
			assert.equal(await readyz(), 200);
		}
	} finally {
		rig.configure({ 'database.conninfo': good });
		await rig.sql(`DROP DATABASE ${empty} WITH (FORCE)`);
	}
});

// A library that has the wall clock be as many seconds off as ENDPIN_CLOCK says.
function wrongClock() {
	const file = join(rig.dir, 'clock.so');
	const source = `#define _GNU_SOURCE
		#include <stdlib.h>
		#include <sys/syscall.h>
		#include <time.h>
		#include <unistd.h>
		int clock_gettime(clockid_t id, struct timespec *t) {
			long r = syscall(SYS_clock_gettime, id, t);
			if (r == 0 && id == CLOCK_REALTIME) t->tv_sec += atol(getenv("ENDPIN_CLOCK"));
			return (int)r;
		}
		time_t time(time_t *ret) {
			struct timespec t;
			clock_gettime(CLOCK_REALTIME, &t);
			if (ret) *ret = t.tv_sec;
			return t.tv_sec;
		}`;
	const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-x', 'c', '-o', file, '-'], { input: source, encoding: 'utf8' });
	assert.equal(status, 0, stderr);
	return file;
}

// Whose it is the events tell: those of a Stripe whose clock is like this machine's are taken.
test('a clock that is an hour off is named, with the difference; who refuses every event for it is not ready', async (t) => {
	const env = { LD_PRELOAD: wrongClock(), ENDPIN_CLOCK: '3600', ASAN_OPTIONS: 'verify_asan_link_order=0:detect_leaks=0' };
	await rig.endpind.stop('SIGQUIT');
	const since = rig.log().length;
	await rig.startEndpind({ env });
	await waitFor('READY', () => events('ready', since)[0]);
	assert.equal(await readyz(), 200);
	const detail = await rig.client().get('/readyz?detail');
	assert.ok(detail.json.clockAheadSeconds <= -3599 && detail.json.clockAheadSeconds > -4000, detail.text);
	assert.equal((await deliver(rig, makeEvent(), { at: Math.floor(Date.now() / 1000) + 3600 })).status, 200);
	assert.equal(await readyz(), 200, 'only the database is an hour off');
	for (let i = 0; i < 10; i++)
		assert.equal((await deliver(rig, makeEvent())).status, 400);
	assert.equal(await readyz(), 503, 'it is this machine');
	const [off] = events('clock_off', since), untimely = events('event_untimely', since);
	assert.match(off.msg, /the database's clock is (3599|36\d\d) s behind this machine's/);
	assert.match(untimely[0].msg, /was signed (3599|36\d\d) s ago$/);
	// Once for each worker of a pool.
	assert.ok(untimely.length <= 2 && events('clock_off', since).length <= 4);
	assert.ok(events('clock_off', since).some(({ msg }) => /this machine's is wrong/.test(msg)));
	assert.equal(events('signature_refused', since).length, 10);
	// A stranger who has no secret tells nothing about clocks.
	const told = await rig.sql("SELECT value FROM event_trait WHERE trait = 'untimely'");
	assert.deepEqual(told, [{ value: 'late' }]);
	const check = spawnSync(join(rig.stage.bin, 'endpin'), ['-c', rig.conf, 'check', '--offline'],
		{ encoding: 'utf8', cwd: '/', ...NOBODY, env: { ...process.env, ...env } });
	assert.match(check.stdout, /^not ok +clock +this machine's clock and the database's differ\n +detail +the database's is 3\d{3} s behind/m);
	assert.match(check.stdout, /^not ok +clock +events that Stripe has signed are refused for their time\n +detail +the last one \d+ \w+ ago, too late/m);
	await again();
	t.diagnostic(`"${off.msg}"; of 10 refused events ${untimely.length} lines name the difference`);
});

// Names are asked of somebody who never answers: only in a name space of our own, so only root can.
async function withDeadNameServer(work) {
	const server = createSocket('udp4');
	const bound = await new Promise((done) => server.once('error', () => done(false)).bind(53, '127.0.0.99', () => done(true)));
	if (!bound || process.getuid() !== 0)
		return false;
	const file = join(rig.dir, 'resolv.conf');
	writeFileSync(file, 'nameserver 127.0.0.99\n');
	const inside = (command, args) => ['unshare', ['--mount', 'sh', '-c',
		'mount --bind "$0" /etc/resolv.conf && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"', file, command, ...args]];
	try {
		if (spawnSync(...inside('true', [])).status !== 0)
			return false;
		await work(inside);
		return true;
	} finally {
		server.close();
	}
}

test('a name server that never answers holds nobody for longer than two seconds, and is named', async (t) => {
	const good = rig.config['database.conninfo'];
	let slowest = 0;
	const could = await withDeadNameServer(async (inside) => {
		await rig.endpind.stop('SIGQUIT');
		rig.configure({ 'database.conninfo': 'host=db.owed.test dbname=none user=endpin' });
		const since = rig.log().length;
		rig.endpind = start('endpind', ...inside(join(rig.stage.bin, 'endpind'), ['-c', rig.conf]), { log: rig.endpind.log, asSelf: true });
		await waitFor('READY', () => events('ready', since)[0]);
		for (let i = 0; i < (LONG ? 5 : 1); i++) {
			const began = Date.now();
			assert.equal(await readyz(), 503);
			slowest = Math.max(slowest, Date.now() - began);
		}
		assert.ok(slowest < 3000 * SLOW, `${slowest} ms`);
		assert.match(events('db_lost', since)[0].msg, /the name of the database's host was not resolved within 2 s/);
		const [command, args] = inside(join(rig.stage.bin, 'endpin'), ['-c', rig.conf, 'check']);
		const away = spawnSync(command, args, { encoding: 'utf8' });
		assert.match(away.stdout, /^not ok +database +the database does not answer/m);
		assert.match(away.stderr, /was not resolved within 2 s/);

		// Stripe's likewise, with a database that is there.
		rig.configure({ 'database.conninfo': good, 'stripe.api_base': 'https://api.owed.test' });
		const deaf = spawnSync(command, args, { encoding: 'utf8' });
		assert.match(deaf.stdout, /^not ok +stripe +Stripe could not be asked/m);
		assert.match(deaf.stderr, /api\.owed\.test \(not sent\): the name service did not answer in time/);
		rig.configure({ 'stripe.api_base': rig.sandboxUrl });
	});
	rig.configure({ 'database.conninfo': good });
	await again();
	if (!could)
		return t.skip('no name space of our own, or no port 53');
	t.diagnostic(`held for ${slowest} ms at most (figure: 2000)`);
});
