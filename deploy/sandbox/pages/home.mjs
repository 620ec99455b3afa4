// SPDX-License-Identifier: MIT
//
// The sandbox for people: what is there, what to click, and the hands of the clock.

import { landingUrl } from '../cello/referrers.mjs';
import { advance } from '../timeline.mjs';
import { day, html, money, page } from './html.mjs';

const SHOWN = 50;

const STEPS = [['1 hour', 3600], ['1 day', 86400], ['1 week', 7 * 86400], ['1 month', 31 * 86400], ['1 year', 366 * 86400]];

const latest = (map) => [...map.values()].slice(-SHOWN).reverse();

function table(heads, rows, none) {
	return rows.length === 0 ? html`<p>${none}</p>` : html`<div class="scroll"><table>
<thead><tr>${heads.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((c) => html`<td>${c}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

const referrers = (w) => table(['Referrer', 'Referral link', 'Clicks', 'Landing page'],
	[...w.store.referrers.values()].slice(0, SHOWN).map((r) => [r.firstName ?? r.productUserId, html`<a href="/r/${r.ucc}">${r.link}</a>`, r.clicks, landingUrl(w, r)]),
	'Nobody yet.');

const sessions = (w) => table(['Open Checkout Session', 'Amount', 'Expires'],
	latest(w.store.sessions).filter((s) => s.status === 'open').map((s) => [html`<a href="/pay/${s.id}">${s.id.slice(0, 24)}…</a>`, money(s.amount_total, s.currency), new Date(s.expires_at * 1000).toISOString()]),
	'None is open.');

const customers = (w) => table(['Customer', 'E-mail', 'Name', 'Metadata'],
	latest(w.store.customers).map((c) => [c.id, c.email, c.deleted ? '(deleted)' : c.name, JSON.stringify(c.metadata)]), 'None yet: sign up in the application.');

const subscriptions = (w) => table(['Subscription', 'Customer', 'Status', 'Price', 'Period ends', 'Cancels'],
	latest(w.store.subscriptions).map((s) => [s.id, s.customer, s.status, s.items.data[0].price.id, day(s.items.data[0].current_period_end), s.cancel_at && day(s.cancel_at)]),
	'None yet: choose a plan in the application and pay.');

function events(w) {
	const state = new Map();
	for (const d of w.store.deliveries.values())
		state.set(d.event, `${d.state} after ${d.attempts}, last ${d.last_status ?? d.last_error ?? '–'}`);
	return table(['Event', 'Type', 'Object', 'Delivery'],
		latest(w.store.events).map((e) => [e.id, e.type, e.data.object.id, state.get(e.id)]), 'None yet.');
}

export function showHome(w) {
	return {
		status: 200,
		html: page('endpin sandbox', html`<h1>endpin sandbox</h1>
<p>It plays Stripe at <code>${w.publicUrl}/v1/</code> and Cello at <code>${w.publicUrl}/cello/</code> for <a href="${w.options.appOrigin}/">${w.options.appOrigin}</a>.
Follow a referral link below, sign up, choose a plan, pay with 4242 4242 4242 4242, come back here.</p>
<section><h2>Referral links</h2>${referrers(w)}</section>
<section><h2>Clock</h2>
<p>It is <strong>${new Date(w.clock.now() * 1000).toISOString()}</strong> here. Go on by</p>
<form method="post" action="/clock" class="row">${STEPS.map(([label, seconds]) => html`<button name="seconds" value="${seconds}">${label}</button> `)}</form></section>
<section><h2>Checkout</h2>${sessions(w)}</section>
<section><h2>Customers</h2>${customers(w)}</section>
<section><h2>Subscriptions</h2>${subscriptions(w)}</section>
<section><h2>Events</h2>${events(w)}</section>
<section><h2>Cello</h2>${table(['Attributed signup', 'Code', 'Verdict'], latest(w.store.signups).map((s) => [s.newUserId, s.ucc, s.status]), 'No signups yet.')}
${table(['Purchase by', 'Invoice', 'Verdict'], latest(w.store.purchases).map((p) => [p.newUserId, p.invoice, p.status]), 'No purchases yet.')}</section>
<p>All of it as JSON: <a href="/control/events">events</a>, <a href="/control/requests">requests</a>, <a href="/control/cello">cello</a>.</p>`)
	};
}

export function moveClock(w, given) {
	const seconds = Number(given.get('seconds'));
	if (Number.isInteger(seconds) && seconds > 0)
		advance(w, seconds);
	return { location: '/' };
}
