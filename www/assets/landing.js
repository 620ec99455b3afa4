import { instead } from "./api.js";
import { session, showSession } from "./session.js";
import { optional, run } from "./start.js";

async function greet() {
	const invitation = await optional(import("./invitation.js"));
	if (!invitation?.code())
		return;
	/* The cookie outlives the signup; do not invite those who came. */
	if (!invitation.codeInLink) {
		const who = await session().catch(instead(null));
		if (who?.authenticated)
			return;
	}

	const name = await invitation.referrerName();
	const greeting = document.getElementById("greeting");
	document.getElementById("greeting-text").textContent =
	    `${name || "A friend"} invited you`;
	document.getElementById("eyebrow").hidden = true;
	greeting.hidden = false;
}

run(showSession, greet);
