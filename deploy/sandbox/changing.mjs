// SPDX-License-Identifier: MIT
//
// Changing what a subscription is for: its items, and what becomes of a change whose invoice is not paid.

import { isClassic, newItem, paymentMethodOf, setItemPrice, STATUS_AFTER, subscriptionOf } from './billing.mjs';
import { cardOf, mustConfirm } from './cards.mjs';
import { nextPeriodEnd } from './clock.mjs';
import { cardError, invalid, missingParam, noSuch } from './errors.mjs';
import { change, emit } from './events.mjs';
import { bare } from './expand.mjs';
import { collect, draftInvoice, finalizeInvoice, newInvoice, voidInvoice } from './invoices.mjs';
import { findParam } from './objects/find.mjs';
import { applyMetadata, bool, hash, int, list, metadata, text, unplayed } from './params.mjs';
import { prorations } from './proration.mjs';

const HOURS_23 = 23 * 3600;

export const ITEMS = list(hash({ id: text(), price: text(), quantity: int(0, 999999), metadata, deleted: bool,
	...unplayed('billing_thresholds clear_usage current_trial discounts plan price_data tax_rates') }), 20);

function priceParam(w, sub, id, at) {
	const price = findParam(w.store.prices, id, 'price', `${at}[price]`);
	if (price.currency !== sub.currency)
		throw invalid('The price has another currency than the subscription.', `${at}[price]`);
	if (!price.active)
		throw invalid('The price specified is inactive. This field only accepts active prices.', `${at}[price]`);
	return price;
}

// One with the same interval as another shares its period.
function addItem(w, sub, wish, at) {
	if (wish.price === undefined)
		throw missingParam(`${at}[price]`);
	if (sub.items.data.some((o) => o.price.id === wish.price))
		throw invalid(`Cannot add multiple subscription items with the same plan: ${wish.price}`, `${at}[price]`);
	const price = priceParam(w, sub, wish.price, at);
	const now = w.clock.now();
	const like = sub.items.data.find((o) => sameInterval(o.price, price));
	if (isClassic(sub) && !like)
		throw invalid('All prices of a subscription in the billing mode `classic` must have the same interval.', `${at}[price]`);
	const item = newItem(w, sub.id, { price, quantity: wish.quantity ?? 1, metadata: applyMetadata({}, wish.metadata) }, like
		? { start: like.current_period_start, end: like.current_period_end }
		: { start: now, end: nextPeriodEnd(now, price.recurring, now) });
	sub.items.data.push(item);
}

function changeItem(w, sub, wish, at) {
	if (wish.id === undefined)
		return addItem(w, sub, wish, at);
	const item = sub.items.data.find((o) => o.id === wish.id);
	if (!item)
		throw noSuch('subscription item', wish.id, `${at}[id]`, 400);
	if (wish.deleted) {
		sub.items.data = sub.items.data.filter((o) => o !== item);
		return;
	}
	if (wish.price !== undefined && wish.price !== item.price.id)
		setItemPrice(item, priceParam(w, sub, wish.price, at));
	item.quantity = wish.quantity ?? item.quantity;
	item.metadata = applyMetadata(item.metadata, wish.metadata);
}

export const sameInterval = (a, b) => a.recurring.interval === b.recurring.interval && a.recurring.interval_count === b.recurring.interval_count;

// Another interval begins a new period now.
function restartIfIntervalChanged(w, sub, old) {
	const before = (item) => old.find((o) => o.id === item.id);
	if (sub.status === 'trialing' || sub.items.data.every((item) => !before(item) || sameInterval(item.price, before(item).price)))
		return;
	const now = w.clock.now();
	sub.billing_cycle_anchor = now;
	for (const item of sub.items.data) {
		item.current_period_start = now;
		item.current_period_end = nextPeriodEnd(now, item.price.recurring, now);
	}
}

// `sub` is a copy, of which nobody is told. → what that costs or brings, and whether it is to be invoiced now.
export function changeItems(w, sub, { items, proration_behavior: behavior = 'create_prorations', proration_date: date }, at = 'items') {
	const old = structuredClone(sub.items.data);
	items.forEach((wish, i) => changeItem(w, sub, wish, `${at}[${i}]`));
	if (sub.items.data.length === 0)
		throw invalid('A subscription must have at least one active plan. To cancel it, delete the subscription.', at);
	sub.items.total_count = sub.items.data.length;
	restartIfIntervalChanged(w, sub, old);
	const { lines, restarted } = sub.status === 'trialing' ? { lines: [] } : prorations(w, sub, old, { date, credits: behavior !== 'none' });
	return { lines, now: lines.length > 0 && (behavior === 'always_invoice' || restarted) };
}

// A charge would go through: asked before anything is done.
function wouldPay(w, sub, lines) {
	const pm = paymentMethodOf(w, sub);
	return draftInvoice(w, sub, lines, 'subscription_update').amount_due === 0 || (pm !== null && cardOf(pm.sandbox.number).pays && !mustConfirm(pm, false));
}

// Stripe undoes the change, and makes it again when the invoice has been paid within 23 hours.
function holdBack(w, sub, was, invoice, meta) {
	const { items, billing_cycle_anchor: anchor } = sub;
	sub.pending_update = {
		billing_cycle_anchor: anchor === was.billing_cycle_anchor ? null : anchor, cancel_at_period_end: null, discount: null,
		discounts: null, expires_at: w.clock.now() + HOURS_23, metadata: meta ?? null, subscription_items: items.data,
		trial_end: null, trial_from_plan: null
	};
	sub.sandbox.pendingInvoice = invoice.id;
	Object.assign(sub, { items: was.items, billing_cycle_anchor: was.billing_cycle_anchor });
}

// What an earlier change waits for is nothing any more.
export function dropPending(w, sub) {
	const invoice = w.store.invoices.get(sub.sandbox.pendingInvoice);
	sub.sandbox.pendingInvoice = null;
	if (invoice?.status === 'open')
		voidInvoice(w, invoice);
	change(w, 'customer.subscription.pending_update_expired', sub, { pending_update: null });
}

// An invoice is settled: was a change waiting for it?
export function settlePending(w, invoice) {
	const sub = subscriptionOf(w, invoice);
	if (!sub?.pending_update || sub.sandbox.pendingInvoice !== invoice.id)
		return;
	if (invoice.status !== 'paid')
		return dropPending(w, sub);
	const before = bare(sub);
	const { subscription_items: data, billing_cycle_anchor: anchor, metadata: meta } = sub.pending_update;
	Object.assign(sub, {
		items: { ...sub.items, data, total_count: data.length }, billing_cycle_anchor: anchor ?? sub.billing_cycle_anchor,
		metadata: applyMetadata(sub.metadata, meta ?? undefined), pending_update: null
	});
	sub.sandbox.pendingInvoice = null;
	emit(w, 'customer.subscription.pending_update_applied', sub);
	emit(w, 'customer.subscription.updated', sub, before);
}

// Items change and, if that costs something now, it is invoiced and collected as `payment_behavior` says.
export function changeAndCollect(w, sub, p) {
	const wanted = structuredClone(sub);
	const { lines, now } = changeItems(w, wanted, p);
	if (sub.pending_update)
		dropPending(w, sub);
	const was = { items: sub.items, billing_cycle_anchor: sub.billing_cycle_anchor };
	Object.assign(sub, { items: wanted.items, billing_cycle_anchor: wanted.billing_cycle_anchor });
	if (!now) {
		sub.sandbox.pendingLines.push(...lines);
		return;
	}
	const all = [...sub.sandbox.pendingLines, ...lines];
	if (p.payment_behavior === 'error_if_incomplete' && !wouldPay(w, sub, all)) {
		Object.assign(sub, was);
		const card = cardOf(paymentMethodOf(w, sub)?.sandbox.number ?? '');
		throw cardError(card.message, card.code, card.decline);
	}
	sub.sandbox.pendingLines = [];
	const invoice = newInvoice(w, sub, all, 'subscription_update');
	sub.latest_invoice = invoice.id;
	finalizeInvoice(w, invoice);
	const attempts = p.payment_behavior !== 'default_incomplete' || invoice.amount_due === 0;
	if (attempts && STATUS_AFTER[collect(w, invoice, paymentMethodOf(w, sub))] === 'active')
		return;
	if (p.payment_behavior === 'pending_if_incomplete')
		holdBack(w, sub, was, invoice, p.metadata);
	else
		sub.status = 'past_due';
}
