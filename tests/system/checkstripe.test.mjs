// SPDX-License-Identifier: MIT
//
// "endpin check" asks Stripe about all that the configuration counts on, before a visitor finds out.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { connectCello } from '../rig/cello.mjs';
import { writeSecret } from '../rig/files.mjs';
import { openRig } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';

const HOOK = 'we_sandbox';
let rig;

before(async () => {
	rig = await openRig({ name: 'checkstripe', web: null, set: { 'courier.processes': 0 } });
	await connectCello(rig);
	await rig.control('DELETE', '/requests');
});
after(() => rig?.close());
afterEach(() => rig?.control('DELETE', '/faults'));

const stripe = (...args) => askStripe(rig, ...args);

// What it says about Stripe: whether each is well, the sentence, and what to do.
async function check(...args) {
	const out = await rig.endpin('check', ...args).catch((e) => {
		assert.equal(e.code, 1, e.message);
		return e.out;
	});
	return [...out.matchAll(/^(ok|not ok) +stripe +(.*)\n(?: +detail +(.*)\n)?(?: +hint +(.*)\n)?/gm)]
		.map(([, ok, text, detail, hint]) => ({ ok: ok === 'ok', text, detail, hint }));
}

async function faults(...args) {
	const found = (await check(...args)).filter((l) => !l.ok);
	for (const f of found)
		assert.ok(f.hint?.length > 20, JSON.stringify(f));
	return found;
}

// With other settings, in the file only.
async function having(changes, work) {
	const was = Object.fromEntries(Object.keys(changes).map((k) => [k, rig.config[k] ?? '']));
	rig.configure(changes);
	try {
		return await work();
	} finally {
		rig.configure(was);
	}
}

test('all is well: the plans, the portal, the endpoint', async () => {
	const said = await check();
	assert.deepEqual(said.map((l) => l.ok), said.map(() => true), JSON.stringify(said));
	assert.match(said.map((l) => l.text).join('\n'),
		/^the key is of .*\nprices and coupons of the plans are as they are configured\nthe billing portal is set up\nits webhook endpoint's address cannot be reached .*\nits webhook endpoint sends the events that are needed\nits clock and this machine's agree$/);
	// Nothing is written there, and offline nothing is asked.
	assert.ok((await rig.control('GET', '/requests')).every((r) => r.method === 'GET'));
	await rig.control('DELETE', '/requests');
	assert.deepEqual(await check('--offline'), []);
	assert.deepEqual(await rig.control('GET', '/requests'), []);
});

for (const [what, change, words] of [
	['does not exist', { 'plan solo.price': 'price_nowhere' }, /price price_nowhere of \[plan solo\] does not exist/],
	['costs something else', { 'plan solo.amount': 1800 }, /amount of \[plan solo\] is 1800, and its price price_solo has 1900/],
	['is in another currency', { 'plan solo.currency': 'eur' }, /currency of \[plan solo\] is eur, and its price price_solo has usd/],
	['is paid at other times', { 'plan solo.interval': 'year' }, /interval of \[plan solo\] is year, and its price price_solo has month/]
])
	test(`a price that ${what}`, async () => {
		const found = await having({ ...change, 'plan solo.referral_coupon': '' }, faults);
		assert.equal(found.length, 1, JSON.stringify(found));
		assert.match(found[0].text, words);
	});

for (const [what, path] of [['it is', '/prices/price_quartet'], ['its product is', '/products/prod_quartet']])
	test(`a price that cannot be bought because ${what} archived`, async () => {
		await stripe('POST', path, { active: 'false' });
		const found = await faults();
		await stripe('POST', path, { active: 'true' });
		assert.deepEqual(found.map((f) => [f.text, f.detail]), [['price price_quartet of [plan quartet] cannot be bought', `${what} archived`]]);
	});

test('a price that is paid every three months is no monthly plan', async () => {
	const { id } = await stripe('POST', '/prices', { product: 'prod_solo', unit_amount: 1900, currency: 'usd', 'recurring[interval]': 'month',
		'recurring[interval_count]': 3 });
	const [found, ...more] = await having({ 'plan solo.price': id }, faults);
	assert.deepEqual(more, []);
	assert.match(found.text, /is paid every 3 months/);
});

test('a coupon that is used up, gone, or in other money', async () => {
	await stripe('POST', '/coupons', { id: 'OVER', percent_off: 20, redeem_by: Math.floor(Date.now() / 1000) - 60 });
	await stripe('POST', '/coupons', { id: 'EUROS', amount_off: 500, currency: 'eur' });
	for (const [coupon, words] of [['OVER', 'coupon OVER of [plan solo] is not valid any more'],
		['NOWHERE', 'coupon NOWHERE of [plan solo] does not exist'], ['EUROS', 'coupon EUROS of [plan solo] is in eur, and the plan in usd']]) {
		const found = await having({ 'plan solo.referral_coupon': coupon }, faults);
		assert.deepEqual(found.map((f) => f.text), [words]);
	}

	// One that two plans give is asked for once, and said of both.
	await rig.control('DELETE', '/requests');
	const both = await having({ 'plan solo.referral_coupon': 'OVER', 'plan quartet.referral_coupon': 'OVER' }, faults);
	assert.equal(both.length, 2);
	assert.equal((await rig.control('GET', '/requests?path=/v1/coupons')).length, 1);
});

test('a discount that people are shown is what the coupon takes off', async () => {
	await stripe('POST', '/coupons', { id: 'HALVES', percent_off: 12.5 });
	await stripe('POST', '/coupons', { id: 'FIVE', amount_off: 500, currency: 'usd' });
	for (const [coupon, shown, there] of [['FRIEND20', '20%'], ['HALVES', '12.5%'], ['FIVE', '500'], ['FRIEND20', '25%', '20%'],
		['HALVES', '12%', '12.5%'], ['FIVE', '20%', '500'], ['FRIEND20', '500', '20%']]) {
		const found = await having({ 'plan solo.referral_coupon': coupon, 'plan solo.referral_discount': shown }, faults);
		assert.deepEqual(found.map((f) => f.text),
			there ? [`referral_discount of [plan solo] is ${shown}, and its coupon ${coupon} takes off ${there}`] : [], coupon);
	}
});

test('a portal that nobody has set up', async () => {
	await rig.control('POST', '/portal/settings', { saved: false });
	const found = await faults();
	await rig.control('POST', '/portal/settings', { saved: true });
	assert.deepEqual(found.map((f) => f.text), ['the billing portal was never set up']);
	assert.match(found[0].hint, /dashboard\.stripe\.com\/test\/settings\/billing\/portal$/);
});

test('an endpoint that is switched off, lacks events, or is none of ours', async () => {
	await stripe('POST', `/webhook_endpoints/${HOOK}`, { disabled: 'true' });
	const off = await faults();
	await stripe('POST', `/webhook_endpoints/${HOOK}`, { disabled: 'false', 'enabled_events[0]': 'invoice.paid', 'enabled_events[1]': 'customer.deleted' });
	const few = await faults();
	const asked = [...new Set(/stripe_events\[\] = \{([^}]*)\}/.exec(readFileSync(new URL('../../src/stripe/kind.c', import.meta.url), 'utf8'))[1].match(/[a-z_.]+\.[a-z_]+/g))];
	await stripe('POST', `/webhook_endpoints/${HOOK}`, Object.fromEntries(asked.map((name, i) => [`enabled_events[${i}]`, name])));
	const all = await faults();
	await stripe('POST', `/webhook_endpoints/${HOOK}`, { 'enabled_events[0]': '*' });
	assert.match(off[0].text, /^the webhook endpoint for \S+\/webhooks\/stripe is switched off$/);
	assert.match(few[0].text, /lacks events$/);
	assert.match(few[0].detail, /^checkout\.session\.completed .* customer\.subscription\.deleted .*invoice\.updated invoice\.deleted refund\.created .*credit_note\.voided subscription_schedule\.created subscription_schedule\.updated subscription_schedule\.released subscription_schedule\.canceled subscription_schedule\.completed subscription_schedule\.aborted$/);
	assert.doesNotMatch(few[0].detail, /invoice\.paid\b|customer\.deleted/);
	assert.deepEqual([off.length, few.length, all], [1, 1, []]);

	const elsewhere = await having({ 'server.public_origin': 'https://app.example.com' }, faults);
	assert.deepEqual(elsewhere.map((f) => f.text), ['no webhook endpoint at Stripe is for https://app.example.com/webhooks/stripe']);
	// This very machine cannot be reached from outside.
	const here = await having({ 'server.public_origin': 'http://127.0.0.1:1' }, check);
	assert.ok(here.every((l) => l.ok));
	assert.match(here.map((l) => l.text).join('\n'), /by "stripe listen" or not at all/);
});

test('Cello has an endpoint of its own, with its ten events', async () => {
	const cello = { 'cello.api_base': 'https://api.sandbox.cello.so' };
	// One that is called like it is not Cello's.
	const other = await stripe('POST', '/webhook_endpoints', { url: 'https://hooks.example.com/cello', 'enabled_events[0]': '*' });
	const none = await having(cello, faults);
	await stripe('DELETE', `/webhook_endpoints/${other.id}`);
	assert.deepEqual(none.map((f) => f.text), ['no webhook endpoint at Stripe is for Cello']);
	const { id } = await stripe('POST', '/webhook_endpoints', { url: 'https://api.sandbox.cello.so/products/p/transaction-webhook/stripe',
		'enabled_events[0]': 'invoice.paid', 'enabled_events[1]': 'customer.created', 'enabled_events[2]': 'charge.refunded' });
	await stripe('POST', `/webhook_endpoints/${id}`, { disabled: 'true' });
	const few = await having(cello, faults);
	assert.deepEqual(few.map((f) => f.text.replace(/ for \S+/, '')), ['the webhook endpoint is switched off', 'the webhook endpoint lacks events']);
	assert.match(few[1].detail, /^charge\.succeeded charge\.updated customer\.deleted /);
	assert.deepEqual(await having({ ...cello, 'cello.enabled': 'no' }, faults), []);
	await stripe('DELETE', `/webhook_endpoints/${id}`);

	// Of another product, or of before the address changed.
	const urls = ['q', 'p'].map((product) => `https://api.cello.so/products/${product}/transaction-webhook/stripe`);
	const made = [];
	for (const url of urls)
		made.push((await stripe('POST', '/webhook_endpoints', { url, 'enabled_events[0]': '*' })).id);
	const [two, ...rest] = await having(cello, faults);
	assert.deepEqual([two.text, two.detail, rest], ['2 webhook endpoints are for Cello, and each purchase goes to all of them', urls.reverse().join(' '), []]);
	await stripe('DELETE', `/webhook_endpoints/${made.pop()}`);
	assert.deepEqual(await having(cello, faults), []);
	await stripe('DELETE', `/webhook_endpoints/${made.pop()}`);
});

test('a restricted key that may not look is no fault, and is said', async () => {
	for (const path of ['/v1/prices', '/v1/coupons', '/v1/billing_portal/configurations', '/v1/webhook_endpoints'])
		await rig.control('POST', '/faults', { target: 'stripe', path, action: 'status', status: 403, times: -1 });
	const said = await check();
	assert.ok(said.every((l) => l.ok), JSON.stringify(said));
	assert.equal(said.filter((l) => /not looked at, the key may not read it$/.test(l.text)).length, 6);
	assert.doesNotMatch(said.map((l) => l.text).join('\n'), /as they are configured/);
});

test('what a restricted key may not do is said before somebody wants it, and nothing is made to find out', async () => {
	const key = 'rk_test_restricted', file = rig.config['stripe.secret_key_file'], was = readFileSync(file, 'utf8');
	await rig.control('POST', '/keys', { key, same: true });
	writeSecret(file, key);
	const made = async () => Object.fromEntries(await Promise.all(['customers', 'sessions', 'subscriptions'].map(async (n) => [n, (await rig.control('GET', `/objects/${n}`)).length])));
	const before = await made();
	assert.deepEqual((await check()).filter((l) => /the key may/.test(l.text)).map((l) => [l.ok, l.text]), [[true, 'the key may do what is needed']]);
	for (const [method, path] of [['POST', '^/v1/subscription_schedules$'], ['GET', '^/v1/(invoices|disputes|credit_notes)$']])
		await rig.control('POST', '/faults', { target: 'stripe', method, path, action: 'status', status: 403, times: -1 });
	assert.deepEqual((await faults()).map((f) => [f.text, f.detail]), [
		['the key may not write subscription schedules', 'nobody can change to a smaller plan here'],
		['the key may not read invoices', 'invoices and what was paid on them are not known'],
		['the key may not read disputes', 'what a bank takes back is missing in the ledger'],
		['the key may not read credit notes', 'what is credited is missing in the ledger']]);
	// Where cards are compared, which takes keys for Cello's API, they are to be read.
	await rig.control('DELETE', '/faults');
	await rig.control('POST', '/keys', { key, same: true, rights: { payment_methods: 'none' } });
	assert.deepEqual(await faults(), []);
	await having({ 'cello.access_key_id': 'key_tests' }, async () => {
		assert.deepEqual((await faults()).map((f) => f.text), ['the key may not read payment methods']);
		const told = await rig.endpin('--set', 'retention.card_days=0', 'check').catch((e) => e.out);
		assert.match(told, /the key may do what is needed/);
	});
	assert.deepEqual(await made(), before);
	writeSecret(file, was);
});

test('a clock that is off refuses events', async () => {
	const away = async (ms) => {
		await rig.control('POST', '/faults', { target: 'stripe', path: '/v1/webhook_endpoints', action: 'status', status: 403,
			headers: { date: new Date(Date.now() + ms).toUTCString() } });
		return (await check()).filter((l) => /clock/.test(l.text));
	};
	assert.ok((await away(40e3))[0].ok);
	const [behind] = await away(20 * 60e3), [before] = await away(-20 * 60e3);
	assert.match(behind.text, /^this machine's clock is (19|20) minutes behind Stripe's$/);
	assert.match(before.text, /^this machine's clock is (19|20) minutes before Stripe's$/);
	assert.match(before.hint, /timedatectl/);
});

test('the address of our endpoint leads to endpind, and not elsewhere', async () => {
	let status = 405;
	const server = http.createServer((req, res) => res.writeHead(status, { location: 'https://www.example.com/' }).end());
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	const origin = `http://127.0.0.1:${server.address().port}`;
	await rig.control('POST', '/endpoints/local', { allowed: true });
	const { id } = await stripe('POST', '/webhook_endpoints', { url: `${origin}/webhooks/stripe`, 'enabled_events[0]': '*', api_version: '2026-10-28.endive' });
	await having({ 'server.public_origin': origin }, async () => {
		assert.match((await check()).map((l) => l.text).join('\n'), /^its webhook endpoint's address leads to endpind$/m);
		for (const [other, words] of [[301, /redirects elsewhere$/], [308, /redirects elsewhere$/], [404, /is answered with 404 by somebody else/]]) {
			status = other;
			assert.match((await faults()).map((f) => f.text).join('\n'), words);
		}
	});
	await stripe('DELETE', `/webhook_endpoints/${id}`);
	server.close();
});

test('Stripe away is said once, and waited for once', async () => {
	await rig.control('POST', '/faults', { target: 'stripe', path: '/v1/prices', action: 'status', status: 503, times: -1, message: 'We are away.' });
	await rig.control('DELETE', '/requests');
	const found = await faults();
	assert.deepEqual(found.map((f) => [f.text, f.detail]), [['price of [plan solo]: Stripe did not answer what was asked', 'We are away.']]);
	assert.equal((await rig.control('GET', '/requests')).filter((r) => r.path !== '/v1/account').length, 1);
});
