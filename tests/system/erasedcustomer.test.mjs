// SPDX-License-Identifier: MIT
//
// With [stripe] erased_customer = delete the customer of an erased account goes too, and what Stripe tells of that is understood.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor, PASSWORD } from '../rig/rig.mjs';
import { customerOf, newEmail, quiet, signup, subscribe } from '../rig/visitor.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'erasedcustomer', set: { 'courier.poll': 1, 'stripe.erased_customer': 'delete' } });
});
after(() => rig?.close());

test('its subscriptions end, then it is deleted, and the event that says so brings nothing back', async () => {
	const email = newEmail();
	const client = await signup(rig, { email, lastName: 'Erasmusova' }), id = client.account.id;
	await subscribe(rig, client);
	await quiet(rig);
	const customer = await customerOf(rig, client.account);
	assert.equal((await client.post('/api/account/erase', { password: PASSWORD })).status, 202);
	await waitFor('the customer to be deleted', async () => (await rig.control('GET', '/objects/customers')).find((c) => c.id === customer)?.deleted);
	await quiet(rig);
	await rig.sql("UPDATE erasure SET due_at = now() WHERE state = 'waiting'");
	await waitFor('nothing open', () => rig.value('SELECT closed_at FROM erasure WHERE id = $1', [id]));
	await quiet(rig);
	await waitFor('the second look', async () => {
		await rig.sql("UPDATE erasure SET due_at = now(), closed_at = now() - interval '1 hour' WHERE state = 'waiting' AND leased_until IS NULL");
		return await rig.value('SELECT state FROM erasure WHERE id = $1', [id]) === 'done';
	});
	const kinds = (await rig.sql("SELECT kind, outcome FROM stripe_call WHERE account_id = $1 AND kind IN ('close', 'delete') ORDER BY kind", [id])).map((c) => [c.kind, c.outcome]);
	assert.deepEqual(kinds, [['close', 'made'], ['delete', 'made']]);
	assert.deepEqual(await rig.sql('SELECT deleted, account_id, former_account_id FROM customer WHERE id = $1', [customer]), [{ deleted: true, account_id: null, former_account_id: id }]);
	// Every event once more, that of the deletion too.
	for (const event of await rig.control('GET', '/events'))
		await rig.control('POST', '/events/deliver', { id: event.id });
	await quiet(rig);
	assert.equal(await rig.value("SELECT count(*)::int FROM stripe_call WHERE account_id = $1 AND state = 'waiting'", [id]), 0);
	assert.equal(await rig.value("SELECT count(*)::int FROM stripe_object WHERE state IN ('dead', 'parked')"), 0);
	assert.equal(await rig.value('SELECT email FROM account WHERE id = $1', [id]), `erased:${id}`);
	assert.equal(await rig.value('SELECT count(*)::int FROM ledger_entry WHERE account_id = $1', [id]), 1);
	for (const table of ['stripe_event', 'stripe_call', 'account'])
		assert.equal(await rig.value(`SELECT count(*)::int FROM ${table} t WHERE t::text ILIKE '%' || $1 || '%'`, [email]), 0, table);
});
