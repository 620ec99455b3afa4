// SPDX-License-Identifier: MIT
//
// What is not as it should be around endpin is named plainly, and no peer, clock or neighbour stops what can go on:
// few descriptors, closed streams, a socket that was left, a dead name server, a clock that is off, a database that can
// only be read.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ask, openRig, stat, waitFor } from '../rig/rig.mjs';
import { once } from './fcgi_client.mjs';
import { NOBODY } from '../rig/process.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'owed', set: { 'server.peers': 'root' } });
});
after(() => rig?.close());

const readyz = async () => (await ask(`${rig.origin}/readyz`)).status;
const ready = () => waitFor('endpind', async () => await readyz() === 200);

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
	assert.deepEqual([toTheEnd(fromShell('exec 2>&-')).status, toTheEnd(fromShell('exec 2</dev/null')).status], [1, 1]);
	assert.equal(toTheEnd(fromShell('exec 0<&- 1>&- 2>&-'), '--check').status, 0);

	await again('exec 0<&- 1>&-');
	for (const pid of [rig.endpind.pid, ...rig.processes().map((p) => p.pid)])
		assert.deepEqual([0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)), ['/dev/null', '/dev/null', rig.endpind.log]);

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
	for (let i = 0; i < 5; i++) {
		rig.endpind.kill('SIGKILL');
		await rig.startEndpind();
		await ready();
	}

	const second = toTheEnd(join(rig.stage.bin, 'endpind'));
	assert.equal(second.status, 1);
	assert.match(second.stderr, /another program listens on/);
	assert.equal(await readyz(), 200);
});
