// SPDX-License-Identifier: MIT
//
// The token that boots the Referral Component, checked to the letter: what Cello's documents allow and nothing else.
// Whether they allow `exp` and `orgIds` in it, and how old it may be, they do not agree upon.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { DAY, realNow } from '../clock.mjs';
import { celloSetting } from './settings.mjs';

const CLAIMS = ['iat', 'productId', 'productUserId'];

// `cello` is what Cello says, `detail` what it leaves for the developer to find out.
export class TokenError extends Error {
	constructor(cello, detail) {
		super(cello);
		this.detail = detail;
	}
}

const invalidToken = (detail) => new TokenError('Error 1100: Invalid JWT token', detail);
const invalidTenant = (detail) => new TokenError('Error 1200: Invalid Tenant', detail);

function decodePart(part, what) {
	// Canonical base64url: no padding, no other alphabet, no stray bits in the last letter.
	if (!/^[A-Za-z0-9_-]+$/.test(part) || Buffer.from(part, 'base64url').toString('base64url') !== part)
		throw invalidToken(`the ${what} is not unpadded base64url`);
	return Buffer.from(part, 'base64url');
}

function decodeObject(part, what) {
	const bytes = decodePart(part, what);
	let value;
	try {
		value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
	} catch {
		throw invalidToken(`the ${what} is not JSON`);
	}
	if (value === null || typeof value !== 'object' || Array.isArray(value))
		throw invalidToken(`the ${what} is not a JSON object`);
	return value;
}

const keysOf = (o) => Object.keys(o).sort().join(' ');

function checkClaims(w, claims) {
	const allowed = [...CLAIMS, ...(celloSetting(w, 'token_exp') === 'honoured' ? ['exp'] : []), ...(celloSetting(w, 'org_ids') === 'claim' ? ['orgIds'] : [])];
	if (!CLAIMS.every((name) => name in claims) || !Object.keys(claims).every((name) => allowed.includes(name)))
		throw invalidToken(`the claims are not exactly ${CLAIMS.join(', ')}`);
	if (typeof claims.productUserId !== 'string' || claims.productUserId === '')
		throw invalidToken('productUserId is not a string');
	if (typeof claims.productId !== 'string')
		throw invalidToken('productId is not a string');
	if (claims.productId !== w.options.productId)
		throw invalidTenant('productId is not the one of this environment');
}

function checkTimes(w, { iat, exp }, now) {
	if (!Number.isInteger(iat))
		throw invalidToken('iat is not an integer');
	if (iat < now - DAY && celloSetting(w, 'token_age') === '24 h')
		throw invalidToken('iat is older than 24 h');
	if (iat > now + celloSetting(w, 'token_ahead'))
		throw invalidToken('iat is in the future');
	if (exp !== undefined && exp <= now)
		throw invalidToken('exp is over');
}

export function checkToken(w, token, now = realNow()) {
	if (typeof token !== 'string' || token.split('.').length !== 3)
		throw invalidToken('the token has not three parts');
	const [head, body, signature] = token.split('.');
	const header = decodeObject(head, 'header');
	if (keysOf(header) !== 'alg typ' || header.alg !== 'HS512' || header.typ !== 'JWT')
		throw invalidToken('the header is not {"alg":"HS512","typ":"JWT"}');
	const claims = decodeObject(body, 'payload');
	const given = decodePart(signature, 'signature');
	const good = createHmac('sha512', w.options.productSecret).update(`${head}.${body}`).digest();
	if (given.length !== good.length || !timingSafeEqual(given, good))
		throw invalidToken('the signature is wrong');
	checkClaims(w, claims);
	checkTimes(w, claims, now);
	return claims;
}
