import { code, codeInLink, referrerName } from "./attribution.js";
import { session, showSession } from "./session.js";

async function greet() {
	if (!code())
		return;
	/* The cookie outlives the signup; do not invite those who came. */
	if (!codeInLink) {
		const who = await session().catch(() => null);
		if (who?.authenticated)
			return;
	}

	const name = await referrerName();
	const greeting = document.getElementById("greeting");
	document.getElementById("greeting-text").textContent =
	    `${name || "A friend"} invited you`;
	document.getElementById("eyebrow").hidden = true;
	greeting.hidden = false;
}

showSession();
greet();
