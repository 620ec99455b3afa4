// SPDX-License-Identifier: MIT
//
// E4 B13: the log is JSON lines, one per request, that nobody can forge; no secret is anywhere it should not be.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRig, run, waitFor, CANARY, PASSWORD } from '../rig/rig.mjs';
import { deliver, makeEvent } from '../rig/event.mjs';
import { customerOf, newEmail, quiet, signup, subscribe } from '../rig/visitor.mjs';

let rig, visitor;
const answers = [];

before(async () => {
	rig = await openRig({ name: 'logs', set: { 'server.log_level': 'debug' } });
	visitor = await signup(rig, { ucc: 'pNRB1aYqArN' });
	await subscribe(rig, visitor);
	for (const path of ['/', '/account', '/api/session', '/api/cello/token', '/api/subscription', '/api/plans', '/api/config', '/auth', '/readyz'])
		answers.push([path, await visitor.get(path)]);
	answers.push(['portal', await visitor.post('/api/portal')]);
	answers.push(['login', await visitor.post('/api/login', { email: visitor.email, password: PASSWORD })]);
	answers.push(['wrong', await rig.client().post('/api/login', { email: visitor.email, password: `${CANARY} wrong` })]);
	answers.push(['bad', await rig.client().post('/api/signup', { email: `${CANARY}@`, password: `${CANARY} x` })]);
	answers.push(['hook', await deliver(rig, makeEvent({ object: { id: await customerOf(rig, visitor.account), object: 'customer' } }))]);
	await quiet(rig);
});
after(() => rig?.close());

test('E4: each request has exactly one line, with the id of the web server', async (t) => {
	const ofNginx = () => readFileSync(join(rig.dir, 'nginx-access.log'), 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l))
		.filter((l) => l.upstream !== '' && l.upstream !== '-');
	const ours = () => rig.log().filter((l) => l.event === 'request');
	// A web server answers first and writes its line then; that there are too many or too few is told below.
	await waitFor('the last line of nginx', () => ofNginx().length >= ours().length);
	const served = ofNginx(), lines = ours();
	const count = new Map();
	for (const line of lines) {
		const id = line.request ?? line.request_id ?? line.id;
		assert.ok(id, JSON.stringify(line));
		count.set(id, (count.get(id) ?? 0) + 1);
	}
	const missing = served.filter((l) => count.get(l.id) !== 1);
	assert.deepEqual(missing.slice(0, 3), []);
	assert.equal(lines.length, served.length);
	t.diagnostic(`E4: ${served.length} requests, ${lines.length} lines, ${rig.logLines().length} lines in all are JSON (figure: equal)`);
});

test('E4: every line says when, how grave, what and in words', () => {
	for (const line of rig.log()) {
		assert.match(line.ts, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
		assert.ok(['debug', 'info', 'warn', 'error'].includes(line.level), JSON.stringify(line));
		assert.match(line.event, /^[a-z][a-z0-9_]+$/);
		assert.equal(typeof line.msg === 'string' || line.event === 'request', true, JSON.stringify(line));
	}
});

test('E4: every event is in the inventory', () => {
	let inventory;
	try {
		inventory = readFileSync(new URL('../../doc/events.md', import.meta.url), 'utf8');
	} catch {
		return;
	}
	for (const event of new Set(rig.log().map((l) => l.event)))
		assert.ok(inventory.includes(`\`${event}\``), `doc/events.md does not know ${event}`);
});

test('E4: what a client sends cannot forge a line', async () => {
	const evil = '","level":"error","event":"forged"}\n{"ts":"x","level":"error","event":"forged","msg":"';
	await rig.client().post('/api/login', { email: `${evil}@example.com`, password: `${CANARY}${evil}` });
	await rig.client().post('/api/signup', { email: newEmail(), password: PASSWORD, ucc: evil, firstName: 'x\u2028' });
	await rig.client().get(`/api/${encodeURIComponent(evil)}?${encodeURIComponent(evil)}`);
	await rig.client().get('/api/session', { headers: { cookie: `endpin=${evil.replaceAll('\n', '')}`, 'user-agent': evil.replaceAll('\n', '') } });
	const lines = rig.log();
	assert.ok(lines.every((l) => l.event !== 'forged'));
});

test('B13: secrets are in none of: logs, answers, process lists, environments, the database', async (t) => {
	const token = visitor.cookies.get('endpin');
	const jwt = answers.find(([path]) => path === '/api/cello/token')[1].json.bootConfig.token;
	const secrets = [CANARY, token, rig.secrets.pepper.slice(3), PASSWORD];
	const found = [];
	const look = (where, text, list = secrets) => {
		for (const secret of list)
			if (text.includes(secret))
				found.push(`${where}: ${secret.slice(0, 12)}…`);
	};
	for (const name of readdirSync(rig.dir).filter((n) => n.endsWith('.log')))
		look(name, readFileSync(join(rig.dir, name), 'utf8'), [...secrets, jwt, visitor.email]);
	// The answer to the owner carries the owner's own cookie and token; nothing else does.
	for (const [what, answer] of answers)
		look(`answer ${what}`, answer.text, secrets.filter((s) => s !== token));
	for (const pid of [rig.endpind.pid, ...rig.processes().map((p) => p.pid)])
		for (const file of ['cmdline', 'environ'])
			look(`/proc/${pid}/${file}`, readFileSync(`/proc/${pid}/${file}`, 'latin1'));
	const dump = await run(`/usr/bin/pg_dump`, ['-h', rig.cluster.dir, '-U', 'postgres', rig.database]);
	look('database', dump, [...secrets, jwt, rig.secrets.stripeKey, rig.secrets.webhook, rig.secrets.product]);
	assert.deepEqual(found, []);
	t.diagnostic(`B13: ${secrets.length + 4} canaries, found 0 times (figure: 0)`);
});

test('B13: a secret file that others may read is refused', async () => {
	const { chmodSync, writeFileSync } = await import('node:fs');
	const { configText, POOLS } = await import('../rig/config.mjs');
	const { writeSecret } = await import('../rig/files.mjs');
	for (const [option, text, mode] of [
		['stripe.webhook_secret_file', rig.secrets.webhook, 0o644], ['stripe.webhook_secret_file', '', 0o600],
		['stripe.webhook_secret_file', '# nothing\n\n', 0o600], ['stripe.secret_key_file', '', 0o600]]) {
		const file = writeSecret(join(rig.dir, 'bad_secret'), text);
		chmodSync(file, mode);
		const conf = join(rig.dir, 'bad.conf');
		writeFileSync(conf, configText({ ...rig.config, [option]: file, 'server.run_dir': rig.dir,
			...Object.fromEntries(POOLS.map((p) => [`pool ${p}.listen`, join(rig.dir, `bad-${p}.sock`)])) }));
		await assert.rejects(run(join(rig.stage.bin, 'endpind'), ['-c', conf]), (e) => {
			assert.ok(!`${e.out}${e.err}`.includes(CANARY));
			return e.code === 1 || e.code === 2;
		}, `${option} ${mode.toString(8)} ${JSON.stringify(text)}`);
	}
});

test('E4: options that are unknown, twice or out of their limits name file and line', async () => {
	const { writeFileSync } = await import('node:fs');
	const text = readFileSync(rig.conf, 'utf8');
	const conf = join(rig.dir, 'bad.conf');
	const at = (needle) => text.slice(0, text.indexOf(needle)).split('\n').length;
	for (const [change, line] of [
		[(t) => t.replace('www_dir', 'www_dire'), at('www_dir')],
		[(t) => t.replace(/\[server\]/, '[serve]'), at('[server]') + 1],
		[(t) => t.replace(/stop_timeout = \d+/, 'stop_timeout = -1'), at('stop_timeout')],
		[(t) => t.replace(/stop_timeout = \d+/, 'stop_timeout = soon'), at('stop_timeout')]
	]) {
		writeFileSync(conf, change(text));
		await assert.rejects(run(join(rig.stage.bin, 'endpind'), ['-c', conf]), (e) => {
			assert.match(`${e.out}${e.err}`, new RegExp(`bad\\.conf:${line}\\b`));
			return e.code === 2 || e.code === 1;
		});
	}
});
