// SPDX-License-Identifier: MIT
//
// Stripe tells Cello over HTTP, signed, by an endpoint that somebody has to make: what Cello learns so, and when it learns nothing.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { BOB, connectCello, DAY, heard, PRODUCT_ID, start, TEN } from './harness.mjs';
import { token } from './token.mjs';

const BROUGHT = { metadata: { cello_ucc: BOB, new_user_id: 'u1' } };
const ids = (rows) => rows.map((r) => r.newUserId);

test('without an endpoint Cello learns nothing', async (t) => {
	const world = await start(t);
	await world.purchase({ customer: BROUGHT });
	const { signups, purchases, hook } = await heard(world);
	assert.deepEqual([signups, purchases, hook.received, hook.missing.sort()], [[], [], {}, [...TEN].sort()]);
});

test('with it a customer is a signup, a paid invoice a purchase, and a refund takes back', async (t) => {
	const world = await start(t);
	await connectCello(world);
	const { invoice } = await world.purchase({ customer: BROUGHT });
	await world.purchase({ customer: { metadata: { cello_ucc: 'short' } } });
	await world.purchase();
	await world.purchase({ customer: { metadata: { cello_ucc: BOB, new_user_id: 'u2', new_user_organization_id: 'org' } },
		session: { subscription_data: { trial_period_days: 5 } } });
	await world.control('refund', { invoice, amount: 900 });
	const { signups, purchases, refunds, hook } = await heard(world);
	assert.deepEqual(signups.map((s) => [s.newUserId, s.subject, s.status]).sort(), [['u1', 'u1', 'OK'], ['u2', 'org', 'OK'], [null, null, 'Error']].sort());
	assert.deepEqual(signups.find((s) => s.status === 'Error').issues, [{ field: 'ucc', problem: 'Invalid' }, { field: 'newUserId', problem: 'Required' }]);
	assert.deepEqual(purchases.map((p) => [p.newUserId, p.amount]).sort(), [['u1', 2900], ['u2', 0], [null, 2900]].sort());
	assert.deepEqual(refunds.map((r) => [r.newUserId, r.amount]), [['u1', 900]]);
	assert.equal(purchases.find((p) => p.newUserId === 'u1').invoice, invoice);
	assert.equal(hook.outcomes['its customer has no cello_ucc'] > 0, true);
	assert.deepEqual(hook.refused, {});
	await world.control('clock', { advance_seconds: 6 * DAY });
	assert.deepEqual((await heard(world)).purchases.filter((p) => p.newUserId === 'u2').map((p) => p.amount).sort(), [0, 2900]);
});

test('events in any order, twice, and two of one change are the same to Cello', async (t) => {
	const world = await start(t);
	await connectCello(world);
	await world.control('events/mode', { hold: true, duplicate: 2, twins: 1 });
	const { invoice } = await world.purchase({ customer: BROUGHT });
	await world.control('refund', { invoice, amount: 900 });
	await world.control('refund', { invoice, amount: 500 });
	await world.control('events/release', { order: 'reverse', copies: 2, parallel: 1 });
	const { signups, purchases, refunds, hook } = await heard(world);
	assert.deepEqual([ids(signups), ids(purchases), refunds.map((r) => r.amount)], [['u1'], ['u1'], [1400]]);
	assert.ok(hook.outcomes['held until its customer is told of'] > 0);
});

const WRONG = [
	['another secret', {}, { secret: 'whsec_wrong' }, 'the signature is of another secret'],
	['no secret', {}, { secret: null }, 'no signing secret was pasted for test mode'],
	['the secret of the other mode', { mode: 'live' }, null, 'no signing secret was pasted for test mode']
];

for (const [what, connect, paste, why] of WRONG)
	test(`with ${what} Cello refuses what comes, and learns nothing until it is mended`, async (t) => {
		const world = await start(t);
		const { secret } = await connectCello(world, connect);
		if (paste)
			await world.control('cello/webhook', paste);
		await world.purchase({ customer: BROUGHT });
		const end = Date.now() + 5000;
		let view;
		do
			view = await world.control('cello');
		while (!view.hook.refused[why] && Date.now() < end);
		assert.ok(view.hook.refused[why] > 0, JSON.stringify(view.hook));
		assert.deepEqual([view.signups, view.purchases], [[], []]);
		// Stripe tries again.
		await world.control('cello/webhook', { secret });
		assert.equal((await heard(world)).purchases.length, 1);
	});

test('an event of live mode wants the secret of live mode', async (t) => {
	const world = await start(t);
	await connectCello(world);
	const { hook: { url } } = await world.control('cello');
	const post = async (body, secret, age = 0) => {
		const at = Math.floor(Date.now() / 1000) - age;
		const v1 = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
		return (await fetch(url, { method: 'POST', body, headers: { 'stripe-signature': `t=${at},v1=${v1}` } })).status;
	};
	const event = (livemode) => JSON.stringify({ id: 'evt_1', object: 'event', type: 'charge.succeeded', livemode, created: 0, data: { object: {} } });
	await world.control('cello/webhook', { secret: 'whsec_test' });
	await world.control('cello/webhook', { secret: 'whsec_live', mode: 'live' });
	assert.equal(await post(event(false), 'whsec_test'), 200);
	assert.equal(await post(event(true), 'whsec_test'), 400);
	assert.equal(await post(event(true), 'whsec_live'), 200);
	assert.equal(await post(event(false), 'whsec_test', 400), 400);
	assert.equal((await fetch(url, { method: 'POST', body: event(false) })).status, 400);
	assert.equal((await fetch(url.replace('demo.', 'other.'), { method: 'POST', body: event(false) })).status, 404);
	const { hook } = await world.control('cello');
	assert.deepEqual(hook.refused, { 'the signature is of another secret': 1, 'the signature is too old': 1, 'there is no signature': 1 });
});

const LACKING = [
	['invoice.paid', ({ signups, purchases }) => signups.length === 1 && purchases.length === 0],
	['charge.refunded', ({ purchases, refunds }) => purchases.length === 1 && refunds.length === 0]
];

for (const [type, holds] of LACKING)
	test(`an endpoint without ${type} leaves out what that tells`, async (t) => {
		const world = await start(t);
		await connectCello(world, { events: TEN.filter((name) => name !== type) });
		const { invoice } = await world.purchase({ customer: BROUGHT });
		await world.control('refund', { invoice });
		const view = await heard(world);
		assert.ok(holds(view), JSON.stringify(view));
		assert.ok(view.hook.missing.includes(type));
	});

test('an endpoint with more than the ten is no better', async (t) => {
	const world = await start(t);
	await connectCello(world, { events: ['*'] });
	await world.purchase({ customer: BROUGHT });
	const { hook, purchases } = await heard(world);
	assert.equal(purchases.length, 1);
	assert.ok(hook.outcomes['not one of the ten'] > 0);
});

test('metadata that come late earn nothing for what was paid before, but by sending it again within 30 days', async (t) => {
	const world = await start(t);
	await connectCello(world);
	const { customer, invoice } = await world.purchase();
	await world.idle();
	await world.stripe.customers.update(customer.id, BROUGHT);
	let view = await heard(world);
	assert.deepEqual([ids(view.signups), view.purchases], [['u1'], []]);
	const { id } = (await world.control('events')).find((e) => e.type === 'invoice.paid' && e.data.object.id === invoice);
	await world.control('events/deliver', { id });
	view = await heard(world);
	assert.deepEqual(view.purchases.map((p) => p.invoice), [invoice]);
	await world.control('events/deliver', { id });
	assert.equal((await heard(world)).purchases.length, 1);
});

test('what is older than 30 days is not imported', async (t) => {
	const world = await start(t);
	await connectCello(world);
	const { customer, invoice } = await world.purchase({ session: { line_items: [{ price: 'price_year', quantity: 1 }] } });
	await world.idle();
	await world.control('clock', { advance_seconds: 31 * DAY });
	await world.stripe.customers.update(customer.id, BROUGHT);
	const { id } = (await world.control('events')).find((e) => e.type === 'invoice.paid' && e.data.object.id === invoice);
	await world.control('events/deliver', { id });
	const { purchases, hook } = await heard(world);
	assert.deepEqual([purchases, hook.outcomes['older than 30 days']], [[], 1]);
});

test('the portal says how connected each part is, by what came within the hour', async (t) => {
	const world = await start(t);
	const status = async () => Object.fromEntries(Object.entries((await heard(world)).status).map(([part, s]) => [part, s.connectionStatus]));
	const NOTHING = { component: 'notConnected', attribution: 'notConnected', signups: 'notConnected', purchases: 'notConnected' };
	assert.deepEqual(await status(), NOTHING);
	await connectCello(world);
	await world.purchase({ customer: BROUGHT });
	await fetch(`${world.url}/assets/attribution/latest/cello-attribution.js`);
	await world.call('POST', '/cello/widget/boot', { productId: PRODUCT_ID, token: token() });
	assert.deepEqual(await status(), { component: 'connected', attribution: 'connected', signups: 'connected', purchases: 'connected' });
	await world.customer({ email: '', metadata: { cello_ucc: BOB, new_user_id: 'u2' } });
	assert.equal((await status()).signups, 'connectedWithWarnings');
	assert.deepEqual((await world.control('cello')).status.signups.warnings, ['email: Recommended']);
	await world.control('clock', { advance_seconds: 3601 });
	assert.deepEqual(await status(), NOTHING);
	assert.ok((await world.control('cello')).status.purchases.lastEventReceived);
});

test('Cello’s endpoint may be on this machine, and no other', async (t) => {
	const world = await start(t);
	await connectCello(world);
	await assert.rejects(world.stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/cello/', enabled_events: ['*'] }), { code: 'url_invalid' });
});

test('a day on which Cello is down loses nothing', async (t) => {
	const world = await start(t);
	await connectCello(world);
	await world.control('faults', { target: 'cello', action: 'status', status: 503, times: -1 });
	await world.purchase({ customer: BROUGHT });
	await world.control('faults', undefined, 'DELETE');
	assert.equal((await heard(world)).purchases.length, 1);
});
