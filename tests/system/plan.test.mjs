// SPDX-License-Identifier: MIT
//
// People change their plan: more at once and paid at once, less from the next period on, its end and back again. Each
// is one thing however often it is clicked, and whatever is lost on the way.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { openRig, ISOLATION, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, quiet, signup, subscribe, subscription, subscriptionWhen } from '../rig/visitor.mjs';

const DAY = 86400;
const FAILS = '4000000000000341';
const PAYS = '4242424242424242';

let rig;

before(async () => {
	rig = await openRig({ name: 'plan', set: { 'courier.poll': 1, 'stripe.timeout': 2,
		'plan euro.price': 'price_euro', 'plan euro.label': 'Euro', 'plan euro.amount': 900, 'plan euro.currency': 'eur', 'plan euro.interval': 'month' } });
});
after(() => rig?.close());
beforeEach(() => rig.control('DELETE', '/faults'));

const stripe = (...args) => askStripe(rig, ...args);
const calls = async (path, since = 0) => (await rig.control('GET', `/requests?target=stripe&path=${path}`)).filter((r) => r.method === 'POST' && r.n > since);
const lastCall = async () => Math.max(0, ...(await rig.control('GET', '/requests?target=stripe')).map((r) => r.n));
const journal = (account, kind) => rig.sql('SELECT state, outcome FROM stripe_call WHERE account_id = $1 AND kind = $2', [account.id, kind]);

async function member(plan = 'solo', fields) {
	const visitor = await signup(rig, fields);
	visitor.subscription = await subscribe(rig, visitor, plan);
	visitor.customer = await customerOf(rig, visitor.account);
	return visitor;
}

const live = async (visitor) => (await stripe('GET', `/subscriptions/${visitor.subscription.id}?expand[]=latest_invoice&expand[]=schedule`));

async function change(visitor, path, body = {}) {
	const answer = await visitor.post(`/api/subscription/${path}`, body);
	assert.equal(answer.status, 200, answer.text);
	return answer.json.subscription ?? answer.json;
}

async function refused(visitor, path, body, code) {
	const answer = await visitor.post(`/api/subscription/${path}`, body);
	assert.deepEqual([answer.status, answer.json?.code], [409, code], answer.text);
}

// In this minute already.
const clicked = (visitor, kind) => rig.sql(`INSERT INTO stripe_call (lane, id, account_id, kind, state, outcome, path, form)
	SELECT get_byte(sha256(convert_to($1::text, 'UTF8')), 0), gen_random_uuid(), $1::uuid, $2, 'done', 'made', '/', ''
	FROM generate_series(1, 20)`, [visitor.account.id, kind]);

test('who cancels and resumes again and again is told to wait', async () => {
	const visitor = await member();
	await clicked(visitor, 'cancel');
	const before = await lastCall();
	const answer = await visitor.post('/api/subscription/cancel', {});
	assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '30']);
	assert.deepEqual(await calls('/v1/subscriptions', before), []);
	await rig.sql("UPDATE stripe_call SET created_at = now() - interval '61 s' WHERE account_id = $1", [visitor.account.id]);
	assert.ok((await change(visitor, 'cancel')).cancelAt);
	await clicked(visitor, 'resume');
	assert.equal((await visitor.post('/api/subscription/resume')).status, 503);
});

test('who asks again and again what it would cost is told to wait, and nobody else', async () => {
	const [visitor, other] = [await member(), await member()];
	await clicked(visitor, 'preview');
	const answer = await visitor.post('/api/subscription/preview', { plan: 'quartet' });
	assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '30']);
	assert.equal((await change(other, 'preview', { plan: 'quartet' })).when, 'now');
});

test('scenario 35: more is had at once, for what was shown', async () => {
	const visitor = await member();
	const shown = await change(visitor, 'preview', { plan: 'quartet', quantity: 2 });
	assert.deepEqual([shown.when, shown.at, shown.currency, shown.amountDue], ['now', null, 'usd', shown.total]);
	assert.ok(shown.amountDue > 7000 && shown.amountDue <= 7900, String(shown.amountDue));
	assert.equal(shown.lines.reduce((sum, l) => sum + l.amount, 0), shown.total);
	const now = await change(visitor, 'change', { plan: 'quartet', quantity: 2, preview: shown.preview });
	assert.deepEqual([now.plan, now.quantity, now.entitled, now.next, now.pending], ['quartet', 2, true, null, null]);
	const { latest_invoice: invoice } = await live(visitor);
	assert.deepEqual([invoice.status, invoice.amount_due], ['paid', shown.amountDue]);
	assert.deepEqual((await visitor.get('/auth')).headers['x-endpin-plan'], 'quartet');
	await quiet(rig);
	assert.equal((await subscription(visitor)).plan, 'quartet');
	// What was shown to one holds for nobody else, and not for something else.
	const other = await member();
	await refused(other, 'change', { plan: 'quartet', quantity: 2, preview: shown.preview }, 'preview_stale');
	const theirs = await change(other, 'preview', { plan: 'quartet' });
	await refused(other, 'change', { plan: 'quartet', quantity: 3, preview: theirs.preview }, 'preview_stale');
	await rig.sql("UPDATE stripe_call SET created_at = now() - interval '31 minutes' WHERE id = $1", [theirs.preview]);
	await refused(other, 'change', { plan: 'quartet', preview: theirs.preview }, 'preview_stale');
	assert.equal((await visitor.post('/api/subscription/change', { plan: 'quartet', preview: "' OR 1=1" })).status, 422);
});

test('scenario 23: clicks at the same time and one after the other are one change', async () => {
	const visitor = await member();
	const since = await lastCall();
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/subscriptions/', action: 'delay', ms: 400 });
	const answers = await Promise.all([1, 2, 3].map(() => visitor.post('/api/subscription/change', { plan: 'quartet' })));
	for (const answer of answers)
		assert.deepEqual([answer.status, answer.json?.subscription?.plan], [200, 'quartet'], answer.text);
	assert.equal((await change(visitor, 'change', { plan: 'quartet' })).plan, 'quartet');
	const keys = new Set((await calls('/v1/subscriptions/', since)).map((r) => r.headers['idempotency-key']));
	assert.equal(keys.size, 1);
	assert.deepEqual(await journal(visitor.account, 'change'), [{ state: 'done', outcome: 'made' }]);
	assert.equal((await stripe('GET', `/invoices?subscription=${visitor.subscription.id}`)).data.length, 2);
});

// Serializable, all that a click looks at is as it was when it began.
test('scenario 23: what a twin settles while the next click is decided is seen by it', {
	skip: ISOLATION === 'serializable' && 'a click comes before its twin, or after it'
}, async () => {
	const visitor = await member();
	await quiet(rig);
	const since = await lastCall();
	const twin = await rig.cluster.connect(rig.database);
	await twin.query('BEGIN');
	await twin.query('LOCK TABLE stripe_call');
	const answer = change(visitor, 'change', { plan: 'quartet' });
	await waitFor('it to ask what was begun', () => rig.value("SELECT count(*)::int FROM pg_locks WHERE relation = 'stripe_call'::regclass AND NOT granted"));
	await twin.query("UPDATE subscription SET price = 'price_quartet' WHERE id = $1", [visitor.subscription.id]);
	await twin.query("UPDATE subscription_item SET price = 'price_quartet' WHERE subscription_id = $1", [visitor.subscription.id]);
	await twin.query('COMMIT');
	await twin.end();
	assert.equal((await answer).plan, 'quartet');
	assert.deepEqual(await calls('/v1/subscriptions/', since), []);
});

test('scenario 23: what a courier began to read before a change does not come after it', async () => {
	const visitor = await member();
	await quiet(rig);
	const since = await lastCall();
	const path = `/v1/subscriptions/${visitor.subscription.id}`;
	// Begun before the change, read to the end after it; and who reads it next is slower still.
	for (const ms of [600, 1500])
		await rig.control('POST', '/faults', { target: 'stripe', method: 'GET', path, action: 'late', ms });
	await stripe('POST', `/subscriptions/${visitor.subscription.id}`, { 'metadata[note]': 'from elsewhere' });
	await waitFor('a courier that reads', async () => (await rig.control('GET', `/requests?target=stripe&path=${path}`)).some((r) => r.method === 'GET' && r.n > since));
	assert.equal((await change(visitor, 'change', { plan: 'quartet' })).plan, 'quartet');
	let waiting = true;
	const settled = quiet(rig).finally(() => {
		waiting = false;
	});
	while (waiting)
		assert.equal((await subscription(visitor)).plan, 'quartet');
	await settled;
	assert.deepEqual(await journal(visitor.account, 'change'), [{ state: 'done', outcome: 'made' }]);
});

test('scenario 35: less is had from the end of the period on, and until then it can be undone', async () => {
	const visitor = await member('quartet');
	const shown = await change(visitor, 'preview', { plan: 'solo' });
	assert.deepEqual([shown.when, shown.at, shown.amountDue], ['periodEnd', visitor.subscription.currentPeriodEnd, 1900]);
	const planned = await change(visitor, 'change', { plan: 'solo', preview: shown.preview });
	assert.deepEqual([planned.plan, planned.next], ['quartet', { plan: 'solo', quantity: 1, at: visitor.subscription.currentPeriodEnd }]);
	assert.equal((await change(visitor, 'change', { plan: 'solo' })).next.plan, 'solo');
	assert.equal((await journal(visitor.account, 'schedule')).length, 1);
	assert.equal((await journal(visitor.account, 'phases')).length, 1);
	assert.equal((await live(visitor)).latest_invoice.amount_due, 4900, 'nothing is charged');
	// Another one instead, then none.
	assert.equal((await change(visitor, 'change', { plan: 'solo', quantity: 2 })).next.quantity, 2);
	const undone = await change(visitor, 'change', { plan: 'quartet' });
	assert.deepEqual([undone.plan, undone.next], ['quartet', null]);
	assert.equal((await live(visitor)).schedule, null);
	await change(visitor, 'change', { plan: 'solo' });
	assert.equal((await change(visitor, 'resume')).next, null);
	await quiet(rig);
	assert.equal((await subscription(visitor)).next, null);
	// More while less is planned: the plan is dropped.
	await change(visitor, 'change', { plan: 'solo' });
	const more = await change(visitor, 'quantity', { quantity: 3 });
	assert.deepEqual([more.plan, more.quantity, more.next], ['quartet', 3, null]);
});

test('scenario 35: what is planned comes with the next period, with the discount that there is', async () => {
	const visitor = await member('quartet');
	const coupon = (await stripe('POST', '/coupons', { percent_off: 50, duration: 'forever' })).id;
	await stripe('POST', `/subscriptions/${visitor.subscription.id}`, { 'discounts[0][coupon]': coupon });
	await change(visitor, 'change', { plan: 'solo' });
	await rig.control('POST', '/clock', { advance_seconds: 32 * DAY });
	const then = await subscriptionWhen(visitor, 'the smaller plan', (s) => s.plan === 'solo');
	assert.equal(then.next, null);
	const { latest_invoice: invoice } = await live(visitor);
	assert.deepEqual([invoice.subtotal, invoice.total, invoice.billing_reason], [1900, 950, 'subscription_cycle']);
});

test('scenario 35: from months to a year at once, and back when the year is over', async () => {
	const visitor = await member('solo');
	const shown = await change(visitor, 'preview', { plan: 'trial' });
	assert.deepEqual([shown.when, shown.amountDue > 17000 && shown.amountDue <= 19000], ['now', true], JSON.stringify(shown));
	const yearly = await change(visitor, 'change', { plan: 'trial', preview: shown.preview });
	assert.ok(Date.parse(yearly.currentPeriodEnd) - Date.now() > 360 * DAY * 1000, yearly.currentPeriodEnd);
	const { latest_invoice: invoice } = await live(visitor);
	assert.deepEqual([invoice.status, invoice.amount_due], ['paid', shown.amountDue]);
	const back = await change(visitor, 'preview', { plan: 'solo' });
	assert.deepEqual([back.when, back.at, back.amountDue], ['periodEnd', yearly.currentPeriodEnd, 1900]);
	assert.equal((await change(visitor, 'change', { plan: 'solo' })).next.at, yearly.currentPeriodEnd);
	const [, next] = (await live(visitor)).schedule.phases;
	assert.ok(next.end_date - next.start_date < 32 * DAY, 'one month, and then no schedule any more');
});

test('scenario 34: in a trial all is at once, and costs nothing yet', async () => {
	const visitor = await member('trial');
	const { trialEnd } = visitor.subscription;
	const less = await change(visitor, 'change', { plan: 'solo' });
	assert.deepEqual([less.status, less.plan, less.next, less.trialEnd], ['trialing', 'solo', null, trialEnd]);
	const more = await change(visitor, 'change', { plan: 'quartet', quantity: 2 });
	assert.deepEqual([more.status, more.plan, more.quantity, more.trialEnd], ['trialing', 'quartet', 2, trialEnd]);
	assert.deepEqual((await stripe('GET', `/invoices?subscription=${visitor.subscription.id}`)).data.map((i) => i.amount_due), [0]);
	assert.equal((await change(visitor, 'preview', {})).amountDue, 9800);
});

test('scenario 36: it is ended, for a reason, and kept after all', async () => {
	const visitor = await member();
	const ending = await change(visitor, 'cancel', { reason: 'too_expensive', comment: 'It is ü' });
	assert.equal(ending.cancelAt, visitor.subscription.currentPeriodEnd);
	assert.equal(ending.entitled, true);
	const at = await live(visitor);
	assert.deepEqual([at.cancellation_details.feedback, at.cancellation_details.comment], ['too_expensive', 'It is ü']);
	assert.equal((await change(visitor, 'cancel')).cancelAt, ending.cancelAt);
	assert.equal((await journal(visitor.account, 'cancel')).length, 1);
	await refused(visitor, 'change', { plan: 'quartet' }, 'subscription_ending');
	assert.deepEqual(await change(visitor, 'preview', {}), { preview: null, when: 'never', at: null, currency: null, amountDue: 0, total: 0, lines: [] });
	assert.equal((await change(visitor, 'resume')).cancelAt, null);
	assert.equal((await live(visitor)).cancel_at, null);
	// The portal sets a time and no flag.
	await rig.control('POST', '/portal/cancel', { customer: visitor.customer });
	await subscriptionWhen(visitor, 'the end', (s) => s.cancelAt);
	assert.equal((await change(visitor, 'resume')).cancelAt, null);
	assert.equal((await live(visitor)).cancel_at, null);
	for (const [body, field] of [[{ reason: 'bored' }, 'reason'], [{ comment: 'x'.repeat(501) }, 'comment']]) {
		const answer = await visitor.post('/api/subscription/cancel', body);
		assert.deepEqual([answer.status, answer.json.errors.map((e) => e.field)], [422, [field]]);
	}
});

test('an end forgets what was planned, which Stripe would not have beside it', async () => {
	const visitor = await member('quartet');
	await change(visitor, 'change', { plan: 'solo' });
	const ending = await change(visitor, 'cancel');
	assert.deepEqual([ending.cancelAt, ending.next], [visitor.subscription.currentPeriodEnd, null]);
	assert.equal((await live(visitor)).schedule, null);
});

test('scenario 37: more that is not paid is not had, until it is', async () => {
	const visitor = await member();
	await rig.control('POST', '/card', { customer: visitor.customer, card: FAILS });
	const waiting = await change(visitor, 'change', { plan: 'quartet' });
	assert.deepEqual([waiting.plan, waiting.entitled, waiting.pending.plan, waiting.action.kind], ['solo', true, 'quartet', 'pay']);
	const { latest_invoice: invoice } = await live(visitor);
	assert.equal(waiting.action.url, invoice.hosted_invoice_url);
	// Clicked again it is the same invoice.
	assert.equal((await change(visitor, 'change', { plan: 'quartet' })).action.url, waiting.action.url);
	assert.equal((await visitor.get('/auth')).headers['x-endpin-plan'], 'solo');
	await rig.control('POST', '/card', { customer: visitor.customer, card: PAYS });
	await stripe('POST', `/invoices/${invoice.id}/pay`);
	const paid = await subscriptionWhen(visitor, 'the larger plan', (s) => s.plan === 'quartet');
	assert.deepEqual([paid.pending, paid.action], [null, null]);
});

test('scenario 35: what nobody pays within a day is forgotten', async () => {
	const visitor = await member();
	await rig.control('POST', '/card', { customer: visitor.customer, card: FAILS });
	assert.equal((await change(visitor, 'quantity', { quantity: 4 })).pending.quantity, 4);
	await rig.control('POST', '/clock', { advance_seconds: DAY });
	const after = await subscriptionWhen(visitor, 'nothing to wait for', (s) => s.pending === null && s.action === null);
	assert.deepEqual([after.quantity, after.entitled], [1, true]);
});

test('what cannot be changed has a way on', async () => {
	const stranger = await signup(rig);
	for (const path of ['preview', 'cancel', 'resume'])
		await refused(stranger, path, {}, 'no_subscription');
	await refused(stranger, 'change', { plan: 'quartet' }, 'no_subscription');
	const visitor = await member();
	await refused(visitor, 'change', { plan: 'euro' }, 'currency_mismatch');
	for (const [path, body, field] of [['change', {}, 'plan'], ['change', { plan: 'no' }, 'plan'], ['quantity', {}, 'quantity'], ['quantity', { quantity: 0 }, 'quantity'],
		['quantity', { quantity: 1001 }, 'quantity'], ['change', { plan: 'quartet', preview: 7 }, 'preview']]) {
		const answer = await visitor.post(`/api/subscription/${path}`, body);
		assert.deepEqual([answer.status, answer.json.errors.map((e) => e.field)], [422, [field]], answer.text);
	}
	// A price that is archived at Stripe, and a schedule that somebody made in the dashboard.
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/subscriptions/', action: 'status', status: 400, param: 'items[0][price]', message: 'The price specified is inactive.' });
	await refused(visitor, 'change', { plan: 'quartet' }, 'plan_unavailable');
	const schedule = await stripe('POST', '/subscription_schedules', { from_subscription: visitor.subscription.id });
	const [phase] = schedule.phases;
	// Nothing is planned by it yet, and it is theirs all the same.
	await quiet(rig);
	await refused(visitor, 'cancel', {}, 'change_refused');
	// That says nothing of the subscription itself.
	await stripe('POST', `/subscription_schedules/${schedule.id}`, { 'phases[0][start_date]': phase.start_date, 'phases[0][end_date]': phase.end_date,
		'phases[0][items][0][price]': 'price_solo', 'phases[1][items][0][price]': 'price_quartet' });
	await subscriptionWhen(visitor, 'what somebody else has planned', (s) => s.next?.plan === 'quartet');
	await refused(visitor, 'quantity', { quantity: 2 }, 'change_refused');
	await refused(visitor, 'cancel', {}, 'change_refused');
	// A subscription that owes waits for that first.
	const debtor = await member();
	await quiet(rig);
	await rig.sql("UPDATE subscription SET status = 'past_due', past_due_since = now() WHERE id = $1", [debtor.subscription.id]);
	await refused(debtor, 'change', { plan: 'quartet' }, 'payment_due');
});

// Wherever it breaks, the next click finds it done or does it, once.
test('scenarios 20, 21: whatever is lost on the way, the next click ends in one change', async () => {
	for (const action of ['drop', 'drop_after', 'hang'])
		for (const [path, from, body, calls] of [['change', 'solo', { plan: 'quartet' }, 1], ['change', 'quartet', { plan: 'solo' }, 2],
			['quantity', 'solo', { quantity: 2 }, 1], ['cancel', 'solo', {}, 1]])
			for (let n = 0; n < calls; n++) {
				const what = `${path} ${action} at call ${n + 1}`;
				const visitor = await member(from);
				// Twice: a connection that was kept and is closed is tried again at once.
				await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '^/v1/subscription(s/|_schedules)', skip: n, times: 2, action });
				const first = await visitor.post(`/api/subscription/${path}`, body);
				assert.equal(first.status, 503, `${what}: ${first.text}`);
				await rig.control('DELETE', '/faults');
				const then = await change(visitor, path, body);
				const at = await live(visitor);
				assert.equal(then.plan, from === 'solo' && body.plan ? 'quartet' : from, what);
				if (path === 'cancel')
					assert.deepEqual([then.cancelAt, at.cancel_at_period_end], [visitor.subscription.currentPeriodEnd, true], what);
				if (from === 'quartet')
					assert.deepEqual([then.next.plan, at.schedule.phases.length], ['solo', 2], what);
				const invoices = (await stripe('GET', `/invoices?subscription=${visitor.subscription.id}`)).data;
				assert.equal(invoices.length, from === 'solo' && path !== 'cancel' ? 2 : 1, what);
			}
});

// What Stripe has answered once it answers again under the same key, whatever has happened since.
test('scenario 21: what was answered before is not how it is', async () => {
	const coupon = (await stripe('POST', '/coupons', { percent_off: 50, duration: 'forever' })).id;
	const release = (at) => stripe('POST', `/subscription_schedules/${at.schedule.id}/release`);
	const soloOf = (at) => stripe('POST', `/subscriptions/${at.id}`, { 'items[0][id]': at.items.data[0].id, 'items[0][price]': 'price_solo' });
	const keep = (at) => stripe('POST', `/subscriptions/${at.id}`, { cancel_at_period_end: false });
	const discount = async ({ id, schedule: { id: schedule, phases: [phase] } }) => {
		const { discounts } = await stripe('POST', `/subscriptions/${id}`, { 'discounts[0][coupon]': coupon });
		await stripe('POST', `/subscription_schedules/${schedule}`, { 'phases[0][start_date]': phase.start_date, 'phases[0][end_date]': phase.end_date,
			'phases[0][items][0][price]': 'price_quartet', 'phases[0][items][0][quantity]': 1, 'phases[0][discounts][0][discount]': discounts[0] });
	};
	const dearer = (then, at) => assert.equal(at.items.data[0].price.id, 'price_quartet');
	const ending = (then, at) => assert.ok(then.cancelAt && at.cancel_at_period_end);
	const planned = (then, at) => assert.deepEqual([then.next.plan, at.schedule.phases.length], ['solo', 2]);
	const discounted = (then, at) => assert.deepEqual(at.schedule.phases.map((p) => p.discounts.length), [1, 1]);
	for (const [path, from, body, n, meanwhile, right] of [['change', 'solo', { plan: 'quartet' }, 0, soloOf, dearer], ['cancel', 'solo', {}, 0, keep, ending],
		['change', 'quartet', { plan: 'solo' }, 0, release, planned], ['change', 'quartet', { plan: 'solo' }, 1, release, planned],
		['change', 'quartet', { plan: 'solo' }, 0, discount, discounted]]) {
		const visitor = await member(from);
		await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '^/v1/subscription(s/|_schedules)', skip: n, times: 2, action: 'drop_after' });
		assert.equal((await visitor.post(`/api/subscription/${path}`, body)).status, 503);
		await rig.control('DELETE', '/faults');
		await meanwhile(await live(visitor));
		await quiet(rig);
		// While it cannot be read nothing is settled, and nothing shown.
		const shown = await subscription(visitor);
		await rig.control('POST', '/faults', { target: 'stripe', method: 'GET', path: '/v1/subscriptions/', times: -1, action: 'status', status: 503 });
		assert.equal((await visitor.post(`/api/subscription/${path}`, body)).status, 503);
		assert.deepEqual(await subscription(visitor), shown);
		await rig.control('DELETE', '/faults');
		right(await change(visitor, path, body), await live(visitor));
	}
});

test('what was begun for one subscription is not done to another', async () => {
	for (const [from, body, action] of [['quartet', { plan: 'solo' }, 'drop'], ['quartet', { plan: 'solo' }, 'drop_after'], ['solo', { quantity: 2 }, 'drop']]) {
		const visitor = await member(from);
		const first = visitor.subscription.id;
		const path = `/api/subscription/${body.plan ? 'change' : 'quantity'}`;
		await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '^/v1/subscription(s/|_schedules)', times: 2, action });
		assert.equal((await visitor.post(path, body)).status, 503);
		await rig.control('DELETE', '/faults');
		await quiet(rig);
		const before = await stripe('GET', `/subscriptions/${first}`);
		// Somebody has arranged for another, which counts from now on, as it is newer.
		await rig.control('POST', '/clock', { advance_seconds: 60 });
		const { id } = await stripe('POST', '/subscriptions', { customer: visitor.customer, 'items[0][price]': 'price_quartet', default_payment_method: before.default_payment_method });
		await subscriptionWhen(visitor, 'the other one', (s) => s.id === id);
		const answer = await visitor.post(path, body);
		assert.equal(answer.status, 200, answer.text);
		const [was, is] = [await stripe('GET', `/subscriptions/${first}`), await stripe('GET', `/subscriptions/${id}?expand[]=schedule`)];
		assert.deepEqual([was.schedule, was.items.data[0].quantity], [before.schedule, 1]);
		assert.deepEqual([is.schedule?.phases.length, is.items.data[0].quantity], body.plan ? [2, 1] : [undefined, 2]);
		await quiet(rig);
		assert.deepEqual(await rig.sql('SELECT schedule FROM subscription WHERE id = ANY($1) ORDER BY id = $2', [[first, id], id]),
			[{ schedule: was.schedule }, { schedule: is.schedule?.id ?? null }]);
		assert.deepEqual((await rig.sql("SELECT outcome FROM stripe_call WHERE account_id = $1 AND subject = $2", [visitor.account.id, first])), [{ outcome: 'refused' }]);
	}
});

test('scenario 22: a 500 that Stripe keeps is looked behind, whether it was done or not', async () => {
	const visitor = await member();
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/subscriptions/', action: 'status', status: 500, stored: true });
	assert.equal((await visitor.post('/api/subscription/change', { plan: 'quartet' })).status, 503);
	assert.equal((await change(visitor, 'change', { plan: 'quartet' })).plan, 'quartet');
	assert.deepEqual((await journal(visitor.account, 'change')).map((c) => c.outcome).sort(), ['made', 'refused']);
	assert.equal((await stripe('GET', `/invoices?subscription=${visitor.subscription.id}`)).data.length, 2);
});

test('scenario 22: a schedule that Stripe made and says it did not is ours, one that plans something is not', async () => {
	for (const [theirs, stored] of [[false, { done: true }], [false, { stored: true }], [true, { stored: true }]]) {
		const visitor = await member('quartet');
		await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '^/v1/subscription_schedules$', action: 'status', status: 500, ...stored });
		assert.equal((await visitor.post('/api/subscription/change', { plan: 'solo' })).status, 503);
		await rig.control('DELETE', '/faults');
		if (theirs) {
			const { id, phases: [phase] } = await stripe('POST', '/subscription_schedules', { from_subscription: visitor.subscription.id });
			await stripe('POST', `/subscription_schedules/${id}`, { 'phases[0][start_date]': phase.start_date, 'phases[0][end_date]': phase.end_date,
				'phases[0][items][0][price]': 'price_quartet', 'phases[1][items][0][price]': 'price_quartet', 'phases[1][items][0][quantity]': 2 });
		}
		// Also when a courier has read it first, which cannot know whose it is.
		await quiet(rig);
		if (theirs)
			await refused(visitor, 'change', { plan: 'solo' }, 'change_refused');
		else
			assert.equal((await change(visitor, 'change', { plan: 'solo' })).next.plan, 'solo');
		assert.equal((await live(visitor)).schedule.phases.length, 2);
		assert.deepEqual((await journal(visitor.account, 'schedule')).map((c) => c.outcome).sort(), stored.done ? ['made'] : theirs ? ['refused'] : ['made', 'refused']);
	}
});

test('a schedule that somebody else made is theirs, also before anybody has heard of it', async () => {
	const visitor = await member('quartet');
	await quiet(rig);
	await rig.control('POST', '/events/mode', { hold: true });
	const { id } = await stripe('POST', '/subscription_schedules', { from_subscription: visitor.subscription.id });
	await refused(visitor, 'change', { plan: 'solo' }, 'change_refused');
	await rig.control('POST', '/events/mode', { hold: false });
	await rig.control('POST', '/events/release', {});
	const { schedule } = await live(visitor);
	assert.deepEqual([schedule.id, schedule.phases.length], [id, 1]);
});

test('scenario 21: what was begun yesterday is not sent again, but looked at', async () => {
	const visitor = await member();
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/subscriptions/', times: 2, action: 'drop_after' });
	assert.equal((await visitor.post('/api/subscription/change', { plan: 'quartet' })).status, 503);
	await rig.control('DELETE', '/faults');
	await rig.sql("UPDATE stripe_call SET first_sent_at = now() - interval '25 hours' WHERE account_id = $1 AND kind = 'change'", [visitor.account.id]);
	const since = await lastCall();
	assert.equal((await change(visitor, 'change', { plan: 'quartet' })).plan, 'quartet');
	assert.deepEqual(await calls('/v1/subscriptions/', since), []);
});

test('what was begun and given up minutes ago is not done for somebody who wants something else by now', async () => {
	for (const action of ['drop', 'drop_after']) {
		const visitor = await member();
		await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/subscriptions/', times: 2, action });
		assert.equal((await visitor.post('/api/subscription/change', { plan: 'quartet' })).status, 503);
		await rig.control('DELETE', '/faults');
		await rig.sql("UPDATE stripe_call SET first_sent_at = now() - interval '4 minutes' WHERE account_id = $1 AND kind = 'change'", [visitor.account.id]);
		// While Stripe cannot be asked what came of it nothing is given up.
		await rig.control('POST', '/faults', { target: 'stripe', method: 'GET', path: '/v1/subscriptions/', times: -1, action: 'status', status: 503 });
		assert.equal((await visitor.post('/api/subscription/cancel', {})).status, 503);
		assert.deepEqual(await journal(visitor.account, 'change'), [{ state: 'attended', outcome: null }]);
		await rig.control('DELETE', '/faults');
		const ending = await change(visitor, 'cancel');
		assert.deepEqual([ending.plan, ending.cancelAt !== null], [action === 'drop' ? 'solo' : 'quartet', true], action);
		assert.deepEqual(await journal(visitor.account, 'change'), [{ state: 'done', outcome: 'refused' }]);
		assert.equal((await stripe('GET', `/invoices?subscription=${visitor.subscription.id}`)).data.length, action === 'drop' ? 1 : 2);
	}
});

test('the next charge is shown, and invoices with their pages', async () => {
	const visitor = await member('quartet');
	const next = await change(visitor, 'preview', {});
	assert.deepEqual([next.when, next.at, next.amountDue], ['renewal', visitor.subscription.currentPeriodEnd, 4900]);
	const invoices = await waitFor('the invoice', async () => {
		const { json } = await visitor.get('/api/invoices');
		return json.invoices[0]?.status === 'paid' && json.invoices;
	});
	assert.deepEqual(invoices.map((i) => [i.status, i.total, i.paid, i.currency]), [['paid', 4900, 4900, 'usd']]);
	assert.match(invoices[0].url, /\/invoice\/in_/);
	assert.ok(invoices[0].number);
	assert.equal((await rig.client().get('/api/invoices')).status, 401);
	assert.deepEqual((await (await signup(rig)).get('/api/invoices')).json, { invoices: [] });
});

test('no POST without its row, and no key with two bodies', async () => {
	const sent = (await rig.control('GET', '/requests?target=stripe')).filter((r) => r.method === 'POST' && /^endpin|curl/i.test(r.headers['user-agent'] ?? 'endpin'));
	const bodies = new Map();
	for (const { headers, params, path } of sent) {
		const key = headers['idempotency-key'];
		if (!key || params === null)	// the connection was closed before it was read
			continue;
		const body = JSON.stringify([path, params]);
		assert.equal(bodies.get(key) ?? body, body, `${key} has two bodies`);
		bodies.set(key, body);
	}
	const known = new Set((await rig.sql('SELECT id FROM stripe_call')).map((r) => r.id));
	for (const key of bodies.keys())
		if (/^[0-9a-f-]{36}$/.test(key))
			assert.ok(known.has(key), `no row for ${bodies.get(key)}`);
});

test('who changes, ends or keeps what has ended at Stripe, unheard of, learns that it has; Stripe refuses that without a code', async () => {
	for (const [path, body] of [['cancel', {}], ['quantity', { quantity: 2 }]]) {
		const visitor = await member();
		await quiet(rig);
		await rig.control('POST', '/events/mode', { generate: false });
		await stripe('DELETE', `/subscriptions/${visitor.subscription.id}`);
		await rig.control('POST', '/events/mode', { generate: true });
		const since = await lastCall();
		const answer = await visitor.post(`/api/subscription/${path}`, body);
		assert.deepEqual([answer.status, answer.json.code], [409, 'no_subscription'], `${path}: ${answer.text}`);
		assert.deepEqual((await calls(`/v1/subscriptions/${visitor.subscription.id}`, since)).map((r) => r.status), [400], path);
		assert.equal(await rig.value('SELECT status FROM subscription WHERE id = $1', [visitor.subscription.id]), 'canceled');
	}
});
