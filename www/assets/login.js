import "./attribution.js";
import { post } from "./api.js";
import { runForm } from "./form.js";
import { nextPath, withNext } from "./navigation.js";
import { session, showSession } from "./session.js";

const next = nextPath();
const target = next ?? "/account";

function send(data) {
	return post("/api/login", { email: data.get("email").trim(),
	    password: data.get("password") });
}

/* One message for both: which of them was wrong is nobody's business. */
function excuse(error) {
	return error.status === 401 ?
	    { message: "The e-mail address or the password is not right." } :
	    null;
}

/* Somebody who is logged in has nothing to do here. */
async function skipIfLoggedIn() {
	const who = await session().catch(() => null);
	if (who?.authenticated)
		location.replace(target);
}

document.getElementById("signup-link").href = withNext("/signup", next);
runForm(document.getElementById("login-form"),
    { send, excuse, done: () => location.assign(target) });
showSession();
skipIfLoggedIn();
