// SPDX-License-Identifier: MIT
//
// Stripe's hosted Checkout page: /pay/cs_…

import { HINTS } from '../cards.mjs';
import { completeSession, Declined, dueNow, MustConfirm, successUrl } from '../checkout.mjs';
import { StripeError } from '../errors.mjs';
import { applyPromotion } from '../pricing.mjs';
import { bankAsks, day, every, html, money, page } from './html.mjs';

const FIELDS = [
	['card', 'Card number', 'cc-number', 'text', '1234 1234 1234 1234'],
	['expiry', 'Expiry (MM / YY)', 'cc-exp', 'numeric', 'MM / YY'],
	['cvc', 'CVC', 'cc-csc', 'numeric', '123'],
	['name', 'Name on card', 'cc-name', 'text', '']
];

const TYPED = { expiry: '12 / 34', cvc: '123', name: 'Sandbox Customer' };

function field([id, label, autocomplete, mode, placeholder], values, problems) {
	return html`<div class="field">
<label for="${id}">${label}</label>
<input id="${id}" name="${id}" value="${values[id]}" autocomplete="${autocomplete}" inputmode="${mode}" placeholder="${placeholder}" required
${problems[id] && html`aria-invalid="true" aria-describedby="${id}-problem"`}>
${problems[id] && html`<p class="problem" id="${id}-problem">${problems[id]}</p>`}
</div>`;
}

function summary(w, session) {
	const { lineItems, wish } = session.sandbox;
	const off = session.total_details.amount_discount;
	const due = dueNow(w, session), balance = due - session.amount_total;
	const trialEnd = wish.trialEnd ?? (wish.trialDays && w.clock.now() + wish.trialDays * 86400);
	return html`<section aria-labelledby="what">
<h1 id="what">Subscribe to ${lineItems[0].description ?? 'a plan'}</h1>
<dl class="lines">
${lineItems.map((li) => html`<dt>${li.quantity} × ${li.description} <small>${money(li.price.unit_amount, li.currency)} ${every(li.price.recurring)}</small></dt>
<dd>${money(li.amount_subtotal, li.currency)}</dd>`)}
${off > 0 && html`<dt>Discount</dt><dd>−${money(off, session.currency)}</dd>`}
${session.total_details.amount_tax > 0 && html`<dt>VAT</dt><dd>${money(session.total_details.amount_tax, session.currency)}</dd>`}
${balance !== 0 && html`<dt>Applied balance</dt><dd>${balance < 0 ? '−' : ''}${money(Math.abs(balance), session.currency)}</dd>`}
<dt class="total">Due today</dt><dd class="total">${money(due, session.currency)}</dd>
</dl>
${trialEnd && html`<p>Free until ${day(trialEnd)}, then the price above.</p>`}
</section>`;
}

function promotion(session, problem) {
	return html`<form method="post" action="/pay/${session.id}" novalidate>
<div class="field">
<label for="promotion">Promotion code</label>
<input id="promotion" name="promotion" autocomplete="off" ${problem && html`aria-invalid="true" aria-describedby="promotion-problem"`}>
${problem && html`<p class="problem" id="promotion-problem">${problem}</p>`}
</div>
<button id="apply" type="submit">Apply</button>
</form>`;
}

function payWords(w, session) {
	const due = dueNow(w, session);
	return due > 0 ? `Pay ${money(due, session.currency)}` : session.amount_total > 0 ? 'Subscribe' : 'Start trial';
}

function form(w, session, { values = {}, problems = {}, error = null } = {}) {
	return page('Checkout · sandbox', html`<div class="columns">
${summary(w, session)}
<section aria-labelledby="how">
<h2 id="how">Pay with card</h2>
${error && html`<p class="error" id="error" role="alert">${error}</p>`}
<form method="post" action="/pay/${session.id}" novalidate>
${FIELDS.map((f) => field(f, values, problems))}
<button id="pay" type="submit">${payWords(w, session)}</button>
</form>
${session.allow_promotion_codes && promotion(session, problems.promotion)}
<div class="hint">
<p>Test cards; each link fills the form:</p>
<ul>${HINTS.map(([number, what]) => html`<li><a class="button" href="/pay/${session.id}?card=${number}">${number.replaceAll(/(.{4})(?=.)/g, '$1 ')}</a> ${what}</li>`)}</ul>
</div>
${session.cancel_url && html`<p><a id="back" href="${session.cancel_url}">← Back</a></p>`}
</section>
</div>`);
}

const gone = (session) => page('Checkout · sandbox', html`<h1>${session?.status === 'complete' ? 'This is paid already' : 'This link is no longer good'}</h1>
<p>${session?.status === 'complete' ? 'The Checkout Session is complete.' : 'The Checkout Session has expired, or there never was one.'}</p>
${session?.cancel_url && html`<p><a href="${session.cancel_url}">← Back</a></p>`}`);

export function showPay(w, id, query) {
	const session = w.store.sessions.get(id);
	if (session?.status !== 'open')
		return { status: session ? 410 : 404, html: gone(session) };
	const card = query.get('card');
	return { status: 200, html: form(w, session, { values: card ? { ...TYPED, card } : {} }) };
}

function submitPromotion(w, session, typed) {
	try {
		applyPromotion(w, session, typed);
		return { status: 200, html: form(w, session) };
	} catch (e) {
		if (!(e instanceof StripeError))
			throw e;
		return { status: 422, html: form(w, session, { problems: { promotion: e.message } }) };
	}
}

function problemsOf(values) {
	const problems = {};
	if (!/^([A-Z]{2})?[\d\s-]{12,30}$/.test(values.card))
		problems.card = 'Your card number is incomplete.';
	const [, month, year] = /^\s*(0[1-9]|1[0-2])\s*\/?\s*(?:20)?(\d{2})\s*$/.exec(values.expiry) ?? [];
	if (!month)
		problems.expiry = "Your card's expiration date is incomplete.";
	else if (Date.UTC(2000 + Number(year), Number(month)) < Date.now())
		problems.expiry = "Your card's expiration date is in the past.";
	if (!/^\d{3,4}$/.test(values.cvc.trim()))
		problems.cvc = "Your card's security code is incomplete.";
	if (values.name.trim() === '')
		problems.name = 'The name is missing.';
	return { problems, expMonth: Number(month), expYear: 2000 + Number(year) };
}

export function submitPay(w, id, given) {
	const session = w.store.sessions.get(id);
	if (session?.status !== 'open')
		return { status: session ? 410 : 404, html: gone(session) };
	if (given.has('promotion'))
		return submitPromotion(w, session, given.get('promotion'));
	const values = Object.fromEntries(FIELDS.map(([name]) => [name, given.get(name) ?? '']));
	const { problems, expMonth, expYear } = problemsOf(values);
	if (Object.keys(problems).length > 0)
		return { status: 422, html: form(w, session, { values, problems, error: 'Please correct what is marked below.' }) };
	try {
		const confirmed = { yes: true, no: false }[given.get('confirm')];
		completeSession(w, session, { number: values.card, name: values.name.trim(), expMonth, expYear, confirmed });
		return { location: successUrl(session) };
	} catch (e) {
		if (e instanceof MustConfirm)
			return { status: 200, html: page('Your bank · sandbox', bankAsks(`/pay/${session.id}`, money(dueNow(w, session), session.currency), values)) };
		if (!(e instanceof Declined))
			throw e;
		return { status: 402, html: form(w, session, { values, error: e.message }) };
	}
}
