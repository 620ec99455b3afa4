// SPDX-License-Identifier: MIT
//
// Tokens for the component, good ones and others.

import { createHmac } from 'node:crypto';
import { PRODUCT_ID, PRODUCT_SECRET } from './harness.mjs';

export const b64 = (v) => Buffer.from(typeof v === 'string' ? v : JSON.stringify(v)).toString('base64url');
export const now = () => Math.floor(Date.now() / 1000);
export const HEADER = { alg: 'HS512', typ: 'JWT' };
export const claims = (over = {}) => ({ productId: PRODUCT_ID, productUserId: 'user-1', iat: now(), ...over });

// What is no object is a payload as it is.
export function token(over = {}, { header = HEADER, secret = PRODUCT_SECRET, hash = 'sha512', payload = claims(over) } = {}) {
	const body = `${b64(header)}.${b64(payload)}`;
	return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`;
}
