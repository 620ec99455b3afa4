// SPDX-License-Identifier: MIT
//
// What endpin sends to Stripe is what the official SDK's types allow: every request of a purchase, as TypeScript.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Stripe from 'stripe';
import { openRig } from '../rig/rig.mjs';
import { SOURCE } from '../rig/stage.mjs';
import { checkout, customerOf, quiet, signup, subscribe } from '../rig/visitor.mjs';

let rig, requests;

before(async () => {
	rig = await openRig({ name: 'requests' });
	const referred = await signup(rig, { ucc: 'pNRB1aYqArN', organization: 'Academy' });
	await subscribe(rig, referred, 'solo');
	await referred.post('/api/portal');
	const other = await signup(rig);
	await checkout(other, 'solo');
	// Another plan: the open session is no longer wanted.
	await checkout(other, 'quartet', 4);
	const third = await signup(rig, { firstName: '', lastName: '' });
	await checkout(third, 'trial');
	await customerOf(rig, third.account);
	await quiet(rig);
	requests = await rig.control('GET', '/requests?target=stripe');
});
after(() => rig?.close());

const TYPES = [
	[/^GET \/v1\/account$/, 'AccountRetrieveCurrentParams'],
	[/^POST \/v1\/customers$/, 'CustomerCreateParams'],
	[/^GET \/v1\/customers\/[^/]+$/, 'CustomerRetrieveParams'],
	[/^POST \/v1\/checkout\/sessions$/, 'Checkout.SessionCreateParams'],
	[/^GET \/v1\/checkout\/sessions\/[^/]+$/, 'Checkout.SessionRetrieveParams'],
	[/^GET \/v1\/checkout\/sessions$/, 'Checkout.SessionListParams'],
	[/^POST \/v1\/checkout\/sessions\/[^/]+\/expire$/, 'Checkout.SessionExpireParams'],
	[/^POST \/v1\/billing_portal\/sessions$/, 'BillingPortal.SessionCreateParams'],
	[/^GET \/v1\/subscriptions\/[^/]+$/, 'SubscriptionRetrieveParams'],
	[/^GET \/v1\/subscriptions$/, 'SubscriptionListParams'],
	[/^GET \/v1\/invoices\/[^/]+$/, 'InvoiceRetrieveParams'],
	[/^GET \/v1\/invoices$/, 'InvoiceListParams'],
	[/^GET \/v1\/customers$/, 'CustomerListParams'],
	[/^GET \/v1\/customers\/search$/, 'CustomerSearchParams']
];

// A form knows only words: what reads as a number or a truth is one, where the SDK has that type.
const NUMBERS = new Set(['quantity', 'trial_period_days', 'limit', 'expires_at', 'unit_amount', 'gte']);
function typed(value, name) {
	if (Array.isArray(value))
		return value.map((v) => typed(v, name));
	if (value !== null && typeof value === 'object') {
		const keys = Object.keys(value);
		if (keys.length > 0 && keys.every((k, i) => k === String(i)))
			return keys.map((k) => typed(value[k], name));
		return Object.fromEntries(keys.map((k) => [k, name === 'metadata' ? value[k] : typed(value[k], k)]));
	}
	if (NUMBERS.has(name) && /^-?\d+$/.test(value))
		return Number(value);
	return value === 'true' ? true : value === 'false' ? false : value;
}

test('every request is of a kind that we know', () => {
	const unknown = requests.map((r) => `${r.method} ${r.path}`).filter((line) => !TYPES.some(([p]) => p.test(line)));
	assert.deepEqual([...new Set(unknown)], []);
});

test('all of them compile against the types of the SDK', (t) => {
	const dir = join(rig.dir, 'types');
	mkdirSync(dir);
	const lines = ["import Stripe from 'stripe';", ''];
	const seen = new Set();
	for (const r of requests) {
		const [, type] = TYPES.find(([p]) => p.test(`${r.method} ${r.path}`)) ?? [];
		if (!type)
			continue;
		seen.add(type);
		lines.push(`// ${r.n}: ${r.method} ${r.path}`, `export const r${r.n}: Stripe.${type} = ${JSON.stringify(typed(r.params ?? {}, ''), null, '\t')};`, '');
	}
	// A judge that lets everything pass is none.
	lines.push('// @ts-expect-error', "export const wrong: Stripe.CustomerCreateParams = { e_mail: 'x' };",
		'// @ts-expect-error', "export const worse: Stripe.Checkout.SessionCreateParams = { mode: 'subscription', subscription_data: { trial_days: 3 } };", '');
	const file = join(SOURCE, 'tests', 'node_modules', '.endpin-requests.ts');
	writeFileSync(file, lines.join('\n'));
	const tsc = spawnSync(process.execPath, [join(SOURCE, 'tests', 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '--strict',
		'--skipLibCheck', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--target', 'es2022', '--types', '', file], { encoding: 'utf8', cwd: join(SOURCE, 'tests') });
	assert.equal(tsc.status, 0, tsc.stdout + tsc.stderr + lines.join('\n'));
	for (const type of ['CustomerCreateParams', 'Checkout.SessionCreateParams', 'Checkout.SessionExpireParams', 'BillingPortal.SessionCreateParams', 'SubscriptionRetrieveParams', 'InvoiceRetrieveParams'])
		assert.ok(seen.has(type), `no request of ${type}`);
	t.diagnostic(`${requests.length} requests of ${seen.size} kinds compile (figure: all)`);
});

test('each carries the pinned version, writes their idempotency key', () => {
	for (const r of requests) {
		assert.equal(r.headers['stripe-version'], '2026-10-28.endive', r.path);
		if (r.method === 'POST') {
			assert.match(r.headers['idempotency-key'] ?? '', /^[0-9a-f-]{36}$/, r.path);
			assert.match(r.headers['content-type'], /^application\/x-www-form-urlencoded/);
		}
	}
	const keys = requests.filter((r) => r.method === 'POST').map((r) => `${r.path} ${r.headers['idempotency-key']}`);
	assert.equal(new Set(keys.map((k) => k.split(' ')[1])).size, new Set(keys).size, 'a key on two paths');
});

test('nothing was refused', () => {
	assert.deepEqual(requests.filter((r) => r.status >= 400).map((r) => `${r.status} ${r.method} ${r.path}`), []);
});

test('the SDK works against the sandbox', async () => {
	const stripe = new Stripe(rig.secrets.stripeKey, { host: '127.0.0.1', port: rig.sandboxPort, protocol: 'http' });
	const { data } = await stripe.subscriptions.list({ limit: 3 });
	assert.equal(data[0].object, 'subscription');
});
