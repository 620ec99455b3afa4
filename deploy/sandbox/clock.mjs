// SPDX-License-Identifier: MIT
//
// The sandbox's own time. It runs with the real clock, shifted by as much as somebody has moved it.
//
// Objects carry this time. Events and signatures carry the real one, as at Stripe, where a test clock
// moves subscriptions but not the server that sends the events.

export const DAY = 86400;

export function realNow() {
	return Math.floor(Date.now() / 1000);
}

export class Clock {
	offset = 0;
	#frozen = null;

	now() {
		return this.#frozen ?? realNow() + this.offset;
	}

	// Run something as if it were `time`: a renewal that fell due last week is dated last week.
	at(time, run) {
		const before = this.#frozen;
		this.#frozen = time;
		try {
			return run();
		} finally {
			this.#frozen = before;
		}
	}

	// What is done at once has one time, also where a second ends meanwhile.
	atOnce(run) {
		return this.at(this.now(), run);
	}

	moveTo(time) {
		this.offset = time - realNow();
	}
}

// Months are counted from the anchor, so that a subscription begun on 31 January renews on 28 February and
// again on 31 March.
function addMonths(anchor, months) {
	const from = new Date(anchor * 1000);
	const to = new Date(from);
	to.setUTCDate(1);
	to.setUTCMonth(from.getUTCMonth() + months);
	const last = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
	to.setUTCDate(Math.min(from.getUTCDate(), last));
	return Math.floor(to / 1000);
}

export function addInterval(anchor, { interval, interval_count: count = 1 }, times) {
	switch (interval) {
	case 'day': return anchor + times * count * DAY;
	case 'week': return anchor + times * count * 7 * DAY;
	case 'year': return addMonths(anchor, 12 * times * count);
	default: return addMonths(anchor, times * count);
	}
}

// The first end of a period that lies after `time`.
export function nextPeriodEnd(anchor, recurring, time) {
	let times = 1;
	while (addInterval(anchor, recurring, times) <= time)
		times++;
	return addInterval(anchor, recurring, times);
}
