// SPDX-License-Identifier: MIT
//
// C1 C3 C4: the same event many times, events of a purchase in any order and doubled: always the same rows.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig } from '../rig/rig.mjs';
import { checkout, customerOf, pay, quiet, signup } from '../rig/visitor.mjs';

const LONG = process.env.ENDPIN_LONG === '1';
let rig;

before(async () => {
	rig = await openRig({ name: 'events', set: { 'courier.poll': 1 } });
});
after(() => rig?.close());

// The rows of one account, without the names that differ from run to run.
async function rowsOf(account) {
	const id = await customerOf(rig, account);
	const subscriptions = await rig.sql(`SELECT status, price, quantity::int, cancel_at, trial_end, ended_at, livemode,
		current_period_end = current_period_start + interval '1 month' AS a_month FROM subscription WHERE customer_id = $1`, [id]);
	const items = await rig.sql('SELECT price, quantity::int FROM subscription_item WHERE customer_id = $1', [id]);
	const invoices = await rig.sql(`SELECT status, billing_reason, currency, amount_due::int, amount_paid::int, total::int,
		paid_at IS NOT NULL AS paid, subscription_id IS NOT NULL AS of_subscription FROM invoice WHERE customer_id = $1`, [id]);
	const sessions = await rig.sql("SELECT status, regexp_replace(subject, ':[0-9a-f]{32}$', '') AS subject, subscription_id IS NOT NULL AS made FROM checkout_session WHERE customer_id = $1", [id]);
	return { subscriptions, items, invoices, sessions };
}

const hold = (on) => rig.control('POST', '/events/mode', { hold: on });

async function held() {
	const events = await rig.control('GET', '/events');
	return events.filter((e) => e.deliveries.some((d) => d.state === 'held')).map((e) => e.id);
}

// A purchase with its events delivered as `deliver` says; what the rows are in the end.
async function purchase(deliver) {
	await hold(true);
	const visitor = await signup(rig, { ucc: 'pNRB1aYqArN' });
	const { sessionId } = await checkout(visitor);
	await pay(rig, sessionId);
	const events = await held();
	for (const { status } of await deliver(events))
		assert.equal(status, 200);
	await hold(false);
	await quiet(rig);
	return { rows: await rowsOf(visitor.account), events };
}

const release = async (body) => (await rig.control('POST', '/events/release', body)).statuses;

let expected;

test('a purchase with its events in order', async () => {
	const { rows, events } = await purchase((ids) => release({ order: ids, parallel: 1 }));
	expected = rows;
	assert.ok(events.length >= 6, `only ${events.length} events`);
	assert.equal(rows.subscriptions.length, 1);
	assert.equal(rows.subscriptions[0].status, 'active');
	assert.deepEqual(rows.invoices.map((i) => [i.status, i.amount_paid]), [['paid', 1520]]);
	assert.deepEqual(rows.sessions.map((s) => s.status), ['complete']);
});

test('C3, scenario 16: the same event 50 times in parallel is one event and one reading', async (t) => {
	await quiet(rig);
	const event = (await rig.control('GET', '/events')).find((e) => e.type === 'customer.subscription.created');
	const before = await rig.value('SELECT heard::int FROM stripe_object WHERE id = $1', [event.data.object.id]);
	const { statuses } = await rig.control('POST', '/events/deliver', { id: event.id, copies: 50, parallel: 16 });
	assert.deepEqual([...new Set(statuses.map((s) => s.status))], [200]);
	assert.equal(statuses.length, 50);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event WHERE id = $1', [event.id]), 1);
	assert.equal(await rig.value('SELECT heard::int FROM stripe_object WHERE id = $1', [event.data.object.id]), before);
	t.diagnostic('C3: 50 deliveries, 1 effect (figure: 1)');
});

test('C3, scenario 16: a new event 50 times in parallel is one event', async () => {
	await hold(true);
	const visitor = await signup(rig);
	await customerOf(rig, visitor.account);
	const [id] = await held();
	const answers = await release({ order: [id], copies: 50, parallel: 16 });
	assert.equal(answers.length, 50);
	assert.deepEqual([...new Set(answers.map((s) => s.status))], [200]);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event WHERE id = $1', [id]), 1);
	await hold(false);
});

test('C3, scenario 8: all events of a first purchase, shuffled and doubled: the same rows', async (t) => {
	const rounds = LONG ? 50 : 5;
	for (let i = 0; i < rounds; i++) {
		const { rows } = await purchase(() => release({ order: 'shuffle', copies: 2 }));
		assert.deepEqual(rows, expected, `round ${i}`);
	}
	t.diagnostic(`C3: ${rounds} purchases shuffled and doubled, all alike (figure: all)`);
});

test('C4, scenario 8: permutations of the events of a purchase: the same rows', async (t) => {
	// The six that name what we keep, rotated and reversed; --long takes all 720 orders.
	const orders = LONG ? [...permutations([0, 1, 2, 3, 4, 5])] : sample();
	for (const order of orders) {
		const { rows } = await purchase((ids) => {
			const some = order.filter((i) => i < ids.length).map((i) => ids[ids.length - 1 - i]);
			return release({ order: [...some, ...ids.filter((id) => !some.includes(id))], parallel: 1 });
		});
		assert.deepEqual(rows, expected, `order ${order}`);
	}
	t.diagnostic(`C4: ${orders.length} orders, all alike (figure: all)`);
});

function sample() {
	const all = [...permutations([0, 1, 2, 3, 4, 5])];
	return Array.from({ length: 8 }, (_, i) => all[i * 97 % all.length]);
}

function* permutations(list) {
	if (list.length < 2)
		return yield list;
	for (const [i, x] of list.entries())
		for (const rest of permutations([...list.slice(0, i), ...list.slice(i + 1)]))
			yield [x, ...rest];
}

test('scenario 17: an event about somebody whom we do not know is kept, and parked', async () => {
	const { id } = await rig.control('POST', '/subscription', { way: 'payment_link', email: 'stranger@example.com', items: [{ price: 'price_solo' }, { amount: 300, currency: 'usd' }] });
	await quiet(rig);
	assert.equal(await rig.value('SELECT state FROM stripe_object WHERE id = $1', [id]), 'parked');
	assert.equal(await rig.value('SELECT count(*)::int FROM subscription WHERE id = $1', [id]), 0);
});
