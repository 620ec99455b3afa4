// SPDX-License-Identifier: MIT
//
// The command line, and nothing else: a name, what it takes, whether it must be there, one sentence.

import { readFileSync } from 'node:fs';

export class UsageError extends Error {}

const OPTIONS = [
	['port', 'N', true, 'listen on 127.0.0.1:N (0: any free port)'],
	['assets-port', 'N', false, "Cello's scripts are at another origin, 127.0.0.1:N, and no more below /assets"],
	['public-url', 'URL', false, 'how browsers reach this sandbox (default http://127.0.0.1:N)'],
	['stripe-key-file', 'FILE', true, 'the API key that /v1 accepts'],
	['webhook-url', 'URL', true, 'where events are delivered'],
	['webhook-secret-file', 'FILE', true, 'signing secrets, one per line; each one signs'],
	['cello-webhook-secret-file', 'FILE', false, "as if pasted into Cello's portal; it may come into being later"],
	['product-id', 'ID', true, "Cello's product id"],
	['product-secret-file', 'FILE', true, "Cello's product secret, which signs the tokens of the component"],
	['access-key-id', 'ID', false, "Cello's access key for POST /cello/token"],
	['secret-access-key-file', 'FILE', false, 'and its secret'],
	['cello', 'harsh|kind', false, 'how Cello behaves where its pages leave it open (default harsh)'],
	['app-origin', 'ORIGIN', true, 'where the application lives: referral links lead there'],
	['catalog', 'FILE', true, 'products, prices and coupons, as JSON'],
	['state', 'FILE', false, 'keep all objects in FILE over a restart (default: memory only)'],
	['help', '', false, 'this text']
];

export function usage() {
	const rows = OPTIONS.map(([name, takes, must, what]) =>
		`  --${name}${takes ? ' ' + takes : ''}`.padEnd(32) + what + (must ? ' (required)' : ''));
	return ['usage: node main.mjs OPTIONS', '', ...rows, ''].join('\n');
}

function readWords(argv) {
	const given = {};
	for (let i = 0; i < argv.length; i++) {
		const [, name, , inline] = /^--([^=]+)(=(.*))?$/s.exec(argv[i]) ?? [];
		const option = OPTIONS.find((o) => o[0] === name);
		if (!option)
			throw new UsageError(`unknown option: ${argv[i]} (see --help)`);
		if (name === 'help')
			return { help: true };
		const value = inline ?? argv[++i];
		if (value === undefined || value === '')
			throw new UsageError(`option --${name} needs a value`);
		given[name] = value;
	}
	return given;
}

function readText(option, file) {
	try {
		return readFileSync(file, 'utf8');
	} catch (e) {
		throw new UsageError(`cannot read --${option} ${file}: ${e.code}`);
	}
}

function readSecret(option, file) {
	const text = readText(option, file).trim();
	if (text === '')
		throw new UsageError(`--${option} ${file} is empty`);
	return text;
}

function checkUrl(option, text) {
	if (!/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : ''))
		throw new UsageError(`--${option} is not an http address: ${text}`);
	return text.replace(/\/$/, '');
}

function parseCatalog(file) {
	const text = readText('catalog', file);
	try {
		return JSON.parse(text);
	} catch (e) {
		throw new UsageError(`--catalog ${file} is not JSON: ${e.message}`);
	}
}

const INTERVALS = ['day', 'week', 'month', 'year'];

// A price names its interval itself or, as Stripe's own objects do, in `recurring`.
function readCatalog(file) {
	const { products = [], prices = [], coupons = [] } = parseCatalog(file);
	const demand = (ok, what) => {
		if (!ok)
			throw new UsageError(`--catalog ${file}: ${what}`);
	};
	for (const p of products)
		demand(p.id && p.name, 'a product needs id and name');
	const known = products.map((p) => p.id);
	const flat = prices.map(({ recurring, ...p }) => ({ ...p, ...recurring }));
	for (const p of flat) {
		demand(p.id && known.includes(p.product), `price ${p.id} names no product of the catalog`);
		demand(Number.isInteger(p.unit_amount) && p.unit_amount >= 0, `price ${p.id} needs unit_amount, an integer`);
		demand(/^[a-z]{3}$/.test(p.currency), `price ${p.id} needs currency, in lower case`);
		demand(INTERVALS.includes(p.interval), `price ${p.id} needs interval: ${INTERVALS.join(', ')}`);
	}
	for (const c of coupons)
		demand(c.id && (c.percent_off === undefined) !== (c.amount_off === undefined), `coupon ${c.id} needs percent_off or amount_off`);
	return { products, prices: flat, coupons };
}

export function parseOptions(argv) {
	const given = readWords(argv);
	if (given.help)
		return given;
	for (const [name, , must] of OPTIONS)
		if (must && given[name] === undefined)
			throw new UsageError(`option --${name} is missing (see --help)`);
	for (const name of ['port', 'assets-port'])
		if (given[name] !== undefined && (!/^\d{1,5}$/.test(given[name]) || Number(given[name]) > 65535))
			throw new UsageError(`--${name} is not a port number: ${given[name]}`);
	if ((given['access-key-id'] === undefined) !== (given['secret-access-key-file'] === undefined))
		throw new UsageError('--access-key-id and --secret-access-key-file belong together');
	const manners = given.cello ?? 'harsh';
	if (!['harsh', 'kind'].includes(manners))
		throw new UsageError(`--cello is harsh or kind, not ${manners}`);
	return {
		port: Number(given.port),
		assetsPort: given['assets-port'] === undefined ? null : Number(given['assets-port']),
		publicUrl: given['public-url'] && checkUrl('public-url', given['public-url']),
		stripeKey: readSecret('stripe-key-file', given['stripe-key-file']),
		webhookUrl: checkUrl('webhook-url', given['webhook-url']),
		webhookSecrets: readSecret('webhook-secret-file', given['webhook-secret-file'])
			.split('\n').map((line) => line.trim()).filter(Boolean),
		productId: given['product-id'],
		productSecret: readSecret('product-secret-file', given['product-secret-file']),
		celloSecretFile: given['cello-webhook-secret-file'] ?? null,
		accessKeyId: given['access-key-id'] ?? null,
		secretAccessKey: given['secret-access-key-file']
			? readSecret('secret-access-key-file', given['secret-access-key-file']) : null,
		manners,
		appOrigin: checkUrl('app-origin', given['app-origin']),
		catalog: readCatalog(given.catalog),
		stateFile: given.state ?? null
	};
}
