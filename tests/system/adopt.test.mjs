// SPDX-License-Identifier: MIT
//
// endpin stripe adopt: who paid at Stripe before endpin came pays once, and nothing about whose a customer is is guessed.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, newEmail, quiet, signup, subscribe, subscription, subscriptionWhen, UCC } from '../rig/visitor.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'adopt' });
});
after(() => rig?.close());
afterEach(() => rig?.control('DELETE', '/faults'));

const stripe = (...args) => askStripe(rig, ...args);
const metadata = async (id) => (await stripe('GET', `/customers/${id}`)).metadata;
// Nobody's, too, if nobody has heard of it yet.
const linked = async (id) => await rig.value('SELECT account_id FROM customer WHERE id = $1', [id]) ?? null;
const stamps = (account) => rig.sql("SELECT subject, outcome FROM stripe_call WHERE kind = 'stamp' AND account_id = $1 ORDER BY settled_at", [account.id]);

// Somebody who pays since before endpin came.
async function old(email = newEmail(), form = {}) {
	const { id } = await stripe('POST', '/customers', { email, ...form });
	const page = await stripe('POST', '/checkout/sessions', { mode: 'subscription', customer: id, 'line_items[0][price]': 'price_solo',
		'line_items[0][quantity]': 1, success_url: 'http://127.0.0.1/' });
	await rig.control('POST', '/pay', { session: page.id });
	return id;
}

async function member(fields) {
	const visitor = await signup(rig, fields);
	visitor.customer = await customerOf(rig, visitor.account);
	await quiet(rig);
	return visitor;
}

// Runs to its end, however that is.
async function adopt(...args) {
	try {
		return { code: 0, out: await rig.endpin('stripe', 'adopt', ...args), err: '' };
	} catch (e) {
		return { code: e.code, out: e.out, err: e.err };
	}
}

const result = async (id, ...args) => JSON.parse((await adopt('--json', ...args)).out).find((r) => r.customer === id);

function csv(...lines) {
	const file = join(rig.dir, 'customers.csv');
	writeFileSync(file, lines.map((l) => `${l}\n`).join(''));
	return ['--csv', file];
}

const entitled = (visitor) => subscriptionWhen(visitor, 'what was paid before', (s) => s.entitled);

test('a person who paid before is named by metadata: one customer, one subscription, and the signup\u2019s customer makes room', async () => {
	const id = await old();
	const visitor = await member({ ucc: UCC });
	await stripe('POST', `/customers/${id}`, { 'metadata[new_user_id]': visitor.account.id });
	// An event alone does not decide between two.
	await waitFor('the two to be told', async () => await rig.value('SELECT state FROM stripe_object WHERE id = $1', [id]) === 'dead');

	const before = (await rig.control('GET', '/requests')).length;
	const dry = await result(id, '--dry-run');
	assert.deepEqual([dry.result, dry.by, dry.account, dry.other], ['adopted', 'metadata', visitor.account.id, visitor.customer]);
	assert.deepEqual((await rig.control('GET', '/requests')).slice(before).filter((r) => r.method !== 'GET'), []);
	assert.equal(await linked(visitor.customer), visitor.account.id);

	const { out } = await adopt();
	assert.match(out, new RegExp(`^${id}  is account ${visitor.account.id}'s, by its metadata, in the place of ${visitor.customer}$`, 'm'));
	assert.equal(await linked(id), visitor.account.id);
	assert.deepEqual([(await entitled(visitor)).plan, (await visitor.get('/auth')).status], ['solo', 204]);
	assert.equal((await visitor.post('/api/checkout', { plan: 'solo' })).json.code, 'already_subscribed');
	assert.deepEqual(await metadata(id), { new_user_id: visitor.account.id, cello_ucc: UCC });
	assert.deepEqual(await metadata(visitor.customer), { endpin_replaced_by: id });
	// Which has no urgency: the subscription has.
	await waitFor('what was paid to be known', async () =>
		await rig.value("SELECT count(*)::int FROM invoice WHERE customer_id = $1 AND status = 'paid'", [id]) === 1);

	// What comes of the former one is not mistaken for a conflict, and again nothing is done.
	await stripe('POST', `/customers/${visitor.customer}`, { description: 'x' });
	await stripe('POST', `/customers/${id}`, { description: 'x' });
	await quiet(rig);
	assert.deepEqual(await rig.sql("SELECT id FROM stripe_object WHERE state = 'dead'"), []);
	assert.equal(await result(id), undefined, 'only counted');
	assert.equal((await stamps(visitor.account)).length, 2);
	assert.equal(await linked(id), visitor.account.id);
});

test('what was paid back long before is in no list of theirs: what adopt says at its end reads it', async () => {
	const id = await old();
	const { data: [invoice] } = await stripe('GET', `/invoices?customer=${id}`);
	await rig.control('POST', '/refund', { invoice: invoice.id, amount: invoice.total });
	await waitFor('the refund to be nobody\u2019s', async () =>
		await rig.value("SELECT count(*)::int FROM stripe_object WHERE kind = 'refund' AND state = 'parked' AND customer_id = $1", [id]) === 1);
	await quiet(rig);
	// Nobody listened then, or it is forgotten after so many days.
	await rig.sql("DELETE FROM stripe_object WHERE kind = 'refund' AND customer_id = $1", [id]);
	const visitor = await member();
	const { out } = await adopt(...csv(`${id},${visitor.account.id}`));
	await quiet(rig);
	const sum = () => rig.value('SELECT sum(amount)::int FROM ledger_entry WHERE customer_id = $1', [id]);
	assert.equal(await sum(), invoice.total);
	const [, args] = out.match(/"endpin (resync --since \w+)"/);
	await rig.endpin(...args.split(' '));
	await waitFor('what was paid back', async () => await sum() === 0);
});

test('scenario 30: an address alone gives nothing to nobody: an operator names the customer, or vouches for all addresses', async () => {
	const email = newEmail();
	const id = await old(email);
	const visitor = await member({ email });
	assert.deepEqual([(await result(id)).result, await linked(id)], ['unverified', null]);
	assert.equal(await subscription(visitor), null);

	const twin = (await stripe('POST', '/customers', { email })).id;
	assert.deepEqual(await result(id, '--by-address').then((r) => [r.result, r.other]), ['several', twin]);
	assert.equal(await linked(id), null);
	// Nor where a page of others stands before it: all of ours.
	const ours = [];
	for (let i = 0; i < 100; i++)
		ours.push((await stripe('POST', '/customers', { email, 'metadata[new_user_id]': visitor.account.id })).id);
	const several = await result(id, '--by-address', '--dry-run');
	assert.deepEqual([several.result, several.other], ['several', twin]);
	for (const other of [twin, ...ours])
		await stripe('DELETE', `/customers/${other}`);

	assert.equal((await result(id, '--by-address')).by, 'address');
	await entitled(visitor);
	assert.deepEqual(await metadata(id), { new_user_id: visitor.account.id });
});

test('a file says whose each is, by id or by address', async () => {
	const [one, two, three] = [await old(), await old(), await old()];
	const [a, b] = [await member(), await member()];
	const end = await adopt(...csv('customer,account', `${one},${a.account.id}`, `"${two}", ${b.email.toUpperCase()}`, '', `${three},nobody@example.com`, 'cus_none,' + a.account.id));
	assert.equal(end.code, 1);
	assert.match(end.out, new RegExp(`^${three}  left as it is: there is no such account$`, 'm'));
	assert.match(end.out, /^cus_none {2}left as it is: Stripe has no such customer$/m);
	assert.match(end.out, /^of 4 customers 2 are adopted, 0 were before, 0 are nobody's here, and 2 are left for you to look at$/m);
	await Promise.all([entitled(a), entitled(b)]);

	// One that is somebody's stays so, whatever a file says.
	const third = await member();
	const said = await result(one, ...csv(`${one},${third.account.id}`));
	assert.deepEqual([said.result, said.owner], ['anothers', a.account.id]);
	const named = await old();
	await stripe('POST', `/customers/${named}`, { 'metadata[new_user_id]': a.account.id });
	assert.deepEqual(await result(named, ...csv(`${named},${third.account.id}`)).then((r) => [r.result, r.owner]), ['anothers', a.account.id]);
	const wrong = await adopt(...csv(`${one};${a.account.id}`));
	assert.equal(wrong.code, 2);
	assert.match(wrong.err, /line 1 of .* is no customer/);
});

test('a customer that has something is not replaced', async () => {
	const id = await old();
	const visitor = await signup(rig);
	await subscribe(rig, visitor);
	const has = await customerOf(rig, visitor.account);
	assert.deepEqual(await result(id, ...csv(`${id},${visitor.account.id}`)).then((r) => [r.result, r.other]), ['rival', has]);
	assert.deepEqual([await linked(id), await linked(has)], [null, visitor.account.id]);

	// However many that are closed have come since.
	const buried = await member();
	const page = () => stripe('POST', '/checkout/sessions', { mode: 'subscription', customer: buried.customer, 'line_items[0][price]': 'price_solo',
		'line_items[0][quantity]': 1, success_url: 'http://127.0.0.1/' });
	await page();
	for (let i = 0; i < 100; i++)
		await stripe('POST', `/checkout/sessions/${(await page()).id}/expire`);
	assert.equal((await result(id, ...csv(`${id},${buried.account.id}`))).result, 'rival');

	// So is one with a page that could still be paid on, and one with credit.
	for (const something of [async (v) => (await v.post('/api/checkout', { plan: 'solo' })).status,
		async (v) => (await stripe('POST', `/customers/${v.customer}`, { balance: -500 })).balance]) {
		const v = await member();
		await something(v);
		assert.equal((await result(id, ...csv(`${id},${v.account.id}`))).result, 'rival');
		assert.equal(await linked(v.customer), v.account.id);
	}
});

test('an erased account gets nothing more, whoever says it does; what it has stays its own, and is nobody\u2019s task', async () => {
	const [one, two] = [await old(), await old()];
	const gone = await member();
	await rig.endpin('erase', gone.account.id, '--yes');
	await stripe('POST', `/customers/${two}`, { 'metadata[new_user_id]': gone.account.id });
	for (const dry of [['--dry-run'], []])
		assert.equal((await result(one, ...csv(`${one},${gone.account.id}`), ...dry)).result, 'erased');
	assert.equal((await result(two)).result, 'erased');
	assert.match((await adopt(...csv(`${two},${gone.account.id}`))).out, new RegExp(`^${two}  left as it is: account ${gone.account.id} by its id, but that account is erased`, 'm'));
	await quiet(rig);
	assert.deepEqual([await linked(one), (await metadata(one)).new_user_id], [null, undefined]);
	assert.equal((await stripe('GET', `/subscriptions?customer=${two}`)).data[0].status, 'active');
	assert.deepEqual(await stamps(gone.account), []);
	// Its own customer is no work for anybody, run after run.
	assert.match((await adopt(...csv(`${gone.customer},${gone.account.id}`))).out, /^of 1 customers 0 are adopted, 1 were before/m);
});

test('somebody who is on the way to Stripe at this moment is left alone', async () => {
	const id = await old();
	const visitor = await member();
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '^/v1/checkout/sessions$', action: 'drop', times: -1 });
	assert.equal((await visitor.post('/api/checkout', { plan: 'solo' })).status, 503);
	assert.equal((await result(id, ...csv(`${id},${visitor.account.id}`))).result, 'busy');
	assert.equal(await linked(visitor.customer), visitor.account.id);
});

test('what Stripe refuses is said in its words, and done once it is mended', async () => {
	const id = await old();
	const visitor = await member();
	const args = csv(`${id},${visitor.account.id}`);
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: `/v1/customers/${id}`, action: 'status', status: 400, message: 'Too many keys' });
	const said = await result(id, ...args);
	assert.equal(said.result, 'refused');
	assert.match(said.why, /Too many keys/);
	assert.equal((await result(id, ...args)).result, 'adopted');
	assert.equal((await metadata(id)).new_user_id, visitor.account.id);
});

test('scenario 20: stopped at any call to Stripe, with or without its answer, the next run ends in the same', async () => {
	for (const action of ['drop', 'drop_after'])
		for (let skip = 0, over = false; !over; skip++) {
			assert.ok(skip < 20);
			const id = await old();
			const visitor = await member();
			const args = csv(`${id},${visitor.account.id}`);
			await rig.control('POST', '/faults', { target: 'stripe', path: '^/v1/(customers|subscriptions|invoices|checkout|account)', action, skip, times: -1 });
			const stopped = await adopt(...args);
			await rig.control('DELETE', '/faults');
			over = stopped.code === 0;
			if (!over)
				assert.match(stopped.err, /what was done stays: run it again/);
			assert.equal((await adopt(...args)).code, 0);
			await entitled(visitor);
			await quiet(rig);
			assert.deepEqual([await metadata(id), await metadata(visitor.customer), await linked(id), await linked(visitor.customer)],
				[{ new_user_id: visitor.account.id }, { endpin_replaced_by: id }, visitor.account.id, null], `${action} ${skip}`);
			assert.deepEqual((await stamps(visitor.account)).map((s) => s.outcome), ['made', 'made']);
		}
});

test('it goes on where it was, page by page', async () => {
	const ids = (await stripe('GET', '/customers?limit=100')).data.map((c) => c.id);
	const end = await adopt('--after', ids[ids.length - 3]);
	assert.match(end.out, /^of 2 customers /m);
	assert.equal((await adopt('--after', 'cus_1', '--csv', 'x')).code, 2);
});
