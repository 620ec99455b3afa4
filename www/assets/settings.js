/* What endpin lets every page know, asked for once per page. */

import { get, instead } from "./api.js";

let answer;

/*
 * null where it cannot be had: a page without it still works, and endpin says
 * by itself what it will not take.
 */
export function settings() {
	answer ??= get("api/config").catch(instead(null));
	return answer;
}
