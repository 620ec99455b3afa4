/* Stripe's subscription states in the words of a customer. */

import { day } from "./money.js";

const WORDS = {
	active: "Active",
	trialing: "Free trial",
	past_due: "Payment overdue",
	unpaid: "Unpaid",
	paused: "Paused",
	incomplete: "Waiting for the first payment",
	incomplete_expired: "First payment did not go through",
	canceled: "Ended",
};

/* Running in the sense that a second one must not be bought beside it. */
export function isRunning(subscription) {
	return ["active", "trialing", "past_due", "unpaid", "paused"]
	    .includes(subscription?.status);
}

/* Will it stop by itself? */
const isEnding = (s) => isRunning(s) && Boolean(s.cancelAt);

export function statusWords(subscription) {
	return isEnding(subscription) ?
	    `Canceled, ends ${day(subscription.cancelAt)}` :
	    WORDS[subscription.status] ?? subscription.status;
}

/* One sentence on what happens next, or "" when nothing does. */
export function outlook(subscription) {
	const { status, currentPeriodEnd, trialEnd } = subscription;

	if (isEnding(subscription))
		return "Everything stays open until then, and nothing more is charged.";
	switch (status) {
	case "trialing":
		return trialEnd ?
		    `Free until ${day(trialEnd)}; the first payment is on that day.` :
		    "";
	case "active":
		return currentPeriodEnd ? `Renews on ${day(currentPeriodEnd)}.` : "";
	case "past_due":
	case "unpaid":
		return "The last payment did not go through. " +
		    "Please check your card under “Manage billing”.";
	case "incomplete":
		return "Your bank has not confirmed the payment yet.";
	case "incomplete_expired":
		return "Nothing was charged. You can choose a plan again.";
	case "canceled":
		return "You can come back at any time; your notebooks are kept.";
	default:
		return "";
	}
}
