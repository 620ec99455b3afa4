import { instead, post } from "./api.js";
import { fitForm, runForm } from "./form.js";
import { follow, nextPath, withNext } from "./navigation.js";
import { offerWords } from "./offer.js";
import { session, showSession } from "./session.js";
import { optional, run } from "./start.js";
import { WORDS } from "./words.js";

const form = document.getElementById("signup-form");
const next = nextPath();
const loginPage = withNext("login", next);

/* Cello's script may add a field of the same name; the first that has one. */
const invitationIn = (data) => data.getAll("ucc").find(Boolean);

function send(data) {
	const values = { email: data.get("email").trim(),
	    password: data.get("password"), remember: data.has("remember") };
	for (const name of ["firstName", "lastName", "organization"]) {
		const value = data.get(name).trim();
		if (value)
			values[name] = value;
	}
	const ucc = invitationIn(data);
	if (ucc)
		values.ucc = ucc;
	return post("api/signup", values);
}

function excuse(error) {
	if (error.code !== "email_taken")
		return null;
	const link = document.createElement("a");
	link.href = loginPage;
	link.textContent = "Log in instead";
	return {
		field: "email",
		message: WORDS.email_taken,
		summary: ["You seem to have an account. ", link, "."],
	};
}

/* The server has the code in a cookie: this is a second way, and the name. */
async function fillInvitation() {
	const invitation = await optional(import("./invitation.js"));
	const field = form.querySelector("input[name=ucc]");
	field.value = invitation?.code() || await invitation?.codeFromCello() || "";
	if (!field.value)
		return;

	const [name, offered] = await Promise.all(
	    [invitation.referrerName(), invitation.offer()]);
	const brings = offerWords(offered);
	const note = document.getElementById("invitation-note");
	note.textContent = name ?
	    `${name} invited you. We keep that with your account.` :
	    "You were invited. We keep that with your account.";
	if (brings)
		note.append(` ${brings}`);
	note.classList.add("invited");
}

/* Somebody who is logged in has nothing to do here. */
async function skipIfLoggedIn() {
	const who = await session().catch(instead(null));
	if (who?.authenticated)
		follow(next, "account");
}

function runSignup() {
	document.getElementById("login-link").href = loginPage;
	runForm(form, { send, excuse, done: () => follow(next, "pricing") });
}

run(runSignup, showSession, skipIfLoggedIn, () => fitForm(form),
    fillInvitation);
