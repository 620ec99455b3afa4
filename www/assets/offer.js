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
	const tries = isNew || who?.trialUsed === false;
	const trialDays = !tries ? 0 :
	    referred ? plan.referralTrialDays : plan.trialDays;
	const cheaper = referred && plan.referralOffer;

	return {
		/* They have had it: a discount is given once. */
		spent: who?.referral?.discountDue === false,
		trialDays,
		referred: cheaper || (referred && tries &&
		    plan.referralTrialDays > plan.trialDays),
		/* null: there is a discount, and Stripe's page says which. */
		amount: cheaper ? plan.referralAmount : null,
		months: cheaper ? plan.referralMonths : null,
	};
}

/* What is less in `now` than what was promised `before`, or "". */
export function lessThan(plan, before, now) {
	const full = `${price(plan.amount, plan.currency)} per ${plan.interval}`;
	if (before.trialDays > now.trialDays && now.trialDays > 0)
		return "Your account is older than the invitation, so " +
		    `${plan.label} begins with ${now.trialDays} free days.`;
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

function discountWords(plans) {
	const figures = new Set(plans.map((p) => p.percentage));
	const months = new Set(plans.map((p) => p.months));
	const [percentage] = figures;
	const [long] = months;

	if (figures.size > 1 || percentage === null)
		return "a lower price to start with";
	if (months.size > 1 || long === null)
		return `${percentage}% off to start with`;
	return `${percentage}% off for your first ${monthsOf(long)}`;
}

function trialWords(plans) {
	const days = new Set(plans.map((p) => p.trialDays));
	const [first] = days;

	return days.size > 1 ? "more free days" : `your first ${first} days free`;
}

/* Both are promised only if whatever is chosen has both. */
const joined = (both, cheaper, longer) => both ?
	`${cheaper}, and ${longer}` : `${cheaper}, or ${longer}, by plan`;

/*
 * What an invitation brings in a few words, from GET /api/referral/offer; "" if
 * it brings nothing.  20 is 20 %.
 */
export function offerWords(offer) {
	const cheaper = offer?.plans.filter((p) => p.discount) ?? [];
	const longer = offer?.plans.filter((p) => p.trialDays) ?? [];
	const both = cheaper.every((p) => longer.includes(p)) &&
	    longer.every((p) => cheaper.includes(p));
	const words = !longer.length && !cheaper.length ? "" :
	    !longer.length ? discountWords(cheaper) :
	    !cheaper.length ? trialWords(longer) :
	    joined(both, discountWords(cheaper), trialWords(longer));

	return words && `${words[0].toUpperCase()}${words.slice(1)}.`;
}
