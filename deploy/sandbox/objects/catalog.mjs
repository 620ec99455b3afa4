// SPDX-License-Identifier: MIT
//
// /v1/products and /v1/prices

import { invalid, StripeError } from '../errors.mjs';
import { change, emit } from '../events.mjs';
import { newId } from '../ids.mjs';
import { inRange, listOf } from '../list.mjs';
import { checkAmount, checkCurrency } from '../money.mjs';
import { applyMetadata, bool, hash, int, list, metadata, must, oneOf, orEmpty, PAGE, range, text, unplayed, url } from '../params.mjs';
import { find, findParam } from './find.mjs';

export function addProduct(w, p) {
	const now = w.clock.now();
	const product = {
		id: p.id ?? newId('prod', 14), object: 'product', active: p.active ?? true, created: now, default_price: null,
		description: p.description ?? null, images: p.images ?? [], livemode: false, marketing_features: [],
		metadata: applyMetadata({}, p.metadata), name: p.name, package_dimensions: null, shippable: null,
		statement_descriptor: p.statement_descriptor ?? null, tax_code: null, tax_details: null, type: 'service',
		unit_label: p.unit_label ?? null, updated: now, url: p.url ?? null
	};
	w.store.products.set(product.id, product);
	return product;
}

export function addPrice(w, p) {
	const price = {
		id: p.id ?? newId('price'), object: 'price', active: p.active ?? true, billing_scheme: 'per_unit', created: w.clock.now(),
		currency: p.currency, custom_unit_amount: null, livemode: false, lookup_key: p.lookup_key ?? null,
		metadata: applyMetadata({}, p.metadata), nickname: p.nickname ?? null, product: p.product,
		recurring: {
			interval: p.recurring.interval, interval_count: p.recurring.interval_count ?? 1, meter: null, trial_period_days: null,
			usage_type: 'licensed'
		},
		tax_behavior: 'unspecified', tiers_mode: null, transform_quantity: null, type: 'recurring', unit_amount: p.unit_amount,
		unit_amount_decimal: String(p.unit_amount)
	};
	w.store.prices.set(price.id, price);
	return price;
}

const PRODUCT = {
	active: bool, description: orEmpty(text()), images: list(text()), metadata, statement_descriptor: text(22), unit_label: orEmpty(text()),
	url: orEmpty(url), ...unplayed('default_price marketing_features package_dimensions shippable tax_code tax_details')
};

function createProduct(w, p) {
	if (p.id !== undefined && w.store.products.has(p.id))
		throw new StripeError(400, { message: `Product already exists: ${p.id}`, code: 'resource_already_exists', param: 'id' });
	const product = addProduct(w, p);
	emit(w, 'product.created', product);
	return product;
}

function createPrice(w, p) {
	if (!p.product)
		throw invalid('The sandbox makes a price for an existing product only: product is missing.', 'product', 'parameter_missing');
	findParam(w.store.products, p.product, 'product', 'product');
	checkCurrency(p.currency);
	checkAmount(p.unit_amount, p.currency, 'unit_amount');
	const price = addPrice(w, p);
	emit(w, 'price.created', price);
	return price;
}

export const ROUTES = {
	'POST /v1/products': {
		params: { ...PRODUCT, id: text(), name: must(text()), ...unplayed('default_price_data type') },
		run: (w, _, p) => createProduct(w, p)
	},
	'GET /v1/products': {
		params: { ...PAGE, active: bool, created: range, ids: list(text()), ...unplayed('shippable type url') },
		run: (w, _, p) => listOf(w, [...w.store.products.values()].filter((o) => inRange(o.created, p.created) &&
			(p.active === undefined || o.active === p.active) && (!p.ids || p.ids.includes(o.id))), '/v1/products', p)
	},
	'GET /v1/products/:id': { run: (w, { id }) => find(w.store.products, id, 'product') },
	'POST /v1/products/:id': {
		params: { ...PRODUCT, name: text() },
		run: (w, { id }, { expand, metadata: meta, ...p }) => {
			const product = find(w.store.products, id, 'product');
			return change(w, 'product.updated', product, { ...p, metadata: applyMetadata(product.metadata, meta), updated: w.clock.now() });
		}
	},
	'POST /v1/prices': {
		params: {
			active: bool, currency: must(text(3)), lookup_key: text(200), metadata, nickname: text(), product: text(),
			recurring: must(hash({ interval: must(oneOf('day', 'week', 'month', 'year')), interval_count: int(1, 156),
				...unplayed('meter trial_period_days usage_type') })),
			unit_amount: must(int(0)),
			...unplayed('billing_scheme currency_options custom_unit_amount product_data tax_behavior tiers tiers_mode transfer_lookup_key transform_quantity unit_amount_decimal')
		},
		run: (w, _, p) => createPrice(w, p)
	},
	'GET /v1/prices': {
		params: { ...PAGE, active: bool, created: range, currency: text(3), lookup_keys: list(text()), product: text(),
			type: oneOf('one_time', 'recurring'), recurring: hash({ interval: oneOf('day', 'week', 'month', 'year'), ...unplayed('meter usage_type') }) },
		run: (w, _, p) => listOf(w, [...w.store.prices.values()].filter((o) => inRange(o.created, p.created) &&
			(p.active === undefined || o.active === p.active) && (!p.currency || o.currency === p.currency) &&
			(!p.lookup_keys || p.lookup_keys.includes(o.lookup_key)) && (!p.product || o.product === p.product) &&
			(!p.type || o.type === p.type) && (!p.recurring?.interval || o.recurring.interval === p.recurring.interval)), '/v1/prices', p)
	},
	'GET /v1/prices/:id': { run: (w, { id }) => find(w.store.prices, id, 'price', 'price') },
	'POST /v1/prices/:id': {
		params: { active: bool, lookup_key: text(200), metadata, nickname: orEmpty(text()),
			...unplayed('currency_options tax_behavior transfer_lookup_key') },
		run: (w, { id }, { expand, metadata: meta, ...p }) => {
			const price = find(w.store.prices, id, 'price', 'price');
			return change(w, 'price.updated', price, { ...p, metadata: applyMetadata(price.metadata, meta) });
		}
	}
};
