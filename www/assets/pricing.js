import { ApiError, asValue, get, instead, postWithTwins } from "./api.js";
import { onComingBack, setBusy } from "./form.js";
import { price } from "./money.js";
import { LEFT_FOR_CHECKOUT, leave, leaveFor, pathTo, take, toLogin, withNext }
    from "./navigation.js";
import { creditWords, lessThan, monthsOf, offerFor } from "./offer.js";
import { session, showSession } from "./session.js";
import { guarded, optional, run } from "./start.js";
import { canBuy, outlook } from "./subscription.js";
import { WORDS, apology } from "./words.js";

/* What was chosen before signing up or logging in, and what was promised. */
const CHOSEN = "chosen-plan";

const query = new URLSearchParams(location.search);
const list = document.getElementById("plans");
const template = document.getElementById("plan");
const note = document.getElementById("note");

function say(...words) {
	note.textContent = "";
	note.append(...words);
}

function accountLink() {
	const link = document.createElement("a");
	link.href = "account";
	link.textContent = "Go to your account";
	return link;
}

/* Somebody has something already: is it open, and if not, what then? */
function saySubscribed(subscription) {
	if (subscription?.entitled)
		say("You are subscribed already. ", accountLink(),
		    " to change the plan, the card or the address.");
	else if (canBuy(subscription))
		say(`${WORDS.already_subscribed} `, accountLink(), ".");
	else
		say("There is a subscription on your account. ",
		    `${outlook(subscription)} `, accountLink(), ".");
}

const pageOf = (plan) => `pricing?plan=${encodeURIComponent(plan.name)}`;

/* Its code goes along where it may not be kept; see showPlans(). */
let carried = (address) => address;

/* The account comes first, and then this plan: it is kept on the way. */
function toSignup(plan, offer) {
	leave(CHOSEN, JSON.stringify({ name: plan.name, offer }));
	location.assign(carried(withNext("signup", pathTo(pageOf(plan)))));
}

async function refused(error, plan, problem) {
	switch (error.code) {
	case "not_authenticated":
		leave(CHOSEN, JSON.stringify({ name: plan.name }));
		return toLogin({ ended: true, page: pageOf(plan) });
	case "already_subscribed":
	case "payment_due": {
		const now = await get("api/subscription").catch(instead({}));
		return saySubscribed(now.subscription);
	}
	case "checkout_in_progress":
		return say(apology(error), " ", accountLink(), ".");
	default:
		problem.textContent = apology(error);
	}
}

async function choose(plan, offer, { button, problem }, who) {
	if (who && !who.authenticated)
		return toSignup(plan, offer);

	problem.textContent = "";
	setBusy(button, true);
	const answer = await postWithTwins("api/checkout", { plan: plan.name })
	    .catch(asValue);
	if (!(answer instanceof ApiError)) {
		leave(LEFT_FOR_CHECKOUT, "1");
		return leaveFor(answer.url);
	}
	setBusy(button, false);
	button.focus({ preventScroll: true });
	await refused(answer, plan, problem);
}

function showPrice(part, plan, offer) {
	const cost = price(plan.amount, plan.currency);

	part("interval").textContent = `per ${plan.interval}`;
	if (offer.amount === null) {
		part("amount").textContent = cost;
		part("before").hidden = true;
	} else {
		part("amount").textContent = price(offer.amount, plan.currency);
		part("cost").textContent = cost;
		const first = offer.months ?
		    `for your first ${monthsOf(offer.months)}` : "first payment";
		part("interval").textContent =
		    `${first}, then ${cost} per ${plan.interval}`;
	}
}

function showPlan(plan, offer, who) {
	const item = template.content.cloneNode(true).firstElementChild;
	const part = (name) => item.querySelector(`.plan-${name}`);
	const button = item.querySelector("button");
	const subscription = who?.subscription;
	const current = !canBuy(subscription) && subscription.plan === plan.name;

	part("label").textContent = plan.label;
	showPrice(part, plan, offer);
	part("trial").textContent = offer.trialDays > 0 ?
	    `First ${offer.trialDays} days free` : "Cancel any time";
	part("credit").textContent = offer.credit === null ? "" :
	    `${creditWords(offer.credit, plan.currency)}, for the next one`;
	part("text").textContent = plan.description ?? "";
	part("offer").hidden = !offer.referred;
	part("current").hidden = !current;

	button.dataset.plan = plan.name;
	button.textContent = offer.trialDays > 0 ?
	    `Try ${plan.label}` : `Choose ${plan.label}`;
	button.hidden = !canBuy(subscription);
	list.append(item);

	const parts = { button, problem: part("problem") };
	const go = () => choose(plan, offer, parts, who);
	button.addEventListener("click", guarded(go));
	return go;
}

/*
 * Somebody chose a plan, and has an account now: on to paying.  Not if they
 * would get less than they were promised: then they are told and choose again.
 */
async function goOnWith({ plan, offer, go }, promised) {
	const less = lessThan(plan, promised ?? offer, offer);

	if (less)
		return say(`${less} It is still yours to choose.`);
	say(`On to Stripe’s page for ${plan.label}…`);
	await go();
}

/* The plan of this address, if it was chosen in this tab: no link pays. */
function chosen() {
	try {
		const { name, offer } = JSON.parse(take(CHOSEN) || "{}");
		return name === query.get("plan") ? { name, offer } : null;
	} catch (error) {
		if (error instanceof SyntaxError)
			return null;
		throw error;
	}
}

function sayCanceled() {
	say("No harm done: you left before paying and nothing was charged. " +
	    "The plans are still here.");
}

async function showPlans() {
	const canceled = query.get("canceled") === "1";
	if (take(LEFT_FOR_CHECKOUT) || canceled)
		sayCanceled();
	if (canceled)
		history.replaceState(null, "", location.pathname);

	const invitation = await optional(import("./invitation.js"));
	if (invitation) {
		invitation.carry();
		({ carried } = invitation);
	}
	/* Not knowing who it is must not hide the prices. */
	const [answer, who] = await Promise.all(
	    [get("api/plans").catch(asValue), session().catch(instead(null))]);
	list.textContent = "";
	list.removeAttribute("aria-busy");
	if (answer instanceof ApiError)
		return say(`The plans cannot be shown. ${apology(answer)}`);

	const shown = answer.plans.map((plan) => {
		const offer = offerFor(plan, who, Boolean(invitation?.code()));
		return { plan, offer, go: showPlan(plan, offer, who) };
	});
	if (!who?.authenticated)
		return;
	if (!canBuy(who.subscription))
		return saySubscribed(who.subscription);
	const choice = chosen();
	const wanted = shown.find(({ plan }) => plan.name === choice?.name);
	if (wanted)
		await goOnWith(wanted, choice.offer);
}

/* The page as it was left is busy, and knows nothing of a payment. */
onComingBack(() => location.reload());
run(showSession, showPlans);
