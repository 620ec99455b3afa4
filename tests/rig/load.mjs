// SPDX-License-Identifier: MIT
//
// Requests at a steady pace, whether or not the last one has been answered: a queue that grows is seen as latency.

export async function steady({ perSecond, seconds, send }) {
	const total = Math.round(perSecond * seconds);
	const began = performance.now();
	const ms = [], bad = [];
	const running = [];
	for (let i = 0; i < total; i++) {
		const due = began + i * 1000 / perSecond;
		const wait = due - performance.now();
		if (wait > 1)
			await new Promise((done) => setTimeout(done, wait));
		running.push(send(i).then((problem) => {
			ms.push(performance.now() - due);
			if (problem)
				bad.push(problem);
		}, (e) => bad.push(e.message)));
	}
	await Promise.all(running);
	return { total, bad, ...percentiles(ms) };
}

export function percentiles(ms) {
	const sorted = [...ms].sort((a, b) => a - b);
	const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
	return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? NaN };
}

// Requests from so many at once until told to stop; what was wrong, and how many there were.
export function hammer(parallel, send) {
	const state = { asked: 0, bad: [], ms: [], stop: false };
	const done = Promise.all(Array.from({ length: parallel }, async () => {
		while (!state.stop) {
			state.asked++;
			const began = performance.now();
			try {
				const problem = await send();
				if (problem)
					state.bad.push(problem);
			} catch (e) {
				state.bad.push(e.message);
			}
			state.ms.push(performance.now() - began);
		}
	}));
	return Object.assign(state, { end: async () => {
		state.stop = true;
		await done;
		return state;
	} });
}

// A peer may be tired of waiting after a second.
export const STILL_MS = 300;

// From now on: for how long this process did nothing at all, when asked. Whatever came meanwhile may be seen before a timer is.
export function stoodStill() {
	let last = performance.now(), most = 0;
	const look = () => {
		const now = performance.now();
		most = Math.max(most, now - last);
		last = now;
	};
	const timer = setInterval(look, 10);
	return () => {
		clearInterval(timer);
		look();
		return most;
	};
}

// Work that counts on this process being as quick as its peers: what fails while it stood still itself is done again.
export async function undisturbed(work, stillMs = STILL_MS) {
	for (let tries = 1;; tries++) {
		const still = stoodStill();
		try {
			return await work();
		} catch (e) {
			if (tries === 3 || still() < stillMs)
				throw e;
		} finally {
			still();
		}
	}
}

export const round = (n) => Math.round(n * 10) / 10;
