import { post } from "./api.js";
import { code, codeFromCello, referrerName } from "./attribution.js";
import { runForm } from "./form.js";
import { nextPath, withNext } from "./navigation.js";
import { session, showSession } from "./session.js";
import { settings } from "./settings.js";

const form = document.getElementById("signup-form");
const next = nextPath();
const loginPage = withNext("/login", next);

/* Cello's script may add a field of the same name; the first that has one. */
const invitationIn = (data) => data.getAll("ucc").find(Boolean);

function send(data) {
	const values = { email: data.get("email").trim(),
	    password: data.get("password") };
	for (const name of ["firstName", "lastName", "organization"]) {
		const value = data.get(name).trim();
		if (value)
			values[name] = value;
	}
	const ucc = invitationIn(data);
	if (ucc)
		values.ucc = ucc;
	return post("/api/signup", values);
}

function excuse(error) {
	if (error.code !== "email_taken")
		return null;
	const link = document.createElement("a");
	link.href = loginPage;
	link.textContent = "Log in instead";
	return {
		field: "email",
		message: "There is an account with this address already.",
		summary: ["You seem to have an account. ", link, "."],
	};
}

async function fillInvitation() {
	const field = form.querySelector("input[name=ucc]");
	field.value = code();
	if (!field.value)
		field.value = await codeFromCello();
	if (!field.value)
		return;

	const name = await referrerName();
	const note = document.getElementById("invitation-note");
	note.textContent = name ?
	    `${name} invited you. We keep that with your account.` :
	    "You were invited. We keep that with your account.";
	note.classList.add("invited");
}

async function fitPassword() {
	const { passwordMin } = await settings();
	document.getElementById("password").minLength = passwordMin;
	document.getElementById("password-min").textContent = passwordMin;
}

/* Somebody who is logged in has nothing to do here. */
async function skipIfLoggedIn() {
	const who = await session().catch(() => null);
	if (who?.authenticated)
		location.replace(next ?? "/account");
}

document.getElementById("login-link").href = loginPage;
runForm(form, { send, excuse, done: () => location.assign(next ?? "/pricing") });
showSession();
skipIfLoggedIn();
fillInvitation();
fitPassword();
