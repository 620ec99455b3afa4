// SPDX-License-Identifier: MIT
//
// A9 B15: peers that do not speak FastCGI as web servers do. Whatever they send, the worker is free again, no larger,
// and the next request is answered.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { undisturbed } from '../rig/load.mjs';
import { openRig, waitFor, SLOW } from '../rig/rig.mjs';
import { mulberry32, SEED } from '../rig/seed.mjs';
import { ABORT, begin, BEGIN, Connection, DATA, GET_VALUES, KEEP, once, pairs, PARAMS, promised, record, request, STDIN } from './fcgi_client.mjs';
import { damaged, intruded, intrusions, paddedBegin, paddedEnd, PING, values } from './intruder.mjs';

const FREE_MS = 1500 * SLOW;		// A9: from the last byte to the next answer
const GROWTH_KB = 16 * 1024;
const PLACES = process.env.ENDPIN_LONG === '1' ? 3000 : 60;	// at random

const params = (bytes = PING, header) => Buffer.concat([record(PARAMS, bytes, header), record(PARAMS, '', header)]);
const stdin = (bytes = '') => Buffer.concat([...(bytes ? [record(STDIN, bytes)] : []), record(STDIN)]);

// What is sent, each in one go; all of it is refused by closing the connection.
const REFUSED = {
	'nothing': '',
	'one byte': '\x01',
	'half a header': record(BEGIN).subarray(0, 5),
	'a header without its body': begin().subarray(0, 8),
	'half a beginning': begin().subarray(0, 12),
	'only the beginning': begin(),
	'half of the parameters': Buffer.concat([begin(), record(PARAMS, PING).subarray(0, 20)]),
	'parameters without an end': Buffer.concat([begin(), record(PARAMS, PING)]),
	'a body without an end': Buffer.concat([begin(), params(), record(STDIN, 'x')]),
	'half of a body': Buffer.concat([begin(), params(), record(STDIN, 'x', { length: 100 })]),
	'HTTP': 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
	'zeros': Buffer.alloc(64),
	'ones': Buffer.alloc(64, 255),
	'version 0': begin({ version: 0 }),
	'version 2': Buffer.concat([begin({ version: 2 }), params(), stdin()]),
	'version 2 later': Buffer.concat([begin(), params(PING, { version: 2 }), stdin()]),
	'request id 0': Buffer.concat([begin({ id: 0 }), params(PING, { id: 0 }), stdin()]),
	'a beginning that is too short': Buffer.concat([record(BEGIN, Buffer.from([0, 1, 0, 0])), params(), stdin()]),
	'a beginning that is too long': Buffer.concat([record(BEGIN, Buffer.from([0, 1, ...Buffer.alloc(14)])), params(), stdin()]),
	'a padded beginning': Buffer.concat([paddedBegin(Buffer.alloc(8)), params(), stdin()]),
	'a beginning with GET_VALUES in its padding': Buffer.concat([paddedBegin(), params(), stdin()]),
	'an end of the parameters with GET_VALUES in its padding': Buffer.concat([begin(), record(PARAMS, PING), paddedEnd(PARAMS), stdin('x')]),
	'an end of the body with padding': Buffer.concat([begin(), params(), paddedEnd(STDIN, Buffer.alloc(1))]),
	'a filter': Buffer.concat([begin({ role: 3 }), params(), stdin(), record(DATA)]),
	'role 256': Buffer.concat([begin({ role: 256 }), params(), stdin()]),
	'parameters before the beginning': Buffer.concat([params(), begin(), stdin()]),
	'a body before the beginning': Buffer.concat([stdin('x'), begin(), params()]),
	'no parameters but a body': Buffer.concat([begin(), stdin('x')]),
	'GET_VALUES alone': values(1),
	'GET_VALUES of nothing': values(0),
	'GET_VALUES, the same name 4 times': values(4),
	'GET_VALUES, the same name 4000 times': values(4000),
	'GET_VALUES of unknown names': values(100, 'X'.repeat(100)),
	'GET_VALUES, then a request': Buffer.concat([values(4), request()]),
	'GET_VALUES after the beginning': Buffer.concat([begin(), values(4), params(), stdin()]),
	'GET_VALUES between the parameters': Buffer.concat([begin(), record(PARAMS, PING), values(4), record(PARAMS), stdin()]),
	'GET_VALUES after the parameters': Buffer.concat([begin(), params(), values(4), stdin()]),
	'GET_VALUES with the id of the request': Buffer.concat([begin(), record(GET_VALUES, pairs([['FCGI_MAX_CONNS', '']])), params(), stdin()]),
	'an unknown management record': record(99, 'x', { id: 0 }),
	'an unknown record': Buffer.concat([begin(), record(99, 'x'), params(), stdin()]),
	'1.8 GB of name and value': Buffer.concat([begin(), record(PARAMS, Buffer.concat([promised(0x40000000, 0x30000000), Buffer.from('A')]))]),
	'4 GB of name and value': Buffer.concat([begin(), record(PARAMS, promised(0x7fffffff, 0x7fffffff))]),
	'a name of 2 GB later': Buffer.concat([begin(), record(PARAMS, Buffer.concat([PING, promised(0x7fffffff, 1)]))]),
	'a value of 1 MB, not sent': Buffer.concat([begin(), record(PARAMS, Buffer.concat([promised(6, 1 << 20), Buffer.from('HTTP_X')]))]),
	'4 GB of name and value in a second record': Buffer.concat([begin(), record(PARAMS, PING), record(PARAMS, promised(0x7fffffff, 0x7fffffff))]),
	'a length of 2 GB that is cut': Buffer.concat([begin(), record(PARAMS, Buffer.concat([PING, Buffer.from([0xff])])), record(PARAMS, Buffer.from([255, 255, 255, 0]))]),
	'a name, and no value': Buffer.concat([begin(), params(Buffer.concat([PING, Buffer.from([0])])), stdin()]),
	'a parameter that ends early': Buffer.concat([begin(), params(Buffer.concat([PING, promised(50, 50)])), stdin()]),
	'a length that ends early': Buffer.concat([begin(), params(Buffer.concat([PING, Buffer.from([0x80, 0])])), stdin()]),
	'more than 64 KiB of parameters': request({ params: [['HTTP_A', 'a'.repeat(40000)], ['HTTP_B', 'b'.repeat(40000)]] }),
	'one parameter of more than 64 KiB': request({ params: [['HTTP_A', 'a'.repeat(100000)]] }),
	'40000 parameters': request({ params: Array.from({ length: 40000 }, (_, i) => [`HTTP_${i}`, '']) }),
	'a second beginning': Buffer.concat([begin(), begin({ id: 2 }), params(), stdin()]),
	'a second beginning of the same request': Buffer.concat([begin(), begin(), params(), stdin()]),
	'a second request inside the first': Buffer.concat([begin(), record(PARAMS, PING), request({ id: 2 }), record(PARAMS), stdin()]),
	"another request's parameters": Buffer.concat([begin(), params(PING, { id: 2 }), stdin()]),
	'two requests at once': Buffer.concat([request({ flags: KEEP }), request({ flags: KEEP })]),
	'GET_VALUES behind a request': Buffer.concat([request({ flags: KEEP }), values(4)]),
	'a byte behind a request': Buffer.concat([request(), Buffer.from([1])]),
	'a byte behind a request of 300 kB': Buffer.concat([request({ body: 'x'.repeat(300000) }), Buffer.from([1])]),
	'an authorizer with a body': Buffer.concat([begin({ role: 2 }), params(), stdin('x')]),
	'20 kB of body in 5 MB of padding': Buffer.concat([begin(), params(), ...Array.from({ length: 20000 }, () => record(STDIN, 'x', { padding: 255 })), stdin()]),
	'10 kB of parameters in 2.6 MB of padding': Buffer.concat([begin(),
		...Array.from({ length: 10000 }, () => record(PARAMS, Buffer.from([0]), { padding: 255 })), params(), stdin()]),
	'an abort at once': Buffer.concat([begin(), record(ABORT)]),
	'an abort after the parameters': Buffer.concat([begin(), params(), record(ABORT)]),
	'an abort in the body': Buffer.concat([begin(), params(), record(STDIN, 'x'), record(ABORT)])
};

// What decides something, and may not come twice; and what nobody reads, which proxies may repeat as they like.
const SECURITY = ['HTTP_HOST', 'CONTENT_TYPE', 'HTTP_CONTENT_TYPE', 'CONTENT_LENGTH', 'HTTP_CONTENT_LENGTH',
	'HTTP_ORIGIN', 'HTTP_SEC_FETCH_SITE', 'HTTP_STRIPE_SIGNATURE'];
const UNREAD = ['HTTP_ACCEPT', 'HTTP_X_FORWARDED_FOR', 'HTTP_X_FORWARDED_HOST', 'HTTP_FORWARDED', 'HTTP_VIA', 'HTTP_AUTHORIZATION'];

const memory = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

export function hostileTests(rig) {
	const web = () => rig().socket('web');
	const only = () => {
		const pids = rig().workers('web');
		assert.equal(pids.length, 1, 'these tests need a pool of one');
		return pids[0];
	};

	// Somebody who asks for what is right all the while. Returns the end of it.
	function meanwhile() {
		const socket = web();
		let over = false, asked = 0;
		const asking = (async () => {
			for (; !over; asked++) {
				assert.equal((await once(socket)).status, 200);
				await new Promise((done) => setTimeout(done, 10));
			}
		})();
		asking.catch(() => {});
		return async () => {
			over = true;
			await asking;
			return asked;
		};
	}

	async function stillThere(pid, since) {
		assert.equal((await once(web())).status, 200);
		const ms = Date.now() - since;
		assert.equal(only(), pid, 'the worker has died');
		return ms;
	}

	// How long it was kept by that. Whatever else this machine has to do counts against us: the best of three.
	async function freeAgain(work) {
		let best = Infinity;
		for (let i = 0; i < 3 && best > FREE_MS; i++)
			best = Math.min(best, await work());
		assert.ok(best <= FREE_MS, `free again after ${best} ms`);
		return best;
	}

	describe('A9: hostile peers', () => {
		const deep = intrusions();
		let slowest = 0, largest = 0, first, places = 0, asked = 0;

		async function hostile(bytes, refused = true) {
			const pid = only(), since = Date.now(), peer = new Connection(web()).send(bytes);
			try {
				// Behind it in the queue of the only worker.
				const kept = await stillThere(pid, since);
				if (refused)
					assert.equal(await peer.answer(), null, 'it was answered');
				return kept;
			} finally {
				peer.close();
			}
		}

		// Since the first of them: what each of many takes must not add up.
		async function refused(work) {
			first ??= memory(only());
			slowest = Math.max(slowest, await freeAgain(work));
			largest = Math.max(largest, memory(only()) - first);
			assert.ok(largest <= GROWTH_KB, `grown by ${largest} kB`);
		}

		for (const [what, bytes] of Object.entries(REFUSED))
			test(`A9: ${what}`, () => refused(() => hostile(Buffer.from(bytes))));

		for (const [what, bytes] of deep)
			test(`A9: ${what}`, async () => {
				const end = meanwhile();
				await refused(() => hostile(bytes()));
				asked += await end();
			});

		test('A9: at any place', async (t) => {
			t.diagnostic(`A9: ${PLACES} places, ENDPIN_SEED=${SEED}`);
			const random = mulberry32(SEED), end = meanwhile();
			for (; places < PLACES; places++) {
				const right = random() < 0.3;
				const { what, bytes } = right ? damaged(random) : intruded(random);
				try {
					await refused(() => hostile(bytes, !right));
				} catch (e) {
					throw new Error(`place ${places}, ${what}: ${e.message}`, { cause: e });
				}
			}
			asked += await end();
		});

		test('A9: the same in pieces of three bytes', async () => {
			const pid = only();
			for (const bytes of [request(), values(4), begin({ version: 2 })])
				await freeAgain(async () => {
					const peer = new Connection(web());
					for (let at = 0; at < bytes.length && !peer.closed; at += 3) {
						peer.send(bytes.subarray(at, at + 3));
						await new Promise((done) => setImmediate(done));
					}
					const ms = await stillThere(pid, Date.now());
					peer.close();
					return ms;
				});
		});

		test('A9: forty silent peers at a time', async () => {
			const pid = only(), since = Date.now();
			const peers = Array.from({ length: 40 }, () => new Connection(web()));
			await Promise.all(peers.map((peer) => peer.end(60000 * SLOW)));
			assert.equal((await once(web())).status, 200);
			assert.equal(only(), pid);
			assert.ok(Date.now() - since < 45000 * SLOW);
		});

		test('A9: peers that leave without waiting for the answer', async () => {
			const pid = only();
			await freeAgain(() => {
				for (let i = 0; i < 50; i++)
					new Connection(web()).send(request({ path: '/signup' })).close();
				return stillThere(pid, Date.now());
			});
		});

		test('A9: a peer that does not read its answers', async () => {
			const pid = only();
			await freeAgain(async () => {
				const peer = new Connection(web());
				peer.socket.pause();
				peer.send(request({ path: '/signup' }));
				const ms = await stillThere(pid, Date.now());
				peer.close();
				return ms;
			});
		});

		test('A9: the figures', (t) => {
			t.diagnostic(`A9: ${Object.keys(REFUSED).length + deep.length + 4} hostile peers and ${places} at random places, ${asked} good requests meanwhile, free again after ${slowest} ms at most (figure: 1500), ` +
				`grown by ${Math.max(0, largest)} kB at most (figure: 16384), 0 workers died (figure: 0)`);
		});
	});

	// A peer that is slower than the worker waits is hung up on, also where it is this process that is slow.
	const prompt = (what, work) => test(what, () => undisturbed(async () => {
		const peers = [];
		try {
			await work(() => {
				peers.push(new Connection(web()));
				return peers.at(-1);
			});
		} finally {
			peers.forEach((peer) => peer.close());
		}
	}));

	describe('A9: what is odd and right', () => {
		prompt('padding, and records of any size', async (open) => {
			assert.equal((await once(web(), { padding: 255, body: 'x' })).status, 200);
			const bytes = [...PING].map((b) => record(PARAMS, Buffer.from([b])));
			const peer = open().send(begin(), ...bytes, record(PARAMS), record(STDIN));
			assert.equal((await peer.answer()).status, 200);
			assert.ok(await peer.end() < 1000 * SLOW);
		});

		prompt('a request whose beginning comes alone, as Apache sends it', async (open) => {
			const peer = open().send(begin());
			await new Promise((done) => setTimeout(done, 100));
			peer.send(params(), stdin());
			assert.equal((await peer.answer()).status, 200);
		});

		// The kernel keeps some 277 pieces, however small they are; Apache makes a record of each that a client sends.
		prompt('a body in 1000 pieces', async (open) => {
			const peer = open().send(begin(), params());
			for (let i = 0; i < 1000 && !peer.closed; i++) {
				peer.send(record(STDIN, 'x'.repeat(100)));
				await new Promise((done) => setImmediate(done));
			}
			assert.equal((await peer.send(record(STDIN)).answer())?.status, 200);
		});

		test('60 KiB of parameters', async () => {
			assert.equal((await once(web(), { params: [['HTTP_A', 'a'.repeat(60000)]] })).status, 200);
		});

		test('request id 65535', async () => {
			assert.equal((await once(web(), { id: 65535 })).status, 200);
		});

		prompt('a kept connection serves one request after the other, and is closed when it is silent', async (open) => {
			const peer = open();
			for (let i = 0; i < 20; i++) {
				peer.send(request({ flags: KEEP, path: i % 2 ? '/api/none' : '/livez', method: 'GET', body: 'x'.repeat(i * 1000) }));
				assert.equal((await peer.answer()).status, i % 2 ? 404 : 200);
			}
			const ms = await peer.end();
			assert.ok(ms >= 500 && ms <= 2000 * SLOW, `closed after ${ms} ms`);
		});

		prompt('nonsense on a kept connection closes it', async (open) => {
			const peer = open().send(request({ flags: KEEP }));
			assert.equal((await peer.answer()).status, 200);
			peer.send(values(4));
			assert.equal(await peer.answer(), null);
		});

		prompt('more kept connections than may be kept are served all the same', async (open) => {
			const peers = Array.from({ length: 60 }, () => open().send(request({ flags: KEEP })));
			for (const peer of peers)
				assert.equal((await peer.answer()).status, 200);
			await waitFor('the surplus to be closed', () => peers.filter((p) => p.closed).length >= 40);
			for (const peer of peers.filter((p) => !p.closed))
				assert.equal((await peer.send(request({ flags: KEEP })).answer() ?? { status: 200 }).status, 200);
		});

		prompt('a body that nobody asked for is read and dropped', async (open) => {
			const peer = open().send(request({ flags: KEEP, body: 'x'.repeat(3 << 20) }));
			assert.equal((await peer.answer()).status, 200);
			assert.equal((await peer.send(request({ flags: KEEP })).answer()).status, 200);
		});

		test('a body of 20 MB is not', async () => {
			const peer = new Connection(web()).send(request({ method: 'POST', path: '/api/logout', body: 'x'.repeat(20 << 20) }));
			assert.equal(await peer.answer(), null);
		});
	});

	describe('B15: over FastCGI', () => {
		for (const name of SECURITY)
			test(`B15: ${name} twice`, async () => {
				const answer = await once(web(), { params: [[name, 'same-origin'], [name, 'same-origin']] });
				assert.equal(answer.status, 400);
				assert.equal(JSON.parse(answer.body).code, 'duplicate_header');
			});

		test('B15: another header twice is nobody\'s business', async () => {
			for (const path of ['/livez', '/', '/signup?ucc=pNRB1aYqArN'])
				for (const name of UNREAD) {
					const answer = await once(web(), { path, params: [[name, 'a'], [name, 'b']] });
					assert.equal(answer.status, 200, `${path} ${name}: ${answer.body}`);
				}
		});

		test('B15: Cookie on several lines is one list, up to eight', async () => {
			const lines = (n) => Array.from({ length: n }, (_, i) => ['HTTP_COOKIE', `c${i}=1`]);
			assert.equal((await once(web(), { params: lines(8) })).status, 200);
			assert.equal((await once(web(), { params: lines(9) })).status, 400);
		});

		prompt('an authorizer is asked for the product, and gets no body', async (open) => {
			const peer = open().send(Buffer.concat([begin({ role: 2 }), params(pairs([['REQUEST_METHOD', 'POST'], ['REQUEST_URI', '/app/x?a=%26']]))]));
			const answer = await peer.answer();
			assert.equal(answer.status, 303);
			assert.equal(answer.headers.location, '/login?next=/app/x%3Fa%3D%2526');
		});

		prompt('an authorizer whose server sends an empty body all the same', async (open) => {
			const peer = open().send(Buffer.concat([begin({ role: 2 }), params(pairs([['REQUEST_URI', '/app/']])), stdin()]));
			assert.equal((await peer.answer()).status, 303);
		});

		test('E5: the id of the web server is taken if it is one, else a fresh one', async () => {
			const id = async (params) => (await once(web(), { params })).headers['x-request-id'];
			assert.equal(await id([['REQUEST_ID', 'abc-DEF_123']]), 'abc-DEF_123');
			const seen = new Set();
			for (const bad of ['', 'short', 'with space', 'x'.repeat(129), 'a\r\nSet-Cookie: a=b', '<script>1', 'ä'.repeat(10)]) {
				const fresh = await id([['REQUEST_ID', bad]]);
				assert.match(fresh, /^[0-9a-f]{32}$/, bad);
				seen.add(fresh);
			}
			// A client can send Request-Id, which arrives as this:
			seen.add(await id([['HTTP_REQUEST_ID', 'client-chosen']]));
			assert.equal(seen.size, 8);
		});
	});
}

// A pool of one, so that whoever is stuck is noticed; whoever runs this test may connect, like a web server.
let rig;
before(async () => {
	rig = await openRig({
		name: 'hostile', web: null, sandbox: false,
		// What was freed stays a while where that is looked after: the more is asked, the more it is, and no growth of the worker's.
		asan: ['quarantine_size_mb=1', 'thread_local_quarantine_size_kb=64'],
		set: { 'pool web.workers': 1, 'courier.processes': 0, 'server.peers': String(process.getuid()) }
	});
	await waitFor('the worker', async () => (await once(rig.socket('web'))).status === 200);
});
after(() => rig?.close());

hostileTests(() => rig);
