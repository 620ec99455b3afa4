// SPDX-License-Identifier: MIT
//
// Cello's REST API, below /cello.
//
// Everything but /token and what the component itself asks wants a bearer token. Errors have only `message` in
// common, as at Cello.

import { Router } from '../router.mjs';
import { postEvent } from './events_v1.mjs';
import { V2_ROUTES } from './events_v2.mjs';
import { takeFromStripe } from './hook.mjs';
import { byUcc } from './referrers.mjs';
import { plain, refuse } from './refusal.mjs';
import { celloSetting } from './settings.mjs';
import { authorized, exchange } from './tokens.mjs';
import * as widget from './widget.mjs';

// An unknown code is an answer too.
function getCode(w, { code }) {
	const referrer = byUcc(w, code);
	return {
		status: 200,
		body: referrer ? { code, productUserId: referrer.productUserId, valid: true, campaignId: 'campaign_sandbox' }
			: { code: '', productUserId: '', valid: false, campaignId: '' }
	};
}

function getLink(w, { id }) {
	const referrer = w.store.referrers.get(id);
	if (referrer)
		return { status: 200, body: { activeUcc: referrer.ucc, link: referrer.link } };
	return celloSetting(w, 'unknown_link') === 'empty' ? { status: 200, body: { activeUcc: '', link: '' } }
		: refuse(w, 404, `/referral-codes/active-link/${id}`, ['Not Found']);
}

function getReward(w, { id: newUserId }) {
	const signup = [...w.store.signups.values()].find((s) => s.newUserId === newUserId && s.status !== 'Error');
	// Nobody gives a discount to themselves.
	if (!signup || byUcc(w, signup.ucc).productUserId === newUserId)
		return { status: 200, body: { eligible: false, reward: null } };
	return {
		status: 200,
		body: { eligible: true, reward: { type: 'standard', interval: 'month', intervalCount: 3, percentage: 10 }, signupId: signup.id,
			signupAt: signup.at, referralUcc: signup.ucc, campaignId: 'campaign_sandbox', campaignRevision: 'v1' }
	};
}

function depersonalize(w, { id }) {
	const referrer = w.store.referrers.get(id);
	if (!referrer)
		return refuse(w, 404, `/referrers/${id}/depersonalize`, ['Not Found']);
	Object.assign(referrer, { firstName: null, details: {}, depersonalized: true });
	return { status: 204 };
}

// Handlers get what is named in the path, and {headers, body, raw}; they say {status, body}. `open`: no bearer token is
// asked for.
const router = new Router({
	'POST /cello/token': { open: true, run: (w, _, { body }) => exchange(w, body) },
	'POST /cello/widget/boot': { open: true, run: (w, _, { body }) => widget.boot(w, body) },
	'POST /cello/widget/token': { open: true, run: (w, _, { body }) => widget.renew(w, body) },
	'POST /cello/products/:product/transaction-webhook/stripe': { open: true, run: takeFromStripe },
	'POST /cello/events': { run: (w, _, { body }) => postEvent(w, body) },
	...V2_ROUTES,
	'GET /cello/referral-codes/:code': { run: getCode },
	'GET /cello/referral-codes/active-link/:id': { run: getLink },
	'GET /cello/new-users/:id/reward': { run: getReward },
	'POST /cello/referrers/:id/depersonalize': { run: depersonalize }
});

export function answer(w, method, path, asked) {
	const found = router.find(method, path);
	if (!found?.entry)
		return plain(404, 'Not Found');
	if (!found.entry.open && !authorized(w, asked.headers.authorization))
		return plain(401, 'Unauthorized');
	const out = found.entry.run(w, found.args, asked);
	w.store.changed(w.clock);
	return out;
}
