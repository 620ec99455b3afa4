// SPDX-License-Identifier: MIT
//
// Payments that do not come by themselves, and subscriptions that rest: what access there is, and the way on that their
// owner is shown and takes.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, quiet, signup, subscribe, subscription, subscriptionWhen } from '../rig/visitor.mjs';

const DAY = 86400, HOUR = 3600;
const ASKS = '4000002760003184';
const FAILS = '4000000000000341';
const PAYS = '4242424242424242';

let rig;

before(async () => {
	rig = await openRig({ name: 'dunning', set: { 'courier.poll': 1 } });
});
after(() => rig?.close());
beforeEach(() => settings({ failed_renewals: 'cancel', resume_when_paid: true, renewal_draft: 0 }));

const settings = (given) => rig.control('POST', '/settings', given);
const advance = (seconds) => rig.control('POST', '/clock', { advance_seconds: seconds });
const read = (id) => askStripe(rig, 'GET', `/subscriptions/${id}?expand[]=latest_invoice`);
const submit = async (url, form) => (await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })).status;
const ledger = async (client) => (await rig.sql('SELECT amount FROM ledger_entry WHERE customer_id = $1', [await customerOf(rig, client.account)])).length;

async function member(card) {
	const client = await signup(rig);
	const { id } = await subscribe(rig, client);
	client.id = id;
	client.customer = await customerOf(rig, client.account);
	if (card)
		await rig.control('POST', '/card', { customer: client.customer, card });
	await quiet(rig);
	return client;
}

// A minute into the next period.
async function toPeriodEnd({ id }) {
	const { items: { data: [item] } } = await read(id);
	await advance(item.current_period_end - (await rig.control('GET', '/clock')).now + 60);
	await quiet(rig);
}

// May they pass, what is shown, and what does Checkout say to a second one?
async function asked(client) {
	const auth = await client.get('/auth?require=subscription');
	const bought = await client.post('/api/checkout', { plan: 'solo' });
	const { status, action } = await subscription(client);
	return { auth: auth.status, status, way: action?.kind ?? null, url: action?.url ?? null, checkout: bought.json.code ?? bought.status };
}

// The hours of grace that there are after a failure are over.
const graceIsOver = ({ id }) => rig.sql("UPDATE subscription SET past_due_since = past_due_since - interval '73 hours', paid_until = now() - interval '1 minute' WHERE id = $1", [id]);

const goesOn = async (client, what) => {
	await subscriptionWhen(client, what, (s) => s.status === 'active' && s.entitled && s.action === null);
	await quiet(rig);	// the invoice is an object of its own
	assert.deepEqual(await asked(client), { auth: 204, status: 'active', way: null, url: null, checkout: 'already_subscribed' });
};

test('scenario 37: the bank asks at a renewal: past due, and the page on which it is confirmed', async () => {
	const client = await member(ASKS);
	await toPeriodEnd(client);
	const open = await asked(client);
	assert.deepEqual([open.auth, open.status, open.way, open.checkout], [204, 'past_due', 'pay', 'already_subscribed'], 'the grace');
	await graceIsOver(client);
	const shut = await asked(client);
	assert.deepEqual([shut.auth, shut.way, shut.url, shut.checkout], [403, 'pay', open.url, 'payment_due']);
	assert.match(await (await fetch(shut.url)).text(), /id="confirm"/);
	assert.equal(await submit(shut.url, { confirm: 'no' }), 402);
	await quiet(rig);
	assert.equal((await asked(client)).url, open.url, 'there is still a way');
	assert.equal(await submit(shut.url, { card: ASKS }), 200);
	assert.equal(await submit(shut.url, { confirm: 'yes' }), 303);
	await goesOn(client, 'the confirmed payment');
	assert.equal(await ledger(client), 2);
});

test('scenario 37: the bank asks at Checkout: nothing is sold until it is answered, and the page stays good', async () => {
	const client = await signup(rig);
	const { sessionId, url } = await checkout(client);
	assert.deepEqual(await rig.control('POST', '/pay', { session: sessionId, card: ASKS, confirm: null }),
		{ status: 'open', subscription: null, invoice: null, error: 'the bank asks' });
	await quiet(rig);
	assert.equal(await subscription(client), null);
	assert.equal((await checkout(client)).url, url, 'the same page');
	assert.equal((await rig.control('POST', '/pay', { session: sessionId, card: ASKS, confirm: false })).status, 'open');
	assert.equal((await rig.control('POST', '/pay', { session: sessionId, card: ASKS })).status, 'complete');
	await goesOn(client, 'what was bought');
});

for (const [account, arrives] of [['000123456789', true], ['000111111116', false]])
	test(`scenario 37: a debit that takes days and ${arrives ? 'arrives' : 'comes back'}: no access before the money`, async () => {
		const client = await signup(rig);
		const { sessionId } = await checkout(client);
		assert.equal((await rig.control('POST', '/pay', { session: sessionId, card: account })).status, 'complete');
		await quiet(rig);
		const waiting = await asked(client);
		assert.deepEqual([waiting.auth, waiting.status, waiting.way, waiting.checkout], [403, 'active', null, 'checkout_in_progress']);
		assert.equal(await ledger(client), 0);
		await advance(5 * DAY + 1);
		if (!arrives) {
			await subscriptionWhen(client, 'the debt', (s) => s.status === 'past_due');
			const { auth, way, url, checkout: code } = await asked(client);
			assert.deepEqual([auth, way, code], [403, 'pay', 'payment_due']);
			assert.equal(await submit(url, { card: PAYS }), 303);
		}
		await goesOn(client, 'the money');
		assert.equal(await ledger(client), 1);
	});

test('scenario 37: the hour in which a renewal is a draft: access goes on, nothing is booked, and a failure is told then', async () => {
	await settings({ renewal_draft: HOUR });
	const client = await member(FAILS);
	await toPeriodEnd(client);
	const { latest_invoice: draft, items: { data: [item] } } = await read(client.id);
	assert.deepEqual([draft.status, draft.hosted_invoice_url], ['draft', null]);
	assert.deepEqual(await asked(client), { auth: 204, status: 'active', way: null, url: null, checkout: 'already_subscribed' });
	const shown = await subscription(client);
	assert.equal(Date.parse(shown.currentPeriodEnd) / 1000, item.current_period_end);
	assert.equal(await rig.value('SELECT extract(epoch FROM paid_until)::bigint FROM subscription WHERE id = $1', [client.id]), String(item.current_period_start), 'the new period is not paid');
	assert.equal(await ledger(client), 1);
	assert.deepEqual((await client.get('/api/invoices')).json.invoices.map((i) => i.id).includes(draft.id), false);
	await advance(HOUR);
	await subscriptionWhen(client, 'the failure', (s) => s.status === 'past_due');
	assert.equal((await asked(client)).way, 'pay');
	assert.equal(await ledger(client), 1);
});

test('scenario 36: unpaid, and the next invoice is a draft for good: what is owed can be paid all the same', async () => {
	await settings({ failed_renewals: 'unpaid' });
	const client = await member(FAILS);
	await toPeriodEnd(client);
	const { url } = await asked(client);
	await advance(16 * DAY);
	await subscriptionWhen(client, 'the end of all attempts', (s) => s.status === 'unpaid');
	assert.deepEqual(await asked(client), { auth: 403, status: 'unpaid', way: 'pay', url, checkout: 'payment_due' });
	await advance(15 * DAY);
	await quiet(rig);
	assert.equal((await read(client.id)).latest_invoice.status, 'draft');
	assert.deepEqual(await asked(client), { auth: 403, status: 'unpaid', way: 'pay', url, checkout: 'payment_due' });
	assert.equal(await submit(url, { card: PAYS }), 303);
	await subscriptionWhen(client, 'it to be back', (s) => s.status === 'active' && s.entitled);
});

for (const [then, days] of [['pause_at_first', 0], ['pause_at_last', 16]])
	test(`scenario 36: a renewal fails and the account pauses (${then}): its invoice is the way on`, async () => {
		await settings({ failed_renewals: then });
		const client = await member(FAILS);
		await toPeriodEnd(client);
		await advance(days * DAY);
		await subscriptionWhen(client, 'the pause', (s) => s.status === 'paused');
		const { auth, way, url, checkout: code } = await asked(client);
		assert.deepEqual([auth, way, code], [403, 'pay', 'payment_due']);
		assert.equal(await submit(url, { card: PAYS }), 303);
		await goesOn(client, 'it to go on');
	});

test('scenario 36: what is paid and stays paused goes on when its owner says so', async () => {
	await settings({ failed_renewals: 'pause_at_first', resume_when_paid: false });
	const client = await member(FAILS);
	await toPeriodEnd(client);
	assert.equal(await submit((await asked(client)).url, { card: PAYS }), 303);
	await subscriptionWhen(client, 'the payment', (s) => s.status === 'paused' && s.action.kind === 'resume');
	await rig.control('POST', '/card', { customer: client.customer, card: PAYS });
	assert.equal((await client.post('/api/subscription/resume', {})).status, 200);
	await goesOn(client, 'it to go on');
});

test('scenario 36: it rests for months and forbids a second one; a double click goes on with it once', async () => {
	const client = await member(PAYS);
	await askStripe(rig, 'POST', `/subscriptions/${client.id}/pause`);
	await subscriptionWhen(client, 'the pause', (s) => s.status === 'paused');
	await quiet(rig);
	// Long after the period that was paid: it rests, and is there.
	for (const table of ['subscription', 'subscription_item'])
		await rig.sql(`UPDATE ${table} SET current_period_end = now() - interval '90 days' WHERE ${table === 'subscription' ? 'id' : 'subscription_id'} = $1`, [client.id]);
	assert.deepEqual(await asked(client), { auth: 403, status: 'paused', way: 'resume', url: null, checkout: 'payment_due' });
	const answers = await Promise.all([1, 2, 3].map(() => client.post('/api/subscription/resume', {})));
	assert.ok(answers.some((a) => a.status === 200), JSON.stringify(answers.map((a) => a.json)));
	await goesOn(client, 'it to go on');
	const calls = (await rig.control('GET', `/requests?target=stripe&path=/v1/subscriptions/${client.id}/resume`)).filter((r) => !r.replayed);
	assert.equal(calls.length, 1);
	assert.equal((await askStripe(rig, 'GET', `/invoices?subscription=${client.id}`)).data.length, 2);
});

test('scenario 36: whoever has planned the end of what rests keeps it and goes on with it by one click', async () => {
	const client = await member(PAYS);
	await askStripe(rig, 'POST', `/subscriptions/${client.id}/pause`);
	await subscriptionWhen(client, 'the pause', (s) => s.status === 'paused');
	const ending = await client.post('/api/subscription/cancel', {});
	assert.deepEqual([ending.status, ending.json.subscription.status, ending.json.subscription.cancelAt !== null], [200, 'paused', true]);
	const { status, json } = await client.post('/api/subscription/resume', {});
	assert.deepEqual([status, json.subscription?.status, json.subscription?.cancelAt], [200, 'active', null]);
	await goesOn(client, 'it to go on');
});

test('scenario 36: it is to go on and the card does not pay: the page to pay on', async () => {
	const client = await member(FAILS);
	await askStripe(rig, 'POST', `/subscriptions/${client.id}/pause`, { 'bill_for[unused_time_from][type]': 'none' });
	await subscriptionWhen(client, 'the pause', (s) => s.status === 'paused');
	const { status, json } = await client.post('/api/subscription/resume', {});
	assert.deepEqual([status, json.subscription.status, json.subscription.action.kind], [200, 'paused', 'pay']);
	// Another click changes nothing.
	assert.deepEqual((await client.post('/api/subscription/resume', {})).json.subscription.action, json.subscription.action);
	assert.equal((await asked(client)).checkout, 'payment_due');
	// Somebody voids it, of which the subscription tells nothing: then there is another.
	await askStripe(rig, 'POST', `/invoices/${json.subscription.action.url.split('/').at(-1)}/void`);
	await subscriptionWhen(client, 'the way back', (s) => s.action?.kind === 'resume');
	const again = (await client.post('/api/subscription/resume', {})).json.subscription.action;
	assert.equal(await submit(again.url, { card: PAYS }), 303);
	await goesOn(client, 'it to go on');
});

test('scenario 36: a first payment that the bank asks about: incomplete, the page, and too late', async () => {
	const clients = [];
	for (let i = 0; i < 2; i++) {
		const client = await signup(rig);
		const customer = await customerOf(rig, client.account);
		await rig.control('POST', '/card', { customer, card: ASKS });
		client.id = (await askStripe(rig, 'POST', '/subscriptions', { customer, 'items[0][price]': 'price_solo' })).id;
		await subscriptionWhen(client, 'the first payment to wait', (s) => s.status === 'incomplete');
		clients.push(client);
	}
	const [pays, leaves] = clients;
	const { auth, way, url, checkout: code } = await asked(pays);
	assert.deepEqual([auth, way, code], [403, 'pay', 'payment_due']);
	assert.equal(await submit(url, { confirm: 'yes' }), 303);
	await goesOn(pays, 'the confirmed payment');
	await advance(23 * HOUR + 1);
	await waitFor('it to be too late', async () => (await subscription(leaves)).over);
	const late = await asked(leaves);
	assert.deepEqual([late.status, late.way, late.checkout], ['incomplete_expired', null, 201]);
});
