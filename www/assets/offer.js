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
	const referred = isNew ? invited : Boolean(who?.referral?.discountDue);

	return {
		/* They have had it: a discount is given once. */
		spent: who?.referral?.discountDue === false,
		trialDays: isNew || who?.trialUsed === false ? plan.trialDays : 0,
		referred: referred && plan.referralOffer,
		/* null: there is a discount, and Stripe's page says which. */
		amount: referred && plan.referralOffer ? plan.referralAmount : null,
		months: referred && plan.referralOffer ? plan.referralMonths : null,
	};
}

/* What is less in `now` than what was promised `before`, or "". */
export function lessThan(plan, before, now) {
	const full = `${price(plan.amount, plan.currency)} per ${plan.interval}`;
	if (before.trialDays > now.trialDays)
		return "You have had your free days on this account already, so " +
		    `${plan.label} begins with a payment.`;
	if (before.referred && !now.referred)
		return now.spent ? "You have had the discount of your invitation " +
		    `already, so ${plan.label} is ${full}.` :
		    "Your account is older than the invitation, so " +
		    `${plan.label} is ${full}.`;
	return "";
}

/* "3 months", "month". */
export const monthsOf = (count) => count === 1 ? "month" : `${count} months`;

/*
 * What an invitation brings in a few words, from GET /api/referral/offer; "" if
 * it brings nothing off.  20 is 20 %.
 */
export function offerWords(offer) {
	const figures = new Set(offer?.plans.map((p) => p.percentage));
	const months = new Set(offer?.plans.map((p) => p.months));

	if (figures.size === 0)
		return "";
	const [percentage] = figures;
	if (figures.size > 1 || percentage === null)
		return "You start for less.";
	const [long] = months;
	if (months.size > 1 || long === null)
		return `You start with ${percentage}% off.`;
	return `${percentage}% off for your first ${monthsOf(long)}.`;
}
