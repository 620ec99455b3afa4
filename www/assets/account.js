import { ApiError, asValue, get, instead, post } from "./api.js";
import { listenForChanges, showChanging } from "./changing.js";
import { onComingBack, setBusy } from "./form.js";
import { showInvoices } from "./invoices.js";
import { LEFT_FOR_CHECKOUT, leave, leaveFor, take, toLogin } from "./navigation.js";
import { session, showSession } from "./session.js";
import { guarded, optional, run } from "./start.js";
import { canBuy, outlook, statusWords } from "./subscription.js";
import { apology } from "./words.js";

/* The page after Checkout: quick at first, patient later, then honest. */
const POLL_FIRST_MS = 100;
const POLL_MAX_MS = 1000;
const POLL_GROWTH = 1.5;
const POLL_TOTAL_MS = 30_000;

/* When to look again after a visit to the billing portal. */
const AFTER_PORTAL_MS = [500, 1000, 2000, 4000, 8000];
const PORTAL_VISITED = "portal-visited";

const byId = (id) => document.getElementById(id);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/* Cello's component; null where it is blocked. */
const sharing = optional(import("./sharing.js"));

/* Whether the component can be opened: settled once it is known. */
let know;
const invited = new Promise((resolve) => { know = resolve; });

let labels = new Map();

/* "No plan yet, choose one" would be the wrong thing to say to a payer. */
let confirming = false;

/* What is owed can be paid on a page of Stripe's, without the portal. */
function showDebt(action) {
	const link = byId("pay-now");

	link.hidden = action?.kind !== "pay";
	if (link.hidden)
		link.removeAttribute("href");
	else
		link.href = action.url;
}

function showSubscription(subscription) {
	const status = byId("subscription-status");

	byId("subscription").removeAttribute("aria-busy");
	byId("subscription").dataset.state = subscription ? "some" : "none";
	status.dataset.status = subscription?.status ?? "none";
	status.dataset.open = String(subscription?.entitled === true);
	byId("manage-billing").hidden = !subscription;
	byId("choose-plan").hidden = !canBuy(subscription);
	showDebt(subscription?.action);
	showChanging(subscription ?? null);
	if (!subscription) {
		byId("subscription-plan").textContent = "No plan yet";
		status.textContent = "Not subscribed";
		byId("subscription-outlook").textContent =
		    "Choose a plan and the whole notebook opens.";
		return;
	}

	const { plan, quantity } = subscription;
	const label = labels.get(plan) ?? plan;
	byId("subscription-plan").textContent =
	    quantity > 1 ? `${label} × ${quantity}` : label;
	status.textContent = statusWords(subscription);
	byId("subscription-outlook").textContent = outlook(subscription);
}

/* undefined when it cannot be read right now. */
async function readSubscription() {
	const answer = await get("api/subscription").catch(asValue);
	if (answer.status === 401)
		toLogin({ ended: true });
	return answer.subscription;
}

/* What is shown stays when it cannot be read again. */
async function refresh() {
	const subscription = await readSubscription();
	if (subscription !== undefined && !confirming)
		showSubscription(subscription);
}

/*
 * Whoever has just bought something, or more of it, likes it well enough to
 * tell a friend.
 */
async function offerSharing(said) {
	const cello = await sharing;

	if (!await invited)
		return;
	const button = document.createElement("button");
	button.type = "button";
	button.className = "button small quiet";
	button.id = "share-now";
	button.textContent = "Tell a friend";
	nameReward(cello, button);
	button.addEventListener("click", cello.open);
	said.append(" ", button);
	await cello.announce().catch(console.error);
}

async function celebrateUpgrade(name) {
	const said = byId("payment");

	said.textContent = `Thank you. You have ${name} now.`;
	await offerSharing(said);
}

/* Wait until the subscription that was just bought is there. */
async function confirmPayment(sessionId) {
	const said = byId("payment");
	const end = Date.now() + POLL_TOTAL_MS;
	let pause = POLL_FIRST_MS;
	let subscription;

	take(LEFT_FOR_CHECKOUT);
	confirming = true;
	said.textContent = "Confirming your payment…";
	/* This only makes it quicker: Stripe tells endpin in any case. */
	const told = post("api/checkout/return", { sessionId })
	    .catch(instead(null));

	while (Date.now() < end && !subscription?.entitled) {
		await sleep(pause);
		subscription = await readSubscription() ?? subscription;
		pause = Math.min(pause * POLL_GROWTH, POLL_MAX_MS);
	}
	await told;
	confirming = false;
	if (subscription)
		showSubscription(subscription);
	if (!subscription?.entitled) {
		said.textContent = "Your payment is not confirmed yet. That can take " +
		    "some minutes, and with some ways of paying days. You need not " +
		    "wait here: this page shows it as soon as you come back.";
		return;
	}
	said.textContent = "Thank you. Your subscription is ready.";
	history.replaceState(null, "", location.pathname);
	await offerSharing(said);
}

async function afterPortal() {
	for (const pause of AFTER_PORTAL_MS) {
		await sleep(pause);
		await refresh();
	}
}

/* Nothing at Stripe yet: there is a way on, but it is another one. */
function sayNothingToManage(error) {
	const link = document.createElement("a");
	link.href = "pricing";
	link.textContent = "Choose a plan";
	byId("billing-error").append(`${apology(error)} `, link, ".");
}

async function openPortal({ currentTarget: button }) {
	byId("billing-error").textContent = "";
	setBusy(button, true);
	leave(PORTAL_VISITED, "1");
	const answer = await post("api/portal").catch(asValue);
	if (!(answer instanceof ApiError))
		return leaveFor(answer.url);
	take(PORTAL_VISITED);
	setBusy(button, false);
	button.focus({ preventScroll: true });
	if (answer.status === 401)
		toLogin({ ended: true });
	else if (answer.code === "no_customer")
		sayNothingToManage(answer);
	else
		byId("billing-error").textContent = apology(answer);
}

/* What is earned, on a button: it says something else until that is known. */
function nameReward(cello, button) {
	cello.buttonLabel().then((label) => {
		if (label)
			button.textContent = label;
	}).catch(console.error);
}

/* Resolves to whether the component is there to be opened. */
async function showInvite() {
	const section = byId("invite");
	const cello = await sharing;
	try {
		if (cello === null)
			throw new Error("sharing.js could not be loaded");
		const link = await cello.boot() ? await cello.ownLink() : null;
		if (link === null) {
			section.hidden = true;
			return false;
		}
		/* It may take its time, and nothing else waits for it. */
		nameReward(cello, byId("invite-open"));
		byId("invite-open").addEventListener("click", cello.open);
		byId("invite-link").href = link;
		byId("invite-link").textContent = link.replace(/^https?:\/\//, "");
		section.dataset.state = link ? "ready" : "open-only";
		return true;
	} catch {
		/* Somebody else's script, its network or its rules: not ours. */
		section.dataset.state = "down";
		return false;
	} finally {
		section.removeAttribute("aria-busy");
	}
}

async function copyLink() {
	const said = byId("invite-said");
	try {
		await navigator.clipboard.writeText(byId("invite-link").href);
		said.textContent = "Copied. Paste it wherever your friends are.";
	} catch {
		said.textContent = "Your browser does not let us copy; " +
		    "please select the link and copy it yourself.";
	}
}

async function logout({ currentTarget: button }) {
	byId("logout-error").textContent = "";
	setBusy(button, true);
	await (await sharing)?.shutdown();
	const answer = await post("api/logout").catch(asValue);
	if (!(answer instanceof ApiError))
		return location.assign("./");
	setBusy(button, false);
	button.focus({ preventScroll: true });
	byId("logout-error").textContent =
	    `You are still logged in. ${apology(answer)}`;
}

function showAccount({ firstName, lastName, email, organization }) {
	const fullName = [firstName, lastName].filter(Boolean).join(" ");
	byId("hello").textContent = firstName ? `Hello, ${firstName}` : "Hello";
	byId("account-name").textContent = fullName || "not given";
	byId("account-email").textContent = email;
	byId("account-organization").textContent = organization || "not given";
}

async function showBilling(who) {
	const visited = take(PORTAL_VISITED);
	const { plans } = await get("api/plans").catch(instead({ plans: [] }));
	byId("invite-less").hidden = !plans.some((plan) => plan.referralOffer);
	labels = new Map(plans.map(({ name, label }) => [name, label]));
	listenForChanges(plans, (subscription) => {
		showSubscription(subscription);
		return showInvoices();
	}, celebrateUpgrade);

	const bought = new URLSearchParams(location.search).get("session_id");
	if (/^cs_\w+$/.test(bought ?? ""))
		return confirmPayment(bought);
	showSubscription(who.subscription);
	if (visited)
		await afterPortal();
}

function listen() {
	byId("manage-billing").addEventListener("click", guarded(openPortal));
	byId("logout").addEventListener("click", guarded(logout));
	byId("invite-copy").addEventListener("click", guarded(copyLink));
	document.addEventListener("visibilitychange", guarded(async () => {
		if (!document.hidden)
			await refresh();
	}));
	/* From the portal, or after a logout: everything may be different. */
	onComingBack(() => location.reload());
}

async function start() {
	const who = await session().catch(asValue);
	if (who instanceof ApiError) {
		byId("hello").textContent = "Your account is out of reach";
		byId("trouble").textContent = apology(who);
		byId("trouble").hidden = false;
		byId("account").hidden = true;
		return;
	}
	if (!who.authenticated)
		return toLogin({});
	listen();
	run(() => showAccount(who.account), () => showBilling(who),
	    async () => know(await showInvite()), showInvoices);
}

run(showSession, start);
