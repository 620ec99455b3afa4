// SPDX-License-Identifier: MIT
//
// usage: node tests/readme/story.mjs nginx|apache|again
//
// "again": the last one who bought logs in and is still let in.
// Somebody comes by Bob's link, signs up, is not let in, buys, is let in; Cello hears of both. Over TLS, by the name that README says.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { waitFor } from '../rig/process.mjs';
import { control, Visitor, BOB, PASSWORD } from './visitor.mjs';

const [server] = process.argv.slice(2);
const MEMBER = '/tmp/readme/member.json';
const visitor = new Visitor(), { jar } = visitor, ask = visitor.ask.bind(visitor);

await waitFor('endpind', async () => (await ask('/readyz')).status === 200, 30000);

const seen = async () => {
	const { status, headers } = await ask('/auth');
	return { status, account: headers['x-endpin-account'], plan: headers['x-endpin-plan'], entitled: headers['x-endpin-entitled'] };
};

if (server === 'again') {
	const { email, account } = JSON.parse(readFileSync(MEMBER, 'utf8'));
	const login = await ask('/api/login', { email, password: PASSWORD });
	assert.equal(login.status, 200, login.text);
	assert.deepEqual(await seen(), { status: 204, account, plan: 'pro', entitled: 'true' });
	console.log('the member of before logs in, and is let in');
	process.exit();
}

// Every page, and all that they name.
const looked = new Set();
for (const path of [`/?productId=app.example.com&ucc=${BOB}&celloN=Qm9i`, '/pricing', '/signup', '/login', '/account']) {
	const page = await ask(path);
	assert.equal(page.status, 200, `${path}: ${page.status}`);
	for (const [, file] of page.text.matchAll(/(?:src|href)="((?:\/|\.\/)?assets\/[^"]+)"/g)) {
		const url = new URL(file, `https://app.example.com${path}`).pathname;
		if (looked.has(url))
			continue;
		looked.add(url);
		assert.equal((await ask(url)).status, 200, url);
	}
}
assert.ok(looked.size > 0, 'no page names a file');

assert.equal((await ask('/auth')).status, 401);
const email = `ada-${randomBytes(4).toString('hex')}@example.com`;
const signup = await ask('/api/signup', { email, password: PASSWORD, firstName: 'Ada', lastName: 'Lovelace' });
assert.equal(signup.status, 201, signup.text);
const account = (await ask('/api/session')).json.account.id;
const before = await seen();
assert.equal(before.status, 204);
assert.equal(before.account, account);
assert.notEqual(before.entitled, 'true');
assert.equal((await ask('/auth?require=subscription')).status, 403);

const checkout = await waitFor('the customer at Stripe', async () => {
	const answer = await ask('/api/checkout', { plan: 'pro' });
	return answer.status === 201 ? answer : Promise.reject(new Error(answer.text));
}, 30000);
const session = /cs_test_\w+/.exec(checkout.json.url)[0];
const paid = await control('pay', { session });
assert.equal(paid.status, 'complete', JSON.stringify(paid));
const after = await waitFor('the subscription, by Stripe\'s event', async () => {
	const now = await seen();
	return now.entitled === 'true' && now;
}, 30000);
assert.deepEqual(after, { status: 204, account, plan: 'pro', entitled: 'true' });

// The product behind the web server, which says who is asking.
const product = await ask('/app/desk?x=1');
assert.deepEqual(product.json, { path: '/app/desk?x=1', account, plan: 'pro', entitled: 'true' }, product.text);
const member = new Map(jar);
jar.clear();
const stranger = await ask('/app/desk?x=1');
assert.equal(stranger.status, 303, stranger.text);
assert.match(stranger.headers.location, /login\?next=/);
for (const [name, value] of member)
	jar.set(name, value);

// Stripe told Cello by Cello's own endpoint, and Bob is owed.
const mine = (rows) => rows.filter((row) => row.newUserId === account || row.email === email);
const { signups, purchases } = await waitFor('Cello', async () => {
	const view = await control('cello');
	return mine(view.purchases).length > 0 && view;
});
assert.equal(mine(signups)[0].ucc, BOB);
assert.deepEqual(mine(purchases).map(({ ucc, amount, status }) => ({ ucc, amount, status })), [{ ucc: BOB, amount: 2900, status: 'OK' }]);
const endpoints = await control('objects/webhook_endpoints');
const cellos = endpoints.find((e) => e.url.includes('/cello/products/') && !e.deleted), ours = endpoints.find((e) => e.url.endsWith('/webhooks/stripe') && !e.deleted);
assert.equal(cellos.enabled_events.length, 10);
// Which they are "endpin check" has judged.
assert.ok(!ours.enabled_events.includes('*'));
await waitFor('invoice.paid at both endpoints', async () => {
	const paidEvents = (await control('events')).filter((e) => e.type === 'invoice.paid');
	return [cellos, ours].every(({ id }) => paidEvents.some((e) => e.deliveries.some((d) => d.endpoint === id && d.state === 'delivered')));
});
writeFileSync(MEMBER, JSON.stringify({ email, account }));
console.log(`${server}: ${looked.size} files of 5 pages, a signup by Bob's link, 403, a purchase, ${JSON.stringify(after)}, and Cello heard`);
