// SPDX-License-Identifier: MIT
//
// Cello's REST API, below /cello.
//
// Everything but /token and what the component itself asks wants a bearer token. Errors have only `message` in
// common, as at Cello.

import { Router } from '../router.mjs';
import { byUcc } from './referrers.mjs';
import { accept, problemsOf } from './events.mjs';
import { authorized, exchange } from './tokens.mjs';
import * as widget from './widget.mjs';

const NO_CREDENTIALS = (w) => ({
	status: 401,
	body: { statusCode: 401, timestamp: new Date().toISOString(), path: '/api/token', message: 'Invalid API Credentials' }
});

function postEvent(w, _, body) {
	const problems = problemsOf(body);
	if (problems.length > 0)
		return { status: 400, body: { statusCode: 400, message: problems.join('; ') } };
	accept(w, body);
	return { status: 200, body: { success: true } };
}

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
	return referrer ? { status: 200, body: { activeUcc: referrer.ucc, link: referrer.link } }
		: { status: 404, body: { statusCode: 404, message: 'Not Found' } };
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
		return { status: 404, body: { statusCode: 404, message: 'Not Found' } };
	Object.assign(referrer, { firstName: null, details: {}, depersonalized: true });
	return { status: 204 };
}

function postToken(w, _, body) {
	const tokens = exchange(w, body);
	return tokens ? { status: 201, body: tokens } : NO_CREDENTIALS(w);
}

// Handlers say {status, body}. `open`: no bearer token is asked for.
const router = new Router({
	'POST /cello/token': { open: true, run: postToken },
	'POST /cello/widget/boot': { open: true, run: (w, _, body) => widget.boot(w, body) },
	'POST /cello/widget/token': { open: true, run: (w, _, body) => widget.renew(w, body) },
	'POST /cello/events': { run: postEvent },
	'GET /cello/referral-codes/:code': { run: getCode },
	'GET /cello/referral-codes/active-link/:id': { run: getLink },
	'GET /cello/new-users/:id/reward': { run: getReward },
	'POST /cello/referrers/:id/depersonalize': { run: depersonalize }
});

export function answer(w, req, path, body) {
	const found = router.find(req.method, path);
	if (!found?.entry)
		return { status: 404, body: { message: 'Not Found' } };
	if (!found.entry.open && !authorized(w, req.headers.authorization))
		return { status: 401, body: { message: 'Unauthorized' } };
	const out = found.entry.run(w, found.args, body);
	w.store.changed(w.clock);
	return out;
}
