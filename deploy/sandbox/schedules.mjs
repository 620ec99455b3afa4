// SPDX-License-Identifier: MIT
//
// Subscription schedules at work: which phase a subscription is in, and what the next one makes of it.

import { setItemPrice } from './billing.mjs';
import { addInterval } from './clock.mjs';
import { change, emit } from './events.mjs';
import { bare } from './expand.mjs';

export const isScheduled = (sub) => sub.schedule !== null;

// A phase has its end from its own end_date, else from its duration, else it is one period of its first price.
export function endOfPhase(w, { end_date: end, duration, items }, start) {
	if (end !== undefined)
		return end;
	return addInterval(start, duration ?? w.store.prices.get(items[0].price).recurring, 1);
}

function mark(schedule, phase) {
	schedule.current_phase = phase ? { start_date: phase.start_date, end_date: phase.end_date } : null;
}

export function begin(w, schedule, now) {
	mark(schedule, schedule.phases.find((phase) => phase.start_date <= now && now < phase.end_date));
}

// Whatever ended it, the subscription is on its own again.
export function leave(w, schedule, fields, type) {
	const sub = w.store.subscriptions.get(schedule.subscription);
	change(w, 'customer.subscription.updated', sub, { schedule: null });
	mark(schedule, null);
	Object.assign(schedule, fields);
	emit(w, type, schedule);
}

// The subscription has ended, and all that was planned for it.
export function abandon(w, sub) {
	const schedule = w.store.schedules.get(sub.schedule);
	if (schedule)
		leave(w, schedule, { status: 'canceled', canceled_at: w.clock.now() }, 'subscription_schedule.canceled');
}

export function release(w, schedule) {
	leave(w, schedule, { status: 'released', released_at: w.clock.now(), released_subscription: schedule.subscription, subscription: null },
		'subscription_schedule.released');
}

// The subscription has the items of this phase from now on. It is called before a renewal of the same moment, so that
// the new period is charged at the new price.
function enter(w, schedule, phase) {
	const sub = w.store.subscriptions.get(schedule.subscription);
	const before = bare(sub);
	const old = sub.items.data[0].price.recurring;
	phase.items.forEach((wish, i) => {
		const item = sub.items.data[i];
		setItemPrice(item, w.store.prices.get(wish.price));
		item.quantity = wish.quantity;
	});
	// Another interval is counted from here.
	const { interval, interval_count: count } = sub.items.data[0].price.recurring;
	if (interval !== old.interval || count !== old.interval_count)
		sub.billing_cycle_anchor = phase.start_date;
	sub.discounts = phase.discounts.map((d) => d.discount);
	mark(schedule, phase);
	emit(w, 'customer.subscription.updated', sub, before);
	emit(w, 'subscription_schedule.updated', schedule);
}

// What comes next of a schedule, and when: [time, what], or null.
export function nextOf(w, schedule) {
	if (schedule.status !== 'active' || schedule.current_phase === null)
		return null;
	const end = schedule.current_phase.end_date;
	const next = schedule.phases.find((phase) => phase.start_date === end);
	return [end, () => next ? enter(w, schedule, next) : release(w, schedule)];
}
