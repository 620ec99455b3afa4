// SPDX-License-Identifier: MIT
//
// What hosted_invoice_url leads to: what is owed, and a card to pay it with.

import { afterPayment } from '../billing.mjs';
import { HINTS } from '../cards.mjs';
import { collect } from '../invoices.mjs';
import { newPaymentMethod } from '../payments.mjs';
import { day, html, money, page } from './html.mjs';

const unknown = { status: 404, html: page('Invoice · sandbox', html`<h1>No such invoice</h1>`) };

function form(invoice, error) {
	return html`${error && html`<p class="error" id="error" role="alert">${error}</p>`}
<form method="post" action="/invoice/${invoice.id}">
<div class="field">
<label for="card">Card number</label>
<input id="card" name="card" value="${HINTS[0][0]}" autocomplete="cc-number" inputmode="numeric" required>
</div>
<button id="pay" type="submit">Pay ${money(invoice.amount_remaining, invoice.currency)}</button>
</form>`;
}

export function showInvoice(w, id, error = null) {
	const invoice = w.store.invoices.get(id);
	if (!invoice)
		return unknown;
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
</dl>
${invoice.status === 'open' && form(invoice, error)}`)
	};
}

// The card is for this invoice only.
export function payInvoice(w, id, given) {
	const invoice = w.store.invoices.get(id);
	if (!invoice)
		return unknown;
	if (invoice.status !== 'open')
		return { location: `/invoice/${id}` };
	const pm = newPaymentMethod(w, w.store.customers.get(invoice.customer), { number: given.get('card') ?? '' });
	if (!collect(w, invoice, pm))
		return { ...showInvoice(w, id, 'Your card was declined.'), status: 402 };
	afterPayment(w, invoice);
	return { location: `/invoice/${id}` };
}
