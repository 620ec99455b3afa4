// SPDX-License-Identifier: MIT
//
// Whichever way Cello is told, and whatever goes wrong meanwhile: what it has counted is what the ledger has, each once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byApi, connectCello, factsQuiet } from '../rig/cello.mjs';
import { openRig, waitFor } from '../rig/rig.mjs';
import { checkout, customerOf, pay, quiet, signup, subscriptionWhen, UCC } from '../rig/visitor.mjs';

// [signups, purchases, events_api]: what goes by Stripe alone has no version.
const WAYS = [
	['stripe', 'stripe', null],
	...['v1', 'v2'].flatMap((api) => [['api', 'stripe', api], ['stripe', 'api', api], ['api', 'api', api]])
];

// Who comes. `atOnce`: they sign up when they buy, and are a customer of Stripe's only then. `lost`: how the first answer to
// each thing that is told gets lost; `arrived`: and it had arrived.
const PEOPLE = [
	{ who: 'one who buys later', refunds: [] },
	{ who: 'one who signs up when they buy, and is paid back in two parts', atOnce: true, refunds: [507, 1013] },
	{ who: 'one of whom each answer gets lost', refunds: [1520], lost: { action: 'drop_after' }, arrived: true },
	{ who: 'one of whom nothing arrives at first', refunds: [300], lost: { action: 'drop' }, arrived: false },
	{ who: 'one whom nobody brought', stranger: true, refunds: [1900] }
];

// Where the next thing that Cello is told goes: by its API, or from Stripe; what it tells of a signup is the customer.
const PATHS = { v1: '/cello/events', v2: '/cello/v2/events/' };

function nextIsLost(rig, { lost }, way, api, isSignup) {
	if (!lost)
		return null;
	const where = way === 'api' ? { target: 'cello', path: PATHS[api] } : isSignup ? { target: 'stripe', path: '/v1/customers' }
		: { target: 'cello', path: '/cello/products/' };
	return rig.control('POST', '/faults', { ...where, method: 'POST', ...lost });
}

// In v1 a person has to say what became of what is in doubt; in v2 it is told again under its key.
async function settle(rig, { lost, arrived }, client, trigger) {
	if (lost)
		await waitFor(`${trigger} in doubt`, async () => {
			const [fact] = await rig.sql('SELECT id, api, state FROM cello_fact WHERE account_id = $1 AND trigger = $2', [client.account.id, trigger]);
			if (fact?.state === 'attended')
				await rig.endpin('cello', 'resolve', fact.id, arrived ? 'told' : 'again');
			return fact?.state === 'attended' || (fact?.api === 'v2' && fact.state === 'done');
		}, 30000);
	await factsQuiet(rig, 60000);
}

async function buy(rig, client) {
	const { sessionId } = await checkout(client);
	await pay(rig, sessionId);
	await client.post('/api/checkout/return', { sessionId });
	await subscriptionWhen(client, 'an entitled subscription', (s) => s.entitled);
}

// The courier that was to make the customer is refused once, and before its next attempt there is a page to be paid on.
async function signUpAndBuy(rig, fields) {
	const tries = async () => (await rig.control('GET', '/requests?target=stripe&path=/v1/customers')).filter((r) => r.method === 'POST').length;
	const before = await tries();
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/customers', action: 'status', status: 503 });
	const client = await signup(rig, fields);
	await waitFor('an attempt', async () => await tries() > before);
	await buy(rig, client);
	return client;
}

// Everything that they do, one after the other.
async function come(rig, person, { signups, purchases, api, attribution }) {
	const fields = { ...(!person.stranger && { ucc: UCC }), ...(attribution === 'organization' && { organization: 'Academy' }) };
	const told = (client, way, trigger) => way === 'api' && !person.stranger ? settle(rig, person, client, trigger) : null;
	await nextIsLost(rig, person, signups, api, true);
	const client = person.atOnce ? await signUpAndBuy(rig, fields) : await signup(rig, fields);
	const customer = await customerOf(rig, client.account);
	await told(client, signups, 'new-signup');
	if (!person.atOnce) {
		await nextIsLost(rig, person, purchases, api, false);
		await buy(rig, client);
	}
	await quiet(rig);
	await told(client, purchases, 'invoice-paid');
	const invoice = await waitFor('the invoice', () => rig.value("SELECT id FROM invoice WHERE customer_id = $1 AND status = 'paid'", [customer]));
	for (const amount of person.refunds) {
		await nextIsLost(rig, person, purchases, api, false);
		await rig.control('POST', '/refund', { invoice, amount });
		await quiet(rig);
		await told(client, purchases, 'charge-refunded');
	}
}

const sorted = (rows) => rows.map((row) => row.join(' ')).sort();

// By the ledger: who was brought, what they paid, what they were paid back.
async function owed(rig, { purchases, attribution }) {
	const newcomer = attribution === 'organization' ? 'a.organization_id' : 'a.id';
	const brought = await rig.sql(`SELECT ${newcomer} AS id, r.ucc FROM referral r JOIN account a ON a.id = r.account_id`);
	const entries = await rig.sql(`SELECT l.kind, ${newcomer} AS id, l.ucc, l.invoice_id, l.payment_id, l.currency, abs(l.amount)::int AS amount
		FROM ledger_entry l JOIN account a ON a.id = l.account_id WHERE l.ucc IS NOT NULL AND l.kind IN ('payment', 'refund')`);
	const payments = entries.filter((e) => e.kind === 'payment'), refunds = entries.filter((e) => e.kind === 'refund');
	const back = payments.map((p) => ({ p, parts: refunds.filter((r) => r.payment_id === p.payment_id).map((r) => r.amount) }));
	return {
		signups: sorted(brought.map((b) => [b.ucc, b.id])),
		purchases: sorted(payments.map((p) => [p.ucc, p.id, p.invoice_id, p.amount, p.currency])),
		// By Stripe Cello hears of what was paid back of a charge so far, by its API of each part.
		refunds: sorted(back.flatMap(({ p, parts }) => (purchases === 'api' || parts.length === 0 ? parts : [parts.reduce((a, b) => a + b)])
			.map((amount) => [p.ucc, p.id, amount, p.currency])))
	};
}

// By Cello, of what came by the way that its portal has.
async function counted(rig, { signups, purchases }) {
	const view = await rig.control('GET', '/cello');
	const by = (way, rows) => rows.filter((r) => r.source === way);
	return {
		signups: sorted(by(signups, view.signups).map((s) => [s.ucc, s.subject])),
		purchases: sorted(view.purchases.map((p) => [p.ucc, p.subject, p.invoice, p.amount, p.currency])),
		refunds: sorted(view.refunds.map((r) => [r.ucc, r.subject, r.amount, r.currency])),
		other: [...view.purchases, ...view.refunds].filter((r) => r.source !== purchases),
		issues: [...view.signups, ...view.purchases, ...view.refunds].filter((r) => r.status !== 'OK'),
		early: signups === purchases ? view.purchases.filter((p) => p.early) : [],
		unpaid: view.rewards.filter((r) => r.state !== 'earned').map((r) => r.why),
		codes: new Set((await rig.control('GET', '/objects/customers')).map((c) => c.metadata.cello_ucc ?? ''))
	};
}

for (const attribution of ['user', 'organization'])
	for (const [signups, purchases, api] of WAYS)
		test(`each ${attribution}: signups by ${signups}, purchases by ${purchases}${api ? `, ${api}` : ''}`, async (t) => {
			const how = { signups, purchases, api, attribution };
			const rig = await openRig({ name: `tally-${attribution}-${signups}-${purchases}-${api ?? 'none'}`,
				set: byApi({ 'cello.signups': signups, 'cello.purchases': purchases, 'cello.events_api': api ?? 'v1', 'cello.attribution': attribution }) });
			t.after(() => rig.close());
			await rig.control('POST', '/cello/settings', { signup_source: signups, purchase_source: purchases, rewarded_after: 0 });
			const looks = [signups, purchases].includes('stripe');
			if (looks)
				await connectCello(rig);
			for (const person of PEOPLE)
				await t.test(person.who, async () => {
					await come(rig, person, how);
					assert.deepEqual((await rig.control('GET', '/faults')).filter((f) => f.times !== 0), []);
				});

			const hears = async () => {
				await quiet(rig);
				await factsQuiet(rig, 60000);
				const want = await owed(rig, how), { other, issues, early, unpaid, codes, ...have } = await counted(rig, how);
				assert.deepEqual(have, want);
				assert.deepEqual({ other, issues, early, unpaid }, { other: [], issues: [], early: [], unpaid: [] });
				assert.deepEqual([...codes].sort(), looks ? ['', UCC] : ['']);
				return want;
			};
			const want = await hears();
			assert.deepEqual(Object.values(want).map((rows) => rows.length), [4, 4, purchases === 'api' ? 4 : 3]);
			// All of it once more, and everything read again: nothing is counted twice.
			for (const { id } of await rig.control('GET', '/events'))
				await rig.control('POST', '/events/deliver', { id });
			await rig.endpin('check');
			assert.deepEqual(await hears(), want);
		});
