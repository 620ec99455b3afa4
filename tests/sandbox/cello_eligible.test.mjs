// SPDX-License-Identifier: MIT
//
// Does the new user get the discount?  After a while, and with a no for each reason that Cello's pages name.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askCello, BOB, connectCello, heard, start } from './harness.mjs';

const SOON = 301;
const metadata = (over = {}) => ({ metadata: { cello_ucc: BOB, new_user_id: 'u1', ...over } });
const reward = async (world, id = 'u1') => (await askCello(world, 'GET', `/new-users/${id}/reward`)).body;
const why = async (world, id = 'u1') => (await world.control(`cello/eligibility/${id}`)).why;
const later = (world, seconds = SOON) => world.control('clock', { advance_seconds: seconds });

async function brought(t, over) {
	const world = await start(t);
	await connectCello(world);
	const customer = await world.customer(metadata(over));
	await heard(world);
	return { world, customer };
}

test('a new user is eligible, five minutes after the signup', async (t) => {
	const { world } = await brought(t);
	assert.deepEqual(await reward(world), { eligible: false });
	assert.equal(await why(world), 'it is too early to say');
	await later(world);
	const { signupId, signupAt, ...said } = await reward(world);
	assert.deepEqual(said, {
		eligible: true, reward: { type: 'standard', interval: 'month', intervalCount: 3, percentage: 10 }, referralUcc: BOB,
		campaignId: 'campaign_sandbox', campaignRevision: 'v1'
	});
	assert.equal(signupId, (await world.control('cello')).signups[0].id);
	assert.ok(!Number.isNaN(Date.parse(signupAt)));
});

test('with --cello kind the answer is there at once, and a no has a reward that is null', async (t) => {
	const world = await start(t, () => ({ cello: 'kind' }));
	await connectCello(world);
	await world.customer(metadata());
	await heard(world);
	assert.equal((await reward(world)).eligible, true);
	assert.deepEqual(await reward(world, 'nobody'), { eligible: false, reward: null });
});

// What is done to the world of somebody who would be eligible, who is asked for, and why not.
const NOT = [
	['somebody who came by themselves', {}, () => {}, 'nobody', 'nobody of this id has signed up by a code'],
	['the organization’s id', { new_user_organization_id: 'org' }, () => {}, 'org', 'nobody of this id has signed up by a code'],
	['a code that is none', { cello_ucc: 'short' }, () => {}, 'u1', 'nobody of this id has signed up by a code'],
	['their own code', { new_user_id: 'bob' }, () => {}, 'bob', 'the code is their own'],
	['a referral under review', {}, (w) => w.control('cello/people', { productUserId: 'u1', review: 'in_review' }), 'u1', 'the referral is under review'],
	['a referral that was rejected', {}, (w) => w.control('cello/people', { productUserId: 'u1', review: 'rejected' }), 'u1', 'the referral is under review'],
	['somebody who has paid', {}, async (w, customer) => {
		await w.control('pay', { session: (await w.session(customer)).id });
		await heard(w);
	}, 'u1', 'it was used']
];

for (const [who, over, act, id, reason] of NOT)
	test(`not eligible: ${who}`, async (t) => {
		const { world, customer } = await brought(t, over);
		await act(world, customer);
		await later(world);
		assert.deepEqual(await reward(world, id), { eligible: false });
		assert.equal(await why(world, id), reason);
	});

test('not eligible: a code that came after the first payment', async (t) => {
	const world = await start(t);
	await connectCello(world);
	const { customer } = await world.purchase();
	await heard(world);
	await world.stripe.customers.update(customer.id, metadata());
	await heard(world);
	await later(world);
	assert.equal(await why(world), 'the code came after the first payment');
});

test('a campaign without a discount, one that says nothing of months and percent, and the promise of before', async (t) => {
	const { world } = await brought(t);
	await world.control('cello/campaign', { discount: null });
	await world.customer(metadata({ new_user_id: 'u2' }));
	await heard(world);
	await world.control('cello/campaign', { discount: { type: 'custom', intervalCount: null, percentage: null } });
	await world.customer(metadata({ new_user_id: 'u3' }));
	await heard(world);
	await later(world);
	assert.equal((await reward(world, 'u1')).campaignRevision, 'v1', 'who was brought before keeps what was promised');
	assert.equal((await reward(world, 'u1')).reward.percentage, 10);
	assert.equal(await why(world, 'u2'), 'the campaign has no discount');
	assert.deepEqual((await reward(world, 'u3')).reward, { type: 'custom', interval: 'month', intervalCount: null, percentage: null });
	const wrong = await world.call('POST', '/control/cello/campaign', { share: 'much' });
	assert.deepEqual([wrong.status, wrong.body.error], [400, 'campaign: share cannot be "much"']);
});

test('whether who has paid is eligible still is a setting', async (t) => {
	const { world, customer } = await brought(t);
	await world.control('cello/settings', { eligible_once_paid: 'yes', eligible_after: 0 });
	await world.control('pay', { session: (await world.session(customer)).id });
	await heard(world);
	assert.equal((await reward(world)).eligible, true);
});
