// SPDX-License-Identifier: MIT
//
// The MCP server: the official clients of both eras over both transports, who may ask, what is never told, and what is no request.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connectCello } from '../rig/cello.mjs';
import { callMcp, connectMcp, ERAS, mcpToken } from '../rig/mcp.mjs';
import { NOBODY } from '../rig/process.mjs';
import { ask, openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

const TOOLS = ['integration_status', 'events', 'explain', 'recommendations', 'program_metrics', 'referrers', 'top_referrers', 'docs'];
const PROMPTS = ['integration_working', 'verify_setup', 'rewards_not_triggered', 'webhooks_received', 'signups_not_attributed', 'webhook_events_needed',
	'improve_program', 'add_user_referrals'];
let rig, token, referred;

before(async () => {
	rig = await openRig({ name: 'mcp', set: { 'courier.poll': 1, 'plan solo.trial_days': 0 } });
	await connectCello(rig);
	referred = await signup(rig, { ucc: UCC });
	await subscribe(rig, referred);
	await quiet(rig);
	token = await mcpToken(rig);
});
after(() => rig?.close());

const META = (version = ERAS[0]) => ({ 'io.modelcontextprotocol/protocolVersion': version, 'io.modelcontextprotocol/clientCapabilities': {} });
const HEADERS = (method, name, version = ERAS[0]) => ({ 'mcp-protocol-version': version, 'mcp-method': method, ...name && { 'mcp-name': name } });
const request = (method, params = {}, more = {}) => ({ jsonrpc: '2.0', id: 1, method, params, ...more });
const modern = (method, params = {}) => request(method, { ...params, _meta: META() });

const post = (body, headers = {}, bearer = token) => ask(`${rig.site}/mcp`, {
	method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body),
	headers: { 'content-type': 'application/json', ...bearer && { authorization: `Bearer ${bearer}` }, ...headers }
});

// Lines go in, what comes out comes back once it has ended.
function pipe(lines, ...more) {
	const child = spawn(join(rig.stage.bin, 'endpin'), ['-c', rig.conf, 'mcp', ...more], { ...NOBODY, stdio: ['pipe', 'pipe', 'inherit'] });
	let out = '';
	child.stdout.on('data', (chunk) => { out += chunk; });
	child.stdin.on('error', () => {});
	child.stdin.end(lines.map((l) => `${typeof l === 'string' ? l : JSON.stringify(l)}\n`).join(''));
	return new Promise((done, fail) => {
		child.once('error', fail);
		child.once('close', (code) => code === 0 ? done(out.split('\n').filter(Boolean).map((l) => JSON.parse(l))) : fail(new Error(`ended with ${code}`)));
	});
}

// How the fields stand that Cello needs, by the official client.
const HEALTHY = { 'metadata.cello_ucc': 'ok', 'metadata.new_user_id': 'ok', email: 'ok' };
const stateOf = (event) => Object.fromEntries(event.fields.map((f) => [f.name, f.status]));

for (const era of ERAS)
	for (const transport of ['HTTP', 'stdio'])
		test(`the official client of ${era} over ${transport}: every tool and every prompt`, async (t) => {
			const client = await connectMcp(rig, { era, token: transport === 'HTTP' ? token : undefined });
			t.after(() => client.close());
			assert.equal(client.getServerVersion().name, 'endpin');
			assert.match(client.getInstructions(), /All tools only look/);
			const { tools } = await client.listTools();
			assert.deepEqual(tools.map(({ name }) => name), TOOLS);
			for (const { annotations, inputSchema, outputSchema } of tools) {
				assert.deepEqual({ ...annotations, openWorldHint: 0 }, { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: 0 });
				assert.equal(inputSchema.additionalProperties, false);
				assert.equal(outputSchema.additionalProperties, false);
			}
			// The client holds each answer against the tool's outputSchema.
			const status = await callMcp(client, 'integration_status');
			assert.deepEqual(status.components.map((c) => [c.name, c.connectionStatus]).slice(2), [['signups', 'connected'], ['purchases', 'connected']]);
			assert.equal(status.asked, transport === 'stdio');
			assert.equal((await callMcp(client, 'integration_status', { offline: true })).asked, false);
			const { events } = await callMcp(client, 'events', { type: 'invoice.paid', limit: 5 });
			assert.deepEqual(events.map((e) => [e.type, e.errand, e.cello, stateOf(e)]), [['invoice.paid', 'done', 'purchase', HEALTHY]]);
			const why = await callMcp(client, 'explain', { who: referred.email });
			assert.deepEqual([why.account.id, why.referral.ucc, why.inTheWay], [referred.account.id, UCC, false]);
			assert.ok(why.timeline.length > 3);
			const short = await callMcp(client, 'explain', { who: referred.account.id, moments: 1 });
			assert.deepEqual([short.timeline.length, short.earlier], [1, why.timeline.length - 1]);
			assert.ok((await callMcp(client, 'recommendations')).tasks.length > 5);
			const metrics = await callMcp(client, 'program_metrics', { by: 'plan', weeks: 1 });
			assert.deepEqual([metrics.by, metrics.referred.signups, metrics.referred.paid, metrics.others.signups], ['plan', 1, 1, 0]);
			assert.equal((await callMcp(client, 'program_metrics')).by, 'month');
			for (const [tool, args] of [['referrers', { who: UCC }], ['referrers', { order: 'signups', weeks: 52 }], ['top_referrers', {}]]) {
				const { all, referrers: [who] } = await callMcp(client, tool, args);
				assert.deepEqual([all, who.ucc, who.signups, who.paid, who.money[0].currency], [1, UCC, 1, 1, 'usd'], tool);
				assert.ok(who.money[0].came > 0 && who.money[0].yearly > 0);
			}
			assert.deepEqual((await callMcp(client, 'top_referrers', { page: 2 })).referrers, []);
			assert.deepEqual((await callMcp(client, 'referrers', { who: 'nobody@example.com' })).referrers, []);
			const { guides } = await callMcp(client, 'docs');
			assert.ok(guides.some(({ name }) => name === 'operate.md') && guides.some(({ name }) => name.startsWith('guide/')));
			const { prompts } = await client.listPrompts();
			assert.deepEqual(prompts.map(({ name }) => name), PROMPTS);
			for (const { name } of prompts) {
				const { messages: [{ role, content }] } = await client.getPrompt({ name });
				assert.equal(role, 'user');
				assert.ok(!content.text.includes('{}') && content.text.length > 100, name);
			}
			const { messages } = await client.getPrompt({ name: 'rewards_not_triggered', arguments: { who: 'cus_123' } });
			assert.match(messages[0].content.text, /call explain for cus_123\./);
		});

test('a client that would rather have the new version, and one that only has an old one', async (t) => {
	const [[probe], init] = await Promise.all([pipe([modern('server/discover')]),
		pipe([request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } }),
			{ jsonrpc: '2.0', method: 'notifications/initialized' }, request('ping', undefined, { id: 'second' })])]);
	assert.deepEqual(probe.result.supportedVersions, ['2026-07-28', '2025-11-25', '2025-06-18']);
	assert.equal(probe.result.resultType, 'complete');
	assert.deepEqual([probe.result.ttlMs, probe.result.cacheScope], [300000, 'public']);
	assert.equal(probe.result._meta['io.modelcontextprotocol/serverInfo'].name, 'endpin');
	assert.equal(init[0].result.protocolVersion, '2025-06-18');
	assert.deepEqual(init[1], { jsonrpc: '2.0', id: 'second', result: {} });
	assert.equal(init.length, 2, 'a notification is not answered');
	const unknown = await pipe([request('initialize', { protocolVersion: '2024-11-05', capabilities: {} })]);
	assert.equal(unknown[0].result.protocolVersion, '2025-11-25');
});

test('the guides are found and read, and no other file is', async (t) => {
	const client = await connectMcp(rig, { token });
	t.after(() => client.close());
	const { guides, results } = await callMcp(client, 'docs', { search: 'retention_days event_days delete events' });
	assert.deepEqual(guides.map(({ name }) => name), [...guides.map(({ name }) => name)].sort());
	assert.equal(guides.length, [join(rig.stage.dir, 'doc'), join(rig.stage.dir, 'doc', 'guide')]
		.flatMap((dir) => readdirSync(dir)).filter((name) => /\.(md|yaml)$/.test(name)).length);
	assert.ok(results.length > 0 && results.length <= 8);
	const [best] = results;
	let text = '', from = best.line;
	const page = (await callMcp(client, 'docs', { read: best.name, from })).document;
	assert.ok(page.text.split('\n')[0].includes(best.title), `${page.text.slice(0, 80)} | ${best.title}`);
	// From the first line to the last, page by page.
	for (from = 1; from !== null;) {
		const { document } = await callMcp(client, 'docs', { read: 'openapi.yaml', from });
		text += document.text;
		from = document.next;
	}
	assert.match(text, /^# SPDX[^]*\n {2}\/mcp:[^]*\n$/);
	// What people may be told, they are told as it is.
	assert.ok(!text.includes('***'));
	for (const read of ['../etc/endpin.conf.example', '/etc/passwd', 'guide/../../../../etc/passwd', 'endpin.1', '.', 'guide'])
		await assert.rejects(callMcp(client, 'docs', { read }), /no such guide/);
	assert.deepEqual((await callMcp(client, 'docs', { search: 'xylophonic' })).results, []);
});

test('addresses are masked unless the token or the command allows them, and no secret is told', async (t) => {
	const open = await mcpToken(rig, '--addresses');
	const [local, domain] = referred.email.split('@');
	const masked = `${local[0]}***@${domain}`;
	const ask = async (how) => {
		const client = await connectMcp(rig, how);
		t.after(() => client.close());
		return client.callTool({ name: 'explain', arguments: { who: referred.email } });
	};
	for (const how of [{ token }, {}]) {
		const answer = await ask(how);
		assert.equal(answer.structuredContent.account.email, masked);
		assert.ok(!JSON.stringify(answer).includes(referred.email));
	}
	for (const how of [{ token: open }, { more: ['--addresses'] }])
		assert.equal((await ask(how)).structuredContent.account.email, referred.email);
	const client = await connectMcp(rig, { token: open });
	t.after(() => client.close());
	const all = JSON.stringify([await callMcp(client, 'integration_status'), await callMcp(client, 'events', { limit: 100 }),
		await callMcp(client, 'explain', { who: referred.email }), await callMcp(client, 'recommendations'), await callMcp(client, 'program_metrics'),
		await callMcp(client, 'referrers')]);
	for (const secret of [...Object.values(rig.secrets).filter((s) => typeof s === 'string'), token, open])
		assert.ok(!all.includes(secret));
});

test('however much is asked at once and however long it takes, members are answered', async () => {
	const other = await rig.cluster.connect(rig.database), count = () => rig.workers('web').length;
	try {
		await other.query('BEGIN');
		await other.query('LOCK TABLE stripe_event IN ACCESS EXCLUSIVE MODE');
		let over = 0;
		const asked = Array.from({ length: 3 * count() }, () =>
			post(request('tools/call', { name: 'events', arguments: {} })).finally(() => over++));
		await waitFor('one that waits', async () => over > 0 &&
			await rig.value("SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0);
		for (let i = 0; i < 5; i++)
			assert.equal((await referred.get('/auth')).status, 204);
		await other.query('COMMIT');
		const answers = (await Promise.all(asked)).map(({ json }) => json.result);
		// Who was let in waits for the lock, and is told so if that takes too long.
		const busy = answers.filter((a) => a.isError && /ask again in a second/.test(a.content[0].text));
		assert.ok(busy.length > 0 && busy.length < answers.length, `${busy.length} of ${answers.length}`);
		assert.equal(rig.log().filter((l) => l.event === 'mcp_busy').length, busy.length);
	} finally {
		await other.end();
	}
	assert.equal((await post(request('tools/call', { name: 'events', arguments: {} }))).json.result.isError, false);
});

test('a worker that is asked reads no secret that is not its own', async () => {
	const key = rig.secrets.files['stripe.secret_key_file'], away = `${key}.away`, from = rig.log().length;
	const ask = async (name) => (await post(request('tools/call', { name, arguments: {} }))).json.result;
	renameSync(key, away);
	try {
		const { components, surroundings } = (await ask('integration_status')).structuredContent;
		assert.ok(![...components, ...surroundings].flatMap((s) => s.findings).some((f) => f.cause === 'key_missing'));
		assert.match(surroundings[0].evidence, /Stripe's key is of test mode/);
		assert.equal((await ask('recommendations')).isError, false);
	} finally {
		renameSync(away, key);
	}
	assert.deepEqual(rig.log().slice(from).filter((l) => l.msg?.includes('secret_key_file')), []);
});

test('of each signup and purchase: which fields that Cello needs are there, missing or malformed', async (t) => {
	const client = await connectMcp(rig, { era: ERAS[0], token });
	t.after(() => client.close());
	const who = await signup(rig, { ucc: UCC });
	await subscribe(rig, who);
	await quiet(rig);
	const customer = await customerOf(rig, who.account);
	const change = async (form) => {
		await askStripe(rig, 'POST', `/customers/${customer}`, form);
		await quiet(rig);
	};
	const newest = async (wish) => (await callMcp(client, 'events', { ...wish, limit: 1 })).events[0];
	const signupOf = () => newest({ object: customer });

	assert.deepEqual([(await signupOf()).cello, stateOf(await signupOf())], ['signup', HEALTHY]);
	assert.ok((await signupOf()).fields.every((f) => f.says === null));
	await change({ 'metadata[cello_ucc]': 'short', 'metadata[new_user_id]': '', email: '' });
	const broken = { 'metadata.cello_ucc': 'malformed', 'metadata.new_user_id': 'missing', email: 'missing' };
	await waitFor('it to be read', async () => stateOf(await signupOf()).email === 'missing');
	assert.deepEqual(stateOf(await signupOf()), broken);
	// What explain says is what is said here; and a purchase goes by the customer, too.
	const { findings } = await callMcp(client, 'explain', { who: customer });
	for (const { name, says } of (await signupOf()).fields)
		assert.ok(findings.some((f) => f.field === name && f.says === says), `${name}: ${says}`);
	const { latest_invoice: invoice } = (await rig.control('GET', '/objects/subscriptions')).find((s) => s.customer === customer);
	const paid = await newest({ object: invoice, type: 'invoice.paid' });
	assert.deepEqual([paid.cello, stateOf(paid)], ['purchase', broken]);
	await change({ 'metadata[cello_ucc]': '', 'metadata[new_user_id]': referred.account.id });
	await waitFor('it to be read', async () => stateOf(await signupOf())['metadata.cello_ucc'] === 'missing');
	assert.equal(stateOf(await signupOf())['metadata.new_user_id'], 'malformed');
	// Of what Cello takes for neither, and of a customer that is nobody's, nothing is said.
	const page = await newest({ type: 'checkout.session.completed' });
	assert.deepEqual([page.cello, page.fields], [null, []]);
	const { id: stranger } = await askStripe(rig, 'POST', '/customers', { email: 'stranger@example.com' });
	const told = await waitFor('the event', () => newest({ object: stranger }));
	assert.deepEqual([told.cello, told.fields], ['signup', []]);
});

test('who may ask: a good key of the right kind, from no other site', async (t) => {
	const ping = request('ping');
	assert.deepEqual((await post(ping)).json, { jsonrpc: '2.0', id: 1, result: {} });
	for (const bearer of ['', 'ek_x', `${token}x`]) {
		const answer = await post(ping, {}, bearer);
		assert.deepEqual([answer.status, answer.headers['www-authenticate']], [401, 'Bearer']);
	}
	for (const scheme of ['bearer', 'BEARER'])
		assert.equal((await post(ping, { authorization: `${scheme} ${token}` }, '')).status, 200, scheme);
	assert.equal((await referred.post('/mcp', ping)).status, 401, 'a browser\'s session is nobody here');
	// A key of the back end asks nothing here, and a token nothing there.
	const server = (await rig.endpin('keys', 'create', 'crm')).trim();
	const wrong = await post(ping, {}, server);
	assert.deepEqual([wrong.status, wrong.json.code, wrong.headers['www-authenticate']], [403, 'forbidden', 'Bearer error="insufficient_scope"']);
	assert.equal((await rig.client().post('/api/server/demo', { email: referred.email }, { headers: { authorization: `Bearer ${token}` } })).status, 403);
	assert.notEqual((await rig.client().post('/api/server/demo', { email: referred.email }, { headers: { authorization: `Bearer ${server}` } })).status, 403);
	for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { origin: rig.origin, 'sec-fetch-site': 'cross-site' }])
		assert.equal((await post(ping, headers)).status, 403, JSON.stringify(headers));
	assert.equal((await post(ping, { origin: rig.origin })).status, 200);
	for (const method of ['GET', 'DELETE', 'PUT']) {
		const answer = await ask(`${rig.site}/mcp`, { method, headers: { authorization: `Bearer ${token}` } });
		assert.deepEqual([answer.status, answer.headers.allow], [405, 'POST'], method);
	}
	// Hashed at rest, listed, and taken back.
	assert.equal(await rig.value('SELECT count(*)::int FROM api_key WHERE digest LIKE $1', [`%${token.slice(3)}%`]), 0);
	const gone = await mcpToken(rig);
	const id = await rig.value('SELECT id FROM api_key ORDER BY created_at DESC LIMIT 1');
	const list = await rig.endpin('keys', 'list');
	assert.match(list, new RegExp(`${id} +tests +mcp +`));
	assert.match(list, / tests +mcp addresses +/);
	assert.match(list, / crm +server +/);
	assert.equal((await post(ping, {}, gone)).status, 200);
	await rig.endpin('keys', 'revoke', id);
	assert.equal((await post(ping, {}, gone)).status, 401);
	await assert.rejects(rig.endpin('mcp', 'token'), (e) => e.code === 2);
	await assert.rejects(rig.endpin('mcp', 'serve'), (e) => e.code === 2);
});

test('who asked what is in the log', async () => {
	const id = await rig.value("SELECT id FROM api_key WHERE scopes = '{mcp}' ORDER BY created_at LIMIT 1");
	await post(request('tools/call', { name: 'events', arguments: {} }));
	assert.ok(rig.log().some((l) => l.event === 'mcp_asked' && l.msg === `key ${id} asked events`));
});

test('of the new version, headers say what the body says', async () => {
	const call = modern('tools/call', { name: 'events', arguments: {} });
	assert.equal((await post(call, HEADERS('tools/call', 'events'))).status, 200);
	assert.equal((await post(call, { ...HEADERS('tools/call', `=?base64?${Buffer.from('events').toString('base64')}?=`), 'mcp-session-id': 'x', 'last-event-id': '7' })).status, 200);
	for (const headers of [{}, { ...HEADERS('tools/call', 'events'), 'mcp-protocol-version': '2025-11-25' }, HEADERS('tools/list', 'events'),
		HEADERS('tools/call', 'explain'), HEADERS('tools/call'), HEADERS('tools/call', '=?base64?eA==?=')]) {
		const answer = await post(call, headers);
		assert.deepEqual([answer.status, answer.json.error.code, answer.json.id], [400, -32020, 1], JSON.stringify(headers));
	}
	// A version in the header only, whichever it is.
	for (const version of ['2026-07-28', '1999-01-01']) {
		const answer = await post(request('tools/list'), { 'mcp-protocol-version': version });
		assert.deepEqual([answer.status, answer.json.error.code], [400, -32020]);
	}
	assert.equal((await post(request('tools/list'), { 'mcp-protocol-version': '2025-06-18' })).status, 200);
	const unknown = await post(request('tools/list', { _meta: META('2099-01-01') }), HEADERS('tools/list', undefined, '2099-01-01'));
	assert.deepEqual([unknown.status, unknown.json.error.code, unknown.json.error.data],
		[400, -32022, { supported: ['2026-07-28', '2025-11-25', '2025-06-18'], requested: '2099-01-01' }]);
	const nothing = await post(modern('resources/list'), HEADERS('resources/list'));
	assert.deepEqual([nothing.status, nothing.json.error.code], [404, -32601]);
	for (const removed of ['ping', 'initialize', 'logging/setLevel', 'subscriptions/listen'])
		assert.equal((await post(modern(removed), HEADERS(removed))).status, 404, removed);
	const bare = await post(request('tools/list', { _meta: { 'io.modelcontextprotocol/protocolVersion': ERAS[0] } }), HEADERS('tools/list'));
	assert.deepEqual([bare.status, bare.json.error.code], [400, -32602]);
	// Of before: the error is in the answer, which is one.
	const old = await post(request('resources/list'));
	assert.deepEqual([old.status, old.json.error.code], [200, -32601]);
	assert.deepEqual([(await post({ jsonrpc: '2.0', method: 'notifications/initialized' })).status, (await post({ jsonrpc: '2.0', id: 4, result: {} })).status], [202, 202]);
	const listed = (await post(modern('tools/list'), HEADERS('tools/list'))).json.result;
	assert.deepEqual([listed.resultType, listed.cacheScope], ['complete', 'public']);
	assert.ok(!('resultType' in (await post(request('tools/list'))).json.result));
});

test('hostile messages are refused, and the next one is answered', async () => {
	const deep = `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`;
	for (const [body, status] of [['', 415], ['{', 400], ['[]', 400], [JSON.stringify([request('ping')]), 400], ['"ping"', 400], ['{"id":1,"id":2}', 400], [deep, 400],
		['{"jsonrpc":"2.0","id":1,"method":"ping\\u0000"}', 400], [JSON.stringify({ ...request('ping'), pad: 'x'.repeat(20000) }), 413],
		[JSON.stringify(request('ping', undefined, { jsonrpc: '1.0' })), 400], [JSON.stringify(request('ping', [])), 400],
		[JSON.stringify(request('ping', undefined, { id: 1.5 })), 400], [JSON.stringify(request('ping', undefined, { id: {} })), 400], ['{"jsonrpc":"2.0","id":1}', 400],
		[JSON.stringify(request(7)), 400]]) {
		const answer = await post(body, body === '' ? { 'content-type': 'text/plain' } : {});
		assert.ok(answer.status === status || (body === '' && answer.status === 400), `${body.slice(0, 60)}: ${answer.status} ${answer.text}`);
	}
	assert.equal((await post(JSON.stringify(request('ping')), { 'content-type': 'text/plain' })).status, 415);
	const out = await pipe(['{', '[]', deep, JSON.stringify({ ...request('ping'), pad: 'x'.repeat(100000) }), '', '   ', '\u0000', 'null', request('ping'),
		request('tools/call', { name: 'nothing' }), request('tools/call'), request('tools/call', { name: 'events', arguments: [] }), request('prompts/get', { name: 'x' }),
		request('prompts/get', { name: 'add_user_referrals', arguments: { product: 'x'.repeat(1001) } }), request('nothing')]);
	assert.deepEqual(out.map((m) => m.error?.code ?? m.result), [-32700, -32600, -32700, -32700, -32700, -32700, {}, -32602, -32602, -32602, -32602, -32602, -32601]);
	for (const m of out.slice(0, 6))
		assert.equal(m.id, null);
});

test('arguments that do not fit are said to the model, which can mend them', async (t) => {
	const client = await connectMcp(rig, { token });
	t.after(() => client.close());
	const fails = (name, args, pattern) => client.callTool({ name, arguments: args }).then((answer) => {
		assert.equal(answer.isError, true, JSON.stringify(args));
		assert.match(answer.content[0].text, pattern);
	});
	await fails('explain', {}, /^who has to be a text of 1 to 255 bytes$/);
	await fails('explain', { who: 7 }, /^who has to be/);
	await fails('explain', { who: 'x'.repeat(256) }, /^who has to be/);
	await fails('explain', { who: 'nobody@example.com' }, /^nobody here has this/);
	await fails('explain', { who: "'; DROP TABLE account; --" }, /^nobody here has this/);
	await fails('explain', { who: 'x', sql: 'y' }, /^there is no argument of this name: sql$/);
	await fails('events', { limit: 101 }, /^limit has to be a whole number from 1 to 100$/);
	await fails('events', { limit: '5' }, /^limit has to be/);
	await fails('events', { sinceHours: 0 }, /^sinceHours has to be/);
	for (const order of ['best', 'paid; DROP TABLE account'])
		await fails('referrers', { order }, /^order has to be one of paid\|/);
	for (const order of ['paid', 'signups', 'trials', 'views', 'came', 'yearly'])
		await callMcp(client, 'referrers', { order });
	await fails('top_referrers', { page: 0 }, /^page has to be/);
	await fails('program_metrics', { by: 'day' }, /^by has to be one of week/);
	await fails('integration_status', { offline: 'yes' }, /^offline has to be true or false$/);
	assert.deepEqual((await callMcp(client, 'events', { type: 'no.such' })).events, []);
});

test('a database that is away is said, and the server goes on', async (t) => {
	const client = await connectMcp(rig, { words: ['--set', 'database.conninfo=host=/nowhere'] });
	t.after(() => client.close());
	for (let i = 0; i < 2; i++) {
		const answer = await client.callTool({ name: 'events', arguments: {} });
		assert.deepEqual([answer.isError, /could not be looked up/.test(answer.content[0].text)], [true, true]);
	}
});
