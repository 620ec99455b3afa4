// SPDX-License-Identifier: MIT
//
// What Cello's API says of codes, links and people.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askCello, BOB, start } from './harness.mjs';

const get = (world, path) => askCello(world, 'GET', path);

test('an unknown code is an answer, and is not valid', async (t) => {
	const world = await start(t);
	assert.deepEqual((await get(world, `/referral-codes/${BOB}`)).body, { code: BOB, productUserId: 'bob', valid: true, campaignId: 'campaign_sandbox' });
	const unknown = await get(world, '/referral-codes/00000000000');
	assert.deepEqual([unknown.status, unknown.body], [200, { code: '', productUserId: '', valid: false, campaignId: '' }]);
});

test('the link of somebody who is not there is empty, or not there', async (t) => {
	const world = await start(t);
	assert.deepEqual((await get(world, '/referral-codes/active-link/bob')).body, { activeUcc: BOB, link: `${world.url}/r/${BOB}` });
	assert.deepEqual((await get(world, '/referral-codes/active-link/nobody')).body, { activeUcc: '', link: '' });
	await world.control('cello/settings', { unknown_link: 'not_found' });
	const { status, body } = await get(world, '/referral-codes/active-link/nobody');
	assert.deepEqual([status, body], [404, { message: 'Not Found' }]);
});
