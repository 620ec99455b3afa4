// SPDX-License-Identifier: MIT
//
// POST /token: an access token for five hours, a refresh token for five days that cannot be renewed.
//
// They grow old by the sandbox's clock, so that a test can let one lapse.

import { newId } from '../ids.mjs';

const ACCESS_SECONDS = 18000;
const REFRESH_SECONDS = 432000;

function issue(w, map, prefix, seconds) {
	const token = newId(prefix, 48);
	map.set(token, { expires: w.clock.now() + seconds });
	return token;
}

const lives = (w, map, token) => (map.get(token)?.expires ?? 0) > w.clock.now();

// The answer's body, or null for credentials that are not ours.
export function exchange(w, { accessKeyId, secretAccessKey, refreshToken }) {
	if (refreshToken !== undefined)
		return lives(w, w.store.refreshTokens, refreshToken)
			? { accessToken: issue(w, w.store.accessTokens, 'cat', ACCESS_SECONDS), expiresIn: ACCESS_SECONDS } : null;
	if (w.options.accessKeyId === null || accessKeyId !== w.options.accessKeyId || secretAccessKey !== w.options.secretAccessKey)
		return null;
	return {
		accessToken: issue(w, w.store.accessTokens, 'cat', ACCESS_SECONDS),
		refreshToken: issue(w, w.store.refreshTokens, 'crt', REFRESH_SECONDS),
		expiresIn: ACCESS_SECONDS, refreshTokenExpiresIn: REFRESH_SECONDS
	};
}

export function authorized(w, header = '') {
	const [, token] = /^Bearer +(\S+)$/.exec(header) ?? [];
	return token !== undefined && lives(w, w.store.accessTokens, token);
}
