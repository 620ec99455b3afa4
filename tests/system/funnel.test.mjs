// SPDX-License-Identifier: MIT
//
// From a link to a payment: what a link brings whoever follows it, once, and how many went how far.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, pay, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

const SECOND = 'k3vTqPz9LmA';
let rig;

before(async () => {
	rig = await openRig({ name: 'funnel', set: { 'courier.poll': 1, 'plan solo.referral_months': 3, 'plan solo.referral_discount': '20%' } });
});
after(() => rig?.close());

const offer = async (query = '', client = rig.client()) => {
	const answer = await client.get(`/api/referral/offer${query}`);
	assert.equal(answer.status, 200, answer.text);
	return answer.json;
};
const views = (ucc) => rig.value('SELECT coalesce(sum(views), 0)::int FROM referral_view WHERE ucc = $1', [ucc]);
const funnel = async (...args) => JSON.parse(await rig.endpin('funnel', '--json', ...args));
const discounts = async ({ sessionId }) => (await askStripe(rig, 'GET', `/checkout/sessions/${sessionId}`)).discounts;

test('a link says what it brings: 20 is 20 %, and the name is whatever the link says', async () => {
	const told = await offer(`?ucc=${UCC}&celloN=QsO2Yg`);
	assert.deepEqual([told.valid, told.due, told.ucc, told.referrerName], [true, true, UCC, 'Böb']);
	const solo = told.plans.find((p) => p.name === 'solo');
	assert.deepEqual(solo, { name: 'solo', percentage: 20, amountOff: 380, months: 3 });
	for (const celloN of ['', '%20', 'QQ%3D%3D%0A', 'AAAA', '_w', 'QUFB'.repeat(40), encodeURIComponent(Buffer.from('a\u0000b').toString('base64'))])
		assert.equal((await offer(`?ucc=${UCC}&celloN=${celloN}`)).referrerName, null, celloN);
	assert.equal((await offer(`?ucc=${UCC}&celloN=${Buffer.from('<b>Bob</b>').toString('base64').replace(/=+$/, '')}`)).referrerName, '<b>Bob</b>');
	for (const query of ['', '?ucc=test', '?ucc=WELCOME10', `?ucc=${UCC}x`])
		assert.deepEqual(await offer(query), { valid: false, due: false, ucc: null, referrerName: null, plans: [] }, query);
});

test('a link that is followed is counted, one that is remembered is not', async () => {
	const was = await views(SECOND);
	await offer(`?ucc=${SECOND}`);
	await offer(`?ucc=${SECOND}`);
	const client = rig.client();
	client.cookies.set('cello-referral', SECOND);
	assert.equal((await offer('', client)).ucc, SECOND);
	assert.equal(await views(SECOND), was + 2);
	// Anybody can make codes up: of a day there are so many rows and no more.
	await rig.sql(`INSERT INTO referral_view SELECT 'z' || lpad(i::text, 10, '0'), (now() AT TIME ZONE 'UTC')::date, 1 FROM generate_series(1, 10000) i`);
	assert.equal((await offer('?ucc=AAAAAAAAAAA')).valid, true);
	await offer(`?ucc=${SECOND}`);
	assert.deepEqual([await views('AAAAAAAAAAA'), await views(SECOND)], [0, was + 3]);
	await rig.sql("DELETE FROM referral_view WHERE ucc LIKE 'z0%'");
});

test('the discount is given at Checkout until somebody has paid, and never again', async () => {
	const { client, customer } = await signup(rig, { ucc: UCC }).then(async (c) => ({ client: c, customer: await customerOf(rig, c.account) }));
	assert.equal((await offer('', client)).due, true);
	assert.equal((await discounts(await checkout(client))).length, 1);
	await subscribe(rig, client);
	await quiet(rig);
	assert.deepEqual((({ valid, due, plans }) => [valid, due, plans])(await offer('', client)), [true, false, []]);
	assert.deepEqual((await client.get('/api/session')).json.referral, { ucc: UCC, discountDue: false });
	// The subscription is over; another is at the full price, and still that referrer's.
	const [{ id }] = (await askStripe(rig, 'GET', `/subscriptions?customer=${customer}`)).data;
	await askStripe(rig, 'DELETE', `/subscriptions/${id}`);
	await quiet(rig);
	await rig.sql("UPDATE subscription SET current_period_end = now() - interval '30 days', paid_until = now() - interval '30 days' WHERE customer_id = $1", [customer]);
	const again = await waitFor('another page', async () => {
		const answer = await client.post('/api/checkout', { plan: 'solo' });
		return answer.status === 201 && answer.json;
	});
	assert.deepEqual(await discounts(again), []);
	const stranger = await signup(rig);
	assert.deepEqual((({ valid, due }) => [valid, due])(await offer(`?ucc=${UCC}`, stranger)), [false, false]);
	assert.deepEqual(await discounts(await checkout(stranger)), []);
});

test('endpin funnel: by week, referrer and plan, referred and not', async () => {
	const before = await funnel();
	await offer(`?ucc=${SECOND}`);
	const tried = await signup(rig, { ucc: SECOND });
	await subscribe(rig, tried);
	const alone = await signup(rig);
	const { sessionId } = await checkout(alone, 'quartet');
	await pay(rig, sessionId);
	await signup(rig, { ucc: SECOND });
	await quiet(rig);
	await waitFor('both payments', async () => (await funnel()).others.paid === before.others.paid + 1);
	const now = await funnel();
	const more = (kind) => ['views', 'signups', 'paid'].map((name) => now[kind][name] === null ? null : now[kind][name] - before[kind][name]);
	assert.deepEqual(more('referred'), [1, 2, 1]);
	assert.deepEqual(more('others'), [null, 1, 1]);
	assert.match(now.rows[0].key, /^\d{4}-\d\d-\d\d$/);
	assert.equal(new Date(now.rows[0].key).getUTCDay(), 1);
	const referrers = (await funnel('--by', 'referrer')).rows;
	assert.equal(referrers.find((r) => r.key === SECOND).signups, 2);
	assert.deepEqual(new Set(referrers.map((r) => r.key)), new Set([UCC, SECOND, null]));
	const plans = (await funnel('--by', 'plan')).rows;
	assert.ok(plans.find((r) => r.key === 'quartet' && !r.referred).paid >= 1);
	assert.ok(plans.find((r) => r.key === 'solo' && r.referred).paid >= 2);
	assert.equal(plans.find((r) => r.key === null && r.referred).paid, 0);
	// Who had a trial; who signed up before that time.
	await rig.sql('INSERT INTO trial (account_id, subscription_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [tried.account.id, 'sub_x']);
	assert.equal((await funnel()).referred.trials, now.referred.trials + 1);
	await rig.sql("UPDATE account SET created_at = now() - interval '20 days' WHERE id = $1", [tried.account.id]);
	assert.equal((await funnel('--since', '2w')).referred.signups, now.referred.signups - 1);
	assert.equal((await funnel('--since', '4w')).rows.filter((r) => r.referred).length, 2);
});

test('endpin funnel: a table, bars and a picture', async () => {
	const table = await rig.endpin('funnel');
	assert.match(table, /^WEEK +REFERRED +VIEWS +SIGNUPS +OF VIEWS +TRIALS +PAID +OF THEM$/m);
	assert.match(table, /^all +yes +\d+ +\d+ +[\d.]+% +\d+ +\d+ +[\d.]+%$/m);
	assert.match(table, /^all +no +- +\d+ +- /m);
	assert.match(await rig.endpin('funnel', '--bars'), /Who was referred\n {2}views +#+ \d+\n {2}signups +#+ \d+\n/);
	const svg = await rig.endpin('funnel', '--svg');
	assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]* role="img"/);
	assert.equal((svg.match(/<rect /g) ?? []).length, 3 + 7);
	assert.ok(svg.trim().endsWith('</svg>'));
	await assert.rejects(rig.endpin('funnel', '--by', 'moon'), (e) => e.code === 2);
	await assert.rejects(rig.endpin('funnel', '--svg', '--json'), (e) => e.code === 2);
});
