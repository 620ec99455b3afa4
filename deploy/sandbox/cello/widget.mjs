// SPDX-License-Identifier: MIT
//
// What the Referral Component asks when it boots.

import { newId } from '../ids.mjs';
import { checkToken, TokenError } from './jwt.mjs';
import { booted } from './referrers.mjs';
import { earnings } from './rewards.mjs';

const DETAILS = ['firstName', 'lastName', 'fullName', 'email'];

// Nobody can be paid there, so there the component stays away without a word.
const NO_PAYOUT = ['BY', 'CU', 'IR', 'KP', 'RU', 'SY'];

const LABELS = {
	en: { customLauncher: 'Earn €100', title: 'Invite friends, earn €100', intro: 'Share your personal link. When somebody subscribes, both of you win.',
		copy: 'Copy link', copied: 'Copied', close: 'Close', yourLink: 'Your personal link', signedUp: 'Signed up by your link', earned: 'Earned' },
	de: { customLauncher: '100 € verdienen', title: 'Freunde einladen, 100 € verdienen', intro: 'Teile deinen persönlichen Link. Wenn jemand abonniert, gewinnt ihr beide.',
		copy: 'Link kopieren', copied: 'Kopiert', close: 'Schließen', yourLink: 'Dein persönlicher Link', signedUp: 'Über deinen Link gekommen', earned: 'Verdient' }
};

function note(w, row) {
	const id = newId('boot', 12);
	w.store.boots.set(id, { id, at: new Date().toISOString(), ...row });
	w.store.changed(w.clock);
}

function detailsOf(given = {}) {
	return Object.fromEntries(DETAILS.filter((name) => typeof given?.[name] === 'string').map((name) => [name, given[name]]));
}

// {status, body}
export function boot(w, { productId, token, productUserDetails, country, language = 'en' }) {
	try {
		const claims = checkToken(token, w.options);
		if (productId !== claims.productId)
			throw new TokenError('Error 1200: Invalid Tenant', 'productId of boot() is not the one in the token');
		const details = detailsOf(productUserDetails);
		if (NO_PAYOUT.includes(country)) {
			note(w, { ok: true, claims, details, shown: false });
			return { status: 200, body: { shown: false } };
		}
		const referrer = booted(w, claims.productUserId, details), { ucc, link } = referrer;
		note(w, { ok: true, claims, details, shown: true });
		return {
			status: 200,
			body: { shown: true, ucc, link, earned: earnings(w, referrer), labels: LABELS[language] ?? LABELS.en, allLabels: LABELS, campaign: {
				newUserDiscountPercentage: 0.1, newUserDiscountMonth: 3, rewardCap: 1000, rewardPercentage: 0.2, primaryRewardCurrency: 'EUR'
			} }
		};
	} catch (e) {
		if (!(e instanceof TokenError))
			throw e;
		note(w, { ok: false, message: e.message, detail: e.detail });
		return { status: 401, body: { statusCode: 401, message: e.message, detail: e.detail } };
	}
}

// updateToken: the same strictness, without a boot.
export function renew(w, { token }) {
	try {
		checkToken(token, w.options);
		return { status: 200, body: { ok: true } };
	} catch (e) {
		if (!(e instanceof TokenError))
			throw e;
		return { status: 401, body: { statusCode: 401, message: e.message, detail: e.detail } };
	}
}
