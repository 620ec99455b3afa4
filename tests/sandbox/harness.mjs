// SPDX-License-Identifier: MIT
//
// A sandbox on a free port in a temporary directory, and somebody who listens for its events.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';

export const MAIN = fileURLToPath(new URL('../../deploy/sandbox/main.mjs', import.meta.url));
export const KEY = 'sk_test_sandbox';
export const SECRETS = ['whsec_first', 'whsec_second'];
export const PRODUCT_ID = 'demo.endpin.test';
export const PRODUCT_SECRET = 'test-product-secret';
export const APP = 'http://127.0.0.1:8080';
export const BOB = 'pNRB1aYqArN';
export const DAY = 86400;

const CATALOG = {
	products: [{ id: 'prod_pro', name: 'Pro' }],
	prices: [
		{ id: 'price_month', product: 'prod_pro', unit_amount: 2900, currency: 'eur', interval: 'month' },
		{ id: 'price_year', product: 'prod_pro', unit_amount: 29000, currency: 'eur', interval: 'year' }
	],
	coupons: [
		{ id: 'REF10', percent_off: 10, duration: 'repeating', duration_in_months: 3 },
		{ id: 'ONCE5', amount_off: 500, currency: 'eur', duration: 'once' },
		{ id: 'FREE', percent_off: 100, duration: 'once' }
	]
};

export function options(dir, port, webhookUrl) {
	const file = (name, text) => {
		writeFileSync(join(dir, name), text);
		return join(dir, name);
	};
	return {
		port, 'stripe-key-file': file('key', KEY + '\n'), 'webhook-url': webhookUrl, 'webhook-secret-file': file('whsec', SECRETS.join('\n') + '\n'),
		'product-id': PRODUCT_ID, 'product-secret-file': file('product', PRODUCT_SECRET), 'access-key-id': 'ak',
		'secret-access-key-file': file('sak', 'very secret'), 'app-origin': APP, catalog: file('catalog.json', JSON.stringify(CATALOG))
	};
}

export const argv = (opts) => Object.entries(opts).flatMap(([name, value]) => [`--${name}`, String(value)]);

// Resolves with what the process printed as its address; rejects if it ends before.
export function launch(args) {
	const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
	const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
	// Also if a test file ends in a way that was not foreseen.
	process.on('exit', () => child.kill());
	return new Promise((resolve, reject) => {
		let said = '';
		child.stdout.on('data', (chunk) => {
			said += chunk;
			const [, url] = /^ready (\S+)\/\n/.exec(said) ?? [];
			if (url)
				resolve({ child, url, ended });
		});
		ended.then(({ code }) => reject(new Error(`the sandbox ended with ${code}`)));
	});
}

async function listener() {
	const events = [];
	const wanted = { status: 200 };
	const server = http.createServer(async (req, res) => {
		let body = '';
		for await (const chunk of req)
			body += chunk;
		events.push({ headers: req.headers, body, event: JSON.parse(body), answered: wanted.status });
		res.writeHead(wanted.status).end();
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { events, wanted, server, url: `http://127.0.0.1:${server.address().port}/hook` };
}

async function open(extra) {
	const dir = mkdtempSync(join(tmpdir(), 'endpin-sandbox-'));
	const hook = await listener();
	const { child, url, ended } = await launch(argv({ ...options(dir, 0, hook.url), ...extra(dir) }));
	const stripe = new Stripe(KEY, { host: '127.0.0.1', port: Number(new URL(url).port), protocol: 'http', maxNetworkRetries: 0, telemetry: false });

	const call = async (method, path, body) => {
		const res = await fetch(url + path, { method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json' } });
		const text = await res.text();
		return { status: res.status, headers: res.headers, body: text === '' ? null : JSON.parse(text) };
	};
	const control = async (path, body, method = body ? 'POST' : 'GET') => (await call(method, `/control/${path}`, body)).body;

	const world = {
		dir, url, stripe, hook, call, control, child, ended,
		idle: () => control('events/idle?timeout_ms=5000', {}),
		customer: (fields = {}) => stripe.customers.create({ email: 'ann@example.com', name: 'Ann', ...fields }),
		session: (customer, fields = {}) => stripe.checkout.sessions.create({
			mode: 'subscription', customer: customer.id, line_items: [{ price: 'price_month', quantity: 1 }],
			success_url: `${APP}/welcome?session={CHECKOUT_SESSION_ID}`, cancel_url: `${APP}/pricing`, ...fields
		}),
		async purchase(fields = {}, card) {
			const customer = await world.customer(fields.customer);
			const session = await world.session(customer, fields.session);
			return { customer, session, ...await control('pay', { session: session.id, card }) };
		}
	};
	world.close = async () => {
		child.kill('SIGTERM');
		await ended;
		hook.server.closeAllConnections();
		hook.server.close();
		rmSync(dir, { recursive: true });
	};
	return world;
}

let shared = null;

after(() => shared?.close());

// The tests of a file share one sandbox, emptied before each; those with options of their own get their own.
export async function start(t, extra) {
	if (extra) {
		const world = await open(extra);
		t.after(world.close);
		return world;
	}
	shared ??= await open(() => ({}));
	await shared.control('faults', undefined, 'DELETE');
	await shared.idle();
	await shared.control('reset', {});
	shared.hook.events.length = 0;
	shared.hook.wanted.status = 200;
	return shared;
}

export const TEN = ['charge.refunded', 'charge.succeeded', 'charge.updated', 'customer.created', 'customer.deleted', 'customer.updated',
	'customer.subscription.created', 'customer.subscription.deleted', 'customer.subscription.updated', 'invoice.paid'];

// Cello's endpoint at Stripe, made and pasted as its guide says.
export async function connectCello(world, { events = TEN, mode, secret } = {}) {
	const { hook: { url } } = await world.control('cello');
	const endpoint = await world.stripe.webhookEndpoints.create({ url, enabled_events: events });
	await world.control('cello/webhook', { secret: secret ?? endpoint.secret, mode });
	return endpoint;
}

// What Cello knows once all that is on its way has come.
export async function heard(world) {
	await world.idle();
	return world.control('cello');
}

// A request as the SDK would not make it.
export async function raw(world, method, path, form = '', headers = {}) {
	const res = await fetch(world.url + path, {
		method, body: method === 'GET' ? undefined : form,
		headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-www-form-urlencoded', ...headers }
	});
	return { status: res.status, headers: res.headers, body: await res.json() };
}

// What Cello's API answers to whoever has its keys; `headers` may say otherwise.
export async function askCello(world, method, path, body, headers = {}) {
	const ask = async (to, what, more) => {
		const res = await fetch(`${world.url}/cello${to}`, {
			method: to === '/token' ? 'POST' : method, body: typeof what === 'string' ? what : what && JSON.stringify(what),
			headers: { 'content-type': 'application/json', ...more }
		});
		const text = await res.text();
		return { status: res.status, headers: res.headers, body: text === '' ? null : JSON.parse(text) };
	};
	if (path === '/token' || headers.authorization !== undefined)
		return ask(path, body, headers);
	const { body: { accessToken } } = await ask('/token', { accessKeyId: 'ak', secretAccessKey: 'very secret' });
	return ask(path, body, { authorization: `Bearer ${accessToken}`, ...headers });
}
