// SPDX-License-Identifier: MIT
//
// Thirteen months of a shop that opened on a 31st of January: what is paid is known until when, months are as long as they are, and who
// referred somebody earns for as long as was agreed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, quiet, signup, subscribe, subscription, subscriptionWhen, UCC } from '../rig/visitor.mjs';

const DAY = 86400, MONTHS = 12, PERCENT = 20;
// The next year on whose January no leap day follows, and on whose successor's one does.
const year = [1, 2, 3, 4].map((n) => new Date().getUTCFullYear() + n).find((y) => (y + 1) % 4 === 0);
let rig;

const clock = async () => (await rig.control('GET', '/clock')).now;

async function until(seconds) {
	await rig.control('POST', '/clock', { advance_seconds: Math.ceil(seconds - await clock()) });
	await quiet(rig);
}

// [what was paid, what it earned], the first payment first.
const earned = async ({ email }) => (await rig.endpin('ledger', '--csv', email)).trim().split('\n').map((line) => line.split(','))
	.reduce(({ names, rows }, cells) => names ? { names, rows: [...rows, ['amount', 'earned'].map((n) => Number(cells[names.indexOf(n)]))] }
		: { names: cells, rows }, { names: null, rows: [] }).rows;

const share = (amount, i) => i < MONTHS ? Math.trunc(amount * PERCENT / 100) : 0;

before(async () => {
	rig = await openRig({ name: 'years', set: { 'courier.poll': 1, 'cello.reward_percent': PERCENT, 'cello.reward_months': MONTHS } });
	await until(Date.UTC(year, 0, 31, 10) / 1000);
});
after(() => rig?.close());

test('scenarios 40, 45: thirteen months from the 31st on, and a year: paid without a gap, and twelve of them earn', async () => {
	const monthly = await signup(rig, { ucc: UCC }), yearly = await signup(rig);
	const ends = [(await subscribe(rig, monthly)).currentPeriodEnd];
	await subscribe(rig, yearly, 'trial');
	while (ends.length < 14) {
		await until(Date.parse(ends.at(-1)) / 1000 + DAY);
		const now = await subscription(monthly);
		assert.deepEqual([now.status, now.entitled], ['active', true]);
		ends.push(now.currentPeriodEnd);
	}
	// Each month ends on its last day or on its 30th or 31st, at the hour of the first, whatever the clocks on the wall do.
	assert.deepEqual(ends.map((end) => end.slice(0, 10)), ends.map((_, i) => new Date(Date.UTC(year, i + 2, 0)).toISOString().slice(0, 10)));
	assert.equal(new Set(ends.map((end) => end.slice(10))).size, 1);
	assert.equal(ends[12].slice(5, 10), '02-29');

	const paid = await earned(monthly);
	assert.equal(paid.length, 14);
	assert.deepEqual(paid.map(([, e]) => e), paid.map(([amount], i) => share(amount, i)));
	assert.deepEqual((await rig.sql('SELECT status, amount_paid::int FROM invoice WHERE customer_id = $1 ORDER BY created', [await customerOf(rig, yearly.account)]))
		.map((i) => [i.status, i.amount_paid]), [['paid', 0], ['paid', 19000], ['paid', 19000]]);
	assert.equal((await subscription(yearly)).entitled, true);
});

test('scenario 45: another plan or a gap does not make the time begin anew', async () => {
	const client = await signup(rig, { ucc: UCC });
	const { id, currentPeriodEnd } = await subscribe(rig, client);
	const began = await clock();
	await until(Date.parse(currentPeriodEnd) / 1000 + DAY);
	await askStripe(rig, 'DELETE', `/subscriptions/${id}`);
	await subscriptionWhen(client, 'the end', (s) => s.status === 'canceled');
	await until(began + 330 * DAY);
	await subscribe(rig, client, 'quartet');
	await until(began + 400 * DAY);
	const rows = await earned(client);
	assert.deepEqual(rows.map(([amount]) => amount).slice(1), [1900, 4900, 4900, 4900]);
	// The third of the other plan is paid after a year.
	assert.deepEqual(rows.map(([, e]) => e), rows.map(([amount], i) => i < 4 ? share(amount, 0) : 0));
});
