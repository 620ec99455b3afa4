// SPDX-License-Identifier: MIT
//
// What people ask once they are live: each prompt of the MCP server is played as a model would, calling the tools that it names, in set-ups of which one thing
// is broken: that thing is named, and no other. In healthy ones nothing is.  `pitfall` is its number in the list of what goes wrong in Cello's integrations.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { byApi, connectCello, factsQuiet } from '../rig/cello.mjs';
import { writeSecret } from '../rig/files.mjs';
import { callMcp, connectMcp } from '../rig/mcp.mjs';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, newEmail, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

const OTHER = 'k3vTqPz9LmA';
const TEN = ['charge.refunded', 'charge.updated', 'customer.created', 'customer.updated', 'invoice.paid'];
let rig, pages, pagesUrl;
const html = new Map();

// Calls what the prompt names, in its order, and gives back the answers by the names of the tools.
async function play(prompt, { on = rig, words = [], who = '' } = {}) {
	const client = await connectMcp(on, { words });
	try {
		const { messages: [{ content: { text } }] } = await client.getPrompt({ name: prompt, arguments: who ? { who } : {} });
		const { tools } = await client.listTools();
		const named = tools.map(({ name }) => name).filter((name) => new RegExp(`\\b${name}\\b`).test(text)).sort((a, b) => text.indexOf(a) - text.indexOf(b));
		const answers = {};
		for (const name of named)
			if (name !== 'explain' || who)
				answers[name] = await callMcp(client, name, { events: { limit: 50 }, explain: { who }, docs: { read: 'guide/referrals.md' } }[name]);
		return answers;
	} finally {
		await client.close();
	}
}

// "signups ucc_missing" of each that is wrong or a warning; explain's are "explain ucc_missing".
function alarms({ integration_status: status, explain }) {
	const bad = ({ kind }) => ['wrong', 'warning'].includes(kind);
	return [...[...status?.components ?? [], ...status?.surroundings ?? []].flatMap((c) => c.findings.filter(bad).map((f) => `${c.name} ${f.cause}`)),
		...(explain?.findings ?? []).filter(bad).map((f) => `explain ${f.cause}`)];
}

const finding = (answers, cause) => [...answers.integration_status?.components ?? [], ...answers.integration_status?.surroundings ?? [], answers.explain ?? { findings: [] }]
	.flatMap((c) => c.findings).find((f) => f.cause === cause);
const setting = (changes) => Object.entries(changes).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
const stripe = (...args) => askStripe(rig, ...args);
const sight = (outcome, ago = '0 s') => rig.sql(`INSERT INTO component_sight VALUES ($1, now() - $2::interval)
	ON CONFLICT (outcome) DO UPDATE SET seen_at = excluded.seen_at`, [outcome, ago]);
const forget = (...outcomes) => rig.sql('DELETE FROM component_sight WHERE outcome = ANY ($1)', [outcomes]);
const page = (src, more = 'type="module" async') => `<!doctype html><head><script ${more} src="${src}"></script></head>`;
const ATTRIBUTION = 'https://assets.sandbox.cello.so/attribution/latest/cello-attribution.js';
const looking = (...names) => ({ 'cello.public_pages': names.map((n) => pagesUrl + n).join(' ') });
const secret = (name, text) => writeSecret(`${rig.dir}/${name}`, `${text}\n`);

// The webhook endpoint whose URL has this in it.
const endpoint = async (part) => (await stripe('GET', '/webhook_endpoints?limit=100')).data.find((e) => e.url.includes(part));
const having = async (events) => stripe('POST', `/webhook_endpoints/${(await endpoint('/cello/')).id}`,
	Object.fromEntries(events.map((name, i) => [`enabled_events[${i}]`, name])));
let ten;

// Somebody who came by a link and pays; what is done to them is gone with them.
async function payer(fields = { ucc: UCC }) {
	const client = await signup(rig, fields);
	const customer = await customerOf(rig, client.account);
	await subscribe(rig, client);
	await quiet(rig);
	return { client, customer, who: client.email, account: client.account.id };
}
const metadata = async ({ customer }, changes) => {
	await stripe('POST', `/customers/${customer}`, Object.fromEntries(Object.entries(changes).map(([name, value]) => [`metadata[${name}]`, value])));
	await quiet(rig);
};
// One whose customer at Stripe says something else, and who is nobody's referral afterwards.
const saying = (changes) => async () => {
	const p = await payer();
	await metadata(p, changes);
	return { who: p.who, mend: () => rig.sql('DELETE FROM referral WHERE account_id = $1', [p.account]) };
};
const boot = (error, cause) => ({
	make: async () => {
		await sight('booted', '1 hour');
		const client = await signup(rig, { ucc: UCC });
		assert.equal((await client.post('/api/cello/boot', { error })).status, 204);
		return { mend: () => forget(cause).then(() => sight('booted')) };
	}
});
const without = (event) => ({ make: () => having(ten.filter((e) => e !== event)).then(() => ({ mend: () => having(ten) })) });
const off = (part) => ({
	make: async () => {
		const { id } = await endpoint(part);
		await stripe('POST', `/webhook_endpoints/${id}`, { disabled: 'true' });
		return { mend: () => stripe('POST', `/webhook_endpoints/${id}`, { disabled: 'false' }) };
	}
});

// What is told by Cello's API, written down as it would be then.
const API = () => setting({ 'cello.signups': 'api', 'cello.purchases': 'api', 'cello.access_key_id': 'key_tests',
	'cello.secret_access_key_file': rig.secrets.accessKeyFile });
const fact = (trigger, state, more = {}) => ({
	words: API,
	make: async () => {
		await rig.control('DELETE', '/faults');
		const old = await endpoint('/cello/');
		await stripe('POST', `/webhook_endpoints/${old.id}`, { disabled: 'true' });
		const [{ id: account }] = await rig.sql('SELECT account_id AS id FROM referral LIMIT 1');
		const add = (id, t, s, m = {}) => rig.sql(`INSERT INTO cello_fact (lane, id, trigger, api, account_id, ucc, form, state, settled_at, created_at, last_error)
			VALUES (1, $1, $2, 'v1', $3, $4, '{}', $5, $6, now() - $7::interval, $8)`,
		[id, t, account, UCC, s, s === 'done' ? new Date() : null, m.ago ?? '0 s', m.why ?? null]);
		await add('new-signup:1', 'new-signup', 'done');
		await add('invoice-paid:1', 'invoice-paid', 'done');
		await add(`${trigger}:2`, trigger, state, more);
		return {
			mend: async () => {
				await rig.sql('DELETE FROM cello_fact');
				await stripe('POST', `/webhook_endpoints/${old.id}`, { disabled: 'false' });
			}
		};
	},
	// By the API Cello's endpoint is of no use: that it is off, and customers with a code, are what is left of the other way.
	beside: /cello_endpoint/
});

const WORKING = 'integration_working', VERIFY = 'verify_setup', REWARDS = 'rewards_not_triggered', EVENTS = 'webhooks_received',
	SIGNUPS = 'signups_not_attributed', NEEDED = 'webhook_events_needed';

const BROKEN = [
	{ prompt: WORKING, what: 'Cello is switched off', set: { 'cello.enabled': 'no' }, names: ['component cello_off'] },
	{ prompt: WORKING, what: 'the product secret is not there', set: { 'cello.product_secret_file': '/nowhere/secret' }, names: ['component secret_missing'] },
	{ prompt: WORKING, what: 'the product secret is the one of the webhook', set: () => ({ 'cello.product_secret_file': secret('odd', 'whsec_of_somebody') }), names: ['component secret_swapped'] },
	{ prompt: WORKING, pitfall: 2, what: 'script, product id and secret of two environments', ...boot('Error 1200: Invalid Tenant', 'invalid_tenant'), names: ['component invalid_tenant'] },
	{ prompt: WORKING, pitfall: 1, what: 'a token as a JWT library makes it: HS256, or iat in milliseconds', ...boot('Error 1100: Invalid JWT token', 'invalid_token'), names: ['component invalid_token'] },
	{ prompt: WORKING, what: 'the product secret was rolled', ...boot('[Cello]: "User is not authorized to load the widget"', 'unauthorized'), names: ['component unauthorized'] },
	{ prompt: WORKING, pitfall: 12, what: 'a policy holds the script back', ...boot('cello.js could not be loaded', 'script_blocked'), names: ['component script_blocked'] },
	{ prompt: WORKING, what: 'cello.js by http', ...boot("[Cello]: Cannot read properties of null (reading '__H')", 'insecure_script'), names: ['component insecure_script'] },
	{
		prompt: WORKING, pitfall: 11, what: 'tokens are given out, and the component never comes up', names: ['component never_booted'],
		make: async () => {
			await sight('token', '5 minutes');
			await forget('booted');
			return { mend: () => sight('booted') };
		}
	},
	{
		prompt: WORKING, pitfall: 13, what: 'members log in, and no page asks for the component', names: ['component no_token'],
		make: async () => {
			await forget('token', 'booted');
			for (let i = 0; i < 5; i++)
				await signup(rig, { ucc: UCC });
			await quiet(rig);
			return { mend: () => sight('token').then(() => sight('booted')) };
		}
	},
	{ prompt: WORKING, pitfall: 15, what: 'a token in the source of a page', set: () => looking('/token'), names: ['component token_in_page'] },
	{ prompt: WORKING, pitfall: 2, what: 'production page with sandbox script', set: () => ({ 'cello.environment': 'production', ...looking('/right') }), names: ['attribution script_other_environment'] },
	{ prompt: WORKING, pitfall: 2, what: 'sandbox page with production script', set: () => looking('/production'), names: ['attribution script_other_environment'] },
	{ prompt: WORKING, pitfall: 3, what: 'the attribution script by the name of the skill', set: () => looking('/skill'), names: ['attribution script_wrong_name'] },
	{ prompt: WORKING, pitfall: 3, what: 'the attribution script is no module', set: () => looking('/classic'), names: ['attribution script_no_module'] },
	{ prompt: WORKING, what: 'the attribution script by http', set: () => looking('/http'), names: ['attribution script_insecure'] },
	{ prompt: WORKING, pitfall: 3, what: 'the attribution script is on some pages only', set: () => looking('/right', '/none'), names: ['attribution script_on_some_pages'] },
	{ prompt: VERIFY, what: 'a public page that is not there', set: () => looking('/gone'), names: ['attribution page_not_ok'] },
	{ prompt: VERIFY, what: 'a public page that forwards', set: () => looking('/moved'), names: ['attribution page_not_ok'] },
	{ prompt: VERIFY, pitfall: 2, what: 'the wrong mode: Stripe live, Cello\'s sandbox', set: () => ({ 'stripe.secret_key_file': secret('live', 'sk_live_of_somebody') }), names: ['environment real_money'], beside: /^environment (events|plans|our_endpoint)|cello_endpoint/ },
	{ prompt: VERIFY, what: 'the key of Stripe is not there', set: { 'stripe.secret_key_file': '/nowhere/key' }, names: ['environment key_missing'] },
	{ prompt: VERIFY, pitfall: 2, what: 'production, and the hosts of the sandbox', set: { 'cello.environment': 'production', 'cello.api_base': 'https://api.sandbox.cello.so' }, names: ['environment other_hosts'], beside: /script_|cello_endpoint/ },
	{ prompt: VERIFY, pitfall: 1, what: 'clock skew', set: () => ({ 'cello.assets_base': `${pagesUrl}/late` }), names: ['environment cello_clock'] },
	{ prompt: VERIFY, what: 'Cello\'s scripts are not to be had', set: () => ({ 'cello.assets_base': `${rig.sandboxUrl}/nowhere` }), names: ['component script_away', 'attribution script_away'] },
	{
		prompt: VERIFY, pitfall: 16, what: 'the product secret in place of the access key', names: ['environment api_refused'], beside: /cello_endpoint|ucc|signups|purchases/,
		words: () => [...API(), ...setting({ 'cello.secret_access_key_file': rig.secrets.files['cello.product_secret_file'] })],
		make: async () => {
			await rig.control('POST', '/cello/revoke', { refresh: true });
			await rig.sql('DELETE FROM cello_access');
			return { mend: () => rig.sql('DELETE FROM cello_access') };
		}
	},
	{ prompt: REWARDS, what: 'missing ucc', make: saying({ cello_ucc: '' }), names: ['explain ucc_missing'], beside: /^signups ucc_missing|metadata_late/ },
	{ prompt: REWARDS, pitfall: 5, what: 'no user id at the customer', make: saying({ new_user_id: '' }), names: ['explain user_missing'], beside: /^signups user_missing|metadata_late/ },
	{ prompt: REWARDS, what: 'the code is a coupon', make: saying({ cello_ucc: 'WELCOME10' }), names: ['explain ucc_malformed'], beside: /^signups ucc_malformed|metadata_late/ },
	{ prompt: REWARDS, what: 'the code of somebody else', make: saying({ cello_ucc: OTHER }), names: ['explain ucc_differs'], beside: /^signups ucc_differs|metadata_late/ },
	{ prompt: REWARDS, pitfall: 1, what: 'wrong id type: a number in place of the user id', make: saying({ new_user_id: '4711' }), names: ['explain user_differs'], beside: /^signups user_differs|metadata_late/ },
	{
		prompt: REWARDS, what: 'all of it was paid back', names: ['explain paid_back'],
		make: async () => {
			const p = await payer();
			await rig.control('POST', '/refund', { invoice: await rig.value('SELECT id FROM invoice WHERE customer_id = $1', [p.customer]), amount: 1520 });
			await quiet(rig);
			return { who: p.who };
		}
	},
	{ prompt: REWARDS, pitfall: 7, what: 'ten events minus invoice.paid', ...without('invoice.paid'), names: ['purchases cello_endpoint'], beside: /^signups cello_endpoint/, says: /lacks events: invoice\.paid/ },
	{ prompt: REWARDS, pitfall: 8, what: 'interval "month", which Cello refuses', ...fact('invoice-paid', 'dead', { why: 'interval is not one' }), names: ['purchases facts_dead'], says: /interval is not one/ },
	{ prompt: REWARDS, pitfall: 9, what: 'what may have been told twice is held', ...fact('invoice-paid', 'attended'), names: ['purchases facts_held'] },
	{ prompt: REWARDS, pitfall: 10, what: 'nothing is told for an hour', ...fact('new-signup', 'waiting', { ago: '1 hour' }), names: ['signups facts_late'] },
	{ prompt: EVENTS, what: 'our endpoint is off', ...off('/webhooks/stripe'), names: ['environment our_endpoint'] },
	{ prompt: EVENTS, what: 'Cello\'s endpoint is off', ...off('/cello/'), names: ['signups cello_endpoint', 'purchases cello_endpoint'] },
	{ prompt: EVENTS, pitfall: 7, what: 'ten events minus charge.updated', ...without('charge.updated'), names: ['purchases cello_endpoint'], beside: /^signups cello_endpoint/, says: /lacks events: charge\.updated/ },
	{ prompt: SIGNUPS, pitfall: 6, what: 'organizations are counted, and customers do not say of which they are', set: { 'cello.attribution': 'organization' }, names: ['signups organization_differs'] },
	{ prompt: SIGNUPS, pitfall: 5, what: 'ten events minus customer.created', ...without('customer.created'), names: ['signups cello_endpoint'], beside: /^purchases cello_endpoint/, says: /lacks events: customer\.created/ },
	{
		prompt: SIGNUPS, what: 'links of another environment: codes that Cello does not know', names: ['attribution code_unknown'],
		make: async () => {
			const lane = createHash('sha256').update(UCC).digest()[0];
			await rig.sql("INSERT INTO referral_code (lane, id, state, looked_at, valid) VALUES ($1, $2, 'done', now(), false)", [lane, UCC]);
			return { mend: () => rig.sql('DELETE FROM referral_code') };
		}
	},
	{
		prompt: SIGNUPS, pitfall: 5, what: 'customers are made at the purchase only', names: ['signups customer_none'],
		make: async () => {
			for (let i = 0; i < 3; i++) {
				const [{ id }] = await rig.sql("INSERT INTO account (id, email, password_hash) VALUES (gen_random_uuid(), $1, '') RETURNING id", [newEmail()]);
				await rig.sql("INSERT INTO referral (account_id, ucc, source) VALUES ($1, $2, 'form')", [id, UCC]);
			}
			return {
				mend: async () => {
					await rig.sql("DELETE FROM referral WHERE account_id IN (SELECT id FROM account WHERE password_hash = '')");
					await rig.sql("DELETE FROM account WHERE password_hash = ''");
				}
			};
		}
	},
	{
		prompt: SIGNUPS, pitfall: 4, what: 'codes stopped to arrive: kept in a cookie, never sent along', names: ['attribution codes_stopped'],
		make: async () => {
			const make = async (count, referred, ago) => {
				for (let i = 0; i < count; i++) {
					const [{ id }] = await rig.sql(`INSERT INTO account (id, email, password_hash, created_at) VALUES (gen_random_uuid(), $1, '', now() - $2::interval)
						RETURNING id`, [newEmail(), ago]);
					if (i < referred)
						await rig.sql("INSERT INTO referral (account_id, ucc, source, created_at) VALUES ($1, $2, 'form', now() - $3::interval)", [id, UCC, ago]);
				}
			};
			await rig.sql("UPDATE account SET created_at = created_at - interval '10 days'");
			await rig.sql("UPDATE referral SET created_at = created_at - interval '10 days'");
			await make(40, 25, '9 days');
			await make(30, 0, '2 days');
			return {
				mend: async () => {
					await rig.sql("DELETE FROM referral WHERE account_id IN (SELECT id FROM account WHERE password_hash = '')");
					await rig.sql("DELETE FROM account WHERE password_hash = ''");
					await rig.sql("UPDATE account SET created_at = created_at + interval '10 days'");
					await rig.sql("UPDATE referral SET created_at = created_at + interval '10 days'");
				}
			};
		},
		beside: /^signups customer_none/
	},
	{ prompt: NEEDED, pitfall: 7, what: 'five of the ten events, as the skill has them', make: () => having(TEN).then(() => ({ mend: () => having(ten) })), names: ['purchases cello_endpoint'], beside: /^signups cello_endpoint/, says: /lacks events/ },
	{
		prompt: WORKING, pitfall: 14, what: 'the coupon of the discount is dead', names: ['environment plans'], says: /not valid any more/,
		set: { 'plan solo.referral_coupon': 'OVER' },
		make: async () => {
			await stripe('POST', '/coupons', { id: 'OVER', percent_off: 20, redeem_by: Math.floor(Date.now() / 1000) - 60 });
			return {};
		}
	},
	{
		prompt: REWARDS, what: 'another endpoint\'s signing secret in Cello\'s portal', names: ['purchases events_untaken'],
		make: async () => {
			await rig.control('POST', '/cello/webhook', { secret: 'whsec_of_another_endpoint' });
			for (let i = 0; i < 3; i++)
				await customerOf(rig, (await signup(rig, { ucc: UCC })).account);
			await waitFor('Cello to have had its time', async () => alarms(await play(REWARDS)).includes('purchases events_untaken'), 40000);
			return {};
		}
	}
];

before(async () => {
	rig = await openRig({ name: 'broken', set: { 'courier.poll': 1, 'plan solo.trial_days': 0 } });
	pages = createServer((req, res) => {
		const found = html.get(req.url);
		if (req.url.startsWith('/late/'))
			res.setHeader('date', new Date(Date.now() - 600_000).toUTCString());
		res.writeHead(typeof found === 'number' ? found : 200, { 'content-type': 'text/html' });
		res.end(typeof found === 'string' ? found : '');
	}).listen(0, '127.0.0.1');
	await new Promise((done) => pages.once('listening', done));
	pagesUrl = `http://127.0.0.1:${pages.address().port}`;
	html.set('/right', page(ATTRIBUTION));
	html.set('/production', page(ATTRIBUTION.replace('sandbox.', '')));
	html.set('/skill', page(ATTRIBUTION.replace('cello-attribution', 'attribution')));
	html.set('/classic', page(ATTRIBUTION, 'async'));
	html.set('/http', page(ATTRIBUTION.replace('https', 'http')));
	html.set('/none', '<!doctype html><p>Hello');
	html.set('/token', `${page(ATTRIBUTION)}<script>const token = "${Buffer.from('{"alg":"HS512","typ":"JWT"}').toString('base64url')}.e30.x";</script>`);
	html.set('/gone', 404);
	html.set('/moved', 302);
});
after(async () => {
	pages?.close();
	await rig?.close();
});

const HEALTHY = ['connected', 'connected', 'connected', 'connected'];
const states = ({ integration_status: status }) => status.components.map((c) => c.connectionStatus);

test('healthy: a fresh install', async () => {
	const answers = await play(VERIFY);
	assert.deepEqual(alarms(answers), []);
	assert.deepEqual(states(answers), Array(4).fill('notConnected'));
	assert.equal(answers.integration_status.steps.find((s) => s.state === 'next').name, 'webhook');
});

test('healthy: signups and purchases by Stripe', async () => {
	await connectCello(rig);
	ten = (await endpoint('/cello/')).enabled_events;
	const referrer = await signup(rig);
	assert.equal((await referrer.get('/api/cello/token')).status, 200);
	assert.equal((await referrer.post('/api/cello/boot', {})).status, 204);
	const { who } = await payer();
	for (const prompt of [WORKING, VERIFY, REWARDS, EVENTS, SIGNUPS]) {
		const answers = await play(prompt, { who });
		assert.deepEqual([prompt, alarms(answers), states(answers)], [prompt, [], HEALTHY]);
	}
	const { events } = await play(EVENTS);
	assert.ok(events.events.some((e) => e.type === 'invoice.paid' && e.errand === 'done' && e.lastError === null));
	const { docs } = await play(NEEDED);
	for (const name of ten)
		assert.ok(docs.document.text.includes(`\`${name}\``), name);
	const { recommendations: { weakest, tasks } } = await play('improve_program');
	assert.equal(weakest, 'activation');
	assert.deepEqual([tasks.find((t) => t.name === 'launcher_first_level').state, tasks.find((t) => t.name === 'both_sided').state], ['unknown', 'pending']);
});

test('healthy: before the launch, Cello is production and Stripe in test mode', async () => {
	assert.deepEqual(alarms(await play(WORKING, { words: setting({ 'cello.environment': 'production' }) })), []);
});

for (const { prompt, what, pitfall, set, words = () => [], make = async () => ({}), names, beside = /^$/, says } of BROKEN)
	test(`${prompt}: ${what}${pitfall ? ` (pitfall ${pitfall})` : ''}`, async () => {
		const { who, mend } = await make();
		try {
			const answers = await play(prompt, { who, words: [...setting(typeof set === 'function' ? set() : set ?? {}), ...words()] });
			const all = alarms(answers);
			for (const name of names) {
				assert.ok(all.includes(name), `${name}: ${JSON.stringify(all)}`);
				const { says: said, fix } = finding(answers, name.split(' ')[1]);
				assert.ok(said.length > 15 && fix.length > 6, said);
				assert.match(said, says ?? /./);
			}
			assert.deepEqual(all.filter((a) => !names.includes(a) && !beside.test(a)), []);
		} finally {
			await mend?.();
		}
	});

test('there are at least thirty of these', () => assert.ok(BROKEN.length >= 30));

test('healthy: low traffic, a quiet week', async () => {
	const { secret: whsec } = await endpoint('/cello/');
	assert.equal(whsec, undefined);
	for (const [table, column] of [['referral', 'created_at'], ['component_sight', 'seen_at'], ['ledger_entry', 'booked_at'], ['session', 'used_at'],
		['account', 'created_at'], ['customer', 'told_at']])
		await rig.sql(`UPDATE ${table} SET ${column} = ${column} - interval '7 days'`);
	const answers = await play(WORKING);
	assert.deepEqual(alarms(answers).filter((a) => a !== 'purchases events_untaken'), []);
});

test('healthy: signups and purchases by Cello\'s API', async (t) => {
	const api = await openRig({ name: 'broken-api', set: byApi({ 'plan solo.trial_days': 0 }) });
	t.after(() => api.close());
	const client = await signup(api, { ucc: UCC });
	assert.equal((await client.get('/api/cello/token')).status, 200);
	assert.equal((await client.post('/api/cello/boot', {})).status, 204);
	await subscribe(api, client);
	await quiet(api);
	await factsQuiet(api);
	for (const prompt of [WORKING, REWARDS]) {
		const answers = await play(prompt, { on: api, who: client.email });
		assert.deepEqual([prompt, alarms(answers), states(answers)], [prompt, [], HEALTHY]);
	}
});
