// SPDX-License-Identifier: MIT
//
// Cello's REST API, below /cello.
//
// Everything but /token and what the component itself asks wants a bearer token. Errors have only `message` in
// common, as at Cello.

import { Router } from '../router.mjs';
import { getReward } from './eligibility.mjs';
import { postEvent } from './events_v1.mjs';
import { V2_ROUTES } from './events_v2.mjs';
import { takeFromStripe } from './hook.mjs';
import { byUcc, erase } from './referrers.mjs';
import { plain, refuse } from './refusal.mjs';
import { REWARD_ROUTES } from './rewards_api.mjs';
import { celloSetting } from './settings.mjs';
import { authorized, exchange } from './tokens.mjs';
import * as widget from './widget.mjs';

// An unknown code is an answer too, and so is one that was disabled.
function getCode(w, { code }) {
	const referrer = byUcc(w, code);
	return {
		status: 200,
		body: referrer ? { code, productUserId: referrer.productUserId, valid: referrer.valid, campaignId: referrer.campaignId }
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

const depersonalize = (w, { id }) => erase(w, id) ? { status: 204 } : refuse(w, 404, `/referrers/${id}/depersonalize`, ['Not Found']);

// Handlers get what is named in the path, and {headers, query, body, raw}; they say {status, body}. `open`: no bearer token
// is asked for.
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
	'POST /cello/referrers/:id/depersonalize': { run: depersonalize },
	...REWARD_ROUTES
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
