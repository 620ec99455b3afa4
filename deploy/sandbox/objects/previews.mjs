// SPDX-License-Identifier: MIT
//
// /v1/invoices/create_preview: what an invoice would be, of a subscription as it is or as it would be after a change.
// Nothing is made, nobody is told.

import { ITEMS, changeItems } from '../changing.mjs';
import { nextPeriodEnd } from '../clock.mjs';
import { discountsOf } from '../discounts.mjs';
import { invalid, missingParam, StripeError } from '../errors.mjs';
import { draftInvoice, itemLine } from '../invoices.mjs';
import { hash, int, oneOf, text, unplayed } from '../params.mjs';
import { findParam } from './find.mjs';

// The period that comes after this one.
function nextPeriod(w, sub) {
	const next = structuredClone(sub);
	for (const item of next.items.data) {
		item.current_period_start = item.current_period_end;
		item.current_period_end = nextPeriodEnd(next.billing_cycle_anchor, item.price.recurring, item.current_period_start);
	}
	const at = next.items.data[0].current_period_start;
	next.discounts = discountsOf(w, next).filter((d) => d.end === null || d.end > at).map((d) => d.id);
	return next;
}

function preview(w, p) {
	const sub = structuredClone(findParam(w.store.subscriptions, p.subscription, 'subscription', 'subscription'));
	if (p.customer !== undefined && p.customer !== sub.customer)
		throw invalid(`The subscription does not belong to customer ${p.customer}.`, 'subscription');
	if (sub.status === 'canceled')
		throw new StripeError(404, { message: 'No upcoming invoices for the subscription.', code: 'invoice_upcoming_none' });
	const { items, ...how } = p.subscription_details ?? {};
	const { lines, now } = items ? changeItems(w, sub, { items, ...how }, 'subscription_details[items]') : { lines: [], now: false };
	const all = [...sub.sandbox.pendingLines, ...lines];
	if (now)
		return draftInvoice(w, sub, all, 'upcoming');
	if (sub.cancel_at !== null)
		throw new StripeError(404, { message: 'No upcoming invoices for the subscription.', code: 'invoice_upcoming_none' });
	const next = nextPeriod(w, sub);
	return draftInvoice(w, next, [...all.reverse(), ...next.items.data.map((item) => itemLine(w, next, item))], 'upcoming');
}

export const ROUTES = {
	'POST /v1/invoices/create_preview': {
		params: {
			customer: text(), preview_mode: oneOf('next'), subscription: text(),
			subscription_details: hash({
				items: ITEMS, proration_behavior: oneOf('always_invoice', 'create_prorations', 'none'), proration_date: int(1),
				...unplayed('billing_cycle_anchor billing_mode billing_schedules cancel_at cancel_at_period_end cancel_now default_tax_rates ' +
					'resume_at start_date trial_end')
			}),
			...unplayed('automatic_tax currency customer_account customer_details discounts invoice_items issuer on_behalf_of schedule schedule_details')
		},
		check: (p) => {
			if (p.subscription === undefined)
				throw missingParam('subscription');
		},
		run: (w, _, p) => preview(w, p)
	}
};
