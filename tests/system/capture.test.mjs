// SPDX-License-Identifier: MIT
//
// Who referred somebody: the last link that was followed before signing up, or the code that was typed; written once, told to Stripe with
// all that is bought, and so to be had again from there.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, PASSWORD } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, newEmail, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

const SECOND = 'k3vTqPz9LmA', THIRD = 'AAAAAAAAAAA';
let rig;

before(async () => {
	rig = await openRig({ name: 'capture' });
});
after(() => rig?.close());

const stripe = (...args) => askStripe(rig, ...args);
const referred = async ({ account }) => (await rig.sql("SELECT concat_ws(' ', ucc, source) AS who FROM referral WHERE account_id = $1", [account.id]))
	.map((r) => r.who).join();
const follow = (client, code, options) => client.get(`/?ucc=${code}`, options);

test('scenario 46: of two links the later one counts, and none that is followed after signing up', async () => {
	const client = rig.client();
	await follow(client, UCC);
	await follow(client, SECOND);
	const visitor = await signup(rig, {}, client);
	assert.equal(await referred(visitor), `${SECOND} cookie`);
	await follow(visitor, THIRD);
	await visitor.post('/api/login', { email: visitor.email, password: PASSWORD });
	await subscribe(rig, visitor);
	await quiet(rig);
	assert.equal(await referred(visitor), `${SECOND} cookie`);
	const customer = await customerOf(rig, visitor.account);
	assert.equal((await stripe('GET', `/customers/${customer}`)).metadata.cello_ucc, SECOND);
	const { data: [bought] } = await stripe('GET', `/subscriptions?customer=${customer}`);
	assert.equal(bought.metadata.cello_ucc, SECOND);
});

test('scenario 46: a code that is typed counts to the letter; what is none stops nobody', async () => {
	for (const [ucc, want] of [[UCC.toLowerCase(), `${UCC.toLowerCase()} form`], [THIRD, `${THIRD} form`], [` ${UCC}`, ''], [`${UCC}\n`, ''],
		[UCC.replace('a', '\u0430'), ''], ['x'.repeat(5000), '']])
		assert.equal(await referred(await signup(rig, { ucc })), want, JSON.stringify(ucc.slice(0, 20)));
});

test('scenario 47: with and without a cookie, and whatever it holds, signing up goes on', async () => {
	const signUp = async (cookies, query = '') => {
		const answer = await rig.client().post(`/api/signup${query}`, { email: newEmail(), password: PASSWORD },
			{ headers: { cookie: cookies.map((value) => `cello-referral=${value}`).join('; ') || null } });
		assert.equal(answer.status, 201, answer.text);
		return referred(answer.json);
	};
	assert.equal(await signUp([]), '');
	assert.equal(await signUp([], `?ucc=${UCC}`), `${UCC} query`);
	for (const value of ['', `${UCC}x`, '%3Cscript%3E', `"${UCC}"`, '../../etc/passwd', 'x'.repeat(4000)])
		assert.equal(await signUp([value]), '', value.slice(0, 20));
	assert.equal(await signUp(['x'.repeat(4000)], `?ucc=${UCC}`), `${UCC} query`);
});

test('scenario 47: what nobody has looked at is no click', async () => {
	const client = rig.client();
	await client.send('HEAD', `/?ucc=${UCC}`);
	await follow(client, UCC, { headers: { 'sec-purpose': 'prefetch' } });
	await follow(client, UCC, { headers: { 'sec-purpose': 'prefetch;prerender' } });
	assert.equal(client.cookie, '');
	await follow(client, UCC);
	assert.match(client.cookie, new RegExp(`^cello-referral=${UCC}; endpin-touch=${UCC}\\.\\d+_${UCC}\\.\\d+$`));
});

test('scenario 50: who referred whom can be had again from what Stripe and the ledger keep', async () => {
	const visitors = [];
	for (const fields of [{ ucc: UCC }, { ucc: SECOND }, {}]) {
		const visitor = await signup(rig, fields);
		await subscribe(rig, visitor);
		visitors.push(visitor);
	}
	await quiet(rig);
	const was = await rig.sql('SELECT account_id, ucc FROM referral ORDER BY account_id');
	await rig.sql('DELETE FROM referral');
	const { data: customers } = await stripe('GET', '/customers?limit=100');
	const found = customers.filter((c) => c.metadata.cello_ucc).map((c) => ({ account_id: c.metadata.new_user_id, ucc: c.metadata.cello_ucc }));
	assert.deepEqual(found.sort((a, b) => a.account_id < b.account_id ? -1 : 1), was);
	assert.deepEqual(await rig.sql('SELECT DISTINCT account_id, ucc FROM ledger_entry WHERE account_id = ANY($1) ORDER BY ucc NULLS LAST',
		[visitors.map((v) => v.account.id)]), [[1, SECOND], [0, UCC], [2, null]].map(([i, ucc]) => ({ account_id: visitors[i].account.id, ucc })));
});
