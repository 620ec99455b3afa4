// SPDX-License-Identifier: MIT
//
// Who refers, with which code, and who has followed the link.

import { stableCode } from '../ids.mjs';

// The example of Cello's own documents; the demo's first visitor comes from Bob.
const SEEDED = { productUserId: 'bob', ucc: 'pNRB1aYqArN', firstName: 'Bob' };

function linkOf(w, ucc) {
	return `${w.publicUrl}/r/${ucc}`;
}

function add(w, { productUserId, ucc, firstName = null, details = {} }) {
	const referrer = { productUserId, ucc, link: linkOf(w, ucc), firstName, details, clicks: 0, depersonalized: false };
	w.store.referrers.set(productUserId, referrer);
	return referrer;
}

export function seed(w) {
	if (!w.store.referrers.has(SEEDED.productUserId))
		add(w, SEEDED);
}

// The first boot makes somebody a referrer; later ones bring news of the name.
export function booted(w, productUserId, details) {
	const referrer = w.store.referrers.get(productUserId) ??
		add(w, { productUserId, ucc: stableCode(w.options.productId, productUserId) });
	const firstName = details.firstName ?? details.fullName?.split(' ')[0];
	if (firstName)
		referrer.firstName = firstName;
	referrer.details = { ...referrer.details, ...details };
	return referrer;
}

export const byUcc = (w, ucc) => [...w.store.referrers.values()].find((r) => r.ucc === ucc) ?? null;

export function landingUrl(w, referrer) {
	const url = new URL('/', w.options.appOrigin);
	url.searchParams.set('productId', w.options.productId);
	url.searchParams.set('ucc', referrer.ucc);
	if (referrer.firstName)
		url.searchParams.set('celloN', Buffer.from(referrer.firstName).toString('base64').replace(/=+$/, ''));
	return url.href;
}
