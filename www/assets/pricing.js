import "./attribution.js";
import { apology, get, post } from "./api.js";
import { onComingBack, setBusy } from "./form.js";
import { price } from "./money.js";
import { leaveFor, withNext } from "./navigation.js";
import { session, showSession } from "./session.js";
import { isRunning } from "./subscription.js";

const list = document.getElementById("plans");
const template = document.getElementById("plan");
const note = document.getElementById("note");

function say(...words) {
	note.replaceChildren(...words);
}

function accountLink() {
	const link = document.createElement("a");
	link.href = "/account";
	link.textContent = "Go to your account";
	return link;
}

function saySubscribed() {
	say("You are subscribed already. ", accountLink(),
	    " to change the plan, the card or the address.");
}

async function choose(plan, button, problem, who) {
	if (who && !who.authenticated)
		return location.assign(withNext("/signup", "/pricing"));

	problem.textContent = "";
	setBusy(button, true);
	try {
		const { url } = await post("/api/checkout", { plan: plan.name });
		leaveFor(url);
	} catch (error) {
		setBusy(button, false);
		button.focus({ preventScroll: true });
		if (error.status === 401)
			location.assign(withNext("/signup", "/pricing"));
		else if (error.code === "already_subscribed")
			saySubscribed();
		else
			problem.textContent = apology(error);
	}
}

function card(plan, who) {
	const item = template.content.cloneNode(true).firstElementChild;
	const part = (name) => item.querySelector(`.plan-${name}`);
	const button = item.querySelector("button");
	const current = isRunning(who?.subscription) &&
	    who.subscription.plan === plan.name;
	const cost = price(plan.amount, plan.currency);

	part("label").textContent = plan.label;
	part("amount").textContent = cost;
	part("interval").textContent = `per ${plan.interval}`;
	part("trial").textContent = plan.trialDays > 0 ?
	    `First ${plan.trialDays} days free` : "No trial, cancel any time";
	part("text").textContent = plan.description ?? "";
	/* The discount itself is Stripe's to state, on the next page. */
	part("offer").hidden = !(plan.referralOffer && who?.referral);
	part("current").hidden = !current;

	button.dataset.plan = plan.name;
	button.textContent = plan.trialDays > 0 ?
	    `Try ${plan.label}` : `Choose ${plan.label}`;
	button.hidden = isRunning(who?.subscription);
	button.addEventListener("click", () =>
	    choose(plan, button, part("problem"), who));
	onComingBack(() => setBusy(button, false));
	return item;
}

async function showPlans() {
	try {
		/* Not knowing who it is must not hide the prices. */
		const [{ plans }, who] = await Promise.all(
		    [get("/api/plans"), session().catch(() => null)]);
		list.replaceChildren(...plans.map((plan) => card(plan, who)));
		if (isRunning(who?.subscription))
			saySubscribed();
	} catch (error) {
		list.replaceChildren();
		say(`The plans cannot be shown. ${apology(error)}`);
	}
	list.removeAttribute("aria-busy");
}

if (new URLSearchParams(location.search).get("canceled") === "1")
	say("No harm done: you left before paying and nothing was charged. " +
	    "The plans are still here.");
showSession();
showPlans();
