// SPDX-License-Identifier: MIT
//
// Every route of the program, by enumeration, and every way of being refused. B7 B14 B15.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, PASSWORD } from '../rig/rig.mjs';
import { customerOf, newEmail, signup } from '../rig/visitor.mjs';

let rig, visitor, routes;

before(async () => {
	rig = await openRig({ name: 'routes' });
	visitor = await signup(rig);
	await customerOf(rig, visitor.account);
	routes = (await rig.endpin('routes')).split('\n').map((line) => line.trim().split(/\s+/))
		// What only the web server asks stands at no path of its own: auth.test.mjs.
		.filter(([method, path]) => /^(GET|POST)$/.test(method) && path?.startsWith('/') && !path.startsWith('/auth/')).map(([method, path]) => ({ method, path }));
});
after(() => rig?.close());

const bodies = { '/api/signup': () => ({ email: newEmail(), password: PASSWORD }), '/api/checkout': () => ({ plan: 'solo' }) };
const WANT = {
	'POST /api/signup': 201, 'POST /api/login': 401, 'POST /api/logout': 204, 'POST /api/checkout': 201,
	'POST /api/subscription/preview': 409, 'POST /api/subscription/change': 422, 'POST /api/subscription/quantity': 422,
	'POST /api/subscription/cancel': 409, 'POST /api/subscription/resume': 409,
	'POST /api/checkout/return': 422, 'POST /api/portal': 201, 'POST /webhooks/stripe': 400, 'POST /webhooks/cello': 404, 'POST /api/server/demo': 401, 'POST /api/server/verified': 401, 'GET /api/server/referral-link': 401, 'POST /mcp': 401, 'POST /api/server/erase': 401, 'POST /api/account/erase': 422, 'GET /auth': 204,
	'GET /r': 303, 'POST /api/cello/boot': 204
};

const send = (client, { method, path }) => method === 'GET' ? client.get(path) : client.post(path, bodies[path]?.() ?? {});

test('every route answers, in its pool, with the headers of B14', async (t) => {
	assert.ok(routes.length >= 19, `only ${routes.length} routes`);
	for (const route of routes) {
		const client = rig.client();
		// These end the session that they are sent.
		if (!['/api/signup', '/api/login', '/api/logout'].includes(route.path))
			client.cookies = new Map(visitor.cookies);
		const answer = await send(client, route);
		const what = `${route.method} ${route.path}: ${answer.status} ${answer.text.slice(0, 200)}`;
		assert.equal(answer.status, WANT[`${route.method} ${route.path}`] ?? 200, what);
		checkHeaders(answer, what);
		if (route.method === 'GET') {
			const head = await client.send('HEAD', route.path);
			assert.equal(head.status, answer.status, `HEAD ${route.path}`);
			assert.equal(head.text, '');
		}
	}
	t.diagnostic(`B14: ${routes.length} routes (figure: all)`);
});

function checkHeaders(answer, what) {
	const h = answer.headers;
	// The host is the product's: it decides.
	assert.equal(h['strict-transport-security'], undefined, what);
	const csp = h['content-security-policy'] ?? '';
	for (const directive of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
		assert.ok(csp.includes(directive), `${what}: CSP: ${csp}`);
	// Where Cello's component boots its own guide asks for inline.
	assert.doesNotMatch(csp, what.startsWith('GET /account:') ? /unsafe-eval/ : /unsafe-(inline|eval)/, what);
	assert.equal(h['x-content-type-options'], 'nosniff', what);
	assert.ok(/no-store|no-cache/.test(h['cache-control'] ?? ''), `${what}: Cache-Control: ${h['cache-control']}`);
	assert.ok(h['referrer-policy'], what);
	assert.equal(h['cross-origin-opener-policy'], 'same-origin', what);
	if (answer.text !== '')
		assert.match(h['content-type'], /^application\/(problem\+)?json|^text\/[a-z]+; *charset=utf-8$/i, what);
	assert.equal(h['x-powered-by'], undefined);
}

const isProblem = (answer, status, code) => {
	assert.equal(answer.status, status, answer.text);
	assert.match(answer.headers['content-type'], /^application\/problem\+json/);
	assert.equal(answer.json.status, status);
	assert.ok(answer.json.title);
	if (code)
		assert.equal(answer.json.code, code);
	checkHeaders(answer, `${status}`);
};

test('400: JSON that is none', async () => {
	for (const body of ['', '{', '[]', '"x"', 'null', '{"a":1}x', '{"email":"\u0000"}', '\ufeff{}', '{"a":'.repeat(3000), `{"email":"${'\\ud800'}"}`]) {
		const answer = await rig.client().send('POST', '/api/login', { body, headers: { 'content-type': 'application/json' } });
		assert.ok([400, 413, 422].includes(answer.status), `${JSON.stringify(body.slice(0, 20))}: ${answer.status}`);
		isProblem(answer, answer.status);
	}
	isProblem(await rig.client().send('POST', '/api/login', { body: '{', headers: { 'content-type': 'application/json' } }), 400);
});

test('401: nobody is logged in', async () => {
	for (const [path, body] of [['/api/checkout', { plan: 'solo' }], ['/api/checkout/return', { sessionId: 'cs_test_1' }], ['/api/portal', {}]])
		isProblem(await rig.client().post(path, body), 401);
	isProblem(await rig.client().get('/api/subscription'), 401);
	const stale = rig.client();
	stale.cookies.set('endpin', 'A'.repeat(43));
	isProblem(await stale.get('/api/subscription'), 401);
});

test('401: wrong password and unknown address are the same bytes', async () => {
	const wrong = await rig.client().post('/api/login', { email: visitor.email, password: 'not this password' });
	const unknown = await rig.client().post('/api/login', { email: newEmail(), password: 'not this password' });
	isProblem(wrong, 401, 'invalid_credentials');
	isProblem(unknown, 401, 'invalid_credentials');
	assert.equal(wrong.text, unknown.text);
	assert.deepEqual(Object.keys(wrong.headers).sort(), Object.keys(unknown.headers).sort());
});

test('403: from another site', async () => {
	isProblem(await visitor.post('/api/logout', {}, { headers: { 'sec-fetch-site': 'cross-site' } }), 403);
});

test('404: what is not there', async () => {
	isProblem(await visitor.get('/api//session'), 404);
	isProblem(await visitor.get('/api/%73ession'), 404);
	// All else is not endpin's: the web server's own site answers.
	for (const path of ['/nothing-here', '/api/nothing', '/api/session/']) {
		const page = await visitor.get(path);
		assert.equal(page.status, 404);
		assert.match(page.headers['content-type'], /^text\/html/);
	}
});

test('405: wrong method, with Allow', async () => {
	for (const { method, path } of routes) {
		const other = method === 'GET' ? 'POST' : 'GET';
		const answer = await visitor.send(other, path, other === 'POST' ? { json: {} } : {});
		assert.equal(answer.status, 405, `${other} ${path}: ${answer.text}`);
		assert.ok((answer.headers.allow ?? '').split(/, */).includes(method), `${path}: Allow: ${answer.headers.allow}`);
	}
	isProblem(await visitor.send('DELETE', '/api/session'), 405);
	isProblem(await visitor.send('PUT', '/api/checkout', { json: {} }), 405);
});

test('409: the address is taken, whatever the case of its letters', async () => {
	isProblem(await rig.client().post('/api/signup', { email: visitor.email.toUpperCase(), password: PASSWORD }), 409, 'email_taken');
});

test('413: the body is over the ceiling of the route', async () => {
	const pad = (n) => ({ email: newEmail(), password: PASSWORD, organization: 'x'.repeat(n) });
	isProblem(await rig.client().post('/api/signup', pad(9 * 1024)), 413);
	isProblem(await rig.client().post('/api/signup', pad(20 * 1024)), 413);
	isProblem(await visitor.post('/api/checkout', { plan: 'solo', more: 'x'.repeat(5000) }), 413);
});

test('415: not JSON', async () => {
	for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/json', null])
		isProblem(await rig.client().post('/api/login', {}, { headers: { 'content-type': type } }), 415);
	const answer = await rig.client().post('/api/login', { email: visitor.email, password: PASSWORD },
		{ headers: { 'content-type': 'Application/JSON; charset=UTF-8' } });
	assert.equal(answer.status, 200, answer.text);
});

test('422: fields that will not do, each with a reason', async () => {
	const cases = [
		[{}, ['email', 'password']],
		[{ email: 'nobody', password: PASSWORD }, ['email']],
		[{ email: 1, password: PASSWORD }, ['email']],
		[{ email: newEmail(), password: 'short' }, ['password']],
		[{ email: newEmail(), password: PASSWORD, firstName: 'x'.repeat(101) }, ['firstName']],
		[{ email: newEmail(), password: PASSWORD, lastName: 'a\u0007b' }, ['lastName']]
	];
	for (const [fields, bad] of cases) {
		const answer = await rig.client().post('/api/signup', fields);
		isProblem(answer, 422);
		assert.deepEqual(answer.json.errors.map((e) => e.field).sort(), bad, answer.text);
		for (const e of answer.json.errors)
			assert.ok(e.reason, answer.text);
	}
	for (const order of [{}, { plan: 'none such' }, { plan: 'solo', quantity: 0 }, { plan: 'solo', quantity: 1001 }, { plan: 'solo', quantity: '2' }, { plan: 'solo', quantity: 1.5 }])
		isProblem(await visitor.post('/api/checkout', order), 422);
});

test('B7: the session cookie', async () => {
	const answer = await rig.client().post('/api/signup', { email: newEmail(), password: PASSWORD });
	const [cookie] = answer.all('set-cookie').filter((line) => line.startsWith('endpin='));
	// On plain http it cannot be __Host-; B7 on https is in session.test.mjs.
	assert.match(cookie, /^endpin=[A-Za-z0-9_-]{43};/);
	assert.match(cookie, /; HttpOnly/);
	assert.match(cookie, /; SameSite=Lax/);
	assert.match(cookie, /; Path=\//);
	assert.doesNotMatch(cookie, /Domain=/i);
	const [, value] = /^endpin=([^;]+)/.exec(cookie);
	rig.secretsSeen.add(value);
	assert.equal(await rig.value("SELECT count(*)::int FROM session WHERE token_hash = sha256($1::bytea)", [value]), 1);
});

test('B15: a header that decides something, sent twice, is 400', async () => {
	const twice = [
		['GET', 'cookie', [visitor.cookie, 'endpin=another']],
		['GET', 'host', [`127.0.0.1:${rig.port}`, 'evil.example']],
		['POST', 'content-length', ['2', '2']],
		['POST', 'content-type', ['application/json', 'text/plain']],
		['POST', 'origin', [rig.origin, rig.origin]],
		['POST', 'sec-fetch-site', ['same-origin', 'cross-site']],
		['POST', 'stripe-signature', ['t=1,v1=0', 't=1,v1=0']],
		['POST', 'transfer-encoding', ['chunked', 'chunked']]
	];
	for (const [method, name, values] of twice) {
		const path = method === 'GET' ? '/api/session' : name === 'stripe-signature' ? '/webhooks/stripe' : '/api/logout';
		const answer = await raw(method, path, name, values);
		// Lines of Cookie are one list: a session that is there with two values is nobody's.
		// nginx from 1.23 on makes one Content-Type of two, which is none of ours.
		const harmless = { cookie: /\r\n\r\n\{"authenticated":false\}/, 'content-type': /^HTTP\/1\.1 415 / }[name];
		assert.ok(/^HTTP\/1\.1 400 /.test(answer) || harmless?.test(answer), `${name}: ${answer}`);
	}
	for (const [name, values] of [['x-forwarded-for', ['10.0.0.1', '10.0.0.2']], ['cookie', ['a=b', visitor.cookie]]])
		for (const path of ['/api/session', '/', '/livez'])
			assert.match(await raw('GET', path, name, values), /^HTTP\/1\.1 200 /, `${name} of ${path}: nobody reads it, or all of it`);
	assert.equal((await visitor.get('/api/session')).json.authenticated, true);
});

test('B15: what a client says of proxies is not believed', async () => {
	const answer = await rig.client().get('/?ucc=pNRB1aYqArN', {
		headers: { proxy: 'http://evil.example/', 'x-forwarded-for': '10.9.8.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example', forwarded: 'for=10.9.8.7' }
	});
	assert.equal(answer.status, 200);
	assert.doesNotMatch(JSON.stringify(answer.rawHeaders), /evil\.example/);
	assert.doesNotMatch(rig.endpind.text(), /10\.9\.8\.7/);
});

// Node's own client would not send this; nobody stops an attacker.
async function raw(method, path, name, values) {
	const { connect } = await import('node:net');
	const headers = { host: [`127.0.0.1:${rig.port}`], connection: ['close'] };
	const chunked = name === 'transfer-encoding';
	if (method === 'POST')
		Object.assign(headers, {
			'content-type': ['application/json'], 'sec-fetch-site': ['same-origin'], ...(chunked ? {} : { 'content-length': ['2'] })
		});
	headers[name] = values;
	const head = Object.entries(headers).flatMap(([n, all]) => all.map((v) => `${n}: ${v}`)).join('\r\n');
	const body = method === 'POST' ? (chunked ? '2\r\n{}\r\n0\r\n\r\n' : '{}') : '';
	return new Promise((resolve, reject) => {
		let text = '';
		const socket = connect(rig.port, '127.0.0.1', () => socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n\r\n${body}`));
		socket.setEncoding('utf8').setTimeout(10000, () => socket.destroy(new Error('no answer')));
		socket.on('data', (d) => text += d).on('end', () => resolve(text)).on('error', reject);
	});
}

test('the files below /assets/ have their headers too', async () => {
	const answer = await visitor.get('/assets/luthier.css');
	assert.equal(answer.status, 200);
	assert.match(answer.headers['content-type'], /^text\/css/);
	assert.equal(answer.headers['x-content-type-options'], 'nosniff');
	assert.match(answer.headers['cache-control'], /max-age=/);
	for (const path of ['/assets/../index.html', '/assets/%2e%2e/endpin.conf', '/assets/', '/assets/nothing'])
		assert.ok([400, 404].includes((await visitor.get(path)).status), path);
});

test('an assertion of the log: one line per request, with the id of the web server', async () => {
	const requests = rig.log().filter((line) => line.event === 'request');
	const ids = requests.map((line) => line.request ?? line.id ?? line.request_id);
	assert.equal(new Set(ids).size, ids.length);
	for (const line of requests)
		assert.ok(line.route === undefined || line.route.startsWith('/') || line.route === '-' || line.route === '', JSON.stringify(line));
});
