// SPDX-License-Identifier: MIT
//
// What lines come to, on an invoice and on a Checkout page: discounts taken off, tax added.

import { takeOff } from './discounts.mjs';
import { addedTax, sumTaxes, taxesOn, taxOf } from './tax.mjs';

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

// `lines`: [{amount, product, proration}]; `discounts`: [{id, coupon}]. Arrays that come back go with the lines.
export function computeTotals(w, customer, lines, discounts) {
	const off = lines.map(() => 0);
	const perDiscount = discounts.map(({ id, coupon }) => {
		const taken = takeOff(coupon, lines.map((line, i) => ({ product: line.product, amount: line.proration ? 0 : line.amount - off[i] })));
		taken.forEach((amount, i) => { off[i] += amount; });
		return { amount: sum(taken), discount: id };
	});
	const taxes = lines.map((line, i) => taxesOn(w, customer, line.amount - off[i]));
	const subtotal = sum(lines.map((line) => line.amount));
	const totalTaxes = sumTaxes(taxes);
	const total = subtotal - sum(off) + addedTax(totalTaxes);
	return {
		off, taxes, perDiscount, subtotal, total, totalTaxes, excludingTax: total - taxOf(totalTaxes),
		// Prices that contain tax do so before anything is taken off.
		subtotalExcludingTax: subtotal - taxOf(sumTaxes(lines.map((line) => taxesOn(w, customer, line.amount)))
			.filter((t) => t.tax_behavior === 'inclusive'))
	};
}
