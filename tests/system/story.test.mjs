// SPDX-License-Identifier: MIT
//
// The story: a referred visitor becomes a paying, attributed subscriber. Over HTTP; browser/ has it on the screen.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import jwt from 'jsonwebtoken';
import { connectCello } from '../rig/cello.mjs';
import { openRig, waitFor, SLOW } from '../rig/rig.mjs';
import { PRODUCT } from '../rig/config.mjs';
import { checkout, customerOf, newEmail, pay, quiet, signup, subscription, subscriptionWhen, UCC } from '../rig/visitor.mjs';

let rig, visitor, session;

before(async () => {
	rig = await openRig({ name: 'story' });
	await connectCello(rig);
	visitor = rig.client();
});
after(() => rig?.close());

const web = process.env.ENDPIN_WEB ?? 'nginx';

test(`1 (${web}), scenario 46: the code in a referral link is kept in a cookie by the server`, async () => {
	const page = await visitor.get(`/?productId=${PRODUCT}&ucc=${UCC}&celloN=Qm9i`, { headers: { 'sec-fetch-site': 'cross-site' } });
	assert.equal(page.status, 200);
	assert.match(page.headers['content-type'], /^text\/html; ?charset=utf-8/i);
	const [cookie] = page.all('set-cookie').filter((line) => line.startsWith('cello-referral='));
	assert.match(cookie, new RegExp(`^cello-referral=${UCC};`));
	assert.match(cookie, /; Max-Age=7776000(;|$)/);
	assert.match(cookie, /; SameSite=Lax(;|$)/);
	assert.match(cookie, /; Path=\/(;|$)/);
	assert.doesNotMatch(cookie, /Domain/i);
	// Cello's own script has to find it.
	assert.doesNotMatch(cookie, /HttpOnly/i);
});

test('1: what is not a code is not kept', async () => {
	for (const ucc of ['short', 'pNRB1aYqArN1', 'pNRB1aYqAr%0a', '"><script>1', '']) {
		const page = await rig.client().get(`/?ucc=${encodeURIComponent(ucc)}`);
		assert.equal(page.status, 200, ucc);
		assert.deepEqual(page.all('set-cookie'), [], ucc);
	}
});

test('2: signing up records the referral, opens a session and makes the customer', async () => {
	await signup(rig, { organization: 'Academy of Ancient Music' }, visitor);
	assert.deepEqual(await rig.sql('SELECT ucc, source FROM referral WHERE account_id = $1', [visitor.account.id]),
		[{ ucc: UCC, source: 'cookie' }]);
	const who = (await visitor.get('/api/session')).json;
	assert.equal(who.authenticated, true);
	assert.equal(who.account.email, visitor.email);
	assert.equal(who.account.id, visitor.account.id);
	assert.equal(who.subscription, null);
	assert.equal(who.referral?.ucc ?? who.referral, UCC, JSON.stringify(who));

	const id = await customerOf(rig, visitor.account);
	const customer = (await rig.control('GET', '/objects/customers')).find((c) => c.id === id);
	assert.equal(customer.email, visitor.email);
	assert.equal(customer.name, 'Ada Lovelace');
	assert.equal(customer.metadata.cello_ucc, UCC);
	assert.equal(customer.metadata.new_user_id, visitor.account.id);
	assert.equal(customer.metadata.new_user_organization_id, undefined);
});

test('2, scenario 46: a code in the form counts before one in the query, and that before the cookie', async () => {
	const cases = [
		[{ ucc: 'AAAAAAAAAAA' }, '?ucc=BBBBBBBBBBB', 'AAAAAAAAAAA', 'form'],
		[{}, '?ucc=BBBBBBBBBBB', 'BBBBBBBBBBB', 'query'],
		[{ ucc: 'not a code' }, '', UCC, 'cookie'],
		[{ ucc: 'not a code' }, '?ucc=nor+this', UCC, 'cookie']
	];
	for (const [fields, query, ucc, source] of cases) {
		const client = rig.client();
		client.cookies.set('cello-referral', UCC);
		const answer = await client.post(`/api/signup${query}`, { email: newEmail(), password: 'a long enough CanaryBird', ...fields });
		assert.equal(answer.status, 201, answer.text);
		assert.deepEqual(await rig.sql('SELECT ucc, source FROM referral WHERE account_id = $1', [answer.json.account.id]), [{ ucc, source }]);
	}
});

test('3: choosing a plan opens a Checkout Session with the discount and the attribution', async () => {
	session = await checkout(visitor, 'solo');
	const id = await customerOf(rig, visitor.account);
	const kept = (await rig.control('GET', '/objects/sessions')).find((s) => s.id === session.sessionId);
	assert.equal(kept.customer, id);
	assert.equal(kept.client_reference_id, visitor.account.id);
	assert.equal(kept.metadata.cello_ucc, UCC);
	const [sent] = (await rig.control('GET', '/requests?target=stripe&path=/v1/checkout/sessions')).filter((r) => r.method === 'POST');
	assert.equal(sent.params.mode, 'subscription');
	assert.equal(sent.params.subscription_data.metadata.cello_ucc, UCC);
	assert.ok(JSON.stringify(sent.params.discounts).includes('FRIEND20'));
	assert.equal(sent.params.allow_promotion_codes, undefined);
	assert.ok(sent.params.success_url.startsWith(`${rig.origin}/account`));
	assert.ok(sent.params.success_url.includes('{CHECKOUT_SESSION_ID}'));
	assert.ok(sent.params.cancel_url.startsWith(`${rig.origin}/pricing`));
	assert.match(sent.headers['idempotency-key'], /^[0-9a-f-]{36}$/);
	assert.equal(sent.headers['stripe-version'], '2026-10-28.endive');
});

test('3, scenario 23: a second click, and a second tab, get the same session', async () => {
	const again = await Promise.all([checkout(visitor, 'solo'), checkout(visitor, 'solo')]);
	assert.deepEqual(again.map((s) => s.sessionId), [session.sessionId, session.sessionId]);
	assert.equal((await rig.control('GET', '/objects/sessions')).length, 1);
});

test('3: who was not referred may enter a promotion code', async () => {
	const other = await signup(rig);
	const { sessionId } = await checkout(other, 'quartet', 3);
	const sent = (await rig.control('GET', '/requests?target=stripe&path=/v1/checkout/sessions')).filter((r) => r.method === 'POST').at(-1);
	assert.equal(String(sent.params.allow_promotion_codes), 'true');
	assert.equal(sent.params.discounts, undefined);
	assert.equal(String(sent.params.line_items[0]?.quantity ?? sent.params.line_items['0'].quantity), '3');
	assert.ok(sessionId);
});

test('4: after paying the subscription is there within two seconds', async (t) => {
	const began = Date.now();
	await pay(rig, session.sessionId);
	assert.equal((await visitor.post('/api/checkout/return', { sessionId: session.sessionId })).status, 202);
	const s = await subscriptionWhen(visitor, 'the subscription', (found) => found.status === 'active');
	const ms = Date.now() - began;
	assert.equal(s.plan, 'solo');
	assert.equal(s.quantity, 1);
	assert.equal(s.entitled, true);
	assert.ok(Date.parse(s.currentPeriodEnd) > Date.now());
	assert.equal(s.cancelAt, null);
	assert.ok(ms < 2000 * SLOW, `${ms} ms`);
	t.diagnostic(`subscription shown ${ms} ms after paying (figure: 2000)`);
	await quiet(rig);
	assert.deepEqual(await rig.sql('SELECT status, amount_paid::int FROM invoice'), [{ status: 'paid', amount_paid: 1520 }]);
});

test('4: Cello hears of both from Stripe, without a field that is missing, and of nobody who was not referred', async () => {
	const heard = await waitFor('Cello', async () => {
		const view = await rig.control('GET', '/cello');
		return view.purchases.length > 0 && view;
	});
	const mine = (rows) => rows.filter((row) => row.newUserId === visitor.account.id).map(({ ucc, status, issues }) => ({ ucc, status, issues }));
	assert.deepEqual([mine(heard.signups), mine(heard.purchases)], Array(2).fill([{ ucc: UCC, status: 'OK', issues: [] }]));
	assert.deepEqual([heard.purchases.map((p) => [p.amount, p.currency]), heard.hook.refused], [[[1520, 'usd']], {}]);
	assert.ok(heard.signups.every((s) => s.ucc !== null));
});

test("4, scenario 32: somebody else's session is not looked at", async () => {
	const other = await signup(rig);
	const answer = await other.post('/api/checkout/return', { sessionId: session.sessionId });
	assert.ok([403, 404].includes(answer.status), answer.text);
});

test('4: who has a subscription does not buy a second one', async () => {
	const answer = await visitor.post('/api/checkout', { plan: 'quartet' });
	assert.equal(answer.status, 409);
	assert.equal(answer.json.code, 'already_subscribed');
});

test('5: the token boots the referral component', async () => {
	const { json } = await visitor.get('/api/cello/token');
	assert.equal(json.enabled, true);
	assert.ok(json.scriptUrl.startsWith(rig.assetsUrl));
	assert.equal(json.bootConfig.productId, PRODUCT);
	assert.deepEqual(json.bootConfig.productUserDetails,
		{ firstName: 'Ada', lastName: 'Lovelace', fullName: 'Ada Lovelace', email: visitor.email });
	const claims = jwt.verify(json.bootConfig.token, rig.secrets.product, { algorithms: ['HS512'] });
	assert.equal(claims.productUserId, visitor.account.id);
	rig.secretsSeen.add(json.bootConfig.token);
});

test('5: /auth tells the web server who it is and what they pay for', async () => {
	const answer = await visitor.get('/auth');
	assert.equal(answer.status, 204);
	assert.equal(answer.headers['x-endpin-account'], visitor.account.id);
	assert.equal(answer.headers['x-endpin-plan'], 'solo');
	assert.equal(answer.headers['x-endpin-entitled'], 'true');
	assert.equal((await rig.client().get('/auth')).status, 401);
});

test('6: cancelling in the portal is shown, and ends when the period is over', async () => {
	const portal = await visitor.post('/api/portal', {});
	assert.equal(portal.status, 201);
	assert.ok(portal.json.url.startsWith(rig.sandboxUrl));
	await rig.control('POST', '/portal/cancel', { customer: await customerOf(rig, visitor.account) });
	const s = await subscriptionWhen(visitor, 'the cancellation', (found) => found.cancelAt !== null);
	assert.equal(s.entitled, true);
	assert.equal(s.cancelAt, s.currentPeriodEnd);
	assert.equal((await visitor.get('/auth')).headers['x-endpin-entitled'], 'true');

	await rig.control('POST', '/clock', { advance_seconds: 40 * 86400 });
	await waitFor('the end', async () => (await subscription(visitor)).status === 'canceled');
	const answer = await visitor.get('/auth');
	assert.equal(answer.status, 204);
	assert.equal(answer.headers['x-endpin-entitled'], 'false');
});

test('6: logging out ends the session', async () => {
	const { cookie } = visitor;
	assert.equal((await visitor.post('/api/logout')).status, 204);
	const late = await rig.client().get('/api/session', { headers: { cookie } });
	assert.deepEqual(late.json, { authenticated: false });
	const again = await visitor.post('/api/login', { email: visitor.email, password: 'CanaryBird horse battery staple' });
	assert.equal(again.status, 200, again.text);
	assert.equal(again.json.account.id, visitor.account.id);
});
