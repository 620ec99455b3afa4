// SPDX-License-Identifier: MIT
//
// /v1/checkout/sessions, mode=subscription on Stripe's own page: the only way this project uses Checkout.

import { isLive } from '../billing.mjs';
import { expireSession } from '../checkout.mjs';
import { DAY } from '../clock.mjs';
import { exclusiveParams, invalid, missingParam, noSuch } from '../errors.mjs';
import { bare } from '../expand.mjs';
import { newId } from '../ids.mjs';
import { inRange, listOf } from '../list.mjs';
import { applyMetadata, bool, email, hash, int, list, metadata, must, oneOf, PAGE, range, text, unplayed, url } from '../params.mjs';
import { priceSession } from '../pricing.mjs';
import { checkPromotion, checkRedeemable } from './coupons.mjs';
import { find, findParam } from './find.mjs';
import { waitingItems } from './invoiceitems.mjs';

// Stripe's addresses are long: what is behind the # is for its page alone.
const FRAGMENT = `fid${'kdWxOYHwnPyd1blpxYHZxWjA0'.repeat(32)}`;

const CREATE = {
	allow_promotion_codes: bool,
	automatic_tax: hash({ enabled: must(bool), ...unplayed('liability') }),
	billing_address_collection: oneOf('auto', 'required'),
	cancel_url: url, client_reference_id: text(200), currency: text(3), customer: text(), customer_email: email,
	customer_update: hash({ address: oneOf('auto', 'never'), name: oneOf('auto', 'never'), ...unplayed('shipping') }),
	discounts: list(hash({ coupon: text(), promotion_code: text() })),
	expires_at: int(0),
	line_items: must(list(hash({ price: text(), quantity: int(1, 999999), ...unplayed('adjustable_quantity metadata price_data tax_rates') }), 40)),
	locale: text(10), metadata, mode: must(oneOf('payment', 'setup', 'subscription')),
	payment_method_collection: oneOf('always', 'if_required'),
	subscription_data: hash({
		billing_mode: hash({ type: must(oneOf('classic', 'flexible')), ...unplayed('flexible') }), description: text(500), metadata,
		trial_end: int(0), trial_period_days: int(1, 730),
		trial_settings: hash({ end_behavior: must(hash({ missing_payment_method: must(oneOf('cancel', 'create_invoice', 'pause')) })) }),
		...unplayed('application_fee_percent billing_cycle_anchor billing_cycle_anchor_config default_tax_rates invoice_settings ' +
			'on_behalf_of pending_invoice_item_interval proration_behavior transfer_data')
	}),
	success_url: url,
	ui_mode: oneOf('elements', 'embedded_page', 'form', 'hosted_page'),
	...unplayed('adaptive_pricing after_expiration allowed_payment_method_types branding_settings consent_collection custom_fields ' +
		'custom_text customer_account customer_creation excluded_payment_method_types integration_identifier invoice_creation ' +
		'managed_payments name_collection optional_items origin_context payment_intent_data payment_method_configuration ' +
		'payment_method_data payment_method_options permissions phone_number_collection redirect_on_completion return_url ' +
		'saved_payment_method_options setup_intent_data shipping_address_collection shipping_options submit_type tax_id_collection wallet_options')
};

function check(p) {
	if (p.mode !== 'subscription')
		throw invalid('The sandbox plays mode=subscription only.', 'mode', 'sandbox_unplayed');
	if (p.ui_mode !== undefined && p.ui_mode !== 'hosted_page')
		throw invalid('The sandbox plays ui_mode=hosted_page only.', 'ui_mode', 'sandbox_unplayed');
	if (p.success_url === undefined)
		throw missingParam('success_url');
	if (p.customer !== undefined && p.customer_email !== undefined)
		throw exclusiveParams('customer', 'customer_email');
	// Refused also where allow_promotion_codes is false.
	if (p.discounts !== undefined && p.allow_promotion_codes !== undefined)
		throw exclusiveParams('allow_promotion_codes', 'discounts');
	if (p.customer_update !== undefined && p.customer === undefined)
		throw invalid('`customer_update` can only be used with `customer`.', 'customer_update');
	if ((p.discounts ?? []).length > 1)
		throw invalid('You may only specify one discount.', 'discounts');
	const { trial_end: end, trial_period_days: days } = p.subscription_data ?? {};
	if (end !== undefined && days !== undefined)
		throw exclusiveParams('subscription_data[trial_end]', 'subscription_data[trial_period_days]');
	if (p.line_items.length === 0)
		throw missingParam('line_items');
	p.line_items.forEach((item, i) => {
		if (item.price === undefined)
			throw missingParam(`line_items[${i}][price]`);
		if (item.quantity === undefined)
			throw invalid('Quantity is required. Add `quantity` to `line_items[' + i + ']`', `line_items[${i}][quantity]`, 'parameter_missing');
	});
}

function checkExpiry(w, expiresAt) {
	const left = expiresAt - w.clock.now();
	// A caller's clock may be a little off from ours.
	if (left < 1800 - 60)
		throw invalid('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', 'expires_at');
	if (left > DAY + 60)
		throw invalid('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', 'expires_at');
}

function pricesOf(w, p) {
	const prices = p.line_items.map((item, i) => {
		const price = findParam(w.store.prices, item.price, 'price', `line_items[${i}][price]`);
		// An archived product takes its prices along, whatever they say themselves.
		if (!price.active || !w.store.products.get(price.product)?.active)
			throw invalid(`The price specified is inactive. This field only accepts active prices.`, `line_items[${i}][price]`);
		return price;
	});
	if (prices.some((price) => price.currency !== prices[0].currency))
		throw invalid('All prices must have the same currency.', 'line_items');
	return prices;
}

function discountOf(w, given, sale) {
	if (given?.coupon !== undefined && given.promotion_code !== undefined)
		throw exclusiveParams('discounts[0][coupon]', 'discounts[0][promotion_code]');
	if (given?.promotion_code !== undefined) {
		const promotion = findParam(w.store.promotion_codes, given.promotion_code, 'promotion code', 'discounts[0][promotion_code]');
		checkPromotion(w, promotion, { ...sale, param: 'discounts[0][promotion_code]' });
		return { coupon: w.store.coupons.get(promotion.promotion.coupon), promotionCode: promotion.id };
	}
	if (given?.coupon === undefined)
		return null;
	const coupon = findParam(w.store.coupons, given.coupon, 'coupon', 'discounts[0][coupon]');
	checkRedeemable(w, coupon, 'discounts[0][coupon]', sale.currency);
	return { coupon, promotionCode: null };
}

// One customer, one currency: what runs, what is open and what waits to be billed counts.
function checkCurrency(w, customer, currency) {
	const others = [
		...[...w.store.subscriptions.values()].filter(isLive), ...[...w.store.sessions.values()].filter((s) => s.status === 'open'),
		...waitingItems(w, customer)
	].filter((o) => o.customer === customer.id && o.currency !== currency);
	if (others.length > 0)
		throw invalid('You cannot combine currencies on a single customer. This customer has an active subscription, subscription ' +
			`schedule, discount, quote, invoice item or active subscription mode checkout session with currency ${others[0].currency}.`);
}

function create(w, p) {
	const now = w.clock.now();
	if (p.expires_at !== undefined)
		checkExpiry(w, p.expires_at);
	const customer = p.customer === undefined ? null : findParam(w.store.customers, p.customer, 'customer', 'customer');
	const prices = pricesOf(w, p);
	if (p.currency !== undefined && p.currency !== prices[0].currency)
		throw invalid(`The price specified only supports \`${prices[0].currency}\`. This doesn't match the expected currency: \`${p.currency}\`.`, 'currency');
	if (customer)
		checkCurrency(w, customer, prices[0].currency);
	const amount = p.line_items.reduce((sum, item, i) => sum + prices[i].unit_amount * item.quantity, 0);
	const discount = discountOf(w, p.discounts?.[0], { customer: customer?.id ?? null, currency: prices[0].currency, amount });
	if (p.automatic_tax?.enabled && customer && !customer.address?.country && p.customer_update?.address !== 'auto')
		throw invalid('Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the ' +
			"Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto' to save the address " +
			'entered in Checkout to the Customer.', undefined, 'customer_tax_location_invalid');
	const data = p.subscription_data ?? {};
	if (data.trial_end !== undefined && data.trial_end < now + 2 * DAY - 60)
		throw invalid('The `trial_end` date has to be at least 2 days in the future.', 'subscription_data[trial_end]');

	const id = newId('cs_test', 58);
	const session = {
		id, object: 'checkout.session', adaptive_pricing: { enabled: false }, after_expiration: null,
		allow_promotion_codes: p.allow_promotion_codes ?? null, allowed_payment_method_types: null,
		amount_subtotal: null, amount_total: null,
		automatic_tax: { enabled: p.automatic_tax?.enabled ?? false, liability: null, provider: null, status: null },
		billing_address_collection: p.billing_address_collection ?? null, cancel_url: p.cancel_url ?? null,
		client_reference_id: p.client_reference_id ?? null, client_secret: null, collected_information: null, consent: null,
		consent_collection: null, created: now, currency: prices[0].currency, currency_conversion: null, custom_fields: [],
		custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
		customer: customer?.id ?? null, customer_account: null, customer_creation: customer ? null : 'always',
		customer_details: customer || p.customer_email
			? { address: null, business_name: null, email: p.customer_email ?? customer.email, individual_name: null, name: null, phone: null, tax_exempt: 'none', tax_ids: null }
			: null,
		customer_email: p.customer_email ?? null,
		discounts: [],
		expires_at: p.expires_at ?? now + DAY, integration_identifier: null, invoice: null, invoice_creation: null, livemode: false,
		locale: p.locale ?? null, managed_payments: null, metadata: applyMetadata({}, p.metadata), mode: 'subscription',
		origin_context: null, payment_intent: null, payment_link: null,
		payment_method_collection: p.payment_method_collection ?? 'always', payment_method_configuration_details: null,
		payment_method_options: { card: { request_three_d_secure: 'automatic' } }, payment_method_types: ['card'],
		payment_status: 'unpaid', permissions: null, phone_number_collection: { enabled: false }, recovered_from: null,
		saved_payment_method_options: { allow_redisplay_filters: ['always'], payment_method_remove: 'disabled', payment_method_save: null },
		setup_intent: null, shipping_address_collection: null, shipping_cost: null, shipping_options: [], status: 'open',
		submit_type: null, subscription: null, success_url: p.success_url,
		total_details: null, ui_mode: 'hosted_page',
		url: `${w.publicUrl}/pay/${id}#${FRAGMENT}`, wallet_options: null,
		sandbox: {
			intent: null, customer: null, keepsName: p.customer_update?.name === 'auto',
			lineItems: p.line_items.map((item, i) => ({
				id: newId('li'), object: 'item', adjustable_quantity: null, currency: prices[i].currency,
				description: w.store.products.get(prices[i].product)?.name ?? null, metadata: {}, price: bare(prices[i]), quantity: item.quantity
			})),
			wish: {
				items: p.line_items.map(({ price, quantity }) => ({ price, quantity })), metadata: applyMetadata({}, data.metadata),
				description: data.description, billingMode: data.billing_mode?.type, trialDays: data.trial_period_days, trialEnd: data.trial_end,
				missingPaymentMethod: data.trial_settings?.end_behavior.missing_payment_method,
				coupon: discount?.coupon.id ?? null, promotionCode: discount?.promotionCode ?? null
			}
		}
	};
	priceSession(w, session);
	w.store.sessions.set(id, session);
	return session;
}

function expire(w, session) {
	if (session.status !== 'open')
		throw invalid(`Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`, 'session');
	return expireSession(w, session);
}

const findSession = (w, id) => {
	const session = w.store.sessions.get(id);
	if (!session)
		throw noSuch('checkout.session', id, 'session');
	return session;
};

export const ROUTES = {
	'POST /v1/checkout/sessions': { params: CREATE, check, run: (w, _, p) => create(w, p) },
	'GET /v1/checkout/sessions': {
		params: {
			...PAGE, created: range, customer: text(), customer_details: hash({ email: must(text()) }), payment_intent: text(),
			status: oneOf('complete', 'expired', 'open'), subscription: text(), ...unplayed('customer_account payment_link')
		},
		run: (w, _, p) => listOf(w, [...w.store.sessions.values()].filter((o) => inRange(o.created, p.created) &&
			(!p.customer || o.customer === p.customer) && (!p.status || o.status === p.status) &&
			(!p.subscription || o.subscription === p.subscription) && (!p.payment_intent || o.payment_intent === p.payment_intent) &&
			(!p.customer_details || o.customer_details?.email === p.customer_details.email)), '/v1/checkout/sessions', p)
	},
	'GET /v1/checkout/sessions/:id': { run: (w, { id }) => findSession(w, id) },
	'POST /v1/checkout/sessions/:id': {
		params: { metadata, ...unplayed('automatic_tax collected_information line_items shipping_options') },
		run: (w, { id }, p) => {
			const session = findSession(w, id);
			session.metadata = applyMetadata(session.metadata, p.metadata);
			return session;
		}
	},
	'POST /v1/checkout/sessions/:id/expire': { run: (w, { id }) => expire(w, findSession(w, id)) },
	'GET /v1/checkout/sessions/:id/line_items': {
		params: PAGE,
		run: (w, { id }, p) => listOf(w, [...findSession(w, id).sandbox.lineItems].reverse(), `/v1/checkout/sessions/${id}/line_items`, p)
	}
};
