// SPDX-License-Identifier: MIT
//
// What was asked of Stripe and Cello, for tests to look at.

const MOST = 20000;
const HEADERS = ['idempotency-key', 'stripe-version', 'user-agent', 'content-type'];

export class RequestLog {
	#rows = [];
	#n = 0;

	begin(target, req, path) {
		const headers = {};
		for (const name of HEADERS)
			if (req.headers[name] !== undefined)
				headers[name] = req.headers[name];
		const row = {
			n: ++this.#n, target, method: req.method, path, params: null, headers,
			status: 0,		// 0: no answer was given
			replayed: false, at: new Date().toISOString()
		};
		this.#rows.push(row);
		if (this.#rows.length > MOST)
			this.#rows.shift();
		return row;
	}

	list(target, path) {
		return this.#rows.filter((row) => (!target || row.target === target) && (!path || row.path.startsWith(path)));
	}

	clear() {
		this.#rows = [];
	}
}
