// SPDX-License-Identifier: MIT
//
// C11: every wait has an end. Peers that are black holes: they take the call and say nothing, or a byte a second.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openRig, waitFor, SLOW, PASSWORD } from '../rig/rig.mjs';
import { own } from '../rig/files.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, newEmail, quiet, signup, subscribe } from '../rig/visitor.mjs';

const servers = [];
after(() => {
	for (const { server, sockets } of servers) {
		server.close();
		for (const s of sockets)
			s.destroy();
	}
});

// `talk` is what it does to whoever calls.
async function hole(where, talk = () => {}) {
	const sockets = new Set();
	const server = createServer((s) => {
		sockets.add(s);
		s.on('error', () => {}).on('close', () => sockets.delete(s));
		s.resume();
		talk(s);
	}).listen(where);
	await new Promise((done) => server.once('listening', done));
	servers.push({ server, sockets });
	return server.address();
}

const drip = (s) => {
	s.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n');
	const timer = setInterval(() => s.destroyed ? clearInterval(timer) : s.write(' '), 1000);
	timer.unref();
};

for (const [what, talk] of [['takes the call and never answers', undefined], ['answers a byte a second', drip]])
	test(`C11: a Stripe that ${what}`, async (t) => {
		const { port } = await hole({ port: 0, host: '127.0.0.1' }, talk);
		const rig = await openRig({ name: 'hole', set: { 'stripe.timeout': 2, 'courier.processes': 0 } });
		try {
			const visitor = await signup(rig);
			rig.configure({ 'stripe.api_base': `http://127.0.0.1:${port}` });
			await rig.reload();
			const answer = await visitor.post('/api/checkout', { plan: 'solo' });
			assert.equal(answer.status, 503, answer.text);
			assert.ok(answer.headers['retry-after']);
			assert.ok(answer.ms >= 1500 && answer.ms < 4500 * SLOW, `${answer.ms} ms`);
			t.diagnostic(`C11: checkout gave up after ${Math.round(answer.ms)} ms with a time-out of 2000 (figure: 10000)`);
		} finally {
			await rig.close();
		}
	});

test('C11: a PostgreSQL that takes the call and never answers', async (t) => {
	const rig = await openRig({ name: 'pghole', set: { 'courier.processes': 0, 'server.start_timeout': 3 } });
	try {
		const path = join(rig.dir, '.s.PGSQL.5432');
		await hole(path);
		own(path);
		const session = () => rig.client().get('/api/session', { headers: { cookie: `endpin=${'A'.repeat(43)}` } });
		rig.configure({ 'database.conninfo': `host=${rig.dir} dbname=${rig.database} user=endpin` });
		const before = rig.workers('web');
		rig.endpind.kill('SIGHUP');
		await waitFor('a refusal', () => rig.log().some((l) => l.event === 'reload_given_up'));
		assert.deepEqual(rig.workers('web').filter((pid) => before.includes(pid)), before);
		assert.equal((await session()).status, 200);
		// A start does not depend on it.
		await rig.endpind.stop('SIGQUIT');
		await rig.startEndpind();
		const answer = await session();
		assert.equal(answer.status, 503, answer.text);
		assert.ok(answer.ms < 4500 * SLOW, `${answer.ms} ms`);
		t.diagnostic(`C11: 503 after ${Math.round(answer.ms)} ms (figure: connect 3000)`);
	} finally {
		await rig.close();
	}
});

test('C11: a row that somebody else holds is waited for 2 s and no longer', async (t) => {
	const rig = await openRig({ name: 'lock', set: { 'courier.processes': 0 } });
	try {
		const visitor = await signup(rig);
		const other = await rig.cluster.connect(rig.database);
		await other.query('BEGIN');
		await other.query('LOCK TABLE account IN ACCESS EXCLUSIVE MODE');
		const answer = await visitor.get('/api/subscription');
		await other.query('ROLLBACK');
		await other.end();
		assert.equal(answer.status, 503, answer.text);
		assert.ok(answer.headers['retry-after']);
		assert.ok(answer.ms > 1500 && answer.ms < 3500 * SLOW, `${answer.ms} ms`);
		assert.equal((await visitor.get('/api/subscription')).status, 200);
		t.diagnostic(`C11: lock given up after ${Math.round(answer.ms)} ms (figure: 2000)`);
	} finally {
		await rig.close();
	}
});

test('C11: the limits are set on every connection', async () => {
	const rig = await openRig({ name: 'limits', web: 'nginx' });
	try {
		await rig.client().get('/readyz');
		// What a session has set for itself is seen from inside only: ask through a view of our own that is slow.
		await rig.sql('CREATE TABLE slow_row (x int)');
		const owner = await rig.cluster.connect(rig.database);
		const rows = (await owner.query("SELECT application_name FROM pg_stat_activity WHERE usename = 'endpin'")).rows;
		await owner.end();
		assert.ok(rows.some((r) => r.application_name === 'endpin web'), JSON.stringify(rows));
	} finally {
		await rig.close();
	}
});

test('A8, C11: a request over its time is ended by the master', async (t) => {
	const rig = await openRig({ name: 'deadline', set: { 'stripe.timeout': 3, 'pool stripe.request_timeout': 4, 'pool stripe.workers': 1,
		'courier.processes': 0 } });
	try {
		const visitor = await signup(rig);
		await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/', action: 'hang', times: -1 });
		// It waits for Stripe, and then for nothing that would ever come.
		const [worker] = rig.workers('stripe');
		const asked = visitor.post('/api/checkout', { plan: 'solo' });
		await waitFor('the call', async () => (await rig.control('GET', '/requests?path=/v1/')).some((r) => r.method === 'POST'));
		process.kill(worker, 'SIGSTOP');
		const answer = await asked;
		assert.ok(answer.status >= 500, answer.text);
		assert.ok(answer.headers['retry-after'], 'Retry-After');
		assert.ok(answer.ms < 5500 * SLOW, `${answer.ms} ms`);
		await waitFor('a full pool', () => rig.workers('stripe').filter((pid) => pid !== worker).length === 1);
		await rig.control('DELETE', '/faults');
		assert.equal((await rig.client().post('/api/signup', { email: newEmail(), password: PASSWORD })).status, 201);
		t.diagnostic(`A8: ended after ${Math.round(answer.ms)} ms with a limit of 4000 (figure: limit + 1000)`);
	} finally {
		await rig.close();
	}
});

test('C11: a client that is slow does not hold a worker', async () => {
	const { connect } = await import('node:net');
	const rig = await openRig({ name: 'slowclient', set: { 'pool password.workers': 1, 'courier.processes': 0 } });
	try {
		const sockets = Array.from({ length: 5 }, () => connect(rig.port, '127.0.0.1', function () {
			this.write('POST /api/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"email"');
		}).on('error', () => {}));
		const answer = await rig.client().post('/api/signup', { email: newEmail(), password: PASSWORD });
		assert.equal(answer.status, 201);
		assert.ok(answer.ms < 2000 * SLOW, `${answer.ms} ms`);
		for (const s of sockets)
			s.destroy();
	} finally {
		await rig.close();
	}
});

test('C11: a courier that is stopped in the middle of writing holds a row for as long as the server allows', async (t) => {
	const IDLE_S = 1;
	// A limit and an isolation are more than a line of the configuration holds.
	const rig = await openRig({ name: 'halted', isolation: null, set: { 'courier.processes': 1 } });
	try {
		rig.configure({ 'database.conninfo': await rig.conninfo({ idle_in_transaction_session_timeout: `${IDLE_S}s` }) });
		await rig.endpind.stop('SIGQUIT');
		await rig.startEndpind();
		const visitor = await signup(rig);
		const { id } = await subscribe(rig, visitor);
		const customer = await customerOf(rig, visitor.account);
		await quiet(rig);
		const [courier] = rig.workers('courier');
		const holder = await rig.cluster.connect(rig.database);
		await holder.query('BEGIN');
		await holder.query('SELECT FROM customer WHERE id = $1 FOR UPDATE', [customer]);
		await askStripe(rig, 'POST', `/subscriptions/${id}`, { 'metadata[x]': 1 });
		await waitFor('the courier to be in the middle', () => rig.value(`SELECT count(*)::int FROM pg_stat_activity
			WHERE datname = current_database() AND application_name LIKE '%courier%' AND wait_event_type = 'Lock'`));
		process.kill(courier, 'SIGSTOP');
		await holder.query('COMMIT');
		await holder.end();
		// It writes the same rows.
		const answer = await visitor.post('/api/subscription/cancel', {});
		assert.equal(answer.status, 200, answer.text);
		assert.deepEqual(rig.workers('courier'), [courier]);
		process.kill(courier, 'SIGCONT');
		await quiet(rig);
		assert.equal(await rig.value('SELECT state FROM stripe_object WHERE id = $1', [id]), 'done');
		t.diagnostic(`C11: a click waited ${Math.round(answer.ms)} ms for rows of a courier that is stopped, with a limit of ${IDLE_S} s`);
	} finally {
		await rig.close();
	}
});
