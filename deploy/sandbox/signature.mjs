// SPDX-License-Identifier: MIT
//
// Stripe-Signature: HMAC-SHA256 over "<t>.<body>", keyed with the whole secret, whsec_ included.

import { createHmac } from 'node:crypto';
import { realNow } from './clock.mjs';

// While a secret is being rolled there are several, and each of them signs.
export function signatureHeader(secrets, body) {
	const t = realNow();
	const v1 = secrets.map((secret) => 'v1=' + createHmac('sha256', secret).update(`${t}.${body}`).digest('hex'));
	return [`t=${t}`, ...v1].join(',');
}
