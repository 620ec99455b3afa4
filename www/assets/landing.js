import { instead } from "./api.js";
import { offerWords } from "./offer.js";
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

	invitation.carry();
	const offered = invitation.offer();
	const name = await invitation.referrerName();
	const greeting = document.getElementById("greeting");
	document.getElementById("greeting-text").textContent =
	    `${name || "A friend"} invited you`;
	document.getElementById("eyebrow").hidden = true;
	greeting.hidden = false;
	/* What it brings comes from the server, and may not come at all. */
	document.getElementById("greeting-offer").textContent =
	    offerWords(await offered);
}

run(showSession, greet);
