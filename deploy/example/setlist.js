/* SPDX-License-Identifier: MIT */

/* Setlist's pages in the browser: they ask endpin, on the same origin. */

const byId = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);

const say = (words) => byId("said").textContent = words;

/* Who is not logged in is led to the login page, and comes back here. */
const here = () => encodeURIComponent(location.pathname + location.search);

async function ask(path, body) {
	const answer = await fetch(path, body && { method: "POST",
	    headers: { "content-type": "application/json" },
	    body: JSON.stringify(body) });
	const json = await answer.json().catch(() => null);
	if (!answer.ok)
		throw Object.assign(new Error(json?.title ?? "That did not work."),
		    { status: answer.status });
	return json;
}

/* Where they wanted to go: a path of this site, and nothing else. */
function follow(otherwise) {
	const next = query.get("next") ?? "";
	const ours = /^\/(?![/\\])/.test(next) &&
	    new URL(next, location.origin).origin === location.origin;
	location.assign(ours ? next : otherwise);
}

function onSubmit(id, work) {
	byId(id)?.addEventListener("submit", (event) => {
		event.preventDefault();
		const fields = new FormData(event.target);
		work(fields).catch((error) => say(error.message));
	});
}

onSubmit("signup", async (fields) => {
	await ask("/api/signup", {
		email: fields.get("email"),
		password: fields.get("password"),
		firstName: fields.get("firstName"),
	});
	follow("/app/");
});

onSubmit("login", async (fields) => {
	await ask("/api/login", { email: fields.get("email"),
	    password: fields.get("password") });
	follow("/app/");
});

async function logOut() {
	await fetch("/api/logout", { method: "POST" });
	location.assign("/");
}
byId("logout")?.addEventListener("click", logOut);

/* Stripe's page, or the login page for who is not logged in. */
async function buy(plan) {
	try {
		location.assign((await ask("/api/checkout", { plan })).url);
	} catch (error) {
		if (error.status === 401)
			location.assign(`/login?next=${here()}`);
		say(error.message);
	}
}

async function showPlans(list) {
	for (const { name, label, amount, currency } of (await ask("/api/plans")).plans) {
		const button = document.createElement("button");
		button.textContent = `${label}: ${new Intl.NumberFormat("en",
		    { style: "currency", currency }).format(amount / 100)}`;
		button.dataset.plan = name;
		button.addEventListener("click", () => buy(name));
		const item = document.createElement("li");
		item.append(button);
		list.append(item);
	}
}
if (byId("plans"))
	showPlans(byId("plans")).catch((error) => say(error.message));

/* From Checkout with ?session_id=...: what they have counts, not this page. */
async function showPlan(place) {
	const sessionId = query.get("session_id");
	let subscription = null;

	if (sessionId)
		await ask("/api/checkout/return", { sessionId }).catch(() => null);
	for (let turns = sessionId ? 30 : 1; turns > 0; turns--) {
		({ subscription } = await ask("/api/subscription"));
		if (subscription?.entitled)
			break;
		place.textContent = "You have no plan.";
		await new Promise((resolve) => setTimeout(resolve, 1000));
	}
	if (subscription?.entitled)
		place.textContent = `You have ${subscription.plan}. Thank you.`;
}
if (byId("plan"))
	showPlan(byId("plan")).catch((error) => say(error.message));
