// SPDX-License-Identifier: MIT
//
// usage: node peers.mjs SECONDS [section.option=value...]
//
// endpin and two others that do the same work, by turns, behind the same nginx and on the same PostgreSQL. The others do not
// write access lines, and send fewer headers; endpin is as it is shipped.

import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, freePort, run, start, waitFor } from '../rig/rig.mjs';
import { PRODUCT } from '../rig/config.mjs';
import { SOURCE } from '../rig/stage.mjs';
import { openEndpin } from './contender.mjs';
import { family, memory } from './cost.mjs';
import { lineOf, measure, medians, perEvent } from './figures.mjs';
import { CONNECTIONS } from './load.mjs';
import { PATHS } from './requests.mjs';

const ROUNDS = 3;
const PEERS = join(dirname(fileURLToPath(import.meta.url)), 'peers');
const [seconds, ...pairs] = process.argv.slice(2);
const set = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
// Connections to PostgreSQL: more brought them nothing.
const POOL = { go: 8, fastify: 4 };

const ports = { go: await freePort(), fastify: await freePort() };
const names = Object.keys(ports);
const site = (rig) => names.map((name) => `
	upstream ${name} {
		server unix:${rig.dir}/${name}.sock;
		keepalive ${CONNECTIONS};
	}
	server {
		listen 127.0.0.1:${ports[name]} backlog=1024;
		location / {
			proxy_pass http://${name};
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Host $host;
			proxy_set_header X-Request-Id $request_id;
			client_max_body_size 1m;
			client_body_buffer_size 64k;
		}
	}`).join('\n');

// A database like endpin's, with the same account and session.
async function copyDatabase(endpin, name) {
	const { rig } = endpin, database = `${rig.database}_${name}`, admin = await rig.cluster.connect('postgres');
	await admin.query(`CREATE DATABASE ${database} TEMPLATE template_endpin OWNER endpin_owner`);
	await admin.end();
	const sql = await rig.cluster.connect(database);
	await sql.query('CREATE EXTENSION pg_stat_statements');
	for (const table of ['account', 'session'])
		for (const row of await rig.sql(`SELECT row_to_json(t) AS row FROM ${table} t`))
			await sql.query(`INSERT INTO ${table} SELECT * FROM json_populate_record(NULL::${table}, $1)`, [JSON.stringify(row.row)]);
	return { database, sql };
}

const asSelf = { uid: process.getuid(), gid: process.getgid() };

async function commandOf(name, rig) {
	if (name === 'fastify') {
		cpSync(join(PEERS, name), join(rig.dir, name), { recursive: true });
		return [process.execPath, join(rig.dir, name, 'main.mjs')];
	}
	const cache = join(SOURCE, 'build', 'peers'), program = join(rig.dir, 'go-peer');
	mkdirSync(cache, { recursive: true });
	await run('go', ['build', '-o', program, '.'], {
		cwd: join(PEERS, name), ...asSelf, env: { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOCACHE: join(cache, 'go'), GOFLAGS: '-buildvcs=false' }
	});
	return [program];
}

async function openPeer(endpin, name) {
	const { rig } = endpin, { database, sql } = await copyDatabase(endpin, name);
	cpSync(PEERS, join(rig.dir, 'sql'), { recursive: true, filter: (path) => path === PEERS || path.endsWith('.sql') });
	const [command, ...args] = await commandOf(name, rig);
	const where = name === 'go' ? ['--conninfo', `host=${rig.cluster.dir} dbname=${database} user=endpin passfile=${rig.cluster.passfile}`]
		: ['--host', rig.cluster.dir, '--database', database];
	const peer = start(name, command, [...args, '--socket', join(rig.dir, `${name}.sock`), ...where, '--pool', POOL[name], '--sql', join(rig.dir, 'sql'),
		'--webhook-secret', join(rig.dir, 'webhook_secret'), '--product-secret', join(rig.dir, 'product_secret'),
		'--cookie', endpin.cookie.slice(0, endpin.cookie.indexOf('=')), '--product', PRODUCT, '--script', `${rig.assetsUrl}/app/latest/cello.js`],
	{ log: join(rig.dir, `${name}.log`), env: { PGPASSFILE: rig.cluster.passfile } });
	const port = ports[name];
	await waitFor(name, async () => {
		if (peer.gone)
			throw new Error(peer.lastWords());
		return (await ask(`http://127.0.0.1:${port}/livez`)).status === 200;
	});
	return { ...endpin, name, port, peer, most: undefined, warm: undefined, client: sql,
		sql: async (text, values) => (await sql.query(text, values)).rows, app: () => family(peer.pid) };
}

// What a member is told is the same, whoever says it, but for what the time is.
async function sameWork(endpin, peer) {
	const told = async ({ port }) => {
		const { json } = await ask(`http://127.0.0.1:${port}/api/cello/token`, { headers: { cookie: endpin.cookie } });
		json.bootConfig.token = JSON.parse(Buffer.from(json.bootConfig.token.split('.')[1], 'base64url'));
		json.bootConfig.token.iat = 0;
		return JSON.stringify(json);
	};
	const [ours, theirs] = [await told(endpin), await told(peer)];
	if (ours !== theirs)
		throw new Error(`${peer.name} does not do the same work:\n${theirs}\n${ours}`);
}

// With everything that is shipped, couriers too.
async function startUp({ rig }) {
	await rig.endpind.stop();
	rig.configure({ 'courier.processes': null });
	const began = performance.now();
	await rig.startEndpind({ expect: false });
	await waitFor('the first answer', async () => (await ask(`${rig.origin}/livez`)).status === 200);
	return performance.now() - began;
}

const endpin = await openEndpin('endpin', { set, webHttp: site });
const contenders = [endpin];
try {
	for (const name of names) {
		contenders.push(await openPeer(endpin, name));
		await sameWork(endpin, contenders.at(-1));
	}
	console.log(`${CONNECTIONS} connections, ${ROUNDS} rounds of ${seconds} s by turns, medians; nginx with 2 processes, endpin with ` +
		`${endpin.rig.workers('web').length} web and ${endpin.rig.workers('hook').length} hook workers`);
	const results = Object.fromEntries(Object.keys(PATHS).map((path) => [path, contenders.map(() => [])]));
	for (let round = 0; round < ROUNDS; round++)
		for (const path of Object.keys(PATHS))
			for (const [i, c] of contenders.entries())
				results[path][i].push(await measure(c, path, { seconds: Number(seconds) }));
	for (const path of Object.keys(PATHS)) {
		const all = results[path].map(medians), best = all.slice(1).reduce((a, b) => a.perSecond > b.perSecond ? a : b);
		console.log(`\n${path}: ${(all[0].perSecond / best.perSecond).toFixed(2)} × the better of the others, with ${(all[0].app / best.app).toFixed(2)} of its CPU`);
		contenders.forEach((c, i) => console.log(`  ${lineOf(c.name, all[i])}`));
	}
	console.log('');
	for (const c of contenders)
		console.log(await perEvent(c, Number(seconds)));
	console.log('');
	for (const c of contenders)
		console.log(`${c.name.padEnd(22)} memory of all its processes: ${(memory(c.app()) / 1e6).toFixed(1)} MB`);
	const took = await startUp(endpin);
	await measure(endpin, 'token', { seconds: 1 });
	await measure(endpin, 'webhook', { seconds: 1 });
	console.log(`endpin, with couriers   ${(memory(endpin.app()) / 1e6).toFixed(1)} MB; first answer ${took.toFixed(0)} ms after its start`);
} finally {
	for (const c of contenders.slice(1)) {
		await c.client.end();
		await c.peer.stop();
	}
	await endpin.rig.close();
}
