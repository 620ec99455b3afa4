// SPDX-License-Identifier: MIT
//
// /v1/billing_portal/sessions

import { newId } from '../ids.mjs';
import { hash, must, oneOf, text, unplayed, url } from '../params.mjs';
import { findParam } from './find.mjs';
import { missingParam } from '../errors.mjs';

const FLOW = hash({
	type: must(oneOf('customer_update', 'payment_method_update', 'subscription_cancel', 'subscription_pause', 'subscription_update', 'subscription_update_confirm')),
	...unplayed('after_completion subscription_cancel subscription_pause subscription_update subscription_update_confirm')
});

function create(w, p) {
	const customer = findParam(w.store.customers, p.customer, 'customer', 'customer');
	const id = newId('bps');
	const session = {
		id, object: 'billing_portal.session', configuration: 'bpc_sandbox', created: w.clock.now(), customer: customer.id,
		customer_account: null,
		flow: p.flow_data ? { after_completion: { hosted_confirmation: null, redirect: null, type: 'portal_homepage' }, type: p.flow_data.type } : null,
		livemode: false, locale: p.locale ?? null, on_behalf_of: null, return_url: p.return_url ?? null,
		url: `${w.publicUrl}/portal/${id}`
	};
	w.store.portal_sessions.set(id, session);
	return session;
}

export const ROUTES = {
	'POST /v1/billing_portal/sessions': {
		params: { customer: text(), flow_data: FLOW, locale: text(10), return_url: url, ...unplayed('after_expiration configuration customer_account on_behalf_of') },
		check: (p) => {
			if (p.customer === undefined)
				throw missingParam('customer');
		},
		run: (w, _, p) => create(w, p)
	}
};
