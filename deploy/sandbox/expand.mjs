// SPDX-License-Identifier: MIT
//
// From what is stored to what is answered: without the sandbox's own notes, and with ids replaced by objects
// where the caller asked for it.

import { invalid } from './errors.mjs';

const DEEPEST = 4;

// What can be expanded, object by object, as the types of the official SDK have it (tests/sandbox/expand.test.mjs compares): a name that is
// expandable in one object may be no more than a text in another.
const ISSUER = 'automatic_tax.liability.account';
const EXPANDABLE = {
	balance_transaction: 'source',
	'billing_portal.configuration': 'application features.subscription_cancel.cancellation_reason.feedback_options',
	'billing_portal.session': 'configuration',
	charge: 'application application_fee balance_transaction customer failure_balance_transaction on_behalf_of payment_intent ' +
		'payment_method_details.bancontact.generated_sepa_debit payment_method_details.bancontact.generated_sepa_debit_mandate ' +
		'payment_method_details.card.mandate payment_method_details.ideal.generated_sepa_debit payment_method_details.ideal.generated_sepa_debit_mandate ' +
		'payment_method_details.sofort.generated_sepa_debit payment_method_details.sofort.generated_sepa_debit_mandate ' +
		'payment_method_details.us_bank_account.mandate review source_transfer transfer transfer_data.destination',
	'checkout.session': `${ISSUER} customer discounts.coupon discounts.promotion_code invoice invoice_creation.invoice_data.account_tax_ids ` +
		'invoice_creation.invoice_data.issuer.account payment_intent payment_link setup_intent shipping_cost.shipping_rate ' +
		'shipping_options.shipping_rate subscription',
	credit_note: 'customer customer_balance_transaction discount_amounts.discount invoice pretax_credit_amounts.credit_balance_transaction ' +
		'pretax_credit_amounts.discount refunds.refund shipping_cost.shipping_rate',
	credit_note_line_item: 'discount_amounts.discount pretax_credit_amounts.credit_balance_transaction pretax_credit_amounts.discount',
	customer: 'default_source invoice_settings.default_payment_method test_clock',
	customer_balance_transaction: 'checkout_session credit_note customer invoice',
	discount: 'customer promotion_code source.coupon',
	dispute: 'charge evidence.cancellation_policy evidence.customer_communication evidence.customer_signature evidence.duplicate_charge_documentation ' +
		'evidence.receipt evidence.refund_policy evidence.service_documentation evidence.shipping_documentation evidence.uncategorized_file payment_intent',
	'entitlements.active_entitlement': 'feature',
	invoice: `account_tax_ids application ${ISSUER} customer default_payment_method default_source discounts from_invoice.invoice issuer.account ` +
		'latest_revision on_behalf_of parent.subscription_details.subscription shipping_cost.shipping_rate test_clock ' +
		'total_discount_amounts.discount total_pretax_credit_amounts.credit_balance_transaction total_pretax_credit_amounts.discount',
	invoice_payment: 'invoice payment.charge payment.payment_intent payment.payment_record',
	invoiceitem: 'customer discounts invoice pricing.price_details.price proration_details.discount_amounts.discount test_clock',
	line_item: 'discount_amounts.discount discounts pretax_credit_amounts.credit_balance_transaction pretax_credit_amounts.discount ' +
		'pricing.price_details.price subscription',
	payment_intent: 'application customer latest_charge on_behalf_of payment_method payment_record review source transfer_data.destination',
	payment_method: 'card.generated_from.setup_attempt customer sepa_debit.generated_from.charge sepa_debit.generated_from.setup_attempt',
	price: 'product',
	product: 'default_price tax_code',
	promotion_code: 'customer promotion.coupon',
	'radar.early_fraud_warning': 'charge payment_intent',
	refund: 'balance_transaction charge customer failure_balance_transaction payment_intent payment_method source_transfer_reversal transfer_reversal',
	subscription: `application ${ISSUER} billing_schedules.applies_to.price cancellation_details.feedback_option customer default_payment_method ` +
		'default_source discounts invoice_settings.account_tax_ids invoice_settings.issuer.account latest_invoice on_behalf_of pending_setup_intent ' +
		'pending_update.discounts schedule test_clock transfer_data.destination',
	subscription_item: 'discounts',
	subscription_schedule: `application customer default_settings.${ISSUER} default_settings.default_payment_method ` +
		'default_settings.invoice_settings.account_tax_ids default_settings.invoice_settings.issuer.account default_settings.on_behalf_of ' +
		'default_settings.transfer_data.destination phases.add_invoice_items.discounts.coupon phases.add_invoice_items.discounts.discount ' +
		`phases.add_invoice_items.discounts.promotion_code phases.add_invoice_items.price phases.${ISSUER} phases.default_payment_method ` +
		'phases.discounts.coupon phases.discounts.discount phases.discounts.promotion_code phases.invoice_settings.account_tax_ids ' +
		'phases.invoice_settings.issuer.account phases.items.discounts.coupon phases.items.discounts.discount phases.items.discounts.promotion_code ' +
		'phases.items.plan phases.items.price phases.on_behalf_of phases.transfer_data.destination subscription test_clock'
};

export const expandables = Object.fromEntries(Object.entries(EXPANDABLE).map(([object, paths]) => [object, new Set(paths.split(' '))]));

// Where what a name stands for is kept. Of the other kinds there are none here.
const COLLECTION_OF = {
	customer: 'customers', subscription: 'subscriptions', invoice: 'invoices', latest_invoice: 'invoices', price: 'prices', product: 'products',
	payment_method: 'payment_methods', default_payment_method: 'payment_methods', payment_intent: 'payment_intents', charge: 'charges',
	latest_charge: 'charges', coupon: 'coupons', promotion_code: 'promotion_codes', schedule: 'schedules', discount: 'discounts',
	discounts: 'discounts', checkout_session: 'sessions', balance_transaction: 'balance_transactions',
	failure_balance_transaction: 'balance_transactions', refund: 'refunds', credit_note: 'credit_notes',
	customer_balance_transaction: 'customer_balance_transactions', configuration: 'portal_configurations', feature: 'features'
};

const FIRST_PAGE = 10;

// A list inside an object is its first page.
const firstPage = (list) => ({ ...list, data: list.data.slice(0, FIRST_PAGE), has_more: list.data.length > FIRST_PAGE });

const sublist = (url, data) => firstPage({ object: 'list', data, has_more: false, url });

const having = (map, field, id) => [...map.values()].filter((o) => o[field] === id).reverse();

// Lists that Stripe leaves out unless they are asked for.
const SUBLISTS = {
	invoice: {
		payments: (w, o) => sublist(`/v1/invoice_payments?invoice=${o.id}`, having(w.store.invoice_payments, 'invoice', o.id).map(bare))
	},
	charge: {
		refunds: (w, o) => sublist(`/v1/charges/${o.id}/refunds`, having(w.store.refunds, 'charge', o.id).map(bare))
	},
	customer: {
		subscriptions: (w, o) => sublist(`/v1/customers/${o.id}/subscriptions`,
			having(w.store.subscriptions, 'customer', o.id).filter((s) => s.status !== 'canceled').map(bare))
	},
	coupon: {
		applies_to: (w, o) => structuredClone(w.store.coupons.get(o.id).sandbox.appliesTo)
	},
	'checkout.session': {
		line_items: (w, o) => sublist(`/v1/checkout/sessions/${o.id}/line_items`,
			structuredClone(w.store.sessions.get(o.id).sandbox.lineItems))
	}
};

// Our own notes about an object live under `sandbox` and never leave the house.
export function bare(o) {
	const { sandbox, ...rest } = o;
	const out = structuredClone(rest);
	for (const [name, value] of Object.entries(out))
		if (value?.object === 'list')
			out[name] = firstPage(value);
	return out;
}

function replace(w, name, value, whole) {
	if (Array.isArray(value))
		return value.map((v) => replace(w, name, v, whole));
	if (typeof value !== 'string')
		return value;
	// Money moves for a charge, a refund or a dispute.
	const kept = name === 'source' ? ['charges', 'refunds', 'disputes'] : COLLECTION_OF[name] ? [COLLECTION_OF[name]] : [];
	const found = kept.map((collection) => w.store[collection].get(value)).find(Boolean);
	if (!found)
		throw invalid(`The sandbox has nothing to put in the place of ${value} (${whole}).`, 'expand', 'sandbox_unplayed');
	return found.deleted ? { id: found.id, object: found.object, deleted: true } : bare(found);
}

// `owner` is the kind of the object that `o` is, or is a part of; `above` the names that lead to it from there.
function expandIn(w, o, path, whole, owner = null, above = []) {
	if (Array.isArray(o)) {
		for (const each of o)
			expandIn(w, each, path, whole, owner, above);
		return;
	}
	if (o === null || typeof o !== 'object' || o.deleted)
		return;
	if (typeof o.object === 'string')
		[owner, above] = [o.object, []];
	const [name, ...rest] = path;
	const sub = SUBLISTS[owner]?.[name], here = [...above, name];
	if (sub && o[name] === undefined)
		o[name] = sub(w, o);
	else if (expandables[owner]?.has(here.join('.')))
		o[name] = replace(w, name, o[name], whole);
	else if (rest.length === 0 || typeof o[name] !== 'object')
		throw invalid(`This property cannot be expanded (${whole}).`, 'expand');
	if (rest.length > 0)
		expandIn(w, o[name], rest, whole, owner, here);
}

export function render(w, stored, wanted = []) {
	if (stored.deleted)
		return { id: stored.id, object: stored.object, deleted: true };
	const o = bare(stored);
	for (const whole of wanted) {
		const path = whole.split('.');
		if (path.length > DEEPEST)
			throw invalid(`You cannot expand more than ${DEEPEST} levels of a property. Property: ${whole}`, 'expand');
		expandIn(w, o, path, whole);
	}
	return o;
}
