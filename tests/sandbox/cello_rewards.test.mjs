// SPDX-License-Identifier: MIT
//
// What a payment earns for who referred: after a day, less what is paid back, and nothing for each reason that Cello's pages name.

import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { argv, askCello, BOB, connectCello, DAY, heard, launch, options, start } from './harness.mjs';

const metadata = (over = {}) => ({ metadata: { cello_ucc: BOB, new_user_id: 'u1', ...over } });
const later = (world, days = 1) => world.control('clock', { advance_seconds: days * DAY + 1 });
const stateOf = async (world, n = 0) => (({ state, amount, why }) => [state, amount, why])((await heard(world)).rewards[n]);

async function begin(t, before = () => {}) {
	const world = await start(t);
	await connectCello(world);
	await before(world);
	return world;
}

test('a payment earns a fifth, a day later', async (t) => {
	const world = await begin(t);
	await world.purchase({ customer: metadata() });
	assert.deepEqual(await stateOf(world), ['pending', 580, 'it is too early to say']);
	await later(world);
	assert.deepEqual(await stateOf(world), ['earned', 580, null]);
});

const set = (given) => (w) => w.control('cello/campaign', given);
const person = (given) => (w) => w.control('cello/people', given);

// Why a payment earns nothing: how the customer differs, what was done before, what is bought.
const NOTHING = [
	['a code of another length', { cello_ucc: 'short' }, null, {}, 'a field is missing or invalid'],
	['a code that nobody has', { cello_ucc: 'AAAAAAAAAAA' }, null, {}, 'a field is missing or invalid'],
	['no id of the user', { new_user_id: '' }, null, {}, 'a field is missing or invalid'],
	['their own code', { new_user_id: 'bob' }, null, {}, 'the code is their own'],
	['a referral that was rejected', {}, person({ productUserId: 'u1', review: 'rejected' }), {}, 'the referral was rejected'],
	['a campaign before its launch', {}, set({ phase: 'pre-launch' }), {}, 'the campaign is not launched'],
	['an invoice of nothing', {}, null, { session: { subscription_data: { trial_period_days: 5 } } }, 'nothing was paid'],
	['a referrer where nobody can be paid', {}, person({ productUserId: 'bob', country: 'KP' }), {}, 'the referrer lives where nobody can be paid'],
	['purchases that the portal expects by the API', {}, (w) => w.control('cello/settings', { purchase_source: 'api' }), {}, 'it came by another way than the portal has'],
	['signups that the portal expects by the API', {}, (w) => w.control('cello/settings', { signup_source: 'api' }), {}, 'it came by another way than the portal has'],
	['a referral that has brought the most', {}, set({ most: 0 }), {}, 'the most that a referral brings is reached']
];

for (const [what, over, before, bought, reason] of NOTHING)
	test(`nothing is earned with ${what}`, async (t) => {
		const world = await begin(t, before ?? undefined);
		await world.purchase({ customer: metadata(over), ...bought });
		await world.idle();
		await later(world);
		assert.deepEqual(await stateOf(world), ['none', 0, reason]);
	});

test('nothing is earned where signup and purchase name different ids', async (t) => {
	const world = await begin(t);
	const SUBJECT = { ucc: BOB, occurredAt: '2026-10-05T14:14:34Z', newUser: { id: 'u9' } };
	await askCello(world, 'POST', '/v2/events/signup-created', { ...SUBJECT, newUserId: 'u9' });
	await askCello(world, 'POST', '/v2/events/purchase-created', {
		...SUBJECT, newUserId: 'org', amount: 4900, currency: 'EUR', invoiceId: 'in_1', subscription: { interval: 'monthly' }
	});
	assert.deepEqual(await stateOf(world), ['none', 0, 'nobody has signed up by this code and id']);
	// Later, and in whatever order, is soon enough.
	await askCello(world, 'POST', '/v2/events/signup-created', { ...SUBJECT, newUserId: 'org' });
	await later(world);
	assert.deepEqual(await stateOf(world), ['earned', 980, null]);
});

test('a review takes until it is decided, and 30 days at most', async (t) => {
	const world = await begin(t, person({ productUserId: 'u1', review: 'in_review' }));
	await world.purchase({ customer: metadata(), session: { line_items: [{ price: 'price_year', quantity: 1 }] } });
	await world.idle();
	await later(world, 2);
	assert.deepEqual(await stateOf(world), ['pending', 5800, 'the referral is under review']);
	await later(world, 28);
	assert.equal((await stateOf(world))[0], 'earned');
});

test('a campaign ends after its months, and gives no more than its most', async (t) => {
	const world = await begin(t, set({ months: 2, most: 700 }));
	await world.purchase({ customer: metadata() });
	await later(world, 70);
	await world.idle();
	await later(world);
	assert.deepEqual((await heard(world)).rewards.map((r) => [r.state, r.amount, r.why]), [
		['earned', 580, null], ['earned', 120, null], ['none', 0, 'the campaign’s months are over']]);
});

test('what was promised to a referral stays, and the next has the new terms', async (t) => {
	const world = await begin(t);
	await world.purchase({ customer: metadata() });
	await world.idle();
	await world.control('cello/campaign', { share: 50 });
	await world.purchase({ customer: metadata({ new_user_id: 'u2' }) });
	await later(world, 40);
	assert.deepEqual((await heard(world)).rewards.map((r) => [r.newUserId, r.amount]).sort(), [['u1', 580], ['u1', 580], ['u2', 1450], ['u2', 1450]]);
});

test('a code in the cookie at the first boot is a signup where the account wants it, and earns after seven days', async (t) => {
	const { token } = await import('./token.mjs');
	const world = await begin(t);
	const boot = (productUserId) => world.call('POST', '/cello/widget/boot', {
		productId: 'demo.endpin.test', token: token({ productUserId }), productUserDetails: { email: 'ann@example.com' }, referral: BOB });
	await boot('u0');
	assert.deepEqual((await heard(world)).signups, []);
	await world.control('cello/settings', { auto_attribution: 'on' });
	await boot('u0');
	assert.deepEqual((await heard(world)).signups, [], 'it was not the first boot');
	await boot('u1');
	assert.deepEqual((await heard(world)).signups.map((s) => [s.source, s.newUserId]), [['auto', 'u1']]);
	// The address joins what Stripe tells to it.
	await world.purchase();
	await world.idle();
	await later(world, 2);
	assert.deepEqual(await stateOf(world), ['pending', 580, 'the code was found in a cookie']);
	await later(world, 5);
	assert.equal((await stateOf(world))[0], 'earned');
});

// --- the webhook for credits ---

// The product's end of it: answers what it is told to, and remembers.
async function product(t) {
	const seen = [], wanted = { status: 204 };
	const server = http.createServer(async (req, res) => {
		let body = '';
		for await (const chunk of req)
			body += chunk;
		seen.push({ headers: req.headers, body: JSON.parse(body) });
		res.writeHead(wanted.status).end();
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.after(() => server.close());
	return { seen, wanted, url: `http://127.0.0.1:${server.address().port}/webhooks/cello` };
}

async function until(what, holds) {
	const end = Date.now() + 15000;
	while (!await holds()) {
		assert.ok(Date.now() < end, what);
		await new Promise((done) => setTimeout(done, 20));
	}
}

async function credits(t, given = {}) {
	const world = await begin(t, set({ rewards: 'credits' })), { seen, wanted, url } = await product(t);
	await world.control('cello/rewards/webhook', { url, user: 'cello', password: 'secret', ...given });
	return { world, seen, wanted };
}

test('a reward in credits is told when it is earned, as on Cello’s page', async (t) => {
	const { world, seen } = await credits(t);
	await world.purchase({ customer: metadata() });
	await world.idle();
	await later(world);
	await until('the reward', () => seen.length === 1);
	const [{ headers, body }] = seen, [{ id }] = (await world.control('cello')).rewards;
	assert.equal(headers.authorization, `Basic ${Buffer.from('cello:secret').toString('base64')}`);
	assert.deepEqual([headers['x-cello-env'], headers['content-type']], ['sandbox', 'application/json; charset=utf-8']);
	const { eventId, createdTs, ...rest } = body;
	assert.deepEqual(rest, { version: '1.0.3', eventType: 'new-reward', data: { rewardId: id, productUserId: 'bob', rewardType: 'credits', reward: { amount: 580 } } });
	assert.match(eventId, /^evt_/);
	assert.ok(!Number.isNaN(Date.parse(createdTs)));
	await until('the note of it', async () => (await world.control('cello')).told[0].state === 'delivered');
});

test('it is told again until it is taken, with the same event, or given up', async (t) => {
	const { world, seen, wanted } = await credits(t, { copies: 2 });
	wanted.status = 500;
	await world.purchase({ customer: metadata() });
	await world.idle();
	await later(world);
	await until('the failure', async () => (await world.control('cello')).told[0]?.state === 'failed');
	assert.ok(seen.length >= 5);
	assert.equal(new Set(seen.map((s) => s.body.eventId)).size, 1);
	wanted.status = 200;
	const [{ reward }] = (await world.control('cello')).told;
	assert.equal((await world.control('cello/rewards/again', { reward })).state, 'delivered');
});

test('what was not taken yet is told on after a restart', async (t) => {
	const { seen, wanted, url } = await product(t), state = (dir) => ({ state: `${dir}/state.json` });
	const world = await start(t, state);
	await connectCello(world);
	await world.control('cello/campaign', { rewards: 'credits' });
	await world.control('cello/rewards/webhook', { url, user: 'cello', password: 'secret' });
	wanted.status = 500;
	await world.purchase({ customer: metadata() });
	await world.idle();
	await later(world);
	await until('the first try', () => seen.length > 0);
	world.child.kill('SIGTERM');
	await world.ended;
	wanted.status = 204;
	const second = await launch(argv({ ...options(world.dir, 0, world.hook.url), ...state(world.dir) }));
	t.after(() => second.child.kill());
	await until('the reward', async () => (await (await fetch(`${second.url}/control/cello`)).json()).told[0]?.state === 'delivered');
	assert.equal(new Set(seen.map((s) => s.body.eventId)).size, 1);
});

test('by hand it may be as wrong as somebody likes', async (t) => {
	const { world, seen, wanted } = await credits(t);
	wanted.status = 401;
	const sent = await world.control('cello/rewards/send', { password: 'wrong', env: 'prod', productUserId: 'u1', amount: 7, version: '9', eventId: 'evt_1' });
	assert.equal(sent.status, 401);
	assert.equal(seen[0].headers['x-cello-env'], 'prod');
	assert.deepEqual([seen[0].body.version, seen[0].body.eventId, seen[0].body.data.reward], ['9', 'evt_1', { amount: 7 }]);
	await world.control('cello/rewards/send', { env: null, body: { anything: 1 } });
	assert.deepEqual([seen[1].headers['x-cello-env'], seen[1].body], [undefined, { anything: 1 }]);
});

test('a reward in cash is told to nobody', async (t) => {
	const { world, seen } = await credits(t);
	await world.control('cello/campaign', { rewards: 'cash' });
	await world.purchase({ customer: metadata() });
	await world.idle();
	await later(world);
	assert.deepEqual([seen, (await world.control('cello')).told], [[], []]);
});

// --- the Rewards API ---

test('the Rewards API lists what was earned, and takes that it was paid', async (t) => {
	const world = await begin(t);
	assert.equal((await askCello(world, 'GET', '/rewards')).status, 403, 'it is in early access');
	await world.control('cello/settings', { rewards_api: 'yes' });
	await world.purchase({ customer: metadata() });
	await world.idle();
	const list = async (query = '') => (await askCello(world, 'GET', `/rewards${query}`)).body.data;
	assert.deepEqual(await list(), []);
	await later(world);
	const [{ id, createdAt, ...rest }] = await list();
	assert.deepEqual(rest, { productUserId: 'bob', amount: 580, currency: 'eur', status: 'pending' });
	const day = createdAt.slice(0, 10);
	assert.deepEqual([await list('?productUserId=bob'), await list(`?startDate=${day}&endDate=${day}`)].map((l) => l.length), [1, 1]);
	assert.deepEqual([await list('?productUserId=ann'), await list('?startDate=2999-01-01'), await list('?endDate=2000-01-01')], [[], [], []]);
	assert.equal((await askCello(world, 'GET', '/rewards?startDate=soon')).status, 400);
	const patch = (to, body) => askCello(world, 'PATCH', `/rewards/${to}`, body);
	assert.equal((await patch(id, { status: 'processed' })).status, 200);
	assert.equal((await list())[0].status, 'processed');
	assert.deepEqual([(await patch('rwd_none', { status: 'processed' })).status, (await patch(id, {})).status], [404, 400]);
});
