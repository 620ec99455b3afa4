/* Forms that say what is wrong, where, and keep what was typed. */

import { ApiError } from "./api.js";
import { settings } from "./settings.js";
import { confess } from "./start.js";
import { apology, sentence } from "./words.js";

function markField(input, message) {
	const note = document.getElementById(`${input.id}-error`);
	note.textContent = message;
	if (message)
		input.setAttribute("aria-invalid", "true");
	else
		input.removeAttribute("aria-invalid");
}

const bytesOf = (text) => new TextEncoder().encode(text).length;

/* What the browser itself knows about a field, in our words. */
function complaint(input) {
	const { validity, value, dataset } = input;
	if (validity.valueMissing)
		return dataset.missing;
	if (validity.typeMismatch)
		return "This does not look like an e-mail address.";
	/* minlength is only judged by browsers after typing, not autofill. */
	if (input.minLength > 0 && [...value].length < input.minLength)
		return `Use at least ${input.minLength} characters.`;
	/* endpin counts bytes: of most letters one, of an emoji four. */
	if (dataset.bytes && bytesOf(value) > Number(dataset.bytes))
		return "This is longer than fits here.";
	return "";
}

/*
 * What the server will not take, the form says first: from endpin's
 * configuration, in which it may change.  In the page stand its defaults.
 */
export async function fitForm(form) {
	const limits = await settings();
	if (limits === null)
		return;
	for (const input of form.querySelectorAll("[data-limit]"))
		input.dataset.bytes = limits[input.dataset.limit];
	for (const input of form.querySelectorAll("[minlength]"))
		input.minLength = limits.passwordMin;
	for (const text of form.querySelectorAll("[data-says]"))
		text.textContent = limits[text.dataset.says];
}

const passwordOf = (toggle) =>
	document.getElementById(toggle.getAttribute("aria-controls"));

function reveal(toggle, shown) {
	passwordOf(toggle).type = shown ? "text" : "password";
	toggle.firstChild.data = shown ? "Hide" : "Show";
}

export function setBusy(button, busy) {
	button.disabled = busy;
	button.setAttribute("aria-busy", String(busy));
}

/* Coming back with the back button, the page is as it was left: busy. */
export function onComingBack(action) {
	addEventListener("pageshow", (event) => {
		if (event.persisted)
			action();
	});
}

/*
 * Run `form`: `send(values)` talks to the server, `done()` moves on.
 * `excuse(error)` may give a message of the page's own, as text or nodes, with
 * the field that it is about: { field?, message, summary? }.
 */
export function runForm(form, { send, done, excuse = () => null }) {
	const summary = form.querySelector("#form-error");
	const button = form.querySelector("#submit");
	const toggles = form.querySelectorAll(".reveal");
	const inputs = [...form.querySelectorAll(".field input")];

	function clear() {
		summary.textContent = "";
		inputs.forEach((input) => markField(input, ""));
	}

	/* `problems`: [input, message] pairs in any order. */
	function show(problems, ...words) {
		for (const [input, message] of problems)
			markField(input, message);
		const bad = inputs.filter((input) =>
		    input.hasAttribute("aria-invalid"));
		summary.textContent = "";
		if (words.length > 0)
			summary.append(...words);
		else if (bad.length > 0)
			summary.textContent = bad.length === 1 ?
			    "Please look at the marked field." :
			    `Please look at the ${bad.length} marked fields.`;
		bad[0]?.focus();
	}

	function showError(error) {
		const own = excuse(error);
		if (own)
			return show(own.field ?
			    [[form.elements.namedItem(own.field), own.message]] : [],
			    ...(own.summary ?? [own.message]));

		const problems = [];
		const rest = [];
		for (const { field, reason } of error.errors) {
			const input = inputs.find((one) => one.name === field);
			if (input)
				problems.push([input, sentence(reason)]);
			else
				rest.push(`${sentence(reason)} `);
		}
		if (problems.length === 0 && rest.length === 0)
			rest.push(apology(error));
		show(problems, ...rest);
	}

	async function submit() {
		clear();
		const problems = inputs.map((input) => [input, complaint(input)])
		    .filter(([, message]) => message);
		if (problems.length > 0)
			return show(problems);

		/* Password managers look for a field of type password. */
		toggles.forEach((toggle) => reveal(toggle, false));
		setBusy(button, true);
		try {
			await send(new FormData(form));
			done();
		} catch (error) {
			setBusy(button, false);
			/* A button that was disabled has lost the focus. */
			button.focus({ preventScroll: true });
			if (!(error instanceof ApiError))
				throw error;
			showError(error);
		}
	}

	form.addEventListener("submit", (event) => {
		event.preventDefault();
		submit().catch(confess);
	});

	form.addEventListener("input", ({ target }) => {
		if (target.hasAttribute("aria-invalid"))
			markField(target, "");
	});

	for (const toggle of toggles) {
		toggle.addEventListener("click", () => reveal(toggle,
		    passwordOf(toggle).type === "password"));
		toggle.hidden = false;
	}

	onComingBack(() => setBusy(button, false));

	/* Until now a submit would have put the password into the address. */
	button.disabled = false;
}
