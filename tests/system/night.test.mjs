// SPDX-License-Identifier: MIT
//
// A night of renewals: two events each, as many a second as of a million in an hour, with Stripe's limits kept to the
// letter. Here a hundredth of it (sanitized, less), with --long all of it. Time runs ENDPIN_NIGHT_SPEED times as fast, and so do the
// limits: a machine that does other work meanwhile needs it slower.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Herald } from '../rig/herald.mjs';
import { percentiles, round } from '../rig/load.mjs';
import { Night } from '../rig/night.mjs';
import { freePort, openRig, LESS, SLOW, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, pay, signup, subscribe, subscriptionWhen } from '../rig/visitor.mjs';

const LONG = process.env.ENDPIN_LONG === '1';
const SPEED = Number(process.env.ENDPIN_NIGHT_SPEED ?? (LONG ? 1 : 0.5));
const PART = Number(process.env.ENDPIN_NIGHT_PART ?? (LONG ? 1 : LESS ? 400 : 100));	// 1: a whole million
const RENEWALS = 1000000 / PART, SECONDS = 3600 / PART / SPEED, CATCH_UP = 45 * 60 / PART / SPEED, CALLS = 60000 / PART;
const BUYERS = LONG ? 200 : Math.min(20, 2000 / PART), BUYER_MS = 2000;
const LIMITS = { all: 100 * SPEED, endpoint: Math.floor(25 * SPEED) };
const LATE_S = 3;	// by how much an event may come late, and out of turn

let rig, night;

before(async () => {
	const port = await freePort();
	night = new Night({ count: RENEWALS, seconds: SECONDS, limits: LIMITS, pass: null });
	await night.listen(port);
	rig = await openRig({ name: 'night', sandbox: true, set: {
		'stripe.api_base': `http://127.0.0.1:${port}`, 'stripe.calls_per_second': LIMITS.all, 'stripe.calls_per_endpoint': LIMITS.endpoint,
		'courier.processes': 4, 'server.log_level': LONG ? 'warn' : 'info'
	} });
	night.pass = rig.sandboxUrl;
});
after(async () => {
	night?.close();
	await rig?.close();
});

const nights = (table) => rig.value(`SELECT count(*)::int FROM ${table} WHERE id LIKE '%night%'`);

// Everybody has an account, a customer, and a subscription whose period is over; it was heard of a month ago.
async function everybody(like) {
	await rig.sql(`INSERT INTO account (id, email, password_hash) SELECT gen_random_uuid(), 'night' || i || '@example.com', '' FROM generate_series(0, $1 - 1) AS i`, [RENEWALS]);
	await rig.sql(`INSERT INTO customer (id, account_id, livemode, linked_at, seen_at) SELECT 'cus_' || split_part(email, '@', 1), id, false, now(), now()
		FROM account WHERE email LIKE 'night%'`);
	await rig.sql(`INSERT INTO subscription (id, customer_id, status, price, quantity, current_period_start, current_period_end, created, livemode)
		SELECT 'sub_night' || i, 'cus_night' || i, 'active', $2, 1, now() - interval '30 days', now(), now() - interval '1 year', false
		FROM generate_series(0, $1 - 1) AS i`, [RENEWALS, like.items.data[0].price.id]);
	await rig.sql(`INSERT INTO subscription_item (id, subscription_id, customer_id, price, quantity)
		SELECT 'si_' || split_part(id, '_', 2), id, customer_id, price, 1 FROM subscription WHERE id LIKE 'sub_night%'`);
	await rig.sql(`INSERT INTO stripe_object (lane, id, kind, state, seen, due_at, heard_at, seen_at, settled_at)
		SELECT get_byte(sha256(id::bytea), 0), id, 'subscription', 'done', 1, t, t, t, t FROM subscription, (SELECT now() - interval '30 days') AS month (t) WHERE id LIKE 'sub_night%'`);
	await rig.sql('ANALYZE');
}

// Each event at its time, late by chance.
async function tellAll(herald) {
	let refused = 0;
	const tell = async (body, at) => {
		await new Promise((done) => setTimeout(done, Math.max(0, at * 1000 - Date.now())));
		while (await herald.tell(body) !== 200)
			assert.ok(++refused < RENEWALS / 1000, 'events are refused');	// Stripe tells again what was not taken in
	};
	for (let i = 0, running = []; i < RENEWALS || running.length > 0; i += 100) {
		await new Promise((done) => setTimeout(done, Math.max(0, (night.start + i * night.step) * 1000 - Date.now())));
		if (running.length > 200)
			await running.shift();
		const bunch = [];
		for (let n = i; n < Math.min(i + 100, RENEWALS); n++)
			for (const body of night.events(n))
				bunch.push(tell(body, night.start + n * night.step + Math.random() * LATE_S));
		if (bunch.length === 0)
			await Promise.all(running.splice(0));
		else
			running.push(Promise.all(bunch));
	}
	return refused;
}

// From the click that pays to the page that knows.
async function buyAll() {
	const ms = [];
	for (let n = 0; n < BUYERS; n++) {
		const at = night.start + (n + 0.5) * SECONDS / BUYERS;
		const visitor = await signup(rig);
		const { sessionId } = await checkout(visitor);
		await new Promise((done) => setTimeout(done, Math.max(0, at * 1000 - Date.now())));
		await pay(rig, sessionId);
		const began = performance.now();
		await subscriptionWhen(visitor, 'access', (s) => s.entitled, 60000);
		ms.push(performance.now() - began);
	}
	return ms;
}

test('a night of renewals is read within Stripe\'s limits, and who buys meanwhile does not wait', async (t) => {
	const visitor = await signup(rig);
	const { id } = await subscribe(rig, visitor) && (await rig.sql('SELECT id FROM subscription'))[0];
	const like = await askStripe(rig, 'GET', `/subscriptions/${id}?expand[]=latest_invoice.payments&expand[]=schedule`);
	await everybody(like);
	const before = { calls: night.calls, refused: night.refused };
	const herald = new Herald(rig);
	night.begin(like, Date.now() / 1000 + 1);
	const [ms, again] = await Promise.all([buyAll(), tellAll(herald)]);
	herald.close();

	const told = Date.now();
	await waitFor('all that was heard of to be read', async () => {
		const left = await rig.sql("SELECT id, state, attempts, last_error FROM stripe_object WHERE state = 'waiting' AND id LIKE '%night%' LIMIT 3");
		if (left.length > 0)
			throw new Error(JSON.stringify(left));
		return true;
	}, CATCH_UP * 1000 * 4);
	const seconds = (Date.now() - told) / 1000;
	const calls = night.calls - before.calls, { p99 } = percentiles(ms);
	const [{ pages, hits }] = await rig.sql(`SELECT count(*)::int AS parts, sum(pages)::int AS pages, sum(hits)::int AS hits FROM stripe_sweep`);
	t.diagnostic(`night: ${RENEWALS} renewals in ${round(SECONDS)} s, all known ${round(seconds)} s after the last event (figure: ${CATCH_UP}), ` +
		`${calls} calls to Stripe (figure: ${CALLS}), ${night.refused - before.refused} of them 429; ${BUYERS} bought and saw it after ` +
		`${round(p99)} ms (p99, figure: ${BUYER_MS}); ${again} events were told again; time ran ${SPEED} times as fast`);
	t.diagnostic(`night: ${JSON.stringify(night.byEndpoint)}; of the last sweeps ${pages} pages showed ${hits} objects that were due`);
	assert.equal(await nights('stripe_event'), 2 * RENEWALS);
	assert.equal(await rig.value("SELECT count(*)::int FROM stripe_object WHERE id LIKE '%night%' AND state = 'done'"), 2 * RENEWALS);
	assert.equal(await rig.value("SELECT count(*)::int FROM subscription WHERE id LIKE 'sub_night%' AND current_period_start >= to_timestamp($1)",
		[Math.floor(night.start)]), RENEWALS);
	assert.equal(await rig.value("SELECT count(*)::int FROM invoice WHERE id LIKE 'in_night%' AND status = 'paid'"), RENEWALS);
	const [ledger] = await rig.sql("SELECT count(*)::int AS entries, sum(amount)::bigint AS sum FROM ledger_entry WHERE kind = 'payment' AND invoice_id LIKE 'in_night%'");
	assert.deepEqual([ledger.entries, Number(ledger.sum)], [RENEWALS, RENEWALS * night.model.paid], 'every cent has its entry');
	assert.equal(night.refused, before.refused, 'calls beyond Stripe\'s limits');
	assert.ok(calls < CALLS, `${calls} calls`);
	assert.ok(seconds < CATCH_UP * SLOW, `${seconds} s after the last event`);
	assert.ok(p99 < BUYER_MS * SLOW, `${p99} ms until a purchase was seen`);
});
