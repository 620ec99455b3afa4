// SPDX-License-Identifier: MIT
//
// What somebody who wants to buy is answered, and what is sent to Stripe for it, as the rows stand. Nobody else works
// on these rows: there are no couriers.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openRig, ISOLATION, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, signup, UCC } from '../rig/visitor.mjs';

const SESSIONS = '/v1/checkout/sessions';
let rig;

before(async () => {
	rig = await openRig({ name: 'checkout', set: { 'courier.processes': 0 } });
});
after(() => rig?.close());
afterEach(() => rig?.control('DELETE', '/faults'));

const fault = (f) => rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: `^${SESSIONS}$`, ...f });
// Longer than it takes to look at what was journaled, on a machine that does other work; stripe.timeout is 5 s.
const delay = () => fault({ action: 'delay', ms: 3000 });
const order = (visitor, plan = 'solo') => visitor.post('/api/checkout', { plan });

// An order whose request or answer gets lost on the way, each time that it is tried.
async function lose(visitor, action, plan, path = `^${SESSIONS}$`) {
	await fault({ action, path, times: -1 });
	assert.equal((await order(visitor, plan)).status, 503);
	await rig.control('DELETE', '/faults');
}

// What was asked of Stripe for this one.
const posted = async (visitor) => (await rig.control('GET', `/requests?path=${SESSIONS}`))
	.filter((r) => r.method === 'POST' && r.params?.client_reference_id === visitor.account.id);
const pages = async (visitor) => (await rig.control('GET', '/objects/sessions')).filter((s) => s.client_reference_id === visitor.account.id);
const calls = (visitor, kind) => rig.sql('SELECT * FROM stripe_call WHERE account_id = $1 AND kind = $2 ORDER BY created_at',
	[visitor.account.id, kind]);
// Plan and quantity; behind it is the digest of all that it depends on.
const wish = (call) => call.subject.split(':', 2).join(':');
const heard = (id) => rig.value('SELECT heard::int FROM stripe_object WHERE id = $1', [id]);
const customerOf = (visitor) => rig.value('SELECT id FROM customer WHERE account_id = $1', [visitor.account.id]);

const stripe = (...args) => askStripe(rig, ...args);

// A subscription as a courier would have written it.
async function subscribed(visitor, id, more = {}) {
	const customer = await customerOf(visitor);
	await rig.sql(`INSERT INTO subscription (id, customer_id, status, price, current_period_end, paid_until, trial_end,
		created, livemode) VALUES ($1, $2, $3, 'price_solo', now() + interval '1 day', now() + interval '1 day', $4, now(), false)`,
		[id, customer, more.status ?? 'active', more.trialEnd ?? null]);
	await rig.sql("INSERT INTO subscription_item (id, subscription_id, customer_id, price) VALUES ($1, $2, $3, 'price_solo')", [`si_${id}`, id, customer]);
}

// While `lock` is held in a transaction that also does `work`, `act`: goes on when that is waiting, or is over. Whoever
// decides has looked at the calls there are: serializable, that is what collides.
async function whileLocked(lock, work, act) {
	const other = await rig.cluster.connect(rig.database);
	try {
		await other.query(`BEGIN ISOLATION LEVEL ${ISOLATION}`);
		await other.query(...lock);
		await other.query('SELECT count(*) FROM stripe_call');
		let over = false;
		const acting = act().finally(() => over = true);
		await waitFor('the other to wait', async () => over ||
			await rig.value("SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0);
		await other.query(...work);
		await other.query('COMMIT');
		return await acting;
	} finally {
		await other.end();
	}
}

test('scenario 23: a page that was paid and whose subscription is not here yet stops a second purchase', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	await rig.sql("UPDATE checkout_session SET status = 'complete', url = NULL WHERE id = $1", [sessionId]);
	const answer = await order(visitor);
	assert.equal(answer.status, 409, answer.text);
	assert.equal(answer.json.code, 'checkout_in_progress');

	// The subscription is named and not here yet; it is here; it has ended.
	await rig.sql("UPDATE checkout_session SET subscription_id = 'sub_pending' WHERE id = $1", [sessionId]);
	assert.equal((await order(visitor)).json.code, 'checkout_in_progress');
	await subscribed(visitor, 'sub_pending');
	assert.equal((await order(visitor)).json.code, 'already_subscribed');
	await rig.sql("UPDATE subscription SET status = 'canceled' WHERE id = 'sub_pending'");
	assert.equal((await order(visitor)).status, 201);
});

test('a page that was paid and never brought a subscription does not stop anybody for ever', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	await rig.sql("UPDATE checkout_session SET status = 'complete', url = NULL, created_at = now() - interval '49 hours' WHERE id = $1", [sessionId]);
	assert.equal((await order(visitor)).status, 201);
});

test('who is subscribed is not sent to a page that is still open', async () => {
	const visitor = await signup(rig);
	await checkout(visitor);
	await subscribed(visitor, 'sub_beside_a_page');
	const answer = await order(visitor);
	assert.equal(answer.status, 409, answer.text);
	assert.equal(answer.json.code, 'already_subscribed');
});

test('a page that is paid on while an order is being decided stops it', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	// The decision has looked for what was bought, and for an open page only after this.
	const answer = await whileLocked(['LOCK TABLE stripe_call IN ACCESS EXCLUSIVE MODE'],
		["UPDATE checkout_session SET status = 'complete', url = NULL WHERE id = $1", [sessionId]], () => order(visitor));
	// Serializable, it may have come before that: then it has led to that very page.
	if (ISOLATION === 'serializable' && answer.status === 201) {
		assert.equal(answer.json.sessionId, sessionId);
		assert.equal((await posted(visitor)).length, 1);
		assert.equal((await order(visitor)).json.code, 'checkout_in_progress');
		return;
	}
	assert.equal(answer.status, 409, answer.text);
	assert.equal(answer.json.code, 'checkout_in_progress');
});

test('scenario 23: two tabs decide one after the other', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	await rig.sql("UPDATE checkout_session SET status = 'expired' WHERE id = $1", [sessionId]);
	// The other tab holds the account, and its page is there once it lets go.
	const answer = await whileLocked(['SELECT id FROM account WHERE id = $1 FOR NO KEY UPDATE', [visitor.account.id]],
		["UPDATE checkout_session SET status = 'open' WHERE id = $1", [sessionId]], () => order(visitor));
	assert.equal(answer.status, 201, answer.text);
	assert.equal(answer.json.sessionId, sessionId);
	assert.equal((await posted(visitor)).length, 1);
});

test('scenario 23: the same order gets the same page, another order another, and the first is closed', async () => {
	const visitor = await signup(rig);
	const first = await checkout(visitor);
	assert.deepEqual(await checkout(visitor), first);
	assert.equal((await posted(visitor)).length, 1);
	const seats = await checkout(visitor, 'solo', 2);
	assert.notEqual(seats.sessionId, first.sessionId);
	const other = await checkout(visitor, 'quartet');
	assert.deepEqual(Object.fromEntries((await pages(visitor)).map((s) => [s.id, s.status])),
		{ [first.sessionId]: 'expired', [seats.sessionId]: 'expired', [other.sessionId]: 'open' });
	assert.deepEqual(await rig.sql("SELECT status, url FROM checkout_session WHERE id = $1", [first.sessionId]), [{ status: 'expired', url: null }]);
});

test('scenario 23: a page that closes soon is not handed out again', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	await rig.sql("UPDATE checkout_session SET expires_at = now() + interval '10 minutes' WHERE id = $1", [sessionId]);
	assert.notEqual((await checkout(visitor)).sessionId, sessionId);
	assert.equal((await pages(visitor)).find((s) => s.id === sessionId).status, 'expired');
});

test('who has to come back later is told when Stripe says so', async () => {
	const visitor = await signup(rig);
	await fault({ action: 'status', status: 429, headers: { 'retry-after': '17' } });
	const answer = await order(visitor);
	assert.equal(answer.status, 503, answer.text);
	assert.equal(answer.headers['retry-after'], '17');
	assert.equal((await order(visitor)).status, 201);
});

test('scenario 20: a closing that was begun and not finished is finished before anything else', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	await lose(visitor, 'drop', 'quartet', `^${SESSIONS}/.*/expire$`);
	// Back to the first order: its page may be closed at any moment.
	const again = await checkout(visitor);
	assert.notEqual(again.sessionId, sessionId);
	assert.deepEqual((await calls(visitor, 'expire')).map((c) => [c.outcome, c.subject]), [['made', sessionId]]);
});

test('a page that was paid on cannot be closed: wait for what comes of it', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	await rig.control('POST', '/events/mode', { hold: true });
	await rig.control('POST', '/pay', { session: sessionId });
	const answer = await order(visitor, 'quartet');
	assert.equal(answer.status, 409, answer.text);
	assert.equal(answer.json.code, 'checkout_in_progress');
	assert.equal(await heard(sessionId), 1);
	const [call, ...more] = await calls(visitor, 'expire');
	assert.deepEqual([call.outcome, more.length], ['refused', 0]);
	// It is nobody's mistake, and nobody is called for it.
	assert.deepEqual(rig.log().filter((l) => l.event === 'call_refused' && (l.msg.includes(sessionId) || l.msg.includes(call.id)))
		.map((l) => l.level), ['info']);
	await rig.control('POST', '/events/mode', { hold: false });
});

test('scenario 21: a page whose address got lost is found again', async () => {
	const visitor = await signup(rig);
	await lose(visitor, 'drop_after');
	const [made] = await pages(visitor);
	assert.equal((await checkout(visitor)).sessionId, made.id);
	assert.equal((await pages(visitor)).length, 1);
	assert.deepEqual((await calls(visitor, 'checkout')).map((c) => [c.outcome, c.object_id]), [['made', made.id]]);
});

test('a page whose address got lost is closed before another order', async () => {
	const visitor = await signup(rig);
	await lose(visitor, 'drop_after');
	const { sessionId } = await checkout(visitor, 'quartet');
	assert.deepEqual((await pages(visitor)).map((s) => [s.status, s.id === sessionId]), [['expired', false], ['open', true]]);
});

test('a page whose address got lost and which was paid on meanwhile is not followed by another', async () => {
	const visitor = await signup(rig);
	await lose(visitor, 'drop_after');
	const [{ id }] = await pages(visitor);
	await rig.control('POST', '/events/mode', { hold: true });
	await rig.control('POST', '/pay', { session: id });
	// Stripe repeats its first answer, in which the page is open; a stale key makes us look instead.
	await rig.sql("UPDATE stripe_call SET first_sent_at = now() - interval '24 hours' WHERE account_id = $1 AND kind = 'checkout'", [visitor.account.id]);
	const answer = await order(visitor);
	assert.equal(answer.status, 409, answer.text);
	assert.equal(answer.json.code, 'checkout_in_progress');
	assert.equal(await heard(id), 1);
	assert.equal((await pages(visitor)).length, 1);
	await rig.control('POST', '/events/mode', { hold: false });
});

test('scenarios 22, 23: nobody sleeps on a twin: the second tab hears that it is in progress, and then has the same page', async () => {
	const visitor = await signup(rig);
	await checkout(visitor, 'quartet');	// makes the customer
	await delay();
	let over = false;
	const first = order(visitor).finally(() => over = true);
	await waitFor('the first to be at Stripe', async () => (await posted(visitor)).length === 2);
	const second = await visitor.send('POST', '/api/checkout', { json: { plan: 'solo' } });
	assert.equal(second.status, 409, second.text);
	assert.equal(second.json.code, 'order_in_progress');
	assert.equal(second.headers['retry-after'], '1');
	assert.ok(!over);
	const answers = await Promise.all([first, order(visitor)]);
	assert.deepEqual(answers.map((a) => a.status), [201, 201], answers.map((a) => a.text).join());
	assert.equal(answers[0].json.sessionId, answers[1].json.sessionId);
	assert.deepEqual((await calls(visitor, 'checkout')).map((c) => [wish(c), c.outcome]), [['quartet:1', 'made'], ['solo:1', 'made']]);
});

test('scenario 22: a key that Stripe knows with other parameters is looked up; if nothing came of it, another follows', async () => {
	const visitor = await signup(rig);
	const otherwise = () => rig.sql("UPDATE stripe_call SET form = form || '&metadata[x]=1' WHERE account_id = $1 AND state = 'attended'", [visitor.account.id]);
	await lose(visitor, 'drop_after');
	await otherwise();
	const [made] = await pages(visitor);
	assert.equal((await checkout(visitor)).sessionId, made.id);

	// Stripe has kept an error under this one.
	await fault({ action: 'status', status: 500, stored: true });
	assert.equal((await order(visitor, 'quartet')).status, 503);
	await otherwise();
	const next = await checkout(visitor, 'quartet');
	assert.deepEqual((await calls(visitor, 'checkout')).map((c) => [wish(c), c.outcome, c.object_id]),
		[['solo:1', 'made', made.id], ['quartet:1', 'refused', null], ['quartet:1', 'made', next.sessionId]]);
});

test('scenario 21: a call that is older than Stripe remembers is looked up, not sent again', async () => {
	const visitor = await signup(rig);
	const old = () => rig.sql("UPDATE stripe_call SET first_sent_at = now() - interval '24 hours' WHERE account_id = $1 AND state = 'attended'", [visitor.account.id]);
	await lose(visitor, 'drop_after');
	await old();
	const [made] = await pages(visitor);
	const before = (await posted(visitor)).length;
	assert.equal((await checkout(visitor)).sessionId, made.id);
	assert.equal((await posted(visitor)).length, before);

	// This one came to nothing: the list has only the page of before.
	await lose(visitor, 'drop', 'quartet');
	await old();
	const next = await checkout(visitor, 'quartet');
	assert.notEqual(next.sessionId, made.id);
	assert.deepEqual((await calls(visitor, 'checkout')).map((c) => [wish(c), c.outcome, c.object_id]),
		[['solo:1', 'made', made.id], ['quartet:1', 'refused', null], ['quartet:1', 'made', next.sessionId]]);
});

test('scenario 22: an error that Stripe has kept under the key is followed by another key', async () => {
	const visitor = await signup(rig);
	await fault({ action: 'status', status: 500, stored: true });
	assert.equal((await order(visitor)).status, 503);
	const { sessionId } = await checkout(visitor);
	assert.deepEqual((await calls(visitor, 'checkout')).map((c) => [c.outcome, c.object_id]), [['refused', null], ['made', sessionId]]);
	assert.equal(new Set((await posted(visitor)).map((r) => r.headers['idempotency-key'])).size, 2);
});

test('a call is journaled as sent before it is sent', async () => {
	const visitor = await signup(rig);
	await checkout(visitor, 'quartet');
	await delay();
	const answer = order(visitor);
	await waitFor('the request', async () => (await posted(visitor)).length === 2);
	const [, call] = await calls(visitor, 'checkout');
	assert.equal(call?.state, 'attended');
	assert.ok(call.first_sent_at && call.leased_until > call.first_sent_at);
	assert.equal((await answer).status, 201);
});

test('what an earlier request had begun and Stripe refuses does not decide about this one', async () => {
	const visitor = await signup(rig);
	await lose(visitor, 'drop');
	await rig.sql("UPDATE stripe_call SET form = replace(form, 'price_solo', 'price_gone') WHERE account_id = $1 AND kind = 'checkout'", [visitor.account.id]);
	const { sessionId } = await checkout(visitor);
	assert.deepEqual((await calls(visitor, 'checkout')).map((c) => [c.outcome, c.object_id]), [['refused', null], ['made', sessionId]]);
});

test('scenario 29: a customer that was deleted at Stripe is made anew', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	const gone = await customerOf(visitor);
	await stripe('DELETE', `/customers/${gone}`);
	// As if the page had closed by itself, too.
	await rig.sql("UPDATE checkout_session SET status = 'expired', url = NULL WHERE id = $1", [sessionId]);
	await checkout(visitor);
	const fresh = await customerOf(visitor);
	assert.notEqual(fresh, gone);
	assert.deepEqual(await rig.sql('SELECT deleted, former_account_id FROM customer WHERE id = $1', [gone]),
		[{ deleted: true, former_account_id: visitor.account.id }]);
	assert.deepEqual((await calls(visitor, 'customer')).map((c) => [c.outcome, c.object_id]), [['replaced', gone], ['made', fresh]]);
	const [last] = (await posted(visitor)).slice(-1);
	assert.equal(last.params.customer, fresh);
});

test('scenario 29: a call for a customer of before does not tell that the one of now is gone', async () => {
	const visitor = await signup(rig);
	await checkout(visitor, 'quartet');
	const gone = await customerOf(visitor);
	await lose(visitor, 'drop');
	// It is deleted at Stripe, and another is linked by now.
	await stripe('DELETE', `/customers/${gone}`);
	const now = await stripe('POST', '/customers', { email: 'again@example.com' });
	await rig.sql('UPDATE customer SET deleted = true, account_id = NULL, former_account_id = $2 WHERE id = $1', [gone, visitor.account.id]);
	await rig.sql('INSERT INTO customer (id, account_id, linked_at) VALUES ($1, $2, now())', [now.id, visitor.account.id]);
	await checkout(visitor);
	assert.equal(await customerOf(visitor), now.id);
	assert.equal((await posted(visitor)).at(-1).params.customer, now.id);
});

test('a call that a twin has settled otherwise meanwhile: look again', async () => {
	const visitor = await signup(rig);
	await checkout(visitor, 'quartet');
	await delay();
	const answer = order(visitor);
	await waitFor('the request', async () => (await posted(visitor)).length === 2);
	await rig.sql("UPDATE stripe_call SET state = 'done', outcome = 'refused', settled_at = now() WHERE account_id = $1 AND subject LIKE 'solo:1:%'", [visitor.account.id]);
	const { status, text, json } = await answer;
	assert.equal(status, 201, text);
	assert.deepEqual((await calls(visitor, 'checkout')).slice(1).map((c) => [c.outcome, c.object_id]), [['refused', null], ['made', json.sessionId]]);
});

test('checkout sends the call for the customer that signup has journaled', async () => {
	const visitor = await signup(rig, { ucc: UCC });
	await checkout(visitor);
	assert.deepEqual((await calls(visitor, 'customer')).map((c) => c.outcome), ['made']);
	assert.equal((await rig.control('GET', '/objects/customers')).filter((c) => c.metadata.new_user_id === visitor.account.id).length, 1);
	const [sent] = await posted(visitor);
	assert.equal(sent.params.metadata.cello_ucc, UCC);
	assert.equal(sent.params.discounts[0].coupon, 'FRIEND20');
});

test('scenario 34: a trial is offered once', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor, 'trial');
	await rig.sql("UPDATE checkout_session SET status = 'expired', url = NULL WHERE id = $1", [sessionId]);
	await subscribed(visitor, 'sub_tried', { status: 'canceled', trialEnd: new Date() });
	await checkout(visitor, 'trial');
	assert.deepEqual((await posted(visitor)).map((r) => r.params.subscription_data.trial_period_days ?? null).map(Number), [14, 0]);
});

test('scenario 33: an order is for a plan that there is, and 1 to 1000 of it', async () => {
	const visitor = await signup(rig);
	for (const [fields, field] of [[{ plan: 'octet' }, 'plan'], [{}, 'plan'], [{ plan: 'solo', quantity: 0 }, 'quantity'],
		[{ plan: 'solo', quantity: 1001 }, 'quantity'], [{ plan: 'solo', quantity: 1.5 }, 'quantity'], [{ plan: 'solo', quantity: '2' }, 'quantity']]) {
		const answer = await visitor.post('/api/checkout', fields);
		assert.equal(answer.status, 422, answer.text);
		assert.match(answer.text, new RegExp(`"${field}"`));
	}
	await checkout(visitor, 'solo', 1000);
	const [sent] = await posted(visitor);
	assert.equal(Number(sent.params.line_items[0].quantity), 1000);
});

test('scenario 32: only the owner of a page can have it read', async () => {
	const [visitor, other] = [await signup(rig), await signup(rig)];
	const { sessionId } = await checkout(visitor);
	assert.equal((await other.post('/api/checkout/return', { sessionId })).status, 404);
	assert.equal(await heard(sessionId), undefined);
	assert.equal((await visitor.post('/api/checkout/return', { sessionId })).status, 202);
	assert.deepEqual(await rig.sql('SELECT kind, heard::int FROM stripe_object WHERE id = $1', [sessionId]), [{ kind: 'checkout.session', heard: 1 }]);
});
