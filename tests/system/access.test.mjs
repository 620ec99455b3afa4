// SPDX-License-Identifier: MIT
//
// Who is entitled, to what, and until when: the page, /auth and Checkout have one answer, whatever Stripe says, and
// there is no state without a way on. Between endpin and the sandbox stands a proxy that changes some answers.

import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import { after, before, beforeEach, test } from 'node:test';
import { ask, openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { deliver } from '../rig/event.mjs';
import { checkout, customerOf, pay, quiet, signup, subscribe, subscription } from '../rig/visitor.mjs';

const DAY = 86400;
const VERSION = '2026-10-28.endive';
const now = () => Math.floor(Date.now() / 1000);

let rig, proxy;
// Path -> what becomes of the answer to a GET: {http, whole}, for so many `times`, or the members that change.
const answers = new Map();

async function startProxy() {
	// A courier that is stopped hangs up: that is nobody's error.
	proxy = http.createServer((req, res) => passOn(req, res).catch(() => res.destroy()));
	proxy.listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	return `http://127.0.0.1:${proxy.address().port}`;
}

async function passOn(req, res) {
	const sent = [];
	for await (const part of req)
		sent.push(part);
	const { host, connection, 'content-length': length, ...headers } = req.headers;
	const answer = await ask(`${rig.sandboxUrl}${req.url}`, { method: req.method, headers, body: sent.length ? Buffer.concat(sent) : undefined });
	const change = req.method === 'GET' ? answers.get(req.url.split('?')[0]) : undefined;
	const { http: code = 200, whole, times, ...members } = change ?? {};
	if (times !== undefined && --change.times <= 0)
		answers.delete(req.url.split('?')[0]);
	res.writeHead(change ? code : answer.status, { 'content-type': 'application/json', 'request-id': answer.headers['request-id'] ?? 'req_1' });
	res.end(change ? JSON.stringify(whole ?? { ...answer.json, ...members }) : answer.text);
}

before(async () => {
	rig = await openRig({ name: 'access', set: { 'courier.poll': 1 } });
	await configure({ 'stripe.api_base': await startProxy() });
});
beforeEach(() => answers.clear());
after(async () => {
	await rig?.close();
	proxy?.closeAllConnections();
	proxy?.close();
});

const stripe = (...args) => askStripe(rig, ...args);

const mode = (generate) => rig.control('POST', '/events/mode', { generate });
const tell = async (type, object) => {
	assert.equal((await deliver(rig, JSON.stringify({
		id: `evt_${Math.random().toString(36).slice(2)}`, object: 'event', type, api_version: VERSION, created: now(), livemode: false, data: { object }
	}))).status, 200);
};
const errand = async (id) => (await rig.sql('SELECT state, last_error FROM stripe_object WHERE id = $1', [id]))[0];
const seen = (id) => waitFor(`${id} to be read`, async () => (await errand(id))?.state === 'done');

// What was put off is due now: how long it would wait is not asked here.
const hurry = () => rig.sql("UPDATE stripe_object SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL AND due_at > now()");
const subscriptionSoon = (client, what, ok) => waitFor(what, async () => {
	await hurry();
	const s = await subscription(client);
	return s && ok(s);
});

// Stripe shows it changed from now on, and says so.
async function becomes(kind, id, members) {
	const path = `/v1/${kind}s/${id}`;
	answers.set(path, members);
	await tell(kind === 'subscription' ? 'customer.subscription.updated' : `${kind}.updated`, { id, object: kind });
	await seen(id);
}

async function member(plan = 'solo') {
	const client = await signup(rig);
	client.subscription = await subscribe(rig, client, plan);
	await quiet(rig);
	return client;
}

// What the three say who are asked: may they pass, what do they see, and what does Checkout answer?
async function asked(client, plan = 'solo') {
	const auth = await client.get('/auth?require=subscription');
	const shown = await subscription(client);
	const bought = await client.post('/api/checkout', { plan });
	assert.equal(auth.status === 204, shown?.entitled ?? false, 'the page and /auth disagree');
	assert.equal(bought.status === 201, shown?.over ?? true, 'the page and Checkout disagree');
	return { auth: auth.status, plan: auth.headers['x-endpin-plan'] || null, shown, checkout: bought.json.code ?? bought.status };
}

// The items of a subscription with another period.
async function items(id, start, end) {
	const { items: list } = await stripe('GET', `/subscriptions/${id}`);
	for (const item of list.data)
		Object.assign(item, { current_period_start: now() + start * DAY, current_period_end: now() + end * DAY });
	return list;
}
const invoice = (status, reason = 'subscription_cycle') => ({ id: 'in_proxy', object: 'invoice', status, billing_reason: reason,
	hosted_invoice_url: 'https://invoice.stripe.com/i/1', status_transitions: { finalized_at: status === 'draft' ? null : now() } });

function configure(changes) {
	rig.configure(changes);
	return rig.reload();
}

test('scenario 38: something else that is sold in the same Stripe account neither entitles nor forbids', async () => {
	const client = await signup(rig);
	await stripe('POST', '/products', { id: `prod_${client.account.id}`, name: 'Other' });
	const price = await stripe('POST', '/prices', { product: `prod_${client.account.id}`, unit_amount: 500, currency: 'usd', 'recurring[interval]': 'month' });
	const session = await stripe('POST', '/checkout/sessions', {
		mode: 'subscription', customer: await customerOf(rig, client.account), 'line_items[0][price]': price.id, 'line_items[0][quantity]': 1, success_url: 'http://127.0.0.1/'
	});
	assert.equal((await pay(rig, session.id)).status, 'complete');
	await quiet(rig);
	assert.deepEqual(await asked(client), { auth: 403, plan: null, shown: null, checkout: 201 });
	assert.match(await rig.endpin('check', '--offline'), /^ok +plans +subscriptions of no plan, which give no access: 1; /m);
});

test('a plan gets a new price: who subscribed at the old one keeps the plan, at once and without a read', async () => {
	const client = await member();
	const before = rig.config;
	await configure({ 'plan solo.price': 'price_trial', 'plan solo.former_prices': 'price_older, price_solo', 'plan trial.price': 'price_elsewhere' });
	assert.deepEqual(await asked(client).then(({ auth, plan, checkout: code }) => [auth, plan, code]), [204, 'solo', 'already_subscribed']);
	await configure({ 'plan solo.former_prices': '' });
	assert.deepEqual(await asked(client).then(({ auth, shown, checkout: code }) => [auth, shown, code]), [403, null, 201]);
	rig.config = before;
	await configure({});
	assert.equal((await asked(client)).plan, 'solo');
});

test('scenario 37: past due in the middle of a paid period: access until it is over', async () => {
	const client = await member();
	const { id } = client.subscription;
	await becomes('subscription', id, { items: await items(id, -10, 20) });
	await becomes('subscription', id, { status: 'past_due', items: await items(id, -10, 20), latest_invoice: invoice('open', 'subscription_update') });
	const { auth, shown, checkout: code } = await asked(client);
	assert.deepEqual([auth, shown.status, shown.action, code], [204, 'past_due', { kind: 'pay', url: 'https://invoice.stripe.com/i/1' }, 'already_subscribed']);
});

test('scenario 37: a renewal that fails: the grace counts from the failure, then there is a way to pay and no second subscription', async () => {
	const client = await member();
	const { id } = client.subscription;
	// Paid until ten days ago; the debit was under way until now, when the bank sends it back.
	await becomes('subscription', id, { items: await items(id, -40, -10) });
	const failed = invoice('open');
	failed.status_transitions.finalized_at = now() - 10 * DAY;
	await becomes('subscription', id, { status: 'past_due', items: await items(id, -10, 20), latest_invoice: failed });
	assert.equal((await asked(client)).auth, 204, 'all of the grace is left');
	await rig.sql("UPDATE subscription SET past_due_since = past_due_since - interval '71 hours' WHERE id = $1", [id]);
	assert.equal((await asked(client)).auth, 204, 'an hour of it is left');
	await rig.sql("UPDATE subscription SET past_due_since = past_due_since - interval '2 hours' WHERE id = $1", [id]);
	const { auth, shown, checkout: code } = await asked(client);
	assert.deepEqual([auth, shown.action, code], [403, { kind: 'pay', url: 'https://invoice.stripe.com/i/1' }, 'payment_due']);
	// The next period fails too, and that gives no second grace.
	await becomes('subscription', id, { status: 'past_due', items: await items(id, -1, 29), latest_invoice: invoice('open') });
	assert.equal((await asked(client)).auth, 403);
});

for (const status of ['incomplete', 'unpaid', 'paused'])
	test(`scenario 36: ${status}: no access, nobody is told that they are subscribed, and there is a way on`, async () => {
		const client = await member();
		const { id } = client.subscription;
		await becomes('subscription', id, { status, items: await items(id, -1, 29), latest_invoice: invoice(status === 'paused' ? 'void' : 'open') });
		const { auth, shown, checkout: code } = await asked(client);
		assert.deepEqual([auth, shown.status, code], [403, status, 'payment_due']);
		assert.deepEqual(shown.action, status === 'paused' ? { kind: 'resume', url: null } : { kind: 'pay', url: 'https://invoice.stripe.com/i/1' });
	});

test('a payment that takes days: no access before the money, none after it failed, unless the operator says so', async () => {
	const client = await member();
	const { id } = client.subscription;
	// As if it had only now been heard of.
	const first = async (members) => {
		await rig.sql('UPDATE subscription SET paid_until = NULL WHERE id = $1', [id]);
		await becomes('subscription', id, { items: await items(id, -1, 29), ...members });
	};
	await first({ status: 'active', latest_invoice: invoice('open', 'subscription_create') });
	assert.deepEqual(await asked(client).then(({ auth, checkout: code }) => [auth, code]), [403, 'checkout_in_progress']);
	await configure({ 'stripe.access_before_payment': 'true' });
	assert.equal((await asked(client)).auth, 204);
	await first({ status: 'past_due', latest_invoice: invoice('open', 'subscription_create') });
	assert.deepEqual(await asked(client).then(({ auth, checkout: code }) => [auth, code]), [403, 'payment_due']);
	await configure({ 'stripe.access_before_payment': 'false' });
	await becomes('subscription', id, { status: 'active', items: await items(id, -1, 29), latest_invoice: invoice('paid', 'subscription_create') });
	assert.equal((await asked(client)).auth, 204);
});

test('scenario 36: pause_collection is told, and gives what is paid; more if the operator says so', async () => {
	const client = await member();
	const { id } = client.subscription;
	await stripe('POST', `/subscriptions/${id}`, { 'pause_collection[behavior]': 'void' });
	await quiet(rig);
	let { auth, shown } = await asked(client);
	assert.deepEqual([auth, shown.status, shown.pausedCollection], [204, 'active', { behavior: 'void', resumesAt: null }]);
	// The next period begins, and nobody is asked to pay for it.
	await rig.sql("UPDATE subscription SET paid_until = now() - interval '1 hour' WHERE id = $1", [id]);
	({ auth, shown } = await asked(client));
	assert.deepEqual([auth, shown.entitled, (await asked(client)).checkout], [403, false, 'payment_due']);
	await configure({ 'stripe.access_while_paused': 'true' });
	assert.equal((await asked(client)).auth, 204);
	await configure({ 'stripe.access_while_paused': 'false' });
	await stripe('POST', `/subscriptions/${id}`, { pause_collection: '' });
	await quiet(rig);
	assert.deepEqual(await asked(client).then((a) => [a.auth, a.shown.pausedCollection]), [204, null]);
});

// Another subscription of theirs, that no page of ours sold.
async function another(client, price) {
	const session = await stripe('POST', '/checkout/sessions', {
		mode: 'subscription', customer: await customerOf(rig, client.account), 'line_items[0][price]': price, 'line_items[0][quantity]': 1, success_url: 'http://127.0.0.1/'
	});
	return (await pay(rig, session.id)).subscription;
}

test('scenario 38: of two subscriptions the larger plan counts, not the newer', async () => {
	const client = await member('quartet');
	const { id } = client.subscription;
	await another(client, 'price_solo');
	await quiet(rig);
	const { auth, plan, shown } = await asked(client);
	assert.deepEqual([auth, plan, shown.id], [204, 'quartet', id]);
	await stripe('DELETE', `/subscriptions/${id}`);
	await quiet(rig);
	assert.equal((await asked(client)).plan, 'solo');
});

test('scenario 38: of two subscriptions of one second the larger plan stays, whatever their ids', async () => {
	for (const orders = new Set(); orders.size < 2;) {
		const client = await member('quartet');
		const { id } = client.subscription;
		const { created } = await stripe('GET', `/subscriptions/${id}`);
		await mode(false);
		const other = await another(client, 'price_solo');
		await mode(true);
		await becomes('subscription', other, { created });
		await quiet(rig);
		assert.equal((await stripe('GET', `/subscriptions/${id}`)).status, 'active');
		assert.equal((await asked(client)).shown.id, id);
		orders.add(id > other);
	}
});

// Its period has been over for so long, and so has what was paid.
async function over(id, interval) {
	await rig.sql('UPDATE subscription SET current_period_end = now() - $2::interval, paid_until = now() - $2::interval WHERE id = $1', [id, interval]);
	await rig.sql('UPDATE subscription_item SET current_period_end = now() - $2::interval WHERE subscription_id = $1', [id, interval]);
}

test('a subscription whose last confirmed period is long over forbids nothing', async () => {
	const client = await member();
	await over(client.subscription.id, '30 days');
	await rig.sql('UPDATE subscription SET seen_at = now() WHERE id = $1', [client.subscription.id]);
	assert.deepEqual(await asked(client).then(({ auth, checkout: code }) => [auth, code]), [403, 201]);
});

test('scenario 18: a customer that was denied by a wrong answer and is back: one answer from all three', async () => {
	const client = await member();
	const customer = await customerOf(rig, client.account);
	await becomes('customer', customer, { whole: { id: customer, object: 'customer', deleted: true } });
	assert.deepEqual(await asked(client).then(({ auth, checkout: code }) => [auth, code]), [403, 201]);
	assert.notEqual(await customerOf(rig, client.account), customer, 'another was made meanwhile');
	answers.clear();
	await tell('customer.updated', { id: customer, object: 'customer' });
	// Which of the two counts is for somebody to say; meanwhile nobody who pays stands outside.
	await waitFor('the two to be told', async () => /has another customer/.test((await errand(customer))?.last_error));
	assert.deepEqual(await asked(client).then(({ auth, checkout: code }) => [auth, code]), [204, 'already_subscribed']);
});

test('scenario 11: invoice.paid alone has the subscription read', async () => {
	const client = await signup(rig);
	const { sessionId } = await checkout(client);
	await quiet(rig);
	await mode(false);
	const paid = await pay(rig, sessionId);
	await mode(true);
	await tell('invoice.paid', { id: paid.invoice, object: 'invoice', status: 'paid' });
	await subscriptionSoon(client, 'access', (s) => s.entitled);
});

test('a renewal of which no event came is found before access ends', async () => {
	const client = await member();
	const { id } = client.subscription;
	await over(id, '11 minutes');
	await rig.sql("UPDATE subscription SET seen_at = now() - interval '1 hour' WHERE id = $1", [id]);
	assert.equal((await asked(client)).auth, 204, 'the grace');
	const before = await rig.comeRound('reconcile');
	await waitFor('it to be read', () => rig.value('SELECT current_period_end > now() FROM subscription WHERE id = $1', [id]));
	// It goes on with all that the tests before have changed here only.
	await waitFor('the end of the round', () => rig.value(
		"SELECT done_at IS DISTINCT FROM $1::timestamptz AND leased_until IS NULL FROM chore WHERE id = 'reconcile'", [before]));
	await quiet(rig);
});

test('scenario 18: an answer that is older than the event is asked for once more', async () => {
	const client = await member();
	const { id } = client.subscription;
	const old = await stripe('GET', `/subscriptions/${id}`);
	answers.set(`/v1/subscriptions/${id}`, { whole: old, times: 1 });
	await stripe('DELETE', `/subscriptions/${id}`);
	await subscriptionSoon(client, 'the end', (s) => s.status === 'canceled');
	assert.equal(answers.size, 0, 'the old answer was given');
	assert.equal((await asked(client)).auth, 403);
});

test('scenario 18: what has vanished at Stripe is settled quietly, and the row says so', async () => {
	const client = await member();
	const { id } = client.subscription;
	const since = rig.log().length;
	const gone = { http: 404, whole: { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'No such invoice' } } };
	const stub = (name) => ({ whole: { id: name, object: 'invoice', deleted: true } });
	// One that is not there may be there yet, on another replica: it is asked for a while, of which the end is looked at.
	const impatient = (name) => waitFor(`${name} to be settled`, async () => {
		await rig.sql(`UPDATE stripe_object SET due_at = now(), attempts = greatest(attempts, 10)
			WHERE id = $1 AND state = 'waiting' AND leased_until IS NULL AND attempts > 0`, [name]);
		return (await errand(name))?.state === 'done';
	}, 30000);
	answers.set('/v1/invoices/in_gone', gone);
	answers.set('/v1/invoices/in_del', stub('in_del'));
	await tell('invoice.created', { id: 'in_gone', object: 'invoice' });
	await tell('invoice.created', { id: 'in_del', object: 'invoice' });
	await seen('in_del');
	assert.notEqual((await errand('in_gone')).state, 'done', 'not at the first 404');
	await impatient('in_gone');
	for (const name of ['in_gone', 'in_del'])
		assert.deepEqual(await errand(name), { state: 'done', last_error: 'it is gone at Stripe' });

	// A draft that is deleted.
	const draft = await rig.value('SELECT id FROM invoice WHERE subscription_id = $1', [id]);
	await becomes('invoice', draft, { status: 'draft' });
	answers.set(`/v1/invoices/${draft}`, stub(draft));
	await tell('invoice.deleted', { id: draft, object: 'invoice' });
	await waitFor('the row to say so', async () => await rig.value('SELECT status FROM invoice WHERE id = $1', [draft]) === 'deleted');

	// All test data was deleted: the page and the subscription are gone too.
	answers.set(`/v1/subscriptions/${id}`, gone);
	await tell('customer.subscription.updated', { id, object: 'subscription' });
	await impatient(id);
	assert.deepEqual(await asked(client).then(({ auth, shown, checkout: code }) => [auth, shown.status, code]), [403, 'gone', 201]);
	const loud = rig.log().slice(since).filter((l) => ['warn', 'error'].includes(l.level) && l.event !== 'stripe_call');
	assert.deepEqual(loud, []);
});
