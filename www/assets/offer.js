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
	const credit = referred ? plan.referralCredit : null;

	return {
		/* They have had it: what it brings is given once. */
		spent: who?.referral?.discountDue === false,
		trialDays,
		referred: cheaper || credit !== null || (referred && tries &&
		    plan.referralTrialDays > plan.trialDays),
		credit,
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
		return now.spent ? "You have had what your invitation brings " +
		    `already, so ${plan.label} is ${full}.` :
		    "Your account is older than the invitation, so " +
		    `${plan.label} is ${full}.`;
	return "";
}

/* "3 months", "month". */
export const monthsOf = (count) => count === 1 ? "month" : `${count} months`;

export const creditWords = (credit, currency) =>
	`${price(credit, currency)} credit after your first payment`;

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

function creditsWords(plans) {
	const sums = new Set(plans.map((p) => creditWords(p.credit, p.currency)));
	const [first] = sums;

	return sums.size > 1 ? "credit after your first payment" : first;
}

/* All of it is promised only if whatever is chosen has all of it. */
function joined(words, all) {
	const before = words.slice(0, -1).join(", ");
	const last = words.at(-1);

	if (words.length < 2)
		return last ?? "";
	return all ? `${before}, and ${last}` : `${before}, or ${last}, by plan`;
}

/*
 * What an invitation brings in a few words, from GET /api/referral/offer; "" if
 * it brings nothing.  20 is 20 %.
 */
export function offerWords(offer) {
	const plans = offer?.plans ?? [];
	const kinds = [
		[plans.filter((p) => p.discount), discountWords],
		[plans.filter((p) => p.trialDays), trialWords],
		[plans.filter((p) => p.credit), creditsWords],
	].filter(([having]) => having.length);
	const all = kinds.every(([having]) => having.length === plans.length);
	const words = joined(kinds.map(([having, say]) => say(having)), all);

	return words && `${words[0].toUpperCase()}${words.slice(1)}.`;
}
