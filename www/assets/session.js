/* Who is looking at the page, asked for once, and the navigation that shows it. */

import { get, instead } from "./api.js";

let answer;

/* Rejects with an ApiError when nobody can tell. */
export function session() {
	answer ??= get("api/session");
	return answer;
}

/*
 * Both sets of links lie in the same place in the page, so nothing moves when
 * one of them is shown.
 */
export async function showSession() {
	const who = await session().catch(instead({ authenticated: false }));
	document.getElementById("nav").dataset.session =
	    who.authenticated ? "in" : "out";
}
