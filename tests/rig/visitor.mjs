// SPDX-License-Identifier: MIT
//
// What a visitor does, over HTTP: each step says if it did not work.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { waitFor, PASSWORD } from './rig.mjs';

export const UCC = 'pNRB1aYqArN';

let last = 0;
export const newEmail = () => `visitor-${++last}-${randomBytes(4).toString('hex')}@example.com`;

// A client that is logged in; `account` is what endpin said.
export async function signup(rig, fields = {}, client = rig.client()) {
	const email = fields.email ?? newEmail();
	const answer = await client.post('/api/signup', { email, password: PASSWORD, firstName: 'Ada', lastName: 'Lovelace', ...fields });
	assert.equal(answer.status, 201, answer.text);
	client.email = email;
	client.account = answer.json.account;
	return client;
}

export async function checkout(client, plan = 'solo', quantity) {
	const answer = await client.post('/api/checkout', quantity === undefined ? { plan } : { plan, quantity });
	assert.equal(answer.status, 201, answer.text);
	return answer.json;
}

export const pay = (rig, session, card) => rig.control('POST', '/pay', { session, card });

export const subscription = async (client) => {
	const answer = await client.get('/api/subscription');
	assert.equal(answer.status, 200, answer.text);
	return answer.json.subscription;
};

// The subscription as endpin shows it, once `ok` is true of it.
export const subscriptionWhen = (client, what, ok, ms = 15000) => waitFor(what, async () => {
	const s = await subscription(client);
	return s && ok(s) ? s : null;
}, ms);

export async function subscribe(rig, client, plan = 'solo') {
	const { sessionId } = await checkout(client, plan);
	await pay(rig, sessionId);
	await client.post('/api/checkout/return', { sessionId });
	return subscriptionWhen(client, 'an entitled subscription', (s) => s.entitled);
}

export const customerOf = (rig, account) => waitFor('the Stripe customer', () =>
	rig.value('SELECT id FROM customer WHERE account_id = $1', [account.id]));

// What a courier has to send was sent, what Stripe said was heard, read again and applied. What seemed to be old when it
// was read is not waited for: it is read again now.
export async function quiet(rig, ms = 60000) {
	const left = async (table, which = 'true') => {
		await rig.sql(`UPDATE ${table} SET due_at = now() WHERE state = 'waiting' AND attempts = 0 AND leased_until IS NULL AND due_at > now()`);
		const rows = await rig.sql(`SELECT id, attempts, due_at - now() AS due_in, leased_until, last_error FROM ${table} WHERE state = 'waiting' AND ${which}`);
		if (rows.length > 0)
			throw new Error(JSON.stringify(rows.slice(0, 5)));
	};
	// One that failed comes again whenever it does.
	const unsent = () => left('stripe_call', '(attempts = 0 OR leased_until > now())');
	// Other than it was as soon as anything was asked for, claimed, or heard of.
	const moves = () => rig.value(`SELECT concat_ws(' ', (SELECT concat(count(*), ' ', sum(fence)) FROM stripe_call),
		(SELECT concat(count(*), ' ', sum(fence)) FROM stripe_object), (SELECT count(*) FROM stripe_event))`);
	await waitFor('nothing left to send, to hear of or to read', async () => {
		const before = await moves();
		await unsent();
		if (!(await rig.control('POST', '/events/idle?timeout_ms=1000')).idle)
			return false;
		await left('stripe_object');
		// What was read may have had something sent, of which there is more to hear.
		await unsent();
		return await moves() === before;
	}, ms);
}

// The first boot of the component, which makes a member a referrer at Cello: the code of their link.
export async function bootComponent(rig, client) {
	const { bootConfig } = (await client.get('/api/cello/token')).json;
	const boot = await fetch(`${rig.sandboxUrl}/cello/widget/boot`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(bootConfig) });
	assert.equal(boot.status, 200);
	return (await rig.control('GET', '/cello')).referrers.find((r) => r.productUserId === client.account.id).ucc;
}

// Somebody who pays and has a link.
export async function referrer(rig, card = '4242424242424242') {
	const client = await signup(rig);
	const ucc = await bootComponent(rig, client);
	const { sessionId } = await checkout(client);
	await pay(rig, sessionId, card);
	return { client, id: client.account.id, customer: await customerOf(rig, client.account), ucc };
}
