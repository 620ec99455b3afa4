/*
 * Changing the plan, ending it, keeping it.  What it costs is shown before it
 * is done, and then it costs that: endpin refuses what was not shown.
 */

import { ApiError, asValue, post, postWithTwins } from "./api.js";
import { setBusy } from "./form.js";
import { day, price } from "./money.js";
import { leave, take, toLogin } from "./navigation.js";
import { guarded } from "./start.js";
import { owes } from "./subscription.js";
import { apology } from "./words.js";

const byId = (id) => document.getElementById(id);

/* What is there, which plans there are, and who shows what has come of it. */
let now = null;
let plans = [];
let show = () => {};
let celebrate = async () => {};

/* What was shown last; null: the form has changed since. */
let shown = null;

const named = (name) => plans.find((plan) => plan.name === name);
const labelOf = (name) => named(name)?.label ?? (name || "another plan");
const called = ({ plan, quantity }) =>
	quantity > 1 ? `${labelOf(plan)} × ${quantity}` : labelOf(plan);

/* It is paused, and its owner can go on with it. */
const resting = (s) => s?.action?.kind === "resume";

const isRunning = (s) => s.entitled && ["active", "trialing"].includes(s.status);

function close(name) {
	byId(`${name}-form`).hidden = true;
	byId(`${name}-plan`).setAttribute("aria-expanded", "false");
}

function open(name) {
	close(name === "change" ? "cancel" : "change");
	byId(`${name}-form`).hidden = false;
	byId(`${name}-error`).textContent = "";
	byId(`${name}-plan`).setAttribute("aria-expanded", "true");
	byId(`${name}-form`).querySelector("input, select").focus();
}

/* One sentence on what is going to be different, or what it waits for. */
function note({ next, pending, action, entitled }) {
	if (pending)
		return `${called(pending)} begins as soon as it is paid. If it is ` +
		    `not paid by ${day(pending.until)} nothing changes.`;
	if (next)
		return `From ${day(next.at)} on: ${called(next)}.`;
	if (owes({ action }))
		return entitled ? "An invoice is open. Pay it, and all goes on." :
		    "An invoice is open. Pay it, and everything opens again.";
	return "";
}

/* Which buttons there are for what is there; called whenever it is shown. */
export function showChanging(subscription) {
	now = subscription;
	const running = now !== null && isRunning(now);
	const ending = running && Boolean(now.cancelAt);

	byId("plan-note").textContent = now === null ? "" : note(now);
	byId("keep-plan").hidden = !ending && !(running && now.next) &&
	    !resting(now);
	byId("keep-plan").textContent = resting(now) ? "Go on with it" :
	    now?.next ? `Keep ${called(now)}` : "Keep it after all";
	byId("change-plan").hidden = !running || ending;
	byId("cancel-plan").hidden = now === null || now.over ||
	    Boolean(now.cancelAt) || now.status === "incomplete";
	if (byId("change-plan").hidden)
		close("change");
	if (byId("cancel-plan").hidden)
		close("cancel");
	showNextCharge().catch(() => {});
}

/*
 * What Stripe would charge next, as it said within this hour: whoever looks in
 * again and again asks it once.  It holds for what is shown now and for nothing
 * else; null: nothing will be, or nobody can tell.
 */
async function nextCharge(of) {
	const name = "next-charge";
	const hour = Math.floor(Date.now() / 3600000);
	const about = JSON.stringify([hour, of]);
	let kept = JSON.parse(take(name) || "{}");

	if (kept.about !== about) {
		const next = await post("api/subscription/preview");
		kept = { about, charge: next.when === "renewal" ?
		    price(next.amountDue, next.currency) : null };
	}
	leave(name, JSON.stringify(kept));
	return kept.charge;
}

async function showNextCharge() {
	const line = byId("next-charge");
	const of = now;

	line.textContent = "";
	if (of === null || !isRunning(of) || of.cancelAt || of.next)
		return;
	const charge = await nextCharge(of);
	if (charge !== null && of === now)
		line.textContent = `The next charge is ${charge}.`;
}

/* Stripe sells each customer in one currency only. */
function offerPlans() {
	const { currency } = named(now.plan) ?? plans[0];
	const list = byId("change-plans");

	list.textContent = "";
	for (const plan of plans.filter((one) => one.currency === currency)) {
		const row = document.createElement("div");
		const input = document.createElement("input");
		const label = document.createElement("label");
		row.className = "check";
		Object.assign(input, { type: "radio", name: "plan", value: plan.name,
		    id: `change-to-${plan.name}`, checked: plan.name === now.plan });
		label.htmlFor = input.id;
		label.textContent = `${plan.label}, ` +
		    `${price(plan.amount, plan.currency)} per ${plan.interval}` +
		    (plan.name === now.plan ? " (yours)" : "");
		row.append(input, label);
		list.append(row);
	}
	byId("change-quantity").value = now.quantity || 1;
	forget();
}

/* The form has changed: nothing is shown, so nothing can be done. */
function forget() {
	shown = null;
	byId("change-costs").hidden = true;
	byId("change-error").textContent = "";
	byId("change-submit").textContent = "Show what it costs";
}

function wished() {
	const form = new FormData(byId("change-form"));
	return { plan: form.get("plan"), quantity: Number(form.get("quantity")) };
}

function costRow(text, amount, currency) {
	const row = document.createElement("p");
	const words = document.createElement("span");
	const cost = document.createElement("b");
	words.textContent = text;
	cost.textContent = price(amount, currency);
	row.append(words, cost);
	return row;
}

function costWords({ when, at, amountDue, total, currency }) {
	if (when === "periodEnd")
		return ["Nothing is charged now. From " +
		    `${day(at)} on it is`, amountDue];
	if (amountDue === 0 && total < 0)
		return ["Nothing is charged. This is kept for you:", -total];
	return ["You pay now", amountDue, currency];
}

function showCosts(wish) {
	const costs = byId("change-costs");
	const [words, amount] = costWords(shown);

	costs.textContent = "";
	if (shown.when === "now")
		costs.append(...shown.lines.map((line) =>
		    costRow(line.description, line.amount, shown.currency)));
	costs.append(costRow(words, amount, shown.currency));
	costs.lastElementChild.className = "total";
	costs.hidden = false;
	byId("change-submit").textContent = shown.when === "now" ?
	    `Change to ${called(wish)} now` :
	    `Change to ${called(wish)} then`;
}

/* Says what went wrong, and returns whether something did. */
function failed(name, answer) {
	if (!(answer instanceof ApiError))
		return false;
	if (answer.status === 401)
		toLogin({ ended: true });
	byId(`${name}-error`).textContent = answer.errors[0]?.reason ??
	    apology(answer);
	return true;
}

async function busy(button, work) {
	setBusy(button, true);
	try {
		return await work();
	} finally {
		setBusy(button, false);
		button.focus({ preventScroll: true });
	}
}

const ask = (button, path, body) => busy(button, () =>
	postWithTwins(`api/subscription/${path}`, body).catch(asValue));

async function preview(wish) {
	const answer = await ask(byId("change-submit"), "preview", wish);

	if (failed("change", answer))
		return;
	if (answer.when === "renewal") {
		/* What is planned instead is undone by it. */
		if (now.next)
			return change(wish, undefined);
		byId("change-error").textContent = "That is what you have already.";
		return;
	}
	shown = answer;
	showCosts(wish);
}

async function change(wish, id) {
	const isMore = shown?.when === "now" && shown.amountDue > 0;
	const answer = await ask(byId("change-submit"), "change",
	    { ...wish, preview: id });

	if (failed("change", answer))
		return answer.code === "preview_stale" ? forgetCosts() : undefined;
	close("change");
	show(answer.subscription);
	byId("change-plan").focus({ preventScroll: true });
	if (isMore && answer.subscription.entitled && !answer.subscription.pending)
		await celebrate(called(wish));
}

/* What went wrong stays to be read. */
function forgetCosts() {
	const words = byId("change-error").textContent;
	forget();
	byId("change-error").textContent = words;
}

async function submitChange(event) {
	event.preventDefault();
	byId("change-error").textContent = "";
	const wish = wished();
	return shown === null ? preview(wish) :
	    change(wish, shown.preview ?? undefined);
}

async function submitCancel(event) {
	event.preventDefault();
	const form = new FormData(byId("cancel-form"));
	const body = Object.fromEntries([...form].filter(([, value]) => value));
	const answer = await ask(byId("cancel-submit"), "cancel", body);

	if (failed("cancel", answer))
		return;
	close("cancel");
	show(answer.subscription);
	byId("keep-plan").focus({ preventScroll: true });
}

async function keep({ currentTarget: button }) {
	byId("billing-error").textContent = "";
	const answer = await ask(button, "resume");
	if (failed("billing", answer))
		return;
	show(answer.subscription);
	byId(owes(answer.subscription) ? "pay-now" : "change-plan")
	    .focus({ preventScroll: true });
}

function toggle(name, prepare) {
	if (!byId(`${name}-form`).hidden)
		return close(name);
	prepare();
	open(name);
}

/*
 * `showIt` shows a subscription, and showChanging() with it; `celebrateIt` is
 * told what somebody has just paid more for.
 */
export function listenForChanges(known, showIt, celebrateIt) {
	plans = known;
	show = showIt;
	celebrate = celebrateIt;
	byId("change-plan").addEventListener("click",
	    () => toggle("change", offerPlans));
	byId("cancel-plan").addEventListener("click",
	    () => toggle("cancel", () => byId("cancel-form").reset()));
	for (const name of ["change", "cancel"])
		byId(`${name}-close`).addEventListener("click", () => {
			close(name);
			byId(`${name}-plan`).focus();
		});
	byId("change-form").addEventListener("input", forget);
	byId("change-form").addEventListener("submit", guarded(submitChange));
	byId("cancel-form").addEventListener("submit", guarded(submitCancel));
	byId("keep-plan").addEventListener("click", guarded(keep));
}
