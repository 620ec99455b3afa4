// SPDX-License-Identifier: MIT
//
// Everything that lives while the sandbox runs, and how it begins again.

import { seed } from './cello/referrers.mjs';
import { resumeTelling } from './cello/reward_hook.mjs';
import { Clock } from './clock.mjs';
import { Delivery, USUAL } from './deliver.mjs';
import { Faults } from './faults.mjs';
import { forgetUnfinished } from './idempotency.mjs';
import { isLiveKey } from './modes.mjs';
import { addCoupon } from './objects/coupons.mjs';
import { accountId, changeAccount } from './objects/account.mjs';
import { addPrice, addProduct } from './objects/catalog.mjs';
import { addEndpoint } from './objects/endpoints.mjs';
import { saveDefault } from './objects/portal.mjs';
import { RequestLog } from './requests.mjs';
import { Store } from './state.mjs';
import { addTaxRates } from './tax.mjs';
import { API_VERSION } from './version.mjs';

export const OWN_ENDPOINT = 'we_sandbox';

// What the catalog names is there once, also if the state file already had it.
function stock(w) {
	const { products, prices, coupons } = w.options.catalog;
	for (const p of products)
		if (!w.store.products.has(p.id))
			addProduct(w, p);
	for (const { interval, interval_count, ...p } of prices)
		if (!w.store.prices.has(p.id))
			addPrice(w, { ...p, recurring: { interval, interval_count } });
	for (const p of coupons)
		if (!w.store.coupons.has(p.id))
			addCoupon(w, p);
	// Its address and secrets come from the command line, whatever they were last time.
	addEndpoint(w, {
		id: OWN_ENDPOINT, url: w.options.webhookUrl, enabled_events: ['*'], api_version: API_VERSION, secrets: w.options.webhookSecrets
	});
	addTaxRates(w);
	saveDefault(w);
	seed(w);
}

export function makeWorld(options) {
	const w = {
		options, publicUrl: options.publicUrl, assetsUrl: null, clock: new Clock(), store: new Store(options.stateFile), faults: new Faults(),
		requests: new RequestLog(),
		request: null,		// the API call that is being executed; events name it
		lost: [],		// what happened while no events were generated
		localAllowed: false,	// may an endpoint have an address of this machine?
		badDays: new Map(),	// of the home page → the fault that plays it
		others: new Map(),	// key → the world of another account or mode
		taken: { second: 0 },	// calls of this second
		locked: new Set(),	// ids of objects that somebody writes to
		rights: new Map(),	// restricted key → {resource: what it may}
		live: isLiveKey(options.stripeKey),
		otherMode: null		// the world of our account's other mode
	};
	w.delivery = new Delivery(w);
	w.begin = () => {
		w.store.load(w.clock);
		forgetUnfinished(w);
		stock(w);
		w.delivery.resume();
		resumeTelling(w);
	};
	w.reset = () => {
		w.delivery.stop();
		w.delivery.mode = { ...USUAL };
		w.clock.offset = 0;
		w.faults.clear();
		w.badDays.clear();
		w.lost = [];
		w.localAllowed = false;
		w.requests.clear();
		w.store.clear();
		for (const other of w.others.values())
			other.delivery.stop();
		w.others.clear();
		w.rights.clear();
		w.otherMode = null;
		stock(w);
	};
	return w;
}

function addWorld(w, key) {
	const other = makeWorld({ ...w.options, publicUrl: w.publicUrl, stripeKey: key, stateFile: null });
	other.begin();
	w.others.set(key, other);
	return other;
}

// A key of another account: the catalog is the same, and no events come of what is done with it.
export function addOther(w, key) {
	const other = addWorld(w, key);
	other.delivery.mode.generate = false;
	changeAccount(other);
	return other;
}

// A key of our account's other mode. Its endpoint has our address and secrets, by somebody's mistake.
export function addOtherMode(w, key) {
	const other = addWorld(w, key);
	other.store.account.set('id', accountId(w));
	other.otherMode = w;
	w.otherMode = other;
	return other;
}
