// SPDX-License-Identifier: MIT
//
// Names of things, in the alphabet that Stripe and Cello use.

import { createHmac, randomBytes } from 'node:crypto';

export const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/*
 * Stripe's ids tell when: behind a 1 come five digits that count seconds since the summer of 2012, the first weighs most, then
 * ten that are the account's, then eight that are nobody's. The short ones of customers, products and items of subscriptions
 * begin with four digits that count minutes. So it is, give or take a second, with "id" and "created" in Stripe's reference, and in
 * github.com/stripe/openapi, fixtures3.json, wherever "created" was not made up.
 */
export const SINCE = 1342389380;
// The account of Stripe's reference.
export const ACCOUNT = 'LkdIwHu7ix';
const LONG = 24, SHORT = 14;
const SHORT_ONES = ['cus', 'prod', 'si'];

export function spellNumber(number, length) {
	let n = Math.floor(number), text = '';
	for (; text.length < length; n = Math.floor(n / 62))
		text = DIGITS[n % 62] + text;
	return text;
}

// How a long one begins that is made in second `t`.
export const beginsAt = (t) => `1${spellNumber(t - SINCE, 5)}${ACCOUNT}`;

function spell(bytes) {
	let text = '';
	for (const b of bytes)
		text += DIGITS[b % 62];
	return text;
}

export function newId(prefix, length = LONG) {
	const t = Math.floor(Date.now() / 1000);
	const begins = length === LONG ? beginsAt(t) : length === SHORT && SHORT_ONES.includes(prefix) ? spellNumber((t - SINCE) / 60, 4) : '';
	return `${prefix}_${begins}${spell(randomBytes(length - begins.length))}`;
}

// The same person keeps the same code for ever, also after a reset: links that were shared stay good.
export function stableCode(...words) {
	return spell(createHmac('sha256', 'endpin sandbox').update(words.join('\0')).digest()).slice(0, 11);
}
