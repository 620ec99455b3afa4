/*
 * Stripe's subscription states in the words of a customer, each with a way on.
 * What is open is what `entitled` says, whatever the state is called.
 */

import { day } from "./money.js";

const PORTAL = "under “Manage billing”";

/* A page on which it is paid, or confirmed to the bank that asks. */
export const owes = ({ action }) => action?.kind === "pay";
const wayToPay = (s) => owes(s) ?
	"pay it under “Pay now”, where your bank may ask you to confirm it" :
	`please check your card and the open invoice ${PORTAL}`;

/* What happens next, where it depends on dates. */
const trialOutlook = ({ trialEnd }) => trialEnd ?
	`Free until ${day(trialEnd)}; the first payment is on that day.` : "";
const activeOutlook = ({ currentPeriodEnd }) => currentPeriodEnd ?
	`Renews on ${day(currentPeriodEnd)}.` : "";

/*
 * `words`, and what is said of how it goes on: `open` while entitled, `shut`
 * while not, `over` when nothing holds it any more.
 */
const STATES = {
	active: {
		words: "Active",
		open: activeOutlook,
		shut: () => "It is not open at the moment: the payment for this " +
		    "period has not arrived, or is paused. If you paid just now, " +
		    `give it a minute; otherwise look ${PORTAL}.`,
	},
	trialing: {
		words: "Free trial",
		open: trialOutlook,
		shut: () => "It is not open at the moment. " +
		    `How it stands is shown ${PORTAL}.`,
	},
	past_due: {
		words: "Payment overdue",
		open: (s) => "The last payment did not go through. Everything stays " +
		    `open for now; ${wayToPay(s)}.`,
		shut: (s) => "The last payment did not go through, so it is closed " +
		    `until it does: ${wayToPay(s)}.`,
	},
	unpaid: {
		words: "Unpaid",
		shut: (s) => "The payment failed several times and is not tried any " +
		    `more: ${wayToPay(s)}, and everything opens again.`,
	},
	paused: {
		words: "Paused",
		shut: (s) => owes(s) ?
		    `Nothing is open: ${wayToPay(s)}, and it goes on.` :
		    "Nothing is charged, and nothing is open. Going on begins a " +
		    "new period, which is paid at once; a card that we do not " +
		    `know yet is added ${PORTAL}.`,
	},
	incomplete: {
		words: "Waiting for the first payment",
		shut: (s) => "Your bank has not confirmed the payment yet: " +
		    `${wayToPay(s)}. If you do not, nothing is charged, and ` +
		    "within a day you can choose a plan again.",
	},
	incomplete_expired: {
		words: "First payment did not go through",
		over: "Nothing was charged. You can choose a plan again.",
	},
	canceled: {
		words: "Ended",
		over: "You can come back at any time; your notebooks are kept.",
	},
	gone: {
		words: "Ended",
		over: "It is not there any more. You can choose a plan again.",
	},
};

/* Of any other state: the last period, or the day to pay in, went by. */
const RUN_OUT = "It has run out. You can choose a plan again.";

/* What Stripe may think of next. */
const stateOf = ({ status }) => STATES[status] ?? {
	words: status,
	shut: () => `How it stands is shown ${PORTAL}.`,
};

/* May a plan be bought beside it?  endpin decides. */
export const canBuy = (subscription) => !subscription || subscription.over;

/* Will it stop by itself? */
const isEnding = (s) => s.entitled && Boolean(s.cancelAt);

export function statusWords(subscription) {
	return isEnding(subscription) ?
	    `Canceled, ends ${day(subscription.cancelAt)}` :
	    stateOf(subscription).words;
}

/* One or two sentences on how it goes on. */
export function outlook(subscription) {
	const state = stateOf(subscription);

	if (isEnding(subscription))
		return "Everything stays open until then, and nothing more is " +
		    `charged. You can take that back ${PORTAL}.`;
	if (subscription.over)
		return state.over ?? RUN_OUT;
	return subscription.entitled ? (state.open ?? activeOutlook)(subscription) :
	    state.shut(subscription);
}
