// SPDX-License-Identifier: MIT
//
// What Stripe refuses for good, because of what somebody has set up or typed: a visitor gets a way on and never a 500, the
// operator the cause in Stripe's words, and once that is mended all goes on by itself.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openRig, run, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, newEmail, pay, signup, UCC } from '../rig/visitor.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'refusals' });
});
after(() => rig?.close());
afterEach(() => rig?.control('DELETE', '/faults'));

const stripe = (...args) => askStripe(rig, ...args);

const order = (visitor, plan = 'solo', more = {}) => visitor.post('/api/checkout', { plan, ...more });
const friend = () => signup(rig, { ucc: UCC });
const session = async (id) => (await rig.control('GET', '/objects/sessions')).find((s) => s.id === id);

const euros = async () =>
	(await stripe('POST', '/prices', { product: 'prod_quartet', unit_amount: 4900, currency: 'eur', 'recurring[interval]': 'month' })).id;

// What is logged while `work` is done.
async function logged(work) {
	const from = rig.log().length;
	await work();
	return rig.log().slice(from);
}

async function refused(answer, code, status = 409) {
	assert.equal(answer.status, status, answer.text);
	assert.equal(answer.json.code, code);
	assert.ok(answer.json.title.length > 20, answer.text);
}

// With other settings, for as long as `work` takes.
async function having(changes, work) {
	const was = { ...rig.config };
	const reload = (to) => {
		rig.configure(to);
		return rig.reload();
	};
	await reload(changes);
	try {
		return await work();
	} finally {
		await reload(Object.fromEntries(Object.keys(changes).map((k) => [k, was[k] ?? ''])));
	}
}

for (const [what, kill] of [
	['used up', async (id) => {
		const other = await friend();
		const { sessionId } = await checkout(other);
		assert.equal((await pay(rig, sessionId)).status, 'complete');
		assert.equal((await stripe('GET', `/coupons/${id}`)).valid, false);
	}],
	['deleted', (id) => stripe('DELETE', `/coupons/${id}`)]
])
	test(`a referral coupon that is ${what}: the page has no discount, and the log says so`, async () => {
		const id = `ONCE-${what.replace(' ', '-')}`;
		await stripe('POST', '/coupons', { id, percent_off: 20, duration: 'once', max_redemptions: 1 });
		await having({ 'plan solo.referral_coupon': id }, async () => {
			await kill(id);
			const visitor = await friend();
			await customerOf(rig, visitor.account);
			let page;
			const lines = (await logged(async () => {
				page = await checkout(visitor);
			})).filter((l) => l.level !== 'info');
			const made = await session(page.sessionId);
			assert.deepEqual([made.status, made.discounts, made.allow_promotion_codes, made.amount_total], ['open', [], true, 1900]);
			assert.deepEqual(lines.map((l) => [l.level, l.event]), [['warn', 'discount_refused']]);
			assert.match(lines[0].msg, what === 'deleted' ? /answered 400 resource_missing discounts\[0\]\[coupon\] request req_\w+: No such coupon: '/
				: /answered 400 coupon_expired discounts\[0\]\[coupon\] request req_\w+: Coupon \S+ is expired and cannot be used\./);
			assert.ok(lines[0].msg.includes(id));

			// A second click is no second page.
			assert.deepEqual(await checkout(visitor), page);
			assert.equal((await pay(rig, page.sessionId)).status, 'complete');
		});
		// Whoever comes when the coupon is another has the discount.
		const next = await session((await checkout(await friend())).sessionId);
		assert.deepEqual(next.discounts.map((d) => d.coupon), ['FRIEND20']);
	});

test('a referral coupon that leaves less than Stripe charges costs the discount and not the page', async () => {
	await stripe('POST', '/coupons', { id: 'TOO-MUCH', amount_off: 1899, currency: 'usd' });
	await having({ 'plan solo.referral_coupon': 'TOO-MUCH' }, async () => {
		const visitor = await friend();
		let page;
		const lines = await logged(async () => {
			page = await checkout(visitor);
		});
		assert.deepEqual([(await session(page.sessionId)).amount_total, (await session(page.sessionId)).discounts], [1900, []]);
		assert.match(lines.find((l) => l.event === 'discount_refused').msg, /answered 400 amount_too_small request req_\w+: .* at least \$0\.50\.$/);
	});
});

test('a plan that costs less than Stripe charges is not sold', async () => {
	const { id } = await stripe('POST', '/prices', { product: 'prod_quartet', unit_amount: 49, currency: 'usd', 'recurring[interval]': 'month' });
	const visitor = await signup(rig);
	await having({ 'plan quartet.price': id, 'plan quartet.amount': 49 }, async () => refused(await order(visitor, 'quartet'), 'plan_unavailable'));
});

for (const [what, path, words] of [
	['price', '/prices/price_quartet', /line_items\[0\]\[price\] request req_\w+: The price specified is inactive/],
	['product', '/products/prod_quartet', /The price specified is inactive/]
])
	test(`scenario 33: a plan whose ${what} is archived is not sold, and is again once it is there`, async () => {
		const visitor = await signup(rig);
		await stripe('POST', path, { active: 'false' });
		const lines = await logged(async () => {
			for (let i = 0; i < 2; i++)
				await refused(await order(visitor, 'quartet'), 'plan_unavailable');
		});
		const said = lines.filter((l) => l.event === 'call_refused');
		assert.equal(said.length, 2);
		assert.match(said[0].msg, words);
		await checkout(visitor, 'solo');
		await stripe('POST', path, { active: 'true' });
		await checkout(visitor, 'quartet');
	});

test('a plan whose price does not exist is not sold', async () => {
	const visitor = await signup(rig);
	await having({ 'plan quartet.price': 'price_nowhere' }, async () => {
		const lines = await logged(async () => refused(await order(visitor, 'quartet'), 'plan_unavailable'));
		assert.match(lines.find((l) => l.event === 'call_refused').msg, /: No such price: 'price_nowhere'$/);
	});
});

for (const [what, fault, code, status] of [
	['another currency', { message: 'You cannot combine currencies on a single customer. This customer has an active subscription.' }, 'currency_mismatch'],
	['a quantity', { param: 'line_items[0][quantity]', message: 'Quantity is too large.' }, 'validation', 422],
	['a trial', { param: 'subscription_data[trial_period_days]', message: 'Too long.' }, 'plan_unavailable'],
	['a parameter', { code: 'parameter_unknown', param: 'x' }, 'checkout_refused'],
	['what tax wants', { code: 'customer_tax_location_invalid', param: 'customer' }, 'checkout_refused'],
	['what a restricted key may not', { status: 403, message: 'The provided key does not have the required permissions.' }, 'checkout_refused']
])
	test(`Stripe refuses ${what}: no 500, and the next order is another`, async () => {
		const visitor = await signup(rig);
		await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/checkout/sessions', action: 'status', status: 400, times: -1, ...fault });
		const answer = await order(visitor);
		assert.equal(answer.status, status ?? 409, answer.text);
		if (code !== 'validation')
			assert.equal(answer.json.code, code);
		else
			assert.equal(answer.json.errors[0].field, 'quantity');
		await rig.control('DELETE', '/faults');
		await checkout(visitor);
	});

for (const [what, begin, end] of [
	['is on another page in it', async (customer) => (await stripe('POST', '/checkout/sessions', { mode: 'subscription', customer, 'line_items[0][price]': await euros(),
		'line_items[0][quantity]': 1, success_url: 'http://a.test/' })).id, (id) => stripe('POST', `/checkout/sessions/${id}/expire`)],
	['is to be billed in it', async (customer) => (await stripe('POST', '/invoiceitems', { customer, amount: 900, currency: 'eur' })).id,
		(id) => stripe('DELETE', `/invoiceitems/${id}`)]
])
	test(`somebody whose money is another one and who ${what} is told so, and buys when that is over`, async () => {
		const visitor = await signup(rig);
		const id = await begin(await customerOf(rig, visitor.account));
		const lines = await logged(async () => refused(await order(visitor), 'currency_mismatch'));
		assert.match(lines.find((l) => l.event === 'call_refused').msg, /: You cannot combine currencies on a single customer\. .* with currency eur\.$/);
		await end(id);
		await checkout(visitor);
	});

test('a customer without an address that Stripe takes is told so, and buys once it is corrected', async () => {
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/customers', action: 'status', status: 400, times: -1,
		code: 'email_invalid', param: 'email', message: 'Invalid email address: somebody@example.com' });
	const visitor = await signup(rig);
	const dead = () => rig.sql("SELECT last_error FROM stripe_call WHERE account_id = $1 AND state = 'dead'", [visitor.account.id]);
	await waitFor('the refusal', async () => (await dead()).length === 1);
	for (let i = 0; i < 3; i++)
		await refused(await order(visitor), 'email_refused');
	const left = await dead();
	assert.equal(left.length, 1);
	assert.match(left[0].last_error, /^answered 400 email_invalid email request req_\w+: Invalid email address: \(address\)$/);
	assert.match(await rig.endpin('errands', '--state', 'dead'), /email_invalid email/);

	await rig.control('DELETE', '/faults');
	await rig.sql('UPDATE account SET email = $2 WHERE id = $1', [visitor.account.id, newEmail()]);
	await checkout(visitor);
	assert.deepEqual(await dead(), []);
});

test('what Stripe does not take for an address is no address at signup', async () => {
	for (const email of ['a\u00a0b@example.com', 'c\u3000@example.com', 'a..b@example.com', '.a@example.com', 'a.@example.com',
		'\u00fc@example.com', 'jose\u0301@example.com', 'a@-x.com', 'a@x-.com', 'a\u200b@example.com', 'a@ex_ample.com']) {
		const answer = await rig.client().post('/api/signup', { email, password: 'correct-horse-9' });
		assert.equal(answer.status, 422, `${email}: ${answer.text}`);
		assert.equal(answer.json.errors[0].field, 'email');
	}
});

test('a portal that was never set up: a sentence for the member, the cause for the operator', async () => {
	const visitor = await signup(rig);
	await customerOf(rig, visitor.account);
	await rig.control('POST', '/portal/settings', { saved: false });
	const lines = await logged(async () => refused(await visitor.post('/api/portal', {}), 'portal_unavailable'));
	assert.match(lines.find((l) => l.event === 'call_refused').msg,
		/portal call \S+: answered 400 request req_\w+: No configuration provided and your test mode default configuration has not been created\. .*settings\/billing\/portal\.$/);
	await rig.control('POST', '/portal/settings', { saved: true });
	assert.equal((await visitor.post('/api/portal', {})).status, 201);
});

test('an open page of before is closed when the plan has another price', async () => {
	const visitor = await signup(rig);
	const first = await checkout(visitor, 'quartet');
	const { id } = await stripe('POST', '/prices', { product: 'prod_quartet', unit_amount: 9900, currency: 'usd', 'recurring[interval]': 'month' });
	await having({ 'plan quartet.price': id, 'plan quartet.amount': 9900 }, async () => {
		const next = await checkout(visitor, 'quartet');
		assert.notEqual(next.sessionId, first.sessionId);
		assert.deepEqual([(await session(first.sessionId)).status, (await session(next.sessionId)).amount_total], ['expired', 9900]);
		assert.deepEqual(await checkout(visitor, 'quartet'), next);
	});
});

test('a page that had ended at Stripe is nobody\u2019s payment', async () => {
	const visitor = await signup(rig);
	const { sessionId } = await checkout(visitor);
	await rig.control('POST', '/events/mode', { generate: false });
	await stripe('POST', `/checkout/sessions/${sessionId}/expire`);
	await rig.control('POST', '/events/mode', { generate: true });
	const next = await checkout(visitor, 'quartet');
	assert.notEqual(next.sessionId, sessionId);
	assert.equal(await rig.value('SELECT status FROM checkout_session WHERE id = $1', [sessionId]), 'expired');
});

test('who is subscribed and let in nowhere is not told that all is well', async () => {
	const visitor = await signup(rig);
	const customer = await customerOf(rig, visitor.account);
	await rig.sql(`INSERT INTO subscription (id, customer_id, status, created, livemode, current_period_end)
		VALUES ('sub_unpaid', $1, 'unpaid', now(), false, now() + interval '1 day')`, [customer]);
	await rig.sql(`INSERT INTO subscription_item (id, subscription_id, customer_id, price)
		VALUES ('si_unpaid', 'sub_unpaid', $1, 'price_solo')`, [customer]);
	await refused(await order(visitor), 'payment_due');
});

test('endpind does not start with workers that would be ended while they wait for Stripe', async () => {
	const file = `${rig.stage.bin}/endpind`;
	const start = (...set) => run(file, ['-c', rig.conf, '--check', ...set.flatMap((s) => ['--set', s])]);
	await start('pool stripe.request_timeout=6', 'stripe.timeout=5');
	await assert.rejects(start('pool stripe.request_timeout=5', 'stripe.timeout=5'), (e) => e.code === 2 &&
		/request_timeout of \[pool stripe\] must be more than timeout of \[stripe\], which is 5/.test(e.err));
});
