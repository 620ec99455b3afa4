// SPDX-License-Identifier: MIT
//
// However Stripe tells of a change, by a snapshot, thinly, in both ways, twice or not at all, the rows are the same; and what is another
// account's or mode's is kept and not read.

import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { ask, openRig, waitFor } from '../rig/rig.mjs';
import { deliver, makeEvent } from '../rig/event.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, pay, quiet, signup } from '../rig/visitor.mjs';

const OWN = 'we_sandbox';
const FOLLOWED = ['checkout.session.completed', 'customer.created', 'customer.updated', 'customer.subscription.created',
	'customer.subscription.updated', 'customer.subscription.deleted', 'invoice.created', 'invoice.finalized', 'invoice.updated', 'invoice.paid'];
let rig, thin;

const mode = (wanted) => rig.control('POST', '/events/mode', wanted);
const switchOwn = (on) => askStripe(rig, 'POST', `/webhook_endpoints/${OWN}`, { disabled: String(!on) });
const detail = async () => JSON.parse((await ask(`${rig.origin}/readyz?detail`)).text).events;

async function v2(method, path, body) {
	const answer = await ask(`${rig.sandboxUrl}/v2/core${path}`, { method, body: JSON.stringify(body), headers: {
		authorization: `Bearer ${rig.secrets.stripeKey}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(JSON.stringify(body))
	} });
	assert.equal(answer.status, 200, answer.text);
	return answer.json;
}

function believe(secret) {
	appendFileSync(rig.config['stripe.webhook_secret_file'], `${secret}\n`);
	return rig.reload();
}

before(async () => {
	rig = await openRig({ name: 'thin' });
	await rig.control('POST', '/endpoints/local', { allowed: true });
	thin = await v2('POST', '/event_destinations', {
		name: 'thin', type: 'webhook_endpoint', event_payload: 'thin', include: ['webhook_endpoint.signing_secret'],
		enabled_events: [...FOLLOWED.map((type) => `v1.${type}`), 'v2.core.health.event_generation_failure.resolved',
			'v1.customer.subscription.active', 'v1.customer.subscription.cancel_at_changed'],
		webhook_endpoint: { url: `${rig.site}/webhooks/stripe` }
	});
	await believe(thin.webhook_endpoint.signing_secret);
});
after(() => rig?.close());

async function purchase() {
	const visitor = await signup(rig, { ucc: 'pNRB1aYqArN' });
	const { sessionId } = await checkout(visitor);
	await pay(rig, sessionId);
	await rig.control('POST', '/events/idle?timeout_ms=20000', {});
	await quiet(rig);
	return customerOf(rig, visitor.account);
}

const rowsOf = async (customer) => ({
	subscription: await rig.sql('SELECT status, price, quantity::int, cancel_at FROM subscription WHERE customer_id = $1', [customer]),
	invoice: await rig.sql('SELECT status, amount_paid::int FROM invoice WHERE customer_id = $1', [customer]),
	session: await rig.sql('SELECT status FROM checkout_session WHERE customer_id = $1', [customer])
});

const WANT = {
	subscription: [{ status: 'active', price: 'price_solo', quantity: 1, cancel_at: null }],
	invoice: [{ status: 'paid', amount_paid: 1520 }], session: [{ status: 'complete' }]
};

const subscriptionOf = (customer) => rig.value('SELECT id FROM subscription WHERE customer_id = $1', [customer]);

test('scenario 14: a snapshot and its thin twin are one event, and the finer ones do no harm', async () => {
	const customer = await purchase();
	assert.deepEqual(await rowsOf(customer), WANT);
	const told = await rig.sql('SELECT type FROM stripe_event WHERE object_id = $1', [await subscriptionOf(customer)]);
	// created, told twice, and the thin one that has no twin.
	assert.deepEqual(told.map((e) => e.type.replace(/^v1\./, '')).sort(), ['customer.subscription.active', 'customer.subscription.created']);
});

test('scenario 6: thin events alone lead to the same rows', async () => {
	await switchOwn(false);
	const customer = await purchase();
	assert.deepEqual(await rowsOf(customer), WANT);
	const id = await subscriptionOf(customer);
	await askStripe(rig, 'POST', `/subscriptions/${id}`, { cancel_at_period_end: 'true' });
	await waitFor('the end', async () => await rig.value('SELECT cancel_at IS NOT NULL FROM subscription WHERE id = $1', [id]));
	await switchOwn(true);
});

test('scenario 14: of one change two events with ids of their own', async () => {
	await mode({ twins: 1 });
	const customer = await purchase();
	await mode({ twins: 0 });
	assert.deepEqual(await rowsOf(customer), WANT);
	assert.equal(await rig.value("SELECT count(*)::int FROM stripe_event WHERE object_id = $1 AND type LIKE '%created'", [await subscriptionOf(customer)]), 2);
});

test('what Stripe did not generate is read once it says so', async () => {
	const customer = await purchase();
	const id = await subscriptionOf(customer);
	await mode({ generate: false });
	await askStripe(rig, 'DELETE', `/subscriptions/${id}`);
	await mode({ generate: true });
	assert.equal(await rig.value('SELECT status FROM subscription WHERE id = $1', [id]), 'active');
	const { events } = await rig.control('POST', '/events/recover', {});
	assert.ok(events.length > 0);
	await waitFor('the end', async () => await rig.value('SELECT status FROM subscription WHERE id = $1', [id]) === 'canceled');
	assert.ok(rig.log().some((l) => l.event === 'event_not_generated' && l.msg.includes(id)));
});

test('scenario 6: an event of another account or of live mode is kept, and nothing is read for it', async () => {
	await quiet(rig);
	await rig.control('DELETE', '/requests');
	const object = { id: 'cus_ofAnother', object: 'customer' };
	const tell = async (more) => {
		const event = { ...JSON.parse(makeEvent({ object })), ...more };
		assert.equal((await deliver(rig, JSON.stringify(event))).status, 200);
		return event.id;
	};
	const ids = [await tell({ account: 'acct_other' }), await tell({ livemode: true })];
	assert.deepEqual((await rig.sql('SELECT id, account, livemode FROM stripe_event WHERE object_id = $1 ORDER BY account', [object.id])),
		[{ id: ids[0], account: 'acct_other', livemode: false }, { id: ids[1], account: null, livemode: true }]);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_object WHERE id = $1', [object.id]), 0);
	assert.deepEqual(ids.filter((id) => !rig.log().some((l) => l.event === 'event_foreign' && l.msg.includes(id))), []);
	const { foreign } = await detail();
	assert.deepEqual(Object.keys(foreign).sort(), ['account', 'live']);
	assert.deepEqual(await rig.control('GET', '/requests?path=/v1/customers'), []);
});

test('scenarios 4, 52: which secrets vouched and in which versions is told', async () => {
	const { secret, version } = await detail();
	assert.equal(Object.keys(secret).length, 2);
	assert.ok(Object.values(secret).every((seconds) => seconds >= 0 && seconds < 600));
	assert.deepEqual(Object.keys(version).sort(), ['2026-10-28.endive', 'thin']);
	const old = { ...JSON.parse(makeEvent()), api_version: '2024-06-20' };
	await deliver(rig, JSON.stringify(old));
	assert.ok('2024-06-20' in (await detail()).version);
});
