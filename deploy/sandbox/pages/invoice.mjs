// SPDX-License-Identifier: MIT
//
// What hosted_invoice_url leads to.

import { day, html, money, page } from './html.mjs';

export function showInvoice(w, id) {
	const invoice = w.store.invoices.get(id);
	if (!invoice)
		return { status: 404, html: page('Invoice · sandbox', html`<h1>No such invoice</h1>`) };
	const off = invoice.total_discount_amounts.reduce((sum, d) => sum + d.amount, 0);
	return {
		status: 200,
		html: page('Invoice · sandbox', html`<h1>Invoice ${invoice.number}</h1>
<p>${day(invoice.created)} · ${invoice.customer_name} ${invoice.customer_email} <span class="tag">${invoice.status}</span></p>
<dl class="lines">
${invoice.lines.data.map((line) => html`<dt>${line.description} <small>${day(line.period.start)} – ${day(line.period.end)}</small></dt><dd>${money(line.amount, line.currency)}</dd>`)}
${off > 0 && html`<dt>Discount</dt><dd>−${money(off, invoice.currency)}</dd>`}
${invoice.total_taxes.map((tax) => html`<dt>VAT</dt><dd>${money(tax.amount, invoice.currency)}</dd>`)}
<dt class="total">Due</dt><dd class="total">${money(invoice.amount_due, invoice.currency)}</dd>
</dl>`)
	};
}
