// SPDX-License-Identifier: MIT
//
// The difference between what was paid for the rest of a period and what it costs now.

import { isClassic } from './billing.mjs';
import { discountsOf, takeOff } from './discounts.mjs';
import { invalid } from './errors.mjs';
import { itemLine } from './invoices.mjs';

// What charged for this item last: {amount, period}, and the line's name if it is on an invoice already.
function chargedBy(w, sub, item) {
	const waiting = [...sub.sandbox.pendingLines].reverse().find((line) => line.item.id === item.id && line.amount > 0);
	if (waiting)
		return { ...waiting, name: null };
	for (const invoice of [...w.store.invoices.values()].reverse())
		for (const line of invoice.lines.data)
			if (line.parent.subscription_item_details?.subscription_item === item.id && line.amount > 0 && invoice.status === 'paid')
				return {
					amount: line.discount_amounts.reduce((rest, off) => rest - off.amount, line.amount), period: line.period,
					name: { invoice: invoice.id, invoice_line_items: [line.id] }
				};
	return null;
}

const share = (amount, { start, end }, date) => Math.round(amount * Math.max(0, (end - date) / (end - start)));

const nameOf = (w, item) => w.store.products.get(item.price.product)?.name ?? item.price.product;

// The rest of what was charged, a discount that it had included; what nobody has charged, at its price. In classic mode all is
// credited at its price.
export function unusedTime(w, sub, item, date) {
	const whole = { start: item.current_period_start, end: item.current_period_end };
	const charged = (isClassic(sub) ? null : chargedBy(w, sub, item)) ?? { amount: item.price.unit_amount * item.quantity, period: whole, name: null };
	return {
		amount: -share(charged.amount, charged.period, date), quantity: item.quantity, item, proration: true,
		description: `Unused time on ${nameOf(w, item)}`, period: { start: date, end: whole.end }, credited: charged.name
	};
}

// The rest of the period at the new price, less the percents that are taken off.
function debit(w, sub, item, date) {
	const { current_period_start: start, current_period_end: end } = item;
	const amount = discountsOf(w, sub).map((d) => w.store.coupons.get(d.source.coupon)).filter((coupon) => coupon.percent_off !== null)
		.reduce((rest, coupon) => rest - takeOff(coupon, [{ amount: rest, product: item.price.product }])[0],
			share(item.price.unit_amount * item.quantity, { start, end }, date));
	return {
		amount, quantity: item.quantity, item, proration: true, description: `Remaining time on ${nameOf(w, item)}`, period: { start: date, end }
	};
}

function checkDate(date, old) {
	const start = Math.max(...old.map((item) => item.current_period_start));
	const end = Math.min(...old.map((item) => item.current_period_end));
	if (date < start || date > end)
		throw invalid('Invalid value for proration_date: it must be within the current billing period.', 'proration_date');
}

// From the items as they were to those of `sub`. A period that begins anew is charged whole, and without `credits`
// nothing else is; its invoice is made now whatever was asked for.
export function prorations(w, sub, old, { date = w.clock.now(), credits }) {
	checkDate(date, old);
	const lines = [];
	let restarted = false;
	const before = new Map(old.map((item) => [item.id, item]));
	for (const item of sub.items.data) {
		const was = before.get(item.id);
		const anew = was !== undefined && was.current_period_start !== item.current_period_start;
		before.delete(item.id);
		if (was && !anew && was.price.id === item.price.id && was.quantity === item.quantity)
			continue;
		restarted ||= anew;
		if (was && credits)
			lines.push(unusedTime(w, sub, was, date));
		if (anew)
			lines.push(itemLine(w, sub, item));
		else if (credits)
			lines.push(debit(w, sub, item, date));
	}
	if (credits)
		lines.push(...[...before.values()].map((item) => unusedTime(w, sub, item, date)));
	return { lines, restarted };
}
