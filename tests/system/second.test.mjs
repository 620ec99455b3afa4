// SPDX-License-Identifier: MIT
//
// I5, scenario 24: an account has one subscription. If two were paid anyway the first stays, and what was bought on a page of
// ours by mistake is ended and paid back, whoever dies meanwhile.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, pay, quiet, signup, subscribe, subscription, UCC } from '../rig/visitor.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'second', set: { 'courier.poll': 1 } });
});
after(() => rig?.close());
afterEach(() => rig.control('DELETE', '/faults'));

const told = (event) => rig.log().filter((l) => l.event === event).map((l) => l.msg);
const settled = (customer) => waitFor('all calls to be settled', async () => await rig.value(
	"SELECT count(*)::int FROM stripe_call c JOIN customer u ON u.account_id = c.account_id WHERE u.id = $1 AND c.state = 'waiting'", [customer]) === 0);
const calls = (customer) => rig.sql(
	"SELECT kind, state, outcome, subject FROM stripe_call c JOIN customer u ON u.account_id = c.account_id WHERE u.id = $1 AND kind IN ('end', 'refund') ORDER BY kind", [customer]);
const atStripe = async (name, customer) => (await rig.control('GET', `/objects/${name}`)).filter((o) => o.customer === customer);
const refundsOf = async (charges) => (await rig.control('GET', '/objects/refunds')).filter((r) => charges.some((c) => c.id === r.charge));

// Two pages that can be paid on: the first was lost here, as by a database that was restored from a backup.
async function twoPages(plan = 'quartet') {
	const client = await signup(rig, { ucc: UCC });
	const first = await checkout(client, 'solo');
	await rig.sql("UPDATE checkout_session SET status = 'expired', url = NULL WHERE id = $1", [first.sessionId]);
	const second = await checkout(client, plan);
	assert.notEqual(second.sessionId, first.sessionId);
	return { client, customer: await customerOf(rig, client.account), pages: [first.sessionId, second.sessionId] };
}

async function payBoth(pages) {
	const [kept] = [await pay(rig, pages[0])];
	// Stripe counts in seconds: which one came first is to be known.
	await rig.control('POST', '/clock', { advance_seconds: 2 });
	return [kept, await pay(rig, pages[1])];
}

async function assertSettled({ client, customer }, [kept, gone]) {
	await quiet(rig);
	await waitFor('the second to be ended', async () => await rig.value('SELECT status FROM subscription WHERE id = $1', [gone.subscription]) === 'canceled');
	await settled(customer);
	await quiet(rig);
	const subs = await atStripe('subscriptions', customer);
	assert.deepEqual(subs.map((s) => [s.id, s.status]).sort(), [[kept.subscription, 'active'], [gone.subscription, 'canceled']].sort());
	const charges = await atStripe('charges', customer);
	assert.equal(charges.length, 2);
	const refunds = await refundsOf(charges);
	const paid = (await atStripe('invoices', customer)).find((i) => i.id === gone.invoice).amount_paid;
	assert.deepEqual(refunds.map((r) => [r.amount, r.reason]), [[paid, 'duplicate']]);
	const now = await subscription(client);
	assert.deepEqual([now.id, now.plan, now.entitled], [kept.subscription, 'solo', true]);
	// What was earned by the first is not taken back with the second.
	const left = await rig.sql('SELECT invoice_id, kind, amount::int FROM ledger_entry WHERE customer_id = $1', [customer]);
	const first = left.filter((e) => e.invoice_id === kept.invoice);
	assert.deepEqual(first.map((e) => e.kind), ['payment']);
	assert.equal(left.reduce((sum, e) => sum + e.amount, 0), first[0].amount);
	assert.deepEqual((await calls(customer)).map((c) => [c.kind, c.state, c.outcome]), [['end', 'done', 'made'], ['refund', 'done', 'made']]);
}

test('scenario 24: both pages are paid: the first stays, the second is ended and paid back, once', async () => {
	const who = await twoPages();
	const [kept, gone] = await payBoth(who.pages);
	await assertSettled(who, [kept, gone]);
	assert.deepEqual(told('subscription_second').filter((msg) => msg.includes(`${kept.subscription} stays; ${gone.subscription}`)).length, 1);
	// Learnt again, in any order: nothing more is done.
	const events = await rig.control('GET', '/events');
	await Promise.all(events.map(({ id }) => rig.control('POST', '/events/deliver', { id, copies: 2 })));
	await assertSettled(who, [kept, gone]);
});

for (const [what, faults] of [
	['answers are lost', [{ method: 'DELETE', path: '/v1/subscriptions/', action: 'drop_after', times: 2 }, { path: '/v1/refunds', method: 'POST', action: 'drop_after', times: 2 }]],
	['Stripe fails and keeps it', [{ method: 'POST', path: '/v1/refunds', action: 'status', status: 500, stored: true, done: true }]],
	['nothing is done', [{ method: 'DELETE', path: '/v1/subscriptions/', action: 'drop', times: 2 }, { method: 'POST', path: '/v1/refunds', action: 'status', status: 500, stored: true }]]
])
	test(`scenarios 20, 24: ${what}, and it is still done once`, async () => {
		const who = await twoPages();
		for (const fault of faults)
			await rig.control('POST', '/faults', { target: 'stripe', ...fault });
		const [kept, gone] = await payBoth(who.pages);
		await quiet(rig);
		await waitFor('both calls', async () => {
			await rig.sql("UPDATE stripe_call SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL AND due_at > now()");
			return (await calls(who.customer)).filter((c) => c.outcome === 'made').length === 2;
		}, 60000);
		await quiet(rig);
		const refunds = await refundsOf(await atStripe('charges', who.customer));
		assert.equal(refunds.length, 1);
		assert.equal((await atStripe('subscriptions', who.customer)).find((s) => s.id === gone.subscription).status, 'canceled');
		assert.equal((await subscription(who.client)).id, kept.subscription);
		assert.equal((await calls(who.customer)).filter((c) => c.outcome === 'made').length, 2);
	});

test('what Stripe refuses waits for somebody, who brings it back', async () => {
	const who = await twoPages();
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/refunds', action: 'status', status: 400, code: 'charge_disputed', message: 'no' });
	await payBoth(who.pages);
	const dead = await waitFor('a refund that is dead', () => rig.value("SELECT id FROM stripe_call WHERE kind = 'refund' AND state = 'dead'"));
	await rig.endpin('errands', 'retry', 'call', dead);
	await waitFor('the refund', async () => (await refundsOf(await atStripe('charges', who.customer))).length === 1);
	await settled(who.customer);
});

test('scenarios 24, 38: what somebody has arranged at Stripe stays, and is told', async () => {
	const client = await signup(rig);
	const bought = await subscribe(rig, client);
	const customer = await customerOf(rig, client.account);
	await rig.control('POST', '/card', { customer, card: '4242424242424242' });
	await rig.control('POST', '/clock', { advance_seconds: 2 });
	const { id } = await askStripe(rig, 'POST', '/subscriptions', { customer, 'items[0][price]': 'price_quartet' });
	await quiet(rig);
	await waitFor('the log to say so', () => told('subscription_beside').some((msg) => msg.includes(`subscriptions, ${id} and ${bought.id}`) || msg.includes(`subscriptions, ${bought.id} and ${id}`)));
	assert.deepEqual(await calls(customer), []);
	assert.equal((await subscription(client)).plan, 'quartet', 'the larger one counts');
	assert.match(await rig.endpin('check', '--offline').catch((e) => e.stdout ?? String(e)), /more than one subscription: [1-9]/);
});

test('what was sold elsewhere gives the plan of the item that has one, and nothing by a price that no plan has', async () => {
	const client = await signup(rig);
	const customer = await waitFor('the customer', () => customerOf(rig, client.account));
	const sold = (given) => rig.control('POST', '/subscription', { customer, ...given });
	const own = { amount: 700, currency: 'usd' };
	const { id: other } = await sold({ items: [own] });
	await quiet(rig);
	const none = await subscription(client);
	assert.deepEqual([none?.plan ?? null, none?.entitled ?? false], [null, false], JSON.stringify(none));
	await askStripe(rig, 'DELETE', `/subscriptions/${other}`);

	// As an old one is: in the classic mode, with something beside the plan; and moved here from another system.
	const old = await sold({ items: [own, { price: 'price_quartet' }], billing_mode: 'classic' });
	await quiet(rig);
	assert.deepEqual(await subscription(client).then((s) => [s.id, s.plan, s.entitled, s.cancelAt]), [old.id, 'quartet', true, null]);
	await rig.control('POST', '/portal/cancel', { customer });
	await quiet(rig);
	assert.notEqual((await subscription(client)).cancelAt, null);
	await askStripe(rig, 'DELETE', `/subscriptions/${old.id}`);
	const moved = await sold({ way: 'import', items: [{ price: 'price_solo' }], paid_days: 3 });
	await quiet(rig);
	assert.deepEqual(await subscription(client).then((s) => [s.id, s.plan, s.entitled]), [moved.id, 'solo', true]);
});

test('scenario 34: a trial is had once: another plan, another product and its end bring no second one', async () => {
	const trialDays = async (account) => (await rig.control('GET', '/requests?target=stripe&path=/v1/checkout/sessions'))
		.filter((r) => r.method === 'POST' && r.params.client_reference_id === account.id).map((r) => r.params.subscription_data.trial_period_days ?? null);
	const client = await signup(rig);
	const bought = await subscribe(rig, client, 'trial');
	await quiet(rig);
	assert.equal((await client.get('/api/session')).json.trialUsed, true);
	// What it is of now is no plan, and then it is over.
	const { id: elsewhere } = await askStripe(rig, 'POST', '/prices', { product: 'prod_solo', unit_amount: 100, currency: 'usd', 'recurring[interval]': 'year' });
	const { items: { data: [item] } } = await askStripe(rig, 'GET', `/subscriptions/${bought.id}`);
	await askStripe(rig, 'POST', `/subscriptions/${bought.id}`, { 'items[0][id]': item.id, 'items[0][price]': elsewhere });
	await askStripe(rig, 'DELETE', `/subscriptions/${bought.id}`);
	await quiet(rig);
	assert.equal((await client.get('/api/session')).json.trialUsed, true);
	await checkout(client, 'trial');
	assert.deepEqual(await trialDays(client.account), ['14', null]);
	assert.deepEqual(await rig.sql('SELECT subscription_id FROM trial WHERE account_id = $1', [client.account.id]), [{ subscription_id: bought.id }]);
});

test('who has several on purpose, by several_subscriptions, keeps them', async () => {
	const several = await openRig({ name: 'several', set: { 'courier.poll': 1, 'stripe.several_subscriptions': 'yes' } });
	const was = rig;
	try {
		rig = several;
		const who = await twoPages();
		await payBoth(who.pages);
		await quiet(rig);
		assert.deepEqual(await calls(who.customer), []);
		assert.deepEqual((await atStripe('subscriptions', who.customer)).map((s) => s.status), ['active', 'active']);
		assert.deepEqual([...told('subscription_second'), ...told('subscription_beside')], []);
	} finally {
		rig = was;
		await several.close();
	}
});
