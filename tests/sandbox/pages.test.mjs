// SPDX-License-Identifier: MIT
//
// The pages, without a browser and without JavaScript: forms are posted as they stand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP, start } from './harness.mjs';

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
	assert.match(await (await fetch(`${session.url}?card=4242424242424242`)).text(), /value="4242424242424242"/);

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
	assert.equal((await (await fetch(`${session.url}?card=<script>`)).text()).includes('<script>'), false);
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
