// SPDX-License-Identifier: MIT
//
// Clients that send their bodies slowly, or bodies that are large, or begin large ones and stop, hold nobody up: each
// pool has one worker here, so that whoever is held would be noticed.

import assert from 'node:assert/strict';
import http from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { freePort, openFiles, openRig, start, waitFor, PASSWORD, SLOW } from '../rig/rig.mjs';
import { ask } from '../rig/client.mjs';
import { makeEvent, sign } from '../rig/event.mjs';
import { percentiles, round, steady, undisturbed } from '../rig/load.mjs';
import { signup } from '../rig/visitor.mjs';
import { apache } from '../rig/webserver.mjs';
import { Connection, KEEP, request } from './fcgi_client.mjs';

const LONG = process.env.ENDPIN_LONG !== undefined;
const CLIENTS = 64;
const PIECE = 10, EVERY_MS = 100;	// 100 bytes a second
const SECONDS = LONG ? 12 : 2.5;	// longer than a request may take, or a sample
const P99_MS = 500, HELD_MS = 1000;
const LARGE = 300000, LARGE_CLIENTS = 21;
const SAMPLE = { apache: ['/webhooks/stripe', '/api/login', '/api/logout'], nginx: ['/webhooks/stripe'] };

const ports = {};
let rig, other, member, routes;

before(async () => {
	rig = await openRig({ name: 'slowbodies', web: 'nginx', sandbox: false, set: {
		'courier.processes': 0, 'pool hook.workers': 1, 'pool password.workers': 1, 'pool stripe.workers': 1, 'pool web.workers': 1
	} });
	[ports.nginx, ports.apache] = [rig.port, await freePort()];
	const config = apache({ stage: rig.stage.dir, dir: rig.dir, port: ports.apache });
	other = { server: start('apache', config.command, config.args, { log: `${rig.dir}/apache.log` }), stop: config.stop };
	await waitFor('Apache', async () => {
		if (other.server.gone)
			throw new Error(other.server.lastWords());
		return (await ask(`http://127.0.0.1:${ports.apache}/livez`)).status === 200;
	});
	member = await signup(rig);
	routes = (await rig.endpin('routes')).split('\n').map((line) => /^POST\s+(\S+)/.exec(line)?.[1]).filter((path) => path && !path.includes('{'));
});
after(async () => {
	await other?.server.stop(other.stop);
	await rig?.close();
});

// --- those who are slow ---

const head = (path, length) => `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: ${rig.origin}\r\nContent-Type: application/json\r\n` +
	`Stripe-Signature: t=1,v1=00\r\nContent-Length: ${length}\r\n\r\n`;

// As many as there shall be, all the time: whoever is sent away comes again.
function slowClients(port, path, count, { length = 8000, first = '' } = {}) {
	const sockets = new Set(), state = { came: 0 };
	let over = false;
	const open = () => {
		state.came++;
		const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(head(path, length) + first));
		socket.on('error', () => {}).on('data', () => socket.destroy()).on('close', () => {
			sockets.delete(socket);
			if (!over)
				setTimeout(open, EVERY_MS);
		});
		sockets.add(socket);
	};
	for (let i = 0; i < count; i++)
		open();
	const timer = first ? undefined : setInterval(() => sockets.forEach((s) => s.writable && s.write('x'.repeat(PIECE))), EVERY_MS);
	return Object.assign(state, { end() {
		over = true;
		clearInterval(timer);
		sockets.forEach((s) => s.destroy());
	} });
}

// --- those who are not ---

// On a connection of its own: Apache closes those that are kept when it is short of threads.
const alone = new http.Agent({ keepAlive: false });

function deliver(port, body) {
	return ask(`http://127.0.0.1:${port}/webhooks/stripe`, { method: 'POST', body, agent: alone, headers: {
		'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'stripe-signature': sign(rig.secrets.webhook, body)
	} });
}

const logIn = (port) => ask(`http://127.0.0.1:${port}/api/login`, { method: 'POST', body: JSON.stringify({ email: member.email, password: PASSWORD }),
	agent: alone, headers: { 'content-type': 'application/json', origin: rig.origin } });

// How long everybody else waits meanwhile. Whatever else this machine has to do counts against us: the best of three.
async function others(t, port, what) {
	const problem = (wanted, send) => async () => {
		const answer = await send();
		return answer.status === wanted ? null : `${answer.status} ${answer.text}`;
	};
	let best = { p99: Infinity };
	for (let i = 0; i < 3 && best.p99 > P99_MS; i++) {
		const [hooks, logins] = await Promise.all([
			steady({ perSecond: 20, seconds: SECONDS, send: problem(200, () => deliver(port, makeEvent({ size: 1800 }))) }),
			steady({ perSecond: 4, seconds: SECONDS, send: problem(200, () => logIn(port)) })
		]);
		assert.deepEqual([...hooks.bad, ...logins.bad], []);
		const p99 = Math.max(hooks.p99, logins.p99);
		if (p99 < best.p99)
			best = { p99, hooks, logins };
	}
	t.diagnostic(`${what}: p99 of webhooks ${round(best.hooks.p99)} ms, of logins ${round(best.logins.p99)} ms (figure: ${P99_MS})`);
	assert.ok(best.p99 <= P99_MS * SLOW, `p99 ${best.p99}`);
}

// By its own clock: from when a request was whole to its answer.
function longest() {
	return Math.max(0, ...rig.log().filter((line) => line.event === 'request').map((line) => line.us / 1000));
}

for (const server of ['apache', 'nginx'])
	describe(`${CLIENTS} clients at 100 bytes a second, ${server}`, () => {
		const paths = LONG ? () => routes : () => SAMPLE[server];
		test('to one route after the other', async (t) => {
			assert.ok(paths().length > 0 && SAMPLE[server].every((path) => routes.includes(path)));
			for (const path of paths()) {
				const slow = slowClients(ports[server], path, CLIENTS);
				try {
					await others(t, ports[server], path);
				} finally {
					slow.end();
				}
			}
		});
	});

describe('large bodies', () => {
	for (const server of ['apache', 'nginx'])
		test(`${LARGE_CLIENTS} of ${LARGE} bytes at once, ${server}`, async (t) => {
			const began = performance.now();
			const large = Promise.all(Array.from({ length: LARGE_CLIENTS }, () => deliver(ports[server], makeEvent({ size: LARGE }))));
			const ms = [];
			let over = false;
			large.finally(() => over = true);
			do {
				const before = performance.now();
				assert.equal((await deliver(ports[server], makeEvent())).status, 200);
				ms.push(performance.now() - before);
			} while (!over);
			assert.deepEqual((await large).map((answer) => answer.status), Array(LARGE_CLIENTS).fill(200));
			t.diagnostic(`all taken after ${round(performance.now() - began)} ms, small ones meanwhile at most ${round(percentiles(ms).max)} ms`);
		});

	test('begun and not ended: small ones pass, and one that is whole is taken in the end', async (t) => {
		const stuck = slowClients(ports.apache, '/webhooks/stripe', LARGE_CLIENTS, { length: LARGE, first: 'x'.repeat(LARGE - 1000) });
		try {
			await others(t, ports.apache, 'with all places for large ones taken');
			const began = performance.now();
			let answer;
			// Who comes too late among so many is told so, and comes again, as Stripe does.
			for (let i = 0; i < 2 && answer?.status !== 200; i++)
				answer = await deliver(ports.apache, makeEvent({ size: LARGE }));
			assert.equal(answer.status, 200, answer.text);
			t.diagnostic(`a whole one of ${LARGE} bytes was taken after ${round(performance.now() - began)} ms`);
		} finally {
			stuck.end();
		}
	});

	test('too large for its route, or for all', async () => {
		const post = (path, size) => ask(`http://127.0.0.1:${ports.apache}${path}`, { method: 'POST', body: 'x'.repeat(size), agent: alone,
			headers: { 'content-type': 'application/json', 'content-length': size, origin: rig.origin } });
		for (const [path, size] of [['/api/login', 20000], ['/api/login', 3 << 20], ['/webhooks/stripe', (1 << 20) + 1], ['/webhooks/stripe', 10 << 20]])
			assert.equal((await post(path, size)).status, 413, `${path} ${size}`);
	});
});

describe('connections of a pool that has nothing to do', () => {
	const workers = 4, each = 4;
	let quiet, peers = [];
	const sockets = (pool) => quiet.workers(pool).map((pid) => openFiles(pid).filter((file) => file.startsWith('socket:')).length);
	const more = (pool, before) => sockets(pool).map((n, i) => n - before[i]);

	before(async () => {
		quiet = await openRig({ name: 'spread', web: null, sandbox: false, set: {
			'courier.processes': 0, 'pool web.workers': workers, 'pool stripe.workers': workers, 'server.peers': String(process.getuid())
		} });
		for (const pool of ['web', 'stripe'])
			await waitFor('the workers', () => quiet.workers(pool).length === workers);
	});
	after(() => quiet?.close());

	async function none(pool, before) {
		peers.splice(0).forEach((peer) => peer.close());
		await waitFor('their end', () => more(pool, before).every((n) => n === 0));
	}

	test('kept ones spread over its workers', async (t) => {
		const before = sockets('web');
		await undisturbed(async () => {
			await none('web', before);
			for (let i = 0; i < workers * each; i++) {
				peers.push(new Connection(quiet.socket('web')).send(request({ flags: KEEP })));
				assert.equal((await peers.at(-1).answer()).status, 200);
			}
			const kept = more('web', before);
			t.diagnostic(`${workers * each} connections kept by ${workers} workers: ${kept.join(', ')} (figure: ${each} each)`);
			assert.ok(Math.max(...kept) <= each + 2, kept.join());
		});
		await none('web', before);
	});

	// Connecting and sending are two things, and behind whoever asks Stripe one may wait for long.
	test('where requests take long each has a worker for itself, before anything was sent', async (t) => {
		const before = sockets('stripe');
		await undisturbed(async () => {
			await none('stripe', before);
			for (let i = 1; i < workers; i++) {
				peers.push(new Connection(quiet.socket('stripe')));
				await waitFor('it to be let in', () => more('stripe', before).reduce((a, b) => a + b) === i);
			}
			const held = more('stripe', before);
			t.diagnostic(`${workers - 1} connections to ${workers} workers: ${held.join(', ')}`);
			assert.ok(Math.max(...held) <= 1, held.join());
		}, 50);
		await none('stripe', before);
	});
});

test('no worker was held', (t) => {
	t.diagnostic(`the longest that a request occupied a worker: ${round(longest())} ms (figure: ${HELD_MS})`);
	assert.ok(longest() <= HELD_MS * SLOW);
});
