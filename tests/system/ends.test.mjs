// SPDX-License-Identifier: MIT
//
// Scenarios 35, 36: the ways in which a subscription is said to end, items of several intervals among them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, quiet, signup, subscribe, subscription, subscriptionWhen } from '../rig/visitor.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'ends', set: { 'courier.poll': 1, 'stripe.grace_hours': 0 } });
});
after(() => rig?.close());

const update = (id, form) => askStripe(rig, 'POST', `/subscriptions/${id}`, form);
const seconds = (time) => time && Math.floor(Date.parse(time) / 1000);

async function member() {
	const client = await signup(rig);
	const { id } = await subscribe(rig, client);
	return { client, id };
}

const WAYS = [
	['the flag and a time', 'with_time', { cancel_at_period_end: 'true' }],
	['the flag alone', 'alone', { cancel_at_period_end: 'true' }],
	['a time alone', 'with_time', { cancel_at: 'min_period_end' }]
];
for (const [what, flag, form] of WAYS)
	test(`scenario 36: the end is said by ${what}, taken back on the page, and said again`, async () => {
		await rig.control('POST', '/settings', { cancel_flag: flag });
		const { client, id } = await member();
		const { items: { data: [item] } } = await update(id, form);
		const ending = await subscriptionWhen(client, 'the end', (s) => s.cancelAt);
		assert.equal(seconds(ending.cancelAt), item.current_period_end);
		const back = await client.post('/api/subscription/resume', {});
		assert.equal(back.status, 200, back.text);
		assert.equal((await subscription(client)).cancelAt, null);
		const at = await askStripe(rig, 'GET', `/subscriptions/${id}`);
		assert.deepEqual([at.cancel_at, at.cancel_at_period_end], [null, false]);
		assert.equal((await client.post('/api/subscription/cancel', {})).status, 200);
		assert.equal(seconds((await subscription(client)).cancelAt), item.current_period_end);
		await quiet(rig);
		assert.equal(seconds((await subscription(client)).cancelAt), item.current_period_end);
	});

test('scenarios 35, 36: of two intervals the flag means the first end, and access is over then', async () => {
	await rig.control('POST', '/settings', { cancel_flag: 'alone' });
	const { client, id } = await member();
	const customer = await customerOf(rig, client.account);
	await rig.control('POST', '/card', { customer, card: '4242424242424242' });
	const { id: yearly } = await askStripe(rig, 'POST', '/prices', { product: 'prod_quartet', unit_amount: 5000, currency: 'usd', 'recurring[interval]': 'year' });
	const both = await update(id, { 'items[0][price]': yearly, proration_behavior: 'always_invoice' });
	const [month, year] = both.items.data.map((i) => i.current_period_end);
	assert.ok(year > month);
	await quiet(rig);
	assert.equal(seconds((await subscription(client)).currentPeriodEnd), month, 'the plan\'s own');
	await update(id, { cancel_at_period_end: 'true' });
	const ending = await subscriptionWhen(client, 'the end', (s) => s.cancelAt);
	assert.equal(seconds(ending.cancelAt), month);
	await rig.control('POST', '/clock', { advance_seconds: 32 * 86400 });
	await waitFor('it to be over', async () => !(await subscription(client))?.entitled);
	assert.equal((await askStripe(rig, 'GET', `/subscriptions/${id}`)).status, 'canceled');
});

// Begun at Stripe: a page of ours always asks for a card.
async function tryWithoutCard(then) {
	const client = await signup(rig);
	const customer = await customerOf(rig, client.account);
	await askStripe(rig, 'POST', '/subscriptions', { customer, 'items[0][price]': 'price_solo', trial_period_days: 5,
		'trial_settings[end_behavior][missing_payment_method]': then });
	const { id, entitled } = await subscriptionWhen(client, 'the trial', (s) => s.status === 'trialing');
	assert.equal(entitled, true);
	return { client, customer, id };
}

test('scenarios 34, 36: a trial without a card is cancelled, rests or owes, and who rests or owes has a way on', async () => {
	const [gone, rests, owes] = [await tryWithoutCard('cancel'), await tryWithoutCard('pause'), await tryWithoutCard('create_invoice')];
	await rig.control('POST', '/clock', { advance_seconds: 5 * 86400 + 1 });
	await quiet(rig);
	const [a, b, c] = await Promise.all([gone, rests, owes].map(({ client }) => subscription(client)));
	assert.deepEqual([a.status, a.entitled, a.over, a.action], ['canceled', false, true, null]);
	assert.deepEqual([b.status, b.entitled, b.over, b.action], ['paused', false, false, { kind: 'resume', url: null }]);
	assert.deepEqual([c.status, c.over, c.action.kind], ['past_due', false, 'pay']);
	// None of them is a second trial.
	assert.deepEqual(await Promise.all([gone, rests, owes].map(async ({ client }) => (await client.get('/api/session')).json.trialUsed)), [true, true, true]);
	for (const { customer } of [rests, owes])
		await rig.control('POST', '/card', { customer, card: '4242424242424242' });
	assert.equal((await rests.client.post('/api/subscription/resume', {})).json.subscription.status, 'active');
	const { latest_invoice: invoice } = await askStripe(rig, 'GET', `/subscriptions/${owes.id}`);
	await askStripe(rig, 'POST', `/invoices/${invoice}/pay`);
	for (const { client } of [rests, owes])
		await subscriptionWhen(client, 'it to go on', (s) => s.status === 'active' && s.entitled && s.action === null);
});
