// SPDX-License-Identifier: MIT
//
// The control API: what a test or a person does to the world that Stripe and Cello cannot be asked to do.

import { campaign, changeCampaign } from './cello/campaign.mjs';
import { eligibility } from './cello/eligibility.mjs';
import { hookView, MODES, paste } from './cello/hook.mjs';
import { changeCode } from './cello/referrers.mjs';
import { decide } from './cello/review.mjs';
import { setUp, tellAgain, tellByHand } from './cello/reward_hook.mjs';
import { rewards } from './cello/rewards.mjs';
import { allCelloSettings, changeCelloSettings } from './cello/settings.mjs';
import { integrationStatus } from './cello/status.mjs';
import { revoke } from './cello/tokens.mjs';
import { afterPayment, cancelFromPortal, isLive, keepSubscription } from './billing.mjs';
import { completeSession, Declined, MustConfirm } from './checkout.mjs';
import { DisputeError, holdsBack, moveDispute, openDispute, warnOfFraud } from './disputes.mjs';
import { subscribeElsewhere } from './elsewhere.mjs';
import { StripeError } from './errors.mjs';
import { findDestination, rollSecret } from './destinations.mjs';
import { change, recover, tellOfAccount, tellUpcoming } from './events.mjs';
import { bare } from './expand.mjs';
import { FaultError } from './faults.mjs';
import { HttpError, readJson, sendJson } from './http.mjs';
import { attachPayment } from './invoices.mjs';
import { isLiveKey } from './modes.mjs';
import { accountId, changeAccount } from './objects/account.mjs';
import { forgetDefault, saveDefault } from './objects/portal.mjs';
import { chargeCard, newPaymentIntent, newPaymentMethod, paidChargesOf } from './payments.mjs';
import { applyPromotion } from './pricing.mjs';
import { newRefund, refundable, RefundError, settleRefund } from './refunds.mjs';
import { RIGHTS } from './rights.mjs';
import { Router } from './router.mjs';
import { allSettings, changeSettings, SettingError } from './settings.mjs';
import { Store } from './state.mjs';
import { advance } from './timeline.mjs';
import { checkVersion } from './version.mjs';
import { addOther, addOtherMode, OWN_ENDPOINT } from './world.mjs';

function find(map, id, what) {
	const found = map.get(id);
	if (!found)
		throw new HttpError(404, `no such ${what}: ${id}`);
	return found;
}

function liveSubscription(w, customerId) {
	const sub = [...w.store.subscriptions.values()].reverse().find((s) => s.customer === customerId && isLive(s));
	if (!sub)
		throw new HttpError(409, `customer ${customerId} has no live subscription`);
	return sub;
}

function chargeIn(w, { invoice, charge }) {
	const found = charge !== undefined ? find(w.store.charges, charge, 'charge')
		: paidChargesOf(w, find(w.store.invoices, invoice, 'invoice'))[0];
	if (!found?.paid)
		throw new HttpError(409, 'there is no successful charge');
	return found;
}

// As on the page: the card first, then what the person answers if the bank asks; null: nothing.
function tryCard(w, session, card, confirm) {
	try {
		return completeSession(w, session, { number: card });
	} catch (e) {
		if (!(e instanceof MustConfirm) || confirm === null)
			throw e;
		return completeSession(w, session, { number: card, confirmed: confirm });
	}
}

function pay(w, { session: id, card = '4242424242424242', confirm = true, promotion_code: code }) {
	const session = find(w.store.sessions, id, 'session');
	if (session.status !== 'open')
		throw new HttpError(409, `the session is ${session.status}`);
	if (code !== undefined)
		applyPromotion(w, session, code);
	try {
		const { sub, invoice } = tryCard(w, session, card, confirm);
		return { status: session.status, subscription: sub.id, invoice: invoice.id };
	} catch (e) {
		if (e instanceof MustConfirm)
			return { status: session.status, subscription: null, invoice: null, error: 'the bank asks' };
		if (!(e instanceof Declined))
			throw e;
		return { status: session.status, subscription: null, invoice: null, error: e.message };
	}
}

function refund(w, given) {
	if (given.refund !== undefined)
		return bare(settleRefund(w, find(w.store.refunds, given.refund, 'refund'), given.status, given.failure_reason));
	const charge = chargeIn(w, given);
	if (charge.payment_method_details.type !== 'card')
		throw new HttpError(409, 'the sandbox plays refunds of cards only');
	if (holdsBack(w, charge))
		throw new HttpError(409, 'the charge is disputed');
	const amount = given.amount ?? refundable(charge);
	if (!Number.isInteger(amount) || amount < 1 || amount > refundable(charge))
		throw new HttpError(409, `only ${refundable(charge)} can be refunded`);
	return bare(newRefund(w, charge, { amount }));
}

function dispute(w, given) {
	if (given.dispute === undefined)
		return bare(openDispute(w, chargeIn(w, given), given));
	return bare(moveDispute(w, find(w.store.disputes, given.dispute, 'dispute'), given.status, given));
}

// Money that comes by itself: for an invoice, of which it may be a part, or for none.
function payment(w, { invoice: id, customer: payer, amount, currency = 'eur', card = '4242424242424242' }) {
	const invoice = id === undefined ? null : find(w.store.invoices, id, 'invoice');
	if (invoice && !['open', 'uncollectible'].includes(invoice.status))
		throw new HttpError(409, `the invoice is ${invoice.status}`);
	if (!Number.isInteger(amount) || amount < 1)
		throw new HttpError(400, 'amount must be an integer above 0');
	const customer = find(w.store.customers, invoice?.customer ?? payer, 'customer');
	const pi = newPaymentIntent(w, { amount, currency: invoice?.currency ?? currency, customer, description: 'Payment' });
	const { outcome, charge } = chargeCard(w, pi, newPaymentMethod(w, customer, { number: card, name: customer.name }), { present: true, confirmed: true });
	const ok = outcome === 'paid';
	if (ok && invoice && attachPayment(w, invoice, pi))
		afterPayment(w, invoice);
	return { payment_intent: pi.id, charge: charge.id, paid: ok };
}

// Another card for the customer and what it subscribes to: how a renewal is made to fail, or to succeed again.
export function setCard(w, { customer: id, card }) {
	const customer = find(w.store.customers, id, 'customer');
	const pm = newPaymentMethod(w, customer, { number: card, name: customer.name });
	change(w, 'customer.updated', customer, { invoice_settings: { ...customer.invoice_settings, default_payment_method: pm.id } });
	for (const sub of w.store.subscriptions.values())
		if (sub.customer === id && isLive(sub))
			change(w, 'customer.subscription.updated', sub, { default_payment_method: pm.id });
	return { payment_method: pm.id };
}

function eventsWithDelivery(w) {
	const all = [...w.store.events.values(), ...w.store.thin_events.values()];
	const byEvent = new Map(all.map(({ id }) => [id, []]));
	for (const d of w.store.deliveries.values())
		byEvent.get(d.event).push(d);
	return all.map((event) => ({ ...bare(event), deliveries: byEvent.get(event.id) }));
}

function setMode(w, { generate, hold, shuffle, duplicate, twins, tries }) {
	const { mode } = w.delivery;
	if (typeof generate === 'boolean')
		mode.generate = generate;
	if (typeof hold === 'boolean')
		mode.hold = hold;
	if (typeof shuffle === 'boolean')
		mode.shuffle = shuffle;
	if (Number.isInteger(duplicate) && duplicate >= 1)
		mode.duplicate = duplicate;
	if (Number.isInteger(twins) && twins >= 0)
		mode.twins = twins;
	if (Number.isInteger(tries) && tries >= 0)
		mode.tries = tries;
	return mode;
}

async function redeliver(w, given) {
	const statuses = await w.delivery.redeliver(given);
	if (!statuses)
		throw new HttpError(404, `no such event: ${given.id}`);
	return { statuses };
}

function ofAccount(w, { account, event }) {
	if (!/^acct_\w+$/.test(account))
		throw new HttpError(400, 'account must be an id of an account');
	return { event: tellOfAccount(w, { account, like: find(w.store.events, event, 'event') }) };
}

function roll(w, { endpoint, hours = 0 }) {
	const found = findDestination(w, endpoint);
	if (!found || found.deleted)
		throw new HttpError(404, `no such endpoint: ${endpoint}`);
	return { secret: rollSecret(w, found, hours) };
}

// At Stripe a version is an endpoint's for ever, and who wants another makes another endpoint.
function setVersion(w, { endpoint = OWN_ENDPOINT, api_version: version = null }) {
	if (version !== null)
		checkVersion(version, 'api_version');
	find(w.store.webhook_endpoints, endpoint, 'endpoint').api_version = version;
	return { api_version: version };
}

function pasteSecret(w, { secret, mode }) {
	if (!(secret === null || typeof secret === 'string') || !(mode === undefined || MODES.includes(mode)))
		throw new HttpError(400, `secret must be a text or null, mode one of ${MODES.join(', ')}`);
	paste(w, { secret, mode });
	return { url: hookView(w).url };
}

function celloView(w) {
	const rows = (map) => [...map.values()];
	return {
		referrers: rows(w.store.referrers), clicks: rows(w.store.referrers).reduce((n, r) => n + r.clicks, 0),
		signups: rows(w.store.signups), demos: rows(w.store.demos), purchases: rows(w.store.purchases), refunds: rows(w.store.celloRefunds),
		rewards: rewards(w), told: rows(w.store.celloTold), campaign: campaign(w), assets: w.assetsUrl, status: integrationStatus(w), hook: hookView(w),
		events: rows(w.store.celloEvents), boots: rows(w.store.boots)
	};
}

function objects(w, name) {
	if (!Store.names().includes(name))
		throw new HttpError(404, `no such collection: ${name}; there are ${Store.names().join(', ')}`);
	return [...w.store[name].values()];
}

// Another key of the account, one of its other mode, or one of an account of its own.
function addKey(w, { key, same = false, rights = {} }) {
	if (typeof key !== 'string' || key === '')
		throw new HttpError(400, 'key must be a text');
	if (!Object.values(rights).every((right) => RIGHTS.includes(right)))
		throw new HttpError(400, `a right is one of ${RIGHTS.join(', ')}`);
	w.rights.set(key, rights);
	if (!same)
		return { account: accountId(addOther(w, key)) };
	if (isLiveKey(key) === w.live)
		w.others.set(key, w);
	else
		addOtherMode(w, key);
	return { account: accountId(w) };
}

function advanceClock(w, { advance_seconds: seconds }) {
	if (!Number.isInteger(seconds) || seconds < 0)
		throw new HttpError(400, 'advance_seconds must be an integer of 0 or more');
	const done = advance(w, seconds);
	return { now: w.clock.now(), done };
}

const router = new Router({
	'GET /control/faults': (w) => w.faults.list(),
	'POST /control/faults': (w, { body }) => ({ id: w.faults.add(body) }),
	'DELETE /control/faults': (w) => {
		w.faults.clear();
		return {};
	},
	'GET /control/requests': (w, { query }) => w.requests.list(query.get('target'), query.get('path')),
	'DELETE /control/requests': (w) => {
		w.requests.clear();
		return {};
	},
	'GET /control/events': eventsWithDelivery,
	'DELETE /control/events': (w) => {
		w.delivery.forget();
		return {};
	},
	'GET /control/events/mode': (w) => w.delivery.mode,
	'POST /control/events/mode': (w, { body }) => setMode(w, body),
	'POST /control/events/release': async (w, { body }) => ({ statuses: await w.delivery.release(body) }),
	'POST /control/events/deliver': (w, { body }) => redeliver(w, body),
	'POST /control/events/idle': async (w, { query }) => {
		const idle = await w.delivery.idle(Number(query.get('timeout_ms') ?? 10000));
		return { idle, pending: w.delivery.pending() };
	},
	'POST /control/events/recover': (w) => ({ events: recover(w) }),
	'POST /control/events/account': (w, { body }) => ofAccount(w, body),
	'POST /control/events/upcoming': (w, { body }) => {
		tellUpcoming(w, find(w.store.subscriptions, body.subscription, 'subscription'));
		return {};
	},
	'POST /control/endpoints/local': (w, { body }) => {
		if (typeof body.allowed !== 'boolean')
			throw new HttpError(400, 'allowed must be true or false');
		w.localAllowed = body.allowed;
		return { allowed: body.allowed };
	},
	'POST /control/endpoints/version': (w, { body }) => setVersion(w, body),
	'POST /control/endpoints/roll': (w, { body }) => roll(w, body),
	'POST /control/pay': (w, { body }) => pay(w, body),
	'POST /control/portal/settings': (w, { body }) => {
		if (typeof body.saved !== 'boolean')
			throw new HttpError(400, 'saved must be true or false');
		if (body.saved)
			saveDefault(w);
		else
			forgetDefault(w);
		return { saved: body.saved };
	},
	'POST /control/portal/cancel': (w, { body }) => bare(cancelFromPortal(w, liveSubscription(w, body.customer))),
	'POST /control/portal/resume': (w, { body }) => bare(keepSubscription(w, liveSubscription(w, body.customer))),
	'POST /control/card': (w, { body }) => setCard(w, body),
	'POST /control/refund': (w, { body }) => refund(w, body),
	'POST /control/dispute': (w, { body }) => dispute(w, body),
	'POST /control/fraud': (w, { body }) => bare(warnOfFraud(w, chargeIn(w, body), body.fraud_type)),
	'POST /control/subscription': (w, { body }) => bare(subscribeElsewhere(w, body)),
	'POST /control/payment': (w, { body }) => payment(w, body),
	'GET /control/settings': allSettings,
	'POST /control/settings': (w, { body }) => changeSettings(w, body),
	'GET /control/clock': (w) => ({ now: w.clock.now(), offset: w.clock.offset }),
	'POST /control/clock': (w, { body }) => advanceClock(w, body),
	'GET /control/objects/:name': (w, { args }) => objects(w, args.name),
	'GET /control/cello': celloView,
	'GET /control/cello/settings': allCelloSettings,
	'POST /control/cello/settings': (w, { body }) => changeCelloSettings(w, body),
	'POST /control/cello/campaign': (w, { body }) => changeCampaign(w, body),
	'POST /control/cello/people': (w, { body }) => decide(w, body),
	'POST /control/cello/codes': (w, { body }) => changeCode(w, body),
	'GET /control/cello/eligibility/:id': (w, { args }) => eligibility(w, args.id),
	'POST /control/cello/rewards/webhook': (w, { body }) => {
		setUp(w, body);
		return {};
	},
	'POST /control/cello/rewards/send': (w, { body }) => tellByHand(w, body),
	'POST /control/cello/rewards/again': (w, { body }) => tellAgain(w, find(w.store.celloTold, body.reward, 'reward')),
	'POST /control/cello/webhook': (w, { body }) => pasteSecret(w, body),
	'POST /control/cello/revoke': (w, { body }) => {
		revoke(w, body);
		return {};
	},
	'POST /control/keys': (w, { body }) => addKey(w, body),
	'POST /control/reset': (w) => {
		w.reset();
		changeAccount(w);
		return {};
	}
});

const STATUS_OF = (e) => e instanceof HttpError || e instanceof StripeError ? e.status
	: [DisputeError, FaultError, RefundError, SettingError].some((kind) => e instanceof kind) ? 400 : null;

export async function serveControl(w, req, res, url) {
	const found = router.find(req.method, url.pathname);
	if (!found?.entry)
		return sendJson(res, found ? 405 : 404, { error: found ? `allowed: ${found.allow.join(', ')}` : 'no such control call' });
	try {
		const body = req.method === 'POST' ? await readJson(req) : {};
		const out = await found.entry(w, { args: found.args, query: url.searchParams, body });
		w.store.changed(w.clock);
		sendJson(res, 200, out);
	} catch (e) {
		if (STATUS_OF(e) === null)
			throw e;
		sendJson(res, STATUS_OF(e), { error: e.message });
	}
}
