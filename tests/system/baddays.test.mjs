// SPDX-License-Identifier: MIT
//
// Bad days: Stripe, Cello or PostgreSQL are away. What can work works, the rest says when to come back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor, CANARY, PASSWORD, SLOW } from '../rig/rig.mjs';
import { deliver, makeEvent } from '../rig/event.mjs';
import { checkout, customerOf, newEmail, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'baddays', ownCluster: true, set: { 'stripe.timeout': 2 } });
});
after(() => rig?.close());

const fault = (f) => rig.control('POST', '/faults', { target: 'stripe', times: -1, action: 'status', status: 500, ...f });
const fine = () => rig.control('DELETE', '/faults');

for (const action of ['status', 'drop', 'hang'])
	test(`scenario 25: Stripe down at signup (${action}): signup works, the customer comes later`, async () => {
		await fault({ action });
		const visitor = await signup(rig, { ucc: UCC });
		assert.equal(await rig.value('SELECT count(*)::int FROM customer WHERE account_id = $1', [visitor.account.id]), 0);
		assert.equal(await rig.value("SELECT count(*)::int FROM stripe_call WHERE account_id = $1 AND kind = 'customer'", [visitor.account.id]), 1);
		assert.equal((await visitor.get('/api/session')).json.authenticated, true);
		await fine();
		// It waits a little longer after each try; a person who runs this does not.
		await waitFor('the customer', async () => {
			await rig.sql("UPDATE stripe_call SET due_at = now() WHERE account_id = $1 AND state = 'waiting'", [visitor.account.id]);
			return await rig.value('SELECT count(*)::int FROM customer WHERE account_id = $1', [visitor.account.id]) === 1;
		}, 30000);
		const made = (await rig.control('GET', '/objects/customers')).filter((c) => c.metadata.new_user_id === visitor.account.id);
		assert.equal(made.length, 1);
		assert.equal(made[0].metadata.cello_ucc, UCC);
	});

for (const [action, status] of [['status', 500], ['status', 503], ['status', 429], ['drop'], ['hang']])
	test(`Stripe down at checkout (${action}${status ? ` ${status}` : ''}): 503 with Retry-After, nothing half-written`, async () => {
		const visitor = await signup(rig);
		await customerOf(rig, visitor.account);
		await fault({ action, status, path: '/v1/checkout/sessions' });
		const answer = await visitor.post('/api/checkout', { plan: 'solo' });
		assert.equal(answer.status, 503, answer.text);
		assert.match(answer.headers['retry-after'], /^\d+$/);
		assert.match(answer.headers['content-type'], /^application\/problem\+json/);
		assert.equal(await rig.value('SELECT count(*)::int FROM checkout_session WHERE account_id = $1', [visitor.account.id]), 0);
		await fine();
		const { sessionId } = await checkout(visitor);
		const sessions = (await rig.control('GET', '/objects/sessions')).filter((s) => s.client_reference_id === visitor.account.id);
		assert.deepEqual(sessions.map((s) => s.id), [sessionId]);
	});

test('scenario 25: Stripe down with no customer yet: checkout makes it in line once Stripe is back', async () => {
	await fault({});
	const visitor = await signup(rig, { ucc: UCC });
	assert.equal((await visitor.post('/api/checkout', { plan: 'solo' })).status, 503);
	await fine();
	await waitFor('the checkout', async () => (await visitor.post('/api/checkout', { plan: 'solo' })).status === 201);
	assert.equal((await rig.control('GET', '/objects/customers')).filter((c) => c.metadata.new_user_id === visitor.account.id).length, 1);
});

test('a key that Stripe refuses is said, and is nobody’s fault who waits', async () => {
	const visitor = await signup(rig);
	await customerOf(rig, visitor.account);
	await fault({ status: 401, path: '/v1/checkout/sessions' });
	const answer = await visitor.post('/api/checkout', { plan: 'solo' });
	assert.ok(answer.status >= 500, answer.text);
	assert.doesNotMatch(answer.text, /api key/i);
	await fine();
	assert.equal((await visitor.post('/api/checkout', { plan: 'solo' })).status, 201);
});

test('Stripe down while objects are to be read: they are read later', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	await fault({ method: 'GET', path: '/v1/subscriptions' });
	await rig.control('POST', '/pay', { session: sessionId });
	await rig.control('POST', '/events/idle?timeout_ms=10000');
	assert.equal((await visitor.get('/api/subscription')).json.subscription, null);
	await fine();
	await waitFor('the subscription', async () => {
		await rig.sql("UPDATE stripe_object SET due_at = now() WHERE state = 'waiting'");
		return (await visitor.get('/api/subscription')).json.subscription?.entitled;
	}, 30000);
});

test('Cello down: signup, login and Checkout do not notice', async () => {
	await rig.control('POST', '/faults', { target: 'cello', action: 'hang', times: -1 });
	const visitor = await signup(rig, { ucc: UCC });
	assert.ok((await rig.client().post('/api/login', { email: visitor.email, password: PASSWORD })).status === 200);
	assert.equal((await subscribe(rig, visitor)).status, 'active');
	assert.equal((await visitor.get('/api/cello/token')).json.enabled, true);
	await fine();
});

test('scenario 25: PostgreSQL down: 503 with Retry-After, workers live on and connect again', async (t) => {
	const visitor = await signup(rig);
	await quiet(rig);
	const before = Object.fromEntries(['hook', 'password', 'stripe', 'web', 'courier'].map((p) => [p, rig.workers(p)]));
	await rig.cluster.stop('SIGQUIT');
	rig.forgetConnection();

	const asked = [
		await visitor.get('/api/session'), await visitor.get('/api/subscription'), await visitor.get('/api/cello/token'),
		await visitor.get('/auth'), await visitor.post('/api/checkout', { plan: 'solo' }),
		await visitor.post('/api/login', { email: visitor.email, password: PASSWORD }),
		await rig.client().post('/api/signup', { email: newEmail(), password: PASSWORD }),
		await deliver(rig, makeEvent()), await visitor.get('/readyz')
	];
	for (const [i, answer] of asked.entries()) {
		assert.equal(answer.status, 503, `${i}: ${answer.text}`);
		assert.match(answer.headers['retry-after'] ?? '', /^\d+$/, `${i}`);
		assert.doesNotMatch(answer.text, /postgres|libpq|socket|connection/i);
		assert.ok(answer.ms < 4000 * SLOW, `${i}: ${answer.ms} ms`);
	}
	for (const path of ['/', '/pricing', '/api/plans', '/livez'])
		assert.equal((await visitor.get(path)).status, 200, path);

	await rig.cluster.start();
	const began = Date.now();
	await waitFor('an answer', async () => (await visitor.get('/api/session')).json?.authenticated === true);
	t.diagnostic(`C12: first answer ${Date.now() - began} ms after PostgreSQL was back (figure: 5000)`);
	for (const [pool, pids] of Object.entries(before))
		assert.deepEqual(rig.workers(pool).sort(), pids.sort(), `${pool} lost a worker`);
	assert.equal((await deliver(rig, makeEvent())).status, 200);
});

test('the hook cannot be starved by the other pools', async () => {
	const visitors = [];
	for (let i = 0; i < 3; i++)
		visitors.push(await signup(rig));
	for (const v of visitors)
		await customerOf(rig, v.account);
	await fault({ action: 'hang', path: '/v1/checkout/sessions' });
	const stuck = visitors.map((v) => v.post('/api/checkout', { plan: 'solo' }));
	await waitFor('all workers of pool stripe busy', async () => await rig.value("SELECT count(*)::int FROM stripe_call WHERE state = 'attended' AND first_sent_at IS NOT NULL AND kind = 'checkout' AND settled_at IS NULL") >= 3);
	const hook = await deliver(rig, makeEvent());
	assert.equal(hook.status, 200);
	assert.ok(hook.ms < 500 * SLOW, `${hook.ms} ms`);
	await Promise.all(stuck);
	await fine();
});

test('no bad day put a password into a log', () => {
	assert.doesNotMatch(rig.endpind.text(), new RegExp(CANARY));
});
