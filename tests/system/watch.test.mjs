// SPDX-License-Identifier: MIT
//
// F5: a courier that is stuck is replaced, one that works or waits is left alone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor, SLOW } from '../rig/rig.mjs';
import { customerOf, signup } from '../rig/visitor.mjs';

const STUCK = process.env.ENDPIN_LONG === '1' ? 50 : 2 * SLOW;
const POLL = 1;
let rig;

before(async () => {
	rig = await openRig({ name: 'watch', set: { 'courier.stuck_timeout': STUCK, 'courier.poll': POLL } });
});
after(() => rig?.close());

const stuck = () => rig.log().filter((l) => l.event === 'courier_stuck');

test('F5: a courier stopped with SIGSTOP is killed and replaced, the other one stays', async (t) => {
	await waitFor('two couriers', () => rig.workers('courier').length === 2);
	const [victim, other] = rig.workers('courier');
	process.kill(victim, 'SIGSTOP');
	const began = Date.now();
	await waitFor('its replacement', () => {
		const now = rig.workers('courier');
		return now.length === 2 && !now.includes(victim) && now.includes(other);
	}, (STUCK + POLL + 10) * 1000);
	const ms = Date.now() - began;
	assert.equal(stuck().length, 1);
	assert.match(stuck()[0].msg, new RegExp(`courier ${victim} has shown no sign of life`));
	assert.ok(ms <= (STUCK + POLL + 3) * 1000 * SLOW, `${ms} ms`);
	t.diagnostic(`F5: replaced after ${ms} ms with stuck_timeout ${STUCK} and poll ${POLL} s (figure: ${(STUCK + POLL + 3) * 1000}; with the defaults 60000)`);
});

test('F5: with all couriers stopped at once, work is done by those that come', async () => {
	for (const pid of rig.workers('courier'))
		process.kill(pid, 'SIGSTOP');
	const visitor = await signup(rig);
	await customerOf(rig, visitor.account);
	// The one that was heard of last is noticed last.
	await waitFor('both to be noticed', () => stuck().length >= 3, (STUCK + POLL + 10) * 1000);
	await waitFor('two couriers', () => rig.workers('courier').length === 2);
	assert.equal(stuck().length, 3);
});

test('F5: a courier that waits for Stripe for as long as it may is not stuck', async () => {
	const pids = rig.workers('courier').sort();
	const before = stuck().length;
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/customers', action: 'delay', ms: 1500, times: 3 });
	const visitors = [];
	for (let i = 0; i < 3; i++)
		visitors.push(await signup(rig));
	for (const visitor of visitors)
		await customerOf(rig, visitor.account);
	assert.deepEqual(rig.workers('courier').sort(), pids);
	assert.equal(stuck().length, before);
});
