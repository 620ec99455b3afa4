// SPDX-License-Identifier: MIT
//
// Signup, login, logout, the portal, webhooks and /auth: all of it or nothing, in the right order, and what is not
// found costs what is found costs. Nobody else works on the rows: there are no couriers.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { ask, openRig, stat, waitFor, PASSWORD } from '../rig/rig.mjs';
import { deliver, makeEvent } from '../rig/event.mjs';
import { writeSecret } from '../rig/files.mjs';
import { checkout, newEmail, signup, UCC } from '../rig/visitor.mjs';

const PORTAL = '/v1/billing_portal/sessions';
let rig;

before(async () => {
	rig = await openRig({ name: 'doors', set: { 'courier.processes': 0, 'session.idle_hours': 2, 'pool web.workers': 1 } });
});
after(() => rig?.close());
afterEach(() => rig?.control('DELETE', '/faults'));

const login = (client, email, password = PASSWORD) => client.post('/api/login', { email, password });
const authenticated = async (client) => (await client.get('/api/session')).json.authenticated;
const sessions = (id) => rig.value('SELECT count(*)::int FROM session WHERE account_id = $1', [id]);
const count = (table, id) => rig.value(`SELECT count(*)::int FROM ${table} WHERE account_id = $1`, [id]);

// While no row can be written into `table` that does not satisfy `condition`.
async function forbidding(table, condition, work) {
	await rig.sql(`ALTER TABLE ${table} ADD CONSTRAINT not_today CHECK (${condition}) NOT VALID`);
	try {
		return await work();
	} finally {
		await rig.sql(`ALTER TABLE ${table} DROP CONSTRAINT not_today`);
	}
}

test('login ends the session that this browser had, and no other', async () => {
	const visitor = await signup(rig);
	const other = rig.client();
	await login(other, visitor.email);
	const old = rig.client();
	old.cookies.set('endpin', visitor.cookies.get('endpin'));
	assert.equal((await login(visitor, visitor.email)).status, 200);
	assert.equal(await authenticated(old), false);
	assert.equal(await authenticated(visitor), true);
	assert.equal(await authenticated(other), true);
	assert.equal(await sessions(visitor.account.id), 2);
});

test('signup ends the session that this browser had', async () => {
	const visitor = await signup(rig);
	const old = rig.client();
	old.cookies.set('endpin', visitor.cookies.get('endpin'));
	await signup(rig, {}, visitor);
	assert.equal(await authenticated(old), false);
	assert.equal((await visitor.get('/api/session')).json.account.id, visitor.account.id);
});

test('a login that cannot open a session leaves the old one', async () => {
	const visitor = await signup(rig);
	const answer = await forbidding('session', 'false', () => login(visitor, visitor.email));
	assert.equal(answer.status, 500, answer.text);
	assert.deepEqual(answer.all('set-cookie'), []);
	assert.equal(await authenticated(visitor), true);
});

test('a wrong password leaves everything as it is', async () => {
	const visitor = await signup(rig);
	const answer = await login(visitor, visitor.email, `${PASSWORD}!`);
	assert.equal(answer.status, 401);
	assert.deepEqual(answer.all('set-cookie'), []);
	assert.equal(await authenticated(visitor), true);
});

test('what is no account, no password or too much of one takes as long as a wrong password', async () => {
	const visitor = await signup(rig);
	const bodies = {
		wrong: { email: visitor.email, password: `${PASSWORD}!` }, unknown: { email: newEmail(), password: PASSWORD },
		missing: { email: visitor.email }, nameless: { password: PASSWORD }, long: { email: visitor.email, password: 'x'.repeat(1025) }
	};
	// In the workers' own time, to which nothing adds that the machine does besides.
	const workers = rig.workers('password');
	const ticks = () => workers.reduce((sum, pid) => sum + stat(pid).ticks, 0);
	const took = {};
	for (const [kind, body] of Object.entries(bodies)) {
		const before = ticks();
		for (let i = 0; i < 10; i++) {
			const answer = await rig.client().post('/api/login', body);
			assert.equal(answer.status, 401, answer.text);
			assert.equal(answer.json.code, 'invalid_credentials');
		}
		took[kind] = ticks() - before;
	}
	for (const kind of Object.keys(bodies))
		assert.ok(took[kind] > 0.5 * took.wrong, JSON.stringify(took));
	assert.ok(took.wrong >= 5, `hashing took ${took.wrong} ticks`);
});

test('a hash of another pepper is made anew at the next login, and once', async () => {
	const visitor = await signup(rig);
	const hash = () => rig.value('SELECT password_hash FROM account WHERE id = $1', [visitor.account.id]);
	const before = await hash();
	writeSecret(rig.config['password.pepper_file'], `p2:${randomBytes(32).toString('hex')}\n${rig.secrets.pepper}\n`);
	await rig.reload();
	assert.equal((await login(visitor, visitor.email)).status, 200);
	const after = await hash();
	assert.notEqual(after, before);
	assert.equal((await login(visitor, visitor.email)).status, 200);
	assert.equal(await hash(), after);
});

test('logout ends the session for everybody who has its token', async () => {
	const visitor = await signup(rig);
	const copy = rig.client();
	copy.cookies.set('endpin', visitor.cookies.get('endpin'));
	assert.equal((await visitor.post('/api/logout')).status, 204);
	assert.equal(visitor.cookies.has('endpin'), false);
	assert.equal(await authenticated(copy), false);
	assert.equal(await sessions(visitor.account.id), 0);
});

test('a signup whose last step fails leaves nothing', async () => {
	const email = newEmail();
	const client = rig.client();
	const fields = { email, password: PASSWORD, ucc: UCC };
	const answer = await forbidding('stripe_call', "kind <> 'customer'", () => client.post('/api/signup', fields));
	assert.equal(answer.status, 500, answer.text);
	assert.deepEqual(answer.all('set-cookie'), []);
	assert.equal(await rig.value('SELECT count(*)::int FROM account WHERE email = $1', [email]), 0);
	const again = await client.post('/api/signup', fields);
	assert.equal(again.status, 201, again.text);
	const { id } = again.json.account;
	assert.deepEqual([await count('referral', id), await sessions(id), await count('stripe_call', id)], [1, 1, 1]);
});

test('a signup whose referral cannot be kept leaves no account', async () => {
	const email = newEmail();
	const answer = await forbidding('referral', 'false', () => rig.client().post('/api/signup', { email, password: PASSWORD, ucc: UCC }));
	assert.equal(answer.status, 500, answer.text);
	assert.equal(await rig.value('SELECT count(*)::int FROM account WHERE email = $1', [email]), 0);
});

test('an address belongs to one account, whatever its case, and its owner stays logged in', async () => {
	const visitor = await signup(rig);
	const answer = await visitor.post('/api/signup', { email: visitor.email.toUpperCase(), password: PASSWORD, ucc: UCC });
	assert.equal(answer.status, 409, answer.text);
	assert.equal(answer.json.code, 'email_taken');
	assert.equal(await authenticated(visitor), true);
	assert.deepEqual([await count('referral', visitor.account.id), await sessions(visitor.account.id), await count('stripe_call', visitor.account.id)], [0, 1, 1]);
});

test('signup names all faults at once, and opens nothing', async () => {
	const email = `${newEmail()} `;
	const answer = await rig.client().post('/api/signup', { email, password: 'short', firstName: 'a\n', lastName: 7, organization: 'x'.repeat(101) });
	assert.equal(answer.status, 422, answer.text);
	for (const field of ['email', 'password', 'firstName', 'lastName', 'organization'])
		assert.match(answer.text, new RegExp(`"${field}"`));
	assert.deepEqual(answer.all('set-cookie'), []);
});

test('the session tells who it is and by whom they came', async () => {
	const visitor = await signup(rig, { ucc: UCC, organization: 'Academy' });
	const { json } = await visitor.get('/api/session');
	assert.deepEqual(json.account, { id: visitor.account.id, email: visitor.email, firstName: 'Ada', lastName: 'Lovelace', organization: 'Academy' });
	assert.deepEqual(json.referral, { ucc: UCC, discountDue: true });
	assert.equal((await (await signup(rig)).get('/api/session')).json.referral, null);
});

test('a worker takes nobody for the one whom it has served before', async () => {
	const visitor = await signup(rig);
	const stranger = rig.client();
	for (const path of ['/api/session', '/api/cello/token'])
		await visitor.get(path);
	assert.deepEqual((await stranger.get('/api/session')).json, { authenticated: false });
	assert.equal((await stranger.get('/api/cello/token')).json.enabled, false);
	assert.equal((await stranger.get('/api/subscription')).status, 401);
	assert.equal((await visitor.get('/api/subscription')).status, 200);
	assert.equal((await stranger.post('/api/logout')).status, 204);
	assert.equal(await authenticated(visitor), true);
});

// --- the portal -----------------------------------------------------------------------------------------------------

const fault = (f) => rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: PORTAL, ...f });
const visits = (visitor) => rig.sql("SELECT * FROM stripe_call WHERE account_id = $1 AND kind = 'portal' ORDER BY created_at", [visitor.account.id]);
const portal = (visitor) => visitor.post('/api/portal');
const customerOf = (visitor) => rig.value('SELECT id FROM customer WHERE account_id = $1', [visitor.account.id]);

// Somebody who has a customer at Stripe.
async function customer() {
	const visitor = await signup(rig);
	await checkout(visitor);
	return visitor;
}

test('without a customer there is nothing to manage, and nothing is asked of Stripe', async () => {
	const visitor = await signup(rig);
	const answer = await portal(visitor);
	assert.equal(answer.status, 409, answer.text);
	assert.equal(answer.json.code, 'no_customer');
	assert.deepEqual(await visits(visitor), []);
});

test('a visit of the portal is journaled before it is sent, and after', async () => {
	const visitor = await customer();
	await fault({ action: 'delay', ms: 3000 });
	const before = (await rig.control('GET', `/requests?path=${PORTAL}`)).length;
	const answer = portal(visitor);
	await waitFor('the request', async () => (await rig.control('GET', `/requests?path=${PORTAL}`)).length > before);
	assert.deepEqual((await visits(visitor)).map((c) => [c.state, c.first_sent_at !== null]), [['attended', true]]);
	const { status, json } = await answer;
	assert.equal(status, 201);
	assert.match(json.url, /^http/);
	const [visit] = await visits(visitor);
	assert.deepEqual([visit.state, visit.outcome], ['done', 'made']);
	assert.match(visit.object_id, /^bps_/);
	const [{ params, headers }] = (await rig.control('GET', `/requests?path=${PORTAL}`)).slice(-1);
	assert.deepEqual(params, { customer: await customerOf(visitor), return_url: `${rig.origin}/account` });
	assert.equal(headers['idempotency-key'], visit.id);
});

test('a visit that failed is over: the next is another', async () => {
	const visitor = await customer();
	await fault({ action: 'status', status: 500, stored: true });
	const answer = await portal(visitor);
	assert.equal(answer.status, 503, answer.text);
	assert.match(answer.headers['retry-after'], /^\d+$/);
	assert.equal((await portal(visitor)).status, 201);
	assert.deepEqual((await visits(visitor)).map((c) => c.outcome), ['refused', 'made']);
});

test('the portal of a customer that was deleted at Stripe: nothing to manage', async () => {
	const visitor = await customer();
	const gone = await customerOf(visitor);
	await ask(`${rig.sandboxUrl}/v1/customers/${gone}`, { method: 'DELETE', headers: { authorization: `Bearer ${rig.secrets.stripeKey}` } });
	const answer = await portal(visitor);
	assert.equal(answer.status, 409, answer.text);
	assert.equal(answer.json.code, 'no_customer');
	assert.deepEqual((await visits(visitor)).map((c) => c.outcome), ['refused']);
});

test('what else Stripe refuses of a visit is for somebody to mend', async () => {
	const visitor = await customer();
	await fault({ action: 'status', status: 400, code: 'resource_missing' });
	const answer = await portal(visitor);
	assert.deepEqual([answer.status, answer.json.code], [409, 'portal_unavailable']);
});

// --- webhooks --------------------------------------------------------------------------------------------------------

test('an event that could not be written is not acknowledged, and is taken when it comes again', async () => {
	const event = makeEvent();
	const { id, data } = JSON.parse(event);
	const answer = await forbidding('stripe_event', 'false', () => deliver(rig, event));
	assert.ok(answer.status >= 500, answer.text);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event WHERE id = $1', [id]), 0);
	assert.equal((await deliver(rig, event)).status, 200);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event WHERE id = $1', [id]), 1);
	assert.equal(await rig.value('SELECT heard::int FROM stripe_object WHERE id = $1', [data.object.id]), 1);
});

test('an event whose object could not be noted is not acknowledged either', async () => {
	const event = makeEvent();
	const { id } = JSON.parse(event);
	const answer = await forbidding('stripe_object', 'false', () => deliver(rig, event));
	assert.ok(answer.status >= 500, answer.text);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event WHERE id = $1', [id]), 0);
});

test('an event that is not signed is refused', async () => {
	const event = makeEvent();
	const answer = await ask(`${rig.origin}/webhooks/stripe`, { method: 'POST', body: event, headers: { 'content-length': Buffer.byteLength(event) } });
	assert.equal(answer.status, 400);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event WHERE id = $1', [JSON.parse(event).id]), 0);
});

// --- /auth -------------------------------------------------------------------------------------------------------------

test('/auth: a session that is idle is over, and being asked about keeps it', async () => {
	const visitor = await signup(rig);
	const age = (interval) => rig.sql('UPDATE session SET used_at = now() - $2::interval WHERE account_id = $1', [visitor.account.id, interval]);
	const used = () => rig.value('SELECT extract(epoch FROM now() - used_at)::int FROM session WHERE account_id = $1', [visitor.account.id]);
	await age('5 minutes');
	assert.equal((await visitor.get('/auth')).status, 204);
	assert.ok(await used() >= 300, 'written at each use');
	await age('1 hour 59 minutes');
	assert.equal((await visitor.get('/auth')).status, 204);
	assert.ok(await used() < 60, 'not written');
	await age('2 hours 1 minute');
	assert.equal((await visitor.get('/auth')).status, 401);
	assert.ok(await used() > 7200, 'woken from the dead');
});

test('/auth: a requirement that there is not lets nobody in', async () => {
	const visitor = await signup(rig);
	assert.equal((await visitor.get('/auth?require=subscription')).status, 403);
	for (const required of ['subscriptions', '', 'x'.repeat(100)])
		assert.equal((await visitor.get(`/auth?require=${required}`)).status, 400, required);
	await checkout(visitor);
	const [id, owner] = [`sub_${randomBytes(6).toString('hex')}`, await customerOf(visitor)];
	await rig.sql(`INSERT INTO subscription (id, customer_id, status, price, current_period_end, paid_until, created, livemode)
		VALUES ($1, $2, 'active', 'price_solo', now() + interval '1 day', now() + interval '1 day', now(), false)`, [id, owner]);
	await rig.sql("INSERT INTO subscription_item (id, subscription_id, customer_id, price) VALUES ($1, $2, $3, 'price_solo')", [`si_${id}`, id, owner]);
	const answer = await visitor.get('/auth?require=subscription');
	assert.equal(answer.status, 204);
	assert.deepEqual(['account', 'plan', 'entitled'].map((name) => answer.headers[`x-endpin-${name}`]), [visitor.account.id, 'solo', 'true']);
	// Of the configured hours of grace past the period's end.
	await rig.sql("UPDATE subscription SET current_period_end = now() - interval '1000 hours' WHERE customer_id = $1", [await customerOf(visitor)]);
	assert.equal((await visitor.get('/auth?require=subscription')).status, 403);
	assert.equal((await rig.client().get('/auth')).status, 401);
});

// --- pages ---------------------------------------------------------------------------------------------------------------

test('a link with a code is kept, but not for a robot nor for a page that is fetched in advance', async () => {
	const kept = async (method, path, headers = {}) => (await rig.client().send(method, path, { headers })).all('set-cookie').length;
	assert.equal(await kept('GET', `/pricing?ucc=${UCC}`), 2);
	assert.equal(await kept('HEAD', `/pricing?ucc=${UCC}`), 0);
	assert.equal(await kept('GET', `/pricing?ucc=${UCC}`, { 'sec-purpose': 'prefetch;prerender' }), 0);
	assert.equal(await kept('GET', `/pricing?ucc=${UCC}x`), 0);
	assert.equal(await kept('GET', '/pricing'), 0);
});
