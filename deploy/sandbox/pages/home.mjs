// SPDX-License-Identifier: MIT
//
// The sandbox for people: the story to play, who earned what, bad days, and the hands of the clock.

import { campaign } from '../cello/campaign.mjs';
import { hookView, paste } from '../cello/hook.mjs';
import { byUcc, landingUrl } from '../cello/referrers.mjs';
import { earnings, rewards } from '../cello/rewards.mjs';
import { advance } from '../timeline.mjs';
import { dayButtons, subscriptionButtons } from './baddays.mjs';
import { day, html, money, page } from './html.mjs';

const SHOWN = 50;

const STEPS = [['1 hour', 3600], ['1 day', 86400], ['1 week', 7 * 86400], ['1 month', 31 * 86400], ['1 year', 366 * 86400]];

const latest = (map) => [...map.values()].slice(-SHOWN).reverse();

function table(heads, rows, none) {
	return rows.length === 0 ? html`<p>${none}</p>` : html`<div class="scroll" tabindex="0"><table>
<thead><tr>${heads.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((c) => html`<td>${c}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

const code = (text) => html`<code>${text}</code>`;
const moment = (time) => `${new Date(time * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const nameOf = (r) => r.firstName ?? r.details.email ?? r.productUserId;
const sum = (rewards) => rewards.length === 0 ? '–' : rewards.map((r) => money(r.amount, r.currency)).join(', ');

function whoIs(w, customerId, otherwise) {
	const customer = w.store.customers.get(customerId);
	return customer ? `${customer.name ?? customer.email ?? customer.id}${customer.deleted ? ' (deleted)' : ''}` : otherwise;
}

const referrers = (w) => table(['Referrer', 'Reward', 'Signed up', 'Payments', 'Clicks', 'Link'],
	[...w.store.referrers.values()].slice(0, SHOWN).map((r) => {
		const { signups, purchases, rewards: earned } = earnings(w, r);
		return [html`<a href="/referrer/${r.ucc}">${nameOf(r)}</a>`, html`<strong>${sum(earned)}</strong>`, signups, purchases, r.clicks,
			html`<a href="/r/${r.ucc}">${r.link}</a>`];
	}), 'Nobody yet.');

const signupRows = (w, rows) => table(['Signed up', 'Sent by', 'Verdict'],
	rows.map((s) => [whoIs(w, s.customer, s.newUserId), byUcc(w, s.ucc) ? nameOf(byUcc(w, s.ucc)) : s.ucc, s.status]), 'Nobody has signed up yet.');

const rewardSaid = ({ state, amount, currency, why }) => state === 'earned' ? money(amount, currency)
	: state === 'pending' ? `${money(amount, currency)}, not yet: ${why}` : `none: ${why}`;

function purchaseRows(w, rows) {
	const byPurchase = new Map(rewards(w).map((r) => [r.purchase, r]));
	return table(['Paid by', 'Amount', 'Reward', 'For', 'Invoice', 'Verdict'], rows.map((p) => [
		whoIs(w, p.customer, p.newUserId), money(p.amount, p.currency), rewardSaid(byPurchase.get(p.id)),
		byUcc(w, p.ucc) ? nameOf(byUcc(w, p.ucc)) : p.ucc, code(p.invoice), p.status]), 'Nobody has paid yet.');
}

const sessions = (w) => table(['Open Checkout Session', 'Amount', 'Expires'],
	latest(w.store.sessions).filter((s) => s.status === 'open').map((s) => [html`<a href="/pay/${s.id}">${s.id.slice(0, 24)}…</a>`, money(s.amount_total, s.currency), moment(s.expires_at)]),
	'None is open.');

const customers = (w) => table(['Customer', 'E-mail', 'Name', 'Metadata'],
	latest(w.store.customers).map((c) => [code(c.id), c.email, c.deleted ? '(deleted)' : c.name, c.deleted ? null : code(JSON.stringify(c.metadata))]), 'None yet: sign up in the application.');

const subscriptions = (w) => table(['Whose, and what can befall it', 'Status', 'Price', 'Period ends', 'Subscription'],
	latest(w.store.subscriptions).map((s) => [html`${whoIs(w, s.customer, s.customer)}${subscriptionButtons(w, s)}`, html`<span class="tag">${s.status}</span>`,
		s.items.data[0].price.id, s.cancel_at ? html`${day(s.items.data[0].current_period_end)}, and it with it` : day(s.items.data[0].current_period_end), code(s.id)]),
	'None yet: choose a plan in the application and pay.');

const STATES = { pending: 'on its way', held: 'held back', delivered: 'delivered', failed: 'given up', abandoned: 'endpoint gone' };

function events(w) {
	const state = new Map();
	for (const d of w.store.deliveries.values())
		state.set(d.event, d.attempts === 0 ? STATES[d.state]
			: `${STATES[d.state]}, ${d.attempts} ${d.attempts === 1 ? 'try' : 'tries'}, ${d.last_status ?? d.last_error ?? 'no answer'}`);
	return table(['Event', 'Object', 'Delivery'],
		latest(w.store.events).map((e) => [e.type, code(e.data.object.id), state.get(e.id)]), 'None yet.');
}

const told = (counts) => Object.entries(counts).map(([what, n]) => `${what}: ${n}`).join(', ') || 'nothing';

// As in Cello's portal: where Stripe has to send its events, and the secret by which they are believed.
function webhook(w) {
	const { url, received, refused, missing } = hookView(w);
	return html`<h3 id="webhook">Its webhook endpoint at Stripe</h3>
<p>Cello hears of signups and purchases by an endpoint at Stripe for <code>${url}</code>. Received: ${told(received)}. Refused: ${told(refused)}.
${missing.length > 0 && html`Never received: ${missing.join(', ')}.`}</p>
<form method="post" action="/webhook-secret" class="row"><label for="secret">Its signing secret</label>
<input id="secret" name="secret" required pattern="whsec_.*" placeholder="whsec_…" autocomplete="off"><button class="quiet">Paste</button></form>`;
}

export function pasteSecret(w, given) {
	paste(w, { secret: given.get('secret') });
	return { location: '/#webhook' };
}

function story(w) {
	const [bob] = w.store.referrers.values();
	return html`<ol>
<li>Come as somebody whom ${nameOf(bob)} has sent: <a href="/r/${bob.ucc}">follow the referral link</a>.</li>
<li>Sign up there, choose a plan, pay with 4242 4242 4242 4242, any date in the future and any code.</li>
<li>Come back here: <a href="/referrer/${bob.ucc}">${nameOf(bob)} has earned something</a>.</li>
<li>Then try a <a href="#bad-days">bad day</a>, and look at what the application says.</li>
</ol>`;
}

export function showHome(w, query) {
	const said = query.get('said');
	return {
		status: 200,
		html: page('endpin sandbox', html`<h1>endpin sandbox</h1>
${said && html`<p class="said" role="status">${said}</p>`}
<p>It plays Stripe at <code>${w.publicUrl}/v1/</code> and Cello at <code>${w.publicUrl}/cello/</code> for <a href="${w.options.appOrigin}/">${w.options.appOrigin}</a>.</p>
${story(w)}
<section><h2 id="cello">Cello: who has earned what</h2>${referrers(w)}
<h3>Signups</h3>${signupRows(w, latest(w.store.signups))}
<h3>Payments</h3>${purchaseRows(w, latest(w.store.purchases))}
${webhook(w)}</section>
<section><h2 id="subscriptions">Subscriptions</h2>${subscriptions(w)}</section>
<section><h2 id="bad-days">Bad days</h2>${dayButtons(w)}</section>
<section><h2 id="clock">Clock</h2>
<p>It is <strong>${moment(w.clock.now())}</strong> here. Go on by</p>
<form method="post" action="/clock" class="row">${STEPS.map(([label, seconds]) => html`<button name="seconds" value="${seconds}" class="quiet">${label}</button> `)}</form></section>
<section><h2>Checkout</h2>${sessions(w)}</section>
<section><h2>Customers</h2>${customers(w)}</section>
<section><h2>Events</h2>${events(w)}</section>
<p>All of it as JSON: <a href="/control/events">events</a>, <a href="/control/requests">requests</a>, <a href="/control/cello">cello</a>.</p>`)
	};
}

// What Cello shows to one of those who refer.
export function showReferrer(w, ucc) {
	const referrer = byUcc(w, ucc);
	if (!referrer)
		return { status: 404, html: page('Nobody · sandbox', html`<h1>Nobody has this code</h1><p><a href="/">To the sandbox</a></p>`) };
	const { signups, purchases, refunds, rewards: earned, pending } = earnings(w, referrer), { share } = campaign(w);
	const own = (map) => latest(map).filter((row) => row.ucc === ucc);
	return {
		status: 200,
		html: page(`${nameOf(referrer)} · sandbox`, html`<h1>${nameOf(referrer)} at Cello</h1>
<p class="reward" id="reward">${earned.length === 0 ? 'Nothing earned yet' : html`Earned ${sum(earned)}`}</p>
${pending.length > 0 && html`<p id="pending">Not decided yet: ${sum(pending)}.</p>`}
<p>${referrer.clicks} clicks, ${signups} signed up, ${purchases} payments. ${nameOf(referrer)} gets ${share} % of what they pay; what is refunded is taken back.</p>
<p>The link to share: <a href="/r/${ucc}">${referrer.link}</a>, which leads to <code>${landingUrl(w, referrer)}</code></p>
<h2>Signups</h2>${signupRows(w, own(w.store.signups))}
<h2>Payments</h2>${purchaseRows(w, own(w.store.purchases))}
${refunds.length > 0 && html`<h2>Refunds</h2>${table(['Paid back to', 'Amount', 'Reward taken back'],
		refunds.map((r) => [whoIs(w, w.store.charges.get(r.charge)?.customer, r.newUserId), money(r.amount, r.currency), money(Math.round(r.amount * share / 100), r.currency)]))}`}
<p><a href="/">To the sandbox</a></p>`)
	};
}

export function moveClock(w, given) {
	const seconds = Number(given.get('seconds'));
	if (Number.isInteger(seconds) && seconds > 0)
		advance(w, seconds);
	return { location: '/#clock' };
}
