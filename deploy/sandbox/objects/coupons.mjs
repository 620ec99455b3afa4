// SPDX-License-Identifier: MIT
//
// /v1/coupons and /v1/promotion_codes

import { exclusiveParams, invalid, missingParam, StripeError } from '../errors.mjs';
import { change, emit } from '../events.mjs';
import { newId } from '../ids.mjs';
import { inRange, listOf } from '../list.mjs';
import { applyMetadata, bool, hash, int, metadata, must, number, oneOf, PAGE, range, text, unplayed } from '../params.mjs';
import { find, findParam } from './find.mjs';

export function addCoupon(w, p) {
	const coupon = {
		id: p.id ?? newId('x', 8).slice(2), object: 'coupon', amount_off: p.amount_off ?? null, created: w.clock.now(),
		currency: p.amount_off === undefined ? null : p.currency, duration: p.duration ?? 'once',
		duration_in_months: p.duration_in_months ?? null, livemode: false, max_redemptions: p.max_redemptions ?? null,
		metadata: applyMetadata({}, p.metadata), name: p.name ?? null, percent_off: p.percent_off ?? null,
		redeem_by: p.redeem_by ?? null, times_redeemed: 0, valid: true
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
export function checkRedeemable(w, coupon, param) {
	if (!isRedeemable(w, coupon))
		throw invalid(`Coupon ${coupon.id} is expired and cannot be used.`, param, 'coupon_expired');
}

function createPromotionCode(w, p) {
	if (p.promotion.coupon === undefined)
		throw missingParam('promotion[coupon]');
	findParam(w.store.coupons, p.promotion.coupon, 'coupon', 'promotion[coupon]');
	const code = p.code ?? newId('x', 8).slice(2).toUpperCase();
	if ([...w.store.promotion_codes.values()].some((o) => o.active && o.code.toLowerCase() === code.toLowerCase()))
		throw invalid(`An active promotion code with \`code: ${code}\` already exists.`, 'code');
	const promotion = {
		id: newId('promo'), object: 'promotion_code', active: p.active ?? true, code, created: w.clock.now(),
		customer: p.customer ?? null, customer_account: null, expires_at: p.expires_at ?? null, livemode: false,
		max_redemptions: p.max_redemptions ?? null, metadata: applyMetadata({}, p.metadata),
		promotion: { coupon: p.promotion.coupon, type: 'coupon' },
		restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null }, times_redeemed: 0
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
			...unplayed('applies_to currency_options')
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
			expires_at: int(1), max_redemptions: int(1), metadata, ...unplayed('customer_account restrictions')
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
