// SPDX-License-Identifier: MIT
//
// Stands in for Cello's attribution library: carries the code from the referral link to the signup form.

import { PLAY } from './play.js';

const COOKIE_SECONDS = 90 * 24 * 3600;
// Cello's pages know two names of the second.
const COOKIES = { ucc: 'cello-referral', productId: PLAY.product_cookie };
const CONSENT = 'cello-cookie-consent';

const query = new URLSearchParams(location.search);

function readCookie(name) {
	const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
	return found && decodeURIComponent(found.slice(name.length + 1));
}

function writeCookie(name, value, seconds) {
	const secure = location.protocol === 'https:' ? '; Secure' : '';
	document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${seconds}; SameSite=Lax${secure}`;
}

// In the custom consent mode nothing is kept until somebody has allowed it.
const mayKeep = () => PLAY.consent !== 'custom' || readCookie(CONSENT) === 'true';

function keepCookies() {
	if (!mayKeep())
		return;
	for (const [param, cookie] of Object.entries(COOKIES))
		if (query.get(param))
			writeCookie(cookie, query.get(param), COOKIE_SECONDS);
}

// What is said where there is no code: any falsy value, says nobody which.
const NO_UCC = { undefined: undefined, null: null, empty: '', false: false }[PLAY.no_ucc];

const ucc = () => query.get('ucc') || readCookie(COOKIES.ucc) || NO_UCC;

function attach(form) {
	const code = ucc();
	if (!code)
		return;
	const input = form.querySelector('input[name="ucc"]') ?? document.createElement('input');
	Object.assign(input, { type: 'hidden', name: 'ucc', value: code });
	form.append(input);
}

// celloN is base64 of UTF-8 and may be anything at all: it comes from the address.
function referrerName() {
	try {
		const bytes = Uint8Array.from(atob(query.get('celloN').replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return undefined;
	}
}

const COMMANDS = {
	getUcc: ucc,
	getReferrerName: () => query.get('celloN') ? referrerName() : undefined,
	getCampaignConfig: () => PLAY.campaign,
	attachTo: (forms) => [forms].flat().forEach(attach),
	allowCookies: () => {
		if (PLAY.consent === 'custom')
			writeCookie(CONSENT, 'true', COOKIE_SECONDS);
		keepCookies();
	},
	deleteCookies: () => {
		Object.values(COOKIES).forEach((cookie) => writeCookie(cookie, '', 0));
		if (PLAY.consent === 'custom')
			writeCookie(CONSENT, 'false', COOKIE_SECONDS);
	},
	getReferral: () => {
		throw new Error('getReferral is not supported, use getUcc');
	}
};

async function CelloAttribution(name, ...args) {
	if (!Object.hasOwn(COMMANDS, name))
		throw new Error(`CelloAttribution: unknown command ${name}`);
	return COMMANDS[name](...args);
}

function start() {
	keepCookies();
	document.querySelectorAll('form').forEach(attach);
	const queued = window.CelloAttributionCmd ?? [];
	window.CelloAttribution = CelloAttribution;
	for (const { command, args = [], resolve, reject } of queued)
		CelloAttribution(command, ...args).then(resolve, reject);
	window.CelloAttributionCmd = { push: ({ command, args = [], resolve, reject }) => CelloAttribution(command, ...args).then(resolve, reject) };
}

// Loaded with async this may come before the forms have.
if (document.readyState === 'loading')
	document.addEventListener('DOMContentLoaded', start);
else
	start();
