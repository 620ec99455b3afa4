// SPDX-License-Identifier: MIT
//
// /v1/subscription_schedules, of a subscription that is there.

import { endSubscription, isLive } from '../billing.mjs';
import { change, emit } from '../events.mjs';
import { exclusiveParams, invalid, missingParam } from '../errors.mjs';
import { bare } from '../expand.mjs';
import { newId } from '../ids.mjs';
import { inRange, listOf } from '../list.mjs';
import { applyMetadata, bool, hash, int, list, metadata, must, oneOf, orEmpty, PAGE, range, text, unplayed } from '../params.mjs';
import { begin, endOfPhase, isScheduled, release } from '../schedules.mjs';
import { checkFilters, find, findParam } from './find.mjs';

const PHASE = hash({
	discounts: orEmpty(list(hash({ discount: must(text()), ...unplayed('coupon promotion_code') }), 20)),
	duration: hash({ interval: must(oneOf('day', 'month', 'week', 'year')), interval_count: int(1, 365) }), end_date: int(1),
	items: must(list(hash({ price: must(text()), quantity: int(0, 999999),
		...unplayed('billing_thresholds discounts metadata plan price_data tax_rates') }), 20)),
	proration_behavior: oneOf('create_prorations', 'none'), start_date: int(1),
	...unplayed('add_invoice_items application_fee_percent automatic_tax billing_cycle_anchor billing_thresholds collection_method currency ' +
		'default_payment_method default_tax_rates description invoice_settings metadata on_behalf_of transfer_data trial trial_end')
});

function phaseOf(sub, { items, discounts, start, end, proration = 'create_prorations' }) {
	return {
		add_invoice_items: [], application_fee_percent: null, billing_cycle_anchor: null, billing_thresholds: null, collection_method: null,
		currency: sub.currency, default_payment_method: null, default_tax_rates: [], description: null,
		discounts: discounts.map((discount) => ({ coupon: null, discount, promotion_code: null })), end_date: end, invoice_settings: null,
		items: items.map(({ price, quantity = 1 }) => ({ billing_thresholds: null, discounts: [], metadata: {}, plan: price, price, quantity, tax_rates: [] })),
		metadata: {}, on_behalf_of: null, proration_behavior: proration, start_date: start, transfer_data: null, trial_end: null
	};
}

function create(w, { from_subscription: id, metadata: meta }) {
	const sub = findParam(w.store.subscriptions, id, 'subscription', 'from_subscription');
	if (!isLive(sub))
		throw invalid('The subscription is canceled and cannot be migrated to a subscription schedule.', 'from_subscription');
	if (isScheduled(sub))
		throw invalid(`You cannot migrate a subscription that is already attached to a schedule: ${sub.schedule}.`, 'from_subscription');
	const now = w.clock.now();
	const [item] = sub.items.data;
	const schedule = {
		id: newId('sub_sched'), object: 'subscription_schedule', application: null,
		billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' }, canceled_at: null, completed_at: null, created: now,
		current_phase: null, customer: sub.customer, customer_account: null,
		default_settings: {
			application_fee_percent: null, billing_cycle_anchor: 'automatic', billing_thresholds: null, collection_method: 'charge_automatically',
			default_payment_method: null, description: null, invoice_settings: { account_tax_ids: null, custom_fields: null, days_until_due: null,
				description: null, footer: null, issuer: { type: 'self' } }, on_behalf_of: null, transfer_data: null
		},
		end_behavior: 'release', livemode: false, metadata: applyMetadata({}, meta), pause_schedules: [],
		phases: [phaseOf(sub, { items: sub.items.data.map((o) => ({ price: o.price.id, quantity: o.quantity })), discounts: sub.discounts,
			start: item.current_period_start, end: item.current_period_end })],
		released_at: null, released_subscription: null, status: 'active', subscription: sub.id, test_clock: null
	};
	begin(w, schedule, now);
	w.store.schedules.set(schedule.id, schedule);
	emit(w, 'subscription_schedule.created', schedule);
	change(w, 'customer.subscription.updated', sub, { schedule: schedule.id });
	return schedule;
}

// The phases follow each other without a gap, and the one that is under way begins when it did.
function readPhases(w, schedule, sub, given) {
	const { start_date: current } = schedule.current_phase;
	const phases = [];
	given.forEach((phase, i) => {
		const at = `phases[${i}]`;
		for (const [k, item] of phase.items.entries())
			if (findParam(w.store.prices, item.price, 'price', `${at}[items][${k}][price]`).currency !== sub.currency)
				throw invalid('The price has another currency than the subscription.', `${at}[items][${k}][price]`);
		if (phase.items.length !== sub.items.data.length)
			throw invalid('The sandbox changes the items of a subscription by phases, and neither adds nor removes any.', `${at}[items]`, 'sandbox_unplayed');
		if (i === 0 && phase.start_date === undefined)
			throw missingParam(`${at}[start_date]`);
		if (i === 0 && phase.start_date !== current)
			throw invalid('You can not modify the start date of the current phase.', `${at}[start_date]`);
		const start = phases.at(-1)?.end_date ?? phase.start_date;
		if (phase.start_date !== undefined && phase.start_date !== start)
			throw invalid('The start of a phase must be the end of the one before.', `${at}[start_date]`);
		const end = endOfPhase(w, phase, start);
		if (end <= start || (i === 0 && end <= w.clock.now()))
			throw invalid('The end of a phase must lie in the future and behind its start.', `${at}[end_date]`);
		for (const [k, d] of (phase.discounts ?? []).entries())
			findParam(w.store.discounts, d.discount, 'discount', `${at}[discounts][${k}][discount]`);
		// Those of the subscription are not inherited.
		phases.push(phaseOf(sub, { items: phase.items, discounts: (phase.discounts ?? []).map((d) => d.discount), start, end, proration: phase.proration_behavior }));
	});
	return phases;
}

function findActive(w, id) {
	const schedule = find(w.store.schedules, id, 'subscription schedule', 'schedule');
	if (schedule.status !== 'active')
		throw invalid(`You cannot update a subscription schedule that is currently in the \`${schedule.status}\` status.`, 'schedule');
	return schedule;
}

function sameItems(sub, phase) {
	return phase.items.every((o, i) => o.price === sub.items.data[i].price.id && o.quantity === sub.items.data[i].quantity);
}

function update(w, schedule, p) {
	const sub = w.store.subscriptions.get(schedule.subscription);
	const before = bare(schedule);
	if (p.phases) {
		const phases = readPhases(w, schedule, sub, p.phases);
		if (!sameItems(sub, phases[0]))
			throw invalid('The sandbox changes the phase that is under way by the subscription only.', 'phases[0][items]', 'sandbox_unplayed');
		schedule.phases = phases;
		begin(w, schedule, w.clock.now());
		change(w, 'customer.subscription.updated', sub, { discounts: phases[0].discounts.map((d) => d.discount) });
	}
	schedule.end_behavior = p.end_behavior ?? schedule.end_behavior;
	schedule.metadata = applyMetadata(schedule.metadata, p.metadata);
	if (JSON.stringify(before) !== JSON.stringify(bare(schedule)))
		emit(w, 'subscription_schedule.updated', schedule, before);
	return schedule;
}

export const ROUTES = {
	'POST /v1/subscription_schedules': {
		params: { from_subscription: must(text()), metadata,
			...unplayed('billing_mode customer customer_account default_settings end_behavior pause_schedules phases start_date') },
		run: (w, _, p) => create(w, p)
	},
	'GET /v1/subscription_schedules': {
		params: { ...PAGE, created: range, customer: text(), scheduled: bool,
			...unplayed('canceled_at completed_at customer_account released_at') },
		run: (w, _, p) => {
			checkFilters(w, p);
			const all = [...w.store.schedules.values()];
			return listOf(w, all.filter((o) => inRange(o.created, p.created) && (!p.customer || o.customer === p.customer) &&
				(p.scheduled === undefined || p.scheduled === (o.status === 'not_started'))), '/v1/subscription_schedules', p, all);
		}
	},
	'GET /v1/subscription_schedules/:id': { run: (w, { id }) => find(w.store.schedules, id, 'subscription schedule', 'schedule') },
	'POST /v1/subscription_schedules/:id': {
		params: { end_behavior: oneOf('cancel', 'release'), metadata, phases: list(PHASE, 10),
			...unplayed('default_settings pause_schedules proration_behavior') },
		check: (p) => {
			for (const [i, phase] of (p.phases ?? []).entries())
				if (phase.duration && phase.end_date !== undefined)
					throw exclusiveParams(`phases[${i}][duration]`, `phases[${i}][end_date]`);
		},
		run: (w, { id }, p) => update(w, findActive(w, id), p)
	},
	'POST /v1/subscription_schedules/:id/release': {
		params: unplayed('preserve_cancel_date'),
		run: (w, { id }) => {
			const schedule = findActive(w, id);
			release(w, schedule);
			return schedule;
		}
	},
	'POST /v1/subscription_schedules/:id/cancel': {
		params: { ...unplayed('invoice_now prorate') },
		run: (w, { id }) => {
			const schedule = findActive(w, id);
			endSubscription(w, w.store.subscriptions.get(schedule.subscription), { reason: 'cancellation_requested' });
			return schedule;
		}
	}
};
