// SPDX-License-Identifier: MIT
//
// Each resource goes through the official SDK and comes back in the shape of 2026-10-28.endive.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP, KEY, raw, start } from './harness.mjs';

test('customers', async (t) => {
	const { stripe } = await start(t);
	const c = await stripe.customers.create({ email: 'Ann@example.com', name: "Ann & 'Bob' [ü]", metadata: { user_id: "it's", cello_ucc: 'x' } });
	assert.match(c.id, /^cus_/);
	assert.match(c.lastResponse.requestId, /^req_/);
	assert.equal(c.lastResponse.apiVersion, '2026-10-28.endive');
	assert.equal(c.name, "Ann & 'Bob' [ü]");
	const changed = await stripe.customers.update(c.id, { metadata: { cello_ucc: '', more: '1' }, name: 'Ann' });
	assert.deepEqual(changed.metadata, { user_id: "it's", more: '1' });
	assert.deepEqual((await stripe.customers.list({ email: 'Ann@example.com' })).data.map((o) => o.id), [c.id]);
	assert.equal((await stripe.customers.list({ email: 'ann@example.com' })).data.length, 0);
	const found = await stripe.customers.search({ query: "metadata['user_id']:'it\\'s' AND email:'Ann@example.com'" });
	assert.deepEqual(found.data.map((o) => o.id), [c.id]);
	assert.equal((await stripe.customers.search({ query: "metadata['user_id']:'no'" })).data.length, 0);
	assert.deepEqual({ ...await stripe.customers.del(c.id) }, { id: c.id, object: 'customer', deleted: true });
	assert.equal((await stripe.customers.retrieve(c.id)).deleted, true);
	assert.equal((await stripe.customers.list()).data.length, 0);
	await assert.rejects(stripe.customers.update(c.id, { name: 'x' }), { code: 'resource_missing', statusCode: 404 });
});

test('pages of a list, forwards and backwards', async (t) => {
	const { stripe } = await start(t);
	const ids = [];
	for (let i = 0; i < 7; i++)
		ids.unshift((await stripe.customers.create({ name: String(i) })).id);
	const seen = [];
	for await (const c of stripe.customers.list({ limit: 3 }))
		seen.push(c.id);
	assert.deepEqual(seen, ids);
	const back = await stripe.customers.list({ limit: 2, ending_before: ids[5] });
	assert.deepEqual(back.data.map((c) => c.id), [ids[3], ids[4]]);
	assert.equal(back.has_more, true);
	await assert.rejects(stripe.customers.list({ starting_after: 'cus_none' }), { code: 'resource_missing', param: 'starting_after' });
});

test('catalog', async (t) => {
	const { stripe } = await start(t);
	assert.equal((await stripe.prices.retrieve('price_month', { expand: ['product'] })).product.name, 'Pro');
	const product = await stripe.products.create({ name: 'Team' });
	const price = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 100, recurring: { interval: 'week' } });
	assert.deepEqual((await stripe.prices.list({ product: product.id })).data.map((p) => p.id), [price.id]);
	assert.equal((await stripe.products.list()).data.length, 2);
	assert.equal((await stripe.coupons.retrieve('REF10')).percent_off, 10);
	const coupon = await stripe.coupons.create({ percent_off: 12.5, duration: 'forever' });
	const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'HELLO' });
	assert.equal((await stripe.promotionCodes.list({ code: 'hello' })).data[0].id, code.id);
	assert.equal((await stripe.coupons.del(coupon.id)).deleted, true);
	await assert.rejects(stripe.coupons.retrieve(coupon.id), { code: 'resource_missing', param: 'coupon' });
});

test('a purchase, from session to charge', async (t) => {
	const { stripe, ...world } = await start(t);
	const { customer, session, ...paid } = await world.purchase({ session: {
		client_reference_id: 'user-1', metadata: { a: '1' }, subscription_data: { metadata: { b: '2' } }, discounts: [{ coupon: 'REF10' }]
	} });
	assert.equal(session.status, 'open');
	assert.ok(session.url.startsWith(`${world.url}/pay/${session.id}#`) && session.url.length > 800, session.url);
	assert.equal(session.subscription, null);
	assert.equal(session.livemode, false);
	assert.equal(session.amount_total, 2610);
	assert.equal(session.line_items, undefined);

	const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items', 'subscription.latest_invoice.payments', 'customer'] });
	assert.deepEqual([done.status, done.payment_status, done.url, done.client_reference_id, done.metadata.a], ['complete', 'paid', null, 'user-1', '1']);
	assert.equal(done.customer.id, customer.id);
	assert.equal(done.line_items.data[0].price.id, 'price_month');
	const sub = done.subscription;
	assert.equal(sub.id, paid.subscription);
	assert.equal(sub.status, 'active');
	assert.equal('current_period_end' in sub, false);
	assert.equal(sub.billing_mode.type, 'flexible');
	assert.deepEqual(sub.metadata, { b: '2' });
	const [item] = sub.items.data;
	assert.ok(item.current_period_end - item.current_period_start >= 28 * 86400);
	const invoice = sub.latest_invoice;
	assert.equal(invoice.id, done.invoice);
	assert.deepEqual([invoice.status, invoice.subtotal, invoice.total, invoice.amount_paid, invoice.billing_reason], ['paid', 2900, 2610, 2610, 'subscription_create']);
	assert.deepEqual(invoice.parent.subscription_details, { metadata: { b: '2' }, subscription: sub.id });
	for (const gone of ['subscription', 'paid', 'charge', 'payment_intent', 'discount'])
		assert.equal(gone in invoice, false);
	const [line] = invoice.lines.data;
	assert.deepEqual(line.pricing.price_details, { price: 'price_month', product: 'prod_pro' });
	assert.equal(line.parent.subscription_item_details.subscription_item, item.id);
	const [payment] = invoice.payments.data;
	const pi = await stripe.paymentIntents.retrieve(payment.payment.payment_intent, { expand: ['latest_charge.customer'] });
	assert.equal(pi.latest_charge.customer.id, customer.id);
	assert.deepEqual((await stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: pi.id } })).data.map((p) => p.invoice), [invoice.id]);
	assert.equal((await stripe.invoicePayments.retrieve(payment.id)).status, 'paid');
	const [discount] = (await stripe.subscriptions.retrieve(sub.id, { expand: ['discounts.source.coupon'] })).discounts;
	assert.equal(discount.source.coupon.id, 'REF10');
	assert.equal((await stripe.charges.list({ customer: customer.id })).data[0].id, pi.latest_charge.id);
	assert.equal((await stripe.checkout.sessions.list({ customer: customer.id, status: 'open' })).data.length, 0);
	assert.equal((await stripe.checkout.sessions.list({ subscription: sub.id })).data[0].id, session.id);
	assert.equal((await stripe.invoices.list({ subscription: sub.id })).data.length, 1);
	assert.equal((await stripe.subscriptions.list({ customer: customer.id })).data.length, 1);
	await assert.rejects(stripe.invoices.pay(invoice.id), { code: 'invoice_already_paid' });
	await assert.rejects(stripe.invoices.voidInvoice(invoice.id), { statusCode: 400 });
});

test('trial and full discount need no payment', async (t) => {
	const world = await start(t);
	const trial = await world.purchase({ session: { subscription_data: { trial_period_days: 14 } } }, '4000000000000341');
	const sub = await world.stripe.subscriptions.retrieve(trial.subscription, { expand: ['latest_invoice.payments'] });
	assert.equal(sub.status, 'trialing');
	assert.equal(sub.trial_end, sub.items.data[0].current_period_end);
	assert.deepEqual([sub.latest_invoice.status, sub.latest_invoice.total, sub.latest_invoice.payments.data], ['paid', 0, []]);
	const free = await world.purchase({ session: { discounts: [{ coupon: 'FREE' }] } });
	const session = await world.stripe.checkout.sessions.retrieve(free.session.id);
	assert.equal(session.payment_status, 'no_payment_required');
	assert.equal((await world.stripe.subscriptions.retrieve(free.subscription)).status, 'active');
	// "once" is spent.
	assert.deepEqual((await world.stripe.subscriptions.retrieve(free.subscription)).discounts, []);
});

test('subscriptions change and end', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { subscription: id, customer } = await world.purchase();
	const sub = await stripe.subscriptions.update(id, { cancel_at_period_end: true });
	assert.deepEqual([sub.cancel_at_period_end, sub.cancel_at], [true, sub.items.data[0].current_period_end]);
	const kept = await stripe.subscriptions.update(id, { cancel_at_period_end: false });
	assert.deepEqual([kept.cancel_at_period_end, kept.cancel_at, kept.canceled_at], [false, null, null]);
	const more = await stripe.subscriptions.update(id, { items: [{ id: kept.items.data[0].id, quantity: 3 }], proration_behavior: 'always_invoice', metadata: { x: 'y' } });
	assert.equal(more.items.data[0].quantity, 3);
	const invoice = await stripe.invoices.retrieve(more.latest_invoice);
	assert.deepEqual([invoice.billing_reason, invoice.total, invoice.status], ['subscription_update', 5800, 'paid']);
	assert.equal(invoice.lines.data.every((l) => l.parent.subscription_item_details.proration), true);
	const yearly = await stripe.subscriptions.update(id, { items: [{ id: kept.items.data[0].id, price: 'price_year', quantity: 1 }] });
	assert.equal(yearly.items.data[0].price.recurring.interval, 'year');
	assert.ok(yearly.items.data[0].current_period_end - yearly.items.data[0].current_period_start >= 365 * 86400);
	const gone = await stripe.subscriptions.cancel(id);
	assert.equal(gone.status, 'canceled');
	assert.ok(gone.ended_at);
	assert.equal((await stripe.subscriptions.list({ customer: customer.id })).data.length, 0);
	assert.equal((await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data.length, 1);
	await assert.rejects(stripe.subscriptions.cancel(id), { code: 'resource_missing' });
});

test('refunds and disputes', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { customer } = await world.purchase();
	const [charge] = (await stripe.charges.list({ customer: customer.id })).data;
	const part = await stripe.refunds.create({ payment_intent: charge.payment_intent, amount: 900, reason: 'requested_by_customer' });
	assert.equal(part.status, 'succeeded');
	await assert.rejects(stripe.refunds.create({ charge: charge.id, amount: 2001 }), { param: 'amount' });
	await stripe.refunds.create({ charge: charge.id });
	const full = await stripe.charges.retrieve(charge.id, { expand: ['refunds'] });
	assert.deepEqual([full.refunded, full.amount_refunded, full.refunds.data.length], [true, 2900, 2]);
	await assert.rejects(stripe.refunds.create({ charge: charge.id }), { code: 'charge_already_refunded' });
	assert.equal((await stripe.refunds.list({ charge: charge.id })).data.length, 2);
	assert.equal((await stripe.refunds.retrieve(part.id)).amount, 900);

	await world.purchase({}, '4000000000000259');
	const [dispute] = (await stripe.disputes.list()).data;
	assert.equal(dispute.reason, 'fraudulent');
	assert.equal((await stripe.disputes.close(dispute.id)).status, 'lost');
	assert.equal((await stripe.disputes.retrieve(dispute.id)).balance_transactions.length, 1);

	const late = await world.purchase({}, '4000000000007726');
	const refund = await world.control('refund', { invoice: late.invoice });
	assert.equal(refund.status, 'pending');
	await world.control('clock', { advance_seconds: 61 });
	assert.equal((await stripe.refunds.retrieve(refund.id)).status, 'succeeded');
});

test('portal sessions', async (t) => {
	const world = await start(t);
	const customer = await world.customer();
	const session = await world.stripe.billingPortal.sessions.create({ customer: customer.id, return_url: 'http://127.0.0.1:8080/account' });
	assert.equal(session.url, `${world.url}/portal/${session.id}`);
	await assert.rejects(world.stripe.billingPortal.sessions.create({ customer: 'cus_none' }), { code: 'resource_missing', param: 'customer', statusCode: 400 });
});

test('a portal whose settings nobody has saved opens for nobody', async (t) => {
	const world = await start(t);
	const { billingPortal } = world.stripe;
	const { id: customer } = await world.customer();
	const usual = await billingPortal.configurations.list({ is_default: true, active: true });
	assert.deepEqual(usual.data.map((c) => [c.is_default, c.active]), [[true, true]]);
	assert.equal((await billingPortal.configurations.retrieve(usual.data[0].id)).object, 'billing_portal.configuration');
	await world.control('portal/settings', { saved: false });
	assert.deepEqual((await billingPortal.configurations.list({ is_default: true })).data, []);
	// One that is not the default does not help.
	await billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } });
	await assert.rejects(billingPortal.sessions.create({ customer }), { statusCode: 400,
		message: /^No configuration provided and your test mode default configuration has not been created\./ });
	await world.control('portal/settings', { saved: true });
	await billingPortal.sessions.create({ customer });
});

test('a coupon says itself whether it can be used', async (t) => {
	const world = await start(t);
	const { coupons } = world.stripe;
	const once = await coupons.create({ percent_off: 20, max_redemptions: 1 });
	assert.equal(once.valid, true);
	await world.purchase({ session: { discounts: [{ coupon: once.id }] } });
	assert.deepEqual([(await coupons.retrieve(once.id)).valid, (await coupons.list()).data.find((c) => c.id === once.id).valid], [false, false]);
	await assert.rejects(world.purchase({ session: { discounts: [{ coupon: once.id }] } }), { code: 'coupon_expired', param: 'discounts[0][coupon]' });
	const day = await coupons.create({ percent_off: 20, redeem_by: Math.floor(Date.now() / 1000) + 3600 });
	await world.control('clock', { advance_seconds: 7200 });
	assert.equal((await coupons.retrieve(day.id)).valid, false);
});

test('what is archived is not sold, and one customer pays in one currency', async (t) => {
	const world = await start(t);
	const { id: customer } = await world.customer();
	const page = (price) => world.stripe.checkout.sessions.create({ mode: 'subscription', customer, success_url: `${APP}/`, line_items: [{ price, quantity: 1 }] });
	const inactive = { param: 'line_items[0][price]', message: /^The price specified is inactive\./ };
	await world.stripe.products.update('prod_pro', { active: false });
	await assert.rejects(page('price_month'), inactive);
	await world.stripe.products.update('prod_pro', { active: true });
	await world.stripe.prices.update('price_year', { active: false });
	await assert.rejects(page('price_year'), inactive);

	const open = await page('price_month');
	const { id: dollars } = await world.stripe.prices.create({ product: 'prod_pro', unit_amount: 3000, currency: 'usd', recurring: { interval: 'month' } });
	await assert.rejects(page(dollars), { message: /^You cannot combine currencies on a single customer\. .* with currency eur\.$/ });
	await world.stripe.checkout.sessions.expire(open.id);
	assert.equal((await page(dollars)).currency, 'usd');
});

test('a fault has Stripe’s own words', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'stripe', action: 'status', status: 400, code: 'email_invalid', param: 'email', message: 'Invalid email address: x' });
	await assert.rejects(world.stripe.customers.create({ email: 'a@example.com' }), { code: 'email_invalid', param: 'email', message: 'Invalid email address: x' });
});

test('webhook endpoints tell their secret once', async (t) => {
	const { stripe } = await start(t);
	const made = await stripe.webhookEndpoints.create({ url: 'https://a.test/x', enabled_events: ['invoice.paid'] });
	assert.match(made.secret, /^whsec_/);
	assert.equal((await stripe.webhookEndpoints.retrieve(made.id)).secret, undefined);
	assert.equal((await stripe.webhookEndpoints.update(made.id, { disabled: true })).status, 'disabled');
	assert.equal((await stripe.webhookEndpoints.list()).data.length, 2);
	assert.equal((await stripe.webhookEndpoints.del(made.id)).deleted, true);
});

test('events are listed, filtered and paged', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	await world.purchase();
	await world.idle();
	const all = [];
	for await (const e of stripe.events.list({ limit: 4 }))
		all.push(e);
	assert.equal((await stripe.events.retrieve(all[0].id)).type, all[0].type);
	assert.deepEqual((await stripe.events.list({ type: 'invoice.paid' })).data.map((e) => e.type), ['invoice.paid']);
	assert.equal((await stripe.events.list({ types: ['invoice.paid', 'customer.created'] })).data.length, 2);
	assert.equal((await stripe.events.list({ created: { gte: Math.floor(Date.now() / 1000) + 60 } })).data.length, 0);
	// Back-filling: everything since the last good one, oldest first.
	const since = [];
	for await (const e of stripe.events.list({ limit: 3, ending_before: all.at(-1).id }))
		since.push(e.id);
	assert.deepEqual(since, all.slice(0, -1).reverse().map((e) => e.id));
});

test('the key is checked', async (t) => {
	const world = await start(t);
	for (const authorization of ['Bearer sk_test_other', 'Bearer', 'Basic ' + Buffer.from('x:').toString('base64')]) {
		const { status, body } = await raw(world, 'GET', '/v1/customers', '', { authorization });
		assert.equal(status, 401);
		assert.equal(body.error.type, 'invalid_request_error');
	}
	assert.equal((await raw(world, 'GET', '/v1/customers', '', { authorization: 'Basic ' + Buffer.from(`${KEY}:`).toString('base64') })).status, 200);
	assert.equal((await raw(world, 'GET', '/v1/nonsense')).status, 404);
	assert.equal((await raw(world, 'GET', '/v1/customers', '', { 'stripe-version': '2024-06-20' })).headers.get('stripe-version'), '2024-06-20');
});

test('the search for customers is behind', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	await world.control('settings', { search_lag: 60 });
	const by = async (key) => (await stripe.customers.search({ query: `metadata['key']:'${key}'` })).data.length;
	const { id } = await world.customer({ metadata: { key: 'a' } });
	assert.equal(await by('a'), 0);
	await world.control('clock', { advance_seconds: 61 });
	await stripe.customers.update(id, { metadata: { key: 'b' } });
	assert.deepEqual([await by('a'), await by('b')], [1, 0], 'as it was');
	await world.control('clock', { advance_seconds: 61 });
	assert.deepEqual([await by('a'), await by('b')], [0, 1]);
});

test('a card that is detached pays for nothing, and goes with its customer', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { customer, subscription } = await world.purchase();
	const [card] = (await stripe.customers.listPaymentMethods(customer.id)).data;
	assert.equal((await stripe.subscriptions.retrieve(subscription)).default_payment_method, card.id);
	assert.equal((await stripe.paymentMethods.detach(card.id)).customer, null);
	assert.equal((await stripe.subscriptions.retrieve(subscription)).default_payment_method, null);
	await assert.rejects(stripe.paymentMethods.detach(card.id), { statusCode: 400 });
	assert.deepEqual((await stripe.paymentMethods.list({ customer: customer.id })).data, []);

	const other = await world.purchase();
	const [kept] = (await stripe.customers.listPaymentMethods(other.customer.id)).data;
	await stripe.customers.del(other.customer.id);
	assert.equal((await stripe.paymentMethods.retrieve(kept.id)).customer, null);
});

test('who owes is delinquent until they have paid', async (t) => {
	const world = await start(t);
	const { customer } = await world.purchase();
	const delinquent = async () => (await world.stripe.customers.retrieve(customer.id)).delinquent;
	await world.control('card', { customer: customer.id, card: '4000000000000341' });
	await world.control('clock', { advance_seconds: 32 * 86400 });
	assert.equal(await delinquent(), true);
	const [open] = (await world.stripe.invoices.list({ customer: customer.id, status: 'open' })).data;
	await world.control('payment', { invoice: open.id, amount: 2900 });
	assert.equal(await delinquent(), false);
});
