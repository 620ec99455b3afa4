import { ApiError, asValue, post } from "./api.js";
import { runForm } from "./form.js";
import { toLogin } from "./navigation.js";
import { session, showSession } from "./session.js";
import { run } from "./start.js";
import { apology, sentence } from "./words.js";

/*
 * A page of its own, and not a part of the account page: nothing of anybody
 * else's runs where a password is typed.
 */

const byId = (id) => document.getElementById(id);
let kept = [];

async function send(data) {
	const answer = await post("api/account/erase",
	    { password: data.get("password") });
	({ kept } = answer);
}

/* Logged out meanwhile, on another page. */
function excuse(error) {
	if (error.status === 401)
		toLogin({ ended: true });
	return null;
}

/* In place of the form, for there is no account any more. */
function showErased() {
	byId("hello").textContent = "Your account is erased";
	byId("password").value = "";
	byId("erase").hidden = true;
	byId("nav").dataset.session = "out";
	for (const { what, why } of kept) {
		const item = document.createElement("li");
		item.textContent = sentence(`${what}: ${why}`);
		byId("erased-kept").append(item);
	}
	byId("erased").hidden = false;
	byId("main").focus();
}

async function start() {
	const who = await session().catch(asValue);
	if (who instanceof ApiError) {
		byId("trouble").textContent = apology(who);
		byId("trouble").hidden = false;
		return;
	}
	if (!who.authenticated)
		return toLogin({});
	runForm(byId("erase-form"), { send, excuse, done: showErased });
}

run(showSession, start);
