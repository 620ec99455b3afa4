// SPDX-License-Identifier: MIT
//
// usage: node tests/rig/guest.mjs URL SANDBOX-URL
//
// A stranger at the demo's door, over HTTP: looks at every page, signs up by an invitation, and is taken to the till.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ask, Client } from './client.mjs';

const [url, sandbox] = process.argv.slice(2).map((text) => text.replace(/\/$/, ''));
const guest = new Client(url);

const page = async (path, status = 200) => {
	const answer = await guest.get(path);
	assert.equal(answer.status, status, `${path} is ${answer.status}`);
	assert.match(answer.headers['content-type'], /^text\/html/, path);
	return answer.text;
};

const looked = new Set();
// Of a page on the level where all are: their addresses are relative.
const fetchLinked = async (html) => {
	for (const [, path] of html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)) {
		if (looked.has(path))
			continue;
		looked.add(path);
		assert.equal((await guest.get(`/${path}`)).status, 200, path);
	}
};

await fetchLinked(await page('/?productId=demo.endpin.test&ucc=pNRB1aYqArN&celloN=Qm9i'));
for (const path of ['/pricing', '/signup', '/login', '/account'])
	await fetchLinked(await page(path));
await page('/no/such/page', 404);
assert.ok(looked.size > 0, 'no page names a script or a style');

const email = `guest-${randomBytes(4).toString('hex')}@example.com`;
const signup = await guest.post('/api/signup', { email, password: 'a long enough password', firstName: 'Ada', lastName: 'Lovelace' });
assert.equal(signup.status, 201, signup.text);
const session = (await guest.get('/api/session')).json;
assert.equal(session.account?.email, email);
const checkout = await guest.post('/api/checkout', { plan: 'solo' });
assert.equal(checkout.status, 201, checkout.text);
assert.ok(checkout.json.url.startsWith(sandbox), checkout.json.url);
for (const door of [checkout.json.url, `${sandbox}/`])
	assert.equal((await ask(door)).status, 200, door);
console.log(`6 pages, ${looked.size} files that they name, a signup and a checkout`);
