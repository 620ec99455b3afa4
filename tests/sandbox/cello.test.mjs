// SPDX-License-Identifier: MIT
//
// The Cello half: tokens checked to the letter, links, attribution, the REST API.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP, askCello, BOB, DAY, PRODUCT_ID, start } from './harness.mjs';
import { b64, claims, HEADER, now, token } from './token.mjs';

const boot = (world, tok, more = {}) => world.call('POST', '/cello/widget/boot', { productId: PRODUCT_ID, token: tok, ...more });

const INVALID = 'Error 1100: Invalid JWT token', TENANT = 'Error 1200: Invalid Tenant';

const REFUSED = [
	['another secret', () => token({}, { secret: 'other' }), INVALID],
	['HS256', () => token({}, { header: { alg: 'HS256', typ: 'JWT' }, hash: 'sha256' }), INVALID],
	['alg none', () => `${b64({ alg: 'none', typ: 'JWT' })}.${b64(claims())}.`, INVALID],
	['no typ', () => token({}, { header: { alg: 'HS512' } }), INVALID],
	['another header field', () => token({}, { header: { ...HEADER, kid: '1' } }), INVALID],
	['productUserId a number', () => token({ productUserId: 7 }), INVALID],
	['productUserId empty', () => token({ productUserId: '' }), INVALID],
	['another claim', () => token({ exp: now() + 60 }), INVALID],
	['a claim missing', () => token({ iat: undefined }), INVALID],
	['iat in milliseconds', () => token({ iat: Date.now() }), INVALID],
	['iat a text', () => token({ iat: String(now()) }), INVALID],
	['iat a fraction', () => token({ iat: now() + 0.5 }), INVALID],
	['iat older than 24 h', () => token({ iat: now() - DAY - 5 }), INVALID],
	['iat in the future', () => token({ iat: now() + 5 }), INVALID],
	['padding', () => `${token()}==`, INVALID],
	['plain base64', () => token().replace('.', '+.'), INVALID],
	['two parts', () => token().split('.').slice(0, 2).join('.'), INVALID],
	['a payload that is no object', () => token({}, { payload: [1] }), INVALID],
	['another product', () => token({ productId: 'other' }), TENANT],
	['no token', () => undefined, INVALID]
];

test('tokens that are refused', async (t) => {
	const world = await start(t);
	for (const [what, make, message] of REFUSED)
		await t.test(what, async () => {
			const { status, body, headers } = await boot(world, make());
			assert.deepEqual([status, body.message], [401, message], body.detail);
			assert.equal(headers.get('access-control-allow-origin'), APP);
		});
	assert.equal((await boot(world, token(), { productId: 'other' })).body.message, TENANT);
	const { boots } = await world.control('cello');
	assert.equal(boots.every((b) => !b.ok && b.detail), true);
});

test('a good token makes a referrer with a link that lasts', async (t) => {
	const world = await start(t);
	const details = { firstName: 'Jürgen', lastName: 'M', fullName: 'Jürgen M', email: 'j@example.com' };
	const first = await boot(world, token(), { productUserDetails: details });
	assert.equal(first.status, 200);
	assert.match(first.body.ucc, /^[0-9A-Za-z]{11}$/);
	assert.equal(first.body.link, `${world.url}/r/${first.body.ucc}`);
	assert.equal((await boot(world, token({ iat: now() - DAY + 60 }))).body.ucc, first.body.ucc);
	assert.notEqual((await boot(world, token({ productUserId: 'user-2' }))).body.ucc, first.body.ucc);
	const [{ claims: seen }] = (await world.control('cello')).boots;
	assert.deepEqual([seen.productId, seen.productUserId], [PRODUCT_ID, 'user-1']);

	const click = await fetch(first.body.link, { redirect: 'manual' });
	assert.equal(click.status, 302);
	const landing = new URL(click.headers.get('location'));
	assert.equal(landing.origin, APP);
	assert.equal(landing.searchParams.get('productId'), PRODUCT_ID);
	assert.equal(landing.searchParams.get('ucc'), first.body.ucc);
	assert.equal(Buffer.from(landing.searchParams.get('celloN'), 'base64').toString(), 'Jürgen');
	assert.doesNotMatch(landing.search, /=%3D|%3D$/);
	await fetch(first.body.link, { method: 'HEAD', redirect: 'manual' });
	assert.equal((await world.control('cello')).clicks, 1);
	assert.equal((await fetch(`${world.url}/r/none`)).status, 404);
	assert.equal((await boot(world, token(), { country: 'KP' })).body.shown, false);
});

test('assets are modules that another origin may load', async (t) => {
	const world = await start(t);
	for (const path of ['/assets/app/latest/cello.js', '/assets/app/latest/look.js', '/assets/app/latest/play.js',
		'/assets/attribution/latest/cello-attribution.js', '/assets/attribution/latest/play.js']) {
		const res = await fetch(world.url + path);
		assert.match(res.headers.get('content-type'), /^text\/javascript/);
		assert.equal(res.headers.get('access-control-allow-origin'), APP);
	}
	assert.equal((await fetch(`${world.url}/assets/attribution/latest/attribution.js`)).status, 403);
	const preflight = await fetch(`${world.url}/cello/widget/boot`, { method: 'OPTIONS' });
	assert.deepEqual([preflight.status, preflight.headers.get('access-control-allow-headers')], [204, 'content-type']);
});

test('the scripts may have an origin of their own, and then no other', async (t) => {
	const world = await start(t, () => ({ 'assets-port': 0 }));
	const { assets } = await world.control('cello');
	assert.notEqual(assets, world.url);
	for (const path of ['/app/latest/cello.js', '/attribution/latest/cello-attribution.js', '/iframe/sharing.html'])
		assert.equal((await fetch(assets + path)).status, 200, path);
	assert.match(await (await fetch(`${assets}/app/latest/play.js`)).text(), new RegExp(`"api":"${world.url}/cello"`));
	for (const url of [`${assets}/cello/token`, `${assets}/control/clock`, `${world.url}/assets/app/latest/cello.js`])
		assert.equal((await fetch(url)).status, 404, url);
	// Bad days and the list of requests know one path for both.
	await world.control('faults', { target: 'cello', path: '/assets/app', action: 'status', status: 403 });
	assert.equal((await fetch(`${assets}/app/latest/cello.js`)).status, 403);
	assert.equal((await world.control('requests?target=cello&path=/assets/app/latest/cello.js')).length, 2);
});

test('the look of the component and what its scripts insist on are settings', async (t) => {
	const world = await start(t);
	const text = async (path) => (await fetch(`${world.url}/assets/${path}`)).text();
	const harsh = await text('app/latest/look.js');
	await world.control('cello/settings', { component: 'kind', consent: 'custom', labels_after: 7 });
	assert.notEqual(await text('app/latest/look.js'), harsh);
	assert.match(await text('attribution/latest/play.js'), /"labels_after":7,.*"consent":"custom"/);
});

test('Cello has bad days too', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'cello', times: -1, action: 'drop' });
	await assert.rejects(fetch(`${world.url}/assets/app/latest/cello.js`));
	await world.control('faults', undefined, 'DELETE');
	await world.control('faults', { target: 'cello', path: '/cello/token', action: 'status', status: 503 });
	const keys = { accessKeyId: 'ak', secretAccessKey: 'very secret' };
	assert.equal((await world.call('POST', '/cello/token', keys)).status, 503);
	assert.equal((await world.call('POST', '/cello/token', keys)).status, 200);
});
