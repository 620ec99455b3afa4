// SPDX-License-Identifier: MIT
//
// Tax: the account's setting says whether prices contain it or it is added to them.

import { setting } from './settings.mjs';

const PERCENTAGE = 19;

const rateId = (behavior) => `txr_${behavior}`;

// Both rates are there from the beginning.
export function addTaxRates(w) {
	for (const behavior of ['exclusive', 'inclusive'])
		if (!w.store.tax_rates.has(rateId(behavior)))
			w.store.tax_rates.set(rateId(behavior), {
				id: rateId(behavior), object: 'tax_rate', active: true, country: 'DE', created: w.clock.now(), description: null,
				display_name: 'VAT', effective_percentage: PERCENTAGE, flat_amount: null, inclusive: behavior === 'inclusive', jurisdiction: 'DE',
				jurisdiction_level: 'country', livemode: false, metadata: {}, percentage: PERCENTAGE, rate_type: 'percentage', state: null,
				tax_type: 'vat'
			});
}

const round = (n) => Math.sign(n) * Math.round(Math.abs(n));

// What is owed on an amount that was to be paid by this customer, as Stripe writes it: of a line, or of a whole.
export function taxesOn(w, customer, amount) {
	const behavior = setting(w, 'tax');
	if (behavior === 'none')
		return [];
	const exempt = { exempt: 'customer_exempt', reverse: 'reverse_charge' }[customer?.tax_exempt];
	const tax = exempt ? 0 : behavior === 'exclusive' ? round(amount * PERCENTAGE / 100) : amount - round(amount * 100 / (100 + PERCENTAGE));
	return [{
		amount: tax, tax_behavior: behavior, tax_rate_details: { tax_rate: rateId(behavior) }, taxability_reason: exempt ?? 'standard_rated',
		taxable_amount: exempt ? 0 : behavior === 'exclusive' ? amount : amount - tax, type: 'tax_rate_details'
	}];
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

// The taxes of several lines, one entry per rate.
export function sumTaxes(lists) {
	const sums = new Map();
	for (const tax of lists.flat()) {
		const so = sums.get(tax.tax_rate_details.tax_rate);
		sums.set(tax.tax_rate_details.tax_rate, so
			? { ...so, amount: so.amount + tax.amount, taxable_amount: so.taxable_amount + tax.taxable_amount } : { ...tax });
	}
	return [...sums.values()];
}

export const taxOf = (taxes) => sum(taxes.map((t) => t.amount));

// What comes on top of the prices.
export const addedTax = (taxes) => sum(taxes.filter((t) => t.tax_behavior === 'exclusive').map((t) => t.amount));
