// SPDX-License-Identifier: MIT
//
// Rewards in credits, as Cello tells of them: who may, each once, after the commit, and of the right environment only; and what they
// are worth as balance at Stripe, each once, in the currency that is paid in.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { CANARY, writeSecret } from '../rig/files.mjs';
import { customerOf, quiet, signup, subscribe } from '../rig/visitor.mjs';

const USER = 'cello', PASSWORD = `${CANARY}:with a colon`, NEXT = `${CANARY} next`;
let rig, referrer;

before(async () => {
	rig = await openRig({ name: 'rewards' });
	const file = writeSecret(join(rig.dir, 'rewards'), `${PASSWORD}\n${NEXT}\n`);
	rig.configure({ 'cello.rewards_user': USER, 'cello.rewards_password_file': file });
	assert.equal((await rig.client().post('/webhooks/cello', {})).status, 404);
	await rig.reload();
	await rig.control('POST', '/cello/rewards/webhook', { url: `${rig.site}/webhooks/cello`, user: USER, password: PASSWORD });
	referrer = await signup(rig);
	await waitFor('the credentials to count', async () => (await send({ env: 'prod' })).status === 422);
});
after(() => rig?.close());

const send = (more = {}) => rig.control('POST', '/cello/rewards/send', { productUserId: referrer.account.id, amount: 500, ...more });
const entries = () => rig.sql('SELECT event_id, reward_id, user_id, account_id, amount::int FROM credit_entry ORDER BY written_at');

test('a reward is entered once, however often it is told', async () => {
	const { status, body } = await send();
	assert.equal(status, 204);
	const entry = { event_id: body.eventId, reward_id: body.data.rewardId, user_id: referrer.account.id, account_id: referrer.account.id, amount: 500 };
	assert.deepEqual(await entries(), [entry]);
	const again = await Promise.all(Array.from({ length: 5 }, () => send({ body: { ...body, data: { ...body.data, reward: { amount: 900 } } } })));
	assert.deepEqual(again.map((a) => a.status), Array(5).fill(204));
	assert.deepEqual(await entries(), [entry]);
	assert.equal((await send({ password: NEXT })).status, 204);
	assert.equal((await entries()).length, 2);
	const out = await rig.endpin('cello', 'rewards', referrer.email);
	assert.match(out, new RegExp(`500 +${referrer.account.id} +${body.data.rewardId}`));
});

test('who has other credentials, or none, learns nothing and changes nothing', async () => {
	const count = (await entries()).length;
	for (const more of [{ password: 'x' }, { user: 'x' }, { password: '' }, { password: `${PASSWORD}x` }])
		assert.equal((await send(more)).status, 401, JSON.stringify(more));
	const bare = await rig.client().post('/webhooks/cello', {});
	assert.deepEqual([bare.status, bare.headers['www-authenticate']], [401, 'Basic realm="rewards"']);
	assert.equal((await entries()).length, count);
	assert.ok(rig.log().some((l) => l.event === 'reward_denied'));
});

test('of another environment, or odd: refused and said; of something else: left out', async () => {
	const count = (await entries()).length;
	for (const more of [{ env: 'prod' }, { env: null }, { amount: 0 }, { amount: -5 }, { amount: 1.5 }, { amount: '500' }, { productUserId: 7 },
		{ eventId: '' }, { createdTs: 'yesterday' }, { body: '<html>' }])
		assert.equal((await send(more)).status, 422, JSON.stringify(more));
	const { body } = await send({ env: 'prod' });
	assert.equal((await send({ body: { ...body, eventType: 'campaign-ended' } })).status, 204);
	assert.equal((await send({ body: { ...body, data: { ...body.data, rewardType: 'cash' } } })).status, 204);
	assert.equal((await entries()).length, count);
});

test('for somebody who is no account it is kept, and said', async () => {
	for (const productUserId of ['bob', '00000000-0000-4000-8000-000000000000'])
		assert.equal((await send({ productUserId })).status, 204);
	assert.equal((await entries()).filter((e) => e.account_id === null).length, 2);
	assert.equal(rig.log().filter((l) => l.event === 'reward_nobodys').length, 2);
	assert.match(await rig.endpin('cello', 'rewards'), /bob .*\(nobody's\)/);
});

test('without a database Cello hears "later", and tells it again', async () => {
	await rig.sql('ALTER TABLE credit_entry RENAME TO away');
	const { status, body } = await send();
	assert.ok(status >= 500, `${status}`);
	await rig.sql('ALTER TABLE away RENAME TO credit_entry');
	assert.equal((await send({ body })).status, 204);
	assert.equal((await entries()).filter((e) => e.event_id === body.eventId).length, 1);
});

// --- as balance at Stripe ---

const BOOKING = { target: 'stripe', method: 'POST', path: '^/v1/customers/[^/]+/balance_transactions$' };
const balances = async (customer) => (await rig.control('GET', '/objects/customer_balance_transactions')).filter((t) => t.customer === customer);
const bookings = (who) => rig.sql(`SELECT c.state, c.outcome FROM stripe_call c WHERE kind = 'credit' AND account_id = $1 ORDER BY created_at`, [who.account.id]);
const booked = (who, count) => waitFor(`${count} bookings`, async () => {
	await rig.sql("UPDATE stripe_call SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL AND due_at > now()");
	return (await bookings(who)).filter((c) => c.outcome === 'made').length === count;
}, 30000);
const balance = async (who) => (await balances(await customerOf(rig, who.account))).map((t) => [t.amount, t.currency, t.metadata.cello_reward]);

async function buyer() {
	const who = await signup(rig);
	await subscribe(rig, who);
	await quiet(rig);
	return who;
}

test('without a currency nothing is booked; what came before there was one stays so', async () => {
	const who = await buyer();
	await send({ productUserId: who.account.id });
	assert.deepEqual(await bookings(who), []);
	rig.configure({ 'cello.credit_currency': 'usd', 'cello.credit_value': 2, 'courier.poll': 1 });
	await rig.reload();
	const probe = await buyer();
	await waitFor('it to count', async () => {
		await send({ productUserId: probe.account.id });
		return (await bookings(probe)).length > 0;
	});
	await send({ productUserId: who.account.id, amount: 70 });
	await booked(who, 1);
	assert.deepEqual((await balance(who)).map(([amount, currency]) => [amount, currency]), [[-140, 'usd']]);
});

test('a reward is booked once: told again, bought again, its answer lost or kept back', async () => {
	for (const fault of [null, { action: 'drop_after', times: 2 }, { action: 'drop', times: 2 }, { action: 'status', status: 500, stored: true, done: true },
		{ action: 'status', status: 500, stored: true }]) {
		const who = await buyer();
		if (fault)
			await rig.control('POST', '/faults', { ...BOOKING, ...fault });
		const { body } = await send({ productUserId: who.account.id, amount: 50 });
		await booked(who, 1);
		await Promise.all(Array.from({ length: 3 }, () => send({ body })));
		const events = await rig.control('GET', '/events');
		await Promise.all(events.filter((e) => e.type.startsWith('invoice.')).map(({ id }) => rig.control('POST', '/events/deliver', { id })));
		await quiet(rig);
		assert.deepEqual((await rig.control('GET', '/faults')).filter((f) => f.times > 0), [], 'the fault was met');
		await rig.control('DELETE', '/faults');
		assert.deepEqual(await balance(who), [[-100, 'usd', body.data.rewardId]], JSON.stringify(fault));
		assert.match(await rig.endpin('cello', 'rewards', who.email), /50 .* 100 usd by call [0-9a-f-]{36}\n/);
	}
});

test('a call whose key Stripe has forgotten is looked up, and made anew only if it is not there', async () => {
	for (const done of [true, false]) {
		const who = await buyer();
		await rig.control('POST', '/faults', { ...BOOKING, action: done ? 'drop_after' : 'drop', times: 1000 });
		await send({ productUserId: who.account.id, amount: 50 });
		await waitFor('it to be sent', () => rig.value(`SELECT bool_and(last_error IS NOT NULL) FROM stripe_call WHERE kind = 'credit' AND account_id = $1`, [who.account.id]));
		await rig.sql(`UPDATE stripe_call SET first_sent_at = now() - interval '25 hours' WHERE kind = 'credit' AND account_id = $1`, [who.account.id]);
		await rig.control('DELETE', '/faults');
		await booked(who, 1);
		assert.equal((await bookings(who)).length, done ? 1 : 2);
		assert.equal((await balance(who)).length, 1);
	}
});

test('whoever has paid nothing waits for their first invoice; who pays in another currency is not booked, and it is said', async () => {
	const early = await signup(rig);
	await send({ productUserId: early.account.id, amount: 50 });
	assert.deepEqual(await bookings(early), []);
	await subscribe(rig, early);
	await booked(early, 1);
	assert.equal((await balance(early)).length, 1);

	const other = await buyer();
	await rig.sql("UPDATE invoice SET currency = 'eur' WHERE customer_id = $1", [await customerOf(rig, other.account)]);
	await send({ productUserId: other.account.id, amount: 50 });
	await waitFor('the log to say so', () => rig.log().some((l) => l.event === 'reward_currency' && l.msg.includes(other.account.id)));
	assert.deepEqual([await bookings(other), await balance(other)], [[], []]);
	assert.match(await rig.endpin('cello', 'rewards', other.email), /100 usd not booked yet/);

	await send({ productUserId: other.account.id, amount: 90_000_000 });
	await waitFor('the log to say so', () => rig.log().some((l) => l.event === 'reward_large'));
});

test('what Stripe refuses waits for somebody, who brings it back', async () => {
	const who = await buyer();
	await rig.control('POST', '/faults', { ...BOOKING, action: 'status', status: 400, message: 'no' });
	await send({ productUserId: who.account.id, amount: 50 });
	const dead = await waitFor('it to be dead', () => rig.value("SELECT id FROM stripe_call WHERE kind = 'credit' AND state = 'dead' AND account_id = $1", [who.account.id]));
	await rig.endpin('errands', 'retry', 'call', dead);
	await booked(who, 1);
	assert.equal((await balance(who)).length, 1);
});
