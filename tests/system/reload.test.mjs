// SPDX-License-Identifier: MIT
//
// F6 A6 A17: a new generation takes over when it is whole, or is given up with its cause, and the old one stays at strength. What the service
// manager is told about it is true.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { deliver, makeEvent } from '../rig/event.mjs';
import { hammer } from '../rig/load.mjs';
import { openManager } from '../rig/manager.mjs';
import { openRig, stat, waitFor, LESS, SLOW } from '../rig/rig.mjs';
import { NOBODY } from '../rig/process.mjs';
import { customerOf, signup } from '../rig/visitor.mjs';

const LONG = process.env.ENDPIN_LONG === '1';
const SIZES = { hook: 2, password: 2, stripe: 3, web: 2, courier: 2 };
const TOTAL = Object.values(SIZES).reduce((a, b) => a + b);
const START_SECONDS = LONG ? 30 : LESS ? 10 : 5;
const FULL = Object.entries(SIZES).map(([kind, n]) => `${kind} ${n}/${n}`).join(', ');
let rig, manager;

before(async () => {
	rig = await openRig({ name: 'reload', ownCluster: true, set: { 'server.start_timeout': START_SECONDS, 'stripe.timeout': 15 } });
	manager = await openManager(rig.dir);
	await rig.endpind.stop('SIGQUIT');
	await rig.startEndpind({ env: { ...manager.env, WATCHDOG_USEC: '1000000' } });
	await waitFor('READY', () => told('READY=1').length === 1);
});
after(async () => {
	await manager?.close();
	await rig?.close();
});

const events = (name, since = 0) => rig.log().slice(since).filter((l) => l.event === name);
const told = (what, since = 0) => manager.heard().slice(since).filter(({ text }) => text.startsWith(what));
const lastStatus = () => told('STATUS=').at(-1)?.text ?? '';
const whole = () => waitFor('one whole generation', () =>
	rig.processes().length === TOTAL && Object.entries(SIZES).every(([kind, n]) => rig.workers(kind).length === n));
const connections = () => rig.value("SELECT count(*)::int FROM pg_stat_activity WHERE application_name LIKE 'endpin %'");
const ask = (path) => async () => {
	const { status, text } = await rig.client({ agent: new http.Agent() }).get(path);
	return status === 200 ? null : `${status} ${text.slice(0, 80)}`;
};

// SIGHUP, and the first of these events that follows.
async function reload(...names) {
	const since = rig.log().length;
	rig.endpind.kill('SIGHUP');
	return waitFor(names.join(' or '), () => names.flatMap((name) => events(name, since))[0], (START_SECONDS + 10) * 1000);
}

// What READY is followed by: nobody is missing or on trial any more.
function weakAfterReady(since) {
	const texts = manager.heard().slice(since).map(({ text }) => text);
	return texts.slice(texts.lastIndexOf('READY=1')).filter((text) => text.startsWith('STATUS=') && (!text.includes(FULL) || text.includes('trial')));
}

test('A17: READY is told when all are there, with the counts', async () => {
	await waitFor('the counts', () => lastStatus() === `STATUS=generation 1: ${FULL}`);
	assert.equal(told('READY=1').length, 1);
	assert.deepEqual(weakAfterReady(0), []);
});

const BROKEN = [
	['pages that are not there', { 'server.www_dir': '/nonexistent' }, 'reload_given_up', /web \d+ left with status 1 before it was ready/],
	['a run_dir that is not there', { 'server.run_dir': '/nonexistent' }, 'reload_given_up', /(hook|password|stripe|web) \d+ left with status 1 before it was ready/],
	['a database that is not there', { 'database.conninfo': 'host=/nonexistent dbname=none' }, 'reload_given_up',
		/\d workers do not reach the database, which \d of generation \d+ do/],
	['a secret that is not there', { 'stripe.webhook_secret_file': '/nonexistent' }, 'reload_refused', /./],
	['a pool that cannot be', { 'pool web.workers': 'many' }, 'reload_refused', /./]
];

// How long, at most, the generation in service was not at strength.
function longestWeakness(since) {
	let weak = null, longest = 0;
	for (const { at, text } of told('STATUS=generation', since)) {
		const strong = text.replace(/;.*/, '').endsWith(FULL);
		if (weak !== null && strong)
			longest = Math.max(longest, at - weak);
		weak = strong ? null : weak ?? at;
	}
	assert.equal(weak, null, 'weak in the end');
	return longest;
}

for (const [what, change, event, cause] of BROKEN)
	test(`F6: a reload to ${what} is given up, the old generation stays at strength`, async (t) => {
		await whole();
		const good = rig.config;
		const victims = Object.keys(SIZES).flatMap((kind) => rig.workers(kind));
		const heard = manager.heard().length;
		const logged = rig.log().length;
		const generation = /generation \d+/.exec(lastStatus())[0];
		const load = hammer(3, ask('/readyz'));
		rig.configure(change);
		let over = false, killed = 0, most = 0;
		const began = Date.now();
		const said = reload(event).finally(() => over = true);
		const counting = (async () => {
			while (!over)
				most = Math.max(most, await connections());
		})();
		// Whoever was there at the beginning dies while the new ones try.
		await waitFor('children of two generations, or the end', () => over || rig.processes().length > TOTAL);
		for (const pid of victims) {
			if (over && killed > 1)
				break;
			process.kill(pid, 'SIGKILL');
			killed++;
			await waitFor('its end', () => !rig.processes().some((p) => p.pid === pid));
		}
		const { msg } = await said;
		const ms = Date.now() - began;
		await counting;
		await whole();
		const { asked, bad } = await load.end();
		rig.configure(good);
		assert.match(msg, cause);
		assert.ok(ms <= (START_SECONDS + 2) * 1000 * SLOW, `${ms} ms`);
		// A request is lost with its worker, and then the web server answers; nobody was served by the new ones.
		assert.deepEqual(events('request', logged).filter(({ status }) => status !== 200), []);
		assert.ok(bad.length <= killed, `${bad.length} lost`);
		assert.ok(most <= 2 * TOTAL, `${most} connections`);
		await waitFor('the counts', () => lastStatus() === `STATUS=${generation}: ${FULL}`);
		const weak = longestWeakness(heard);
		assert.ok(weak <= 1000 * SLOW, `${weak} ms`);
		await waitFor('RELOADING and READY', () => told('READY=1', heard).length === 1);
		assert.deepEqual(weakAfterReady(heard).filter((text) => text.includes('trial')), []);
		const order = manager.heard().slice(heard).map((h) => h.text).filter((h) => /^(RELOADING|READY)/.test(h)).map((h) => h.split('=')[0]);
		assert.deepEqual(order, ['RELOADING', 'READY']);
		t.diagnostic(`F6: ${what}: ${event} after ${ms} ms (figure: ${START_SECONDS * 1000}), ${killed} killed meanwhile, never weak for more than ${weak} ms ` +
			`(figure: 1000), ${bad.length} of ${asked} requests lost (figure: ${killed}), ${most} connections (figure: ${2 * TOTAL})`);
	});

test('A17: RELOADING ends with READY when the new generation serves', async (t) => {
	await whole();
	const heard = manager.heard().length;
	let most = 0, over = false;
	const said = reload('reload').finally(() => over = true);
	while (!over)
		most = Math.max(most, await connections());
	const { msg } = await said;
	await waitFor('READY', () => told('READY=1', heard).length === 1);
	await whole();
	const number = /generation (\d+)/.exec(msg)[1];
	await waitFor('the counts', () => lastStatus() === `STATUS=generation ${number}: ${FULL}`);
	const since = manager.heard().slice(heard).map((h) => h.text);
	const at = (what) => since.findIndex((h) => h.startsWith(what));
	assert.ok(at('RELOADING=1 MONOTONIC_USEC=') < at('READY=1'));
	assert.deepEqual(weakAfterReady(heard), []);
	assert.ok(since.some((h) => h.includes(`on trial, generation ${number}`)));
	assert.ok(most <= 2 * TOTAL, `${most} connections`);
	t.diagnostic(`F6: a reload has ${most} connections at most (figure: ${2 * TOTAL})`);
});

test('F6: a reload waits for those who are still leaving', async () => {
	await whole();
	const visitor = await signup(rig);
	await customerOf(rig, visitor.account);
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/checkout/sessions', action: 'delay', ms: 1500 });
	const lines = rig.log().length;
	const busy = visitor.post('/api/checkout', { plan: 'solo' });
	await waitFor('the call', async () => await rig.value("SELECT count(*)::int FROM stripe_call WHERE kind = 'checkout' AND state = 'attended' AND first_sent_at IS NOT NULL") === 1);
	await reload('reload');
	rig.endpind.kill('SIGHUP');
	assert.equal((await busy).status, 201);
	await waitFor('the second one', () => events('reload', lines).length === 2);
	const answered = events('request', lines).find((l) => l.route === '/api/checkout');
	assert.ok(Date.parse(answered.ts) <= Date.parse(events('reload_begin', lines)[1].ts));
	await whole();
});

test('F6: a storm of signals while a broken generation tries ends in one generation', async (t) => {
	await whole();
	const good = rig.config;
	const lines = rig.log().length;
	rig.configure({ 'database.conninfo': 'host=/nonexistent dbname=none' });
	const signals = 1000;
	let most = 0;
	for (let i = 0; i < signals; i++) {
		rig.endpind.kill('SIGHUP');
		await new Promise((done) => setTimeout(done, 1));
		most = Math.max(most, i % 20 === 0 ? rig.processes().length : 0);
	}
	rig.configure(good);
	await waitFor('the word that it was given up', () => events('reload_given_up', lines).length >= 1, (START_SECONDS + 5) * 1000);
	// Now each could be whole at once: they are kept apart.
	const second = rig.log().length, again = Date.now();
	for (let i = 0; i < signals; i++) {
		rig.endpind.kill('SIGHUP');
		await new Promise((done) => setTimeout(done, 1));
	}
	await waitFor('the last reload', () => events('reload', lines).length >= 1, 30000);
	await whole();
	const tried = events('reload_begin', lines).length, apart = events('reload_begin', second).length;
	assert.ok(apart <= 2 + (Date.now() - again) / 500, `${apart} generations`);
	assert.ok(most <= 2 * TOTAL, `${most} children`);
	assert.equal(await ask('/readyz')(), null);
	t.diagnostic(`F6: ${2 * signals} signals, ${tried} generations tried, ${most} children at most (figure: ${2 * TOTAL}), 1 generation in the end (figure: 1)`);
});

test('F6: one that hangs when it is told to begin does not keep the old ones for ever', async (t) => {
	await whole();
	const before = rig.processes().map(({ pid }) => pid);
	const since = rig.log().length;
	// Until the new workers reach the database their generation is on trial.
	process.kill(rig.cluster.process.pid, 'SIGSTOP');
	let hung;
	try {
		rig.endpind.kill('SIGHUP');
		hung = await waitFor('a courier that waits for the word', () => rig.workers('courier')
			.find((pid) => !before.includes(pid) && stat(pid)?.state === 'S'));
		process.kill(hung, 'SIGSTOP');
	} finally {
		process.kill(rig.cluster.process.pid, 'SIGCONT');
	}
	try {
		await waitFor('the new generation', () => events('reload', since).length === 1, START_SECONDS * 1000);
		const began = Date.now();
		await waitFor('the old ones to leave', () => !rig.processes().some(({ pid }) => before.includes(pid)), (START_SECONDS + 10) * 1000);
		t.diagnostic(`F6: the old ones left ${Date.now() - began} ms after that (figure: ${START_SECONDS * 1000})`);
	} finally {
		process.kill(hung, 'SIGCONT');
	}
	await whole();
});

test('07 08: what systemctl reload runs rolls a secret, and fails with words where something is wrong', async () => {
	await whole();
	const endpind = (...args) => spawnSync(join(rig.stage.bin, 'endpind'), ['-c', rig.conf, ...args],
		{ encoding: 'utf8', cwd: '/', ...NOBODY });
	const file = rig.config['stripe.webhook_secret_file'], old = readFileSync(file, 'utf8');
	const rolled = `whsec_${'0f'.repeat(24)}`;
	const send = async () => (await deliver({ origin: rig.origin, secrets: { webhook: rolled } }, makeEvent())).status;
	assert.equal(await send(), 400);
	writeFileSync(file, `${old}${rolled}\n`);
	const since = rig.log().length;
	const told = endpind('--reload', String(rig.endpind.pid));
	assert.equal(told.status, 0, told.stderr);
	await waitFor('the new secret', async () => await send() === 200);
	await waitFor('the reload', () => events('reload', since)[0]);
	await whole();

	writeFileSync(file, '');
	const before = rig.log().length;
	const refused = endpind('--reload', String(rig.endpind.pid));
	assert.equal(refused.status, 2);
	assert.match(refused.stderr, /webhook_secret_file is empty/);
	assert.deepEqual(events('reload', before), [], 'nobody was asked');
	writeFileSync(file, old);
	for (const nobody of ['0', '1', '-1', 'endpind'])
		assert.match(endpind('--reload', nobody).stderr, /wants the pid/);
	assert.match(endpind('--reload', '4194304').stderr, /could not ask process 4194304 to reload: No such process/);
	await reload('reload');
});

test('F6: without a database on either side a reload goes through, and the first start too', async (t) => {
	await whole();
	await rig.cluster.stop('SIGQUIT');
	rig.forgetConnection();
	const began = Date.now();
	await reload('reload');
	const ms = Date.now() - began;
	await whole();
	assert.equal(await ask('/livez')(), null);
	assert.match(await ask('/readyz')(), /^503/);
	const pids = rig.workers('web');

	await rig.endpind.stop('SIGQUIT');
	const heard = manager.heard().length;
	await rig.startEndpind({ env: { ...manager.env, WATCHDOG_USEC: '1000000' } });
	await waitFor('READY', () => told('READY=1', heard).length === 1);
	assert.equal(await ask('/livez')(), null);
	assert.match(await ask('/readyz')(), /^503/);
	const mine = rig.workers('web');
	await rig.cluster.start();
	await waitFor('ready', async () => await ask('/readyz')() === null);
	// Whoever had no database has stayed.
	assert.deepEqual(rig.workers('web'), mine);
	assert.notDeepEqual(pids, mine);
	t.diagnostic(`F6: reload without a database after ${ms} ms (figure: ${START_SECONDS * 1000})`);
});

test('A17: a stop that takes its time asks for it; the master was alive all along', async (t) => {
	const visitor = await signup(rig);
	await customerOf(rig, visitor.account);
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/checkout/sessions', action: 'delay', ms: 4000 });
	const busy = visitor.post('/api/checkout', { plan: 'solo' });
	await waitFor('the call', async () => await rig.value("SELECT count(*)::int FROM stripe_call WHERE kind = 'checkout' AND state = 'attended' AND first_sent_at IS NOT NULL") === 1);
	const heard = manager.heard().length;
	assert.equal((await rig.endpind.stop('SIGQUIT')).code, 0);
	assert.equal((await busy).status, 201);
	const since = manager.heard().slice(heard).map((h) => h.text);
	assert.ok(since.includes('STOPPING=1'));
	const extended = since.filter((h) => h.startsWith('EXTEND_TIMEOUT_USEC=')).length;
	assert.ok(extended >= 2, `${extended} times`);
	// From one sign of life to the next, but for the times when there was no master.
	const alive = told('WATCHDOG=1').map((h) => h.at);
	const gaps = alive.slice(1).map((at, i) => at - alive[i]).sort((a, b) => a - b);
	const gap = gaps.at(-2);
	assert.ok(alive.length > 10 && gap <= 1000 * SLOW, `${gap} ms`);
	t.diagnostic(`A17: more time asked for ${extended} times in a stop of 3 s and more (figure: 2); ${alive.length} signs of life, at most ${gap} ms apart (figure: 1000)`);
	await rig.startEndpind();
});
