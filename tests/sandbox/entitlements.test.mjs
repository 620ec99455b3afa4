// SPDX-License-Identifier: MIT
//
// Entitlements follow subscriptions, and are told of when they change.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './harness.mjs';

test('who has a product has its features, until it ends', async (t) => {
	const { stripe, purchase, idle, hook } = await start(t);
	const summaries = async () => {
		await idle();
		return hook.events.map((e) => e.event).filter((e) => e.type === 'entitlements.active_entitlement_summary.updated').map((e) => e.data.object);
	};
	const { customer, subscription } = await purchase();
	assert.deepEqual(await summaries(), [], 'there are no features yet');
	for (let i = 0; i < 12; i++) {
		const feature = await stripe.entitlements.features.create({ name: `Feature ${i}`, lookup_key: `feature_${i}` });
		await stripe.products.createFeature('prod_pro', { entitlement_feature: feature.id });
	}
	const all = [];
	for await (const one of stripe.entitlements.activeEntitlements.list({ customer: customer.id, limit: 5 }))
		all.push(one.lookup_key);
	assert.equal(new Set(all).size, 12);
	const [last] = (await summaries()).slice(-1);
	assert.deepEqual([last.id, last.customer, last.entitlements.data.length, last.entitlements.has_more], [undefined, customer.id, 10, true]);
	await stripe.subscriptions.cancel(subscription);
	assert.deepEqual((await stripe.entitlements.activeEntitlements.list({ customer: customer.id })).data, []);
	assert.deepEqual((await summaries()).at(-1).entitlements.data, []);
	await assert.rejects(stripe.entitlements.features.create({ name: 'Again', lookup_key: 'feature_1' }), { param: 'lookup_key' });
});
