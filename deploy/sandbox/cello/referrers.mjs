// SPDX-License-Identifier: MIT
//
// Who refers, with which code, and who has followed the link.

import { HttpError } from '../http.mjs';
import { stableCode } from '../ids.mjs';
import { campaign } from './campaign.mjs';
import { celloSetting } from './settings.mjs';

// The example of Cello's own documents; the demo's first visitor comes from Bob.
const SEEDED = { productUserId: 'bob', ucc: 'pNRB1aYqArN', firstName: 'Bob' };

function linkOf(w, ucc) {
	return `${w.publicUrl}/r/${ucc}`;
}

function add(w, { productUserId, ucc, firstName = null, details = {} }) {
	const referrer = {
		productUserId, ucc, link: linkOf(w, ucc), firstName, details, clicks: 0, valid: true, campaignId: campaign(w).id, depersonalized: false
	};
	w.store.referrers.set(productUserId, referrer);
	return referrer;
}

export function seed(w) {
	if (!w.store.referrers.has(SEEDED.productUserId))
		add(w, SEEDED);
}

// The first boot makes somebody a referrer; later ones bring news of the name. Who was erased stays so.
export function booted(w, productUserId, details) {
	const referrer = w.store.referrers.get(productUserId) ??
		add(w, { productUserId, ucc: stableCode(w.options.productId, productUserId) });
	if (referrer.depersonalized)
		return referrer;
	const firstName = details.firstName ?? details.fullName?.split(' ')[0];
	if (firstName)
		referrer.firstName = firstName;
	referrer.details = { ...referrer.details, ...details };
	return referrer;
}

export const byUcc = (w, ucc) => [...w.store.referrers.values()].find((r) => r.ucc === ucc) ?? null;

// As in the portal: a code that counts no more, or one of another campaign.
export function changeCode(w, { ucc, valid, campaignId }) {
	const referrer = byUcc(w, ucc);
	if (!referrer || !(valid === undefined || typeof valid === 'boolean'))
		throw new HttpError(referrer ? 400 : 404, referrer ? 'valid must be true or false' : `no such code: ${ucc}`);
	return Object.assign(referrer, { valid: valid ?? referrer.valid, campaignId: campaignId ?? referrer.campaignId });
}

// There is no way back. What the feed has of them as somebody who was brought goes too.
export function erase(w, productUserId) {
	const referrer = w.store.referrers.get(productUserId);
	if (!referrer)
		return false;
	Object.assign(referrer, { firstName: null, details: {}, depersonalized: true });
	for (const map of [w.store.signups, w.store.demos, w.store.purchases, w.store.celloRefunds])
		for (const row of map.values())
			if ([row.newUserId, row.userId].includes(productUserId))
				row.email = null;
	return true;
}

const UTM = { utm_source: 'cello', utm_medium: 'referral', utm_campaign: 'user-referral' };

// celloN is base64 without padding. A "+" in it that is written as it is reads as a space.
const nameOf = (w, name) => {
	const text = Buffer.from(name).toString('base64').replace(/=+$/, '');
	return celloSetting(w, 'link_name') === 'raw' ? text : encodeURIComponent(text);
};

export function landingUrl(w, referrer) {
	const url = new URL(celloSetting(w, 'landing'), w.options.appOrigin);
	const query = { productId: w.options.productId, ...(celloSetting(w, 'link_utm') === 'yes' && UTM), ucc: referrer.ucc };
	for (const [name, value] of Object.entries(query))
		url.searchParams.set(name, value);
	return referrer.firstName ? `${url.href}&celloN=${nameOf(w, referrer.firstName)}` : url.href;
}
