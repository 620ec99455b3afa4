// SPDX-License-Identifier: MIT
//
// POST /events: what Cello's documents demand of each trigger, field by field.

import { newId } from '../ids.mjs';
import { report } from './feed.mjs';

const INTERVALS = ['one-time', 'weekly', 'bi-weekly', 'monthly', 'quarterly', 'semi-annual', 'yearly', 'biennial', 'triennial', 'lifetime'];

const isText = (v) => typeof v === 'string' && v !== '';
const isTime = (v) => isText(v) && /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}/.test(v) && !Number.isNaN(Date.parse(v));
const isEmail = (v) => isText(v) && /^[^\s@]+@[^\s@]+$/.test(v);

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
	'invoice-paid': [...MONEY, ['context.subscription.interval', (v) => INTERVALS.includes(v)], ['context.subscription.productKey', isText]],
	'charge-refunded': MONEY
};

// Checked where they are given.
const OPTIONAL = [
	['payload.price', (v) => typeof v === 'number'], ['payload.currency', (v) => typeof v === 'string'],
	['context.newUser.email', isEmail], ['context.newUser.name', (v) => typeof v === 'string'],
	['context.newUser.organizationId', isText], ['context.subscription.id', isText], ['context.subscription.invoiceId', isText],
	['context.subscription.interval', (v) => INTERVALS.includes(v)], ['context.subscription.productKey', isText],
	['context.subscription.seatsUsed', Number.isInteger]
];

const at = (o, path) => path.split('.').reduce((v, name) => v?.[name], o);

export function problemsOf(event) {
	const trigger = at(event, 'context.event.trigger');
	if (!Object.hasOwn(REQUIRED, trigger ?? ''))
		return [`context.event.trigger must be one of ${Object.keys(REQUIRED).join(', ')}`];
	const bad = (rules, given) => rules.filter(([path, ok]) =>
		(given && at(event, path) === undefined) ? false : !ok(at(event, path))).map(([path]) => path);
	const paths = new Set([...bad([...ALWAYS, ...REQUIRED[trigger]], false), ...bad(OPTIONAL, true)]);
	return [...paths].map((path) => `${path} is ${at(event, path) === undefined ? 'missing' : 'invalid'}`);
}

export function accept(w, event) {
	const { payload, context } = event;
	const id = newId('cev', 12);
	w.store.celloEvents.set(id, { id, at: new Date().toISOString(), event });
	report(w, {
		trigger: context.event.trigger, timestamp: context.event.timestamp, ucc: payload.ucc, newUserId: payload.newUserId,
		organizationId: context.newUser.organizationId ?? null, email: context.newUser.email ?? null, price: payload.price ?? null,
		currency: payload.currency ?? null, invoice: context.subscription?.invoiceId ?? null, subscription: context.subscription?.id ?? null
	});
}
