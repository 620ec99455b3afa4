// SPDX-License-Identifier: MIT
//
// POST /token: an access token for five hours, a refresh token for five days that cannot be renewed.
//
// They grow old by the sandbox's clock, so that a test can let one lapse.

import { newId } from '../ids.mjs';
import { long } from './refusal.mjs';
import { celloSetting } from './settings.mjs';

const ACCESS_SECONDS = 18000;
const REFRESH_SECONDS = 432000;
const REFRESH_LENGTH = 52;

function issue(w, map, prefix, length, seconds) {
	const token = newId(prefix, length - prefix.length - 1);
	map.set(token, { expires: w.clock.now() + seconds });
	return token;
}

function issueAccess(w) {
	if (celloSetting(w, 'tokens_alive') === 'one')
		w.store.accessTokens.clear();
	return { accessToken: issue(w, w.store.accessTokens, 'cat', celloSetting(w, 'token_length'), ACCESS_SECONDS), expiresIn: ACCESS_SECONDS };
}

function issueBoth(w) {
	const refreshToken = issue(w, w.store.refreshTokens, 'crt', REFRESH_LENGTH, REFRESH_SECONDS);
	return {
		...issueAccess(w), refreshToken,
		...(celloSetting(w, 'refresh_lifetime') === 'told' && { refreshTokenExpiresIn: REFRESH_SECONDS })
	};
}

const lives = (w, map, token) => (map.get(token)?.expires ?? 0) > w.clock.now();

const isOurs = ({ options }, { accessKeyId, secretAccessKey }) =>
	options.accessKeyId !== null && accessKeyId === options.accessKeyId && secretAccessKey === options.secretAccessKey;

// {status, body}
export function exchange(w, given) {
	const tokens = given.refreshToken !== undefined
		? lives(w, w.store.refreshTokens, given.refreshToken) && issueAccess(w)
		: isOurs(w, given) && issueBoth(w);
	return tokens ? { status: celloSetting(w, 'token_status'), body: tokens }
		: long(celloSetting(w, 'bad_credentials'), '/token', 'Invalid API Credentials');
}

export function authorized(w, header = '') {
	const [, token] = /^Bearer +(\S+)$/.exec(header) ?? [];
	return token !== undefined && lives(w, w.store.accessTokens, token);
}

// Before their time, as somebody does who makes new keys in the portal.
export function revoke(w, { refresh = false }) {
	w.store.accessTokens.clear();
	if (refresh)
		w.store.refreshTokens.clear();
}
