// SPDX-License-Identifier: MIT
//
// Who somebody is, and what is theirs, is said by their password and our rows: not by an address that is typed at Stripe, not by the link
// that Stripe leads back to, and not by what a browser sends beside an order.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, PASSWORD } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, newEmail, pay, quiet, signup, subscribe, subscription, subscriptionWhen, UCC } from '../rig/visitor.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'identity' });
});
after(() => rig?.close());

const stripe = (...args) => askStripe(rig, ...args);
const login = (email) => rig.client().post('/api/login', { email, password: PASSWORD });
const back = (client, sessionId) => client.post('/api/checkout/return', { sessionId });
const ownerOf = (customer) => rig.value('SELECT account_id FROM customer WHERE id = $1', [customer]);
const sent = async (path) => (await rig.control('GET', `/requests?target=stripe&path=${path}`)).filter((r) => r.method === 'POST');

test('scenario 28: an address in other letters is the same person, one with a tag or a dot is another, who has nothing of theirs', async () => {
	const ada = await signup(rig), name = ada.email.split('@')[0];
	await subscribe(rig, ada);
	const again = await rig.client().post('/api/signup', { email: ada.email.toUpperCase(), password: PASSWORD });
	assert.deepEqual([again.status, again.json.code], [409, 'email_taken']);
	assert.equal((await login(ada.email.toUpperCase())).json.account.id, ada.account.id);
	for (const email of [ada.email.replace('@', '+tag@'), ada.email.replace(name, `${name[0]}.${name.slice(1)}`)]) {
		const other = await signup(rig, { email });
		assert.notEqual(await customerOf(rig, other.account), await customerOf(rig, ada.account));
		assert.equal(await subscription(other), null);
	}
});

test('scenario 28: an address that somebody changes at Stripe is nobody’s login, and moves nothing', async () => {
	const ada = await signup(rig, { ucc: UCC }), bob = await signup(rig), elsewhere = newEmail();
	const customer = await customerOf(rig, ada.account);
	await subscribe(rig, ada);
	for (const email of [elsewhere, bob.email]) {
		await stripe('POST', `/customers/${customer}`, { email });
		await quiet(rig);
	}
	assert.equal((await login(ada.email)).json.account.id, ada.account.id);
	assert.equal((await login(elsewhere)).status, 401);
	assert.equal((await login(bob.email)).json.account.id, bob.account.id);
	assert.equal(await ownerOf(customer), ada.account.id);
	assert.equal((await subscription(ada)).entitled, true);
	assert.equal(await subscription(bob), null);
	assert.deepEqual((await stripe('GET', `/customers/${customer}`)).metadata, { new_user_id: ada.account.id, cello_ucc: UCC });
});

test('scenario 30: who signs up with the address of somebody who pays at Stripe gets nothing of theirs', async () => {
	const email = newEmail();
	const theirs = (await stripe('POST', '/customers', { email })).id;
	const { id } = await stripe('POST', '/checkout/sessions', { mode: 'subscription', customer: theirs, success_url: 'http://127.0.0.1/',
		'line_items[0][price]': 'price_solo', 'line_items[0][quantity]': '1' });
	await pay(rig, id);
	const visitor = await signup(rig, { email });
	const own = await customerOf(rig, visitor.account);
	await quiet(rig);
	assert.notEqual(own, theirs);
	assert.equal(await ownerOf(theirs), null);
	assert.equal(await subscription(visitor), null);
	assert.equal((await visitor.get('/auth?require=subscription')).status, 403);
	assert.equal((await visitor.post('/api/portal')).status, 201);
	assert.equal((await sent('/v1/billing_portal/sessions')).at(-1).params.customer, own);
	await checkout(visitor);
	assert.equal((await sent('/v1/checkout/sessions')).at(-1).params.customer, own);
});

test('scenario 32: the link back from Stripe logs nobody in and gives nobody anything, whoever opens it and how often', async () => {
	const owner = await signup(rig), other = await signup(rig), stranger = rig.client();
	const { sessionId } = await checkout(owner);
	// Still open: it is looked at, and nothing comes of it.
	assert.equal((await back(owner, sessionId)).status, 202);
	await quiet(rig);
	assert.equal(await subscription(owner), null);

	await pay(rig, sessionId);
	for (const client of [stranger, other]) {
		const page = await client.get(`/account?session_id=${sessionId}`);
		assert.deepEqual(page.all('set-cookie'), []);
		assert.equal((await back(client, sessionId)).status, client === stranger ? 401 : 404);
	}
	assert.deepEqual((await stranger.get('/api/session')).json, { authenticated: false });
	for (let i = 0; i < 2; i++)
		assert.equal((await back(owner, sessionId)).status, 202);
	await subscriptionWhen(owner, 'the subscription', (s) => s.entitled);
	await quiet(rig);
	assert.equal(await subscription(other), null);
	assert.equal(await rig.value('SELECT count(*)::int FROM subscription WHERE customer_id = $1', [await customerOf(rig, owner.account)]), 1);
	for (const unknown of ['cs_live_a1B2', 'cs_test_none', sessionId.toUpperCase()])
		assert.equal((await back(owner, unknown)).status, 404, unknown);
});

test('scenario 32: of a page that has expired nothing comes, and who never comes back has what was paid', async () => {
	const [late, away] = [await signup(rig), await signup(rig)];
	const { sessionId } = await checkout(late);
	await stripe('POST', `/checkout/sessions/${sessionId}/expire`);
	assert.equal((await back(late, sessionId)).status, 202);
	await pay(rig, (await checkout(away)).sessionId);
	await subscriptionWhen(away, 'the subscription', (s) => s.entitled);
	await quiet(rig);
	assert.equal(await subscription(late), null);
});

test('scenario 33: what is bought, by whom and where it leads back to is not for the browser to say', async () => {
	const visitor = await signup(rig), evil = 'https://evil.example/';
	const own = await customerOf(rig, visitor.account), orders = async () => (await sent('/v1/checkout/sessions')).length;
	const before = await orders();
	for (const plan of ['price_solo', 'prod_solo', 'SOLO', 'solo ', '', null, ['solo'], { name: 'solo' }])
		assert.equal((await visitor.post('/api/checkout', { plan })).status, 422, JSON.stringify(plan));
	assert.equal(await orders(), before);

	const headers = { referer: evil, 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
	const answer = await visitor.post(`/api/checkout?success_url=${evil}`, { plan: 'solo', price: 'price_quartet', customer: 'cus_other', success_url: evil,
		cancel_url: evil, successUrl: evil, return_url: evil, discounts: [{ coupon: 'FRIEND20' }], trial_period_days: 700 }, { headers });
	assert.equal(answer.status, 201, answer.text);
	const { params } = (await sent('/v1/checkout/sessions')).at(-1);
	assert.deepEqual([params.customer, params.line_items[0].price, params.discounts, params.subscription_data.trial_period_days],
		[own, 'price_solo', undefined, undefined]);
	assert.ok(params.success_url.startsWith(`${rig.origin}/`) && params.cancel_url.startsWith(`${rig.origin}/`), JSON.stringify(params));
	assert.ok(!JSON.stringify(params).includes('evil'));

	assert.equal((await visitor.post(`/api/portal?return_url=${evil}`, {}, { headers })).status, 201);
	const portal = (await sent('/v1/billing_portal/sessions')).at(-1).params;
	assert.deepEqual([portal.customer, portal.return_url], [own, `${rig.origin}/account`]);
});
