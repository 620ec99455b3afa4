// SPDX-License-Identifier: MIT
//
// The credit of who was referred ([plan] referral_credit): promised with the page on which they pay, booked once as balance at Stripe
// after the first payment, and paid with the next invoice. Not in another currency, not in doubt, not for nobody.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { bootComponent, checkout, customerOf, pay, quiet, referrer, signup, subscribe, UCC } from '../rig/visitor.mjs';

const DAY = 86400, CREDIT = 500;
const BOOKING = { target: 'stripe', method: 'POST', path: '^/v1/customers/[^/]+/balance_transactions$' };
const CARDS = { target: 'stripe', path: '^/v1/customers/[^/]+/payment_methods', times: -1 };
// Asked once, and not again before cardHurry(): after five looks that fail nobody waits for the cards any more.
const NOT_NOW = { action: 'status', status: 503, headers: { 'retry-after': '600' } };
let rig;

before(async () => {
	rig = await openRig({ name: 'welcome', set: {
		'courier.poll': 1, 'cello.access_key_id': 'key_tests', 'plan solo.referral_coupon': '', 'plan solo.referral_credit': CREDIT, 'plan trial.referral_credit': 700
	} });
});
after(() => rig?.close());
afterEach(() => rig.control('DELETE', '/faults'));

// Those that are looked at again, with the looks that have failed.
const cardHurry = () => rig.sql("UPDATE referral_card SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL RETURNING id, attempts");
const promised = async (who) => (await rig.sql('SELECT value::int, currency, outcome FROM welcome_credit WHERE account_id = $1', [who.account.id]))
	.map((w) => [w.value, w.currency, w.outcome]);
const calls = (who) => rig.sql("SELECT id, state, outcome, subject FROM stripe_call WHERE kind = 'credit' AND account_id = $1 ORDER BY created_at", [who.account.id]);
const balances = async (who) => {
	const customer = await customerOf(rig, who.account);
	return (await rig.control('GET', '/objects/customer_balance_transactions')).filter((t) => t.customer === customer && t.type === 'adjustment');
};
const given = async (who) => (await balances(who)).map((t) => [t.amount, t.currency, t.description]);
const hurry = () => rig.sql("UPDATE stripe_call SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL AND due_at > now()");
const decided = (who, outcome) => waitFor(`the credit to be ${outcome}`, async () => (await promised(who))[0]?.[2] === outcome, 20000);
const booked = async (who) => {
	await decided(who, 'booked');
	await waitFor('Stripe to have it', async () => {
		await hurry();
		return (await calls(who)).some((c) => c.outcome === 'made');
	}, 30000);
};
const referred = (fields = {}) => signup(rig, { ucc: UCC, ...fields });
const buy = async (who, plan = 'solo') => pay(rig, (await checkout(who, plan)).sessionId);
const invoices = async (who) => (await askStripe(rig, 'GET', `/invoices?customer=${await customerOf(rig, who.account)}`)).data;
const end = async (who) => {
	const [{ id }] = (await askStripe(rig, 'GET', `/subscriptions?customer=${await customerOf(rig, who.account)}`)).data;
	await askStripe(rig, 'DELETE', `/subscriptions/${id}`);
	await quiet(rig);
	await rig.sql("UPDATE subscription SET current_period_end = now() - interval '30 days', paid_until = now() - interval '30 days' WHERE id = $1", [id]);
};
const explained = async (who) => JSON.parse(await rig.endpin('explain', who.email, '--json').catch((e) => e.out));
const GIVEN = [[-CREDIT, 'usd', 'Welcome credit']];

test('what a link brings is told, and the first payment is in full', async () => {
	const { json } = await rig.client().get(`/api/referral/offer?ucc=${UCC}`);
	assert.deepEqual(json.plans, [
		{ name: 'solo', percentage: null, amountOff: null, months: null, discount: false, trialDays: null, credit: CREDIT, currency: 'usd' },
		{ name: 'trial', percentage: null, amountOff: null, months: null, discount: false, trialDays: null, credit: 700, currency: 'usd' }
	]);
	const { json: { plans } } = await rig.client().get('/api/plans');
	assert.deepEqual(plans.map((p) => [p.name, p.referralCredit, p.referralOffer]), [['solo', CREDIT, false], ['quartet', null, false], ['trial', 700, false]]);
});

test('it is booked after the first payment, once, and paid with the next invoice', async () => {
	const who = await referred();
	assert.deepEqual(await promised(who), []);
	const { sessionId } = await checkout(who);
	assert.deepEqual([await promised(who), await calls(who), await given(who)], [[[CREDIT, 'usd', 'open']], [], []]);
	assert.equal((await who.get('/api/referral/offer')).json.due, true);
	await pay(rig, sessionId);
	await booked(who);
	assert.deepEqual(await given(who), GIVEN);
	assert.equal((await who.get('/api/referral/offer')).json.due, false);
	// Every event once more, and the object read again.
	const events = (await rig.control('GET', '/events')).filter((e) => e.type.startsWith('invoice.') || e.type.startsWith('checkout.'));
	await Promise.all(events.map(({ id }) => rig.control('POST', '/events/deliver', { id })));
	await quiet(rig);
	await rig.control('POST', '/clock', { advance_seconds: 32 * DAY });
	await waitFor('a second invoice', async () => (await invoices(who)).length === 2);
	const [second, first] = await invoices(who);
	assert.deepEqual([first, second].map((i) => [i.total, i.starting_balance, i.amount_paid]), [[1900, 0, 1900], [1900, -CREDIT, 1900 - CREDIT]]);
	await quiet(rig);
	assert.deepEqual([(await calls(who)).length, await given(who)], [1, GIVEN]);
	assert.deepEqual((await explained(who)).timeline.filter((m) => / credit$/.test(m.what)).map((m) => [m.what, m.detail.split(',')[0]]).sort(),
		[['call credit', 'done'], ['gave credit', `of ${CREDIT} usd`], ['promised credit', `of ${CREDIT} usd`]]);
});

test('only who was referred is promised anything, and what counts is the page that was paid on', async () => {
	const stranger = await signup(rig);
	await subscribe(rig, stranger);
	await quiet(rig);
	assert.deepEqual([await promised(stranger), await calls(stranger)], [[], []]);

	const who = await referred();
	await checkout(who, 'solo');
	await checkout(who, 'trial');
	assert.deepEqual(await promised(who), [[700, 'usd', 'open']]);
	await checkout(who, 'quartet');
	assert.deepEqual(await promised(who), []);
	const { sessionId } = await checkout(who, 'solo');
	assert.deepEqual(await promised(who), [[CREDIT, 'usd', 'open']]);
	// The same page once more, after the promise was changed by hand.
	await rig.sql('UPDATE welcome_credit SET value = 1 WHERE account_id = $1', [who.account.id]);
	assert.equal((await checkout(who, 'solo')).sessionId, sessionId);
	await pay(rig, sessionId);
	await booked(who);
	assert.deepEqual(await given(who), GIVEN);
	// Whatever is bought later is not for newcomers.
	await end(who);
	await waitFor('another page', async () => (await who.post('/api/checkout', { plan: 'trial' })).status === 201);
	assert.deepEqual(await promised(who), [[CREDIT, 'usd', 'booked']]);
});

test('who has paid for a plan without credit is no newcomer when they choose one with it', async () => {
	const who = await referred();
	await subscribe(rig, who, 'quartet');
	await quiet(rig);
	await end(who);
	await waitFor('another page', async () => (await who.post('/api/checkout', { plan: 'solo' })).status === 201);
	assert.deepEqual([await promised(who), await calls(who)], [[], []]);
});

test('no more is credited than was paid', async () => {
	const who = await referred();
	const { sessionId } = await checkout(who);
	await rig.sql('UPDATE welcome_credit SET value = 99999 WHERE account_id = $1', [who.account.id]);
	await pay(rig, sessionId);
	await booked(who);
	const [{ amount_paid: paid }] = await invoices(who);
	assert.deepEqual(await given(who), [[-paid, 'usd', 'Welcome credit']]);
	assert.ok((await explained(who)).timeline.some((m) => m.what === 'gave credit' && m.detail === `of ${paid} usd`));
});

test('the referrer pays after the newcomer has signed up, and with the same card', async () => {
	const by = await signup(rig);
	const ucc = await bootComponent(rig, by);
	const who = await signup(rig, { ucc });
	await waitFor('a look at a referrer without a card', () => rig.value("SELECT state = 'done' FROM referral_card WHERE id = $1", [by.account.id]), 20000);
	await pay(rig, (await checkout(by)).sessionId);
	// Theirs is looked at first, however long that takes.
	await rig.control('POST', '/faults', { ...CARDS, path: `^/v1/customers/${await customerOf(rig, by.account)}/payment_methods`, ...NOT_NOW });
	await pay(rig, (await checkout(who)).sessionId);
	await waitFor('the newcomer to wait', () => rig.value("SELECT last_error ~ '^whoever referred them' FROM referral_card WHERE id = $1", [who.account.id]), 20000);
	await rig.control('DELETE', '/faults');
	await waitFor('both cards', async () => {
		await cardHurry();
		return rig.value(`SELECT count(*) = 2 FROM referral_card WHERE id = ANY ($1) AND state = 'done' AND fingerprints <> '{}'`, [[by.account.id, who.account.id]]);
	}, 20000);
	await quiet(rig);
	assert.deepEqual([(await promised(who))[0][2], await given(who)], ['open', []]);
});

test('a trial is no payment: the first one that costs something decides', async () => {
	const who = await referred();
	await buy(who, 'trial');
	await quiet(rig);
	assert.deepEqual([await promised(who), (await invoices(who)).map((i) => [i.status, i.amount_paid])], [[[700, 'usd', 'open']], [['paid', 0]]]);
	await rig.control('POST', '/clock', { advance_seconds: 15 * DAY });
	await booked(who);
	assert.deepEqual(await given(who), [[-700, 'usd', 'Welcome credit']]);
});

test('its answer is lost, it never arrives, Stripe is down, its key is forgotten: it is booked once', async () => {
	for (const fault of [{ action: 'drop_after', times: 2 }, { action: 'drop', times: 2 }, { action: 'status', status: 500, stored: true, done: true },
		{ action: 'status', status: 500, stored: true }, { action: 'status', status: 400, message: 'no' }]) {
		const who = await referred();
		await rig.control('POST', '/faults', { ...BOOKING, ...fault });
		await buy(who);
		await decided(who, 'booked');
		if (fault.status === 400) {
			const dead = await waitFor('it to be dead', async () => (await calls(who)).find((c) => c.state === 'dead'));
			await rig.endpin('errands', 'retry', 'call', dead.id);
		}
		await booked(who);
		assert.deepEqual((await rig.control('GET', '/faults')).filter((f) => f.times > 0), [], 'the fault was met');
		await rig.control('DELETE', '/faults');
		assert.deepEqual(await given(who), GIVEN, JSON.stringify(fault));
	}
	const who = await referred();
	await rig.control('POST', '/faults', { ...BOOKING, action: 'drop_after', times: 1000 });
	await buy(who);
	await waitFor('it to be sent', () => rig.value("SELECT bool_and(last_error IS NOT NULL) FROM stripe_call WHERE kind = 'credit' AND account_id = $1", [who.account.id]), 20000);
	await rig.sql("UPDATE stripe_call SET first_sent_at = now() - interval '25 hours' WHERE kind = 'credit' AND account_id = $1", [who.account.id]);
	await rig.control('DELETE', '/faults');
	await booked(who);
	assert.deepEqual([(await calls(who)).length, await given(who)], [1, GIVEN]);
});

const refusedIn = (who) => rig.log().filter((l) => l.event === 'welcome_refused' && l.msg.includes(who.account.id)).map((l) => l.msg.split(': ').at(-1));
const warnings = async (who) => (await explained(who)).findings.filter((f) => f.cause === 'welcome_refused').map((f) => [f.cause, f.says.split(': ').at(-1)]);

test('who has paid in another currency, or is in doubt by then, does not get it, and it is said once', async () => {
	const euros = await referred(), own = await referred();
	const pages = [await checkout(euros), await checkout(own)];
	await rig.sql("UPDATE welcome_credit SET currency = 'eur' WHERE account_id = $1", [euros.account.id]);
	await waitFor('the code to be known', () => rig.value("SELECT state = 'done' FROM referral_code WHERE id = $1", [UCC]));
	await rig.sql('UPDATE referral_code SET owner = $2 WHERE id = $1', [UCC, own.account.id]);
	for (const { sessionId } of pages)
		await pay(rig, sessionId);
	await decided(euros, 'currency');
	await decided(own, 'doubt');
	await quiet(rig);
	for (const who of [euros, own])
		assert.deepEqual([await calls(who), await given(who)], [[], []]);
	await rig.sql('UPDATE referral_code SET owner = NULL WHERE id = $1', [UCC]);
	await rig.control('POST', '/clock', { advance_seconds: 32 * DAY });
	await quiet(rig);
	for (const who of [euros, own])
		assert.deepEqual([await calls(who), await given(who)], [[], []]);
	assert.deepEqual([refusedIn(euros), refusedIn(own)], [['it has paid in another currency'], ['something speaks against its referral']]);
	assert.deepEqual([await warnings(euros), await warnings(own)], [[['welcome_refused', 'they have paid in another currency']],
		[['welcome_refused', 'when they paid, something spoke against the referral']]]);
});

test('an erased account is given nothing, and its export says what it was promised', async () => {
	const who = await referred();
	const { sessionId } = await checkout(who);
	assert.match(await rig.endpin('export', who.email), /welcome_credit/);
	// As it is for a moment between the erasure and the end of its pages.
	await rig.sql('UPDATE account SET erased_at = now() WHERE id = $1', [who.account.id]);
	await pay(rig, sessionId);
	await decided(who, 'erased');
	await quiet(rig);
	assert.deepEqual([await calls(who), await given(who)], [[], []]);
});

test('what is paid back leaves the credit where it is', async () => {
	const who = await referred();
	await buy(who);
	await booked(who);
	const [invoice] = await invoices(who);
	const { payments } = await askStripe(rig, 'GET', `/invoices/${invoice.id}?expand[]=payments`);
	await askStripe(rig, 'POST', '/refunds', { payment_intent: payments.data[0].payment.payment_intent });
	await quiet(rig);
	assert.deepEqual([await promised(who), await given(who)], [[[CREDIT, 'usd', 'booked']], GIVEN]);
});

test('it waits until somebody has looked at the card: the referrer’s own brings nothing', async () => {
	const by = await referrer(rig);
	await quiet(rig);
	const same = await signup(rig, { ucc: by.ucc }), other = await signup(rig, { ucc: by.ucc });
	const known = (id) => waitFor('a look at the cards', () => rig.value("SELECT state = 'done' FROM referral_card WHERE id = $1", [id]), 20000);
	await known(by.id);
	await rig.control('POST', '/faults', { ...CARDS, ...NOT_NOW });
	await pay(rig, (await checkout(same)).sessionId);
	await pay(rig, (await checkout(other)).sessionId, '5555555555554444');
	for (const who of [same, other])
		await waitFor('the payment to wait', () => rig.value('SELECT invoice_id IS NOT NULL FROM welcome_credit WHERE account_id = $1', [who.account.id]), 20000);
	assert.deepEqual([await promised(same), await promised(other)], [[[CREDIT, 'usd', 'open']], [[CREDIT, 'usd', 'open']]]);
	await rig.control('DELETE', '/faults');
	for (const who of [same, other])
		await waitFor('a look at the cards', async () => {
			await cardHurry();
			return rig.value("SELECT state = 'done' FROM referral_card WHERE id = $1", [who.account.id]);
		}, 20000);
	await booked(other);
	await quiet(rig);
	assert.deepEqual([(await promised(same))[0][2], await given(same), await given(other)], ['open', [], GIVEN]);
	// Until a person has looked.
	assert.match(await rig.endpin('cello', 'trust', same.email), /are two people/);
	await booked(same);
	assert.deepEqual(await given(same), GIVEN);
});

test('a look that fails again and again, as with a key that may not, keeps nobody waiting for ever', async () => {
	const by = await referrer(rig);
	await quiet(rig);
	await rig.control('POST', '/faults', { ...CARDS, action: 'status', status: 403 });
	const who = await signup(rig, { ucc: by.ucc });
	await pay(rig, (await checkout(who)).sessionId);
	const tried = new Set();
	await waitFor('it to be decided', async () => {
		for (const { id, attempts } of await cardHurry())
			if (id === who.account.id)
				tried.add(attempts);
		return (await promised(who))[0]?.[2] === 'booked';
	}, 30000);
	assert.ok(tried.has(4), [...tried].join());
	await booked(who);
	assert.deepEqual(await given(who), GIVEN);
});
