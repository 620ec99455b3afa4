/*
 * What is said to a person, whatever endpin answers.  Nothing here needs a
 * page: a test holds this list against the codes that endpin can answer.
 */

/* By the `code` of a problem.  What concerns a field has the server's words. */
export const WORDS = {
	/* who it is */
	email_taken: "There is an account with this address already.",
	invalid_credentials: "The e-mail address or the password is not right.",
	not_authenticated: "You are not logged in any more. Please log in again.",
	not_subscribed: "This needs a subscription. Your account says what is open.",

	/* what is paid for */
	already_subscribed: "There is a subscription on your account already, so " +
	    "nothing was bought. Your account says how it stands.",
	order_in_progress: "Another page of yours is doing the same.",
	checkout_in_progress: "A payment of yours is being completed at this " +
	    "moment, so nothing was started beside it. Look at your account in " +
	    "a minute; if nothing has come of it, choose again.",
	payment_due: "There is a subscription on your account that waits for a " +
	    "payment or is paused, so nothing was bought. Your account says what to do.",
	plan_unavailable: "This plan cannot be bought at the moment. " +
	    "Please choose another, or write to us.",
	currency_mismatch: "You have paid in another currency before, and can " +
	    "only choose plans in that one.",
	no_subscription: "There is no plan that could be changed. " +
	    "Choose one under “Pricing”.",
	subscription_ending: "Your plan is to end, so nothing was changed. " +
	    "Keep it first, then change it.",
	preview_stale: "What was shown does not hold any more, so nothing was " +
	    "changed. Please look again.",
	change_refused: "Your plan cannot be changed here. Please write to us, " +
	    "and we do it for you.",
	email_refused: "Stripe does not take your e-mail address. " +
	    "Please write to us to have it corrected.",
	checkout_refused: "Stripe does not take this order. Please write to us.",
	portal_unavailable: "Subscriptions cannot be managed here at the moment. " +
	    "Please write to us, and we do it for you.",
	no_customer: "There is nothing to manage yet: that begins with a plan.",

	/* how it was asked */
	cross_site: "This page was opened under another address than its own. " +
	    "Please open it again from the start page.",
	invalid: "Something that you entered will not do.",
	not_found: "That is not there any more. Please load this page again.",
	too_large: "That was more text than fits here.",
	bad_request: "This page and our server do not understand each other. " +
	    "Please load it again.",
	duplicate_header: "Something between you and us changed what was sent. " +
	    "Please try again, perhaps over another connection.",

	/* not now */
	unavailable: "We cannot do this right now; nothing was changed.",
	internal: "Something went wrong on our side.",
	too_many_requests: "That was asked too often from your network, so " +
	    "nothing was done.",
	misdirected: "Something on our side is set up wrongly.",
	too_slow: "That took too long, so nobody can tell whether it worked. " +
	    "Please load this page again before you try it once more.",
};

/* A page of before an update, talking to a server of after it. */
for (const code of ["bad_json", "not_json", "body_unexpected", "conflict",
    "denied", "forbidden", "method_not_allowed"])
	WORDS[code] = WORDS.bad_request;

/* Trying again helps. */
const PASSING = ["unavailable", "internal", "order_in_progress",
    "too_many_requests"];

function again(seconds) {
	if (seconds <= 0)
		return "Please try again in a moment.";
	return `Please try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
}

/* Text that endpin sends as a fragment, made into a sentence. */
export function sentence(text) {
	const words = text.trim();
	const whole = words.charAt(0).toUpperCase() + words.slice(1);
	return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}

/*
 * What to tell a person: what our pages say of the code, else what the server
 * says for people, else what its status means.
 */
export function apology({ status, code, title, retryAfter }) {
	if (status === 0)
		return "We got no answer, so we cannot tell whether that worked. " +
		    "Check your connection, then try again.";
	if (status === 429)
		return `That was a lot of attempts in a short time. ${again(retryAfter)}`;
	if (Object.hasOwnProperty.call(WORDS, code))
		return PASSING.includes(code) ?
		    `${WORDS[code]} ${again(retryAfter)}` : WORDS[code];
	if (status >= 400 && status < 500 && title)
		return sentence(title);
	if (status === 503)
		return `${WORDS.unavailable} ${again(retryAfter)}`;
	return `${WORDS.internal} ${again(retryAfter)}`;
}
