// SPDX-License-Identifier: MIT
//
// F2: events that never came are made good by listing objects: everything converges with one read of what changed,
// and where nothing differs nothing is written and nothing is read one by one.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, pay, quiet, signup, subscribe, subscription } from '../rig/visitor.mjs';

const DAY = 86400;
const MANY = 120;		// more than a page
let rig;

before(async () => {
	rig = await openRig({ name: 'reconcile', set: { 'courier.poll': 1 } });
});
after(() => rig?.close());

const mode = (generate) => rig.control('POST', '/events/mode', { generate });
const advance = (days) => rig.control('POST', '/clock', { advance_seconds: days * DAY });
const objects = (name) => rig.control('GET', `/objects/${name}`);
const fault = (f) => rig.control('POST', '/faults', { target: 'stripe', method: 'GET', ...f });
const said = (event, since = 0) => rig.log().slice(since).filter((l) => l.event === event);

const stripe = (...args) => askStripe(rig, ...args);

const cancelNow = (client) => customerOf(rig, client.account).then(async (customer) => {
	const { data } = await stripe('GET', `/subscriptions?customer=${customer}`);
	return stripe('DELETE', `/subscriptions/${data[0].id}`);
});

const due = () => rig.comeRound('reconcile');
const nothingWaits = () => waitFor('nothing left to read', async () =>
	await rig.value("SELECT count(*)::int FROM stripe_object WHERE state = 'waiting'") === 0, 60000);

// One turn, and all that it heard of is read.  What it said, and what was asked of Stripe meanwhile.
async function reconcile() {
	await rig.control('DELETE', '/requests');
	const since = rig.log().length;
	const before = await due();
	await waitFor('a reconciliation', () => rig.value(
		"SELECT done_at IS DISTINCT FROM $1::timestamptz AND leased_until IS NULL FROM chore WHERE id = 'reconcile'", [before]), 60000);
	await nothingWaits();
	const asked = (await rig.control('GET', '/requests?target=stripe')).filter((r) => r.method === 'GET').map((r) => r.path);
	return { ...turnSaid(since), lists: asked.filter((p) => p.split('/').length === 3), reads: asked.filter((p) => p.split('/').length > 3) };
}

// "of 5 objects that Stripe lists 2 are to be read, and 1 that are overdue"
function turnSaid(since) {
	const [listed, heard, overdue] = said('reconciled', since).at(-1).msg.match(/\d+/g).map(Number);
	return { listed, heard, overdue };
}

const twice = (paths) => paths.filter((p, i) => paths.indexOf(p) !== i);

// Where every row lies and who wrote it: a write shows, also one that changes nothing.
async function rows() {
	const tables = await rig.sql("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'chore'");
	const all = new Map();
	for (const { relname } of tables)
		for (const { at } of await rig.sql(`SELECT ctid::text || ' ' || xmin::text AS at FROM "${relname}"`))
			all.set(`${relname} ${at}`, relname);
	return all;
}

const written = (before, now) => [...[...now].filter(([at]) => !before.has(at)), ...[...before].filter(([at]) => !now.has(at))].map(([, table]) => table);

const at = (seconds) => seconds === null ? null : new Date(seconds * 1000).toISOString();
const time = (date) => date === null ? null : date.toISOString();
const byId = (a, b) => a.id < b.id ? -1 : 1;

function subscriptionOf(s) {
	const items = s.items.data;
	return {
		id: s.id, customer: s.customer, status: s.status, price: items[0].price.id, quantity: items[0].quantity,
		start: at(Math.max(...items.map((i) => i.current_period_start))), end: at(Math.max(...items.map((i) => i.current_period_end))),
		cancel_at: at(s.cancel_at), trial_end: at(s.trial_end), ended_at: at(s.ended_at), created: at(s.created), livemode: s.livemode,
		items: items.map((i) => [i.id, i.price.id, i.quantity, at(i.current_period_start), at(i.current_period_end)])
	};
}

function invoiceOf(i) {
	return {
		id: i.id, customer: i.customer, subscription: i.parent.subscription_details.subscription, status: i.status,
		reason: i.billing_reason, currency: i.currency, due: i.amount_due, paid: i.amount_paid, total: i.total, created: at(i.created),
		paid_at: at(i.status_transitions.paid_at), livemode: i.livemode
	};
}

async function storedSubscriptions() {
	const items = await rig.sql('SELECT * FROM subscription_item ORDER BY subscription_id, position');
	return (await rig.sql('SELECT * FROM subscription')).map((s) => ({
		id: s.id, customer: s.customer_id, status: s.status, price: s.price, quantity: Number(s.quantity),
		start: time(s.current_period_start), end: time(s.current_period_end), cancel_at: time(s.cancel_at), trial_end: time(s.trial_end),
		ended_at: time(s.ended_at), created: time(s.created), livemode: s.livemode,
		items: items.filter((i) => i.subscription_id === s.id)
			.map((i) => [i.id, i.price, Number(i.quantity), time(i.current_period_start), time(i.current_period_end)])
	})).sort(byId);
}

const storedInvoices = async () => (await rig.sql('SELECT * FROM invoice')).map((i) => ({
	id: i.id, customer: i.customer_id, subscription: i.subscription_id, status: i.status, reason: i.billing_reason, currency: i.currency,
	due: Number(i.amount_due), paid: Number(i.amount_paid), total: Number(i.total), created: time(i.created), paid_at: time(i.paid_at),
	livemode: i.livemode
})).sort(byId);

// Our rows are what Stripe has of our customers, field by field.
async function converged() {
	const ours = new Set((await rig.sql('SELECT id FROM customer WHERE account_id IS NOT NULL')).map((c) => c.id));
	const mine = (o) => ours.has(o.customer);
	assert.deepEqual(await storedSubscriptions(), (await objects('subscriptions')).filter(mine).map(subscriptionOf).sort(byId));
	assert.deepEqual(await storedInvoices(), (await objects('invoices')).filter(mine).map(invoiceOf).sort(byId));
	const sessions = new Map((await objects('sessions')).map((s) => [s.id, s]));
	for (const { id, status, subscription_id } of await rig.sql('SELECT * FROM checkout_session'))
		assert.deepEqual([id, status, subscription_id], [id, sessions.get(id).status, sessions.get(id).subscription]);
}

// Somebody who is nobody here buys, again and again.
async function strangers(count) {
	const { id: customer } = await stripe('POST', '/customers', { email: 'stranger@example.com' });
	for (let i = 0; i < count; i++) {
		const session = await stripe('POST', '/checkout/sessions', {
			mode: 'subscription', customer, 'line_items[0][price]': 'price_solo', 'line_items[0][quantity]': 1, success_url: 'http://127.0.0.1/'
		});
		await pay(rig, session.id);
	}
}

async function members(count, plan) {
	const all = [];
	for (let i = 0; i < count; i++) {
		all.push(await signup(rig));
		await subscribe(rig, all.at(-1), plan);
	}
	return all;
}

const changed = (before, after) => after.filter((o) => JSON.stringify(before.find((b) => b.id === o.id)) !== JSON.stringify(o));

let people;

// Everything that a week may bring, and not one event of it.
async function lostWeek() {
	const [canceled, planned, failing, switched] = people;
	await mode(false);
	await rig.control('POST', '/portal/cancel', { customer: await customerOf(rig, planned.account) });
	await cancelNow(canceled);
	await rig.control('POST', '/card', { customer: await customerOf(rig, failing.account), card: '4000000000000341' });
	const [s] = (await stripe('GET', `/subscriptions?customer=${await customerOf(rig, switched.account)}`)).data;
	await stripe('POST', `/subscriptions/${s.id}`, {
		'items[0][id]': s.items.data[0].id, 'items[0][price]': 'price_quartet', 'items[0][quantity]': 3
	});
	const buyers = [];
	for (let i = 0; i < 3; i++) {
		const buyer = await signup(rig);
		await customerOf(rig, buyer.account);
		buyers.push(buyer);
		buyer.session = (await checkout(buyer, 'quartet', i + 1)).sessionId;
	}
	for (const { session } of buyers.slice(0, 2))
		await pay(rig, session);
	await advance(7);
	await strangers(MANY);
	await mode(true);
	return buyers;
}

test('F2: a week without events is made good by one reconciliation', async (t) => {
	people = [...await members(6), ...await members(2, 'trial')];
	await advance(27);
	await quiet(rig);
	await converged();

	const before = [...await objects('subscriptions'), ...await objects('invoices')];
	const buyers = await lostWeek();
	const differs = changed(before, [...await objects('subscriptions'), ...await objects('invoices')]);
	// Our clock went on as Stripe's did: their pages have closed.
	await rig.sql("UPDATE checkout_session SET expires_at = expires_at - $1 * interval '1 second' WHERE status = 'open'",
		[(await rig.control('GET', '/clock')).offset]);
	assert.equal(await subscription(buyers[0]), null);

	const began = Date.now();
	const turn = await reconcile();
	const seconds = (Date.now() - began) / 1000;
	await converged();
	assert.equal((await subscription(buyers[0])).plan, 'quartet');
	assert.equal((await subscription(people[0])).status, 'canceled');
	assert.equal((await subscription(people[2])).status, 'past_due');
	assert.deepEqual([(await subscription(people[3])).plan, (await subscription(people[3])).quantity], ['quartet', 3]);

	const open = buyers.map((b) => b.session);
	const expected = [...differs.map((o) => o.id), ...open].sort();
	assert.deepEqual(twice(turn.reads), []);
	assert.deepEqual(turn.reads.map((p) => p.split('/').at(-1)).sort(), expected);
	assert.ok(turn.lists.length >= 4, `${turn.lists}`);
	t.diagnostic(`F2: ${expected.length} objects changed unheard, ${turn.reads.length} reads in ${turn.lists.length} lists' company, converged in ${seconds} s (figure: at most one read per object)`);
});

test('F2, scenario 54: a converged system is left alone', async (t) => {
	assert.ok(await rig.value("SELECT count(*)::int FROM stripe_object WHERE state = 'parked'") >= 2 * MANY);
	const before = await rows();
	const turn = await reconcile();
	const touched = written(before, await rows());
	// How many calls Stripe was asked for is counted, and not kept.
	assert.deepEqual(touched.filter((table) => table !== 'stripe_pace'), []);
	assert.deepEqual([turn.reads, turn.heard, turn.overdue], [[], 0, 0]);
	assert.ok(turn.listed > 2 * MANY, `${turn.listed} listed`);
	t.diagnostic(`F2: ${turn.listed} objects listed in ${turn.lists.length} calls, ${touched.length} rows written, ${turn.reads.length} objects read (figure: 0 writes)`);
});

test('F2: a list that the key may not see holds up none of those behind it, and the turn is not over', async () => {
	await fault({ path: '^/v1/subscriptions$', action: 'status', status: 403, times: -1 });
	await rig.control('DELETE', '/requests');
	const since = rig.log().length;
	const done = await due();
	await waitFor('the others to be listed', async () => new Set((await rig.control('GET', '/requests?target=stripe'))
		.filter((r) => /^\/v1\/(invoices|refunds|disputes|credit_notes)$/.test(r.path)).map((r) => r.path)).size === 4);
	await waitFor('the turn to be told', () => said('reconciled', since).length > 0);
	assert.match(said('reconciled', since)[0].msg, /; not all$/);
	assert.equal(await rig.value("SELECT done_at::text FROM chore WHERE id = 'reconcile'"), done);
	await rig.control('DELETE', '/faults');
});

test('F2: what should have renewed and was not read since is read', async () => {
	const [{ id }] = await rig.sql("SELECT id FROM subscription WHERE status = 'active' ORDER BY id LIMIT 1");
	await rig.sql(`UPDATE subscription SET current_period_end = now() - interval '2 hours', seen_at = now() - interval '3 hours' WHERE id = $1`, [id]);
	const turn = await reconcile();
	assert.deepEqual([turn.reads, turn.overdue], [[`/v1/subscriptions/${id}`], 1]);
	await converged();
});

test('F2: a subscription has more items than it shows: all are read, and a change of one that is shown is found', async () => {
	const client = await signup(rig);
	const form = { mode: 'subscription', customer: await customerOf(rig, client.account), success_url: 'http://127.0.0.1/' };
	for (let i = 0; i < 12; i++) {
		const price = await stripe('POST', '/prices', {
			product: 'prod_solo', unit_amount: 100 + i, currency: 'usd', 'recurring[interval]': 'month'
		});
		Object.assign(form, { [`line_items[${i}][price]`]: price.id, [`line_items[${i}][quantity]`]: 1 });
	}
	const { subscription: id } = await pay(rig, (await stripe('POST', '/checkout/sessions', form)).id);
	await quiet(rig);
	await converged();
	assert.equal(await rig.value('SELECT count(*)::int FROM subscription_item WHERE subscription_id = $1', [id]), 12);
	assert.deepEqual((await reconcile()).reads, []);

	await mode(false);
	const second = await rig.value('SELECT id FROM subscription_item WHERE subscription_id = $1 AND position = 1', [id]);
	await stripe('POST', `/subscriptions/${id}`, { 'items[0][id]': second, 'items[0][quantity]': 5, proration_behavior: 'none' });
	await mode(true);
	assert.deepEqual((await reconcile()).reads, [`/v1/subscriptions/${id}`]);
	await converged();
});

// The courier that hangs in the list of invoices.
async function hangInInvoices() {
	await fault({ path: '^/v1/invoices$', action: 'hang', skip: 1 });
	await rig.control('DELETE', '/requests');
	await due();
	await waitFor('a courier that hangs', async () =>
		(await rig.control('GET', '/requests?target=stripe&path=/v1/invoices')).filter((r) => r.path === '/v1/invoices').length >= 2);
}

async function unheardRenewals() {
	await mode(false);
	await advance(32);
	await mode(true);
}

test('F2: a courier is killed in the middle: another goes on', async () => {
	await unheardRenewals();
	const since = rig.log().length;
	const before = await rig.value("SELECT done_at::text FROM chore WHERE id = 'reconcile'");
	await hangInInvoices();
	for (const pid of rig.workers('courier'))
		process.kill(pid, 'SIGKILL');
	await rig.control('DELETE', '/faults');
	// Its lease runs out; a person who runs this does not wait so long.
	await rig.sql("UPDATE chore SET leased_until = now() WHERE id = 'reconcile'");
	await rig.sql('UPDATE stripe_object SET leased_until = now() WHERE leased_until IS NOT NULL');
	await waitFor('the other', () => rig.value("SELECT done_at > $1::timestamptz FROM chore WHERE id = 'reconcile'", [before]), 60000);
	await nothingWaits();
	await converged();
	assert.equal(said('reconciled', since).length, 1);
});

for (const [what, path, status, times, turns] of [
	['429 in the middle: put off, and done when it says', '/v1/invoices', 429, 1, [true, false]],
	['500 once in the middle: a tenth of the page is asked for', '/v1/subscriptions', 500, 1, [false]],
	['500 and 500 in the middle: put off, and done later', '/v1/subscriptions', 500, 2, [true, false]]
])
	test(`F2: Stripe answers ${what}`, async () => {
		await unheardRenewals();
		await fault({ path: `^${path}$`, action: 'status', status, times, skip: 1, headers: status === 429 ? { 'retry-after': '4' } : {} });
		const since = rig.log().length;
		const turn = await reconcile();
		await converged();
		const ends = said('reconciled', since);
		assert.deepEqual(ends.map((l) => /not all$/.test(l.msg)), turns);
		if (status === 429)
			assert.ok(Date.parse(ends[1].ts) - Date.parse(ends[0].ts) >= 4000, 'not before Stripe said');
		assert.deepEqual(twice(turn.reads), []);
	});

test('F2: a page that is longer than we take is had in tenths', async () => {
	for (const [bytes, tenths] of [[15 << 20, 0], [17 << 20, 1]]) {
		await unheardRenewals();
		await fault({ path: '^/v1/invoices$', action: 'pad', bytes });
		const since = rig.log().length;
		await reconcile();
		await converged();
		assert.equal(said('reconciled', since).length, 1);
		assert.equal((await rig.control('GET', '/requests?target=stripe')).filter((r) => r.path === '/v1/invoices' && r.params.limit === '10').length, tenths);
	}
});
