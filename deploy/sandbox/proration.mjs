// SPDX-License-Identifier: MIT
//
// The difference between what was paid for the rest of a period and what it costs now.

import { paymentMethodOf } from './billing.mjs';
import { collect, finalizeInvoice, newInvoice } from './invoices.mjs';

function line(w, sub, item, sign, period) {
	const now = w.clock.now();
	const left = Math.max(0, (period.end - now) / (period.end - period.start));
	const name = w.store.products.get(item.price.product)?.name ?? item.price.product;
	return {
		amount: sign * Math.round(item.price.unit_amount * item.quantity * left), quantity: item.quantity, item, proration: true,
		description: `${sign < 0 ? 'Unused' : 'Remaining'} time on ${name}`, period: { start: now, end: period.end }
	};
}

const periodOf = (item) => ({ start: item.current_period_start, end: item.current_period_end });

export function prorate(w, sub, oldItems, behavior) {
	if (behavior === 'none' || sub.status === 'trialing')
		return;
	const lines = [];
	let restarted = false;
	sub.items.data.forEach((item, i) => {
		const old = oldItems[i];
		if (item.price.id === old.price.id && item.quantity === old.quantity)
			return;
		restarted ||= item.current_period_start !== old.current_period_start;
		lines.push(line(w, sub, old, -1, periodOf(old)), line(w, sub, item, 1, periodOf(item)));
	});
	sub.sandbox.pendingLines.push(...lines);
	// A period that begins now is paid now, whatever was asked for.
	if (lines.length > 0 && (behavior === 'always_invoice' || restarted))
		invoiceNow(w, sub);
}

function invoiceNow(w, sub) {
	const invoice = newInvoice(w, sub, sub.sandbox.pendingLines.splice(0), 'subscription_update');
	sub.latest_invoice = invoice.id;
	finalizeInvoice(w, invoice);
	if (!collect(w, invoice, paymentMethodOf(w, sub)))
		sub.status = 'past_due';
}
