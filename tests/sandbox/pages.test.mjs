// SPDX-License-Identifier: MIT
//
// The pages, without a browser and without JavaScript: forms are posted as they stand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP, BOB, connectCello, DAY, heard, start } from './harness.mjs';

const GOOD = { card: '4242 4242 4242 4242', expiry: '12/34', cvc: '123', name: 'Ann' };

const submit = (world, path, fields) => fetch(world.url + path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

test('paying on the hosted page', async (t) => {
	const world = await start(t);
	const customer = await world.customer();
	const session = await world.session(customer);
	const path = new URL(session.url).pathname;
	const shown = await fetch(session.url);
	const page = await shown.text();
	assert.equal(shown.status, 200);
	assert.match(shown.headers.get('content-security-policy'), /default-src 'none'/);
	for (const id of ['card', 'expiry', 'cvc', 'name', 'pay'])
		assert.match(page, new RegExp(`id="${id}"`));
	for (const id of ['card', 'expiry', 'cvc', 'name'])
		assert.match(page, new RegExp(`<label for="${id}">`));
	assert.match(page, /€29\.00/);
	assert.match(page, new RegExp(`href="${APP}/pricing"`));
	assert.match(await (await fetch(session.url.replace('#', '?card=4242424242424242#'))).text(), /value="4242424242424242"/);

	const empty = await submit(world, path, { card: '', expiry: '13/99', cvc: '1', name: '' });
	assert.equal(empty.status, 422);
	assert.equal((await empty.text()).match(/aria-invalid/g).length, 4);
	for (const [card, message] of [['4000000000000002', 'Your card was declined.'], ['4000000000009995', 'Your card has insufficient funds.'],
		['4000000000000341', 'Your card was declined.'], ['4111111111111111', 'Your card was declined. Your request was in test mode']]) {
		const res = await submit(world, path, { ...GOOD, card });
		assert.equal(res.status, 402);
		assert.ok((await res.text()).includes(message), message);
	}
	assert.equal((await world.stripe.checkout.sessions.retrieve(session.id)).status, 'open');
	assert.equal((await world.control('objects/subscriptions')).length, 0);

	const paid = await submit(world, path, GOOD);
	assert.deepEqual([paid.status, paid.headers.get('location')], [303, `${APP}/welcome?session=${session.id}`]);
	assert.equal((await submit(world, path, GOOD)).status, 410);
	assert.equal((await world.control('objects/subscriptions')).length, 1);
});

test('a session without a customer makes one', async (t) => {
	const world = await start(t);
	const session = await world.stripe.checkout.sessions.create({
		mode: 'subscription', line_items: [{ price: 'price_month', quantity: 1 }], success_url: `${APP}/`, customer_email: 'new@example.com'
	});
	await submit(world, new URL(session.url).pathname, { ...GOOD, card: '4000000000000002' });
	await submit(world, new URL(session.url).pathname, GOOD);
	assert.equal((await world.control('objects/customers')).length, 1);
	const done = await world.stripe.checkout.sessions.retrieve(session.id, { expand: ['customer'] });
	assert.equal(done.customer.email, 'new@example.com');
});

test('a deleted customer cannot pay', async (t) => {
	const world = await start(t);
	const customer = await world.customer();
	const session = await world.session(customer);
	await world.stripe.customers.del(customer.id);
	assert.equal((await submit(world, new URL(session.url).pathname, GOOD)).status, 402);
	assert.equal((await world.control('objects/subscriptions')).length, 0);
});

test('what is shown is escaped', async (t) => {
	const world = await start(t);
	const session = await world.session(await world.customer({ name: '<script>' }), { cancel_url: 'http://a.test/?"><script>' });
	assert.equal((await (await fetch(session.url)).text()).includes('<script>'), false);
	assert.equal((await (await fetch(session.url.replace('#', '?card=<script>#'))).text()).includes('<script>'), false);
	assert.equal((await (await fetch(world.url)).text()).includes('<script>'), false);
});

test('the portal cancels the way flexible billing does', async (t) => {
	const world = await start(t);
	const { customer, subscription } = await world.purchase();
	const portal = await world.stripe.billingPortal.sessions.create({ customer: customer.id, return_url: `${APP}/account` });
	const path = new URL(portal.url).pathname;
	const page = await (await fetch(portal.url)).text();
	assert.match(page, /id="cancel"/);
	assert.match(page, new RegExp(`id="return" href="${APP}/account"`));
	assert.equal((await submit(world, path, { do: 'cancel' })).status, 303);
	const planned = await world.stripe.subscriptions.retrieve(subscription);
	assert.deepEqual([planned.cancel_at_period_end, planned.cancel_at, planned.status], [false, planned.items.data[0].current_period_end, 'active']);
	assert.match(await (await fetch(portal.url)).text(), /id="resume"/);
	await submit(world, path, { do: 'resume' });
	assert.equal((await world.stripe.subscriptions.retrieve(subscription)).cancel_at, null);
	assert.equal((await world.control('portal/cancel', { customer: customer.id })).cancel_at, planned.cancel_at);
});

test('the home page, an invoice, and nothing', async (t) => {
	const world = await start(t);
	const { invoice } = await world.purchase();
	assert.match(await (await fetch(world.url)).text(), /pNRB1aYqArN/);
	const { hosted_invoice_url: url } = await world.stripe.invoices.retrieve(invoice);
	assert.match(await (await fetch(url)).text(), /€29\.00/);
	assert.equal((await submit(world, '/clock', { seconds: 3600 })).status, 303);
	assert.equal((await world.control('clock')).offset, 3600);
	for (const path of ['/nonsense', '/pay/cs_test_none', '/portal/bps_none', '/invoice/in_none'])
		assert.equal((await fetch(world.url + path)).status, 404);
});

const pageText = async (world, path) => (await fetch(world.url + path)).text();

const referred = { metadata: { cello_ucc: BOB, new_user_id: 'ann' } };

test('the story has an end: who sent somebody sees the reward, and less of it after a refund', async (t) => {
	const world = await start(t);
	await connectCello(world);
	const reward = async () => {
		await heard(world);
		return /id="reward">([^<]+)/.exec(await pageText(world, `/referrer/${BOB}`))[1];
	};
	assert.equal(await reward(), 'Nothing earned yet');
	const { invoice } = await world.purchase({ customer: referred });
	assert.equal(await reward(), 'Nothing earned yet');
	assert.match(await pageText(world, `/referrer/${BOB}`), /id="pending">Not decided yet: €5\.80/);
	await world.control('clock', { advance_seconds: DAY + 1 });
	assert.equal(await reward(), 'Earned €5.80');
	assert.match(await pageText(world, '/'), /<strong>€5\.80<\/strong>/);
	await world.control('refund', { invoice, amount: 1000 });
	assert.equal(await reward(), 'Earned €3.80');
	await world.control('refund', { invoice, amount: 1900 });
	assert.equal(await reward(), 'Earned €0.00');
	assert.equal((await fetch(`${world.url}/referrer/nobody`)).status, 404);
});

test('bad days are buttons, and each ends when it is pressed again', async (t) => {
	const world = await start(t);
	const customer = await world.customer();
	const buttons = [...(await pageText(world, '/')).matchAll(/name="begin" value="([\w-]+)"/g)].map(([, name]) => name);
	assert.ok(buttons.length >= 8, buttons.join());
	for (const name of buttons) {
		assert.equal((await submit(world, '/day', { begin: name })).status, 303);
		assert.match(await pageText(world, '/'), new RegExp(`name="end" value="${name}"`));
		if (['stripe-down', 'stripe-key'].includes(name))
			await assert.rejects(world.stripe.customers.retrieve(customer.id), (e) => e.statusCode === (name === 'stripe-down' ? 503 : 401));
		if (name === 'cello-down')
			assert.equal((await fetch(`${world.url}/r/${BOB}`, { redirect: 'manual' })).status, 503);
		await submit(world, '/day', { end: name });
		assert.match(await pageText(world, '/'), new RegExp(`name="begin" value="${name}"`));
	}
	assert.equal((await world.stripe.customers.retrieve(customer.id)).id, customer.id);
	assert.deepEqual(await world.control('events/mode'), { generate: true, hold: false, shuffle: true, duplicate: 1, twins: 0, tries: 0 });
	await submit(world, '/day', { begin: '__proto__', end: 'constructor' });
});

test('what befalls a subscription is a button beside it, as long as it can be done', async (t) => {
	const world = await start(t);
	const { subscription } = await world.purchase();
	const press = async (what) => decodeURIComponent((await submit(world, `/subscription/${subscription}`, { do: what })).headers.get('location'));
	const state = async () => (await world.stripe.subscriptions.retrieve(subscription)).status;
	const offered = async () => [...(await pageText(world, '/')).matchAll(/name="do" value="([\w-]+)"/g)].map(([, name]) => name);
	assert.deepEqual(await offered(), ['decline', 'asks', 'renew', 'refund', 'dispute', 'cancel', 'end']);
	assert.match(await press('pays'), /cannot be done/);
	await press('decline');
	assert.equal(await state(), 'active');
	await press('renew');
	assert.equal(await state(), 'past_due');
	await press('pays');
	await world.control('clock', { advance_seconds: 4 * DAY });
	assert.equal(await state(), 'active');
	await press('dispute');
	assert.ok((await offered()).includes('lost'));
	await press('lost');
	assert.equal((await world.control('objects/disputes'))[0].status, 'lost');
	await press('cancel');
	assert.ok((await offered()).includes('resume'));
	await press('end');
	assert.equal(await state(), 'canceled');
	assert.match(await press('end'), /cannot be done/);
});
