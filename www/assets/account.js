import { apology, get, post } from "./api.js";
import { boot, buttonLabel, open, ownLink, shutdown } from "./cello.js";
import { onComingBack, setBusy } from "./form.js";
import { leaveFor, withNext } from "./navigation.js";
import { session, showSession } from "./session.js";
import { isRunning, outlook, statusWords } from "./subscription.js";

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

let labels = new Map();

/* "No plan yet, choose one" would be the wrong thing to say to a payer. */
let confirming = false;

function showSubscription(subscription) {
	const section = byId("subscription");
	const status = byId("subscription-status");
	const running = isRunning(subscription);

	section.removeAttribute("aria-busy");
	section.dataset.state = subscription ? "some" : "none";
	status.dataset.status = subscription?.status ?? "none";
	byId("manage-billing").hidden = !subscription;
	byId("choose-plan").hidden = running;
	if (!subscription) {
		byId("subscription-plan").textContent = "No plan yet";
		status.textContent = "Not subscribed";
		byId("subscription-outlook").textContent =
		    "Choose a plan and the whole notebook opens.";
		return;
	}

	const { plan, quantity } = subscription;
	const label = labels.get(plan) ?? plan ?? "Your plan";
	byId("subscription-plan").textContent =
	    quantity > 1 ? `${label} × ${quantity}` : label;
	status.textContent = statusWords(subscription);
	byId("subscription-outlook").textContent = outlook(subscription);
}

const toLogin = () => location.replace(withNext("/login",
    location.pathname + location.search));

/* undefined when it cannot be read right now. */
async function readSubscription() {
	try {
		return (await get("/api/subscription")).subscription;
	} catch (error) {
		if (error.status === 401)
			toLogin();
		return undefined;
	}
}

/* What is shown stays when it cannot be read again. */
async function refresh() {
	const subscription = await readSubscription();
	if (subscription !== undefined && !confirming)
		showSubscription(subscription);
}

/* Wait until the subscription that was just bought is there. */
async function confirmPayment(sessionId) {
	const said = byId("payment");
	confirming = true;
	said.textContent = "Confirming your payment…";

	/* This only makes it quicker: Stripe tells endpin in any case. */
	post("/api/checkout/return", { sessionId }).catch(() => {});

	const end = Date.now() + POLL_TOTAL_MS;
	let pause = POLL_FIRST_MS;
	while (Date.now() < end) {
		await sleep(pause);
		const subscription = await readSubscription();
		if (isRunning(subscription)) {
			confirming = false;
			showSubscription(subscription);
			said.textContent = "Thank you. Your subscription is ready.";
			history.replaceState(null, "", location.pathname);
			return;
		}
		pause = Math.min(pause * POLL_GROWTH, POLL_MAX_MS);
	}
	confirming = false;
	said.textContent = "Your payment is not confirmed yet. That can take " +
	    "some minutes, and you need not wait here: this page shows it as " +
	    "soon as you come back.";
}

async function afterPortal() {
	sessionStorage.removeItem(PORTAL_VISITED);
	for (const pause of AFTER_PORTAL_MS) {
		await sleep(pause);
		await refresh();
	}
}

async function openPortal({ currentTarget: button }) {
	byId("billing-error").textContent = "";
	setBusy(button, true);
	try {
		const { url } = await post("/api/portal");
		sessionStorage.setItem(PORTAL_VISITED, "1");
		leaveFor(url);
	} catch (error) {
		setBusy(button, false);
		button.focus({ preventScroll: true });
		byId("billing-error").textContent = apology(error);
	}
}

async function showInvite() {
	const section = byId("invite");
	try {
		if (!await boot()) {
			section.hidden = true;
			return;
		}
		const [link, label] = await Promise.all([ownLink(), buttonLabel()]);
		if (label)
			byId("invite-open").textContent = label;
		byId("invite-link").href = link;
		byId("invite-link").textContent = link.replace(/^https?:\/\//, "");
		section.dataset.state = link ? "ready" : "open-only";
	} catch {
		section.dataset.state = "down";
	}
	section.removeAttribute("aria-busy");
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
	await shutdown();
	try {
		await post("/api/logout");
		location.assign("/");
	} catch (error) {
		setBusy(button, false);
		button.focus({ preventScroll: true });
		byId("logout-error").textContent =
		    `You are still logged in. ${apology(error)}`;
	}
}

function showAccount({ firstName, lastName, email, organization }) {
	const fullName = [firstName, lastName].filter(Boolean).join(" ");
	byId("hello").textContent = firstName ? `Hello, ${firstName}` : "Hello";
	byId("account-name").textContent = fullName || "not given";
	byId("account-email").textContent = email;
	byId("account-organization").textContent = organization || "not given";
}

async function loadLabels() {
	const { plans } = await get("/api/plans").catch(() => ({ plans: [] }));
	labels = new Map(plans.map(({ name, label }) => [name, label]));
}

async function start() {
	showSession();
	let who;
	try {
		who = await session();
	} catch (error) {
		byId("hello").textContent = "Your account is out of reach";
		byId("trouble").textContent = apology(error);
		byId("trouble").hidden = false;
		byId("account").hidden = true;
		return;
	}
	if (!who.authenticated)
		return toLogin();

	showAccount(who.account);
	byId("manage-billing").addEventListener("click", openPortal);
	byId("logout").addEventListener("click", logout);
	byId("invite-open").addEventListener("click", open);
	byId("invite-copy").addEventListener("click", copyLink);
	showInvite();

	await loadLabels();
	const bought = new URLSearchParams(location.search).get("session_id");
	if (/^cs_\w+$/.test(bought ?? ""))
		return confirmPayment(bought);
	showSubscription(who.subscription);
	if (sessionStorage.getItem(PORTAL_VISITED))
		await afterPortal();
}

document.addEventListener("visibilitychange", () => {
	if (!document.hidden)
		refresh();
});
/* From the portal, or after a logout: everything may be different. */
onComingBack(() => location.reload());
start();
