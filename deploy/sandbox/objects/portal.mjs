// SPDX-License-Identifier: MIT
//
// /v1/billing_portal/sessions and /v1/billing_portal/configurations

import { newId } from '../ids.mjs';
import { inRange, listOf } from '../list.mjs';
import { applyMetadata, bool, hash, metadata, must, oneOf, PAGE, range, text, unplayed, url } from '../params.mjs';
import { find, findParam } from './find.mjs';
import { invalid, missingParam } from '../errors.mjs';

const FLOW = hash({
	type: must(oneOf('customer_update', 'payment_method_update', 'subscription_cancel', 'subscription_pause', 'subscription_update', 'subscription_update_confirm')),
	...unplayed('after_completion subscription_cancel subscription_pause subscription_update subscription_update_confirm')
});

const DEFAULT = 'bpc_sandbox';

function addConfiguration(w, { id = newId('bpc'), isDefault = false, returnUrl = null, features = {}, meta = {} }) {
	const now = w.clock.now();
	const off = { enabled: false };
	const configuration = {
		id, object: 'billing_portal.configuration', active: true, application: null,
		business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null }, created: now,
		default_return_url: returnUrl,
		features: {
			customer_update: { ...off, allowed_updates: [] }, invoice_history: { enabled: true, ...features.invoice_history },
			payment_method_update: { enabled: true, payment_method_configuration: null, ...features.payment_method_update },
			subscription_cancel: { enabled: true, mode: 'at_period_end', proration_behavior: 'none',
				cancellation_reason: { ...off, feedback_options: null, options: [] } },
			subscription_pause: { ...off, duration: { interval_options: [], type: 'indefinite' } },
			subscription_update: { ...off, billing_cycle_anchor: null, default_allowed_updates: [], proration_behavior: 'none',
				schedule_at_period_end: { conditions: [] }, trial_update_behavior: 'end_trial' }
		},
		is_default: isDefault, livemode: false, login_page: { ...off, url: null }, metadata: meta, name: null, updated: now
	};
	w.store.portal_configurations.set(id, configuration);
	return configuration;
}

// What a person does in the dashboard: save the settings of the portal once, or (to play a new account) never.
export const saveDefault = (w) => w.store.portal_configurations.get(DEFAULT) ?? addConfiguration(w, { id: DEFAULT, isDefault: true });
export const forgetDefault = (w) => w.store.portal_configurations.delete(DEFAULT);

function create(w, p) {
	const customer = findParam(w.store.customers, p.customer, 'customer', 'customer');
	if (![...w.store.portal_configurations.values()].some((c) => c.is_default && c.active))
		throw invalid('No configuration provided and your test mode default configuration has not been created. Provide a ' +
			'configuration or create your default by saving your customer portal settings in test mode at ' +
			'https://dashboard.stripe.com/test/settings/billing/portal.');
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
	},
	'POST /v1/billing_portal/configurations': {
		params: { default_return_url: url, metadata, features: must(hash({ ...unplayed('customer_update subscription_cancel subscription_update'),
			invoice_history: hash({ enabled: must(bool) }), payment_method_update: hash({ enabled: must(bool) }) })),
			...unplayed('business_profile login_page name') },
		run: (w, _, p) => addConfiguration(w, { returnUrl: p.default_return_url, features: p.features, meta: applyMetadata({}, p.metadata) })
	},
	'GET /v1/billing_portal/configurations': {
		params: { ...PAGE, active: bool, created: range, is_default: bool },
		run: (w, _, p) => listOf(w, [...w.store.portal_configurations.values()].filter((o) => inRange(o.created, p.created) &&
			(p.active === undefined || o.active === p.active) && (p.is_default === undefined || o.is_default === p.is_default)),
			'/v1/billing_portal/configurations', p)
	},
	'GET /v1/billing_portal/configurations/:id': {
		run: (w, { id }) => find(w.store.portal_configurations, id, 'billing_portal.configuration', 'configuration')
	}
};
