// SPDX-License-Identifier: MIT
//
// Coupons at work: what they take off, and for how long.

import { addInterval } from './clock.mjs';
import { emit } from './events.mjs';
import { newId } from './ids.mjs';

export function newDiscount(w, { coupon, promotionCode = null, customer, subscription, session = null }) {
	const start = w.clock.now();
	const discount = {
		id: newId('di'), object: 'discount', checkout_session: session, customer, customer_account: null,
		end: coupon.duration === 'repeating' ? addInterval(start, { interval: 'month' }, coupon.duration_in_months) : null,
		invoice: null, invoice_item: null, promotion_code: promotionCode, source: { coupon: coupon.id, type: 'coupon' },
		start, subscription, subscription_item: null
	};
	w.store.discounts.set(discount.id, discount);
	coupon.times_redeemed++;
	if (promotionCode)
		w.store.promotion_codes.get(promotionCode).times_redeemed++;
	emit(w, 'customer.discount.created', discount);
	return discount;
}

// They have ended, or somebody took them away.
export function dropDiscounts(w, ids) {
	for (const id of ids)
		emit(w, 'customer.discount.deleted', w.store.discounts.get(id));
}

// What a coupon takes off each line, of those products that it is for. The last one takes the rest, so that the sum is
// exact.
export function takeOff(coupon, lines) {
	const products = coupon.sandbox?.appliesTo?.products;
	const amounts = lines.map((line) => products && !products.includes(line.product) ? 0 : line.amount);
	if (coupon.percent_off !== null)
		return amounts.map((a) => a > 0 ? Math.round(a * coupon.percent_off / 100) : 0);
	let left = coupon.amount_off;
	return amounts.map((a) => {
		const off = Math.max(0, Math.min(a, left));
		left -= off;
		return off;
	});
}

export function discountsOf(w, subscription) {
	return subscription.discounts.map((id) => w.store.discounts.get(id)).filter(Boolean);
}

// After an invoice: "once" is spent by the first invoice that there was something to take off from; a discount
// whose end has come goes too.
export function remainingDiscounts(w, subscription, invoiceSubtotal) {
	const left = discountsOf(w, subscription).filter((d) => {
		const coupon = w.store.coupons.get(d.source.coupon);
		const spent = coupon.duration === 'once' && invoiceSubtotal > 0;
		return !spent && (d.end === null || d.end > w.clock.now());
	}).map((d) => d.id);
	dropDiscounts(w, subscription.discounts.filter((id) => !left.includes(id)));
	return left;
}
