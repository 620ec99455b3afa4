// SPDX-License-Identifier: MIT
//
// One Stripe account and one mode: rows belong to it, and what another key answers is not about them. And prices are
// stored, so that what they are called is the configuration's to say, at once.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { CANARY, openRig, waitFor } from '../rig/rig.mjs';
import { customerOf, quiet, signup, subscribe, subscription, subscriptionWhen } from '../rig/visitor.mjs';

const KEYS = Object.fromEntries(['other', 'second', 'refused'].map((name) => [name, `sk_test_${name}_${CANARY}`]));
KEYS.live = `sk_live_${CANARY}`;
for (const name of ['restricted', 'blind'])
	KEYS[name] = `rk_test_${name}_${CANARY}`;
let rig, member;

before(async () => {
	rig = await openRig({ name: 'home', set: { 'courier.poll': 1 } });
	KEYS.own = rig.secrets.stripeKey;
	await rig.control('POST', '/keys', { key: KEYS.other });
	await rig.control('POST', '/keys', { key: KEYS.second, same: true });
	await rig.control('POST', '/keys', { key: KEYS.live, same: true });
	member = await signup(rig);
	await subscribe(rig, member);
	await quiet(rig);
});
after(() => rig?.close());

const said = (event, since = 0) => rig.log().slice(since).filter((l) => l.event === event);
const asked = async () => (await rig.control('GET', '/requests?target=stripe')).map((r) => `${r.method} ${r.path}`);
const home = async () => (await rig.sql('SELECT account, livemode, key_digest FROM stripe_home'))[0];
const waiting = () => rig.sql("SELECT id, state, attempts FROM stripe_object WHERE state <> 'done' ORDER BY id");

async function useKey(key) {
	writeFileSync(`${rig.dir}/stripe_key`, `${key}\n`);
	await rig.control('DELETE', '/requests');
	return rig.reload();
}

test('5.8: the first key says whose the rows are', async () => {
	const { account, livemode, key_digest } = await home();
	assert.deepEqual([account, livemode], ['acct_sandbox', false]);
	assert.match(key_digest, /^[0-9a-f]{64}$/);
	await useKey(KEYS.second);
	await waitFor('the second key', async () => (await home()).key_digest !== key_digest);
	assert.equal((await home()).account, 'acct_sandbox');
	assert.equal((await asked()).filter((a) => a !== 'GET /v1/account').length, 0);
	assert.deepEqual(said('stripe_other'), []);
});

for (const name of ['other', 'live', 'refused'])
	test(`5.8, scenario 29: with a key that is not ours (${name}) nothing is believed, nobody’s customer is gone, and it is said once a minute`, async () => {
		const before = await subscription(member);
		const customer = await customerOf(rig, member.account);
		const began = Date.now(), since = await useKey(KEYS[name]);
		const event = name === 'refused' ? 'stripe_call' : 'stripe_other';
		await waitFor('the couriers to say so', () => said(event, since).length > 0);
		// Something is heard of, and somebody signs up.
		await rig.control('POST', '/portal/cancel', { customer });
		await rig.control('POST', '/events/idle?timeout_ms=10000');
		const newcomer = await signup(rig);
		for (let i = 0; i < 5; i++)
			for (const answer of [await newcomer.post('/api/checkout', { plan: 'solo' }), await member.post('/api/portal')]) {
				assert.equal(answer.status, 503, answer.text);
				assert.match(answer.headers['retry-after'], /^\d+$/);
			}
		assert.deepEqual(await subscription(member), before);
		assert.equal(await rig.value('SELECT count(*)::int FROM customer WHERE deleted'), 0);
		assert.equal((await member.get('/auth?require=subscription')).status, 204);
		// A reconciliation is due too, and one more look of every courier's passes.
		await rig.comeRound('reconcile');
		await waitFor('the reconciliation to be put off', () => rig.value("SELECT last_error IS NOT NULL FROM chore WHERE id = 'reconcile'"));
		assert.deepEqual([...new Set(await asked())], ['GET /v1/account'], 'Stripe is asked nothing else');
		const most = (2 + 3) * Math.ceil((Date.now() - began) / 60000);		// of each process, in each minute
		assert.ok((await asked()).length <= most, `${(await asked()).length} questions`);
		assert.ok(said('stripe_other', since).length <= most, `${said('stripe_other', since).length} lines`);
		const left = await waiting();
		assert.deepEqual(left.map((o) => [o.state, o.attempts]), left.map(() => ['waiting', 0]), 'no attempt is used up');
		assert.ok(left.length > 0);
		if (name !== 'refused')
			assert.match(await rig.endpin('check').then(() => '', (e) => e.out), /^not ok +stripe [^]*the rows are of acct_sandbox in test mode/m);

		await useKey(KEYS.own);
		await quiet(rig);
		assert.ok((await subscription(member)).cancelAt, 'what was heard meanwhile is read');
		assert.equal((await newcomer.post('/api/checkout', { plan: 'solo' })).status, 201);
		await rig.control('POST', '/portal/resume', { customer });
		await subscriptionWhen(member, 'to go on', (s) => !s.cancelAt);
		// The next one asks for nothing else, either.
		await rig.sql("UPDATE chore SET last_error = NULL WHERE id = 'reconcile'");
		const done = await rig.comeRound('reconcile');
		await waitFor('a reconciliation', () => rig.value(
			"SELECT done_at IS DISTINCT FROM $1::timestamptz AND leased_until IS NULL FROM chore WHERE id = 'reconcile'", [done]));
		await quiet(rig);
	});

test('I13, scenario 6: what happens in live mode and is told to an install of test mode is kept and not read', async () => {
	const since = rig.log().length;
	await rig.control('DELETE', '/requests');
	const answer = await fetch(`${rig.sandboxUrl}/v1/customers`, { method: 'POST', headers: { authorization: `Bearer ${KEYS.live}` } });
	const { id, livemode } = await answer.json();
	assert.equal(livemode, true);
	await waitFor('the event', async () => (await rig.sql('SELECT livemode FROM stripe_event WHERE object_id = $1', [id]))[0]?.livemode === true);
	await waitFor('it to be said', () => said('event_foreign', since).length > 0);
	assert.deepEqual(await rig.sql('SELECT id FROM stripe_object WHERE id = $1', [id]), []);
	assert.deepEqual((await asked()).filter((a) => a.includes(id)), []);
});

test('5.8: a restricted key that may not say whose it is works', async () => {
	await rig.control('POST', '/keys', { key: KEYS.restricted, same: true, rights: { account: 'none' } });
	const since = await useKey(KEYS.restricted);
	const newcomer = await signup(rig);
	assert.equal((await subscribe(rig, newcomer)).status, 'active');
	assert.deepEqual([(await home()).account, said('stripe_other', since)], ['acct_sandbox', []]);
	await useKey(KEYS.own);
});

test('5.8, scenario 29: one that may not read customers either is believed in nothing', async () => {
	await rig.control('POST', '/keys', { key: KEYS.blind, same: true, rights: { account: 'none', customers: 'none' } });
	const since = await useKey(KEYS.blind);
	assert.equal((await member.post('/api/portal')).status, 503);
	assert.match(said('stripe_other', since)[0].msg, /neither say whose it is nor read customers/);
	assert.equal(await rig.value('SELECT count(*)::int FROM customer WHERE deleted'), 0);
	await useKey(KEYS.own);
});

test('scenario 29: a customer that is gone is written down when its portal is wanted, and the next purchase makes another', async () => {
	const visitor = await signup(rig);
	const customer = await customerOf(rig, visitor.account);
	await quiet(rig);
	await rig.control('POST', '/events/mode', { generate: false });
	await stripeDelete(`/customers/${customer}`);
	await rig.control('POST', '/events/mode', { generate: true });
	const answer = await visitor.post('/api/portal');
	assert.deepEqual([answer.status, answer.json.code], [409, 'no_customer']);
	assert.deepEqual(await rig.sql('SELECT deleted, account_id, former_account_id FROM customer WHERE id = $1', [customer]),
		[{ deleted: true, account_id: null, former_account_id: visitor.account.id }]);
	assert.equal((await subscribe(rig, visitor)).status, 'active');
	assert.notEqual(await customerOf(rig, visitor.account), customer);
	assert.equal((await visitor.post('/api/portal')).status, 201);
});

async function stripeDelete(path) {
	const answer = await fetch(`${rig.sandboxUrl}/v1${path}`, { method: 'DELETE', headers: { authorization: `Bearer ${KEYS.own}` } });
	assert.equal(answer.status, 200);
}

test('5.9: a plan that is renamed or added counts at once, without asking Stripe', async () => {
	const price = await rig.value('SELECT price FROM subscription WHERE customer_id = $1', [await customerOf(rig, member.account)]);
	assert.equal(price, 'price_solo');
	const plan = async () => [(await subscription(member))?.plan, (await member.get('/auth?require=subscription')).headers['x-endpin-plan']];
	assert.deepEqual(await plan(), ['solo', 'solo']);
	const { config } = rig;
	const renamed = Object.fromEntries(Object.entries(config).map(([name, value]) => [name.replace('plan solo.', 'plan soloist.'), value]));
	const offered = async () => (await member.get('/api/plans')).json.plans.map((p) => p.name).sort();
	const before = await offered();
	await quiet(rig);
	await rig.control('DELETE', '/requests');

	rig.config = renamed;
	rig.configure({ 'plan octet.price': 'price_octet', 'plan octet.label': 'Octet', 'plan octet.description': 'Eight', 'plan octet.amount': 9900, 'plan octet.currency': 'usd', 'plan octet.interval': 'month' });
	await rig.reload();
	assert.deepEqual(await plan(), ['soloist', 'soloist']);
	assert.deepEqual(await offered(), [...before.filter((n) => n !== 'solo'), 'octet', 'soloist'].sort());

	// No plan has this price: it is none of ours.
	rig.config = Object.fromEntries(Object.entries(renamed).filter(([name]) => !name.startsWith('plan soloist.')));
	rig.configure({});
	await rig.reload();
	assert.deepEqual((await plan()).map((name) => name ?? ''), ['', '']);

	rig.config = config;
	rig.configure({});
	await rig.reload();
	assert.deepEqual(await plan(), ['solo', 'solo']);
	assert.deepEqual(await asked(), []);
});
