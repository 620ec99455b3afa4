// SPDX-License-Identifier: MIT
//
// One story, told in every generation of Stripe's API and in thin events, each in several orders: the rows are the same to
// the letter, the ledger's too. Stripe tells an endpoint in the endpoint's version, which may be older than the one in
// which endpin asks.

import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { ask, openRig } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

const NEWEST = '2026-10-28.endive';
const OLDER = ['2024-06-20', '2025-02-24.acacia', '2025-08-27.basil', '2026-02-25.clover', '2026-08-26.dahlia'];
const THIN = ['customer.created', 'customer.updated', 'checkout.session.completed', 'customer.subscription.created',
	'customer.subscription.updated', 'customer.subscription.deleted', 'invoice.created', 'invoice.finalized', 'invoice.updated',
	'invoice.paid', 'invoice.payment_failed', 'invoice.voided', 'refund.created', 'refund.updated'];
let rig, expected;

before(async () => {
	rig = await openRig({ name: 'versions', set: { 'courier.poll': 1 } });
});
after(() => rig?.close());

const settled = async () => {
	await rig.control('POST', '/events/idle?timeout_ms=20000', {});
	await quiet(rig);
};

// Bought, made more, paid back in parts, meant to end and kept, and ended.
const STORY = {
	bought: () => {},
	'made more': async ({ subscription }) => {
		const { items } = await askStripe(rig, 'GET', `/subscriptions/${subscription}`);
		await askStripe(rig, 'POST', `/subscriptions/${subscription}`, { 'items[0][id]': items.data[0].id, 'items[0][price]': 'price_quartet' });
	},
	'paid back in parts': async ({ invoice }) => {
		await rig.control('POST', '/refund', { invoice, amount: 501 });
		await rig.control('POST', '/refund', { invoice, amount: 502 });
	},
	'meant to end': ({ subscription }) => askStripe(rig, 'POST', `/subscriptions/${subscription}`, { cancel_at_period_end: 'true' }),
	kept: ({ subscription }) => askStripe(rig, 'POST', `/subscriptions/${subscription}`, { cancel_at_period_end: 'false' }),
	ended: ({ subscription }) => askStripe(rig, 'DELETE', `/subscriptions/${subscription}`)
};

// Chapter by chapter, or when all is over: what is told twice is so in any case.
const ORDERS = {
	'as it happens': { chapters: true, order: 'asis', parallel: 1 },
	'backwards, twice': { order: 'reverse', parallel: 1, copies: 2 },
	'in any order, twice': { order: 'shuffle', copies: 2 }
};

// Without names and times, which differ from person to person.
async function rowsOf(customer) {
	const rows = async (text) => (await rig.sql(text, [customer])).map((r) => JSON.stringify(r)).sort();
	return {
		customer: await rows('SELECT account_id IS NOT NULL AS linked, deleted, livemode FROM customer WHERE id = $1'),
		subscription: await rows(`SELECT status, price, quantity::int, current_period_end = current_period_start + interval '1 month' AS a_month, cancel_at = current_period_end AS at_end,
			trial_end, ended_at IS NOT NULL AS ended, livemode, pause, past_due_since, latest_invoice_status, pay_url, cancel_flag, schedule,
			paid_until = current_period_end AS paid FROM subscription WHERE customer_id = $1`),
		items: await rows('SELECT price, quantity::int, position::int FROM subscription_item WHERE customer_id = $1'),
		invoices: await rows(`SELECT status, billing_reason, currency, amount_due::int, amount_paid::int, total::int, paid_at IS NOT NULL AS paid,
			subscription_id IS NOT NULL AS of_subscription, number IS NOT NULL AS numbered, url IS NOT NULL AS shown FROM invoice WHERE customer_id = $1`),
		sessions: await rows('SELECT status FROM checkout_session WHERE customer_id = $1'),
		ledger: await rows('SELECT kind, currency, amount::int, total::int, tax::int, ucc, payment_id IS NOT NULL AS of_payment FROM ledger_entry WHERE customer_id = $1'),
		payback: await rows('SELECT kind, status, currency, amount::int FROM payback WHERE customer_id = $1')
	};
}

// The rows after each chapter that is told by itself, and after the last.
async function live({ chapters, ...order }) {
	await rig.control('POST', '/events/mode', { hold: true });
	const visitor = await signup(rig, { ucc: UCC });
	await subscribe(rig, visitor);
	const customer = await customerOf(rig, visitor.account);
	const [{ id: subscription, latest_invoice: invoice }] = (await askStripe(rig, 'GET', `/subscriptions?customer=${customer}&status=all`)).data;
	const out = {}, names = Object.keys(STORY);
	for (const chapter of names) {
		await STORY[chapter]({ subscription, invoice });
		if (!chapters && chapter !== names.at(-1))
			continue;
		const { statuses } = await rig.control('POST', '/events/release', order);
		assert.deepEqual(statuses.filter((s) => s.status !== 200), []);
		assert.ok(statuses.length > 0);
		await settled();
		out[chapter] = await rowsOf(customer);
	}
	return out;
}

async function inAllOrders() {
	for (const [name, order] of Object.entries(ORDERS))
		assert.deepEqual(await live(order), order.chapters ? expected : { ended: expected.ended }, name);
}

const telling = async (version) => {
	await rig.control('POST', '/settings', { api_version: version });
	await rig.control('POST', '/endpoints/version', { api_version: version });
};

const versionsHeard = async (since) => (await rig.sql('SELECT DISTINCT api_version FROM stripe_event WHERE received_at > $1', [since])).map((r) => r.api_version);
const now = () => rig.value('SELECT now()::text');

test('the story in the version of our requests', async () => {
	expected = await live(ORDERS['as it happens']);
	assert.match(expected.ended.subscription[0], /"status":"canceled"/);
	assert.equal(expected.ended.ledger.length, 3, 'a payment and two refunds');
	assert.equal(new Set(Object.values(expected).map((rows) => JSON.stringify(rows))).size, 5, 'to be kept leaves the rows as they were');
	await inAllOrders();
});

for (const version of [...OLDER, NEWEST])
	test(`scenario 51: told as of ${version}`, async () => {
		const since = await now();
		await telling(version);
		await inAllOrders();
		assert.deepEqual(await versionsHeard(since), [version]);
	});

test('scenario 52: another version from one chapter to the next', async () => {
	const story = { ...STORY }, turns = [...OLDER, NEWEST];
	for (const [i, chapter] of Object.keys(STORY).entries())
		STORY[chapter] = async (who) => {
			await telling(turns[i]);
			await story[chapter](who);
		};
	await inAllOrders();
	Object.assign(STORY, story);
});

test('scenario 51: told in thin events alone', async () => {
	await telling(NEWEST);
	await rig.control('POST', '/endpoints/local', { allowed: true });
	const body = JSON.stringify({
		name: 'thin', type: 'webhook_endpoint', event_payload: 'thin', include: ['webhook_endpoint.signing_secret'],
		enabled_events: THIN.map((type) => `v1.${type}`), webhook_endpoint: { url: `${rig.site}/webhooks/stripe` }
	});
	const { json, status, text } = await ask(`${rig.sandboxUrl}/v2/core/event_destinations`, { method: 'POST', body, headers: {
		authorization: `Bearer ${rig.secrets.stripeKey}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body)
	} });
	assert.equal(status, 200, text);
	appendFileSync(rig.config['stripe.webhook_secret_file'], `${json.webhook_endpoint.signing_secret}\n`);
	await rig.reload();
	await askStripe(rig, 'POST', '/webhook_endpoints/we_sandbox', { disabled: 'true' });
	await inAllOrders();
});
