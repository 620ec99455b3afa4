// SPDX-License-Identifier: MIT
//
// The difference between what was paid for the rest of a period and what it costs now.

import { invalid } from './errors.mjs';
import { itemLine } from './invoices.mjs';

// The newest line that charged for this item: what a credit takes back.
function chargedBy(w, item) {
	for (const invoice of [...w.store.invoices.values()].reverse())
		for (const line of invoice.lines.data)
			if (line.parent.subscription_item_details?.subscription_item === item.id && line.amount > 0 && invoice.status === 'paid')
				return { invoice: invoice.id, invoice_line_items: [line.id] };
	return null;
}

function line(w, item, sign, date) {
	const { current_period_start: start, current_period_end: end } = item;
	const left = Math.max(0, (end - date) / (end - start));
	const name = w.store.products.get(item.price.product)?.name ?? item.price.product;
	return {
		amount: sign * Math.round(item.price.unit_amount * item.quantity * left), quantity: item.quantity, item, proration: true,
		description: `${sign < 0 ? 'Unused' : 'Remaining'} time on ${name}`, period: { start: date, end },
		credited: sign < 0 ? chargedBy(w, item) : null
	};
}

function checkDate(date, old) {
	const start = Math.max(...old.map((item) => item.current_period_start));
	const end = Math.min(...old.map((item) => item.current_period_end));
	if (date < start || date > end)
		throw invalid('Invalid value for proration_date: it must be within the current billing period.', 'proration_date');
}

// From the items as they were to those of `sub`. A period that begins anew is charged whole, and without `credit`
// nothing else is; its invoice is made now whatever was asked for.
export function prorations(w, sub, old, { date = w.clock.now(), credit }) {
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
		if (was && credit)
			lines.push(line(w, was, -1, date));
		if (anew)
			lines.push(itemLine(w, sub, item));
		else if (credit)
			lines.push(line(w, item, 1, date));
	}
	if (credit)
		lines.push(...[...before.values()].map((item) => line(w, item, -1, date)));
	return { lines, restarted };
}
