// SPDX-License-Identifier: MIT
//
// POST /events: what Cello's documents demand of each trigger, field by field.  What they do not know of they leave out
// in silence; here it is noted.

import { digitsOf } from '../money.mjs';
import { isEmail, isText, missingOrInvalid, pathsOf, valueAt } from './fields.mjs';
import { INTERVALS } from './intervals.mjs';
import { knownInvoice, noteEvent, report } from './feed.mjs';
import { refuse } from './refusal.mjs';
import { celloSetting } from './settings.mjs';

const isTime = (v) => isText(v) && /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}/.test(v) && !Number.isNaN(Date.parse(v));
const isInterval = (v) => INTERVALS.includes(v);

const ALWAYS = [
	['eventName', (v) => v === 'ReferralUpdated'],
	['payload.ucc', isText], ['payload.newUserId', isText], ['context.newUser.id', isText],
	['context.event.timestamp', isTime]
];

const MONEY = [
	['payload.price', (v) => typeof v === 'number' && Number.isFinite(v)],
	['payload.currency', (v) => isText(v) && /^[A-Z]{3}$/.test(v)],
	['context.newUser.email', isEmail], ['context.subscription.invoiceId', isText]
];

const REQUIRED = {
	'new-signup': [],
	'demo-call-attended': [],
	'invoice-paid': [...MONEY, ['context.subscription.interval', isInterval], ['context.subscription.productKey', isText]],
	'charge-refunded': MONEY
};

// Checked where they are given.
const OPTIONAL = [
	['payload.price', (v) => typeof v === 'number'], ['payload.currency', (v) => typeof v === 'string'],
	['context.event.trigger', isText],
	['context.newUser.email', isEmail], ['context.newUser.name', (v) => typeof v === 'string'],
	['context.newUser.organizationId', isText], ['context.subscription.id', isText], ['context.subscription.invoiceId', isText],
	['context.subscription.interval', isInterval], ['context.subscription.productKey', isText],
	['context.subscription.seatsUsed', Number.isInteger]
];

const KNOWN = new Set([...ALWAYS, ...OPTIONAL].map(([path]) => path));

function problemsOf(event) {
	const trigger = valueAt(event, 'context.event.trigger');
	if (!Object.hasOwn(REQUIRED, trigger ?? ''))
		return [`context.event.trigger must be one of ${Object.keys(REQUIRED).join(', ')}`];
	return missingOrInvalid(event, [...ALWAYS, ...REQUIRED[trigger]], OPTIONAL);
}

// `context` takes what anybody likes, says an older page; the rest is stripped.
const strippedOf = (event) => pathsOf(event).filter((path) => !KNOWN.has(path) && !/^context\.(?!newUser\.|event\.|subscription\.)/.test(path));

// In the smallest unit, as everything is kept here.
const amountOf = ({ price, currency }) => price === undefined ? null : Math.round(price * 10 ** digitsOf(currency.toLowerCase()));

// {status, body}
export function postEvent(w, event) {
	const problems = problemsOf(event);
	if (problems.length > 0)
		return refuse(w, 400, '/events', problems);
	const { payload, context: { newUser, subscription, event: { trigger, timestamp } } } = event;
	const invoice = subscription?.invoiceId ?? null;
	const repeated = trigger === 'invoice-paid' && knownInvoice(w, invoice);
	if (repeated && celloSetting(w, 'v1_repeats') === 'refused')
		return refuse(w, 400, '/events', [`invoice ${invoice} was reported before`]);
	const ignored = repeated && celloSetting(w, 'v1_repeats') === 'ignored';
	noteEvent(w, { api: 'v1', type: trigger, event, stripped: strippedOf(event), ignored });
	if (!ignored)
		report(w, trigger, {
			source: 'api', occurredAt: timestamp, ucc: payload.ucc, subject: payload.newUserId, newUserId: payload.newUserId, userId: newUser.id,
			organizationId: newUser.organizationId ?? null, email: newUser.email ?? null, amount: amountOf(payload),
			currency: payload.currency?.toLowerCase() || null, invoice, subscription: subscription?.id ?? null
		});
	return { status: 200, body: { success: true } };
}
