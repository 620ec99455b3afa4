// SPDX-License-Identifier: MIT
//
// Stripe's customer portal: /portal/bps_…

import { cancelFromPortal, isLive, keepSubscription } from '../billing.mjs';
import { setCard } from '../control.mjs';
import { day, every, html, money, page } from './html.mjs';

function subscriptionOf(w, customerId) {
	const all = [...w.store.subscriptions.values()].filter((s) => s.customer === customerId).reverse();
	return all.find(isLive) ?? all[0] ?? null;
}

function showSubscription(w, session, sub) {
	if (!sub)
		return html`<p>No subscription.</p>`;
	const [item] = sub.items.data;
	const name = w.store.products.get(item.price.product)?.name ?? item.price.id;
	const next = sub.status === 'canceled' ? html`Ended on ${day(sub.ended_at)}.`
		: sub.cancel_at ? html`Ends on ${day(sub.cancel_at)}.`
		: html`${sub.status === 'trialing' ? 'Trial until' : 'Renews on'} ${day(item.current_period_end)}.`;
	return html`<p><strong>${name}</strong>, ${money(item.price.unit_amount * item.quantity, sub.currency)} ${every(item.price.recurring)}
<span class="tag" id="status">${sub.status}</span></p>
<p id="next">${next}</p>
${isLive(sub) && html`<form method="post" action="/portal/${session.id}">
${sub.cancel_at ? html`<button id="resume" name="do" value="resume">Keep subscription</button>`
		: html`<button id="cancel" name="do" value="cancel" class="quiet">Cancel subscription</button>`}
</form>`}`;
}

function invoiceTable(w, customerId) {
	const invoices = [...w.store.invoices.values()].filter((i) => i.customer === customerId).reverse();
	return html`<table>
<thead><tr><th scope="col">Invoice</th><th scope="col">Date</th><th scope="col">Amount</th><th scope="col">Status</th></tr></thead>
<tbody>${invoices.map((i) => html`<tr><td>${i.status === 'open' ? html`<a href="/invoice/${i.id}">${i.number}</a>` : i.number ?? 'draft'}</td><td>${day(i.created)}</td><td>${money(i.amount_due, i.currency)}</td><td>${i.status}</td></tr>`)}</tbody>
</table>`;
}

export function showPortal(w, id) {
	const session = w.store.portal_sessions.get(id);
	if (!session)
		return { status: 404, html: page('Customer portal · sandbox', html`<h1>This link is not good</h1>`) };
	return {
		status: 200,
		html: page('Customer portal · sandbox', html`<h1>Your subscription</h1>
${showSubscription(w, session, subscriptionOf(w, session.customer))}
<h2>Payment method</h2>
<form method="post" action="/portal/${session.id}">
<div class="field">
<label for="card">Card number</label>
<input id="card" name="card" value="4242424242424242" autocomplete="cc-number" required>
</div>
<button id="save" name="do" value="card" class="quiet">Use this card</button>
</form>
<h2>Invoices</h2>
${invoiceTable(w, session.customer)}
${session.return_url && html`<p><a id="return" href="${session.return_url}">← Return</a></p>`}`)
	};
}

export function submitPortal(w, id, given) {
	const session = w.store.portal_sessions.get(id);
	const sub = session && subscriptionOf(w, session.customer);
	if (sub && isLive(sub) && given.get('do') === 'cancel')
		cancelFromPortal(w, sub);
	else if (sub && isLive(sub) && given.get('do') === 'resume')
		keepSubscription(w, sub);
	else if (session && given.get('do') === 'card')
		setCard(w, { customer: session.customer, card: given.get('card') ?? '' });
	// Answered by going there again: a reload repeats nothing.
	return { location: `/portal/${id}` };
}
