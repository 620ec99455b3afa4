// SPDX-License-Identifier: MIT
//
// The sandbox's Cello: its endpoint at Stripe as a person makes it, endpin's settings for its API, and what it has heard by that.

import assert from 'node:assert/strict';
import { waitFor } from './rig.mjs';

// Its endpoint at Stripe is made by the command, its secret pasted. `set` are arguments of before the command.
export async function connectCello(rig, set = []) {
	const { hook: { url } } = await rig.control('GET', '/cello');
	const secret = (await rig.endpin(...set, 'stripe', 'endpoint', 'create', 'cello', '--url', url)).trim();
	await rig.control('POST', '/cello/webhook', { secret });
}

// Settings with which everything goes to Cello by its API.
export const byApi = (more = {}) => ({
	'courier.poll': 1, 'cello.access_key_id': 'key_tests', 'cello.signups': 'api', 'cello.purchases': 'api', ...more
});

const TRIGGERS = {
	'signup-created': 'new-signup', 'demo-attended': 'demo-call-attended', 'purchase-created': 'invoice-paid',
	'purchase-refunded': 'charge-refunded'
};

const DECIMALS = { JPY: 0, KWD: 3 };

// In one form, whatever the version; amounts in the smallest unit.
export async function heard(rig) {
	const { events } = await rig.control('GET', '/cello');
	return events.map(({ api, type, key, event }) => {
		const v1 = api === 'v1';
		const { payload, context } = v1 ? event : { payload: event, context: { newUser: event.newUser, subscription: event.subscription } };
		const amount = v1 && payload.price !== undefined ? Math.round(payload.price * 10 ** (DECIMALS[payload.currency] ?? 2)) : payload.amount;
		return {
			api, key: key ?? null, trigger: TRIGGERS[type] ?? type, ucc: payload.ucc, newUserId: payload.newUserId, userId: context.newUser.id,
			email: context.newUser.email, organization: context.newUser.organizationId ?? null, amount: amount ?? null,
			currency: payload.currency?.toLowerCase() ?? null, invoice: (v1 ? context.subscription?.invoiceId : event.invoiceId) ?? null,
			interval: context.subscription?.interval, product: context.subscription?.productKey, seats: context.subscription?.seatsUsed,
			at: v1 ? context.event.timestamp : event.occurredAt, event
		};
	});
}

// What is in the way; `more` are arguments of before the command. A machine with much to do may not answer in time: it is asked again.
export const explain = (rig, who, more = []) => waitFor('an explanation', async () => {
	const { out, code } = await rig.endpin(...more, 'explain', who, '--json').then((text) => ({ out: text, code: 0 }), (e) => e);
	if (!out)
		return null;
	const told = JSON.parse(out);
	assert.equal(code, told.inTheWay ? 1 : 0);
	return told;
});

// All that is to be told now is.
export const factsQuiet = (rig, ms = 30000) => waitFor('everything told', async () => {
	const left = await rig.sql("SELECT id, state, attempts, due_at - now() AS due_in, last_error FROM cello_fact WHERE state IN ('waiting', 'parked')");
	if (left.length > 0)
		throw new Error(JSON.stringify(left.slice(0, 5)));
	return true;
}, ms);
