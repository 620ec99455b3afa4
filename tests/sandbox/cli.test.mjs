// SPDX-License-Identifier: MIT
//
// The command line: one clear line, the right exit status, and state that outlives the process.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { argv, launch, MAIN, options, start } from './harness.mjs';

const run = (...args) => spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });

test('--help names every option', () => {
	const { status, stdout } = run('--help');
	assert.equal(status, 0);
	for (const name of ['port', 'webhook-secret-file', 'catalog', 'state'])
		assert.match(stdout, new RegExp(`--${name} `));
});

test('a wrong command line is one line and exit 2', () => {
	for (const args of [['--nonsense', '1'], ['--port'], [], ['--port', 'x']]) {
		const { status, stderr } = run(...args);
		assert.equal(status, 2);
		assert.match(stderr, /^sandbox: [^\n]+\n$/);
	}
});

test('a catalog that cannot be played is one line and exit 2', async (t) => {
	const world = await start(t);
	const catalog = join(world.dir, 'bad.json');
	for (const text of ['{', '{"prices":[{"id":"p","product":"none"}]}', '{"coupons":[{"id":"c"}]}']) {
		writeFileSync(catalog, text);
		const { status, stderr } = run(...argv({ ...options(world.dir, 0, world.hook.url), catalog }));
		assert.equal(status, 2);
		assert.match(stderr, /^sandbox: --catalog [^\n]+\n$/);
	}
});

test('a port in use is one line and exit 1', async (t) => {
	const world = await start(t);
	const { status, stderr } = run(...argv({ ...options(world.dir, new URL(world.url).port, world.hook.url) }));
	assert.equal(status, 1);
	assert.match(stderr, /^sandbox: port \d+ is in use\n$/);
});

test('with --state everything is there again', async (t) => {
	const world = await start(t, (dir) => ({ state: `${dir}/state.json` }));
	const { customer, subscription } = await world.purchase();
	await world.control('clock', { advance_seconds: 3600 });
	await world.idle();
	world.child.kill('SIGTERM');
	assert.deepEqual(await world.ended, { code: 0, signal: null });

	const second = await launch(argv({ ...options(world.dir, new URL(world.url).port, world.hook.url), state: `${world.dir}/state.json` }));
	try {
		assert.equal((await world.stripe.subscriptions.retrieve(subscription)).customer, customer.id);
		assert.equal((await world.control('clock')).offset, 3600);
		assert.equal((await world.idle()).idle, true);
	} finally {
		second.child.kill('SIGINT');
		assert.equal((await second.ended).code, 0);
	}
});
