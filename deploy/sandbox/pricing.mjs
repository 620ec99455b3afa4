// SPDX-License-Identifier: MIT
//
// What a Checkout Session comes to: when it is made, and again when somebody types a promotion code on its page.

import { invalid } from './errors.mjs';
import { leastCharge, money } from './money.mjs';
import { checkPromotion } from './objects/coupons.mjs';
import { taxOf } from './tax.mjs';
import { computeTotals } from './totals.mjs';

export function priceSession(w, session) {
	const { lineItems, wish } = session.sandbox;
	const trial = wish.trialEnd !== undefined || wish.trialDays !== undefined;
	const lines = lineItems.map((li) => ({ amount: trial ? 0 : li.price.unit_amount * li.quantity, product: li.price.product }));
	const { off, perDiscount, subtotal, taxes, total, totalTaxes } = computeTotals(w, w.store.customers.get(session.customer), lines,
		wish.coupon ? [{ id: null, coupon: w.store.coupons.get(wish.coupon) }] : []);
	if (total > 0 && total < leastCharge(session.currency))
		throw invalid(`The Checkout Session's total amount due must add up to at least ${money(leastCharge(session.currency), session.currency)}.`,
			undefined, 'amount_too_small');
	lineItems.forEach((li, i) => {
		const tax = taxOf(taxes[i]), added = tax > 0 && taxes[i][0].tax_behavior === 'exclusive' ? tax : 0;
		Object.assign(li, {
			amount_discount: off[i], amount_subtotal: lines[i].amount, amount_tax: tax, amount_total: lines[i].amount - off[i] + added
		});
	});
	Object.assign(session, {
		amount_subtotal: subtotal, amount_total: total, discounts: wish.coupon
			? [{ coupon: wish.promotionCode ? null : wish.coupon, promotion_code: wish.promotionCode }] : [],
		total_details: { amount_discount: perDiscount[0]?.amount ?? 0, amount_shipping: 0, amount_tax: taxOf(totalTaxes) }
	});
}

// Throws a StripeError whose words the page shows.
export function applyPromotion(w, session, typed) {
	const promotion = [...w.store.promotion_codes.values()].find((o) => o.active && o.code.toLowerCase() === typed.trim().toLowerCase());
	if (!session.allow_promotion_codes || !promotion)
		throw invalid('This code is invalid.', 'promotion_code');
	checkPromotion(w, promotion, { customer: session.customer, currency: session.currency, amount: session.amount_subtotal, param: 'promotion_code' });
	Object.assign(session.sandbox.wish, { coupon: promotion.promotion.coupon, promotionCode: promotion.id });
	priceSession(w, session);
}
