// SPDX-License-Identifier: MIT
//
// What a purchase comes to: tax, currencies, coupons and promotion codes, sums too small to be charged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, start } from './harness.mjs';

async function priceIn(world, currency, unit_amount) {
	return (await world.stripe.prices.create({ product: 'prod_pro', currency, unit_amount, recurring: { interval: 'month' } })).id;
}

async function buy(world, price, fields = {}) {
	const session = await world.session(await world.customer(), { line_items: [{ price, quantity: 1 }], ...fields });
	return { session, ...await world.control('pay', { session: session.id }) };
}

test('tax is added or contained, the page and the invoice say the same', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	for (const [tax, total, amount, without] of [['exclusive', 3106, 496, 2610], ['inclusive', 2610, 417, 2193]]) {
		await world.control('settings', { tax });
		const { session, invoice: id } = await buy(world, 'price_month', { discounts: [{ coupon: 'REF10' }] });
		assert.deepEqual([session.amount_total, session.total_details.amount_tax], [total, amount], tax);
		const invoice = await stripe.invoices.retrieve(id);
		assert.deepEqual([invoice.total, invoice.total_excluding_tax, invoice.amount_paid], [total, without, total], tax);
		const [line] = invoice.lines.data;
		assert.deepEqual([line.amount, line.taxes[0].amount, line.taxes[0].taxable_amount, line.taxes[0].tax_behavior], [2900, amount, without, tax]);
		assert.deepEqual(invoice.total_taxes, line.taxes);
		assert.equal((await stripe.taxRates.retrieve(line.taxes[0].tax_rate_details.tax_rate)).inclusive, tax === 'inclusive');
	}
	// A credit note for the whole line is for the tax too.
	const { invoice: id } = await buy(world, 'price_month', { discounts: [{ coupon: 'REF10' }] });
	const { lines } = await stripe.invoices.retrieve(id);
	const note = await stripe.creditNotes.create({ invoice: id, out_of_band_amount: 2610, lines: [{ type: 'invoice_line_item', invoice_line_item: lines.data[0].id, quantity: 1 }] });
	assert.deepEqual([note.subtotal, note.discount_amount, note.total, note.total_excluding_tax, note.total_taxes[0].amount], [2900, 290, 2610, 2193, 417]);
});

test('who owes no tax pays none, and automatic tax needs to know where', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	await world.control('settings', { tax: 'exclusive' });
	const exempt = await world.customer({ tax_exempt: 'reverse' });
	const { invoice } = await world.control('pay', { session: (await world.session(exempt)).id });
	const { total, total_taxes: [tax], customer_tax_exempt: why } = await stripe.invoices.retrieve(invoice);
	assert.deepEqual([total, tax.amount, tax.taxability_reason, why], [2900, 0, 'reverse_charge', 'reverse']);
	await assert.rejects(world.session(exempt, { automatic_tax: { enabled: true } }), { code: 'customer_tax_location_invalid' });
	await stripe.customers.update(exempt.id, { address: { country: 'DE' } });
	assert.equal((await world.session(exempt, { automatic_tax: { enabled: true } })).automatic_tax.enabled, true);
});

test('currencies without decimals and with three', async (t) => {
	const world = await start(t);
	for (const [currency, amount] of [['jpy', 101], ['kwd', 10010], ['isk', 250000]]) {
		const { invoice } = await buy(world, await priceIn(world, currency, amount));
		const paid = await world.stripe.invoices.retrieve(invoice);
		assert.deepEqual([paid.currency, paid.amount_paid], [currency, amount]);
	}
	const { url } = await world.session(await world.customer(), { line_items: [{ price: await priceIn(world, 'jpy', 1500), quantity: 1 }] });
	assert.match(await (await fetch(url)).text(), /Pay ¥1,500</);
	for (const [currency, amount] of [['kwd', 10011], ['ugx', 150]])
		await assert.rejects(priceIn(world, currency, amount), { param: 'unit_amount', code: 'parameter_invalid_integer' });
	await assert.rejects(priceIn(world, 'zzz', 100), { param: 'currency' });
});

test('what is too little to be charged is refused at the door and owed later', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const few = await priceIn(world, 'eur', 49);
	await assert.rejects(world.session(await world.customer(), { line_items: [{ price: few, quantity: 1 }] }), { code: 'amount_too_small', message: /at least €0\.50\.$/ });
	const { subscription, session } = await buy(world, 'price_month', { subscription_data: { trial_period_days: 3 } });
	const { items } = await stripe.subscriptions.retrieve(subscription);
	await stripe.subscriptions.update(subscription, { items: [{ id: items.data[0].id, price: few }] });
	await world.control('clock', { advance_seconds: 4 * DAY });
	const [first] = (await stripe.invoices.list({ subscription })).data;
	assert.deepEqual([first.total, first.amount_due, first.amount_paid, first.ending_balance, first.status], [49, 0, 0, 49, 'paid']);
	assert.deepEqual((await stripe.customers.listBalanceTransactions(session.customer)).data.map((b) => [b.type, b.amount]), [['invoice_too_small', 49]]);
	await world.control('clock', { advance_seconds: 32 * DAY });
	const [second] = (await stripe.invoices.list({ subscription })).data;
	assert.deepEqual([second.starting_balance, second.amount_due, second.amount_paid, second.ending_balance], [49, 98, 98, 0]);
});

test('a coupon fits the currency and the product', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const dollars = await priceIn(world, 'usd', 3000);
	const page = async (price, coupon) => world.session(await world.customer(), { line_items: [{ price, quantity: 1 }], discounts: [{ coupon }] });
	await assert.rejects(page(dollars, 'ONCE5'), { param: 'discounts[0][coupon]' });
	assert.equal((await page(dollars, 'REF10')).amount_total, 2700);
	const other = await stripe.products.create({ name: 'Other' });
	const { id: elsewhere } = await stripe.coupons.create({ percent_off: 50, applies_to: { products: [other.id] } });
	assert.deepEqual((await stripe.coupons.retrieve(elsewhere, { expand: ['applies_to'] })).applies_to.products, [other.id]);
	assert.equal('applies_to' in await stripe.coupons.retrieve(elsewhere), false);
	assert.equal((await page('price_month', elsewhere)).amount_total, 2900);
	const { subscription } = await buy(world, 'price_month');
	const { id: inDollars } = await stripe.coupons.create({ amount_off: 100, currency: 'usd' });
	await assert.rejects(stripe.subscriptions.update(subscription, { discounts: [{ coupon: inDollars }] }), { param: 'discounts[0][coupon]' });
});

test('a promotion code is typed on the page, and each restriction counts', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const promotion = { type: 'coupon', coupon: 'REF10' };
	const { id } = await stripe.promotionCodes.create({ promotion, code: 'HELLO', max_redemptions: 1, restrictions: { first_time_transaction: true } });
	await stripe.promotionCodes.create({ promotion, code: 'BIG', restrictions: { minimum_amount: 5000, minimum_amount_currency: 'eur' } });
	await stripe.promotionCodes.create({ promotion, code: 'OLD', expires_at: Math.floor(Date.now() / 1000) - 1 });
	await stripe.promotionCodes.create({ promotion, code: 'MINE', customer: (await world.customer()).id });
	const customer = await world.customer();
	const session = await world.session(customer, { allow_promotion_codes: true });
	const type = async (code, on = session) => {
		const res = await fetch(on.url, { method: 'POST', body: new URLSearchParams({ promotion: code }) });
		return [res.status, /id="promotion-problem">([^<]*)</.exec(await res.text())?.[1]];
	};
	assert.deepEqual(await type('none'), [422, 'This code is invalid.']);
	for (const code of ['BIG', 'OLD', 'MINE'])
		assert.equal((await type(code))[0], 422, code);
	assert.deepEqual(await type(' hello '), [200, undefined]);
	assert.equal((await stripe.checkout.sessions.retrieve(session.id)).amount_total, 2610);
	const { invoice, subscription } = await world.control('pay', { session: session.id });
	assert.equal((await stripe.invoices.retrieve(invoice)).total, 2610);
	assert.equal((await stripe.promotionCodes.retrieve(id)).times_redeemed, 1);
	const { discounts: [discount] } = await stripe.subscriptions.retrieve(subscription, { expand: ['discounts'] });
	assert.equal(discount.promotion_code, id);

	const second = await stripe.promotionCodes.create({ promotion, code: 'FIRST', restrictions: { first_time_transaction: true } });
	await assert.rejects(world.session(customer, { discounts: [{ promotion_code: second.id }] }), { message: /prior transactions/ });
	await assert.rejects(world.session(await world.customer(), { discounts: [{ promotion_code: id }] }), { param: 'discounts[0][promotion_code]' });
	const closed = await world.session(await world.customer());
	assert.deepEqual(await type('FIRST', closed), [422, undefined]);
});

test('a discount comes and goes with an event', async (t) => {
	const world = await start(t);
	const { subscription } = await buy(world, 'price_month', { discounts: [{ coupon: 'ONCE5' }] });
	const told = (await world.control('events')).map((e) => e.type).filter((type) => type.startsWith('customer.discount.'));
	assert.deepEqual(told, ['customer.discount.created', 'customer.discount.deleted'], 'once is spent by the first invoice');
	await world.stripe.subscriptions.update(subscription, { discounts: [{ coupon: 'REF10' }] });
	await world.stripe.subscriptions.update(subscription, { discounts: '' });
	const all = (await world.control('events')).map((e) => e.type).filter((type) => type.startsWith('customer.discount.'));
	assert.equal(all.length, 4);
});

test('one customer pays in one currency', async (t) => {
	const world = await start(t);
	const { customer } = await world.purchase();
	const dollars = await priceIn(world, 'usd', 3000);
	await assert.rejects(world.session(customer, { line_items: [{ price: dollars, quantity: 1 }] }), {
		statusCode: 400, code: undefined, message: /^You cannot combine currencies on a single customer\./
	});
});

test('a code that is typed after a declined card changes what is charged', async (t) => {
	const world = await start(t);
	await world.stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: 'REF10' }, code: 'LATE' });
	const session = await world.session(await world.customer(), { allow_promotion_codes: true });
	assert.ok((await world.control('pay', { session: session.id, card: '4000000000000002' })).error);
	const { invoice } = await world.control('pay', { session: session.id, promotion_code: 'LATE' });
	const { total, amount_paid: paid, amount_overpaid: more } = await world.stripe.invoices.retrieve(invoice);
	assert.deepEqual([total, paid, more], [2610, 2610, 0]);
});

test('people pay in their own money, the books are in ours', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	await world.control('settings', { presentment: 'jpy' });
	const { session: { id }, invoice, customer } = await world.purchase();
	const session = await stripe.checkout.sessions.retrieve(id);
	assert.deepEqual([session.currency, session.amount_total, session.presentment_details], ['eur', 2900, { presentment_amount: 4640, presentment_currency: 'jpy' }]);
	assert.deepEqual([(await stripe.invoices.retrieve(invoice)).currency, (await stripe.invoices.retrieve(invoice)).amount_paid], ['eur', 2900]);
	const [charge] = (await stripe.charges.list({ customer: customer.id })).data;
	assert.equal(charge.presentment_details.presentment_amount, 4640);
	const refund = await stripe.refunds.create({ charge: charge.id, amount: 1450 });
	assert.deepEqual([refund.amount, refund.currency, refund.presentment_details.presentment_amount], [1450, 'eur', 2320]);
});
