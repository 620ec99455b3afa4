// SPDX-License-Identifier: MIT
//
// The configuration of a rig: an endpin.conf and the secrets that it names. Changes are "section.option": value.

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CANARY, own, writeSecret } from './files.mjs';

const secret = (prefix) => `${prefix}${CANARY}${randomBytes(24).toString('hex')}`;

export const PRODUCT = 'demo.endpin.test';
export const POOLS = ['hook', 'password', 'stripe', 'web'];

export function makeSecrets(dir) {
	const s = {
		stripeKey: secret('sk_test_'), webhook: secret('whsec_'), product: secret('cello_'), accessKey: secret('access_'),
		pepper: `p1:${randomBytes(32).toString('hex')}`
	};
	s.files = {
		'stripe.secret_key_file': writeSecret(join(dir, 'stripe_key'), s.stripeKey + '\n'),
		'stripe.webhook_secret_file': writeSecret(join(dir, 'webhook_secret'), s.webhook + '\n'),
		'cello.product_secret_file': writeSecret(join(dir, 'product_secret'), s.product + '\n'),
		'password.pepper_file': writeSecret(join(dir, 'pepper'), s.pepper + '\n')
	};
	s.accessKeyFile = writeSecret(join(dir, 'access_key'), s.accessKey + '\n');
	s.files['cello.secret_access_key_file'] = s.accessKeyFile;
	return s;
}

// What is sold. The sandbox's catalogue and endpin's plans say the same.
export const CATALOG = {
	products: [{ id: 'prod_solo', name: 'Solo' }, { id: 'prod_quartet', name: 'Quartet' }],
	prices: [
		{ id: 'price_solo', product: 'prod_solo', unit_amount: 1900, currency: 'usd', interval: 'month' },
		{ id: 'price_quartet', product: 'prod_quartet', unit_amount: 4900, currency: 'usd', interval: 'month' },
		{ id: 'price_trial', product: 'prod_solo', unit_amount: 19000, currency: 'usd', interval: 'year' }
	],
	coupons: [{ id: 'FRIEND20', name: 'From a friend', percent_off: 20, duration: 'once' }]
};

const plan = (name, price, label, amount, more = {}) =>
	Object.fromEntries(Object.entries({ price, label, description: `The ${label} plan`, amount, currency: 'usd', interval: 'month', ...more })
		.map(([option, value]) => [`plan ${name}.${option}`, value]));

export function defaults(dir) {
	return {
		'server.public_origin': 'http://127.0.0.1:1', 'server.www_dir': dir, 'server.run_dir': dir,
		'server.log_level': 'info', 'server.stop_timeout': 10,
		'database.conninfo': '', 'database.pooler': 'none',
		...Object.fromEntries(POOLS.flatMap((pool) =>
			[[`pool ${pool}.listen`, join(dir, `${pool}.sock`)], [`pool ${pool}.workers`, pool === 'stripe' ? 3 : 2]])),
		// Tests come from one address; limits.test.mjs comes from others.
		'limits.exempt': '127.0.0.1',
		'courier.processes': 2,
		'stripe.api_base': 'http://127.0.0.1:1', 'stripe.secret_key_file': join(dir, 'stripe_key'),
		'stripe.webhook_secret_file': join(dir, 'webhook_secret'), 'stripe.timeout': 5,
		'stripe.calls_per_second': 10000, 'stripe.calls_per_endpoint': 10000,
		'cello.enabled': 'yes', 'cello.environment': 'sandbox', 'cello.product_id': PRODUCT,
		'cello.product_secret_file': join(dir, 'product_secret'),
		...plan('solo', 'price_solo', 'Solo', 1900, { referral_coupon: 'FRIEND20' }),
		...plan('quartet', 'price_quartet', 'Quartet', 4900, { features: 'export, offline', limits: 'projects=10,  seats=4' }),
		...plan('trial', 'price_trial', 'Solo, yearly', 19000, { interval: 'year', trial_days: 14 })
	};
}

// An option that is null is not written: it has its default.
export function configText(options) {
	const sections = new Map();
	for (const [name, value] of Object.entries(options).filter(([, value]) => value !== null)) {
		const at = name.lastIndexOf('.');
		const section = name.slice(0, at);
		if (!sections.has(section))
			sections.set(section, []);
		sections.get(section).push(`${name.slice(at + 1)} = ${value}`);
	}
	return [...sections].map(([name, lines]) => `[${name}]\n${lines.join('\n')}\n`).join('\n');
}

export function writeConfig(file, dir, changes) {
	const options = { ...defaults(dir), ...changes };
	writeFileSync(file, configText(options), { mode: 0o640 });
	own(file);
	return options;
}
