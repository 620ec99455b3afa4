/* What endpin lets every page know, asked for once per page. */

import { get } from "./api.js";

let answer;

/* Never fails: a page without these settings still works. */
export function settings() {
	answer ??= get("/api/config").catch(() => null).then((config) => ({
		cello: config?.cello ?? { enabled: false },
		passwordMin: config?.passwordMin ?? 12,
	}));
	return answer;
}
