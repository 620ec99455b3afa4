// SPDX-License-Identifier: MIT
//
// Whoever reads the log, stopped or gone, stops nobody: lines are lost and counted, and once somebody reads again one
// line says how many.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRig, start, stat, waitFor, SLOW } from '../rig/rig.mjs';
import { hammer } from '../rig/load.mjs';
import { deliver, makeEvent } from '../rig/event.mjs';
import { ask } from '../rig/client.mjs';

const SECONDS = process.env.ENDPIN_LONG === '1' ? 30 : 3;
let rig, reader;

before(async () => {
	rig = await openRig({ name: 'logreader' });
});
after(async () => {
	if (reader && !reader.gone)
		await reader.stop('SIGKILL');
	await rig?.close();
});

// endpind again, whose log is a pipe with a reader of its own. `mode`: 0600 is of a pipe that endpind may not open itself.
async function startWithReader(name, mode) {
	await rig.endpind.stop('SIGQUIT');
	const pipe = join(rig.dir, name), log = join(rig.dir, `${name}.log`);
	assert.equal(spawnSync('mkfifo', ['-m', mode, pipe]).status, 0);
	reader = start('reader', 'cat', [pipe], { log, asSelf: true });
	rig.endpind = start('endpind', join(rig.stage.bin, 'endpind'), ['-c', rig.conf], { log: pipe });
	rig.endpind.log = log;
	await ready();
}

const ready = () => waitFor('endpind', async () => (await ask(`${rig.origin}/readyz`)).status === 200);

// More than a pipe holds, in a second.
const load = (send) => hammer(4, async () => {
	const { status } = await send();
	return status === 200 ? null : status;
});
const page = () => ask(`${rig.origin}/api/plans`);
const event = () => deliver(rig, makeEvent());
const overflow = (running) => waitFor('lines to be lost', () => running.asked > 400, 60000);

// The log cannot be asked.
async function reloadUnheard() {
	const before = rig.processes().map(({ pid }) => pid);
	rig.endpind.kill('SIGHUP');
	await waitFor('a new generation', () => {
		const now = rig.processes().map(({ pid }) => pid);
		return now.length === before.length && !now.some((pid) => before.includes(pid));
	}, 30000);
}

test('a reader that is stopped stops nobody, and one line says what was lost', async (t) => {
	await startWithReader('stopped', '666');
	reader.kill('SIGSTOP');
	await waitFor('it to stand still', () => stat(reader.pid).state === 'T');
	const running = load(page), began = Date.now();
	await overflow(running);
	await reloadUnheard();
	await waitFor('its time', () => Date.now() - began >= SECONDS * 1000, SECONDS * 1000 + 60000);
	const { asked, bad, ms } = await running.end();
	reader.kill('SIGCONT');
	const [line] = await waitFor('the word', () => {
		const said = rig.log().filter((l) => l.event === 'log_lost');
		return said.length > 0 && said;
	});
	assert.deepEqual(bad, []);
	const told = rig.log().filter((l) => l.event === 'request').length;
	assert.ok(Number.isInteger(line.lines) && line.lines + told >= asked, `${line.lines} lost, ${told} there, ${asked} asked`);
	assert.deepEqual([line.level, line.process], ['warn', 'master']);
	// It is the only one, and the log goes on.
	const since = rig.log().length;
	await ask(`${rig.origin}/livez`);
	await waitFor('a line', () => rig.log().length > since);
	assert.equal(rig.log().filter((l) => l.event === 'log_lost').length, 1);
	t.diagnostic(`${SECONDS} s: ${asked} requests, ${bad.length} failed (figure: 0), slowest ${Math.round(ms.reduce((a, b) => Math.max(a, b), 0))} ms; ${line.lines} lines lost, said in 1 line (figure: 1)`);
});

test('SIGTERM is heard while the reader is stopped', async (t) => {
	reader.kill('SIGSTOP');
	const running = load(event);
	await overflow(running);
	const bad = (await running.end()).bad;
	assert.deepEqual(bad, []);
	const began = Date.now();
	assert.deepEqual(await rig.endpind.stop('SIGTERM'), { code: 0, signal: null });
	const ms = Date.now() - began;
	assert.ok(ms <= 1000 * SLOW, `${ms} ms`);
	reader.kill('SIGCONT');
	await reader.ended;
	t.diagnostic(`the end came after ${ms} ms (figure: 1000)`);
});

test('a reader that is gone stops nobody, also where the pipe is somebody else’s', async (t) => {
	await startWithReader('gone', '600');
	reader.kill('SIGSTOP');
	const running = load(event);
	await overflow(running);
	await reloadUnheard();
	await reader.stop('SIGKILL');
	await reloadUnheard();
	const { asked, bad } = await running.end();
	assert.deepEqual(bad, []);
	assert.deepEqual(await rig.endpind.stop('SIGTERM'), { code: 0, signal: null });
	t.diagnostic(`stopped and then killed: ${asked} events, ${bad.length} failed (figure: 0)`);
});
