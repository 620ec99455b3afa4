// SPDX-License-Identifier: MIT
//
// What hosted_invoice_url leads to: what is owed, and a card to pay it with, or the bank that asks.

import { afterPayment, subscriptionOf } from '../billing.mjs';
import { HINTS } from '../cards.mjs';
import { afterFailure } from '../dunning.mjs';
import { collect, paymentOf } from '../invoices.mjs';
import { intentOf, newPaymentMethod, refusePayment, UNCONFIRMED } from '../payments.mjs';
import { bankAsks, day, html, money, page } from './html.mjs';

const unknown = { status: 404, html: page('Invoice · sandbox', html`<h1>No such invoice</h1>`) };

function form(invoice, error) {
	return html`${error && html`<p class="error" id="error" role="alert">${error}</p>`}
<form method="post" action="/invoice/${invoice.id}">
<div class="field">
<label for="card">Card number</label>
<input id="card" name="card" value="${HINTS[0][0]}" autocomplete="cc-number" required>
</div>
<button id="pay" type="submit">Pay ${money(invoice.amount_remaining, invoice.currency)}</button>
</form>`;
}

const asked = (invoice) => ({
	status: 200,
	html: page('Your bank · sandbox', html`${bankAsks(`/invoice/${invoice.id}`, money(invoice.amount_remaining, invoice.currency), {})}
<p><a id="other-card" href="/invoice/${invoice.id}?other=1">Pay with another card</a></p>`)
});

// The card whose bank waits for an answer, since a renewal or since just now.
function waitingCard(w, invoice) {
	const pi = intentOf(w, paymentOf(w, invoice));
	return pi.status === 'requires_action' ? w.store.payment_methods.get(pi.payment_method) : null;
}

function showWhole(invoice, error) {
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

// A draft has no page yet.
const findShown = (w, id) => {
	const invoice = w.store.invoices.get(id);
	return invoice && invoice.status !== 'draft' ? invoice : null;
};

export function showInvoice(w, id, query) {
	const invoice = findShown(w, id);
	if (!invoice)
		return unknown;
	if (invoice.status === 'open' && !query.has('other') && waitingCard(w, invoice))
		return asked(invoice);
	return showWhole(invoice, null);
}

function refused(invoice, words) {
	return { ...showWhole(invoice, words), status: 402 };
}

// The card is for this invoice only.
export function payInvoice(w, id, given) {
	const invoice = findShown(w, id);
	if (!invoice)
		return unknown;
	if (invoice.status !== 'open')
		return { location: `/invoice/${id}` };
	const waiting = given.has('confirm') ? waitingCard(w, invoice) : null;
	if (waiting && given.get('confirm') === 'no') {
		refusePayment(w, intentOf(w, paymentOf(w, invoice)));
		return refused(invoice, UNCONFIRMED);
	}
	const pm = waiting ?? newPaymentMethod(w, w.store.customers.get(invoice.customer), { number: given.get('card') ?? '' });
	const outcome = collect(w, invoice, pm, { present: true, confirmed: waiting !== null });
	if (outcome === 'action')
		return asked(invoice);
	if (outcome === 'failed') {
		const sub = subscriptionOf(w, invoice);
		if (sub)
			afterFailure(w, sub, invoice, false);
		return refused(invoice, 'Your card was declined.');
	}
	if (outcome === 'paid')
		afterPayment(w, invoice);
	return { location: `/invoice/${id}` };
}
