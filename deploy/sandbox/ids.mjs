// SPDX-License-Identifier: MIT
//
// Names of things, in the alphabet that Stripe and Cello use.

import { createHmac, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function spell(bytes) {
	let text = '';
	for (const b of bytes)
		text += ALPHABET[b % 62];
	return text;
}

export function newId(prefix, length = 24) {
	return `${prefix}_${spell(randomBytes(length))}`;
}

// The same person keeps the same code for ever, also after a reset: links that were shared stay good.
export function stableCode(...words) {
	return spell(createHmac('sha256', 'endpin sandbox').update(words.join('\0')).digest()).slice(0, 11);
}
