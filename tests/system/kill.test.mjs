// SPDX-License-Identifier: MIT
//
// A1 C2 C10, I1-I14, scenario 20: people buy, upgrade, cancel and are paid back while workers, couriers and PostgreSQL are
// killed. Nothing is lost, nothing is doubled, and what the rows say is what Stripe says.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor, LESS } from '../rig/rig.mjs';
import { customerOf, newEmail, quiet, signup, subscription } from '../rig/visitor.mjs';

const LONG = process.env.ENDPIN_LONG === '1';
const PURCHASES = LONG ? 300 : LESS ? 60 : 200;
const KILLS = LONG ? 500 : 0;		// at the least, 20 of them PostgreSQL's
const PARALLEL = 8;
const KILL_EVERY_MS = LESS ? 600 : 150;
const POSTGRES_EVERY = 25;

let rig, killer, stop = false;
const kills = { worker: 0, courier: 0, postgres: 0 };

before(async () => {
	rig = await openRig({ name: 'kill', ownCluster: true, set: { 'stripe.timeout': 3 } });
});
after(async () => {
	stop = true;
	await killer;
	await rig?.close();
});

async function killLoop() {
	for (let n = 1; !stop; n++) {
		await new Promise((done) => setTimeout(done, KILL_EVERY_MS));
		if (n % POSTGRES_EVERY === 0) {
			await rig.cluster.stop('SIGQUIT');
			rig.forgetConnection();
			await rig.cluster.start();
			kills.postgres++;
			continue;
		}
		const kind = ['hook', 'password', 'stripe', 'web', 'courier'][n % 5];
		const pids = rig.workers(kind);
		if (pids.length === 0)
			continue;
		try {
			process.kill(pids[Math.floor(Math.random() * pids.length)], 'SIGKILL');
			kills[kind === 'courier' ? 'courier' : 'worker']++;
		} catch (e) {
			if (e.code !== 'ESRCH')
				throw e;
		}
	}
}

// A person on a bad day tries again; what counts is what there is in the end. A courier that is killed holds what it was
// reading for a lease of 30 s, and the next one may be killed at it, too.
const again = (what, work) => waitFor(what, work, 130000);

async function buy() {
	const client = rig.client();
	const email = newEmail();
	const person = { email, password: 'CanaryBird horse battery staple', ucc: 'pNRB1aYqArN' };
	await again('signup', async () => {
		const answer = await client.post('/api/signup', person);
		if (answer.status === 409)
			return (await client.post('/api/login', person)).status === 200;
		return answer.status === 201;
	});
	let session;
	await again('checkout', async () => {
		const answer = await client.post('/api/checkout', { plan: 'solo' });
		session = answer.json?.sessionId;
		return answer.status === 201;
	});
	const { invoice } = await rig.control('POST', '/pay', { session });
	await again('entitlement', async () => (await subscription(client))?.entitled);
	return { client, invoice };
}

const acts = { stays: 0, upgrades: 0, cancels: 0, refunds: 0 };

// What a person does afterwards, pressing the button again until the page says that it is done.
async function act(n, { client, invoice }) {
	const press = (path, body, done) => again(path, async () =>
		(await client.post(`/api/subscription/${path}`, body)).status === 200 && done(await subscription(client)));
	switch (n % 4) {
	case 0:
		acts.stays++;
		break;
	case 1:
		await press('change', { plan: 'quartet' }, (s) => s?.plan === 'quartet');
		acts.upgrades++;
		break;
	case 2:
		await press('cancel', { reason: 'unused' }, (s) => s?.cancelAt);
		acts.cancels++;
		break;
	case 3:
		await rig.control('POST', '/refund', { invoice });
		acts.refunds++;
	}
}

const killed = () => kills.worker + kills.courier + kills.postgres;

test(`${PURCHASES} people under kill -9 of workers, couriers and PostgreSQL`, { timeout: 280000 * (LONG ? 6 : 1) }, async (t) => {
	killer = killLoop();
	let bought = 0;
	await Promise.all(Array.from({ length: PARALLEL }, async () => {
		while (bought < PURCHASES || killed() < KILLS || (LONG && kills.postgres < 20)) {
			const n = bought++;
			await act(n, await buy());
		}
	}));
	stop = true;
	await killer;
	await quiet(rig, 60000);
	const PURCHASED = bought;

	const value = (text) => rig.value(text);
	assert.equal(await value('SELECT count(*)::int FROM account'), PURCHASED);
	assert.equal(await value('SELECT count(*)::int FROM referral'), PURCHASED);
	assert.equal(await value("SELECT count(*)::int FROM subscription WHERE status = 'active'"), PURCHASED);
	assert.equal(await value('SELECT count(*)::int FROM subscription'), PURCHASED);
	// Each upgrade was charged once, however often the button was pressed.
	assert.equal(await value("SELECT count(*)::int FROM invoice WHERE status = 'paid'"), PURCHASED + acts.upgrades);
	assert.equal(await value('SELECT count(*)::int FROM invoice'), PURCHASED + acts.upgrades);
	assert.equal(await value('SELECT count(*)::int FROM customer WHERE account_id IS NOT NULL'), PURCHASED);
	assert.equal(await value("SELECT count(*)::int FROM subscription WHERE price = 'price_quartet'"), acts.upgrades);
	assert.equal(await value('SELECT count(*)::int FROM subscription WHERE cancel_at IS NOT NULL'), acts.cancels);
	const at = async (name) => (await rig.control('GET', `/objects/${name}`)).length;
	assert.equal(await at('customers'), PURCHASED, 'customers at Stripe');
	assert.equal(await at('subscriptions'), PURCHASED, 'subscriptions at Stripe');
	assert.equal(await value("SELECT count(*)::int FROM stripe_object WHERE state = 'dead'"), 0);
	const charged = (await rig.control('GET', '/objects/charges')).filter((c) => c.paid).length;
	assert.equal(charged, PURCHASED + acts.upgrades, 'charges at Stripe');
	// Every cent of it has one entry.
	assert.equal(await value("SELECT count(*)::int FROM ledger_entry WHERE kind = 'payment'"), PURCHASED + acts.upgrades);
	assert.equal(await value("SELECT count(*)::int FROM ledger_entry WHERE kind = 'refund'"), acts.refunds);
	assert.match(await rig.endpin('ledger', 'check'), / 0 are missing/);
	t.diagnostic(`kill: ${PURCHASED} people, ${acts.upgrades} upgrades, ${acts.cancels} cancel, ${acts.refunds} refunds, ${kills.worker} workers, ${kills.courier} couriers, ${kills.postgres} times PostgreSQL killed: ` +
		`${PURCHASED} active, ${PURCHASED} paid, none lost or doubled (figure: ${PURCHASED})`);
});

test('C2: every event that was answered with 2xx is there', async (t) => {
	const events = await rig.control('GET', '/events');
	const acknowledged = events.filter((e) => e.deliveries.some((d) => d.state === 'delivered')).map((e) => e.id);
	const kept = new Set((await rig.sql('SELECT id FROM stripe_event')).map((r) => r.id));
	assert.deepEqual(acknowledged.filter((id) => !kept.has(id)), []);
	t.diagnostic(`C2: ${acknowledged.length} acknowledged events, 0 missing (figure: 0)`);
});

test('A1: after all of that the pools are complete and nobody is a zombie', async () => {
	for (const [pool, size] of [['hook', 2], ['password', 2], ['stripe', 3], ['web', 2], ['courier', 2]])
		await waitFor(`${size} × ${pool}`, () => rig.workers(pool).length === size);
	assert.deepEqual(rig.processes().filter((p) => p.state === 'Z'), []);
});

test("C10, scenario 20: Stripe's answer is lost, or the worker with it: one session, never two", async (t) => {
	const rounds = LONG ? 300 : 20;
	let killed = 0;
	for (let i = 0; i < rounds; i++) {
		const visitor = await signup(rig);
		await customerOf(rig, visitor.account);
		const before = (await rig.control('GET', '/objects/sessions')).length;
		if (i % 2 === 0) {
			await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/checkout/sessions', action: 'drop_after' });
		} else {
			await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/checkout/sessions', action: 'delay', ms: 250 });
		}
		const first = visitor.post('/api/checkout', { plan: 'solo' }).catch(() => null);
		if (i % 2 === 1) {
			await waitFor('the call', async () => await rig.value("SELECT count(*)::int FROM stripe_call WHERE kind = 'checkout' AND account_id = $1 AND first_sent_at IS NOT NULL", [visitor.account.id]) === 1);
			for (const pid of rig.workers('stripe'))
				process.kill(pid, 'SIGKILL');
			killed++;
		}
		await first;
		await waitFor('a session', async () => (await visitor.post('/api/checkout', { plan: 'solo' })).status === 201);
		const made = (await rig.control('GET', '/objects/sessions')).length - before;
		assert.equal(made, 1, `round ${i}: ${made} sessions`);
	}
	await rig.control('DELETE', '/faults');
	t.diagnostic(`C10: ${rounds} lost answers, ${killed} of them by kill -9, 0 duplicates (figure: 0)`);
});

test('C10, scenario 22: a 500 that Stripe has kept under the key is not repeated for ever', async () => {
	const visitor = await signup(rig);
	await customerOf(rig, visitor.account);
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/checkout/sessions', action: 'status', status: 500, stored: true });
	const first = await visitor.post('/api/checkout', { plan: 'solo' });
	assert.ok([201, 503].includes(first.status), first.text);
	await waitFor('a session under another key', async () => (await visitor.post('/api/checkout', { plan: 'solo' })).status === 201);
	await rig.control('DELETE', '/faults');
});
