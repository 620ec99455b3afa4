// SPDX-License-Identifier: MIT
//
// Features from Stripe Entitlements: read to the end of the list, told with access and never without, and true again
// after whatever was lost.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, quiet, signup, subscribe } from '../rig/visitor.mjs';

const MANY = 120;
let rig;

before(async () => {
	rig = await openRig({ name: 'entitlements', set: { 'courier.poll': 1, 'stripe.entitlements': 'yes', 'plan quartet.features': '', 'stripe.grace_hours': 0 } });
	const grant = async (product, key) => {
		const { id } = await askStripe(rig, 'POST', '/entitlements/features', { name: key, lookup_key: key });
		await askStripe(rig, 'POST', `/products/${product}/features`, { entitlement_feature: id });
	};
	await grant('prod_solo', 'export');
	await grant('prod_solo', 'not a name');
	for (let i = 0; i < MANY; i++)
		await grant('prod_quartet', `f${String(i).padStart(3, '0')}`);
});
after(() => rig?.close());
beforeEach(() => rig.control('DELETE', '/faults'));

const features = async (visitor) => (await visitor.get('/api/entitlements')).json.features;
const featuresWhen = (visitor, what, ok) => waitFor(what, async () => {
	const list = await features(visitor);
	return ok(list) ? list : null;
});

async function member(plan) {
	const visitor = await signup(rig);
	visitor.subscription = await subscribe(rig, visitor, plan);
	visitor.customer = await customerOf(rig, visitor.account);
	return visitor;
}

test('what Stripe grants is told, however long the list is, and follows the plan', async () => {
	const visitor = await member('quartet');
	const all = await featuresWhen(visitor, 'all of them', (list) => list.length === MANY);
	assert.deepEqual([all[0], all.at(-1)], ['f000', `f${MANY - 1}`]);
	const header = (await visitor.get('/auth')).headers['x-endpin-features'];
	assert.equal(header, all.join(','));
	await quiet(rig);
	// Another product: what is odd among its keys is left out.
	const { items: { data: [item] } } = await askStripe(rig, 'GET', `/subscriptions/${visitor.subscription.id}`);
	await askStripe(rig, 'POST', `/subscriptions/${visitor.subscription.id}`, { 'items[0][id]': item.id, 'items[0][price]': 'price_solo' });
	assert.deepEqual(await featuresWhen(visitor, 'the other product\'s', (list) => list.length === 1), ['export']);
});

test('without access nothing is told, whatever Stripe grants', async () => {
	const visitor = await member('solo');
	await featuresWhen(visitor, 'what it has', (list) => list.length === 1);
	await quiet(rig);
	await rig.sql("UPDATE subscription SET status = 'unpaid' WHERE id = $1", [visitor.subscription.id]);
	assert.deepEqual((await visitor.get('/api/entitlements')).json, { entitled: false, plan: null, features: [], limits: {} });
});

test('a summary that never came is made good by the subscription\'s reading', async () => {
	await rig.control('POST', '/events/mode', { generate: false });
	const visitor = await member('solo').finally(() => rig.control('POST', '/events/mode', { generate: true }));
	await askStripe(rig, 'POST', `/subscriptions/${visitor.subscription.id}`, { description: 'told of' });
	assert.deepEqual(await featuresWhen(visitor, 'what it has', (list) => list.length === 1), ['export']);
});

test('a key that may not read them takes nothing from anybody', async () => {
	const visitor = await member('solo');
	await featuresWhen(visitor, 'what it has', (list) => list.length === 1);
	await quiet(rig);
	await rig.control('POST', '/faults', { target: 'stripe', path: '/v1/entitlements/active_entitlements', times: -1, action: 'status', status: 403 });
	await askStripe(rig, 'POST', `/subscriptions/${visitor.subscription.id}`, { description: 'once more' });
	await waitFor('Stripe to refuse', async () => (await rig.control('GET', '/requests?target=stripe&path=/v1/entitlements/active')).some((r) => r.status === 403));
	await quiet(rig);
	assert.deepEqual(await features(visitor), ['export']);
});
