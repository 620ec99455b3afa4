// SPDX-License-Identifier: MIT
//
// Stripe-Signature: HMAC-SHA256 over "<t>.<body>", keyed with the whole secret, whsec_ included.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { realNow } from './clock.mjs';

const TOLERANCE_SECONDS = 300;

const sign = (secret, t, body) => createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');

// While a secret is being rolled there are several, and each of them signs.
export function signatureHeader(secrets, body) {
	const t = realNow();
	return [`t=${t}`, ...secrets.map((secret) => `v1=${sign(secret, t, body)}`)].join(',');
}

const same = (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

// What is wrong with a header that somebody has sent; null if nothing is.
export function problemOf(header, body, secrets, now) {
	const parts = (header ?? '').split(',').map((part) => part.split('='));
	const [, t] = parts.find(([name]) => name === 't') ?? [];
	const given = parts.filter(([name]) => name === 'v1').map(([, value]) => value ?? '');
	if (t === undefined || given.length === 0)
		return 'there is no signature';
	if (!secrets.some((secret) => given.some((v1) => same(v1, sign(secret, t, body)))))
		return 'the signature is of another secret';
	return Math.abs(now - Number(t)) > TOLERANCE_SECONDS ? 'the signature is too old' : null;
}
