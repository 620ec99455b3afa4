import { instead, post } from "./api.js";
import { fitForm, runForm } from "./form.js";
import { follow, nextPath, take, withNext } from "./navigation.js";
import { session, showSession } from "./session.js";
import { optional, run } from "./start.js";
import { WORDS } from "./words.js";

const form = document.getElementById("login-form");
const next = nextPath();
const goOn = () => follow(next, "account");

function send(data) {
	return post("api/login", { email: data.get("email").trim(),
	    password: data.get("password"), remember: data.has("remember") });
}

/* One message for both: which of them was wrong is nobody's business. */
function excuse(error) {
	return error.status === 401 ?
	    { message: WORDS.invalid_credentials } : null;
}

/* Why somebody is here who did not ask for this page. */
function sayWhy() {
	const said = document.getElementById("why");
	if (take("session-ended"))
		said.textContent = "You were logged out, because you were away for " +
		    "a while. Log in, and you are back where you were.";
	else if (next !== null)
		said.textContent = "Log in, and you go on to where you wanted.";
}

/* Somebody who is logged in has nothing to do here. */
async function skipIfLoggedIn() {
	const who = await session().catch(instead(null));
	if (who?.authenticated)
		goOn();
}

function runLogin() {
	document.getElementById("signup-link").href = withNext("signup", next);
	runForm(form, { send, excuse, done: goOn });
}

run(runLogin, sayWhy, showSession, skipIfLoggedIn, () => fitForm(form),
    () => optional(import("./invitation.js")));
