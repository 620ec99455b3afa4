// SPDX-License-Identifier: MIT
//
// POST /v2/events/…: taken with 202, refused if anything is said that is not in the schema, and the same event however
// often it comes under one key.

import { noteEvent, recommend, report } from './feed.mjs';
import { missingOrInvalid, pathsOf } from './fields.mjs';
import { keep, KeyRefused, keyOf, recall } from './keys.mjs';
import { refuse } from './refusal.mjs';
import { celloSetting } from './settings.mjs';
import { schemaOf, TYPES } from './v2_fields.mjs';

// What v1 calls the same.
const TRIGGERS = {
	'signup-created': 'new-signup', 'demo-attended': 'demo-call-attended', 'purchase-created': 'invoice-paid',
	'purchase-refunded': 'charge-refunded'
};

function problemsOf(type, body) {
	const { required, optional, known } = schemaOf(type);
	return [...pathsOf(body).filter((path) => !known.has(path)).map((path) => `${path} is not in the schema`),
		...missingOrInvalid(body, required, optional)];
}

const warningsOf = (w, row) => recommend(row).map(({ field, problem }) => celloSetting(w, 'warnings_are') === 'texts'
	? `${field}: ${problem}` : { code: problem.toUpperCase(), field, message: `${field} is ${problem.toLowerCase()}` });

function accept(w, type, body, key) {
	const { newUser, subscription } = body;
	const row = {
		source: 'api', occurredAt: body.occurredAt, ucc: body.ucc, subject: body.newUserId, newUserId: body.newUserId, userId: newUser.id,
		organizationId: newUser.organizationId ?? null, email: newUser.email ?? null, amount: body.amount ?? null,
		currency: body.currency?.toLowerCase() ?? null, invoice: body.invoiceId ?? null, subscription: subscription?.id ?? null
	};
	const { id, at } = noteEvent(w, { api: 'v2', type, key, event: body, stripped: [], ignored: false });
	report(w, TRIGGERS[type], row);
	return { eventId: id, receivedAt: at, warnings: warningsOf(w, row) };
}

function post(w, type, { headers, body, raw }) {
	const path = `/v2/events/${type}`;
	const problems = problemsOf(type, body);
	if (problems.length > 0)
		return refuse(w, celloSetting(w, 'v2_refusal'), path, problems, 'VALIDATION_ERROR');
	try {
		const key = keyOf(headers['idempotency-key'], body.idempotencyKey);
		const answer = recall(w, type, key, raw) ?? keep(w, type, key, raw, accept(w, type, body, key));
		return { status: 202, body: answer };
	} catch (e) {
		if (!(e instanceof KeyRefused))
			throw e;
		return refuse(w, e.status ?? celloSetting(w, 'v2_refusal'), path, [e.message], e.code);
	}
}

export const V2_ROUTES = Object.fromEntries(TYPES.map((type) => [`POST /cello/v2/events/${type}`, { run: (w, _, asked) => post(w, type, asked) }]));
