// SPDX-License-Identifier: MIT
//
// F8: five ways in which a bad day goes on, each while events come and people sign up and log in. At least 98 of 100 errands
// are done in the end by whoever asks again when told to, and nothing that was acknowledged is lost or there twice.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deliver, makeEvent } from '../rig/event.mjs';
import { children, openRig, processes, waitFor, PASSWORD } from '../rig/rig.mjs';
import { customerOf, newEmail, signup } from '../rig/visitor.mjs';

const LONG = process.env.ENDPIN_LONG === '1';
const MS = LONG ? 30000 : 2500;		// of each cell, while it goes wrong
const KILL_EVERY_MS = LONG ? 5000 : 1000;
const IDLE = 300;
const PATIENCE_MS = 20000;		// of whoever asks, and asks again
const LEAST = 0.98;
const VISITORS = 2, SENDERS = 4;
let rig, members;

before(async () => {
	rig = await openRig({ name: 'chaos', ownCluster: true });
	const sql = await rig.cluster.connect('postgres');
	await sql.query(`ALTER SYSTEM SET max_connections = ${IDLE + 100}`);
	await sql.end();
	await restart('SIGINT');
	members = [await waitFor('somebody to sign up', () => signup(rig)), await signup(rig)];
	for (const m of members)
		m.customer = await customerOf(rig, m.account);
});
after(() => rig?.close());

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Of a server that was killed some processes may be there for a moment, and its successor would not start beside them.
async function restart(signal) {
	const old = children(rig.cluster.process.pid).map(({ pid }) => pid);
	await rig.cluster.stop(signal);
	rig.forgetConnection();
	await waitFor('all of the old server to end', () => {
		const left = processes().filter((p) => old.includes(p.pid) && p.name === 'postgres' && p.state !== 'Z');
		for (const { pid } of left)
			process.kill(pid, 'SIGQUIT');
		return left.length === 0;
	});
	await rig.cluster.start();
}

// Ask until it is done, as long as one has patience. A connection that breaks is an answer, too.
async function insist(ask) {
	const until = Date.now() + PATIENCE_MS;
	for (let tries = 1; ; tries++) {
		const answer = await ask().catch((e) => ({ status: 0, text: e.message }));
		if (answer.status >= 200 && answer.status < 300)
			return { done: true, tries };
		// The signup that was not answered was done: whoever comes again is told so, and logs in.
		if (answer.status === 409)
			return { done: true, tries, known: true };
		assert.ok([0, 502, 503, 504].includes(answer.status), `${answer.status} ${answer.text}`);
		if (Date.now() >= until)
			return { done: false, tries, text: answer.text };
		await pause(50);
	}
}

// What goes on meanwhile: errands, how they ended, and what was acknowledged.
function traffic() {
	const ended = [], events = [], people = [];
	let stop = false;
	const loop = async (work) => {
		while (!stop)
			ended.push(await work());
	};
	const running = Promise.all([
		...Array.from({ length: SENDERS }, (_, i) => loop(async () => {
			const body = makeEvent({ object: { id: members[i % members.length].customer, object: 'customer' } });
			const end = await insist(() => deliver(rig, body));
			if (end.done)
				events.push(JSON.parse(body).id);
			return end;
		})),
		...Array.from({ length: VISITORS }, () => loop(async () => {
			const email = newEmail();
			const end = await insist(() => rig.client().send('POST', '/api/signup', { json: { email, password: PASSWORD } }));
			if (end.done)
				people.push(email);
			return end;
		})),
		loop(() => insist(() => rig.client().send('POST', '/api/login', { json: { email: members[0].email, password: PASSWORD } }))),
		loop(() => insist(() => members[1].get('/api/session')))
	]);
	return { ended, events, people, end: async () => {
		stop = true;
		await running;
	} };
}

async function nothingLost({ events, people }) {
	const kept = new Set((await rig.sql('SELECT id FROM stripe_event')).map((r) => r.id));
	assert.deepEqual(events.filter((id) => !kept.has(id)), [], 'events that were acknowledged and are not there');
	const emails = (await rig.sql('SELECT email FROM account')).map((r) => r.email), known = new Set(emails);
	assert.equal(known.size, emails.length);
	assert.deepEqual(people.filter((email) => !known.has(email)), [], 'people who signed up and are not there');
	const twice = await rig.value("SELECT count(*)::int FROM (SELECT FROM stripe_call WHERE kind = 'customer' GROUP BY account_id HAVING count(*) > 1) x");
	assert.equal(twice, 0);
	const customers = (await rig.control('GET', '/objects/customers')).map((c) => c.metadata?.new_user_id);
	assert.equal(new Set(customers).size, customers.length, 'two customers of one account');
}

// `trouble`(going) makes it for as long as going().
async function cell(t, what, trouble) {
	const master = rig.endpind.pid, run = traffic(), until = Date.now() + MS;
	let said;
	try {
		await waitFor('it to begin', () => run.ended.length >= 5);
		said = await trouble(() => Date.now() < until);
	} finally {
		await run.end();
	}
	await waitFor('all to be ready', async () => (await rig.client().get('/readyz')).status === 200, 30000);
	const done = run.ended.filter((e) => e.done).length, share = done / run.ended.length;
	assert.ok(share >= LEAST, `${done} of ${run.ended.length}: ${JSON.stringify(run.ended.find((e) => !e.done))}`);
	await nothingLost(run);
	assert.equal(rig.endpind.pid, master);
	assert.equal(rig.endpind.gone, false);
	const again = run.ended.filter((e) => e.tries > 1).length;
	t.diagnostic(`F8: ${what}${said ? ` (${said})` : ''}: ${Math.round(share * 1000) / 10} % of ${run.ended.length} errands done, ${again} not at once (figure: 98), ` +
		`${run.events.length} events and ${run.people.length} people, 0 lost (figure: 0)`);
}

test('F8: PostgreSQL is stopped and started', (t) => cell(t, 'PostgreSQL stopped and started', async (going) => {
	let times = 0;
	do {
		await restart('SIGINT');
		times++;
		await pause(MS / 6);
	} while (going());
	return `${times} times`;
}));

test('F8: server processes are ended, one after the other', (t) => cell(t, 'pg_terminate_backend', async (going) => {
	let ended = 0;
	// A slow machine takes longer over as many.
	while (going() || ended <= 20) {
		ended += await rig.value(`SELECT count(pg_terminate_backend(pid))::int FROM (SELECT pid FROM pg_stat_activity
			WHERE usename = 'endpin' ORDER BY random() LIMIT 1) x`);
		await pause(20);
	}
	return `${ended} of them`;
}));

test(`F8: ${IDLE} connections do nothing`, (t) => cell(t, `${IDLE} idle connections`, async (going) => {
	const idle = await Promise.all(Array.from({ length: IDLE }, () => rig.cluster.connect(rig.database)));
	while (going())
		await pause(50);
	await Promise.all(idle.map((c) => c.end()));
}));

test('F8: all workers and couriers are killed, again and again', (t) => cell(t, 'kill -9 of everything', async (going) => {
	let killed = 0;
	while (going()) {
		for (const { pid } of children(rig.endpind.pid)) {
			try {
				process.kill(pid, 'SIGKILL');
				killed++;
			} catch (e) {
				assert.equal(e.code, 'ESRCH');
			}
		}
		await pause(KILL_EVERY_MS);
	}
	return `${killed} killed`;
}));

test('F8: PostgreSQL crashes', (t) => cell(t, 'one crash', async () => {
	await restart('SIGQUIT');
}));
