// SPDX-License-Identifier: MIT
//
// B9: which requests may change something, the whole table, over HTTP.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, PASSWORD } from '../rig/rig.mjs';
import { signup } from '../rig/visitor.mjs';

let rig, visitor;

before(async () => {
	rig = await openRig({ name: 'csrf' });
	visitor = await signup(rig);
});
after(() => rig?.close());

const OWN = Symbol('our own origin');
const SITES = [null, 'same-origin', 'same-site', 'cross-site', 'none', 'Same-Origin', 'nonsense', ''];
const ORIGINS = [null, OWN, 'https://evil.example', 'null', ''];

// None, one of somebody else's, our own of a link, and the session itself: only that one can be ridden on.
const COOKIES = [null, ['theme', 'dark'], ['cello-referral', 'pNRB1aYqArN'], ['endpin', 'x'.repeat(43)]];

// Sec-Fetch-Site decides where it was sent; Origin otherwise; neither: only who has no session to ride on.
function allowed(site, origin, session) {
	if (site !== null && site !== '')
		return site === 'same-origin' || site === 'none';
	if (origin !== null && origin !== '')
		return origin === OWN;
	return !session;
}

const show = (value) => value === OWN ? 'own' : value === null ? 'absent' : `"${value}"`;

for (const path of ['/api/logout', '/api/login', '/api/signup', '/api/checkout', '/api/portal', '/api/subscription/cancel'])
	test(`B9, scenario 33: the table for ${path}`, async (t) => {
		let rows = 0;
		for (const site of SITES)
			for (const origin of ORIGINS)
				for (const cookie of COOKIES) {
					const session = cookie?.[0] === 'endpin';
					// An empty header is nothing that a browser sends: it may be refused or taken as absent.
					if ((site === '' || origin === '') && cookie)
						continue;
					const client = rig.client();
					if (cookie)
						client.cookies.set(...cookie);
					const answer = await client.post(path, {}, {
						headers: { 'sec-fetch-site': site, origin: origin === OWN ? rig.origin : origin }
					});
					const row = `site ${show(site)}, origin ${show(origin)}, cookie ${cookie}: ${answer.status} ${answer.text}`;
					if (site === '' || origin === '')
						assert.ok(answer.status >= 204 && answer.status < 500, row);
					else
						assert.equal(answer.status !== 403, allowed(site, origin, session), row);
					rows++;
				}
		t.diagnostic(`B9: ${rows} rows (figure: all)`);
	});

test('B9: a client that is no browser sends Origin along with its session', async () => {
	const client = rig.client();
	const plain = { 'sec-fetch-site': null, 'sec-fetch-mode': null, origin: null };
	const login = await client.post('/api/login', { email: visitor.email, password: PASSWORD }, { headers: plain });
	assert.equal(login.status, 200, login.text);
	assert.equal((await client.post('/api/logout', {}, { headers: plain })).status, 403);
	assert.equal((await client.post('/api/logout', {}, { headers: { ...plain, origin: rig.origin } })).status, 204);
});

test('B9: a refused request changed nothing', async () => {
	const answer = await visitor.post('/api/logout', {}, { headers: { 'sec-fetch-site': 'cross-site' } });
	assert.equal(answer.status, 403);
	assert.equal((await visitor.get('/api/session')).json.authenticated, true);
});

test('B9: the webhook, and only that very route, has its own check', async () => {
	const answer = await rig.client().post('/webhooks/stripe', {}, { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } });
	assert.equal(answer.status, 400);
	for (const path of ['/webhooks/stripe/', '/webhooks/', '/webhooks/stripe/../api/logout'])
		assert.ok([403, 404].includes((await visitor.post(path, {}, { headers: { 'sec-fetch-site': 'cross-site' } })).status), path);
	assert.equal((await visitor.get('/api/session')).json.authenticated, true);
});

test('B9: reading is free, and changes nothing', async () => {
	const answer = await visitor.get('/api/session', { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } });
	assert.equal(answer.status, 200);
	assert.equal(answer.headers['access-control-allow-origin'], undefined);
	for (const path of ['/api/logout', '/api/checkout', '/api/portal'])
		assert.equal((await visitor.get(path)).status, 405, path);
});

test('B9: a form cannot be mistaken for JSON', async () => {
	for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', null])
		assert.equal((await visitor.post('/api/checkout', { plan: 'solo' }, { headers: { 'content-type': type } })).status, 415, type);
});
