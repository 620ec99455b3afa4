// SPDX-License-Identifier: MIT
//
// The fields of v2's events, and which event demands which: a closed schema, so what is not here is refused.
//
// Cello's pages name `ucc`, `occurredAt`, `amount`, `currency`, `invoiceId` and `subscription.interval`; what they call
// the subject block, and what an event may say besides, could not be read.  Those rows are said in v1's words, and are
// corrected here by whoever has the page before them.

import { isEmail, isText } from './fields.mjs';
import { INTERVALS } from './intervals.mjs';

const upTo = (most) => (v) => isText(v) && v.length <= most;

// RFC 3339: the T and the offset must be there, and the day must exist.
function isMoment(v) {
	const [, date, hours] = /^(\d{4}-\d{2}-\d{2})T(\d{2}):\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.exec(v) ?? [];
	return date !== undefined && Number(hours) < 24 && !Number.isNaN(Date.parse(v)) && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

const isMinor = (v) => Number.isSafeInteger(v) && v >= 0;
const isCurrency = (v) => isText(v) && /^[A-Z]{3}$/.test(v);

const ALL = ['signup-created', 'demo-attended', 'purchase-created', 'purchase-refunded'];
const MONEY = ['purchase-created', 'purchase-refunded'];

// path, what it must be, the events that demand it, and those that allow it besides
const FIELDS = [
	['ucc', upTo(255), ALL],
	['occurredAt', isMoment, ALL],
	['idempotencyKey', (v) => typeof v === 'string', [], ALL],

	['newUserId', upTo(255), ALL],
	['newUser.id', upTo(255), ALL],
	['newUser.email', isEmail, [], ALL],
	['newUser.name', upTo(255), [], ALL],
	['newUser.organizationId', upTo(255), [], ALL],

	['amount', isMinor, MONEY],
	['currency', isCurrency, MONEY],
	['invoiceId', upTo(255), MONEY],
	['subscription.interval', (v) => INTERVALS.includes(v), ['purchase-created']],
	['subscription.id', upTo(255), [], MONEY],
	['subscription.productKey', upTo(255), [], ['purchase-created']],
	['subscription.seatsUsed', (v) => Number.isSafeInteger(v) && v >= 0, [], ['purchase-created']]
];

export const TYPES = ALL;

// Rules for missingOrInvalid(), and the names of all that the event may say.
export function schemaOf(type) {
	const required = FIELDS.filter(([, , by]) => by.includes(type));
	const optional = FIELDS.filter(([, , , by = []]) => by.includes(type));
	return { required, optional, known: new Set([...required, ...optional].map(([path]) => path)) };
}
