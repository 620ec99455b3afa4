// SPDX-License-Identifier: MIT
//
// What the Referral Component asks when it boots.

import { newId } from '../ids.mjs';
import { campaign, campaignConfig } from './campaign.mjs';
import { NOT_PAID_OUT } from './countries.mjs';
import { moment, report } from './feed.mjs';
import { checkToken, TokenError } from './jwt.mjs';
import { booted, byUcc } from './referrers.mjs';
import { decide } from './review.mjs';
import { earnings } from './rewards.mjs';
import { celloSetting } from './settings.mjs';

const DETAILS = ['firstName', 'lastName', 'fullName', 'email'];

const LABELS = {
	en: { customLauncher: 'Earn €100', title: 'Invite friends, earn €100', intro: 'Share your personal link. When somebody subscribes, both of you win.',
		copy: 'Copy link', copied: 'Copied', close: 'Close', yourLink: 'Your personal link', signedUp: 'Signed up by your link', earned: 'Earned' },
	de: { customLauncher: '100 € verdienen', title: 'Freunde einladen, 100 € verdienen', intro: 'Teile deinen persönlichen Link. Wenn jemand abonniert, gewinnt ihr beide.',
		copy: 'Link kopieren', copied: 'Kopiert', close: 'Schließen', yourLink: 'Dein persönlicher Link', signedUp: 'Über deinen Link gekommen', earned: 'Verdient' }
};

function note(w, row) {
	const id = newId('boot', 12);
	w.store.boots.set(id, { id, at: moment(w), ...row });
	w.store.changed(w.clock);
}

function detailsOf(given = {}) {
	return Object.fromEntries(DETAILS.filter((name) => typeof given?.[name] === 'string').map((name) => [name, given[name]]));
}

// Where an account has asked for it: a code in the cookie at somebody's first boot is a signup, if it is not their own.
function attribute(w, productUserId, { email = null }, ucc) {
	const isFirst = !w.store.referrers.has(productUserId);
	if (celloSetting(w, 'auto_attribution') === 'on' && isFirst && byUcc(w, ucc))
		report(w, 'new-signup', { source: 'auto', ucc, subject: productUserId, newUserId: productUserId, organizationId: null, email, customer: null });
}

function checkBoot(w, { productId, token, orgIds }) {
	const claims = checkToken(w, token);
	if (productId !== claims.productId)
		throw new TokenError('Error 1200: Invalid Tenant', 'productId of boot() is not the one in the token');
	if (orgIds !== undefined && !(Array.isArray(orgIds) && orgIds.every((id) => typeof id === 'string')))
		throw new TokenError('Error 1100: Invalid JWT token', 'orgIds of boot() is not a list of texts');
	const erased = w.store.referrers.get(claims.productUserId)?.depersonalized === true;
	if (erased && celloSetting(w, 'boot_after_erasure') === 'refused')
		throw Object.assign(new TokenError('User is not authorized to load the widget', 'this user was depersonalized'), { erased });
	return { claims, erased };
}

// {status, body}
export function boot(w, given) {
	const { productUserDetails, country, language = 'en', orgIds, themeMode, referral } = given;
	try {
		const { claims, erased } = checkBoot(w, given), details = detailsOf(productUserDetails);
		const row = { ok: true, claims, details, orgIds, themeMode, ...(erased && { erased }) };
		if (country)
			decide(w, { productUserId: claims.productUserId, country });
		if (NOT_PAID_OUT.includes(country)) {
			note(w, { ...row, shown: false });
			return { status: 200, body: { shown: false } };
		}
		attribute(w, claims.productUserId, details, referral);
		const referrer = booted(w, claims.productUserId, details), { ucc, link } = referrer;
		note(w, { ...row, shown: true });
		return {
			status: 200,
			body: {
				shown: true, ucc, link, earned: earnings(w, referrer), labels: LABELS[language] ?? LABELS.en, allLabels: LABELS, campaign: campaignConfig(w),
				launcherSelector: campaign(w).launcher, unseen: referrer.clicks
			}
		};
	} catch (e) {
		if (!(e instanceof TokenError))
			throw e;
		note(w, { ok: false, message: e.message, detail: e.detail, ...(e.erased && { erased: true }) });
		return { status: 401, body: { statusCode: 401, message: e.message, detail: e.detail } };
	}
}

// updateToken: the same strictness, without a boot.
export function renew(w, { token }) {
	try {
		checkToken(w, token);
		return { status: 200, body: { ok: true } };
	} catch (e) {
		if (!(e instanceof TokenError))
			throw e;
		return { status: 401, body: { statusCode: 401, message: e.message, detail: e.detail } };
	}
}
