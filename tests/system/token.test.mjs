// SPDX-License-Identifier: MIT
//
// B12: Cello's token, judged by jsonwebtoken; its secret changes under load and nobody is refused.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import jwt from 'jsonwebtoken';
import { openRig, waitFor } from '../rig/rig.mjs';
import { PRODUCT } from '../rig/config.mjs';
import { writeSecret } from '../rig/files.mjs';
import { signup } from '../rig/visitor.mjs';
import { once } from './fcgi_client.mjs';

let rig, visitor;

before(async () => {
	rig = await openRig({ name: 'token', set: { 'server.peers': 'www-data root' } });
	visitor = await signup(rig);
});
after(() => rig?.close());

const fetchToken = async (client = visitor) => {
	const answer = await client.get('/api/cello/token');
	assert.equal(answer.status, 200, answer.text);
	return answer.json.bootConfig.token;
};

const part = (token, n) => Buffer.from(token.split('.')[n], 'base64url').toString();

test('B12: header and claims are exactly those that Cello documents', async () => {
	const before = Math.floor(Date.now() / 1000), token = await fetchToken();
	assert.equal(part(token, 0), '{"alg":"HS512","typ":"JWT"}');
	const claims = JSON.parse(part(token, 1));
	assert.deepEqual(Object.keys(claims).sort(), ['iat', 'productId', 'productUserId']);
	assert.equal(claims.productId, PRODUCT);
	assert.equal(claims.productUserId, visitor.account.id);
	assert.equal(typeof claims.productUserId, 'string');
	assert.ok(Number.isInteger(claims.iat) && claims.iat >= before && claims.iat <= Date.now() / 1000);
	assert.doesNotMatch(token, /=/);
	assert.deepEqual(jwt.verify(token, rig.secrets.product, { algorithms: ['HS512'] }), claims);
	assert.throws(() => jwt.verify(token, `${rig.secrets.product}\n`, { algorithms: ['HS512'] }));
});

test('B12: each call makes a fresh one', async () => {
	const first = JSON.parse(part(await fetchToken(), 1)).iat;
	await waitFor('the next second', () => Date.now() / 1000 >= first + 1.05);
	assert.ok(JSON.parse(part(await fetchToken(), 1)).iat > first);
});

test('B12: nobody who is not logged in gets one', async () => {
	const answer = await rig.client().get('/api/cello/token');
	assert.equal(answer.status, 200);
	assert.deepEqual(answer.json, { enabled: false, reason: 'not_logged_in' });
});

test('the country is what the web server says, never what the client does', async () => {
	const boot = async (...params) => JSON.parse((await once(rig.socket('web'), {
		path: '/api/cello/token', params: [['HTTP_COOKIE', visitor.cookie], ...params]
	})).body).bootConfig;
	assert.equal((await boot(['ENDPIN_COUNTRY', 'DE'])).country, 'DE');
	for (const params of [[], [['ENDPIN_COUNTRY', '']], [['ENDPIN_COUNTRY', 'de']], [['ENDPIN_COUNTRY', 'DEU']], [['HTTP_ENDPIN_COUNTRY', 'DE']]])
		assert.ok(!('country' in await boot(...params)), JSON.stringify(params));
});

test('B12: the secret changes by reload under load, 0 requests fail', async (t) => {
	let asked = 0, stop = false;
	const bad = [], keys = new Set([rig.secrets.product]);
	const load = Promise.all(Array.from({ length: 6 }, async () => {
		const client = rig.client();
		client.cookies = visitor.cookies;
		while (!stop) {
			asked++;
			try {
				const token = await fetchToken(client);
				if (![...keys].some((key) => {
					try {
						return jwt.verify(token, key, { algorithms: ['HS512'] });
					} catch {
						return false;
					}
				}))
					bad.push('a token of no known secret');
			} catch (e) {
				bad.push(e.message);
			}
		}
	}));
	let last;
	for (let i = 0; i < 5; i++) {
		last = `cello_CanaryBird${randomBytes(32).toString('hex')}`;
		keys.add(last);
		writeSecret(rig.config['cello.product_secret_file'], `${last}\n`);
		rig.endpind.kill('SIGHUP');
		// The old workers may answer a little longer; the new secret has to come.
		await waitFor('a token of the new secret', async () => {
			try {
				return jwt.verify(await fetchToken(), last, { algorithms: ['HS512'] });
			} catch {
				return false;
			}
		});
	}
	stop = true;
	await load;
	assert.deepEqual(bad, []);
	t.diagnostic(`B12: ${asked} tokens during 5 changes of the secret, 0 failed (figure: 0)`);
});

test('B12: a bad secret is refused at reload, and the old one goes on', async () => {
	writeSecret(rig.config['cello.product_secret_file'], '\n');
	const lines = rig.log().length;
	rig.endpind.kill('SIGHUP');
	await waitFor('a word about it', () => rig.log().slice(lines).some((l) => l.level === 'error'));
	assert.ok(await fetchToken());
});
