// SPDX-License-Identifier: MIT
//
// The life of a subscription: how it begins, renews, changes, lapses and ends.

import { settlePending } from './changing.mjs';
import { DAY, nextPeriodEnd } from './clock.mjs';
import { newDiscount, remainingDiscounts } from './discounts.mjs';
import { bare } from './expand.mjs';
import { change, emit } from './events.mjs';
import { newId } from './ids.mjs';
import { afterFailure } from './dunning.mjs';
import { collect, finalizeInvoice, giveUp, itemLine, newInvoice, settleFree, settleWith, voidInvoice } from './invoices.mjs';
import { goOnAfter, pauseSubscription } from './pausing.mjs';
import { newInvoicePayment } from './payments.mjs';
import { abandon } from './schedules.mjs';
import { setting } from './settings.mjs';

const LIVE = ['trialing', 'active', 'past_due', 'unpaid', 'paused', 'incomplete'];
const TRIAL_WARNING = 3 * DAY;

// As subscriptions were before 2025-09-30.clover, and those that somebody has made so since: all items of one interval, credits at today's price.
export const isClassic = (sub) => sub.billing_mode.type === 'classic';

export const isLive = (sub) => LIVE.includes(sub.status);

// What an attempt to collect its invoice makes of it.
export const STATUS_AFTER = { paid: 'active', processing: 'active', action: 'past_due', failed: 'past_due' };

const planOf = (price) => ({
	id: price.id, object: 'plan', active: price.active, amount: price.unit_amount, amount_decimal: price.unit_amount_decimal,
	billing_scheme: 'per_unit', created: price.created, currency: price.currency, interval: price.recurring.interval,
	interval_count: price.recurring.interval_count, livemode: false, metadata: {}, meter: null, nickname: price.nickname,
	product: price.product, tiers_mode: null, transform_usage: null, trial_period_days: null, usage_type: 'licensed'
});

export function setItemPrice(item, price) {
	item.price = bare(price);
	item.plan = planOf(price);
}

export function newItem(w, subId, { price, quantity, metadata = {} }, period) {
	const item = {
		id: newId('si', 14), object: 'subscription_item', billing_thresholds: null, created: w.clock.now(),
		current_period_end: period.end, current_period_start: period.start, current_trial: null, discounts: [], metadata,
		plan: null, price: null, quantity, subscription: subId, tax_rates: []
	};
	setItemPrice(item, price);
	return item;
}

// Items of several intervals have each their own periods.
const endsOf = (sub) => sub.items.data.map((item) => item.current_period_end);
export const periodEnd = (sub) => Math.max(...endsOf(sub));
export const firstPeriodEnd = (sub) => Math.min(...endsOf(sub));

// `wish`: {customer, items: [{price, quantity, metadata}], metadata, description, billingMode, trialEnd, coupon, promotionCode, session,
// paymentMethod, collects, attempts, paidUntil}. The payment is arranged by the caller, who passes the intent that pays, if one was
// needed; with `collects` it is collected here, unless no attempt is to be made, and is incomplete until it is paid. What was paid
// elsewhere up to some time costs nothing until then.
export function beginSubscription(w, wish, intent) {
	const now = w.clock.now();
	const id = newId('sub');
	const trialing = wish.trialEnd !== undefined && wish.trialEnd > now;
	const until = trialing ? wish.trialEnd : wish.paidUntil;
	const endOf = ({ price }) => until ?? nextPeriodEnd(now, price.recurring, now);
	const items = wish.items.map((it) => newItem(w, id, it, { start: now, end: endOf(it) }));
	const sub = {
		id, object: 'subscription', application: null, application_fee_percent: null,
		automatic_tax: { disabled_reason: null, enabled: false, liability: null },
		billing_cycle_anchor: until ?? now, billing_cycle_anchor_config: null,
		billing_mode: wish.billingMode === 'classic' ? { flexible: null, type: 'classic' } : { flexible: { proration_discounts: 'included' }, type: 'flexible' },
		billing_schedules: [],
		billing_thresholds: null, cancel_at: null, cancel_at_period_end: false, canceled_at: null,
		cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null }, collection_method: 'charge_automatically',
		created: now, currency: wish.items[0].price.currency, customer: wish.customer.id, customer_account: null,
		days_until_due: null, default_payment_method: wish.paymentMethod?.id ?? null, default_source: null, default_tax_rates: [],
		description: wish.description ?? null, discounts: [], ended_at: null,
		invoice_settings: { account_tax_ids: null, custom_fields: null, description: null, footer: null, issuer: { type: 'self' } },
		items: { object: 'list', data: items, has_more: false, total_count: items.length, url: `/v1/subscription_items?subscription=${id}` },
		latest_invoice: null, livemode: false, managed_payments: null, metadata: { ...wish.metadata },
		next_pending_invoice_item_invoice: null, on_behalf_of: null, pause_collection: null,
		payment_settings: { payment_method_options: null, payment_method_types: null, save_default_payment_method: 'off' },
		pending_invoice_item_interval: null, pending_setup_intent: null, pending_update: null, schedule: null, start_date: now,
		status: trialing ? 'trialing' : wish.collects ? 'incomplete' : 'active', test_clock: null, transfer_data: null, trial_end: trialing ? wish.trialEnd : null,
		trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: wish.missingPaymentMethod ?? 'create_invoice' } },
		trial_start: trialing ? now : null,
		sandbox: { pendingLines: [], trialWarned: false }
	};
	w.store.subscriptions.set(id, sub);
	if (wish.coupon)
		sub.discounts = [newDiscount(w, { coupon: wish.coupon, promotionCode: wish.promotionCode, customer: wish.customer.id,
			subscription: id, session: wish.session }).id];

	const lines = wish.paidUntil ? [] : items.map((item) => itemLine(w, sub, item, { trial: trialing }));
	const invoice = newInvoice(w, sub, lines, 'subscription_create');
	sub.latest_invoice = invoice.id;
	emit(w, 'customer.subscription.created', sub);
	finalizeInvoice(w, invoice);
	if (intent?.status === 'processing')
		newInvoicePayment(w, invoice, intent);
	else if (intent)
		settleWith(w, invoice, intent);
	else if (!wish.collects || trialing)
		settleFree(w, invoice);
	else if ((wish.attempts !== false || invoice.amount_due === 0) && STATUS_AFTER[collect(w, invoice, paymentMethodOf(w, sub))] === 'active')
		change(w, 'customer.subscription.updated', sub, { status: 'active' });
	sub.discounts = remainingDiscounts(w, sub, invoice.subtotal);
	warnOfTrialEnd(w, sub);
	return { sub, invoice };
}

// Three days before, or at once for a trial that is shorter than that.
export function warnOfTrialEnd(w, sub) {
	if (sub.status !== 'trialing' || sub.sandbox.trialWarned || sub.trial_end - w.clock.now() > TRIAL_WARNING)
		return;
	sub.sandbox.trialWarned = true;
	emit(w, 'customer.subscription.trial_will_end', sub);
}

export const trialWarningAt = (sub) =>
	sub.status === 'trialing' && !sub.sandbox.trialWarned ? sub.trial_end - TRIAL_WARNING : null;

export function paymentMethodOf(w, sub) {
	const customer = w.store.customers.get(sub.customer);
	return w.store.payment_methods.get(sub.default_payment_method ?? customer.invoice_settings.default_payment_method) ?? null;
}

function missingCardAtTrialEnd(w, sub) {
	if (sub.status !== 'trialing' || paymentMethodOf(w, sub))
		return false;
	const then = sub.trial_settings.end_behavior.missing_payment_method;
	if (then === 'cancel')
		endSubscription(w, sub, { reason: null });
	else if (then === 'pause')
		pauseSubscription(w, sub, 'trial_end_without_payment_method');
	return then !== 'create_invoice';
}

// A period is over and the next one begins, of the items whose it is. Its invoice is a draft for a while, as the settings say,
// and may stay one: of what is unpaid nothing is collected any more.
export function renew(w, sub) {
	if (missingCardAtTrialEnd(w, sub))
		return;
	const before = bare(sub);
	const now = w.clock.now();
	const over = sub.items.data.filter((item) => item.current_period_end <= now);
	const [{ current_period_start: begun }] = over;
	for (const item of over) {
		item.current_period_start = item.current_period_end;
		item.current_period_end = nextPeriodEnd(sub.billing_cycle_anchor, item.price.recurring, item.current_period_start);
	}
	sub.discounts = sub.discounts.filter((id) => (w.store.discounts.get(id).end ?? Infinity) > now);
	// What waited comes first, the newest of it before the others; the invoice is of the period that has ended.
	const lines = [...sub.sandbox.pendingLines.splice(0).reverse(), ...over.map((item) => itemLine(w, sub, item))];
	const invoice = newInvoice(w, sub, lines, 'subscription_cycle', { period_start: begun });
	sub.latest_invoice = invoice.id;
	sub.discounts = remainingDiscounts(w, sub, invoice.subtotal);
	const wait = setting(w, 'renewal_draft');
	if (sub.status === 'unpaid' || sub.pause_collection?.behavior === 'keep_as_draft')
		invoice.auto_advance = false;
	else if (wait > 0)
		change(w, 'invoice.updated', invoice, { automatically_finalizes_at: now + wait });
	else
		sub.status = collectRenewal(w, sub, invoice);
	if (sub.status === 'trialing')
		sub.status = 'active';
	emit(w, 'customer.subscription.updated', sub, before);
	if (sub.status === 'past_due' && invoice.attempted)
		afterFailure(w, sub, invoice, false);
}

// Its hour as a draft is over. What becomes of the subscription is answered, and told by the caller.
function collectRenewal(w, sub, invoice) {
	finalizeInvoice(w, invoice);
	if (sub.pause_collection?.behavior === 'void')
		voidInvoice(w, invoice);
	else if (sub.pause_collection)
		giveUp(w, invoice);
	else
		return STATUS_AFTER[collect(w, invoice, paymentMethodOf(w, sub))];
	return sub.status;
}

export function endDraft(w, invoice) {
	const sub = subscriptionOf(w, invoice);
	const status = collectRenewal(w, sub, invoice);
	// What was owed before is owed still.
	if (status === 'past_due' || sub.status === 'past_due')
		change(w, 'customer.subscription.updated', sub, { status: 'past_due' });
	if (invoice.status === 'paid')
		afterPayment(w, invoice);
	else if (status === 'past_due')
		afterFailure(w, sub, invoice, false);
}

export function subscriptionOf(w, invoice) {
	return w.store.subscriptions.get(invoice.parent?.subscription_details?.subscription) ?? null;
}

// A paid invoice brings its subscription back, if nothing else is owed.
export function afterPayment(w, invoice) {
	settlePending(w, invoice);
	const sub = subscriptionOf(w, invoice);
	if (sub?.status === 'paused' && invoice.status !== 'void')
		goOnAfter(w, sub, invoice, 'paid');
	if (!['incomplete', 'past_due', 'unpaid'].includes(sub?.status))
		return;
	const owed = [...w.store.invoices.values()].some((i) => i.status === 'open' && subscriptionOf(w, i) === sub);
	if (!owed)
		change(w, 'customer.subscription.updated', sub, { status: 'active' });
}

// Now. `cancel_at` stays where it was, as a record of what had been planned.
export function endSubscription(w, sub, { reason, endedAt = w.clock.now(), comment, feedback }) {
	abandon(w, sub);
	sub.canceled_at ??= endedAt;
	Object.assign(sub, { status: 'canceled', ended_at: endedAt });
	Object.assign(sub.cancellation_details, {
		reason: sub.cancellation_details.reason ?? reason,
		comment: comment ?? sub.cancellation_details.comment, feedback: feedback ?? sub.cancellation_details.feedback
	});
	for (const invoice of w.store.invoices.values())
		if (['draft', 'open'].includes(invoice.status) && subscriptionOf(w, invoice) === sub)
			Object.assign(invoice, { next_payment_attempt: null, auto_advance: false, automatically_finalizes_at: null });
	emit(w, 'customer.subscription.deleted', sub);
}

// What the customer does in the portal. In classic mode that is the flag; in flexible mode it stays false and only cancel_at is set.
export function cancelFromPortal(w, sub) {
	return change(w, 'customer.subscription.updated', sub, {
		cancel_at: periodEnd(sub), cancel_at_period_end: isClassic(sub), canceled_at: w.clock.now(),
		cancellation_details: { ...sub.cancellation_details, reason: 'cancellation_requested' }
	});
}

export function keepSubscription(w, sub) {
	return change(w, 'customer.subscription.updated', sub, {
		cancel_at: null, cancel_at_period_end: false, canceled_at: null,
		cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null }
	});
}
