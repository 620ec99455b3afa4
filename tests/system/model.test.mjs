// SPDX-License-Identifier: MIT
//
// I1, C3, C4, scenarios 8-11, 14: whatever the order, the duplicates and the number of couriers, the rows are those of the causal
// order. Many people live the same few stories at once; each person's events are told in an order of their own.
// The seed is printed: ENDPIN_SEED repeats a run, ENDPIN_LONG=1 takes all 720 orders of six objects
// and 2,001 of what comes after.

import assert from 'node:assert/strict';
import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openRig, waitFor, LESS } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { deliver } from '../rig/event.mjs';
import { mulberry32, SEED } from '../rig/seed.mjs';

const LONG = process.env.ENDPIN_LONG === '1';
const COURIERS = [1, 2, 8];
const ORDERS = LONG ? 720 : LESS ? 6 : 24;		// of the six objects of a first purchase
const RANDOM = LONG ? 667 : LESS ? 12 : 60;	// of a purchase and what came after it, for each number of couriers
const BATCH = 80;
const PARALLEL = 16;

let rig, random, expected;
const told = { deliveries: 0, events: new Set() };
const agent = new http.Agent({ keepAlive: true, maxSockets: PARALLEL });

before(async () => {
	rig = await openRig({ name: 'model', set: { 'courier.processes': 1, 'courier.poll': 1 } });
	random = mulberry32(SEED);
});
after(async () => {
	agent.destroy();
	await rig?.close();
});

function shuffled(list) {
	const out = [...list];
	for (let i = out.length - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[out[i], out[j]] = [out[j], out[i]];
	}
	return out;
}

function* permutations(list) {
	if (list.length < 2)
		return yield list;
	for (const [i, x] of list.entries())
		for (const rest of permutations([...list.slice(0, i), ...list.slice(i + 1)]))
			yield [x, ...rest];
}

// --- stories -------------------------------------------------------------------

const stripe = (...args) => askStripe(rig, ...args);

// They have signed up: the rows that signup writes, and the customers that it has made at Stripe.
async function enroll(people) {
	for (const person of people)
		person.account = randomUUID();
	await rig.sql("INSERT INTO account (id, email, password_hash) SELECT id, id || '@example.com', '!' FROM unnest($1::uuid[]) AS id",
		[people.map((p) => p.account)]);
	await each(people, async (person) => {
		const form = { email: `${person.account}@example.com`, 'metadata[new_user_id]': person.account };
		person.customer = (await stripe('POST', '/customers', form)).id;
	});
}

async function buy(person) {
	const session = await stripe('POST', '/checkout/sessions', {
		mode: 'subscription', customer: person.customer, success_url: 'http://127.0.0.1/thanks',
		'line_items[0][price]': 'price_solo', 'line_items[0][quantity]': 1, client_reference_id: person.account,
		'subscription_data[metadata][new_user_id]': person.account
	});
	Object.assign(person, await rig.control('POST', '/pay', { session: session.id }));
}

async function upgrade({ subscription }) {
	const { items } = await stripe('GET', `/subscriptions/${subscription}`);
	await stripe('POST', `/subscriptions/${subscription}`, { 'items[0][id]': items.data[0].id, 'items[0][price]': 'price_quartet' });
}

const refund = ({ invoice }, amount) => rig.control('POST', '/refund', { invoice, amount });

async function dispute({ invoice }, status) {
	const { id } = await rig.control('POST', '/dispute', { invoice });
	await rig.control('POST', '/dispute', { dispute: id, status });
}

// What may come after a purchase.
const STORIES = {
	stays: () => {},
	'cancels at the end': ({ customer }) => rig.control('POST', '/portal/cancel', { customer }),
	'cancels, and thinks better of it': async ({ customer }) => {
		await rig.control('POST', '/portal/cancel', { customer });
		await rig.control('POST', '/portal/resume', { customer });
	},
	'ends at once': ({ subscription }) => stripe('DELETE', `/subscriptions/${subscription}`),
	upgrades: upgrade,
	'upgrades and ends': async (person) => {
		await upgrade(person);
		await stripe('DELETE', `/subscriptions/${person.subscription}`);
	},
	'is paid back': (person) => refund(person),
	'is paid back in three parts': async (person) => {
		await refund(person, 633);
		await refund(person, 633);
		await refund(person);
	},
	'disputes and loses': (person) => dispute(person, 'lost'),
	'disputes and wins': (person) => dispute(person, 'won')
};
const NAMES = Object.keys(STORIES);

// --- what is told ----------------------------------------------------------------

// Whose an object is: some say it, others only name what they belong to.
const whose = new Map();

function ofWhom(object) {
	const customer = object.object === 'customer' ? object.id : object.customer?.id ?? object.customer
		?? [object.invoice, object.charge, object.payment_intent].map((id) => whose.get(id)).find(Boolean);
	whose.set(object.id, customer);
	return customer;
}

// What was emitted since the last time, by customer.
async function collect(people) {
	const events = await rig.control('GET', '/events');
	await rig.control('DELETE', '/events');
	events.forEach((e) => ofWhom(e.data.object));
	for (const person of people)
		person.events = [];
	const byCustomer = new Map(people.map((p) => [p.customer, p.events]));
	for (const { deliveries, ...event } of events) {
		const list = byCustomer.get(ofWhom(event.data.object));
		assert.ok(list, `${event.type} of ${event.data.object.id} is nobody's`);
		list.push(event);
	}
}

async function tell(event) {
	assert.equal((await deliver(rig, JSON.stringify(event), { agent })).status, 200);
	told.deliveries++;
	told.events.add(event.id);
}

// Everybody's list in its order, many people side by side.
async function tellAll(lists) {
	const left = [...lists];
	await Promise.all(Array.from({ length: PARALLEL }, async () => {
		for (let list = left.shift(); list; list = left.shift())
			for (const event of list)
				await tell(event);
	}));
}

const OBJECTS = ['customer', 'checkout.session', 'subscription', 'invoice', 'charge', 'invoice_payment'];

// The blocks of the six objects in this order; what belongs to others is somewhere.
function inOrder(events, order) {
	const blocks = order.map((i) => shuffled(events.filter((e) => e.data.object.object === OBJECTS[i])));
	for (const event of events.filter((e) => !OBJECTS.includes(e.data.object.object)))
		blocks.splice(Math.floor(random() * (blocks.length + 1)), 0, [event]);
	return blocks.flat();
}

// Each of them twice at the least, the second time anywhere after the first.
function doubled(events) {
	const out = [...events];
	for (const event of events)
		out.splice(out.indexOf(event) + 1 + Math.floor(random() * (out.length - out.indexOf(event))), 0, event);
	return out;
}

// --- the rows ----------------------------------------------------------------------

// All rows of one person, without names and times that differ from person to person.
async function rowsOf({ customer, account }) {
	const rows = async (text, id = customer) => (await rig.sql(text, [id])).map((r) => JSON.stringify(r)).sort();
	return {
		customer: await rows("SELECT account_id IS NOT NULL AS linked, deleted, livemode FROM customer WHERE id = $1"),
		subscriptions: await rows(`SELECT status, price, quantity::int, cancel_at IS NOT NULL AS ends, trial_end, ended_at IS NOT NULL AS ended,
			livemode, pause, past_due_since, latest_invoice_status, pay_url, paid_until = current_period_end AS paid FROM subscription WHERE customer_id = $1`),
		items: await rows('SELECT price, quantity::int, position::int FROM subscription_item WHERE customer_id = $1'),
		invoices: await rows(`SELECT status, billing_reason, currency, amount_paid::int - amount_due::int AS over, paid_at IS NOT NULL AS paid,
			subscription_id IS NOT NULL AS of_subscription FROM invoice WHERE customer_id = $1`),
		ledger: await rows(`SELECT kind, currency, amount::int, total::int, tax::int, ucc, account_id::text = '${account}' AS theirs
			FROM ledger_entry WHERE customer_id = $1`),
		payback: await rows('SELECT kind, status, currency, amount::int FROM payback WHERE customer_id = $1'),
		account: await rows('SELECT count(*)::int FROM account WHERE id = $1', account)
	};
}

const quiet = (ms = 120000) => waitFor('nothing left to read', async () => {
	await rig.sql("UPDATE stripe_object SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL AND due_at > now()");
	const left = await rig.sql("SELECT id, attempts, last_error FROM stripe_object WHERE state <> 'done' LIMIT 5");
	if (left.length > 0)
		throw new Error(JSON.stringify(left));
	return true;
}, ms);

// --- the run -------------------------------------------------------------------------

function withCouriers(n) {
	rig.configure({ 'courier.processes': n });
	return rig.reload();
}

async function each(people, work) {
	const left = [...people];
	await Promise.all(Array.from({ length: 8 }, async () => {
		for (let person = left.shift(); person; person = left.shift())
			await work(person);
	}));
}

// A batch of people: `split` says what of the purchase is told before the rest of the story happens.
async function live(people, { split, order }) {
	await enroll(people);
	await each(people, buy);
	await collect(people);
	for (const person of people)
		[person.early, person.late] = split(person.events);
	await tellAll(people.map((p) => p.early));
	await each(people, (person) => STORIES[person.story](person));
	await collect(people);
	await tellAll(people.map((p) => order([...p.late, ...p.events], p)));
	await quiet();
	for (const person of people)
		assert.deepEqual(await rowsOf(person), expected[person.story], `seed ${SEED}: ${person.what}`);
}

async function inBatches(people, how) {
	for (let i = 0; i < people.length; i += BATCH)
		await live(people.slice(i, i + BATCH), how);
}

test('each story in its causal order', async () => {
	await rig.control('POST', '/events/mode', { hold: true });
	expected = {};
	for (const story of NAMES) {
		const person = { story };
		await enroll([person]);
		await collect([person]);
		await tellAll([person.events]);
		await quiet();
		for (const step of [buy, STORIES[story]]) {
			await step(person);
			await collect([person]);
			for (const event of person.events) {
				await tell(event);
				await quiet();
			}
		}
		expected[story] = await rowsOf(person);
	}
	assert.match(expected.stays.subscriptions[0], /"status":"active","price":"price_solo"/);
	assert.match(expected['ends at once'].subscriptions[0], /"status":"canceled"/);
	assert.match(expected.upgrades.items[0], /price_quartet/);
	assert.equal(expected['is paid back in three parts'].ledger.length, 4);
	assert.equal(expected['disputes and wins'].ledger.length, 3);
	assert.equal(new Set(NAMES.map((name) => JSON.stringify(expected[name].subscriptions))).size > 3, true);
});

for (const n of COURIERS) {
	test(`scenarios 8-11, 14: a first purchase, its six objects in ${ORDERS} orders, ${n} couriers`, { timeout: 1700000 }, async () => {
		await withCouriers(n);
		const all = [...permutations([0, 1, 2, 3, 4, 5])];
		const people = Array.from({ length: ORDERS }, (_, i) => {
			const order = all[ORDERS === all.length ? i : Math.floor(random() * all.length)];
			return { story: 'stays', order, what: `order ${order}` };
		});
		await inBatches(people, { split: (events) => [[], events], order: (events, person) => doubled(inOrder(events, person.order)) });
	});

	test(`scenarios 8-11, 14: what comes after it, ${RANDOM} random orders, ${n} couriers`, { timeout: 1700000 }, async () => {
		await withCouriers(n);
		const people = Array.from({ length: RANDOM }, (_, i) => ({ story: NAMES[i % NAMES.length], what: `${NAMES[i % NAMES.length]}, person ${i}` }));
		await inBatches(people, {
			split: (events) => {
				const mixed = shuffled(events), some = Math.floor(random() * (mixed.length + 1));
				return [mixed.slice(0, some), mixed.slice(some)];
			},
			order: (events) => doubled(shuffled(events))
		});
	});
}

test('0 lost, 0 doubled', async (t) => {
	assert.ok(told.deliveries >= (LONG ? 100000 : 1), `${told.deliveries} deliveries`);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event'), told.events.size);
	t.diagnostic(`I1: ${told.deliveries} deliveries of ${told.events.size} events in any order to 1, 2 and 8 couriers, seed ${SEED}: ` +
		`0 lost, 0 doubled, all rows those of the causal order (figure: ${LONG ? 100000 : told.deliveries})`);
});
