// SPDX-License-Identifier: MIT
//
// Rewards in credits, as Cello tells of them: who may, each once, after the commit, and of the right environment only; and what they
// are worth as balance at Stripe, each once, in the currency that is paid in.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRig, waitFor, PASSWORD as THEIRS } from '../rig/rig.mjs';
import { CANARY, writeSecret } from '../rig/files.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, quiet, signup, subscribe, subscriptionWhen } from '../rig/visitor.mjs';

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
	// The scheme's name is one in any case (RFC 9110, 11.1): these reach the question of which environment it is.
	for (const scheme of ['basic', 'BASIC', 'Basic '])
		assert.equal((await rig.client().post('/webhooks/cello', {}, { headers: { authorization: `${scheme} ${btoa(`${USER}:${PASSWORD}`)}` } })).status, 422, scheme);
	for (const authorization of [btoa(`${USER}:${PASSWORD}`), `Basic${btoa(`${USER}:${PASSWORD}`)}`, `Bearer ${btoa(`${USER}:${PASSWORD}`)}`])
		assert.equal((await rig.client().post('/webhooks/cello', {}, { headers: { authorization } })).status, 401, authorization);
	const bare = await rig.client().post('/webhooks/cello', {});
	assert.deepEqual([bare.status, bare.headers['www-authenticate']], [401, 'Basic realm="rewards"']);
	assert.equal((await entries()).length, count);
	assert.ok(rig.log().some((l) => l.event === 'reward_denied'));
});

test('a flood of wrong credentials is 429, is logged together, and keeps no reward out', async () => {
	const from = rig.log().filter((l) => l.event === 'reward_denied').length, statuses = {};
	const wrong = async () => {
		for (let i = 0; i < 50; i++) {
			const answer = await rig.client().post('/webhooks/cello', {}, { headers: { authorization: `Basic ${btoa(`${USER}:guess ${i}`)}` } });
			statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
			if (answer.status === 429)
				assert.deepEqual([answer.json.code, answer.headers['retry-after']], ['too_many', '1']);
		}
	};
	const right = async () => {
		const got = [];
		for (let i = 0; i < 20; i++)
			got.push((await send()).status);
		return got;
	};
	const count = (await entries()).length;
	const [got] = await Promise.all([right(), ...Array.from({ length: 8 }, wrong)]);
	assert.deepEqual(got, Array(20).fill(204));
	assert.equal((await entries()).length, count + 20);
	assert.deepEqual(Object.keys(statuses).sort(), ['401', '429']);
	assert.ok(statuses[429] > 200, JSON.stringify(statuses));
	await waitFor('each 401 in the log, and no 429', () => rig.log().filter((l) => l.event === 'reward_denied').length - from === statuses[401]);
	await waitFor('them to be said', async () => {
		await wrong();
		return rig.log().some((l) => l.event === 'reward_denied' && !l.msg.endsWith('before, 0 more'));
	});
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
		// No courier is about to send it under a key that it believes to be good.
		await waitFor('nobody to send it', async () => (await rig.sql(`UPDATE stripe_call SET first_sent_at = now() - interval '25 hours',
			due_at = now() + interval '1 hour' WHERE kind = 'credit' AND account_id = $1 AND leased_until IS NULL RETURNING id`, [who.account.id])).length === 1);
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

test('whoever is erased may still pay what is open, and what they had earned before is booked no more', async () => {
	// They owe, and what they paid before was in another currency: what is earned waits for the next.
	const owing = async () => {
		const who = await signup(rig);
		const customer = await customerOf(rig, who.account);
		await askStripe(rig, 'POST', '/subscriptions', { customer, 'items[0][price]': 'price_solo', trial_period_days: 5,
			'trial_settings[end_behavior][missing_payment_method]': 'create_invoice' });
		const { id } = await subscriptionWhen(who, 'the trial', (s) => s.status === 'trialing');
		return { who, customer, id };
	};
	const [gone, there] = [await owing(), await owing()];
	await rig.control('POST', '/clock', { advance_seconds: 5 * 86400 + 1 });
	for (const x of [gone, there]) {
		await subscriptionWhen(x.who, 'the invoice to be open', (s) => s.status === 'past_due');
		await quiet(rig);
		await rig.sql("UPDATE invoice SET currency = 'eur' WHERE customer_id = $1 AND status = 'paid'", [x.customer]);
		assert.equal((await send({ productUserId: x.who.account.id, amount: 50 })).status, 204);
		assert.deepEqual(await bookings(x.who), []);
		x.invoice = (await askStripe(rig, 'GET', `/subscriptions/${x.id}`)).latest_invoice;
	}
	assert.equal((await gone.who.post('/api/account/erase', { password: THEIRS })).status, 202);
	await waitFor('the subscription to be ended', async () => (await askStripe(rig, 'GET', `/subscriptions/${gone.id}`)).status === 'canceled');
	await quiet(rig);
	for (const { customer, invoice } of [gone, there]) {
		await rig.control('POST', '/card', { customer, card: '4242424242424242' });
		await askStripe(rig, 'POST', `/invoices/${invoice}/pay`);
		await waitFor('the payment to be known', async () => await rig.value('SELECT status FROM invoice WHERE id = $1', [invoice]) === 'paid');
	}
	await booked(there.who, 1);
	await quiet(rig);
	assert.deepEqual([await bookings(gone.who), (await balances(gone.customer)).length], [[], 0]);
	assert.match(await rig.endpin('cello', 'rewards'), new RegExp(`50 +${gone.who.account.id} .* 100 usd not booked yet`));
});
