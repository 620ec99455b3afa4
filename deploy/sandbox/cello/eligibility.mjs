// SPDX-License-Identifier: MIT
//
// GET /new-users/{id}/reward: does this user get the discount?  The answer comes after a while, and is no for many reasons,
// none of which it names; /control/cello does.

import { campaignOf } from './campaign.mjs';
import { byUcc } from './referrers.mjs';
import { secondsOf } from './feed.mjs';
import { reviewOf } from './review.mjs';
import { celloSetting } from './settings.mjs';

// The id is the user's, as given at signup: not the organization's, nor the customer's.
const signupOf = (w, userId) => [...w.store.signups.values()].find((s) => s.newUserId === userId && s.status !== 'Error') ?? null;

const hasPaid = (w, { ucc, subject }) => [...w.store.purchases.values()].some((p) => p.ucc === ucc && p.subject === subject && p.amount > 0);

// The first that holds is why not.
const REASONS = [
	['nobody of this id has signed up by a code', (_, signup) => signup === null],
	['it is too early to say', (w, signup) => w.clock.now() < secondsOf(signup) + celloSetting(w, 'eligible_after')],
	['the code is their own', (w, signup) => byUcc(w, signup.ucc).productUserId === signup.newUserId],
	['the referral is under review', (w, signup) => ['in_review', 'rejected'].includes(reviewOf(w, signup.newUserId))],
	['the code came after the first payment', (w, signup) => w.store.celloCustomers.get(signup.customer)?.passed !== undefined],
	['the campaign has no discount', (w, signup) => campaignOf(w, signup).discount === null],
	['it was used', (w, signup) => celloSetting(w, 'eligible_once_paid') === 'no' && hasPaid(w, signup)]
];

// {signup, why}: the signup, null for none; why not, null if they get it.
export function eligibility(w, userId) {
	const signup = signupOf(w, userId);
	return { signup, why: REASONS.find(([, holds]) => holds(w, signup))?.[0] ?? null };
}

export function getReward(w, { id }) {
	const { signup, why } = eligibility(w, id);
	if (why)
		return { status: 200, body: { eligible: false, ...(celloSetting(w, 'no_reward') === 'null' && { reward: null }) } };
	const { id: campaignId, revision, discount } = campaignOf(w, signup);
	return {
		status: 200,
		body: {
			eligible: true, reward: { interval: 'month', ...discount }, signupId: signup.id, signupAt: signup.at, referralUcc: signup.ucc, campaignId,
			campaignRevision: revision
		}
	};
}
