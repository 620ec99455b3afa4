// SPDX-License-Identifier: MIT
//
// What Cello's API says of codes, links and people.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askCello, BOB, connectCello, heard, PRODUCT_ID, start } from './harness.mjs';
import { now, token } from './token.mjs';

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

test('a code may be disabled, or of another campaign', async (t) => {
	const world = await start(t);
	await world.control('cello/codes', { ucc: BOB, valid: false, campaignId: 'campaign_partners' });
	assert.deepEqual((await get(world, `/referral-codes/${BOB}`)).body, { code: BOB, productUserId: 'bob', valid: false, campaignId: 'campaign_partners' });
	assert.equal((await world.call('POST', '/control/cello/codes', { ucc: 'none' })).status, 404);
});

const landing = async (world, ucc = BOB) => (await fetch(`${world.url}/r/${ucc}`, { redirect: 'manual' })).headers.get('location');
const boot = (world, productUserId, productUserDetails, more) =>
	world.call('POST', '/cello/widget/boot', { productId: PRODUCT_ID, token: token({ productUserId }), productUserDetails, ...more });

test('a link leads to any page, with utm_… and a name that may be hard to read', async (t) => {
	const world = await start(t);
	const { body: { ucc } } = await boot(world, 'u1', { firstName: '~~>' });
	assert.match(await landing(world, ucc), /\/\?productId=demo\.endpin\.test&utm_source=cello&utm_medium=referral&utm_campaign=[\w-]+&ucc=\w{11}&celloN=fn4\+$/);
	await world.control('cello/settings', { link_name: 'encoded', link_utm: 'no', landing: '/signup' });
	assert.match(await landing(world, ucc), /\/signup\?productId=demo\.endpin\.test&ucc=\w{11}&celloN=fn4%2B$/);
});

test('who was depersonalized is so for good, and a boot by them is refused, or has no name', async (t) => {
	const world = await start(t);
	await connectCello(world);
	const { body: { ucc } } = await boot(world, 'u1', { firstName: 'Ann', email: 'ann@example.com' });
	await world.customer({ metadata: { cello_ucc: BOB, new_user_id: 'u1' } });
	assert.equal((await heard(world)).signups[0].email, 'ann@example.com');
	assert.equal((await askCello(world, 'POST', '/referrers/u1/depersonalize')).status, 204);
	assert.equal((await askCello(world, 'POST', '/referrers/nobody/depersonalize')).status, 404);
	const again = await boot(world, 'u1', { firstName: 'Ann', email: 'ann@example.com' });
	assert.deepEqual([again.status, again.body.message], [401, 'User is not authorized to load the widget']);
	await world.control('cello/settings', { boot_after_erasure: 'nameless' });
	assert.equal((await boot(world, 'u1', { firstName: 'Ann', email: 'ann@example.com' })).body.ucc, ucc);
	const { referrers, signups, boots } = await world.control('cello');
	const { firstName, details, depersonalized } = referrers.find((r) => r.productUserId === 'u1');
	assert.deepEqual([firstName, details, depersonalized, signups[0].email], [null, {}, true, null]);
	assert.deepEqual(boots.map((b) => b.erased ?? false), [false, true, true]);
	assert.doesNotMatch(await landing(world, ucc), /celloN/);
});

// What the token may have, and how the boot goes with each of the two answers.
const IN_TOKEN = [
	['exp', { exp: 4e9 }, 'token_exp', 'honoured'],
	['orgIds', { orgIds: ['org'] }, 'org_ids', 'claim'],
	['an iat of long ago', { iat: 1e9 }, 'token_age', 'any'],
	['an iat that is ahead', { iat: now() + 300 }, 'token_ahead', 600]
];

for (const [what, over, name, value] of IN_TOKEN)
	test(`a token with ${what} is refused, or is not`, async (t) => {
		const world = await start(t);
		const status = async () => (await world.call('POST', '/cello/widget/boot', { productId: PRODUCT_ID, token: token(over) })).status;
		assert.equal(await status(), 401);
		await world.control('cello/settings', { [name]: value });
		assert.equal(await status(), 200);
	});

test('an exp that is over is over, and orgIds and themeMode of boot() are noted', async (t) => {
	const world = await start(t);
	await world.control('cello/settings', { token_exp: 'honoured' });
	assert.equal((await world.call('POST', '/cello/widget/boot', { productId: PRODUCT_ID, token: token({ exp: 5 }) })).status, 401);
	await boot(world, 'u1', {}, { orgIds: ['org'], themeMode: 'dark' });
	const last = (await world.control('cello')).boots.at(-1);
	assert.deepEqual([last.orgIds, last.themeMode], [['org'], 'dark']);
	assert.equal((await boot(world, 'u1', {}, { orgIds: 'org' })).status, 401);
});
