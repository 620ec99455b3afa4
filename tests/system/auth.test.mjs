// SPDX-License-Identifier: MIT
//
// The product behind nginx's auth_request: it is told who it is and what they pay for, whatever was asked of it.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { openRig } from '../rig/rig.mjs';
import { signup, subscribe } from '../rig/visitor.mjs';

let rig, product;

before(async () => {
	// The product: says what it was told.
	product = createServer((q, p) => {
		q.resume().on('end', () => p.end(JSON.stringify({
			method: q.method, url: q.url, account: q.headers['x-endpin-account'],
			plan: q.headers['x-endpin-plan'], entitled: q.headers['x-endpin-entitled']
		})));
	}).listen(0, '127.0.0.1');
	await new Promise((done) => product.once('listening', done));
	const pass = `
		auth_request_set $endpin_account $upstream_http_x_endpin_account;
		auth_request_set $endpin_plan $upstream_http_x_endpin_plan;
		auth_request_set $endpin_entitled $upstream_http_x_endpin_entitled;
		proxy_set_header X-Endpin-Account $endpin_account;
		proxy_set_header X-Endpin-Plan $endpin_plan;
		proxy_set_header X-Endpin-Entitled $endpin_entitled;
		proxy_pass http://127.0.0.1:${product.address().port};`;
	rig = await openRig({ name: 'auth', nginxExtra: `
	location /app/ {
		auth_request /endpin-auth;
		error_page 401 = @endpin_login;${pass}
	}
	location /paid/ {
		auth_request /endpin-auth-paid;${pass}
	}` });
});
after(async () => {
	await rig?.close();
	product?.close();
});

test('a stranger is sent to the login page', async () => {
	const answer = await rig.client().get('/app/notes?page=2');
	assert.equal(answer.status, 303);
	assert.match(answer.headers.location, /\/login\?next=\/app\/notes\?page=2$/);
});

test('who is logged in is named, and does not pay', async () => {
	const visitor = await signup(rig);
	const answer = await visitor.get('/app/notes?page=2');
	assert.equal(answer.status, 200, answer.text);
	const told = JSON.parse(answer.text);
	assert.deepEqual(told, { method: 'GET', url: '/app/notes?page=2', account: visitor.account.id, entitled: 'false', ...('plan' in told ? { plan: told.plan } : {}) });
	assert.equal((await visitor.get('/paid/')).status, 403);
});

test('who pays is let in, with any method and any body', async () => {
	const visitor = await signup(rig);
	await subscribe(rig, visitor);
	const answer = await visitor.post('/paid/notes', { a: 'x'.repeat(1000) });
	assert.equal(answer.status, 200, answer.text);
	const told = JSON.parse(answer.text);
	assert.deepEqual(told, { method: 'POST', url: '/paid/notes', account: visitor.account.id, plan: 'solo', entitled: 'true' });
});

test('a client cannot name itself, nor ask /endpin-auth', async () => {
	const visitor = await signup(rig);
	const answer = await visitor.get('/app/', { headers: { 'x-endpin-account': 'somebody', 'x-endpin-entitled': 'true' } });
	const told = JSON.parse(answer.text);
	assert.equal(told.account, visitor.account.id);
	assert.equal(told.entitled, 'false');
	assert.equal((await visitor.get('/endpin-auth')).status, 404);
});
