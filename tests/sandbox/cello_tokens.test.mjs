// SPDX-License-Identifier: MIT
//
// Cello's /token, and what a bearer token is good for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askCello, BOB, DAY, start } from './harness.mjs';

const KEYS = { accessKeyId: 'ak', secretAccessKey: 'very secret' };
const settings = (world, given) => world.control('cello/settings', given);
const exchange = (world, body = KEYS) => askCello(world, 'POST', '/token', body);
const statusWith = async (world, token) => (await askCello(world, 'GET', `/referral-codes/${BOB}`, undefined, { authorization: `Bearer ${token}` })).status;

test('by default all is as unlike the examples as the pages allow', async (t) => {
	const world = await start(t);
	const { status, body } = await exchange(world);
	assert.equal(status, 200);
	assert.deepEqual(Object.keys(body).sort(), ['accessToken', 'expiresIn', 'refreshToken']);
	assert.deepEqual([body.accessToken.length, body.expiresIn], [4000, 18000]);
	assert.equal(await statusWith(world, body.accessToken), 200);
	const bad = await exchange(world, { ...KEYS, secretAccessKey: 'wrong' });
	assert.deepEqual([bad.status, bad.body.statusCode, bad.body.path, bad.body.message], [400, 400, '/api/token', 'Invalid API Credentials']);
	assert.ok(bad.headers.get('apigw-requestid'));
});

test('with --cello kind it is as in the examples', async (t) => {
	const world = await start(t, () => ({ cello: 'kind' }));
	const { status, body } = await exchange(world);
	assert.deepEqual([status, body.accessToken.length, body.expiresIn, body.refreshTokenExpiresIn], [201, 52, 18000, 432000]);
	assert.equal((await exchange(world, { refreshToken: 'crt_none' })).status, 401);
});

test('each is a setting of its own', async (t) => {
	const world = await start(t);
	await settings(world, { token_status: 201, bad_credentials: 401, token_length: 2000, refresh_lifetime: 'told' });
	const { status, body } = await exchange(world);
	assert.deepEqual([status, body.accessToken.length, body.refreshTokenExpiresIn], [201, 2000, 432000]);
	assert.equal((await exchange(world, {})).status, 401);
	const wrong = await world.call('POST', '/control/cello/settings', { token_length: 7 });
	assert.deepEqual([wrong.status, wrong.body.error], [400, 'token_length must be one of 4000, 52, 2000']);
	assert.equal((await world.control('cello/settings')).token_length, 2000);
});

test('a token grows old after five hours, and is renewed for five days, not longer', async (t) => {
	const world = await start(t);
	const { body: first } = await exchange(world);
	await world.control('clock', { advance_seconds: 18001 });
	assert.equal(await statusWith(world, first.accessToken), 401);
	const renewed = await exchange(world, { refreshToken: first.refreshToken });
	assert.equal(renewed.body.refreshToken, undefined);
	assert.equal(await statusWith(world, renewed.body.accessToken), 200);
	await world.control('clock', { advance_seconds: 5 * DAY });
	assert.equal((await exchange(world, { refreshToken: first.refreshToken })).status, 400);
});

test('a new token is the end of the one before, unless the settings say otherwise', async (t) => {
	const world = await start(t);
	const { body: first } = await exchange(world);
	const { body: second } = await exchange(world, { refreshToken: first.refreshToken });
	assert.deepEqual([await statusWith(world, first.accessToken), await statusWith(world, second.accessToken)], [401, 200]);
	await settings(world, { tokens_alive: 'many' });
	await exchange(world);
	assert.equal(await statusWith(world, second.accessToken), 200);
});

test('a token may end before its time', async (t) => {
	const world = await start(t);
	const { body: first } = await exchange(world);
	await world.control('cello/revoke', {});
	const refused = await askCello(world, 'GET', `/referral-codes/${BOB}`, undefined, { authorization: `Bearer ${first.accessToken}` });
	assert.deepEqual([refused.status, refused.body], [401, { message: 'Unauthorized' }]);
	assert.equal((await exchange(world, { refreshToken: first.refreshToken })).status, 200);
	await world.control('cello/revoke', { refresh: true });
	assert.equal((await exchange(world, { refreshToken: first.refreshToken })).status, 400);
	assert.equal((await exchange(world)).status, 200);
});
