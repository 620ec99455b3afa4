// SPDX-License-Identifier: MIT
//
// endpin doctor: one thing is broken and that thing is named, at the component that it breaks; what is healthy, or only quiet, gives no alarm.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { userInfo } from 'node:os';
import { after, afterEach, before, test } from 'node:test';
import { connectCello } from '../rig/cello.mjs';
import { writeSecret } from '../rig/files.mjs';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, newEmail, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

const PARTS = ['component', 'attribution', 'signups', 'purchases'];
let rig, pages, pagesUrl;
const html = new Map();

before(async () => {
	rig = await openRig({ name: 'doctor', set: { 'courier.poll': 1, 'plan solo.trial_days': 0 } });
	pages = createServer((req, res) => {
		const page = html.get(req.url);
		if (req.url.startsWith('/late/'))
			res.setHeader('date', new Date(Date.now() - 600_000).toUTCString());
		res.writeHead(typeof page === 'number' ? page : 200, { 'content-type': 'text/html' });
		res.end(typeof page === 'string' ? page : '');
	}).listen(0, '127.0.0.1');
	await new Promise((done) => pages.once('listening', done));
	pagesUrl = `http://127.0.0.1:${pages.address().port}`;
});
after(async () => {
	pages?.close();
	await rig?.close();
});
afterEach(() => rig?.control('DELETE', '/faults'));

const stripe = (...args) => askStripe(rig, ...args);
const told = (customer, changes) => stripe('POST', `/customers/${customer}`,
	Object.fromEntries(Object.entries(changes).map(([name, value]) => [`metadata[${name}]`, value])));

// What it says; the words come before the command.
async function doctor(...words) {
	try {
		return JSON.parse(await rig.endpin(...words, 'doctor', '--json'));
	} catch (e) {
		if (e.code !== 1 || !e.out)
			throw e;
		const report = JSON.parse(e.out);
		assert.ok(report.wrong > 0, 'the exit status says that something is wrong');
		return report;
	}
}

const setting = (changes) => Object.entries(changes).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
const all = (report) => [...report.components, ...report.surroundings];
const part = (report, name) => all(report).find((c) => c.name === name);
const status = (report) => PARTS.map((name) => part(report, name).connectionStatus);
// "signups ucc_missing" of each that is wrong or a warning.
const alarms = (report, ...kinds) => all(report).flatMap((c) => c.findings.filter((f) => (kinds.length ? kinds : ['wrong', 'warning']).includes(f.kind))
	.map((f) => `${c.name} ${f.cause}`));
const finding = (report, cause) => {
	const found = all(report).flatMap((c) => c.findings).find((f) => f.cause === cause);
	assert.ok(found, `${cause}: ${JSON.stringify(all(report).map((c) => c.findings), null, 1)}`);
	assert.ok(found.says.length > 20 && found.fix.length > 6, JSON.stringify(found));
	return found;
};
const next = (report) => report.steps.find((s) => s.state === 'next')?.name;
const back = (table, column, by, where = 'true') => rig.sql(`UPDATE ${table} SET ${column} = ${column} - $1::interval WHERE ${where}`, [by]);
const boots = (client, how = {}) => client.post('/api/cello/boot', how).then((a) => assert.equal(a.status, 204, a.text));
// Each worker writes a thing down once a minute: so it is said by the database here.
const sight = (outcome, ago = '0 s') => rig.sql(`INSERT INTO component_sight VALUES ($1, now() - $2::interval)
	ON CONFLICT (outcome) DO UPDATE SET seen_at = excluded.seen_at`, [outcome, ago]);
const forget = (...outcomes) => rig.sql('DELETE FROM component_sight WHERE outcome = ANY ($1)', [outcomes]);

test('a fresh install: nothing is broken, and the steps say what is next', async () => {
	let report = await doctor();
	// What is not there yet is a step like others.
	assert.deepEqual(alarms(report), []);
	assert.equal(finding(report, 'cello_endpoint').kind, 'wait');
	assert.deepEqual(status(report), PARTS.map(() => 'notConnected'));
	assert.deepEqual(report.steps.map((s) => s.state), ['done', 'next', ...Array(6).fill('later')]);
	await connectCello(rig);
	report = await doctor();
	assert.deepEqual(alarms(report), []);
	assert.deepEqual(alarms(report, 'wait').sort(), ['attribution no_code', 'component no_member', 'purchases no_purchase', 'signups no_referred']);
	assert.equal(next(report), 'webhook');
	const text = await rig.endpin('doctor');
	assert.match(text, /^Integration health: 0\/4 connected/);
	assert.match(text, /^Next: "endpin stripe endpoint create"/m);
});

test('each step in its turn, up to the launch', async () => {
	await stripe('POST', '/customers', { email: 'somebody@example.com' });
	await quiet(rig);
	assert.equal(next(await doctor()), 'component');
	const referrer = await signup(rig);
	assert.equal((await referrer.get('/api/cello/token')).status, 200);
	await boots(referrer);
	assert.equal(next(await doctor()), 'attribution');
	const referred = await signup(rig, { ucc: UCC });
	await customerOf(rig, referred.account);
	await quiet(rig);
	assert.equal(next(await doctor()), 'purchase');
	await subscribe(rig, referred);
	await quiet(rig);
	const report = await doctor();
	assert.deepEqual(alarms(report), []);
	assert.deepEqual(status(report), PARTS.map(() => 'connected'));
	assert.equal(next(report), 'launch');
	assert.equal(report.connected, 4);
	for (const c of report.components.slice(0, 4))
		assert.match(c.lastSeen, /^\d{4}-.*Z$/);
	for (const name of ['signups', 'purchases'])
		assert.match(part(report, name).sourceHow, /source to Stripe Webhook in Cello's portal/);
	const steps = await rig.endpin('doctor', '--steps');
	assert.match(steps, /^done {3}purchase .*\nnext {3}launch/m);
	// Nobody is asked, and the rows say the same.
	await rig.control('DELETE', '/requests');
	const offline = JSON.parse(await rig.endpin('doctor', '--json', '--offline'));
	assert.deepEqual(status(offline), PARTS.map(() => 'connected'));
	assert.deepEqual(await rig.control('GET', '/requests'), []);
});

test('a quiet week is quiet, not broken', async () => {
	for (const [table, column] of [['referral', 'created_at'], ['component_sight', 'seen_at'], ['ledger_entry', 'booked_at'], ['session', 'used_at'],
		['account', 'created_at'], ['customer', 'told_at']])
		await back(table, column, '7 days');
	const report = await doctor();
	assert.deepEqual(alarms(report), []);
	assert.deepEqual(status(report), PARTS.map(() => 'connected'));
	assert.deepEqual(alarms(report, 'wait'), PARTS.map((name) => `${name} quiet`));
});

test('before the launch: Cello is production, Stripe in test mode', async () => {
	const report = await doctor('--set', 'cello.environment=production');
	assert.deepEqual(alarms(report), []);
	assert.equal(finding(report, 'before_launch').kind, 'wait');
});

for (const [what, error, cause] of [
	['script, product id and secret of two environments', 'Error 1200: Invalid Tenant', 'invalid_tenant'],
	['a product secret that was rolled', 'Error 1100: Invalid JWT token', 'invalid_token'],
	['a product id of somebody else', '[Cello]: "User is not authorized to load the widget"', 'unauthorized'],
	['a script by http', "[Cello]: Cannot read properties of null (reading '__H')", 'insecure_script'],
	['a policy or a blocker that holds the script back', 'cello.js could not be loaded', 'script_blocked'],
	['Cello does not answer browsers', 'Cello is too slow', 'too_slow'],
	['who knows', 'Something else altogether', 'boot_failed']
])
	test(`the component does not boot: ${what}`, async () => {
		await forget('booted');
		const client = await signup(rig);
		await boots(client, { error });
		const failed = await doctor();
		finding(failed, cause);
		assert.equal(part(failed, 'component').connectionStatus, 'notConnected');
		assert.equal(next(failed), 'component');
		// It booted before: somebody's blocker is a warning, what Cello refuses is for everybody.
		await sight('booted', '1 hour');
		const since = await doctor();
		assert.equal(finding(since, cause).kind, ['script_blocked', 'too_slow'].includes(cause) ? 'warning' : 'wrong');
		// And it boots again.
		await sight(cause, '1 minute');
		await sight('booted');
		assert.deepEqual(alarms(await doctor()).filter((a) => a.startsWith('component')), []);
		await forget(cause);
	});

test('tokens are given out, and no page says that it booted', async () => {
	await sight('token', '5 minutes');
	await forget('booted');
	const report = await doctor();
	finding(report, 'never_booted');
	assert.equal(part(report, 'component').connectionStatus, 'notConnected');
	// Pages of others need not say so.
	assert.equal(part(await doctor('--set', 'server.pages=no'), 'component').connectionStatus, 'connectedWithWarnings');
	await sight('booted', '30 hours');
	finding(await doctor(), 'never_booted');
	await sight('booted');
});

test('members, and no page that asks for a token', async () => {
	await forget('token', 'booted');
	for (let i = 0; i < 5; i++)
		await signup(rig);
	assert.equal(finding(await doctor(), 'no_token').kind, 'wrong');
	await sight('token');
	await sight('booted');
});

test('Cello is switched off; its secret is not there, or is one of Stripe\'s', async () => {
	assert.deepEqual(alarms(await doctor('--set', 'cello.enabled=no')).filter((a) => a.startsWith('component')), ['component cello_off']);
	// With access keys that nobody uses then, too.
	const keys = setting({ 'cello.enabled': 'no', 'cello.access_key_id': 'key_tests', 'cello.secret_access_key_file': rig.secrets.accessKeyFile });
	assert.deepEqual(alarms(await doctor(...keys)).filter((a) => a.startsWith('component')), ['component cello_off']);
	const gone = await doctor('--set', 'cello.product_secret_file=/nowhere/secret');
	finding(gone, 'secret_missing');
	assert.equal(next(gone), 'keys');
	const odd = writeSecret(`${rig.dir}/odd_secret`, 'whsec_of_somebody\n');
	finding(await doctor('--set', `cello.product_secret_file=${odd}`), 'secret_swapped');
});

test('links that stopped bringing a code are told from few visitors', async () => {
	// 4 of 8 by a link before; then 4 without, which chance may do; then 20, which it does not.
	await rig.sql('DELETE FROM referral WHERE account_id NOT IN (SELECT account_id FROM customer WHERE account_id IS NOT NULL)');
	const make = async (count, referred, ago) => {
		for (let i = 0; i < count; i++) {
			const [{ id }] = await rig.sql(`INSERT INTO account (id, email, password_hash, created_at) VALUES (gen_random_uuid(), $1, '', now() - $2::interval)
				RETURNING id`, [newEmail(), ago]);
			if (i >= count - referred)
				await rig.sql("INSERT INTO referral (account_id, ucc, source, created_at) VALUES ($1, $2, 'form', now() - $3::interval)", [id, UCC, ago]);
		}
	};
	await rig.sql("UPDATE account SET created_at = now() - interval '10 days'");
	await rig.sql("UPDATE referral SET created_at = now() - interval '10 days'");
	await make(30, 20, '9 days');
	await make(4, 0, '3 days');
	assert.ok(!alarms(await doctor(), 'wrong', 'warning').includes('attribution codes_stopped'));
	await make(20, 0, '2 days');
	const report = await doctor();
	assert.match(finding(report, 'codes_stopped').says, /of the 24 since then/);
	assert.equal(part(report, 'attribution').connectionStatus, 'connectedWithWarnings');
	await rig.sql("DELETE FROM referral WHERE created_at > now() - interval '9 days 1 hour' AND created_at < now() - interval '8 days'");
	await rig.sql("DELETE FROM account WHERE password_hash = ''");
});

test('customers at Stripe that say nothing, or nonsense', async () => {
	const who = [];
	for (let i = 0; i < 3; i++)
		who.push(await signup(rig, { ucc: UCC }));
	const customers = [];
	for (const { account } of who)
		customers.push(await customerOf(rig, account));
	await quiet(rig);
	assert.deepEqual(alarms(await doctor()), []);
	const each = async (changes, count = 3) => {
		for (const id of customers.slice(3 - count))
			await told(id, changes);
		await quiet(rig);
		return doctor();
	};
	for (const [changes, cause] of [[{ cello_ucc: '' }, 'ucc_missing'], [{ cello_ucc: 'WELCOME10' }, 'ucc_malformed'], [{ cello_ucc: 'k3vTqPz9LmA' }, 'ucc_differs'],
		[{ cello_ucc: UCC, new_user_id: '' }, 'user_missing'], [{ new_user_id: '4711' }, 'user_differs']]) {
		const report = await each(changes);
		assert.equal(finding(report, cause).kind, 'wrong');
		assert.match(finding(report, cause).fix, /"endpin explain [-0-9a-f]{36}"/);
		assert.equal(part(report, 'signups').connectionStatus, 'notConnected');
	}
	for (let i = 0; i < 3; i++)
		await told(customers[i], { new_user_id: who[i].account.id });
	await quiet(rig);
	assert.deepEqual(alarms(await doctor()), []);
	// One of them: a person's mishap, and those before and after are well.
	const one = await each({ cello_ucc: 'WELCOME10' }, 1);
	assert.equal(finding(one, 'ucc_malformed').kind, 'warning');
	assert.equal(part(one, 'signups').connectionStatus, 'connectedWithWarnings');
	await each({ cello_ucc: UCC }, 1);
});

test('codes that Cello does not know: links of another environment', async () => {
	const lane = createHash('sha256').update(UCC).digest()[0];
	await rig.sql("INSERT INTO referral_code (lane, id, state, looked_at, valid) VALUES ($1, $2, 'done', now(), false)", [lane, UCC]);
	const report = await doctor();
	assert.equal(finding(report, 'code_unknown').kind, 'wrong');
	assert.equal(part(report, 'attribution').connectionStatus, 'notConnected');
	await rig.sql('DELETE FROM referral_code');
});

test('customers that are made at the purchase only', async () => {
	for (let i = 0; i < 3; i++) {
		const [{ id }] = await rig.sql("INSERT INTO account (id, email, password_hash) VALUES (gen_random_uuid(), $1, '') RETURNING id", [newEmail()]);
		await rig.sql("INSERT INTO referral (account_id, ucc, source) VALUES ($1, $2, 'form')", [id, UCC]);
	}
	assert.equal(finding(await doctor(), 'customer_none').kind, 'wrong');
	await rig.sql("DELETE FROM referral WHERE account_id IN (SELECT id FROM account WHERE password_hash = '')");
	await rig.sql("DELETE FROM account WHERE password_hash = ''");
});

test('Cello\'s endpoint: switched off, nine events, none; and ours', async () => {
	const cello = (await stripe('GET', '/webhook_endpoints?limit=100')).data.find((e) => e.url.includes('/cello/'));
	const having = async (events) => {
		await stripe('POST', `/webhook_endpoints/${cello.id}`, Object.fromEntries(events.map((name, i) => [`enabled_events[${i}]`, name])));
		return doctor();
	};
	const ten = cello.enabled_events;
	assert.equal(ten.length, 10);
	for (const [left, parts] of [['invoice.paid', ['notConnected', 'connected']], ['customer.created', ['connectedWithWarnings', 'notConnected']],
		['charge.updated', ['connectedWithWarnings', 'connected']]]) {
		const report = await having(ten.filter((e) => e !== left));
		assert.match(finding(report, 'cello_endpoint').says, new RegExp(`lacks events: ${left}$`));
		assert.deepEqual([part(report, 'purchases').connectionStatus, part(report, 'signups').connectionStatus], parts, left);
	}
	await having(ten);
	await stripe('POST', `/webhook_endpoints/${cello.id}`, { disabled: 'true' });
	assert.match(finding(await doctor(), 'cello_endpoint').says, /switched off/);
	await stripe('POST', `/webhook_endpoints/${cello.id}`, { disabled: 'false' });
	await stripe('POST', '/webhook_endpoints/we_sandbox', { disabled: 'true' });
	const ours = await doctor();
	assert.match(finding(ours, 'our_endpoint').says, /switched off/);
	assert.equal(next(ours), 'webhook');
	await stripe('POST', '/webhook_endpoints/we_sandbox', { disabled: 'false' });
	assert.deepEqual(alarms(await doctor()), []);
});

test('the wrong signing secret in Cello\'s portal: Stripe still has what Cello does not take', async () => {
	await rig.control('POST', '/cello/webhook', { secret: 'whsec_of_another_endpoint' });
	for (let i = 0; i < 3; i++)
		await customerOf(rig, (await signup(rig, { ucc: UCC })).account);
	const report = await waitFor('Cello to have had its time', async () => {
		const r = await doctor();
		return alarms(r, 'wrong').includes('purchases events_untaken') ? r : null;
	}, 35000);
	assert.match(finding(report, 'events_untaken').fix, /whsec_/);
	assert.equal(next(report), 'purchase');
});

test('keys of two environments', async () => {
	const live = writeSecret(`${rig.dir}/live_key`, 'sk_live_of_somebody\n');
	const report = await doctor('--set', `stripe.secret_key_file=${live}`);
	finding(report, 'real_money');
	assert.equal(next(report), 'keys');
	finding(await doctor('--set', 'stripe.secret_key_file=/nowhere/key'), 'key_missing');
	finding(await doctor(...setting({ 'cello.environment': 'production', 'cello.api_base': 'https://api.sandbox.cello.so' })), 'other_hosts');
});

test('a coupon that is dead, and a clock that is not Cello\'s', async () => {
	await stripe('POST', '/coupons', { id: 'OVER', percent_off: 20, redeem_by: Math.floor(Date.now() / 1000) - 60 });
	assert.match(finding(await doctor('--set', 'plan solo.referral_coupon=OVER'), 'plans').says, /not valid any more/);
	const late = await doctor('--set', `cello.assets_base=${pagesUrl}/late`);
	assert.match(finding(late, 'cello_clock').says, /clock is 10 minutes before Cello's/);
	assert.equal(next(late), 'keys');
});

test('pages as they are served', async () => {
	const script = (src, more = 'type="module" async') => `<!doctype html><head><script ${more} src="${src}"></script></head>`;
	const right = 'https://assets.sandbox.cello.so/attribution/latest/cello-attribution.js';
	const looking = (...names) => doctor('--set', `cello.public_pages=${names.map((n) => pagesUrl + n).join(' ')}`);
	html.set('/right', script(right));
	html.set('/loader', `<script>const s = document.createElement('script'); s.src = "${right}"; s.type = 'module';</script>`);
	html.set('/production', script(right.replace('sandbox.', '')));
	html.set('/skill', script(right.replace('cello-attribution', 'attribution')));
	html.set('/classic', script(right, 'async'));
	html.set('/http', script(right.replace('https', 'http')));
	html.set('/none', '<!doctype html><p>Hello');
	html.set('/gone', 404);
	html.set('/moved', 302);
	const pageAlarms = async (...names) => alarms(await looking(...names)).filter((a) => /script_|page_/.test(a));
	assert.deepEqual(await pageAlarms('/right', '/loader'), []);
	for (const [name, cause] of [['/production', 'script_other_environment'], ['/skill', 'script_wrong_name'], ['/classic', 'script_no_module'],
		['/http', 'script_insecure'], ['/gone', 'page_not_ok'], ['/moved', 'page_not_ok']])
		assert.deepEqual(await pageAlarms('/right', name), [`attribution ${cause}`], name);
	assert.deepEqual(await pageAlarms('/right', '/none'), ['attribution script_on_some_pages']);
	// A bundle may load it: nobody is alarmed.
	const unseen = await doctor('--set', `cello.public_pages=${pagesUrl}/none`, '--set', 'server.pages=no');
	assert.equal(finding(unseen, 'script_unseen').kind, 'unseen');
	assert.deepEqual(alarms(await doctor('--set', 'cello.public_pages=http://127.0.0.1:1/')).filter((a) => /page_/.test(a)), ['attribution page_away']);
	// The sandbox's script in production, which is what was seen in the wild.
	assert.deepEqual(alarms(await doctor(...setting({ 'cello.environment': 'production', 'cello.public_pages': `${pagesUrl}/right` })))
		.filter((a) => /script_/.test(a)), ['attribution script_other_environment']);
	assert.deepEqual(alarms(await doctor('--set', `cello.assets_base=${rig.sandboxUrl}/nowhere`)).filter((a) => /script_/.test(a)),
		['component script_away', 'attribution script_away']);
});

test('by the API: what was told, what was given up, held, or waits; and keys that Cello refuses', async () => {
	const api = setting({ 'cello.signups': 'api', 'cello.purchases': 'api', 'cello.access_key_id': 'key_tests',
		'cello.secret_access_key_file': rig.secrets.accessKeyFile });
	const [{ id: account }] = await rig.sql('SELECT account_id AS id FROM referral LIMIT 1');
	const fact = (trigger, n, state, more = {}) => rig.sql(`INSERT INTO cello_fact (lane, id, trigger, api, account_id, ucc, form, state, settled_at, created_at, last_error)
		VALUES (1, $1, $2, 'v1', $3, $4, '{}', $5, $6, now() - $7::interval, $8)`,
	[`${trigger}:${n}`, trigger, account, UCC, state, state === 'done' ? new Date() : null, more.ago ?? '0 s', more.why ?? null]);
	const only = async (...args) => alarms(await doctor(...api, ...args)).filter((a) => !a.startsWith('component') && !a.includes('cello_endpoint'));
	const nothing = await doctor(...api);
	assert.deepEqual(status(nothing).slice(2), ['notConnected', 'notConnected']);
	await fact('new-signup', 1, 'done');
	await fact('invoice-paid', 1, 'done');
	const told = await doctor(...api);
	assert.deepEqual(status(told).slice(2), ['connected', 'notConnected'], 'told twice');
	assert.equal(part(told, 'signups').source, 'api');
	assert.match(part(told, 'purchases').sourceHow, /purchase source to Cello API/);
	// Customers carry no code then, and Cello's endpoint sends what is told by the API.
	assert.match(finding(told, 'cello_endpoint').says, /sends invoice\.paid/);
	assert.deepEqual(await only(), []);
	for (const [trigger, where] of [['new-signup', 'signups'], ['invoice-paid', 'purchases'], ['charge-refunded', 'purchases']])
		for (const [state, cause, more] of [['dead', 'facts_dead', { why: 'interval is not one' }], ['attended', 'facts_held'], ['waiting', 'facts_late', { ago: '1 hour' }]]) {
			await fact(trigger, 2, state, more);
			assert.deepEqual(await only(), [`${where} ${cause}`]);
			await rig.sql('DELETE FROM cello_fact WHERE id = $1', [`${trigger}:2`]);
		}
	await fact('invoice-paid', 2, 'dead', { why: 'interval is not one' });
	assert.match(finding(await doctor(...api), 'facts_dead').says, /interval is not one/);
	await rig.sql('DELETE FROM cello_fact');
	await rig.control('POST', '/cello/revoke', { refresh: true });
	await rig.sql('DELETE FROM cello_access');
	const wrong = writeSecret(`${rig.dir}/wrong_access`, 'of-somebody-else\n');
	assert.deepEqual((await only('--set', `cello.secret_access_key_file=${wrong}`)).filter((a) => a.startsWith('environment')), ['environment api_refused']);
	await rig.control('POST', '/faults', { target: 'cello', method: 'GET', path: '/cello/referral-codes', action: 'status', status: 503, times: -1 });
	assert.deepEqual((await only()).filter((a) => a.startsWith('environment')), ['environment api_away']);
});

test('a bad command line, and a database that is away', async () => {
	await assert.rejects(rig.endpin('doctor', '--yaml'), (e) => e.code === 2);
	await assert.rejects(rig.endpin('--set', 'database.conninfo=host=/nowhere', 'doctor'), (e) => e.code === 1 && /could not look at all of it/.test(e.err));
});

test('the checklist: what can be seen is judged, the rest is ticked by a person, and the launch is a tick', async () => {
	const list = async () => JSON.parse(await rig.endpin('doctor', '--checklist', '--json').catch((e) => {
		assert.equal(e.code, 1, e.err);
		return e.out;
	}));
	const state = (l, name) => l.items.find((x) => x.name === name).state;
	let l = await list();
	assert.equal(l.open, l.items.filter((x) => ['not ok', 'to tick'].includes(x.state)).length);
	for (const name of ['one_environment', 'product_secret', 'token_endpoint', 'signup_with_code', 'signup_without_code', 'stripe_tells_endpin', 'scripts'])
		assert.equal(state(l, name), 'ok', name);
	assert.equal(state(l, 'gone_after_logout'), 'to tick');
	const before = l.open;
	const item = (name) => l.items.find((x) => x.name === name);
	assert.deepEqual([item('gone_after_logout').tickedAt, item('gone_after_logout').tickedBy], [null, null]);
	await rig.endpin('doctor', '--tick', 'gone_after_logout', '--by', 'Ada');
	// Who was the first stays.
	await rig.endpin('doctor', '--tick', 'gone_after_logout', '--by', 'Bob');
	l = await list();
	assert.deepEqual([state(l, 'gone_after_logout'), l.open], ['ticked', before - 1]);
	assert.equal(item('gone_after_logout').tickedBy, 'Ada');
	assert.ok(Math.abs(Date.parse(item('gone_after_logout').tickedAt) - Date.now()) < 60_000);
	assert.match(await rig.endpin('doctor', '--checklist').catch((e) => e.out), /^ {2}ticked {3}gone_after_logout .*\n {33}\d{4}-.*Z, by Ada$/m);
	await rig.endpin('doctor', '--tick', 'badge');
	l = await list();
	// Programs of a test that root runs are nobody's.
	assert.equal(item('badge').tickedBy, process.getuid() === 0 ? 'nobody' : userInfo().username);
	await rig.endpin('doctor', '--untick', 'badge');
	await rig.endpin('doctor', '--untick', 'gone_after_logout');
	assert.equal((await list()).open, before);
	// What a program sees, nobody ticks.
	for (const name of ['signup_with_code', 'nothing'])
		await assert.rejects(rig.endpin('doctor', '--tick', name), (e) => e.code === 2 && /hint: "endpin doctor --checklist"/.test(e.err));
	for (const { name, automatic } of l.items)
		if (!automatic)
			await rig.endpin('doctor', '--tick', name);
	assert.deepEqual((await doctor()).steps.find((s) => s.name === 'launch').state, 'done');
});
