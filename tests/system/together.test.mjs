// SPDX-License-Identifier: MIT
//
// What waits together is served together: webhooks in one commit, members looked up at once; and each gets the answer
// that it would have got alone. The one worker of a pool stands still while it queues up on kept connections.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openRig, stat, waitFor } from '../rig/rig.mjs';
import { makeEvent, sign } from '../rig/event.mjs';
import { signup } from '../rig/visitor.mjs';
import { Connection, KEEP, request } from './fcgi_client.mjs';

const MANY = 20;
const SILENT_MS = 1000;		// as line.h has it
const TRIES = 10;
let rig;

before(async () => {
	rig = await openRig({
		name: 'together', set: { 'server.peers': 'www-data root', 'pool hook.workers': 1, 'pool web.workers': 1, 'pool web.request_timeout': 12, 'courier.processes': 0, 'pool hook.keep_connections': 32, 'pool web.keep_connections': 32 }
	});
	await rig.sql('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
});
after(() => rig?.close());

// So many connections that the worker keeps, which stands still.  One that is silent for a second it closes: if it took as long they
// are made anew.
async function keptBy(pool, many) {
	const [pid] = rig.workers(pool), took = [];
	while (took.length < TRIES) {
		const began = performance.now(), lines = Array.from({ length: many }, () => new Connection(rig.socket(pool)));
		await Promise.all(lines.map((line) => line.send(request({ flags: KEEP })).answer()));
		process.kill(pid, 'SIGSTOP');
		const stands = await waitFor('the worker to stand still', () => stat(pid)?.state === 'T').catch((e) => e);
		took.push(Math.round(performance.now() - began));
		if (stands === true && took.at(-1) < SILENT_MS)
			return { lines, pid };
		process.kill(pid, 'SIGCONT');
		lines.forEach((line) => line.close());
		if (stands !== true)
			throw stands;
	}
	throw new Error(`to make ${many} connections took ${took.join(', ')} ms, and after ${SILENT_MS} the first ones are closed`);
}

// All of `requests` lie in the kernel before the worker of `pool` looks. Answers in their order.
async function together(pool, requests) {
	const { lines, pid } = await keptBy(pool, requests.length);
	try {
		await Promise.all(lines.map((line, i) => new Promise((sent) => {
			line.socket.write(request({ flags: KEEP, ...requests[i] }), sent);
		})));
	} finally {
		process.kill(pid, 'SIGCONT');
	}
	const answers = await Promise.all(lines.map((line) => line.answer()));
	lines.forEach((line) => line.close());
	return answers;
}

const told = (body, secret = rig.secrets.webhook) => ({
	method: 'POST', path: '/webhooks/stripe', body,
	params: [['CONTENT_TYPE', 'application/json'], ['CONTENT_LENGTH', String(Buffer.byteLength(body))], ['HTTP_STRIPE_SIGNATURE', sign(secret, body)]]
});
const invoice = (id) => makeEvent({ type: 'invoice.updated', object: { id, object: 'invoice' } });
const fresh = () => invoice(`in_${randomBytes(8).toString('hex')}`);
const statuses = (answers) => answers.map((a) => a?.status);

// Rows of pg_stat_statements of endpind's that begin so: [calls, rows].
const reset = () => rig.sql('SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)');
async function counted(begins) {
	const [{ calls, rows }] = await rig.sql(`SELECT coalesce(sum(calls), 0)::int AS calls, coalesce(sum(rows), 0)::int AS rows FROM pg_stat_statements
		WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query LIKE $1`, [`${begins}%`]);
	return [calls, rows];
}
const commits = async (bodies) => rig.value('SELECT count(DISTINCT xmin::text)::int FROM stripe_event WHERE id = ANY ($1)', [bodies.map((b) => JSON.parse(b).id)]);

test('webhooks that wait together are one commit, and each has its own answer', async (t) => {
	const bodies = Array.from({ length: MANY - 6 }, fresh);
	const twin = JSON.parse(bodies[3]).data.object.id;
	const about = invoice(twin);
	await reset();
	const answers = await together('hook', [
		...bodies.map((b) => told(b)), told(bodies[0]), told(about), told(fresh(), 'whsec_of_somebody_else'), told('<html>'),
		{ method: 'GET', path: '/webhooks/stripe' }, { method: 'POST', path: '/webhooks/nobody' }
	]);
	assert.deepEqual(statuses(answers), [...bodies.map(() => 200), 200, 200, 400, 200, 405, 404]);

	// In one statement; the odd one has its own.
	const kept = [...bodies, about];
	assert.deepEqual(await counted('WITH patience AS'), [1, kept.length]);
	assert.equal((await counted('WITH fresh AS'))[0], 1);
	assert.equal(await commits(kept), 1);
	assert.equal(await rig.value('SELECT heard::int FROM stripe_object WHERE id = $1', [twin]), 1);
	t.diagnostic(`together: ${kept.length} events of ${answers.length} requests in 1 commit`);

	// Each has a line of its own.
	const lines = rig.log().filter((l) => l.event === 'request' && l.route === '/webhooks/stripe').slice(-(MANY - 1));
	assert.equal(new Set(lines.map((l) => l.request)).size, MANY - 1);
});

test('an event that cannot be kept takes nobody with it', async () => {
	const bodies = Array.from({ length: 8 }, fresh);
	const bad = makeEvent({ type: 'test.refused', object: { id: 'in_refused', object: 'invoice' } });
	await rig.sql("ALTER TABLE stripe_event ADD CONSTRAINT refused CHECK (type <> 'test.refused')");
	const answers = await together('hook', [...bodies.slice(0, 4), bad, ...bodies.slice(4)].map((b) => told(b)));
	assert.deepEqual(statuses(answers), [200, 200, 200, 200, 500, 200, 200, 200, 200]);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event WHERE id = ANY ($1)', [bodies.map((b) => JSON.parse(b).id)]), bodies.length);
	await rig.sql('ALTER TABLE stripe_event DROP CONSTRAINT refused');
});

test('members that wait together are told apart, and who has logged out is a stranger after it', async () => {
	const [ada, ben] = [await signup(rig), await signup(rig)];
	const asks = (cookie, path, method = 'GET') => ({
		method, path, params: [['HTTP_COOKIE', cookie], ['HTTP_ORIGIN', rig.origin], ['CONTENT_LENGTH', '0']]
	});
	const nobody = `${ada.cookie.slice(0, ada.cookie.indexOf('=') + 1)}${'x'.repeat(43)}`;
	const who = (answer) => JSON.parse(answer.body).account?.id ?? null;
	await reset();
	const answers = await together('web', [
		asks(ada.cookie, '/api/session'), asks(ben.cookie, '/api/session'), asks(nobody, '/api/session'), asks(nobody, '/api/invoices'),
		asks(ada.cookie, '/auth'), asks(nobody, '/auth'), asks(ada.cookie, '/api/cello/token'), asks(ben.cookie, '/api/entitlements')
	]);
	assert.deepEqual(statuses(answers), [200, 200, 200, 401, 204, 401, 200, 200]);
	assert.deepEqual(answers.slice(0, 3).map(who), [ada.account.id, ben.account.id, null]);
	assert.equal(answers[4].headers['x-endpin-account'], ada.account.id);
	assert.ok(JSON.parse(answers[6].body).enabled);

	// One that comes with the logout is answered as it was before that or after; what comes later is a stranger's.
	const round = await together('web', [
		...Array.from({ length: 6 }, () => asks(ada.cookie, '/api/session')), asks(ada.cookie, '/api/logout', 'POST'),
		...Array.from({ length: 6 }, () => asks(ada.cookie, '/api/session')), asks(ben.cookie, '/api/session')
	]);
	assert.equal(round[6].status, 204);
	const seen = round.slice(0, 13).filter((_, i) => i !== 6).map(who);
	assert.ok(seen.every((id) => id === ada.account.id || id === null), JSON.stringify(seen));
	assert.ok(seen.includes(null) && seen.includes(ada.account.id), 'the logout was not in the middle');
	assert.equal(who(round[13]), ben.account.id);
	assert.equal((await together('web', [asks(ada.cookie, '/api/invoices')]))[0].status, 401);
});

test('who was not seen for long is noted as seen, and mates are looked up ahead all the same', async () => {
	const members = [await signup(rig), await signup(rig), await signup(rig), await signup(rig)];
	const keys = ['one', 'two', 'three'].map((name) => `ek_${name}_${randomBytes(8).toString('hex')}`);
	for (const key of keys) {
		await rig.sql("INSERT INTO api_key (id, name, digest, scopes) VALUES (gen_random_uuid(), $1, $2, '{server}')",
			[key.slice(0, 12), createHash('sha256').update(key).digest('hex')]);
	}
	await rig.sql("UPDATE session SET used_at = now() - interval '1 hour'");
	await reset();
	const answers = await together('web', [
		...members.map(({ cookie }) => ({ method: 'GET', path: '/api/session', params: [['HTTP_COOKIE', cookie]] })),
		...keys.map((key) => ({ method: 'GET', path: '/api/server/referral-link', params: [['HTTP_AUTHORIZATION', `Bearer ${key}`]] }))
	]);
	assert.deepEqual(statuses(answers.slice(0, members.length)), members.map(() => 200));
	assert.ok(answers.slice(members.length).every(({ status }) => status !== 401 && status !== 403), JSON.stringify(statuses(answers)));
	// All members in one, and nobody was asked for again, as what had been asked ahead was forgotten.
	assert.deepEqual(await counted('SELECT found.%FROM session s JOIN account a'), [1, members.length]);
	assert.deepEqual(await counted('SELECT a.id%FROM session s JOIN account a'), [0, 0]);
	assert.deepEqual(await counted('SELECT id, coalesce(used_at'), [keys.length, keys.length]);
	assert.deepEqual(await counted('UPDATE session SET used_at'), [members.length, members.length]);
	assert.deepEqual(await counted('UPDATE api_key SET used_at'), [keys.length, keys.length]);
});

// One after another they would wait for 2 s each, and the worker has 12: for what was asked ahead in one, and each for its own.
for (const [table, path] of [['session', '/api/session'], ['subscription', '/api/subscription']])
	test(`where each would wait for ${table} the others are told to come later, and nobody loses the worker`, async () => {
		const members = [];
		while (members.length < 8)
			members.push(await signup(rig));
		const asks = ({ cookie }) => ({ method: 'GET', path, params: [['HTTP_COOKIE', cookie]] });
		const [pid] = rig.workers('web');
		const other = await rig.cluster.connect(rig.database);
		try {
			await other.query('BEGIN');
			await other.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
			const answers = await together('web', [...members.map(asks), { method: 'GET', path: '/livez' }]);
			assert.deepEqual(statuses(answers), [...members.map(() => 503), 200]);
			assert.ok(answers[0].headers['retry-after']);
		} finally {
			await other.query('ROLLBACK');
			await other.end();
		}
		assert.deepEqual(statuses(await together('web', members.map(asks))), members.map(() => 200));
		assert.deepEqual(rig.workers('web'), [pid]);
	});
