// SPDX-License-Identifier: MIT
//
// Couriers: woken at once by whoever has work for them, and by themselves when something gets due. Here they look only
// once a minute by themselves, so nothing that a ring should have done is healed by the next look.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { ask, openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { deliver, makeEvent } from '../rig/event.mjs';
import { checkout, customerOf, pay, quiet, signup, subscribe, subscriptionWhen } from '../rig/visitor.mjs';

const CUSTOMERS = '/v1/customers';
const SOON = 10000;
let rig;

before(async () => {
	rig = await openRig({ name: 'courier', set: { 'courier.processes': 1, 'courier.poll': 60 } });
});
after(() => rig?.close());
afterEach(async () => {
	await rig?.control('DELETE', '/faults');
	await rig?.control('POST', '/events/mode', { hold: false });
});

const fault = (f) => rig.control('POST', '/faults', { target: 'stripe', times: 1, action: 'status', ...f });
const callOf = async (account) => (await rig.sql("SELECT * FROM stripe_call WHERE account_id = $1 AND kind = 'customer' ORDER BY created_at DESC",
	[account.id]))[0];
const objectOf = async (id) => (await rig.sql(`SELECT *, heard::int, seen::int, extract(epoch FROM due_at - now())::float AS due_in
	FROM stripe_object WHERE id = $1`, [id]))[0];
// Nobody is at it any more.
const tried = (object) => object.attempts === 1 && object.leased_until === null;
// What is tried again soon may have been tried again by now.
const firstTry = (id) => waitFor('the first try', async () => {
	const found = await objectOf(id);
	return (tried(found) || found.seen === found.heard) && found;
}, SOON);
// A call that Stripe takes longer over than it takes to look at what was journaled; stripe.timeout is 5 s.
const delay = () => fault({ method: 'POST', path: CUSTOMERS, action: 'delay', ms: 3000 });
const seen = (id) => waitFor(`${id} to be seen`, async () => {
	const o = await objectOf(id);
	return o && o.seen === o.heard;
}, SOON);
const hear = async (id, kind = 'customer') => assert.equal((await deliver(rig, makeEvent({ object: { id, object: kind } }))).status, 200);
// An event about something that is not followed.
const ring = () => hear('pi_nobody', 'payment_intent');
// How often making a customer was asked for.
const posts = async () => (await rig.control('GET', `/requests?path=${CUSTOMERS}`)).filter((r) => r.method === 'POST').length;

// A visitor whose customer is there and of whom nothing is left to be read.
async function settled(fields) {
	const visitor = await signup(rig, fields);
	visitor.customer = await waitFor('the customer', async () => (await callOf(visitor.account)).object_id, SOON);
	await quiet(rig, SOON);
	return visitor;
}

test('signup rings: the customer is made at once', async () => {
	const visitor = await signup(rig);
	await waitFor('the customer', async () => (await callOf(visitor.account)).state === 'done', SOON);
});

test('a webhook rings: the object is read at once', async () => {
	const { customer } = await settled();
	await hear(customer);
	await seen(customer);
});

test('somebody who comes back from the page rings: it is read at once', async () => {
	const visitor = await settled();
	await rig.control('POST', '/events/mode', { hold: true });
	const { sessionId } = await checkout(visitor);
	await pay(rig, sessionId);
	await visitor.post('/api/checkout/return', { sessionId });
	await subscriptionWhen(visitor, 'the subscription', (s) => s.entitled, SOON);
});

test('a page that cannot be closed any more rings: it is read at once', async () => {
	const visitor = await settled();
	await rig.control('POST', '/events/mode', { hold: true });
	const { sessionId } = await checkout(visitor);
	await pay(rig, sessionId);
	assert.equal((await visitor.post('/api/checkout', { plan: 'quartet' })).status, 409);
	await subscriptionWhen(visitor, 'the subscription', (s) => s.entitled, SOON);
});

test('without work a courier rests, once the bell has rung', async () => {
	await rig.sql('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
	const { customer } = await settled();
	await hear(customer);
	await seen(customer);
	const looks = () => rig.value(`SELECT sum(calls)::int FROM pg_stat_statements
		WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query LIKE 'SELECT lane,%FROM stripe_object%'`);
	let last = 0, alike = 0;
	await waitFor('the courier to look no more', async () => {
		const n = await looks();
		alike = n === last ? alike + 1 : 0;
		last = n;
		return alike === 10;
	}, SOON);
	assert.ok(last > 0, 'these are not the looks');
});

test('a courier goes on while there is work', async () => {
	await rig.sql("INSERT INTO stripe_object (id, kind, lane) SELECT 'cus_row' || i, 'customer', 0 FROM generate_series(1, 20) i");
	await ring();
	await waitFor('all of them to be tried', async () =>
		await rig.value("SELECT count(*)::int FROM stripe_object WHERE id LIKE 'cus_row%' AND attempts = 0") === 0, SOON);
	await rig.sql("DELETE FROM stripe_object WHERE id LIKE 'cus_row%'");
});

test('a call does not wait for all of the objects', async () => {
	await fault({ method: 'GET', path: CUSTOMERS, action: 'delay', ms: 100, times: -1 });
	await rig.sql("INSERT INTO stripe_object (id, kind, lane) SELECT 'cus_queue' || i, 'customer', 0 FROM generate_series(1, 200) i");
	const visitor = await signup(rig);
	await waitFor('the customer', async () => (await callOf(visitor.account)).state === 'done', 2 * SOON);
	const waiting = await rig.value("SELECT count(*)::int FROM stripe_object WHERE id LIKE 'cus_queue%' AND attempts = 0");
	await rig.sql("DELETE FROM stripe_object WHERE id LIKE 'cus_queue%'");
	assert.ok(waiting > 0, 'all objects came first');
});

test('a call that gets due wakes a courier', async () => {
	await fault({ method: 'POST', path: CUSTOMERS, status: 503, headers: { 'retry-after': '1' } });
	const visitor = await signup(rig);
	await waitFor('the second try', async () => (await callOf(visitor.account)).state === 'done', 2 * SOON);
	assert.equal((await callOf(visitor.account)).attempts, 2);
});

test('an object that gets due wakes a courier', async () => {
	const { customer } = await settled();
	await fault({ method: 'GET', path: CUSTOMERS, status: 503, headers: { 'retry-after': '1' } });
	await hear(customer);
	await firstTry(customer);
	await seen(customer);
});

test('hearing of an object makes it due now, however often it has failed', async () => {
	const { customer } = await settled();
	await fault({ method: 'GET', path: CUSTOMERS, status: 503, headers: { 'retry-after': '3000' } });
	await hear(customer);
	await waitFor('the first try', async () => tried(await objectOf(customer)), SOON);
	assert.ok((await objectOf(customer)).due_in > 2900);
	await hear(customer);
	await seen(customer);
});

for (const [status, state, least] of [[401, 'waiting', 50], [403, 'waiting', 50], [404, 'waiting', 0], [429, 'waiting', 0], [500, 'waiting', 0],
	[400, 'dead', 0]])
	test(`scenario 18: an object for which Stripe answers ${status} is ${state === 'waiting' ? 'tried again' : 'given up'}`, async () => {
		const { customer } = await settled();
		await fault({ method: 'GET', path: CUSTOMERS, status });
		await hear(customer);
		const o = await firstTry(customer);
		assert.equal(o.state, o.seen === o.heard ? 'done' : state);
		if (least > 0)
			assert.ok(o.due_in > least && o.due_in < 62, `due in ${o.due_in} s`);
		await hear(customer);
		await seen(customer);
	});

test('scenario 20: the call for a customer is journaled as sent before it is sent', async () => {
	const before = await posts();
	await delay();
	const visitor = await signup(rig);
	await waitFor('the request', async () => await posts() > before);
	const call = await callOf(visitor.account);
	assert.equal(call.state, 'waiting');
	assert.equal(call.attempts, 1);
	assert.ok(call.first_sent_at && call.leased_until > call.first_sent_at);
	await waitFor('the customer', async () => (await callOf(visitor.account)).state === 'done', SOON);
});

test('scenario 20: a courier that is killed between sending and the answer leaves one customer', async () => {
	const before = await posts();
	await delay();
	const visitor = await signup(rig);
	await waitFor('the request', async () => await posts() > before);
	const [pid] = rig.workers('courier');
	process.kill(pid, 'SIGKILL');
	await waitFor('another courier', () => rig.workers('courier').some((p) => p !== pid));
	assert.equal((await callOf(visitor.account)).state, 'waiting');
	// Until Stripe has done it, its key is in use, and the next try is later by chance.
	const there = async () => (await rig.control('GET', '/objects/customers')).filter((c) => c.metadata.new_user_id === visitor.account.id);
	await waitFor('Stripe to make it', async () => (await there()).length > 0, SOON);
	// Its lease runs out, which a person who runs this does not wait for.
	await rig.sql("UPDATE stripe_call SET leased_until = now() - interval '1 second' WHERE account_id = $1", [visitor.account.id]);
	await ring();
	await waitFor('the customer', async () => (await callOf(visitor.account)).state === 'done', SOON);
	assert.deepEqual((await there()).map((c) => c.id), [await customerOf(rig, visitor.account)]);
});

test('a call whose customer is linked otherwise by then is settled', async () => {
	const before = await posts();
	await delay();
	const visitor = await signup(rig);
	await waitFor('the request', async () => await posts() > before);
	await rig.sql("INSERT INTO customer (id, account_id, linked_at) VALUES ('cus_otherwise', $1, now())", [visitor.account.id]);
	const call = await waitFor('the end of it', async () => {
		const c = await callOf(visitor.account);
		return c.leased_until === null && c;
	}, SOON);
	assert.deepEqual([call.state, call.outcome], ['dead', 'refused']);
	assert.equal(call.last_error, 'linked otherwise already');
});

test('a call that Stripe refuses is settled, with what Stripe said', async () => {
	await fault({ method: 'POST', path: CUSTOMERS, status: 400, code: 'email_invalid' });
	const visitor = await signup(rig);
	const call = await waitFor('the end of it', async () => {
		const c = await callOf(visitor.account);
		return c.settled_at && c;
	}, SOON);
	assert.deepEqual([call.state, call.outcome], ['dead', 'refused']);
	assert.match(call.last_error, /^answered 400 email_invalid request req_\w+: The sandbox was asked to answer 400 here\.$/);
});

test('a key that Stripe refuses does not settle a call', async () => {
	await fault({ method: 'POST', path: CUSTOMERS, status: 401 });
	const visitor = await signup(rig);
	const call = await waitFor('the first try', async () => {
		const c = await callOf(visitor.account);
		return c.leased_until === null && c.attempts === 1 && c;
	}, SOON);
	assert.equal(call.state, 'waiting');
	assert.ok(call.due_at - call.first_sent_at > 50000, `due ${call.due_at - call.first_sent_at} ms later`);
	// Nor does it come in the middle of another test.
	await rig.sql('UPDATE stripe_call SET due_at = now() WHERE id = $1', [call.id]);
	await ring();
	await waitFor('the customer', async () => (await callOf(visitor.account)).state === 'done', SOON);
});

test('scenario 22: an error that Stripe has kept under the key is followed by the same with another key', async () => {
	await fault({ method: 'POST', path: CUSTOMERS, status: 500, stored: true });
	const visitor = await signup(rig);
	await waitFor('the customer', async () => {
		await rig.sql("UPDATE stripe_call SET due_at = now() WHERE account_id = $1 AND state = 'waiting' AND leased_until IS NULL", [visitor.account.id]);
		await ring();
		return (await callOf(visitor.account)).state === 'done';
	}, 2 * SOON);
	const rows = await rig.sql('SELECT id, outcome, replaced_by, form FROM stripe_call WHERE account_id = $1 ORDER BY created_at', [visitor.account.id]);
	assert.deepEqual(rows.map((r) => r.outcome), ['replaced', 'made']);
	assert.equal(rows[0].replaced_by, rows[1].id);
	assert.equal(rows[0].form, rows[1].form);
});

// Nobody here knows that it was made.
async function unanswered() {
	await fault({ method: 'POST', path: CUSTOMERS, action: 'drop_after', times: -1 });
	const visitor = await signup(rig);
	// Nor does it come again by itself.
	await waitFor('a try', () => rig.value(`UPDATE stripe_call SET due_at = now() + interval '1 hour'
		WHERE account_id = $1 AND attempts >= 1 AND leased_until IS NULL RETURNING true`, [visitor.account.id]), SOON);
	await rig.control('DELETE', '/faults');
	return visitor;
}

test('scenario 21: a call that is older than Stripe remembers, whose customer an event has brought, makes no other', async () => {
	const visitor = await unanswered();
	const id = await customerOf(rig, visitor.account);
	// By the address that was sent it is not to be found any more.
	await askStripe(rig, 'POST', `/customers/${id}`, { email: 'moved@example.com' });
	const before = await posts();
	await rig.sql("UPDATE stripe_call SET first_sent_at = now() - interval '24 hours', due_at = now() WHERE account_id = $1", [visitor.account.id]);
	await ring();
	await waitFor('the call', async () => (await callOf(visitor.account)).state === 'done', SOON);
	const { outcome, object_id: made } = await callOf(visitor.account);
	assert.deepEqual([outcome, made, await posts()], ['made', id, before]);
});

test('scenario 21: a call that is older than Stripe remembers finds the customer that it has made', async () => {
	const visitor = await unanswered();
	const before = await posts();
	await rig.sql("UPDATE stripe_call SET first_sent_at = now() - interval '24 hours', due_at = now() WHERE account_id = $1", [visitor.account.id]);
	await ring();
	await waitFor('the customer', async () => (await callOf(visitor.account)).state === 'done', SOON);
	assert.equal(await posts(), before);
	const made = (await rig.control('GET', '/objects/customers')).filter((c) => c.metadata.new_user_id === visitor.account.id);
	assert.deepEqual(made.map((c) => c.id), [await customerOf(rig, visitor.account)]);
});

test('what was read of an object is applied whole or not at all', async () => {
	const visitor = await settled();
	await rig.control('POST', '/events/mode', { hold: true });
	const { sessionId } = await checkout(visitor);
	const { subscription } = await pay(rig, sessionId);
	const [{ items }] = (await rig.control('GET', '/objects/subscriptions')).filter((s) => s.id === subscription);
	// Its item is in the way, so that the last statement fails.
	await rig.sql(`INSERT INTO subscription (id, customer_id, status, created, livemode) VALUES ('sub_in_the_way', $1, 'canceled', now(), false)`, [visitor.customer]);
	const item = (items.data ?? items)[0].id ?? items[0];
	await rig.sql("INSERT INTO subscription_item (id, subscription_id, customer_id, price) VALUES ($1, 'sub_in_the_way', $2, 'x')", [item, visitor.customer]);
	await hear(subscription, 'subscription');
	// It may have been tried again by now.
	await waitFor('a try', async () => {
		const o = await objectOf(subscription);
		return o.attempts > 0 && o.leased_until === null;
	}, SOON);
	assert.equal(await rig.value('SELECT count(*)::int FROM subscription WHERE id = $1', [subscription]), 0);
	await rig.sql("DELETE FROM subscription_item WHERE subscription_id = 'sub_in_the_way'");
	await hear(subscription, 'subscription');
	await seen(subscription);
	assert.equal(await rig.value('SELECT status FROM subscription WHERE id = $1', [subscription]), 'active');
});

test('scenario 17: what belongs to somebody who is linked to nobody waits for that, and is woken by it', async () => {
	const form = 'email=later%40example.com';
	const { json: stranger } = await ask(`${rig.sandboxUrl}${CUSTOMERS}`, { method: 'POST', body: form, headers: {
		authorization: `Bearer ${rig.secrets.stripeKey}`, 'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length } });
	const visitor = await settled();
	await subscribe(rig, visitor);
	await quiet(rig, SOON);
	// The invoice of somebody else's, as far as we know.
	const [{ id }] = await rig.sql('SELECT id FROM invoice WHERE customer_id = $1', [visitor.customer]);
	await rig.sql('UPDATE customer SET account_id = NULL WHERE id = $1', [visitor.customer]);
	await hear(id, 'invoice');
	await waitFor('it to be parked', async () => (await objectOf(id)).state === 'parked', SOON);
	await hear(stranger.id);
	await seen(stranger.id);
	assert.equal((await objectOf(id)).state, 'parked');
	await hear(visitor.customer);
	await seen(id);
	assert.equal(await rig.value('SELECT account_id FROM customer WHERE id = $1', [visitor.customer]), visitor.account.id);
});
