// SPDX-License-Identifier: MIT
//
// A1 A4 A5 A6 A10 E6: the master when things do not go well, seen at the sockets themselves. A web server in between
// would hide much of it: it has a 503 of its own.

import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { POOLS } from '../rig/config.mjs';
import { openRig, run, start, stat, waitFor, SLOW } from '../rig/rig.mjs';
import { Connection, KEEP, once, request } from './fcgi_client.mjs';

const SIZES = { hook: 2, password: 1, stripe: 1, web: 1, courier: 1 };
const NEUTRAL = {
	'server.stop_timeout': 10, 'server.peers': 'root', 'courier.processes': SIZES.courier, 'pool web.max_requests': 100000,
	...Object.fromEntries(POOLS.map((pool) => [`pool ${pool}.workers`, SIZES[pool]]))
};
let rig;

before(async () => {
	rig = await openRig({ name: 'master', web: null, sandbox: false, set: NEUTRAL });
	NEUTRAL['database.conninfo'] = rig.config['database.conninfo'];
});
after(() => rig?.close());

// Where the log of this test begins.
let begun = 0;
beforeEach(() => {
	begun = rig.logLines().length;
});
const said = (event, what = '') => rig.log().slice(begun).filter((l) => l.event === event && l.msg.includes(what));

const web = () => rig.socket('web');
const full = () => Object.entries(SIZES).every(([kind, size]) => rig.workers(kind).length === size);
const serving = () => waitFor('everybody', async () => full() && (await once(web(), { path: '/readyz' }))?.status === 200);

// A new endpind with these settings beside the neutral ones.
async function restart(changes = {}, { whole = true } = {}) {
	await rig.endpind.stop('SIGTERM');
	rig.configure({ ...NEUTRAL, 'server.www_dir': join(rig.stage.dir, 'www'), ...changes });
	begun = rig.logLines().length;
	await rig.startEndpind();
	if (whole)
		await serving();
}

// A process that hears nothing but SIGKILL.
async function freeze(pid) {
	process.kill(pid, 'SIGSTOP');
	await waitFor('its standstill', () => stat(pid).state === 'T');
}

const pending = (pid) => /^ShdPnd:\s*0*$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) === false;

test('how much waits is told on the machine itself, and to nobody else', async () => {
	await serving();
	const ask = (remote) => once(web(), { path: '/readyz?detail', remote });
	for (const remote of ['127.0.0.1', '::1'])
		assert.match((await ask(remote)).body, /"dead"/, remote);
	for (const remote of ['203.0.113.9', '127.0.0.10', '2001:db8::1']) {
		const { status, body } = await ask(remote);
		assert.deepEqual([status, body], [200, 'ok\n'], remote);
	}
});

test('A1: ten killed by others in a row are replaced at once', async () => {
	await serving();
	const began = Date.now();
	for (let i = 0; i < 12; i++) {
		const [pid] = rig.workers('web');
		process.kill(pid, 'SIGKILL');
		await waitFor('its replacement', () => rig.workers('web').some((p) => p !== pid));
		// It has to be ready: one that dies before that counts.
		assert.equal((await once(web()))?.status, 200);
	}
	assert.deepEqual(said('respawn_slow'), []);
	assert.ok(Date.now() - began < 5000 * SLOW, `${Date.now() - began} ms`);
});

test('A1: those that die at once are replaced slowly, and the pool is whole again when they can live', async (t) => {
	const pages = join(rig.dir, 'pages');
	await restart({ 'server.www_dir': pages, 'pool hook.request_timeout': 2 }, { whole: false });
	// All pools have been asked something; the answer is in the other ones' routes.
	await waitFor('the other pools', () => rig.workers('hook').length === SIZES.hook);
	for (let i = 0; i < 10; i++)
		assert.equal((await once(rig.socket('hook')))?.status, 421);
	await waitFor('the second wait', () => said('respawn_slow', '"web"').length >= 2);
	const deaths = said('child_died', 'web').length;
	assert.ok(deaths <= 12, `${deaths} deaths`);
	const [first, second] = said('respawn_slow').map((l) => Date.parse(l.ts));
	assert.ok(second - first >= 950, `${second - first} ms apart`);
	// The others are there, and nobody is told that all are.
	assert.deepEqual(said('ready'), []);
	cpSync(join(rig.stage.dir, 'www'), pages, { recursive: true });
	await serving();
	await waitFor('the word that all are ready', () => said('ready').length === 1);
	// That took longer than one request may, and nobody was taken to be busy.
	assert.deepEqual(said('worker_overdue'), []);
	t.diagnostic(`A1: ${deaths} deaths before the second wait, ${second - first} ms after the first (figure: 1000)`);
});

test('A1: who has served enough leaves and is replaced at once, however often', async () => {
	await restart({ 'pool web.max_requests': 1 });
	const since = rig.logLines().length;
	for (let i = 0; i < 30; i++)
		assert.equal((await once(web()))?.status, 200);
	const answered = rig.log().slice(since).filter(({ event }) => event === 'request');
	assert.equal(answered.length, 30);
	// A tenth more or less than one, rounded up: one or two each.
	const by = new Set(answered.map(({ pid }) => pid));
	assert.ok(by.size >= 15, `${by.size} workers for 30 requests`);
	assert.deepEqual([...said('child_died'), ...said('respawn_slow')], []);
	await restart({ 'pool web.max_requests': 20 });
	const [before] = rig.workers('web');
	for (let i = 0; i < 14; i++)
		await once(web());
	assert.deepEqual(rig.workers('web'), [before], 'long before nine tenths');
	for (let i = 0; i < 9; i++)
		await once(web());
	const another = (pid) => waitFor('somebody else', () => rig.workers('web').length === 1 && rig.workers('web')[0] !== pid);
	await another(before);

	// Also if somebody is half in at any time.
	const [held] = rig.workers('web');
	const half = request({ path: '/livez' }).subarray(0, 20);
	const peers = [new Connection(web()).send(half)];
	const next = setInterval(() => {
		peers.push(new Connection(web()).send(half));
		if (peers.length > 5)
			peers.shift().close();
	}, 100);
	try {
		for (let i = 0; i < 23; i++)
			assert.equal((await once(web()))?.status, 200);
		await another(held);
	} finally {
		clearInterval(next);
		peers.forEach((peer) => peer.close());
	}
});

test('A18: no child leaves a core or can be looked into by its user', async () => {
	await restart();
	for (const { pid } of rig.processes()) {
		// The kernel gives the files of a process that may not be dumped to root.
		assert.equal(statSync(`/proc/${pid}/environ`).uid, 0, String(pid));
		assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /^Max core file size\s+0\s+0\s/m);
	}
});

// Bytes of memory that a process shares with the others of its service.
const shared = (pid) => readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').filter((line) => / rw-s .*\/dev\/zero/.test(line))
	.reduce((sum, line) => sum + parseInt(line.split(/[- ]/)[1], 16) - parseInt(line.split('-')[0], 16), 0);

test('F5: a child has its own page of the board and no other', async (t) => {
	if (process.getuid() !== 0)
		return t.skip('only root can look into them');
	const sizes = rig.processes().map(({ pid }) => shared(pid));
	assert.ok(sizes.length > 0);
	assert.deepEqual(sizes, sizes.map(() => shared(rig.endpind.pid) / 4096));
	t.diagnostic(`F5: ${sizes.length} children with one page each (figure: 1)`);
});

test('E6: a worker that is leaving says so on the connections that it has', async () => {
	await restart();
	const [pid] = rig.workers('web');
	const kept = new Connection(web()).send(request({ path: '/readyz', flags: KEEP }));
	assert.equal((await kept.answer()).status, 200);
	process.kill(pid, 'SIGQUIT');
	await waitFor('the signal to be heard', () => !pending(pid));
	const answer = await kept.send(request({ path: '/readyz', flags: KEEP })).answer();
	assert.equal(answer?.status, 503, answer?.body);
	// And hangs up then, rather than when it has been silent for a second.
	assert.ok(await kept.end() < 700);
	await serving();
	assert.deepEqual(said('child_died'), []);
});

test('A4: who had connected when the stop began is answered', async () => {
	await restart();
	const [pid] = rig.workers('web');
	await freeze(pid);
	const waiting = Array.from({ length: 20 }, () => new Connection(web()).send(request({ path: '/livez' })));
	await Promise.all(waiting.map((c) => waitFor('the connection', () => !c.socket.connecting)));
	const stopped = rig.endpind.stop('SIGQUIT');
	await waitFor('the stop', () => !existsSync(web()));
	process.kill(pid, 'SIGCONT');
	const answers = await Promise.all(waiting.map((c) => c.answer()));
	assert.deepEqual([...new Set(answers.map((a) => a?.status))], [200]);
	assert.equal((await stopped).code, 0);
	assert.deepEqual(POOLS.filter((pool) => existsSync(rig.socket(pool))), []);
	await rig.startEndpind();
});

test('B3: who waits for the hashers does not wait in a long queue', async (t) => {
	await restart();
	const [pid] = rig.workers('password');
	await freeze(pid);
	const came = await Promise.all(Array.from({ length: 200 }, () => new Promise((done) => {
		const socket = connect(rig.socket('password'), () => done({ socket, waits: true })).on('error', () => done({ socket, waits: false }));
	})));
	for (const { socket } of came)
		socket.destroy();
	process.kill(pid, 'SIGCONT');
	const waiting = came.filter(({ waits }) => waits).length;
	assert.ok(waiting >= 128 && waiting <= 130, `${waiting} wait`);
	await serving();
	t.diagnostic(`B3: ${waiting} of 200 wait, the others are told at once (figure: 128)`);
});

// A request that waits for a table as long as a connection may.
async function busy(work) {
	const other = await rig.cluster.connect(rig.database);
	await other.query('BEGIN');
	await other.query('LOCK TABLE session IN ACCESS EXCLUSIVE MODE');
	const asked = new Connection(web()).send(request({ path: '/api/session', params: [['HTTP_COOKIE', `endpin=${'A'.repeat(43)}`]] }));
	try {
		await waitFor('it to wait', async () => await rig.value("SELECT count(*)::int FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'", [rig.database]) > 0);
		await work(asked);
	} finally {
		await other.query('ROLLBACK');
		await other.end();
		asked.close();
	}
}

test('A4: those that do not leave are insisted on after stop_timeout, then killed', async (t) => {
	// The lock is not given up before anybody insists.
	await restart({ 'server.stop_timeout': 1, 'database.conninfo': await rig.conninfo({ lock_timeout: '8s' }) });
	const [frozen] = rig.workers('password'), [held] = rig.workers('web');
	await freeze(frozen);
	await busy(async (asked) => {
		const began = Date.now();
		const { code } = await rig.endpind.stop('SIGQUIT');
		const ms = Date.now() - began;
		assert.equal(code, 0);
		assert.equal(await asked.answer(), null, 'the one that was insisted on has answered');
		assert.equal(said('child_died', `web ${held} was ended by signal 15`).length, 1, 'insisted on');
		assert.equal(said('child_died', `password ${frozen} was ended by signal 9`).length, 1, 'killed');
		assert.ok(ms >= 1900 && ms < 3500 * SLOW, `${ms} ms`);
		t.diagnostic(`A4: with a stop_timeout of 1 s gone after ${ms} ms (figure: 2000)`);
	});
	await rig.startEndpind();
});

test('A4: a request that ends before stop_timeout is waited for', async () => {
	await restart({ 'server.stop_timeout': 10, 'database.conninfo': await rig.conninfo() });
	await busy(async (asked) => {
		const stopped = rig.endpind.stop('SIGQUIT');
		// Its lock_timeout ends it, nobody else.
		assert.equal((await asked.answer())?.status, 503);
		assert.equal((await stopped).code, 0);
		assert.deepEqual(said('child_died'), []);
	});
	await rig.startEndpind();
});

test('A5: SIGTERM ends also who does not hear it', async () => {
	await restart();
	await freeze(rig.workers('password')[0]);
	const began = Date.now();
	assert.equal((await rig.endpind.stop('SIGTERM')).code, 0);
	assert.ok(Date.now() - began < 1500 * SLOW, `${Date.now() - began} ms`);
	await rig.startEndpind();
});

test('A5: SIGTERM ends a stop that takes its time', async () => {
	await restart({ 'server.stop_timeout': 60 });
	await freeze(rig.workers('password')[0]);
	rig.endpind.kill('SIGQUIT');
	await waitFor('the stop', () => !existsSync(web()));
	const began = Date.now();
	assert.equal((await rig.endpind.stop('SIGTERM')).code, 0);
	assert.ok(Date.now() - began < 1500 * SLOW, `${Date.now() - began} ms`);
	await rig.startEndpind();
});

test('A6: one of the old generation that does not leave is insisted on as well', async () => {
	await restart({ 'server.stop_timeout': 1 });
	const [old] = rig.workers('password');
	await freeze(old);
	rig.endpind.kill('SIGHUP');
	await waitFor('its end', () => said('child_died', `password ${old} was ended by signal 9`).length === 1);
	await serving();
});

test('A6: generations are half a second apart, however many signals come', async (t) => {
	await restart();
	const first = Date.now();
	for (let i = 1; i <= 3; i++) {
		rig.endpind.kill('SIGHUP');
		await waitFor(`generation ${i}`, () => said('reload_begin').length >= i);
	}
	const at = said('reload_begin').map((l) => Date.parse(l.ts));
	// Each is told of only when its configuration has been read, which takes a while; the first began after its signal.
	for (const i of [1, 2])
		assert.ok(at[i] - first >= 490 * i, `${at[i] - first} ms after the first signal`);
	await serving();
	t.diagnostic(`A6: generations ${at.slice(1).map((ms, i) => ms - at[i]).join(' and ')} ms apart (figure: 500)`);
});

test('A6: the old ones serve until the new ones can', async () => {
	await restart();
	const first = rig.workers('web');
	rig.endpind.kill('SIGHUP');
	await waitFor('a generation that can', () => full() && !rig.workers('web').includes(first[0]));
	// Its master has rows that were used before.
	const before = rig.workers('web');
	const pages = join(rig.dir, 'later');
	rig.configure({ 'server.www_dir': pages });
	rig.endpind.kill('SIGHUP');
	await waitFor('a death before it was ready', () => said('child_died', 'before it was ready').length > 0);
	assert.deepEqual(rig.workers('web').filter((pid) => before.includes(pid)), before);
	assert.equal((await once(web()))?.status, 200);
	rig.configure({ 'server.www_dir': join(rig.stage.dir, 'www') });
	rig.endpind.kill('SIGHUP');
	await waitFor('the next generation', () => full() && !rig.workers('web').includes(before[0]));
	await serving();
});

test('A6: a reload takes up the number of workers', async () => {
	await restart();
	rig.configure({ 'pool web.workers': 3, 'courier.processes': 2 });
	rig.endpind.kill('SIGHUP');
	await waitFor('more of them', () => rig.workers('web').length === 3 && rig.workers('courier').length === 2);
	rig.configure({ 'pool web.workers': 1, 'courier.processes': 1 });
	rig.endpind.kill('SIGHUP');
	await waitFor('fewer of them', full);
});

test('A6: a reload says what only a start can change', async () => {
	await restart();
	await waitFor('the first word that all are ready', () => said('ready').length === 1);
	rig.configure({ 'pool web.mode': '0600' });
	rig.endpind.kill('SIGHUP');
	await waitFor('the word', () => said('reload').length === 1);
	// The new ones are told to begin, rather than finding it out at their next look.
	await waitFor('them to serve', () => said('ready').length === 2);
	const ms = Date.parse(said('ready')[1].ts) - Date.parse(said('reload')[0].ts);
	assert.ok(ms < 600 * SLOW, `${ms} ms until all serve`);
	assert.equal(said('restart_needed', '"web"').length, 1);
	assert.equal(said('restart_needed').length, 1);
	rig.configure({ 'pool web.mode': rig.options.set['pool web.mode'] ?? '0660' });
});

test('A6: a secret that cannot be read refuses a reload, and a start', async () => {
	await restart();
	const before = rig.workers('web');
	const good = rig.config['stripe.webhook_secret_file'];
	rig.configure({ 'stripe.webhook_secret_file': join(rig.dir, 'nothing') });
	rig.endpind.kill('SIGHUP');
	await waitFor('the refusal', () => said('reload_refused').length === 1);
	assert.deepEqual(said('reload'), []);
	assert.deepEqual(rig.workers('web'), before);
	await rig.endpind.stop('SIGTERM');
	await assert.rejects(run(join(rig.stage.bin, 'endpind'), ['-c', rig.conf]), (e) => e.code === 2);
	rig.configure({ 'stripe.webhook_secret_file': good });
	// Each of them; without a start, too.
	const check = (...set) => run(join(rig.stage.bin, 'endpind'), ['-c', rig.conf, '--check', ...set]);
	await check();
	// Read only where its other half is.
	const alone = { 'cello.secret_access_key_file': ['--set', 'cello.access_key_id=key'] };
	for (const option of Object.keys(rig.secrets.files))
		await assert.rejects(check('--set', `${option}=${join(rig.dir, 'nothing')}`, ...(alone[option] ?? [])), (e) => e.code === 2, option);
	await rig.startEndpind();
	await serving();
});

// As systemd hands sockets over: numbers from 3, with their names in the environment. A process of its own keeps them
// open, as systemd does, until the pipe that it finds at 3 is closed.
const HANDOVER = `
	$^F = 99;
	my ($names, @rest) = @ARGV;
	my @paths = splice(@rest, 0, scalar(split(/:/, $names)));
	POSIX::dup2(3, 90);
	my @s;
	for my $path (@paths) {
		socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die $!;
		bind($s, sockaddr_un($path)) && listen($s, 16) or die $!;
		POSIX::dup2(fileno($s), 50 + @s);
		push @s, $s;
	}
	if (fork() == 0) {
		POSIX::read(90, my $all, 1) if fork() == 0;
		POSIX::_exit(0);
	}
	wait();
	POSIX::dup2(50 + $_, 3 + $_) for 0 .. $#s;
	POSIX::close($_) for 3 + @s .. 90;
	$ENV{LISTEN_PID} = $$;
	$ENV{LISTEN_FDS} = @s;
	$ENV{LISTEN_FDNAMES} = $names;
	exec @rest;`;

test('A4: sockets that were handed over are served, and stay at a stop with who waits there', async () => {
	await restart();
	await rig.endpind.stop('SIGQUIT');
	const pools = ['web', 'hook', 'stripe', 'password'];
	rig.endpind = start('endpind', 'perl', ['-MSocket', '-MPOSIX', '-e', HANDOVER, pools.join(':'), ...pools.map((pool) => rig.socket(pool)),
		join(rig.stage.bin, 'endpind'), '-c', rig.conf],
		{ log: rig.endpind.log, stdio: ['pipe'] });
	const hold = rig.endpind.child.stdio[3];
	try {
		await serving();
		const inode = statSync(web()).ino, stops = said('stop').length;
		const [pid] = rig.workers('web');
		await freeze(pid);
		const waiting = Array.from({ length: 10 }, () => new Connection(web()).send(request({ path: '/livez' })));
		await Promise.all(waiting.map((c) => waitFor('the connection', () => !c.socket.connecting)));
		const stopped = rig.endpind.stop('SIGQUIT');
		await waitFor('the stop', () => said('stop').length === stops + 1);
		// It has been told, and will hear it first.
		await waitFor('the signal', () => /^ShdPnd:\s*0*[1-9a-f]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
		process.kill(pid, 'SIGCONT');
		assert.equal((await stopped).code, 0);
		assert.equal(statSync(web()).ino, inode, 'the file is not ours to remove');
		// The worker may have taken one before it heard.
		assert.ok(waiting.filter((c) => !c.closed && c.received.length === 0).length >= 8, 'the next one would have served them');
		for (const c of waiting)
			c.close();
	} finally {
		hold.destroy();
	}
	await rig.startEndpind();
	await serving();
});

test('A10: a reload takes up who may connect', async (t) => {
	if (process.getuid() !== 0)
		return t.skip('only root is somebody else than endpind');
	const reload = async (peers, n) => {
		rig.configure({ 'server.peers': peers });
		const before = rig.workers('web');
		rig.endpind.kill('SIGHUP');
		await waitFor('the next generation', () => full() && !rig.workers('web').includes(before[0]));
		assert.equal(said('reload').length, n);
	};
	await restart({ 'server.peers': '' }, { whole: false });
	await waitFor('everybody', full);
	assert.equal(await once(web()), null);
	await reload('root', 1);
	assert.equal((await once(web()))?.status, 200);
	await reload('', 2);
	assert.equal(await once(web()), null);
});

test('A10: a second endpind that cannot have all of its sockets takes none', async () => {
	await restart();
	const first = rig.endpind, inode = statSync(web()).ino;
	const own = (pool) => join(rig.dir, `second-${pool}.sock`);
	for (const shared of [['hook', 'slow', 'web'], ['hook'], ['web']]) {
		const other = POOLS.filter((pool) => !shared.includes(pool));
		const second = await rig.startEndpind({ args: other.flatMap((pool) => ['--set', `pool ${pool}.listen=${own(pool)}`]), expect: false });
		rig.endpind = first;
		try {
			await waitFor('its end', () => second.gone);
			assert.equal(second.code, 1, shared.join());
		} finally {
			await second.stop('SIGTERM');
		}
		assert.deepEqual(other.filter((pool) => existsSync(own(pool))), [], 'what it had made is taken back');
	}
	assert.equal(statSync(web()).ino, inode);
	assert.equal((await once(web()))?.status, 200);
});
