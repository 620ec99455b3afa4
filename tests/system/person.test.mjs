// SPDX-License-Identifier: MIT
//
// Scenario 48: who refers themselves with a second account is known by a card or by a customer at Stripe. It is written down and told all
// the same, brings no discount, and a person can say that two are two.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, newEmail, pay, quiet, referrer, signup, subscribe } from '../rig/visitor.mjs';

const VISA = '4242424242424242', MASTERCARD = '5555555555554444', AMEX = '378282246310005', DEBIT = '4000056655665556';
// Who tries for free has paid nothing yet, so they have a discount to lose.
const SET = { 'courier.poll': 1, 'cello.access_key_id': 'key_tests', 'plan solo.trial_days': 14 };
let rig, other;

before(async () => {
	rig = await openRig({ name: 'person', set: { ...SET } });
});
after(async () => {
	await rig?.close();
	await other?.close();
});

// Somebody who has come by that link, and tries for free.
async function newcomer(by, card, on = rig, known = true) {
	const client = await signup(on, { ucc: by.ucc });
	if (known)
		await waitFor('what Cello says of the code', () => on.value("SELECT state = 'done' FROM referral_code WHERE id = $1", [by.ucc]), 20000);
	const { sessionId } = await checkout(client);
	await pay(on, sessionId, card);
	await quiet(on);
	return { client, id: client.account.id, email: client.email, customer: await customerOf(on, client.account) };
}

const looked = (...ids) => waitFor('the cards of both', async () =>
	await rig.value("SELECT count(*)::int FROM referral_card WHERE id = ANY ($1) AND state = 'done'", [ids]) === ids.length, 20000);
const lookAgain = () => rig.sql("UPDATE referral_card SET looked_at = looked_at - interval '25 hours'");
const explain = async ({ email }) => JSON.parse(await rig.endpin('explain', email, '--json').catch((e) => e.out));
const warnings = async (who) => (await explain(who)).findings.filter((f) => f.kind === 'warning').map((f) => f.cause);
const due = async ({ client }) => (await client.get('/api/referral/offer')).json.due;
const asked = async (on = rig) => (await on.control('GET', '/requests')).filter((r) => /\/payment_methods\?/.test(r.path)).map((r) => r.path);

test('with the card of whoever referred them they have no discount, Cello is told all the same, and with another card they have', async () => {
	const ada = await referrer(rig);
	const same = await newcomer(ada, VISA), another = await newcomer(ada, MASTERCARD);
	await looked(ada.id, same.id, another.id);
	assert.deepEqual([await warnings(same), await due(same)], [['same_card'], false]);
	assert.deepEqual([await warnings(another), await due(another)], [[], true]);
	const found = (await explain(same)).findings.find((f) => f.cause === 'same_card');
	assert.ok(found.says.includes(ada.ucc) && /endpin cello trust/.test(found.fix), JSON.stringify(found));
	assert.deepEqual((await askStripe(rig, 'GET', `/customers/${same.customer}`)).metadata.cello_ucc, ada.ucc);
	assert.equal(await rig.value('SELECT ucc FROM referral WHERE account_id = $1', [same.id]), ada.ucc);

	// They leave before they have paid, and come back: the next page has no coupon.
	const sub = await rig.value('SELECT id FROM subscription WHERE customer_id = $1', [same.customer]);
	await askStripe(rig, 'DELETE', `/subscriptions/${sub}`);
	await quiet(rig);
	const pageOf = async ({ client }) => {
		const { sessionId } = await checkout(client);
		return (await rig.control('GET', '/objects/sessions')).find((s) => s.id === sessionId);
	};
	assert.deepEqual((await pageOf(same)).discounts, []);

	// A person looks.
	const doubts = async (...args) => (await rig.endpin('cello', 'doubts', ...args)).split('\n').filter((line) => line.includes(ada.ucc));
	assert.deepEqual(await doubts(), [`${same.id}  ${ada.ucc}  the same card`]);
	assert.deepEqual(await doubts('--limit', '1'), []);
	assert.match(await rig.endpin('cello', 'trust', same.email), /are two people/);
	assert.deepEqual([await warnings(same), await due(same)], [[], true]);
	assert.deepEqual(await doubts(), []);
	assert.ok((await explain(same)).timeline.some((m) => m.what === 'was trusted'));
	assert.equal((await pageOf(same)).discounts.length, 1);
	assert.match(await rig.endpin('cello', 'trust', same.email, '--undo'), /compared again/);
	assert.deepEqual([await warnings(same), await due(same)], [['same_card'], false]);
	for (const [who, hint] of [[ada.client.email, /was not referred/], [newEmail(), /no such account/]])
		await assert.rejects(rig.endpin('cello', 'trust', who), (e) => e.code === 1 && hint.test(e.err));

	// It is shown to whose it is.
	const { fingerprint } = (await askStripe(rig, 'GET', `/customers/${ada.customer}/payment_methods`)).data[0].card;
	const held = JSON.parse(await rig.endpin('export', ada.client.email));
	assert.ok(JSON.stringify(held).includes(fingerprint));
});

test('a card that was taken out since is known, one that came since is looked at when somebody buys by their link', async () => {
	const bea = await referrer(rig, AMEX);
	const first = await newcomer(bea, MASTERCARD);
	await looked(bea.id, first.id);
	const { id: old } = (await askStripe(rig, 'GET', `/customers/${bea.customer}/payment_methods`)).data[0];
	await rig.control('POST', '/card', { customer: bea.customer, card: DEBIT });
	await askStripe(rig, 'POST', `/payment_methods/${old}/detach`);
	await quiet(rig);
	const taken = await newcomer(bea, AMEX), come = await newcomer(bea, DEBIT);
	await looked(bea.id, taken.id, come.id);
	assert.deepEqual([await warnings(first), await warnings(taken), await warnings(come)], [[], ['same_card'], ['same_card']]);
});

test('Cello says only after the purchase whose code it is', async () => {
	const liv = await referrer(rig);
	await rig.control('POST', '/faults', { target: 'cello', path: '/cello/referral-codes', action: 'drop', times: -1 });
	const max = await newcomer(liv, VISA, rig, false);
	await looked(max.id);
	assert.deepEqual([await warnings(max), await rig.value('SELECT count(*)::int FROM referral_card WHERE id = $1', [liv.id])], [[], 0]);
	await rig.control('DELETE', '/faults');
	await looked(liv.id);
	assert.deepEqual(await warnings(max), ['same_card']);
});

test('a customer at Stripe that says to be whoever referred them', async () => {
	const cleo = await referrer(rig);
	const dan = await newcomer(cleo, MASTERCARD);
	await looked(cleo.id, dan.id);
	assert.deepEqual(await warnings(dan), []);
	// As a back end does that looks customers up by their address, and writes who is new on the one that was there.
	await askStripe(rig, 'POST', `/customers/${cleo.customer}`, { 'metadata[new_user_id]': dan.id });
	await waitFor('what it says now', () => rig.value('SELECT told_user = $2 FROM customer WHERE id = $1', [cleo.customer, dan.id]));
	assert.deepEqual([await warnings(dan), await due(dan)], [['same_customer'], false]);
	assert.equal(await rig.value('SELECT account_id FROM customer WHERE id = $1', [cleo.customer]), cleo.id);
	await askStripe(rig, 'POST', `/customers/${cleo.customer}`, { 'metadata[new_user_id]': cleo.id });
	await waitFor('what it says now', () => rig.value('SELECT told_user = $2 FROM customer WHERE id = $1', [cleo.customer, cleo.id]));
	assert.deepEqual([await warnings(dan), await due(dan)], [[], true]);
	await askStripe(rig, 'POST', `/customers/${dan.customer}`, { 'metadata[new_user_id]': cleo.id });
	await waitFor('what it says now', () => rig.value('SELECT told_user = $2 FROM customer WHERE id = $1', [dan.customer, cleo.id]));
	assert.ok((await warnings(dan)).includes('same_customer'));
	await rig.endpin('cello', 'trust', dan.email);
	assert.ok(!(await warnings(dan)).includes('same_customer'));
});

test('of who is erased no card is kept, whatever comes later', async () => {
	const eve = await referrer(rig);
	const fay = await newcomer(eve, VISA);
	await looked(eve.id, fay.id);
	const rows = () => rig.value('SELECT count(*)::int FROM referral_card WHERE id = $1', [fay.id]);
	await rig.endpin('erase', fay.email, '--yes');
	assert.equal(await rows(), 0);
	// A payment that is read late has them looked for, when the erasure is through.
	await quiet(rig);
	await waitFor('the second look of the erasure to be far', () => rig.value("SELECT due_at > now() + interval '1 minute' FROM erasure WHERE id = $1", [fay.id]), 20000);
	await rig.sql(`INSERT INTO referral_card (lane, id) VALUES (get_byte(sha256(convert_to($1, 'UTF8')), 0), $1)`, [fay.id]);
	await waitFor('it to be forgotten', async () => await rows() === 0, 20000);
});

test('a key that may not read cards costs nothing else, and what is refused is said', async () => {
	const gus = await referrer(rig);
	await rig.control('POST', '/faults', { target: 'stripe', path: '^/v1/customers/.*/payment_methods', action: 'status', status: 403, times: -1 });
	const hal = await signup(rig, { ucc: gus.ucc });
	assert.equal((await subscribe(rig, hal)).entitled, true);
	assert.match(await waitFor('what came of it', () => rig.value('SELECT last_error FROM referral_card WHERE id = $1', [hal.account.id]), 20000), /Stripe answered 403/);
	await rig.control('DELETE', '/faults');
	await rig.endpin('errands', 'retry', 'card', hal.account.id);
	await looked(hal.account.id);
});

test('renewals ask for no card that is known', async () => {
	const iva = await referrer(rig), jan = await newcomer(iva, MASTERCARD);
	await looked(iva.id, jan.id);
	await lookAgain();
	await rig.control('DELETE', '/requests');
	const paid = () => rig.value("SELECT count(*)::int FROM ledger_entry WHERE account_id = ANY ($1) AND kind = 'payment'", [[iva.id, jan.id]]);
	const before = await paid();
	await rig.control('POST', '/clock', { advance_seconds: 40 * 86400 });
	await waitFor('what both have paid since', async () => await paid() >= before + 2, 20000);
	await quiet(rig);
	assert.deepEqual(await asked(), []);
	// One that is not known is asked for with the next payment.
	await rig.sql("UPDATE referral_card SET fingerprints = '{}' WHERE id = $1", [jan.id]);
	await rig.control('POST', '/clock', { advance_seconds: 31 * 86400 });
	await waitFor('it to be known again', () => rig.value("SELECT cardinality(fingerprints) = 1 FROM referral_card WHERE id = $1", [jan.id]), 20000);
});

test('card_days = 0: none is asked for, and none is kept', async () => {
	other = await openRig({ name: 'person-none', set: { ...SET, 'retention.card_days': 0 } });
	const ida = await referrer(other), jon = await newcomer(ida, VISA, other);
	await quiet(other);
	const rows = () => other.value('SELECT count(*)::int FROM referral_card');
	assert.deepEqual([await asked(other), await rows(), await due(jon)], [[], 0, true]);
	// One that was wanted before.
	await other.sql(`INSERT INTO referral_card (lane, id) VALUES (get_byte(sha256(convert_to($1, 'UTF8')), 0), $1)`, [jon.id]);
	await waitFor('it to be forgotten', async () => await rows() === 0, 20000);
	assert.deepEqual(await asked(other), []);
});
