// SPDX-License-Identifier: MIT
//
// Whatever a call may be told acts, or is refused: each parameter of each table is given by itself to the same world, with one value after
// another, and some value has to make a difference, in the answer or in what is remembered.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeWorld } from '../../deploy/sandbox/world.mjs';
import { completeSession } from '../../deploy/sandbox/checkout.mjs';
import { setCard } from '../../deploy/sandbox/control.mjs';
import { StripeError } from '../../deploy/sandbox/errors.mjs';
import { openDispute, warnOfFraud } from '../../deploy/sandbox/disputes.mjs';
import { render } from '../../deploy/sandbox/expand.mjs';
import { ROUTES } from '../../deploy/sandbox/objects/index.mjs';
import { readParams } from '../../deploy/sandbox/params.mjs';
import { chargeCard, newPaymentIntent, newPaymentMethod } from '../../deploy/sandbox/payments.mjs';
import { Store } from '../../deploy/sandbox/state.mjs';

const NOW = 1770000000, DAY = 86400;
const CATALOG = {
	products: [{ id: 'prod_pro', name: 'Pro' }, { id: 'prod_old', name: 'Old', active: false }],
	prices: [
		{ id: 'price_month', product: 'prod_pro', unit_amount: 2900, currency: 'eur', interval: 'month' },
		{ id: 'price_year', product: 'prod_pro', unit_amount: 29000, currency: 'eur', interval: 'year', lookup_key: 'year' },
		{ id: 'price_gone', product: 'prod_pro', unit_amount: 100, currency: 'usd', interval: 'week', active: false }
	],
	coupons: [{ id: 'REF10', percent_off: 10, duration: 'forever' }, { id: 'ONCE5', amount_off: 500, currency: 'eur', duration: 'once' }]
};

// --- a world in which there is one of each ---

function emptyWorld() {
	const w = makeWorld({
		publicUrl: 'http://127.0.0.1:1', stateFile: null, stripeKey: 'sk_test_1', webhookUrl: 'http://127.0.0.1:1/', webhookSecrets: ['whsec_1'],
		productId: 'p', productSecret: 's', appOrigin: 'http://127.0.0.1:2', catalog: CATALOG
	});
	w.delivery.mode.hold = true;
	return w;
}

function ask(w, route, args, given) {
	const entry = ROUTES[route];
	const params = readParams(entry.params ?? {}, given);
	return w.clock.at(NOW, () => {
		w.request = { id: 'req_1', idempotency_key: null };
		try {
			entry.check?.(params);
			const out = entry.run(w, args, params);
			return out.object === 'list' || out.object === 'search_result' ? out : render(w, out, params.expand);
		} finally {
			w.request = null;
		}
	});
}

function buy(w, customer, more = {}) {
	const session = ask(w, 'POST /v1/checkout/sessions', {}, { mode: 'subscription', success_url: 'http://a.test/', customer,
		line_items: { 0: { price: 'price_month', quantity: '1' } }, ...more });
	return { session: session.id, ...completeSession(w, w.store.sessions.get(session.id), { number: '4242424242424242' }) };
}

function stock() {
	const w = emptyWorld();
	w.clock.at(NOW - 9 * DAY, () => w.begin());
	w.localAllowed = true;
	return w.clock.at(NOW - 5 * DAY, () => {
		const make = (what, form) => {
			const entry = ROUTES[`POST /v1/${what}`];
			return entry.run(w, {}, readParams(entry.params, form));
		};
		const ids = {};
		const old = w.clock.at(NOW - 8 * DAY, () => make('customers', { email: 'old@example.com' }));
		const ann = make('customers', { email: 'ann@example.com', name: 'Ann', metadata: { who: 'ann' } });
		const { sub, invoice } = buy(w, ann.id, { discounts: { 0: { coupon: 'REF10' } } });
		Object.assign(ids, { old: old.id, ann: ann.id, sub: sub.id, item: sub.items.data[0].id, discount: sub.discounts[0], paid: invoice.id,
			line: invoice.lines.data[0].id, pm: sub.default_payment_method });
		const second = w.clock.at(NOW - 6 * DAY, () => buy(w, old.id));
		ids.second = second.sub.id;
		ids.secondPaid = second.invoice.id;
		const paidBy = (inv) => [...w.store.invoice_payments.values()].find((ip) => ip.invoice === inv).payment.payment_intent;
		ids.paying = paidBy(invoice.id);
		ids.charge = w.store.payment_intents.get(paidBy(invoice.id)).latest_charge;
		ids.otherCharge = w.store.payment_intents.get(paidBy(second.invoice.id)).latest_charge;
		ids.trial = buy(w, make('customers', { email: 'try@example.com' }).id, { subscription_data: { trial_period_days: '30' } }).sub.id;
		ids.paused = buy(w, make('customers', { email: 'rest@example.com' }).id).sub.id;
		ROUTES['POST /v1/subscriptions/:id/pause'].run(w, { id: ids.paused }, { bill_for: { unused_time_from: { type: 'none' } } });
		setCard(w, { customer: w.store.subscriptions.get(ids.paused).customer, card: '4000000000000341' });
		ids.scheduled = buy(w, make('customers', { email: 'plan@example.com' }).id).sub.id;
		const schedule = make('subscription_schedules', { from_subscription: ids.scheduled });
		ids.schedule = schedule.id;
		ids.phase = { 0: { start_date: String(schedule.phases[0].start_date), items: { 0: { price: 'price_month', quantity: '1' } } } };
		ids.open = make('checkout/sessions', { mode: 'subscription', success_url: 'http://a.test/', customer: old.id, line_items: { 0: { price: 'price_month', quantity: '1' } } }).id;
		ids.refund = make('refunds', { charge: ids.otherCharge, amount: '100' }).id;
		ids.dispute = openDispute(w, w.store.charges.get(ids.otherCharge), {}).id;
		warnOfFraud(w, w.store.charges.get(ids.otherCharge), 'misc');
		ids.waiting = make('invoiceitems', { customer: ann.id, amount: '700', currency: 'eur' }).id;
		const made = (form) => make('invoices', { customer: old.id, ...form });
		make('invoiceitems', { customer: old.id, amount: '900', currency: 'eur' });
		ids.owed = made({ collection_method: 'send_invoice', days_until_due: '3', pending_invoice_items_behavior: 'include' }).id;
		ROUTES['POST /v1/invoices/:id/finalize'].run(w, { id: ids.owed }, {});
		ids.draft = made({}).id;
		const pi = newPaymentIntent(w, { amount: 300, currency: 'eur', customer: old, description: 'by itself' });
		chargeCard(w, pi, newPaymentMethod(w, old, { number: '4242424242424242', name: 'Old' }));
		ids.intent = pi.id;
		ids.note = make('credit_notes', { invoice: ids.paid, amount: '100', refund_amount: '100' }).id;
		ids.noteRefund = w.store.credit_notes.get(ids.note).refunds[0].refund;
		ids.freeRefund = make('refunds', { charge: ids.charge, amount: '200' }).id;
		ids.promotion = make('promotion_codes', { promotion: { type: 'coupon', coupon: 'REF10' }, code: 'SPRING' }).id;
		make('promotion_codes', { promotion: { type: 'coupon', coupon: 'ONCE5' }, active: 'false', customer: ann.id });
		ids.feature = make('entitlements/features', { lookup_key: 'a', name: 'A' }).id;
		make('entitlements/features', { lookup_key: 'b', name: 'B' });
		ids.endpoint = make('webhook_endpoints', { url: 'http://127.0.0.1:3/', enabled_events: { 0: 'invoice.paid' } }).id;
		const destination = ROUTES['POST /v2/core/event_destinations'];
		ids.destination = destination.run(w, {}, readParams(destination.params, { name: 'd', enabled_events: { 0: 'v1.customer.created' }, type: 'webhook_endpoint',
			event_payload: 'thin', webhook_endpoint: { url: 'http://127.0.0.1:4/' } })).id;
		make('customers', { email: 'late@example.com' });
		return { w, ids };
	});
}

const { w: whole, ids } = stock();
// The lists of these need more than one, of different times; so does what fell due.
whole.clock.at(NOW - DAY, () => ROUTES['POST /v1/customers/:id/balance_transactions'].run(whole, { id: ids.ann }, { amount: -5, currency: 'eur' }));
const snapshot = JSON.stringify(Object.fromEntries(Store.names().map((name) => [name, [...whole.store[name]]])));

function sameWorld() {
	const w = emptyWorld(), saved = JSON.parse(snapshot);
	for (const name of Store.names())
		w.store[name] = new Map(saved[name]);
	w.localAllowed = true;
	return w;
}

// --- what each call is given beside the parameter ---

const SALE = { mode: 'subscription', success_url: 'http://a.test/', line_items: { 0: { price: 'price_month', quantity: '1' } } };
const SHIPPING = { name: 'Ann', address: { city: 'a' } };
const PERIOD = { period: { start: String(NOW), end: String(NOW + 1) } };
const UPGRADE = { items: { 0: { id: ids.item, price: 'price_year' } } };
const YEARLY = { 0: { id: ids.item, price: 'price_year' } };
const NOTE = { invoice: ids.paid, amount: '200', credit_amount: '200' };
const LINE = { invoice: ids.paid, amount: undefined, credit_amount: '200', lines: { 0: { type: 'custom_line_item', description: 'a', quantity: '1', unit_amount: '200' } } };
const REFUNDED = { invoice: ids.paid, amount: '200', credit_amount: undefined, refunds: { 0: { refund: ids.freeRefund, amount_refunded: '200' } } };
const DESTINATION = { name: 'n', enabled_events: { 0: 'v1.invoice.paid' }, type: 'webhook_endpoint', event_payload: 'thin', webhook_endpoint: { url: 'http://127.0.0.1:9/' } };

// 'METHOD /path': [path arguments, form, parameter → another form, where it needs one to act]
const BASES = {
	'GET /v1/balance_transactions': [],
	'POST /v1/products': [{}, { name: 'x' }],
	'POST /v1/products/:id': [{ id: 'prod_pro' }],
	'POST /v1/prices': [{}, { currency: 'eur', product: 'prod_pro', recurring: { interval: 'month' }, unit_amount: '500' }],
	'POST /v1/prices/:id': [{ id: 'price_month' }],
	'POST /v1/coupons': [{}, { id: 'FIVE', percent_off: '5' }, { currency: { percent_off: undefined, amount_off: '100', currency: 'eur' },
		duration_in_months: { duration: 'repeating', duration_in_months: '2' } }],
	'POST /v1/promotion_codes': [{}, { promotion: { type: 'coupon', coupon: 'REF10' } }, {
		'restrictions[minimum_amount]': { restrictions: { minimum_amount: '100', minimum_amount_currency: 'eur' } },
		'restrictions[minimum_amount_currency]': { restrictions: { minimum_amount: '100', minimum_amount_currency: 'eur' } } }],
	'POST /v1/promotion_codes/:id': [{ id: ids.promotion }],
	'POST /v1/credit_notes/:id': [{ id: ids.note }],
	'GET /v1/credit_notes/:id/lines': [{ id: ids.note }],
	'POST /v1/customers': [{}, {}, { shipping: { shipping: SHIPPING } }],
	'POST /v1/customers/:id': [{ id: ids.ann }, {}, { shipping: { shipping: SHIPPING } }],
	'GET /v1/customers/search': [{}, { query: "email:'ann@example.com'" }],
	'GET /v1/customers/:id/payment_methods': [{ id: ids.old }],
	'GET /v1/payment_methods': [{}, {}, { type: { customer: ids.old } }],
	'POST /v1/customers/:id/balance_transactions': [{ id: ids.ann }, { amount: '-100', currency: 'eur' }],
	'GET /v1/customers/:id/balance_transactions': [{ id: ids.ann }],
	'POST /v1/disputes/:id': [{ id: ids.dispute }, {}, { submit: { evidence: { product_description: 'a' } } }],
	'POST /v1/webhook_endpoints': [{}, { url: 'http://127.0.0.1:9/', enabled_events: { 0: 'invoice.paid' } }],
	'POST /v1/webhook_endpoints/:id': [{ id: ids.endpoint }],
	'POST /v1/entitlements/features': [{}, { lookup_key: 'c', name: 'C' }],
	'POST /v1/products/:id/features': [{ id: 'prod_pro' }, { entitlement_feature: ids.feature }],
	'GET /v1/entitlements/active_entitlements': [{}, { customer: ids.ann }],
	'POST /v2/core/event_destinations': [{}, DESTINATION, { snapshot_api_version: { event_payload: 'snapshot', enabled_events: { 0: 'invoice.paid' } } }],
	'GET /v2/core/event_destinations/:id': [{ id: ids.destination }],
	'POST /v2/core/event_destinations/:id': [{ id: ids.destination }],
	'POST /v1/invoiceitems': [{}, { amount: '300', currency: 'eur', customer: ids.ann }, { period: PERIOD }],
	'POST /v1/invoices': [{}, { customer: ids.ann }, { days_until_due: { collection_method: 'send_invoice', days_until_due: '3' },
		collection_method: { collection_method: 'send_invoice', days_until_due: '3' } }],
	'GET /v1/invoices/:id/lines': [{ id: ids.paid }],
	'POST /v1/invoices/:id': [{ id: ids.draft }],
	'POST /v1/invoices/:id/finalize': [{ id: ids.draft }],
	'POST /v1/invoices/:id/pay': [{ id: ids.owed }, { payment_method: ids.pm }],
	'GET /v1/invoice_payments': [{}, {}, { payment: { payment: { type: 'payment_intent' } } }],
	'POST /v1/invoices/:id/attach_payment': [{ id: ids.owed }, { payment_intent: ids.intent }],
	'POST /v1/billing_portal/sessions': [{}, { customer: ids.ann }],
	'POST /v1/billing_portal/configurations': [{}, { features: { invoice_history: { enabled: 'true' } } }],
	'POST /v1/invoices/create_preview': [{}, { subscription: ids.sub, subscription_details: { items: YEARLY } }],
	'POST /v1/refunds': [{}, { charge: ids.charge }, { payment_intent: { charge: undefined, payment_intent: ids.paying } }],
	'POST /v1/refunds/:id': [{ id: ids.refund }],
	'POST /v1/subscription_schedules': [{}, { from_subscription: ids.sub }],
	'POST /v1/subscription_schedules/:id': [{ id: ids.schedule }, {}, { phases: { phases: ids.phase }, 'phases[0][duration][interval_count]': { phases: { 0: { ...ids.phase[0], duration: { interval: 'month' } } } } }],
	'POST /v1/subscription_schedules/:id/release': [{ id: ids.schedule }],
	'POST /v1/checkout/sessions': [{}, { ...SALE, customer: ids.ann }, { customer_email: { customer: undefined }, 'customer_update[address]': { automatic_tax: { enabled: 'true' }, customer_update: { address: 'auto' } } }],
	'POST /v1/checkout/sessions/:id': [{ id: ids.open }],
	'GET /v1/checkout/sessions/:id/line_items': [{ id: ids.open }],
	'POST /v1/subscriptions': [{}, { customer: ids.ann, default_payment_method: ids.pm, items: { 0: { price: 'price_month' } } }],
	'GET /v1/subscription_items': [{}, { subscription: ids.sub }],
	'POST /v1/subscriptions/:id': [{ id: ids.sub }, {}, { items: UPGRADE, payment_behavior: UPGRADE, proration_behavior: UPGRADE, proration_date: UPGRADE }],
	'POST /v1/subscriptions/:id/pause': [{ id: ids.sub }],
	'POST /v1/subscriptions/:id/resume': [{ id: ids.paused }],
	'DELETE /v1/subscriptions/:id': [{ id: ids.sub }, {}, { invoice_now: { prorate: 'true' } }]
};
for (const route of ['POST /v1/credit_notes', 'GET /v1/credit_notes/preview', 'GET /v1/credit_notes/preview/lines'])
	BASES[route] = [{}, NOTE, { lines: LINE, refunds: REFUNDED, refund_amount: { credit_amount: undefined, refund_amount: '200' },
		out_of_band_amount: { credit_amount: undefined, out_of_band_amount: '200' } }];

// What Stripe takes here too, and what shows elsewhere.
const SHOWN_ELSEWHERE = new Set([
	'GET /v1/credit_notes/preview/lines effective_at', 'GET /v1/credit_notes/preview/lines memo', 'GET /v1/credit_notes/preview/lines metadata',
	'GET /v1/credit_notes/preview/lines reason', 'POST /v1/invoices/create_preview subscription_details[items][0][metadata]'
]);

// --- the walk ---

function leavesOf(k, path = [], out = []) {
	if (k.unplayed)
		return out;
	if (k.other)
		return leavesOf(k.other, path, out);
	if (k.each)
		return leavesOf(k.each, [...path, '0'], out);
	if (k.shape)
		for (const [name, inner] of Object.entries(k.shape))
			leavesOf(inner, [...path, name], out);
	else
		out.push({ path, words: (k.ways ?? [k]).flatMap((way) => way.words ?? []) });
	return out;
}

const spelled = ([first, ...rest]) => first + rest.map((name) => `[${name}]`).join('');

function withValue(form, [name, ...rest], value) {
	const old = form?.[name];
	return { ...form, [name]: rest.length === 0 ? value : withValue(typeof old === 'object' ? old : {}, rest, value) };
}

const without = (form) => Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined));

const VALUES = ['true', 'false', '1', '0', '7', '150', '2900', String(NOW - 5 * DAY), String(NOW - DAY), String(NOW + 3600), String(NOW + 40 * DAY), 'nothing', 'usd', 'z@example.com',
	'http://127.0.0.1:5/z', 'invoice.voided', 'v1.customer.deleted', ids.old, ids.second, ids.secondPaid, ids.otherCharge, ids.pm, ids.discount, 'price_year', 'ONCE5',
	'2025-03-31.basil', 'xyz', { k: 'v' }, { gte: String(NOW - DAY) }];

// What is random is told apart by when it first appears, and the real clock does not count.
function stable(value) {
	const seen = new Map();
	return JSON.stringify(value).replace(/"(invoice_prefix|code)":"[0-9A-Z]{8}"/g, '"$1":""').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '')
		.replace(/(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{10,}/g, (word) => snapshot.includes(word) ? word : seen.get(word) ?? (seen.set(word, `new ${seen.size}`), seen.get(word)));
}

const REMEMBERED = Store.names().filter((name) => !['events', 'thin_events', 'deliveries'].includes(name));

// What comes of it, or null if the schema does not take this value.
function outcome(route, args, form) {
	try {
		readParams(ROUTES[route].params, form);
	} catch {
		return null;
	}
	const w = sameWorld();
	try {
		const answer = ask(w, route, args, form);
		return { is: stable([answer, REMEMBERED.map((name) => [...w.store[name]])]) };
	} catch (e) {
		if (!(e instanceof StripeError))
			throw e;
		return { refused: e.message };
	}
}

function judge(route, { path, words }) {
	const [args = {}, usual = {}, others = {}] = BASES[route] ?? [];
	const name = spelled(path);
	// One word that can be said only says what is so anyway.
	if (words.length === 1 || SHOWN_ELSEWHERE.has(`${route} ${name}`))
		return null;
	const form = without({ ...usual, ...(others[name] ?? others[path[0]]) });
	const base = outcome(route, args, form);
	if (base === null || base.refused)
		return `its base is refused: ${JSON.stringify(base)}`;
	let taken = 0;
	for (const value of [...words, ...VALUES]) {
		const now = outcome(route, args, withValue(form, path, value));
		if (now === null)
			continue;
		if (now.refused || now.is !== base.is)
			return null;
		taken++;
	}
	return taken > 0 ? 'makes no difference' : 'no value was taken';
}

// Of these tests/sandbox/lists.test.mjs has more to say.
const PAGES = new Set(['limit', 'starting_after', 'ending_before']);

for (const [route, { params = {} }] of Object.entries(ROUTES))
	test(`${route}: each parameter that is taken acts`, () => {
		const rows = Object.entries(params).flatMap(([name, k]) => leavesOf(k, [name])).filter(({ path }) => !PAGES.has(path[0]));
		const silent = rows.map((row) => [spelled(row.path), judge(route, row)]).filter(([, why]) => why !== null);
		assert.deepEqual(silent.map((row) => row.join(': ')), []);
	});

test('a parameter without effect is seen, and so is an answer that differs by itself', () => {
	const { params, run } = ROUTES['POST /v1/products'];
	ROUTES['POST /v1/products'] = { params, run: (w, args, { unit_label: _, ...p }) => run(w, args, p) };
	try {
		assert.equal(judge('POST /v1/products', { path: ['unit_label'], words: [] }), 'makes no difference');
		assert.equal(judge('POST /v1/products', { path: ['name'], words: [] }), null);
	} finally {
		ROUTES['POST /v1/products'] = { params, run };
	}
	const once = (route) => outcome(route, BASES[route][0] ?? {}, without(BASES[route][1] ?? {})).is;
	assert.deepEqual(Object.keys(BASES).filter((route) => once(route) !== once(route)), []);
});
