// SPDX-License-Identifier: MIT
//
// /v1/subscriptions

import { beginSubscription, endSubscription, firstPeriodEnd, isClassic, isLive, keepSubscription, paymentMethodOf, periodEnd } from '../billing.mjs';
import { cardOf, mustConfirm } from '../cards.mjs';
import { changeAndCollect, ITEMS, sameInterval } from '../changing.mjs';
import { DAY } from '../clock.mjs';
import { dropDiscounts, newDiscount } from '../discounts.mjs';
import { cardError, exclusiveParams, invalid, missingParam, noSuch } from '../errors.mjs';
import { change, emit } from '../events.mjs';
import { bare } from '../expand.mjs';
import { collect, finalizeInvoice, newInvoice } from '../invoices.mjs';
import { inRange, listOf } from '../list.mjs';
import { applyMetadata, bool, either, hash, int, list, metadata, must, oneOf, orEmpty, PAGE, range, text, unplayed } from '../params.mjs';
import { pauseOnRequest, resumeSubscription } from '../pausing.mjs';
import { unusedTime } from '../proration.mjs';
import { isScheduled } from '../schedules.mjs';
import { setting } from '../settings.mjs';
import { checkRedeemable } from './coupons.mjs';
import { checkFilters, find, findParam } from './find.mjs';

const FEEDBACK = ['customer_service', 'low_quality', 'missing_features', 'other', 'switched_service', 'too_complex', 'too_expensive', 'unused'];
const DETAILS = hash({ comment: orEmpty(text()), feedback: orEmpty(oneOf(...FEEDBACK)), ...unplayed('feedback_option') });

const UPDATE = {
	cancel_at: orEmpty(either(int(1), oneOf('max_period_end', 'min_period_end'))), cancel_at_period_end: bool,
	cancellation_details: DETAILS, default_payment_method: text(), description: orEmpty(text(500)),
	discounts: orEmpty(list(hash({ coupon: text(), discount: text(), ...unplayed('promotion_code') }))),
	items: ITEMS,
	metadata,
	pause_collection: orEmpty(hash({ behavior: must(oneOf('keep_as_draft', 'mark_uncollectible', 'void')), ...unplayed('resumes_at') })),
	payment_behavior: oneOf('allow_incomplete', 'default_incomplete', 'error_if_incomplete', 'pending_if_incomplete'),
	proration_behavior: oneOf('always_invoice', 'create_prorations', 'none'), proration_date: int(1),
	trial_end: either(oneOf('now'), int(1)),
	...unplayed('add_invoice_items application_fee_percent automatic_tax billing_cycle_anchor billing_schedules billing_thresholds ' +
		'collection_method days_until_due default_source default_tax_rates invoice_settings off_session on_behalf_of payment_settings ' +
		'pending_invoice_item_interval transfer_data trial_from_plan trial_settings')
};

// What may wait for its payment.
const WITH_PENDING = ['expand', 'items', 'metadata', 'payment_behavior', 'proration_behavior', 'proration_date', 'trial_end'];

function checkUpdate(p) {
	if (p.cancel_at !== undefined && p.cancel_at_period_end !== undefined)
		throw exclusiveParams('cancel_at', 'cancel_at_period_end');
	const alone = Object.keys(p).filter((name) => !WITH_PENDING.includes(name));
	if (p.payment_behavior === 'pending_if_incomplete' && alone.length > 0)
		throw invalid(`When \`payment_behavior\` is set to \`pending_if_incomplete\`, you cannot pass \`${alone[0]}\`.`, alone[0]);
}

// What has ended takes a word about why, and notes; and is refused without a code.
const WITH_ENDED = ['cancellation_details', 'expand', 'metadata'];

function updateEnded(w, sub, p) {
	if (Object.keys(p).some((name) => !WITH_ENDED.includes(name)))
		throw invalid('A canceled subscription can only update its cancellation_details and metadata.');
	return change(w, 'customer.subscription.updated', sub, {
		metadata: applyMetadata(sub.metadata, p.metadata), cancellation_details: { ...sub.cancellation_details, ...p.cancellation_details }
	});
}

function findLive(w, id) {
	const sub = find(w.store.subscriptions, id, 'subscription');
	if (!isLive(sub))
		throw noSuch('subscription', id, 'id');
	return sub;
}

function checkUnscheduled(sub, p) {
	if (isScheduled(sub) && (p.cancel_at !== undefined || p.cancel_at_period_end !== undefined))
		throw invalid(`The subscription is managed by the subscription schedule \`${sub.schedule}\`, and updating any cancelation behavior ` +
			'directly is not allowed. Please update the schedule instead.', p.cancel_at === undefined ? 'cancel_at_period_end' : 'cancel_at');
}

function planCancellation(w, sub, p) {
	if (p.cancel_at_period_end === true)
		Object.assign(sub, { cancel_at_period_end: true, cancel_at: setting(w, 'cancel_flag') === 'alone' ? null : firstPeriodEnd(sub) });
	else if (typeof p.cancel_at === 'number')
		Object.assign(sub, { cancel_at_period_end: false, cancel_at: p.cancel_at });
	else if (p.cancel_at === 'max_period_end')
		Object.assign(sub, { cancel_at_period_end: false, cancel_at: periodEnd(sub) });
	else
		Object.assign(sub, { cancel_at_period_end: false, cancel_at: firstPeriodEnd(sub) });
	sub.canceled_at = w.clock.now();
	sub.cancellation_details = { ...sub.cancellation_details, reason: 'cancellation_requested', ...p.cancellation_details };
}

function moveTrialEnd(w, sub, end) {
	if (sub.status !== 'trialing')
		throw invalid('The sandbox moves the end of a running trial only.', 'trial_end', 'sandbox_unplayed');
	const at = end === 'now' ? w.clock.now() : end;
	if (at < w.clock.now())
		throw invalid('Invalid timestamp: must be an integer Unix timestamp in the future.', 'trial_end');
	Object.assign(sub, { trial_end: at, billing_cycle_anchor: at });
	for (const item of sub.items.data)
		item.current_period_end = at;
}

function discountsOf(w, sub, given) {
	return (given ?? []).map((d, i) => {
		if (d.discount !== undefined)
			return findParam(w.store.discounts, d.discount, 'discount', `discounts[${i}][discount]`).id;
		if (d.coupon === undefined)
			throw missingParam(`discounts[${i}][coupon]`);
		const coupon = findParam(w.store.coupons, d.coupon, 'coupon', `discounts[${i}][coupon]`);
		checkRedeemable(w, coupon, `discounts[${i}][coupon]`, sub.currency);
		return newDiscount(w, { coupon, customer: sub.customer, subscription: sub.id }).id;
	});
}

function setDiscounts(w, sub, given) {
	const before = sub.discounts;
	sub.discounts = discountsOf(w, sub, given);
	dropDiscounts(w, before.filter((id) => !sub.discounts.includes(id)));
}

function update(w, sub, p) {
	if (!isLive(sub))
		return updateEnded(w, sub, p);
	checkUnscheduled(sub, p);
	const before = bare(sub);
	if (p.default_payment_method !== undefined)
		sub.default_payment_method = findParam(w.store.payment_methods, p.default_payment_method, 'PaymentMethod', 'default_payment_method').id;
	if (p.items)
		changeAndCollect(w, sub, p);
	if (p.trial_end !== undefined)
		moveTrialEnd(w, sub, p.trial_end);
	if (p.discounts !== undefined)
		setDiscounts(w, sub, p.discounts);
	for (const name of ['description', 'pause_collection'])
		if (p[name] !== undefined)
			sub[name] = p[name] && name === 'pause_collection' ? { resumes_at: null, ...p[name] } : p[name];
	if (!(p.items && sub.pending_update))
		sub.metadata = applyMetadata(sub.metadata, p.metadata);
	if (p.cancel_at_period_end === true || (p.cancel_at !== undefined && p.cancel_at !== null))
		planCancellation(w, sub, p);
	else if (p.cancellation_details)
		Object.assign(sub.cancellation_details, p.cancellation_details);
	if (JSON.stringify(before) !== JSON.stringify(bare(sub)))
		emit(w, 'customer.subscription.updated', sub, before);
	if ((p.cancel_at_period_end === false || p.cancel_at === null) && (sub.cancel_at !== null || sub.cancel_at_period_end))
		keepSubscription(w, sub);
	return sub;
}

const BILLING_MODE = hash({ type: must(oneOf('classic', 'flexible')), ...unplayed('flexible') });
const NEW_ITEMS = list(hash({ price: text(), quantity: int(0, 999999), metadata, ...unplayed('billing_thresholds discounts price_data tax_rates') }), 20);

// One that is made by somebody at Stripe: no page, and the customer's card is charged at once.
const CREATE = {
	billing_mode: BILLING_MODE, customer: must(text()), default_payment_method: text(), description: text(500), items: must(NEW_ITEMS), metadata,
	payment_behavior: oneOf('allow_incomplete', 'default_incomplete', 'error_if_incomplete'),
	trial_end: int(1), trial_period_days: int(1, 730),
	trial_settings: hash({ end_behavior: must(hash({ missing_payment_method: must(oneOf('cancel', 'create_invoice', 'pause')) })) }),
	...unplayed('add_invoice_items application_fee_percent automatic_tax backdate_start_date billing_cycle_anchor billing_thresholds ' +
		' cancel_at cancel_at_period_end collection_method currency days_until_due default_source default_tax_rates ' +
		'discounts invoice_settings off_session on_behalf_of payment_settings pending_invoice_item_interval proration_behavior ' +
		'transfer_data trial_from_plan')
};

function checkCreate(p) {
	if (p.trial_end !== undefined && p.trial_period_days !== undefined)
		throw exclusiveParams('trial_end', 'trial_period_days');
	p.items.forEach((item, i) => {
		if (item.price === undefined)
			throw missingParam(`items[${i}][price]`);
	});
}

function itemsOf(w, p) {
	const items = p.items.map((it, i) => ({
		price: findParam(w.store.prices, it.price, 'price', `items[${i}][price]`), quantity: it.quantity ?? 1, metadata: applyMetadata({}, it.metadata)
	}));
	if (items.some((it) => it.price.currency !== items[0].price.currency))
		throw invalid('All prices on a subscription must have the same currency.', 'items');
	if (p.billing_mode?.type === 'classic' && items.some((it) => !sameInterval(it.price, items[0].price)))
		throw invalid('All prices of a subscription in the billing mode `classic` must have the same interval.', 'items');
	return items;
}

function create(w, p) {
	const customer = findParam(w.store.customers, p.customer, 'customer', 'customer');
	const items = itemsOf(w, p);
	const now = w.clock.now();
	const trialEnd = p.trial_period_days === undefined ? p.trial_end : now + p.trial_period_days * DAY;
	const given = p.default_payment_method ?? customer.invoice_settings.default_payment_method;
	if (given === null && trialEnd === undefined && p.payment_behavior !== 'default_incomplete')
		throw invalid('This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
			undefined, 'resource_missing');
	const paymentMethod = given === null ? null : findParam(w.store.payment_methods, given, 'PaymentMethod', 'default_payment_method');
	const card = paymentMethod && cardOf(paymentMethod.sandbox.number);
	if (trialEnd === undefined && p.payment_behavior === 'error_if_incomplete' && (!card.pays || mustConfirm(paymentMethod, false)))
		throw cardError(card.message ?? 'Your card was declined. This transaction requires authentication.', card.code ?? 'authentication_required', card.decline);
	return beginSubscription(w, {
		customer, items, metadata: applyMetadata({}, p.metadata), description: p.description, billingMode: p.billing_mode?.type, trialEnd, paymentMethod, collects: true,
		attempts: p.payment_behavior !== 'default_incomplete',
		missingPaymentMethod: p.trial_settings?.end_behavior.missing_payment_method
	}).sub;
}

// At once: with `prorate` the rest of what was paid comes back, as a line that waits for the customer's next invoice or, with `invoice_now`, on one
// of its own together with all that waited.
function cancel(w, sub, { prorate, invoice_now: now, cancellation_details: details }) {
	if (prorate && sub.status !== 'trialing')
		sub.sandbox.pendingLines.push(...sub.items.data.map((item) => unusedTime(w, sub, item, w.clock.now())));
	if (now && sub.sandbox.pendingLines.length > 0)
		invoiceLast(w, sub, sub.sandbox.pendingLines.splice(0).reverse());
	endSubscription(w, sub, { reason: 'cancellation_requested', ...details });
	return sub;
}

function invoiceLast(w, sub, lines) {
	const invoice = newInvoice(w, sub, lines, 'manual');
	sub.latest_invoice = invoice.id;
	finalizeInvoice(w, invoice);
	collect(w, invoice, paymentMethodOf(w, sub));
}

function resume(w, sub, behavior) {
	if (sub.status !== 'paused')
		throw invalid('The subscription is not paused, so it cannot be resumed.');
	const invoice = w.store.invoices.get(sub.sandbox.resumption?.invoice);
	if (invoice?.status === 'open')
		throw invalid(`The subscription is being resumed already: its invoice \`${invoice.id}\` is open.`);
	return resumeSubscription(w, sub, behavior);
}

// From when on an item's time counts as unused; null: from never.
const UNUSED_FROM = {
	now: (w) => () => w.clock.now(), item_current_period_start: () => (item) => item.current_period_start, none: () => null
};

function pause(w, sub, p) {
	if (isClassic(sub))
		throw invalid('Subscriptions in the billing mode `classic` cannot be paused. Please migrate it to `flexible` first.');
	if (isScheduled(sub))
		throw invalid('The subscription is attached to a subscription schedule and cannot be paused.');
	if (sub.status !== 'active')
		throw invalid(`Only an active subscription can be paused. This subscription is ${sub.status}.`);
	pauseOnRequest(w, sub, UNUSED_FROM[p.bill_for?.unused_time_from?.type ?? 'now'](w));
	return sub;
}

// There is no way back.
function migrate(w, sub) {
	if (!isClassic(sub) || isScheduled(sub))
		throw invalid('The sandbox plays the migration of a classic subscription without a schedule only.', undefined, 'sandbox_unplayed');
	return change(w, 'customer.subscription.updated', sub, {
		billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible', updated_at: w.clock.now() }
	});
}

// Of the item whose period began last.
const latestPeriod = (sub) => Math.max(...sub.items.data.map((item) => item.current_period_start));

const LISTED = {
	undefined: (sub) => sub.status !== 'canceled',
	all: () => true,
	ended: (sub) => sub.status === 'canceled' || sub.status === 'incomplete_expired'
};

export const ROUTES = {
	'GET /v1/subscriptions': {
		params: {
			...PAGE, created: range, current_period_start: range, customer: text(), price: text(),
			status: oneOf('active', 'all', 'canceled', 'ended', 'incomplete', 'incomplete_expired', 'past_due', 'paused', 'trialing', 'unpaid'),
			...unplayed('automatic_tax collection_method current_period_end customer_account plan test_clock')
		},
		run: (w, _, p) => {
			checkFilters(w, p);
			const listed = LISTED[p.status] ?? ((sub) => sub.status === p.status);
			const all = [...w.store.subscriptions.values()];
			return listOf(w, all.filter((o) => listed(o) && inRange(o.created, p.created) &&
				inRange(latestPeriod(o), p.current_period_start) &&
				(!p.customer || o.customer === p.customer) && (!p.price || o.items.data.some((i) => i.price.id === p.price))),
			'/v1/subscriptions', p, all);
		}
	},
	'POST /v1/subscriptions': { params: CREATE, check: checkCreate, run: (w, _, p) => create(w, p) },
	'GET /v1/subscription_items': {
		params: { ...PAGE, subscription: must(text()) },
		run: (w, _, p) => listOf(w, [...findParam(w.store.subscriptions, p.subscription, 'subscription', 'subscription').items.data].reverse(),
			`/v1/subscription_items?subscription=${p.subscription}`, p)
	},
	'GET /v1/subscriptions/:id': { run: (w, { id }) => find(w.store.subscriptions, id, 'subscription') },
	'POST /v1/subscriptions/:id': { params: UPDATE, check: checkUpdate, run: (w, { id }, p) => update(w, find(w.store.subscriptions, id, 'subscription'), p) },
	'POST /v1/subscriptions/:id/resume': {
		params: {
			billing_cycle_anchor: hash({ type: must(oneOf('now')) }), payment_behavior: oneOf('resume_on_payment_attempt', 'resume_on_payment_success'),
			...unplayed('proration_behavior proration_date')
		},
		run: (w, { id }, p) => resume(w, findLive(w, id), p.payment_behavior)
	},
	'POST /v1/subscriptions/:id/migrate': {
		params: { billing_mode: must(hash({ type: must(oneOf('flexible')), ...unplayed('flexible') })) },
		run: (w, { id }) => migrate(w, findLive(w, id))
	},
	'POST /v1/subscriptions/:id/pause': {
		params: {
			bill_for: hash({ unused_time_from: hash({ type: must(oneOf(...Object.keys(UNUSED_FROM))) }), ...unplayed('outstanding_usage_through') }),
			invoicing_behavior: either(oneOf('pending_invoice_item'), unplayed('invoicing_behavior').invoicing_behavior), type: oneOf('subscription')
		},
		run: (w, { id }, p) => pause(w, findLive(w, id), p)
	},
	'DELETE /v1/subscriptions/:id': {
		params: { cancellation_details: DETAILS, invoice_now: bool, prorate: bool },
		run: (w, { id }, p) => cancel(w, findLive(w, id), p)
	}
};
