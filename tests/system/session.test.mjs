// SPDX-License-Identifier: MIT
//
// B7 B8: sessions begin new, end by themselves, and end at once when told to.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { openRig, PASSWORD } from '../rig/rig.mjs';
import { newEmail, signup } from '../rig/visitor.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'session', set: { 'session.idle_hours': 2, 'session.hours': 36, 'session.days': 10, 'pool web.workers': 4 } });
});
after(() => rig?.close());

const authenticated = async (client) => (await client.get('/api/session')).json.authenticated;

test('B7, scenario 33: a login makes a new token, whatever the browser brought', async () => {
	const visitor = await signup(rig);
	const old = visitor.cookies.get('endpin');
	const answer = await visitor.post('/api/login', { email: visitor.email, password: PASSWORD });
	assert.equal(answer.status, 200);
	const fresh = visitor.cookies.get('endpin');
	assert.notEqual(fresh, old);
	assert.match(fresh, /^[A-Za-z0-9_-]{43}$/);

	const fixed = rig.client();
	fixed.cookies.set('endpin', 'B'.repeat(43));
	assert.equal((await fixed.post('/api/login', { email: visitor.email, password: PASSWORD })).status, 200);
	assert.notEqual(fixed.cookies.get('endpin'), 'B'.repeat(43));
});

test('B7: the database does not know a token', async () => {
	const visitor = await signup(rig);
	const token = visitor.cookies.get('endpin');
	const rows = await rig.sql('SELECT encode(token_hash, $1) AS hex, octet_length(token_hash) AS bytes FROM session', ['hex']);
	for (const { hex, bytes } of rows) {
		assert.equal(bytes, 32);
		assert.ok(!hex.includes(Buffer.from(token).toString('hex')) && !hex.includes(Buffer.from(token, 'base64url').toString('hex')));
	}
});

test('B7: a session ends after the idle time, by the database’s clock', async () => {
	const visitor = await signup(rig);
	const age = (interval) => rig.sql('UPDATE session SET used_at = used_at - $2::interval WHERE account_id = $1', [visitor.account.id, interval]);
	await age('1 hour 50 minutes');
	assert.equal(await authenticated(visitor), true);
	// Being used has set it back.
	await age('1 hour 50 minutes');
	assert.equal(await authenticated(visitor), true);
	await age('2 hours 1 minute');
	assert.equal(await authenticated(visitor), false);
});

const hoursOf = (visitor) => rig.value('SELECT round(extract(epoch FROM ends_at - created_at) / 3600)::int FROM session WHERE account_id = $1', [visitor.account.id]);

test('B7: and after the absolute time however busy it was', async () => {
	const visitor = await signup(rig);
	assert.equal(await hoursOf(visitor), 36);
	await rig.sql("UPDATE session SET ends_at = now() - interval '1 second' WHERE account_id = $1", [visitor.account.id]);
	assert.equal(await authenticated(visitor), false);
	assert.equal((await visitor.get('/auth')).status, 401);
});

test('B7: who asks to be remembered is, over nights, and nobody else', async () => {
	const life = (answer) => answer.all('set-cookie').find((line) => line.startsWith('endpin=')).match(/; Max-Age=(\d+)/)?.[1];
	const visitor = rig.client();
	const signed = await visitor.post('/api/signup', { email: newEmail(), password: PASSWORD, remember: true });
	assert.equal(signed.status, 201, signed.text);
	visitor.account = signed.json.account;
	assert.equal(life(signed), `${10 * 86400}`);
	assert.equal(await hoursOf(visitor), 240);
	await rig.sql("UPDATE session SET used_at = used_at - interval '9 days' WHERE account_id = $1", [visitor.account.id]);
	assert.equal((await visitor.get('/auth')).status, 204);
	assert.equal(await authenticated(visitor), true);

	const { email } = visitor.account;
	for (const remember of [undefined, false, null, 0, 1, 'true', [true]]) {
		const answer = await visitor.post('/api/login', { email, password: PASSWORD, remember });
		assert.equal(answer.status, 200, answer.text);
		assert.equal(life(answer), undefined, `remember: ${JSON.stringify(remember)}`);
		assert.equal(await hoursOf(visitor), 36);
	}
	const again = await visitor.post('/api/login', { email, password: PASSWORD, remember: true });
	assert.equal(life(again), `${10 * 86400}`);
});

test('B7: with https the cookie is __Host- and Secure', async () => {
	const https = await openRig({ name: 'https', set: { 'server.public_origin': 'https://app.example.test', 'courier.processes': 0 } });
	try {
		const client = https.client();
		const answer = await client.post('/api/signup', { email: 'https@example.com', password: PASSWORD }, { headers: { origin: 'https://app.example.test' } });
		assert.equal(answer.status, 201, answer.text);
		const [cookie] = answer.all('set-cookie').filter((line) => line.startsWith('__Host-endpin='));
		assert.match(cookie, /^__Host-endpin=[A-Za-z0-9_-]{43};/);
		for (const attribute of [/; Secure/, /; HttpOnly/, /; SameSite=(Lax|Strict)/, /; Path=\/(;|$)/])
			assert.match(cookie, attribute);
		assert.doesNotMatch(cookie, /Domain=/i);
		assert.equal(await authenticated(client), true);
	} finally {
		await https.close();
	}
});

test('B8: after a logout not one of 1000 racing requests gets in', async (t) => {
	let late = 0, total = 0;
	const agent = new http.Agent({ keepAlive: true, maxSockets: 40 });
	while (total < 1000) {
		const visitor = await signup(rig, {}, rig.client({ agent }));
		const headers = { cookie: visitor.cookie };
		let out = false;
		const results = [];
		const racing = Promise.all(Array.from({ length: 20 }, async () => {
			for (let i = 0; i < 5; i++) {
				const after = out;
				const answer = await visitor.get('/api/session', { headers });
				results.push([after, answer.json.authenticated]);
			}
		}));
		const bye = await visitor.post('/api/logout');
		out = true;
		assert.equal(bye.status, 204);
		await racing;
		for (let i = 0; i < 30; i++) {
			const answer = await visitor.get('/api/session', { headers });
			results.push([true, answer.json.authenticated]);
		}
		late += results.filter(([after, yes]) => after && yes).length;
		total += results.length;
	}
	agent.destroy();
	assert.equal(late, 0);
	t.diagnostic(`B8: ${total} requests raced with logouts, ${late} got in after (figure: 0)`);
});

test('B8: logging out ends this session only, and twice is fine', async () => {
	const visitor = await signup(rig);
	const other = rig.client();
	await other.post('/api/login', { email: visitor.email, password: PASSWORD });
	const { cookie } = visitor;
	assert.equal((await visitor.post('/api/logout')).status, 204);
	assert.equal(visitor.cookies.has('endpin'), false);
	assert.equal((await rig.client().post('/api/logout', {}, { headers: { cookie } })).status, 204);
	assert.equal(await authenticated(other), true);
});

test('browsers are told to use https only where the operator says so and there is https', async () => {
	const strict = { 'server.hsts_days': 30, 'courier.processes': 0 };
	const told = async (set) => {
		const own = await openRig({ name: 'hsts', sandbox: false, set });
		try {
			return (await own.client().get('/login')).headers;
		} finally {
			await own.close();
		}
	};
	const https = 'https://app.example.test';
	assert.equal((await told({ 'server.public_origin': https, 'courier.processes': 0 }))['strict-transport-security'], undefined);
	assert.equal((await told(strict))['strict-transport-security'], undefined);
	const whole = await told({ ...strict, 'server.public_origin': https, 'server.hsts_subdomains': 'yes', 'server.csp_style': "'unsafe-inline'" });
	assert.equal(whole['strict-transport-security'], 'max-age=2592000; includeSubDomains');
	assert.match(whole['content-security-policy'], /style-src 'self' \S+ 'unsafe-inline';/);
	assert.equal((await told({ ...strict, 'server.public_origin': https }))['strict-transport-security'], 'max-age=2592000');
});
