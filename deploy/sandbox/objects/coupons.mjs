// SPDX-License-Identifier: MIT
//
// /v1/coupons and /v1/promotion_codes

import { exclusiveParams, invalid, missingParam, StripeError } from '../errors.mjs';
import { change, emit } from '../events.mjs';
import { newId } from '../ids.mjs';
import { inRange, listOf } from '../list.mjs';
import { checkCurrency } from '../money.mjs';
import { applyMetadata, bool, hash, int, list, metadata, must, number, oneOf, PAGE, range, text, unplayed } from '../params.mjs';
import { find, findParam } from './find.mjs';

export function addCoupon(w, p) {
	const coupon = {
		id: p.id ?? newId('x', 8).slice(2), object: 'coupon', amount_off: p.amount_off ?? null, created: w.clock.now(),
		currency: p.amount_off === undefined ? null : p.currency, duration: p.duration ?? 'once',
		duration_in_months: p.duration_in_months ?? null, livemode: false, max_redemptions: p.max_redemptions ?? null,
		metadata: applyMetadata({}, p.metadata), name: p.name ?? null, percent_off: p.percent_off ?? null,
		redeem_by: p.redeem_by ?? null, times_redeemed: 0, valid: true, sandbox: { appliesTo: p.applies_to ?? null }
	};
	w.store.coupons.set(coupon.id, coupon);
	return coupon;
}

function checkCoupon(p) {
	if (p.percent_off !== undefined && p.amount_off !== undefined)
		throw exclusiveParams('percent_off', 'amount_off');
	if (p.percent_off === undefined && p.amount_off === undefined)
		throw invalid('Must provide percent_off or amount_off.');
	if (p.amount_off !== undefined && p.currency === undefined)
		throw missingParam('currency');
	if (p.currency !== undefined)
		checkCurrency(p.currency);
	if ((p.duration === 'repeating') !== (p.duration_in_months !== undefined))
		throw invalid('duration_in_months is required if, and only if, duration is repeating.', 'duration_in_months');
}

function createCoupon(w, p) {
	if (p.id !== undefined && w.store.coupons.has(p.id))
		throw new StripeError(400, { message: 'Coupon already exists.', code: 'resource_already_exists', param: 'id' });
	const coupon = addCoupon(w, p);
	emit(w, 'coupon.created', coupon);
	return coupon;
}

// Can it still be redeemed? It says so itself, as of now.
function isRedeemable(w, coupon) {
	const over = coupon.redeem_by !== null && coupon.redeem_by < w.clock.now();
	const used = coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions;
	return !over && !used;
}

const judged = (w, coupon) => Object.assign(coupon, { valid: isRedeemable(w, coupon) });

// The code that Stripe answers with is the same for every reason.
export function checkRedeemable(w, coupon, param, currency) {
	if (!isRedeemable(w, coupon))
		throw invalid(`Coupon ${coupon.id} is expired and cannot be used.`, param, 'coupon_expired');
	if (coupon.currency !== null && coupon.currency !== currency)
		throw invalid(`The coupon ${coupon.id} takes off an amount of ${coupon.currency} and cannot be used for ${currency}.`, param);
}

const hasPaid = (w, customer) => [...w.store.invoices.values()].some((i) => i.customer === customer && i.status === 'paid');

// Whose it is, for how long, how often, for how much: each restriction that a code may have.
export function checkPromotion(w, promotion, { customer, currency, amount, param }) {
	const refuse = (why) => {
		throw invalid(`This promotion code cannot be redeemed because ${why}.`, param);
	};
	const { first_time_transaction: first, minimum_amount: least, minimum_amount_currency: leastIn } = promotion.restrictions;
	if (!promotion.active)
		throw invalid('This promotion code is inactive.', param);
	if (promotion.expires_at !== null && promotion.expires_at <= w.clock.now())
		refuse('it has expired');
	if (promotion.max_redemptions !== null && promotion.times_redeemed >= promotion.max_redemptions)
		refuse('it has been used as often as it may be');
	if (promotion.customer !== null && promotion.customer !== customer)
		refuse('it is for another customer');
	if (first && hasPaid(w, customer))
		refuse('the associated customer has prior transactions');
	if (least !== null && (leastIn !== currency || amount < least))
		refuse('the minimum amount is not reached');
	checkRedeemable(w, w.store.coupons.get(promotion.promotion.coupon), param, currency);
}

function createPromotionCode(w, p) {
	if (p.promotion.coupon === undefined)
		throw missingParam('promotion[coupon]');
	findParam(w.store.coupons, p.promotion.coupon, 'coupon', 'promotion[coupon]');
	const { minimum_amount: least, minimum_amount_currency: currency } = p.restrictions ?? {};
	if ((least === undefined) !== (currency === undefined))
		throw invalid('minimum_amount and minimum_amount_currency belong together.', 'restrictions[minimum_amount]');
	const code = p.code ?? newId('x', 8).slice(2).toUpperCase();
	if ([...w.store.promotion_codes.values()].some((o) => o.active && o.code.toLowerCase() === code.toLowerCase()))
		throw invalid(`An active promotion code with \`code: ${code}\` already exists.`, 'code');
	const promotion = {
		id: newId('promo'), object: 'promotion_code', active: p.active ?? true, code, created: w.clock.now(),
		customer: p.customer ?? null, customer_account: null, expires_at: p.expires_at ?? null, livemode: false,
		max_redemptions: p.max_redemptions ?? null, metadata: applyMetadata({}, p.metadata),
		promotion: { coupon: p.promotion.coupon, type: 'coupon' },
		restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null, ...p.restrictions }, times_redeemed: 0
	};
	w.store.promotion_codes.set(promotion.id, promotion);
	emit(w, 'promotion_code.created', promotion);
	return promotion;
}

// A deleted coupon goes on working where it was applied, but cannot be found any more.
const findCoupon = (w, id) =>
	find(w.store.coupons.get(id)?.deleted ? new Map() : w.store.coupons, id, 'coupon', 'coupon');

export const ROUTES = {
	'POST /v1/coupons': {
		params: {
			amount_off: int(1), currency: text(3), duration: oneOf('forever', 'once', 'repeating'), duration_in_months: int(1, 60), id: text(),
			max_redemptions: int(1), metadata, name: text(40), percent_off: number(0.01, 100), redeem_by: int(1),
			applies_to: hash({ products: list(text()) }), ...unplayed('currency_options')
		},
		check: checkCoupon, run: (w, _, p) => createCoupon(w, p)
	},
	'GET /v1/coupons': {
		params: { ...PAGE, created: range },
		run: (w, _, p) => listOf(w, [...w.store.coupons.values()].filter((o) => !o.deleted && inRange(o.created, p.created))
			.map((o) => judged(w, o)), '/v1/coupons', p)
	},
	'GET /v1/coupons/:id': { run: (w, { id }) => judged(w, findCoupon(w, id)) },
	'DELETE /v1/coupons/:id': {
		run: (w, { id }) => {
			const coupon = findCoupon(w, id);
			emit(w, 'coupon.deleted', coupon);
			return Object.assign(coupon, { deleted: true, valid: false });
		}
	},
	'POST /v1/promotion_codes': {
		params: {
			promotion: must(hash({ type: must(oneOf('coupon')), coupon: text() })), active: bool, code: text(500), customer: text(),
			expires_at: int(1), max_redemptions: int(1), metadata,
			restrictions: hash({ first_time_transaction: bool, minimum_amount: int(1), minimum_amount_currency: text(3), ...unplayed('currency_options') }),
			...unplayed('customer_account')
		},
		run: (w, _, p) => createPromotionCode(w, p)
	},
	'GET /v1/promotion_codes': {
		params: { ...PAGE, active: bool, code: text(), coupon: text(), created: range, customer: text(), ...unplayed('customer_account') },
		run: (w, _, p) => listOf(w, [...w.store.promotion_codes.values()].filter((o) => inRange(o.created, p.created) &&
			(p.active === undefined || o.active === p.active) && (!p.code || o.code.toLowerCase() === p.code.toLowerCase()) &&
			(!p.coupon || o.promotion.coupon === p.coupon) && (!p.customer || o.customer === p.customer)), '/v1/promotion_codes', p)
	},
	'GET /v1/promotion_codes/:id': { run: (w, { id }) => find(w.store.promotion_codes, id, 'promotion code', 'promotion_code') },
	'POST /v1/promotion_codes/:id': {
		params: { active: bool, metadata, ...unplayed('restrictions') },
		run: (w, { id }, { expand, metadata: meta, ...p }) => {
			const code = find(w.store.promotion_codes, id, 'promotion code', 'promotion_code');
			return change(w, 'promotion_code.updated', code, { ...p, metadata: applyMetadata(code.metadata, meta) });
		}
	}
};
