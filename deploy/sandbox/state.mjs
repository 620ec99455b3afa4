// SPDX-License-Identifier: MIT
//
// Everything that the sandbox remembers: named maps from id to object, kept in one JSON file if asked to.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const COLLECTIONS = [
	'customers', 'products', 'prices', 'coupons', 'promotion_codes', 'payment_methods', 'sessions', 'portal_sessions',
	'portal_configurations', 'schedules', 'features', 'product_features', 'entitled',
	'subscriptions', 'discounts', 'invoices', 'invoice_payments', 'payment_intents', 'charges', 'refunds', 'disputes', 'fraud_warnings',
	'credit_notes', 'balance_transactions', 'customer_balance_transactions', 'settings', 'tax_rates', 'invoiceitems',
	'account', 'events', 'thin_events', 'deliveries', 'webhook_endpoints', 'event_destinations', 'idempotency',
	'referrers', 'signups', 'demos', 'purchases', 'celloRefunds', 'celloEvents', 'celloKeys', 'celloSettings', 'boots', 'accessTokens',
	'refreshTokens', 'celloSecrets', 'celloReceived', 'celloRefused', 'celloOutcomes', 'celloCustomers', 'celloHeld', 'celloCampaigns', 'celloPeople',
	'celloRewardHook', 'celloTold', 'celloProcessed', 'celloFetched'
];

// Long enough to gather a burst into one write, short enough that a person does not notice.
const WRITE_DELAY_MS = 300;

export class Store {
	constructor(file) {
		this.file = file;
		this.timer = null;
		this.clear();
	}

	clear() {
		for (const name of COLLECTIONS)
			this[name] = new Map();
	}

	static names() {
		return COLLECTIONS;
	}

	load(clock) {
		if (!this.file)
			return;
		let text;
		try {
			text = readFileSync(this.file, 'utf8');
		} catch (e) {
			if (e.code === 'ENOENT')
				return;
			throw e;
		}
		const saved = JSON.parse(text);
		clock.offset = saved.clockOffset ?? 0;
		for (const name of COLLECTIONS)
			this[name] = new Map(saved[name] ?? []);
	}

	changed(clock) {
		if (this.file && !this.timer)
			this.timer = setTimeout(() => this.write(clock), WRITE_DELAY_MS).unref();
	}

	// A reader finds the old file or the new one, never half of one.
	write(clock) {
		clearTimeout(this.timer);
		this.timer = null;
		if (!this.file)
			return;
		const saved = { clockOffset: clock.offset };
		for (const name of COLLECTIONS)
			saved[name] = [...this[name]];
		writeFileSync(`${this.file}.new`, JSON.stringify(saved), { mode: 0o600 });
		renameSync(`${this.file}.new`, this.file);
	}
}
