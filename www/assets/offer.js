/*
 * What a plan costs whom.  Only what endpin will do is said: a trial to who has
 * had none, a referred price to who was referred, and neither to somebody of
 * whom nobody knows.
 */

import { price } from "./money.js";

/*
 * `who`: of GET /api/session, null: nobody can tell.  `invited`: there is a
 * code with which an account that is made now would be referred.
 */
export function offerFor(plan, who, invited) {
	const isNew = who !== null && !who.authenticated;
	const referred = isNew ? invited : Boolean(who?.referral);

	return {
		trialDays: isNew || who?.trialUsed === false ? plan.trialDays : 0,
		referred: referred && plan.referralOffer,
		/* null: there is a discount, and Stripe's page says which. */
		amount: referred && plan.referralOffer ? plan.referralAmount : null,
	};
}

/* What is less in `now` than what was promised `before`, or "". */
export function lessThan(plan, before, now) {
	const full = `${price(plan.amount, plan.currency)} per ${plan.interval}`;
	if (before.trialDays > now.trialDays)
		return "You have had your free days on this account already, so " +
		    `${plan.label} begins with a payment.`;
	if (before.referred && !now.referred)
		return "Your account is older than the invitation, so " +
		    `${plan.label} is ${full}.`;
	return "";
}
