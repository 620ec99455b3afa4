// SPDX-License-Identifier: MIT
//
// Events told to Cello's API, v1 and v2: what is taken, what is refused, and what comes of a repeat.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askCello, BOB, DAY, start } from './harness.mjs';

const settings = (world, given) => world.control('cello/settings', given);
const merge = (a, b) => Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) =>
	[name, name in a && name in b && typeof a[name] === 'object' ? merge(a[name], b[name]) : name in b ? b[name] : a[name]]));

// --- v1 ---

const v1 = (trigger, over = {}) => merge({
	eventName: 'ReferralUpdated', payload: { ucc: BOB, newUserId: 'u9', price: 49.99, currency: 'EUR' },
	context: {
		newUser: { id: 'u9', email: 'u9@example.com' }, event: { trigger, timestamp: '2026-10-05T14:14:34Z' },
		subscription: { id: 'sub', invoiceId: 'in_1', interval: 'monthly', productKey: 'Pro' }
	}
}, over);
const send1 = (world, event) => askCello(world, 'POST', '/events', event);

const V1_REFUSED = [
	['a trigger that is none', v1('paid'), /^context\.event\.trigger must be one of/],
	['the interval of Stripe', v1('invoice-paid', { context: { subscription: { interval: 'month' } } }), /^context\.subscription\.interval is invalid$/],
	['a price that is a text', v1('invoice-paid', { payload: { price: '49.99' } }), /^payload\.price is invalid$/],
	['a currency in small letters', v1('invoice-paid', { payload: { currency: 'eur' } }), /^payload\.currency is invalid$/],
	['a refund of no invoice', v1('charge-refunded', { context: { subscription: { invoiceId: undefined } } }), /invoiceId is missing$/],
	['an id that is a number', v1('new-signup', { context: { newUser: { id: 9 } } }), /^context\.newUser\.id is invalid$/],
	['another event', v1('new-signup', { eventName: 'X' }), /^eventName is invalid$/]
];

test('v1 takes what its pages describe', async (t) => {
	const world = await start(t);
	for (const trigger of ['new-signup', 'invoice-paid', 'charge-refunded', 'demo-call-attended'])
		assert.deepEqual((await send1(world, v1(trigger))).body, { success: true });
	await send1(world, v1('invoice-paid', { payload: { price: 4999, currency: 'JPY' }, context: { subscription: { invoiceId: 'in_2' } } }));
	const { signups, purchases, refunds, demos } = await world.control('cello');
	assert.deepEqual([signups, refunds, demos].map((rows) => rows.map((r) => [r.source, r.newUserId])), [[['api', 'u9']], [['api', 'u9']], [['api', 'u9']]]);
	assert.deepEqual(purchases.map((p) => [p.amount, p.currency, p.invoice]), [[4999, 'eur', 'in_1'], [4999, 'jpy', 'in_2']]);
	assert.ok(purchases.every((p) => p.early === undefined));
});

for (const [what, event, message] of V1_REFUSED)
	test(`v1 refuses ${what}`, async (t) => {
		const world = await start(t);
		const { status, body } = await send1(world, event);
		assert.equal(status, 400);
		assert.match(body.message, message);
		assert.deepEqual((await world.control('cello')).events, []);
	});

test('a refusal has one of three shapes, which have `message` in common', async (t) => {
	const world = await start(t);
	const shape = async (name) => {
		await settings(world, { error_shape: name });
		return (await send1(world, v1('invoice-paid', { payload: { price: '1', currency: '' } }))).body;
	};
	assert.deepEqual(await shape('plain'), { message: 'payload.price is invalid; payload.currency is invalid' });
	assert.deepEqual(Object.keys(await shape('long')), ['statusCode', 'timestamp', 'path', 'message']);
	assert.deepEqual((await shape('list')).message, ['payload.price is invalid', 'payload.currency is invalid']);
});

test('v1 leaves out in silence what it does not know, and the sandbox says what that was', async (t) => {
	const world = await start(t);
	await send1(world, v1('new-signup', { payload: { coupon: 'X' }, context: { newUser: { plan: 'pro' }, mine: { a: 1 } }, idempotencyKey: 'k' }));
	assert.deepEqual((await world.control('cello')).events[0].stripped.sort(), ['context.newUser.plan', 'idempotencyKey', 'payload.coupon']);
});

test('a purchase whose signup was not told is taken, and told apart', async (t) => {
	const world = await start(t);
	await send1(world, v1('invoice-paid'));
	await send1(world, v1('new-signup'));
	await send1(world, v1('invoice-paid', { payload: { newUserId: 'somebody else' }, context: { subscription: { invoiceId: 'in_2' } } }));
	assert.deepEqual((await world.control('cello')).purchases.map((p) => p.early ?? false), [true, true]);
});

const V1_REPEATS = [['counted', 200, 2], ['ignored', 200, 1], ['refused', 400, 1]];

for (const [how, status, count] of V1_REPEATS)
	test(`v1: an invoice that is told again is ${how}`, async (t) => {
		const world = await start(t);
		if (how !== 'counted')
			await settings(world, { v1_repeats: how });
		await send1(world, v1('invoice-paid'));
		assert.equal((await send1(world, v1('invoice-paid'))).status, status);
		const { purchases, events } = await world.control('cello');
		assert.equal(purchases.length, count);
		assert.deepEqual(events.map((e) => e.ignored), how === 'refused' ? [false] : [false, how === 'ignored']);
	});

const LOST = [['the connection ends', { action: 'drop_after' }, null], ['a gateway gives up', { action: 'status', status: 504, done: true }, 504]];

for (const [what, fault, status] of LOST)
	test(`an event counts although ${what} before the answer`, async (t) => {
		const world = await start(t);
		await world.control('faults', { target: 'cello', path: '/cello/events', ...fault });
		const answer = await send1(world, v1('invoice-paid')).catch(() => null);
		assert.equal(answer?.status ?? null, status);
		assert.equal((await world.control('cello')).purchases.length, 1);
	});

// --- v2 ---

const SUBJECT = { ucc: BOB, occurredAt: '2026-10-05T14:14:34+02:00', newUserId: 'u9', newUser: { id: 'u9', email: 'u9@example.com' } };
const MONEY = { amount: 4900, currency: 'EUR', invoiceId: 'in_1' };
const V2 = {
	'signup-created': SUBJECT,
	'demo-attended': SUBJECT,
	'purchase-created': { ...SUBJECT, ...MONEY, subscription: { interval: 'monthly' } },
	'purchase-refunded': { ...SUBJECT, ...MONEY }
};
const send2 = (world, type, over = {}, key) => askCello(world, 'POST', `/v2/events/${type}`, typeof over === 'string' ? over : merge(V2[type], over),
	key === undefined ? {} : { 'idempotency-key': key });

test('v2 takes each of its four events with 202', async (t) => {
	const world = await start(t);
	for (const type of Object.keys(V2)) {
		const { status, body } = await send2(world, type);
		assert.deepEqual([status, Object.keys(body), body.warnings], [202, ['eventId', 'receivedAt', 'warnings'], []], type);
		assert.ok(!Number.isNaN(Date.parse(body.receivedAt)));
	}
	const { signups, demos, purchases, refunds, events } = await world.control('cello');
	assert.deepEqual([signups, demos, purchases, refunds].map((rows) => rows.length), [1, 1, 1, 1]);
	assert.deepEqual([purchases[0].amount, purchases[0].currency, refunds[0].amount, purchases[0].early], [4900, 'eur', 4900, undefined]);
	assert.deepEqual(events.map((e) => [e.api, e.type]), Object.keys(V2).map((type) => ['v2', type]));
});

const V2_REFUSED = [
	['signup-created', 'a field that is not in the schema', { plan: 'pro' }, /^plan is not in the schema$/],
	['signup-created', 'a field that only another event has', { amount: 100 }, /^amount is not in the schema$/],
	['signup-created', 'an empty hash that is not in the schema', { context: {} }, /^context is not in the schema$/],
	['signup-created', 'a field inside one that is', { newUser: { age: 7 } }, /^newUser\.age is not in the schema$/],
	['signup-created', 'no ucc', { ucc: undefined }, /^ucc is missing$/],
	['signup-created', 'a ucc of nothing', { ucc: '' }, /^ucc is invalid$/],
	['signup-created', 'a ucc of 256 letters', { ucc: 'x'.repeat(256) }, /^ucc is invalid$/],
	['signup-created', 'a local time', { occurredAt: '2026-10-05T14:14:34' }, /^occurredAt is invalid$/],
	['signup-created', 'a time without its T', { occurredAt: '2026-10-05 14:14:34Z' }, /^occurredAt is invalid$/],
	['signup-created', 'a time in seconds', { occurredAt: 1790000000 }, /^occurredAt is invalid$/],
	['signup-created', 'the 30th of February', { occurredAt: '2026-02-30T14:14:34Z' }, /^occurredAt is invalid$/],
	['signup-created', 'an id that is a number', { newUserId: 9 }, /^newUserId is invalid$/],
	['purchase-created', 'an amount with a fraction', { amount: 49.99 }, /^amount is invalid$/],
	['purchase-created', 'an amount below nothing', { amount: -1 }, /^amount is invalid$/],
	['purchase-created', 'the interval of Stripe', { subscription: { interval: 'month' } }, /^subscription\.interval is invalid$/],
	['purchase-created', 'no interval', { subscription: { interval: undefined, id: 'sub_1' } }, /^subscription\.interval is missing$/],
	['purchase-refunded', 'a refund of no invoice', { invoiceId: undefined }, /^invoiceId is missing$/]
];

for (const [type, what, over, message] of V2_REFUSED)
	test(`v2 refuses ${what}`, async (t) => {
		const world = await start(t);
		const { status, body } = await send2(world, type, over, 'k1');
		assert.equal(status, 422);
		assert.match(body.message, message);
		assert.deepEqual((await world.control('cello')).events, []);
		// What was refused has not used up the key.
		assert.equal((await send2(world, type, {}, 'k1')).status, 202);
	});

test('v2 takes a purchase of nothing, a ucc of 255 letters and any offset', async (t) => {
	const world = await start(t);
	const ok = [['purchase-created', { amount: 0 }], ['signup-created', { ucc: 'x'.repeat(255) }], ['signup-created', { occurredAt: '2026-10-05T14:14:34.123Z' }],
		['purchase-created', { subscription: { id: 'sub_1', productKey: 'Pro', seatsUsed: 3 } }]];
	for (const [type, over] of ok)
		assert.equal((await send2(world, type, over)).status, 202, JSON.stringify(over));
	await settings(world, { v2_refusal: 400 });
	assert.equal((await send2(world, 'signup-created', { ucc: '' })).status, 400);
});

test('v2 warns of what it would like to have, in either of two forms', async (t) => {
	const world = await start(t);
	const without = { newUser: { email: undefined } };
	assert.deepEqual((await send2(world, 'signup-created', without)).body.warnings, [{ code: 'RECOMMENDED', field: 'email', message: 'email is recommended' }]);
	await settings(world, { warnings_are: 'texts' });
	assert.deepEqual((await send2(world, 'signup-created', without)).body.warnings, ['email: Recommended']);
});

test('v2: without a key each is an event of its own; with one it is the same for 72 hours', async (t) => {
	const world = await start(t);
	await send2(world, 'purchase-created');
	await send2(world, 'purchase-created');
	assert.equal((await world.control('cello')).purchases.length, 2);

	const first = await send2(world, 'purchase-created', {}, 'k1');
	for (const key of ['k1', '  k1 '])
		assert.deepEqual((await send2(world, 'purchase-created', {}, key)).body, first.body);
	assert.equal((await world.control('cello')).purchases.length, 3);
	// The scope is the type of the event.
	assert.notEqual((await send2(world, 'purchase-refunded', {}, 'k1')).body.eventId, first.body.eventId);

	await world.control('clock', { advance_seconds: 3 * DAY - 5 });
	assert.equal((await send2(world, 'purchase-created', {}, 'k1')).body.eventId, first.body.eventId);
	await world.control('clock', { advance_seconds: 10 });
	assert.notEqual((await send2(world, 'purchase-created', {}, 'k1')).body.eventId, first.body.eventId);
	assert.equal((await world.control('cello')).purchases.length, 4);
});

test('v2: the same key with another body, and two keys that differ, are conflicts of two kinds', async (t) => {
	const world = await start(t);
	await send2(world, 'purchase-created', {}, 'k1');
	const other = await send2(world, 'purchase-created', { amount: 4901 }, 'k1');
	assert.deepEqual([other.status, other.body.code], [409, 'IDEMPOTENCY_CONFLICT']);
	// Other bytes are another body, be it the same JSON.
	assert.equal((await send2(world, 'purchase-created', JSON.stringify(V2['purchase-created'], null, 1), 'k1')).status, 409);
	const two = await send2(world, 'purchase-created', { idempotencyKey: 'k2' }, 'k3');
	assert.deepEqual([two.status, two.body.code], [409, 'IDEMPOTENCY_KEY_CONFLICT']);
	assert.equal((await send2(world, 'purchase-created', { idempotencyKey: ' k2' }, 'k2')).status, 202);
	assert.equal((await send2(world, 'purchase-created', { idempotencyKey: ' k2' })).status, 202);
	assert.equal((await world.control('cello')).purchases.length, 2);
	await settings(world, { error_shape: 'list' });
	assert.equal((await send2(world, 'purchase-created', { amount: 1 }, 'k1')).body.error, 'IDEMPOTENCY_CONFLICT');
});

test('v2: a key has 1 to 255 characters', async (t) => {
	const world = await start(t);
	for (const key of ['   ', 'x'.repeat(256)])
		assert.equal((await send2(world, 'signup-created', { idempotencyKey: key })).status, 422);
	assert.equal((await send2(world, 'signup-created', {}, 'x'.repeat(255))).status, 202);
});

test('v2: a lost answer is had by asking again under the key', async (t) => {
	const world = await start(t);
	await world.control('faults', { target: 'cello', path: '/cello/v2', action: 'drop_after' });
	await assert.rejects(send2(world, 'purchase-created', {}, 'k1'));
	assert.equal((await send2(world, 'purchase-created', {}, 'k1')).status, 202);
	assert.equal((await world.control('cello')).purchases.length, 1);
});

test('events want a bearer token', async (t) => {
	const world = await start(t);
	for (const path of ['/events', '/v2/events/signup-created']) {
		const { status, body } = await askCello(world, 'POST', path, {}, { authorization: 'Bearer none' });
		assert.deepEqual([status, body], [401, { message: 'Unauthorized' }]);
	}
	assert.equal((await askCello(world, 'POST', '/v2/events/anything', {})).status, 404);
});
