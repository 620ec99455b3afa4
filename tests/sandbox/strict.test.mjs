// SPDX-License-Identifier: MIT
//
// What Stripe refuses, the sandbox refuses, in the same words where they are known.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, start } from './harness.mjs';

const GOOD = 'mode=subscription&line_items[0][price]=price_month&line_items[0][quantity]=1&success_url=http://a.test/';
const soon = (seconds) => Math.floor(Date.now() / 1000) + seconds;
const pairs = (n) => Array.from({ length: n }, (_, i) => `metadata[k${i}]=v`).join('&');

// what, form, code, param
const SESSIONS = [
	['unknown parameter', `${GOOD}&foo=1`, 'parameter_unknown', 'foo'],
	['unknown nested parameter', `${GOOD}&subscription_data[foo]=1`, 'parameter_unknown', 'subscription_data[foo]'],
	['unknown parameter in an array', `${GOOD}&line_items[0][amount]=1`, 'parameter_unknown', 'line_items[0][amount]'],
	['payment_method_types, gone in endive', `${GOOD}&payment_method_types[0]=card`, 'parameter_unknown', 'payment_method_types'],
	['no success_url', GOOD.replace(/&success_url.*/, ''), 'parameter_missing', 'success_url'],
	['no mode', GOOD.replace('mode=subscription&', ''), 'parameter_missing', 'mode'],
	['no line_items', 'mode=subscription&success_url=http://a.test/', 'parameter_missing', 'line_items'],
	['no quantity', GOOD.replace('&line_items[0][quantity]=1', ''), 'parameter_missing', 'line_items[0][quantity]'],
	['a quantity that is none', GOOD.replace('quantity]=1', 'quantity]=one'), 'parameter_invalid_integer', 'line_items[0][quantity]'],
	['a negative quantity', GOOD.replace('quantity]=1', 'quantity]=-1'), 'parameter_invalid_integer', 'line_items[0][quantity]'],
	['a mode that is none', GOOD.replace('subscription', 'subscribe'), undefined, 'mode'],
	['an address that is none', GOOD.replace('http://a.test/', 'a.test'), 'url_invalid', 'success_url'],
	['an empty value', `${GOOD}&client_reference_id=`, 'parameter_invalid_empty', 'client_reference_id'],
	['an unknown price', GOOD.replace('price_month', 'price_none'), 'resource_missing', 'line_items[0][price]'],
	['an unknown customer', `${GOOD}&customer=cus_none`, 'resource_missing', 'customer'],
	['an unknown coupon', `${GOOD}&discounts[0][coupon]=NONE`, 'resource_missing', 'discounts[0][coupon]'],
	['discounts with allow_promotion_codes', `${GOOD}&discounts[0][coupon]=REF10&allow_promotion_codes=true`, 'parameters_exclusive', 'allow_promotion_codes'],
	['also where it is false', `${GOOD}&discounts[0][coupon]=REF10&allow_promotion_codes=false`, 'parameters_exclusive', 'allow_promotion_codes'],
	['customer with customer_email', `${GOOD}&customer=cus_1&customer_email=a@b.c`, 'parameters_exclusive', 'customer'],
	['two kinds of trial', `${GOOD}&subscription_data[trial_end]=${soon(9e5)}&subscription_data[trial_period_days]=3`, 'parameters_exclusive', 'subscription_data[trial_end]'],
	['two discounts', `${GOOD}&discounts[0][coupon]=REF10&discounts[1][coupon]=ONCE5`, undefined, 'discounts'],
	['expires too soon', `${GOOD}&expires_at=${soon(600)}`, undefined, 'expires_at'],
	['expires too late', `${GOOD}&expires_at=${soon(90000)}`, undefined, 'expires_at'],
	['a boolean that is none', `${GOOD}&allow_promotion_codes=yes`, undefined, 'allow_promotion_codes'],
	['a hash where a text belongs', `${GOOD}&locale[a]=b`, undefined, 'locale'],
	['a text where a hash belongs', `${GOOD}&subscription_data=1`, undefined, 'subscription_data'],
	['a parameter that nothing here acts upon', `${GOOD}&adaptive_pricing[enabled]=true`, 'sandbox_unplayed', 'adaptive_pricing'],
	['51 pairs of metadata', `${GOOD}&${pairs(51)}`, undefined, 'metadata'],
	['a long metadata key', `${GOOD}&metadata[${'k'.repeat(41)}]=v`, undefined, `metadata[${'k'.repeat(41)}]`],
	['a long metadata value', `${GOOD}&metadata[k]=${'v'.repeat(501)}`, undefined, 'metadata[k]'],
	['brackets in a metadata key', `${GOOD}&metadata[a][b]=v`, undefined, 'metadata[a]'],
	['a property that cannot be expanded', `${GOOD}&expand[]=nonsense`, undefined, 'expand']
];

test('checkout sessions', async (t) => {
	const world = await start(t);
	for (const [what, form, code, param] of SESSIONS)
		await t.test(what, async () => {
			const { status, body } = await raw(world, 'POST', '/v1/checkout/sessions', form);
			assert.equal(status, 400, JSON.stringify(body));
			assert.equal(body.error.type, 'invalid_request_error');
			assert.equal(body.error.code, code);
			assert.equal(body.error.param, param);
			assert.equal(typeof body.error.message, 'string');
		});
	const { status } = await raw(world, 'POST', '/v1/checkout/sessions', `${GOOD}&${pairs(50)}&expires_at=${soon(1800)}`);
	assert.equal(status, 200);
});

test('a deleted customer can buy nothing', async (t) => {
	const world = await start(t);
	const customer = await world.customer();
	await world.stripe.customers.del(customer.id);
	await assert.rejects(world.session(customer), { code: 'resource_missing', param: 'customer', statusCode: 400 });
	await assert.rejects(world.stripe.billingPortal.sessions.create({ customer: customer.id }), { code: 'resource_missing', param: 'customer' });
});

test('a session is expired once', async (t) => {
	const world = await start(t);
	const session = await world.session(await world.customer());
	const expired = await world.stripe.checkout.sessions.expire(session.id);
	assert.deepEqual([expired.status, expired.url], ['expired', null]);
	await assert.rejects(world.stripe.checkout.sessions.expire(session.id), { statusCode: 400 });
	await assert.rejects(world.stripe.checkout.sessions.retrieve('cs_test_none'), { code: 'resource_missing', statusCode: 404 });
});

test('bodies that are not forms', async (t) => {
	const world = await start(t);
	assert.equal((await raw(world, 'POST', '/v1/customers', '{}', { 'content-type': 'application/json' })).status, 400);
	assert.equal((await raw(world, 'POST', '/v1/customers', 'name=%zz')).status, 400);
	assert.equal((await raw(world, 'POST', '/v1/customers', 'email=a@b.c&email[x]=1')).status, 400);
	assert.equal((await raw(world, 'POST', '/v1/customers', 'email=nonsense')).body.error.code, 'email_invalid');
	assert.equal((await raw(world, 'POST', '/v1/customers', '__proto__[x]=1')).body.error.code, 'parameter_unknown');
});
