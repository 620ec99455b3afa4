// SPDX-License-Identifier: MIT
//
// endpin events: what Stripe has told can be looked at and acted upon again, which is never more than reading an object once more. Late,
// again or not at all: the rows are those of what is true at Stripe.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deliver, makeEvent } from '../rig/event.mjs';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, pay, quiet, signup } from '../rig/visitor.mjs';

const DAY = 86400;
let rig, customer, id;

const stripe = (...args) => askStripe(rig, ...args);
const statusOf = (sub) => rig.value('SELECT status FROM subscription WHERE id = $1', [sub]);
const becomes = (sub, status) => waitFor(status, async () => await statusOf(sub) === status);

async function events(...args) {
	try {
		return { code: 0, out: await rig.endpin('events', ...args), err: '' };
	} catch (e) {
		return { code: e.code, out: e.out, err: e.err };
	}
}
const listed = async (...args) => JSON.parse((await events(...args, '--json')).out);

async function purchase() {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	await pay(rig, sessionId);
	await quiet(rig);
	const bought = await customerOf(rig, visitor.account);
	return { customer: bought, id: await rig.value('SELECT id FROM subscription WHERE customer_id = $1', [bought]) };
}

before(async () => {
	rig = await openRig({ name: 'told', set: { 'courier.poll': 1 } });
	({ customer, id } = await purchase());
});
after(() => rig?.close());

test('what was told is listed, the last first, and shown', async () => {
	const all = await listed();
	assert.ok(all.length > 6);
	assert.deepEqual(all.map((e) => e.received), all.map((e) => e.received).sort().reverse());
	const about = await listed('list', '--object', id);
	assert.deepEqual(about.map((e) => [e.type, e.object, e.objectKind, e.mode, e.account, e.errand]),
		[['customer.subscription.created', id, 'subscription', 'test', null, 'done']]);
	assert.deepEqual((await listed('--type', 'invoice.paid')).map((e) => e.type), ['invoice.paid']);
	assert.equal((await listed('--limit', '2')).length, 2);
	assert.equal((await events('--type', 'invoice.payed')).code, 1);
	const [{ id: event }] = about;
	assert.match((await events()).out, new RegExp(`customer\\.subscription\\.created +${id} +done +${event}\n`));
	assert.match((await events('show', event)).out, new RegExp(`^id +${event}\ntype +customer\\.subscription\\.created\n`));
	assert.equal(JSON.parse((await events('show', event, '--payload')).out).data.object.id, id);
	assert.deepEqual(JSON.parse((await events('show', event, '--json')).out), about[0]);
	assert.match((await events('show', 'evt_none')).err, /there is no such event/);
});

test('replayed, its object is read once more, also if nobody would otherwise', async () => {
	const [{ id: event }] = await listed('--object', id);
	await rig.sql("UPDATE subscription SET status = 'past_due' WHERE id = $1", [id]);
	await rig.sql("UPDATE stripe_object SET state = 'dead', settled_at = now() WHERE id = $1", [id]);
	assert.equal((await events('replay', event)).code, 0);
	await becomes(id, 'active');
	const [{ heard, seen }] = await rig.sql('SELECT heard::int, seen::int FROM stripe_object WHERE id = $1', [id]);
	assert.equal(heard, seen);
});

test('of many, each object is read once', async () => {
	await quiet(rig);
	await rig.sql("UPDATE invoice SET status = 'open' WHERE customer_id = $1", [customer]);
	const before = await rig.sql('SELECT id, heard::int FROM stripe_object ORDER BY id');
	const { out } = await events('replay', '--since', '1h');
	assert.match(out, new RegExp(`^\\d+ events, ${before.length} objects that are going to be read\n$`));
	await waitFor('the invoice', async () => await rig.value('SELECT status FROM invoice WHERE customer_id = $1', [customer]) === 'paid');
	await quiet(rig);
	assert.deepEqual(await rig.sql('SELECT id, heard::int FROM stripe_object ORDER BY id'), before.map((o) => ({ ...o, heard: o.heard + 1 })));
});

test('what an older program could not read is read by this one, and nobody has to look at it any more', async () => {
	const event = 'evt_older';
	await rig.sql(`INSERT INTO stripe_event (lane, id, type, created, payload) VALUES (get_byte(sha256($1::text::bytea), 0), $1, '', now(), $2)`,
		[event, JSON.stringify({ id: event, object: 'v2.core.event', type: 'v1.customer.subscription.updated', related_object: { type: 'subscription', id } })]);
	await rig.sql(`INSERT INTO stripe_object (lane, id, kind, state, settled_at) VALUES (get_byte(sha256($1::text::bytea), 0), $1, 'event', 'dead', now())`, [event]);
	await rig.sql("UPDATE subscription SET status = 'past_due' WHERE id = $1", [id]);
	assert.equal((await events('replay', event)).code, 0);
	await becomes(id, 'active');
	assert.equal(await rig.value('SELECT state FROM stripe_object WHERE id = $1', [event]), 'dropped');
});

test('what is nothing to us is not acted upon, and says so', async () => {
	const tell = async (more) => {
		const event = { ...JSON.parse(makeEvent()), ...more };
		assert.equal((await deliver(rig, JSON.stringify(event))).status, 200);
		return event.id;
	};
	assert.match((await events('replay', await tell({ account: 'acct_other' }))).err, /of another account or mode/);
	assert.match((await events('replay', await tell({ data: { object: { object: 'payout', id: 'po_1' } } }))).err, /names nothing that is followed/);
	assert.match((await events('replay', 'evt_none')).err, /there is no such event/);
	for (const args of [['replay'], ['replay', 'evt_1', '--since', '1d'], ['replay', '--type', 'invoice.paid'], ['forget'], ['show']])
		assert.equal((await events(...args)).code, 2, args.join(' '));
});

test('scenario 15: an event that comes again when all has changed, and nobody remembers it, changes nothing', async () => {
	const bought = await purchase();
	const [{ id: event }] = await listed('--object', bought.id);
	await stripe('DELETE', `/subscriptions/${bought.id}`);
	await becomes(bought.id, 'canceled');
	await quiet(rig);
	await rig.sql('DELETE FROM stripe_event WHERE id = $1', [event]);
	const heard = await rig.value('SELECT heard::int FROM stripe_object WHERE id = $1', [bought.id]);
	await rig.control('POST', '/events/deliver', { id: event });
	await quiet(rig);
	assert.equal(await rig.value('SELECT heard::int FROM stripe_object WHERE id = $1', [bought.id]), heard + 1);
	assert.equal(await statusOf(bought.id), 'canceled');
});

test('scenario 53: the endpoint was switched off for two days, or for longer than Stripe remembers events', async () => {
	for (const days of [2, 31]) {
		const bought = await purchase(), kept = await purchase();
		await stripe('POST', '/webhook_endpoints/we_sandbox', { disabled: 'true' });
		await stripe('DELETE', `/subscriptions/${bought.id}`);
		await rig.control('POST', '/clock', { advance_seconds: days * DAY });
		await stripe('POST', '/webhook_endpoints/we_sandbox', { disabled: 'false' });
		assert.equal(await statusOf(bought.id), 'active', 'nobody has told');
		// What happens meanwhile comes as always.
		const live = stripe('DELETE', `/subscriptions/${kept.id}`);
		await rig.endpin('resync');
		await live;
		await becomes(bought.id, 'canceled');
		await becomes(kept.id, 'canceled');
	}
});

test('scenario 12: a page that somebody else has made, for somebody else than its customer’s owner', async () => {
	const other = await signup(rig), owner = await signup(rig);
	const theirs = await customerOf(rig, owner.account);
	const made = await stripe('POST', '/checkout/sessions', { mode: 'subscription', customer: theirs, success_url: 'http://127.0.0.1/',
		'line_items[0][price]': 'price_solo', 'line_items[0][quantity]': '1', client_reference_id: other.account.id });
	const { subscription } = await pay(rig, made.id);
	await quiet(rig);
	assert.deepEqual(await rig.sql('SELECT customer_id, status FROM subscription WHERE id = $1', [subscription]), [{ customer_id: theirs, status: 'active' }]);
	assert.equal(await rig.value('SELECT account_id FROM customer WHERE id = $1', [theirs]), owner.account.id);
	assert.equal((await owner.get('/api/subscription')).json.subscription.entitled, true);
	assert.equal((await other.get('/api/subscription')).json.subscription, null);
});

test('scenario 13: a customer is deleted, and its subscription with it, told in any order', async () => {
	for (const order of ['asis', 'reverse', 'shuffle']) {
		const bought = await purchase();
		await rig.control('POST', '/events/mode', { hold: true });
		await stripe('DELETE', `/customers/${bought.customer}`);
		await rig.control('POST', '/events/release', { order, copies: 2, parallel: 1 });
		await rig.control('POST', '/events/mode', { hold: false });
		await quiet(rig);
		assert.equal(await statusOf(bought.id), 'canceled', order);
		assert.equal(await rig.value('SELECT deleted FROM customer WHERE id = $1', [bought.customer]), true, order);
	}
});
