// SPDX-License-Identifier: MIT
//
// I7, I8, scenarios 41, 42, 44: every sum that came or went has one entry, whatever the order, and what is left of an invoice that
// was paid back in whole, in however many parts, is nothing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor, LESS } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'ledger', set: { 'courier.poll': 1, 'cello.reward_percent': 20, 'cello.reward_months': 12 } });
});
after(() => rig?.close());

const stripe = (...args) => askStripe(rig, ...args);
const settings = (changes) => rig.control('POST', '/settings', changes);
const refund = (invoice, amount) => rig.control('POST', '/refund', { invoice, amount });

async function member(fields = { ucc: UCC }) {
	const client = await signup(rig, fields);
	await subscribe(rig, client);
	const customer = await customerOf(rig, client.account);
	await quiet(rig);
	const invoice = await rig.value('SELECT id FROM invoice WHERE customer_id = $1', [customer]);
	return { client, customer, invoice };
}

// [kind, amount] of one customer's, in their order.
const entries = async (customer) => (await rig.sql(
	'SELECT kind, amount::int FROM ledger_entry WHERE customer_id = $1 ORDER BY written_at, kind, source_id', [customer]))
	.map(({ kind, amount }) => [kind, amount]);

async function csv(...args) {
	const out = await rig.endpin('ledger', '--csv', ...args);
	const [head, ...lines] = out.trim().split('\n');
	const names = head.split(',');
	return lines.map((line) => Object.fromEntries(line.split(',').map((v, i) => [names[i], ['amount', 'net', 'earned'].includes(names[i]) ? Number(v) : v])));
}

const sum = (rows, name) => rows.reduce((a, r) => a + r[name], 0);

test('a payment has one entry, with who had referred them then', async () => {
	const { customer, invoice, client } = await member();
	const [row, ...more] = await rig.sql('SELECT * FROM ledger_entry WHERE customer_id = $1', [customer]);
	assert.deepEqual(more, []);
	assert.equal(row.kind, 'payment');
	assert.match(row.source_id, /^inpay_/);
	assert.deepEqual([row.invoice_id, row.ucc, row.account_id, row.currency, Number(row.amount)],
		[invoice, UCC, client.account.id, 'usd', 1520]);
	assert.deepEqual((await csv(client.email)).map((r) => [r.amount, r.net, r.earned]), [[1520, 1520, 304]]);
	// What is agreed later is not for those who came before.
	rig.configure({ 'cello.reward_percent': 50 });
	await rig.reload();
	await refund(invoice, 1520);
	await quiet(rig);
	assert.equal(sum(await csv(client.email), 'earned'), 0);
	assert.deepEqual(await rig.sql('SELECT DISTINCT reward_percent, reward_months FROM ledger_entry WHERE customer_id = $1', [customer]),
		[{ reward_percent: 20, reward_months: 12 }]);
	const stranger = await member({});
	assert.deepEqual(await rig.sql('SELECT ucc FROM ledger_entry WHERE customer_id = $1', [stranger.customer]), [{ ucc: null }]);
});

test('scenario 41: three refunds that make the whole leave nothing, each once', async () => {
	const { customer, invoice } = await member();
	for (const amount of [507, 507, 506])
		await refund(invoice, amount);
	await quiet(rig);
	assert.deepEqual((await entries(customer)).sort(), [['payment', 1520], ['refund', -506], ['refund', -507], ['refund', -507]]);
	const events = (await rig.control('GET', '/events')).filter((e) => e.type.startsWith('refund.'));
	for (const event of events)
		await rig.control('POST', '/events/deliver', { id: event.id, copies: 2 });
	await quiet(rig);
	assert.equal((await entries(customer)).length, 4);
});

test('scenario 41: a refund that is pending moves nothing; one that the bank sends back is restored', async () => {
	const { customer, invoice } = await member();
	await settings({ refunds_begin: 'insufficient_funds' });
	const pending = await refund(invoice, 300);
	await quiet(rig);
	assert.deepEqual(await entries(customer), [['payment', 1520]]);
	await rig.control('POST', '/refund', { refund: pending.id, status: 'succeeded' });
	await quiet(rig);
	assert.deepEqual(await entries(customer), [['payment', 1520], ['refund', -300]]);
	await rig.control('POST', '/refund', { refund: pending.id, status: 'failed' });
	await quiet(rig);
	assert.deepEqual(await entries(customer), [['payment', 1520], ['refund', -300], ['refund_failed', 300]]);
	const canceled = await refund(invoice, 200);
	await rig.control('POST', '/refund', { refund: canceled.id, status: 'canceled' });
	await quiet(rig);
	assert.equal((await entries(customer)).length, 3);
	await settings({ refunds_begin: 'succeeded' });
});

test('scenario 42: a dispute takes, a win brings back, in part or whole; an inquiry moves nothing', async () => {
	const won = await member(), lost = await member(), asked = await member();
	const open = (invoice, more = {}) => rig.control('POST', '/dispute', { invoice, ...more });
	const { id } = await open(won.invoice);
	await rig.control('POST', '/dispute', { dispute: id, status: 'won', reinstated: 1000 });
	const second = await open(lost.invoice, { amount: 700 });
	await rig.control('POST', '/dispute', { dispute: second.id, status: 'lost' });
	const third = await open(asked.invoice, { kind: 'inquiry' });
	await rig.control('POST', '/dispute', { dispute: third.id, status: 'warning_closed' });
	await quiet(rig);
	const sorted = async ({ customer }) => (await entries(customer)).map(([, amount]) => amount).sort((a, b) => a - b);
	assert.deepEqual(await sorted(won), [-1520, 1000, 1520]);
	assert.deepEqual(await sorted(lost), [-700, 1520]);
	assert.deepEqual(await sorted(asked), [1520]);
	assert.deepEqual((await rig.sql('SELECT status FROM payback WHERE kind = $1 ORDER BY status', ['dispute'])).map((r) => r.status),
		['lost', 'warning_closed', 'won']);
});

test('scenario 42: a warning takes nothing, a dispute what a refund has left, and a refund what a win brings back', async () => {
	const won = await member(), lost = await member();
	for (const { invoice, customer } of [won, lost]) {
		await rig.control('POST', '/fraud', { invoice });
		await quiet(rig);
		assert.deepEqual(await entries(customer), [['payment', 1520]]);
		await refund(invoice, 500);
	}
	const { id } = await rig.control('POST', '/dispute', { invoice: won.invoice });
	await assert.rejects(refund(won.invoice, 1020), /disputed/);
	await rig.control('POST', '/dispute', { dispute: id, status: 'won' });
	await refund(won.invoice, 1020);
	const other = await rig.control('POST', '/dispute', { invoice: lost.invoice });
	await rig.control('POST', '/dispute', { dispute: other.id, status: 'lost' });
	await quiet(rig);
	for (const [{ client, customer }, amounts] of [[won, [-1020, -1020, -500, 1020, 1520]], [lost, [-1020, -500, 1520]]]) {
		assert.deepEqual((await entries(customer)).map(([, amount]) => amount).sort((a, b) => a - b), amounts);
		const rows = await csv(client.email);
		assert.deepEqual([sum(rows, 'net'), sum(rows, 'earned')], [0, 0]);
	}
});

test('scenario 41: an invoice that was paid in two parts is paid back in two', async () => {
	const { account, email } = await signup(rig, { ucc: UCC });
	const customer = await customerOf(rig, account);
	await stripe('POST', '/invoiceitems', { customer, amount: 1001, currency: 'usd' });
	const { id } = await stripe('POST', '/invoices', { customer, currency: 'usd', auto_advance: 'false', pending_invoice_items_behavior: 'include' });
	await stripe('POST', `/invoices/${id}/finalize`);
	const charges = [];
	for (const amount of [334, 667])
		charges.push((await rig.control('POST', '/payment', { invoice: id, amount })).charge);
	await quiet(rig);
	assert.deepEqual((await entries(customer)).sort(), [['payment', 334], ['payment', 667]]);
	assert.ok(sum(await csv(email), 'earned') > 0);
	for (const charge of charges)
		await rig.control('POST', '/refund', { charge });
	await quiet(rig);
	assert.deepEqual((await entries(customer)).sort(), [['payment', 334], ['payment', 667], ['refund', -334], ['refund', -667]]);
	assert.equal(sum(await csv(email), 'earned'), 0);
});

test('an invoice that was paid in more parts than a page of Stripe\u2019s has: each has its entry, and the check finds all of them', async () => {
	const { account } = await signup(rig);
	const customer = await customerOf(rig, account);
	const parts = 205;
	await stripe('POST', '/invoiceitems', { customer, amount: 100 * parts, currency: 'usd' });
	const { id } = await stripe('POST', '/invoices', { customer, currency: 'usd', auto_advance: 'false', pending_invoice_items_behavior: 'include' });
	await stripe('POST', `/invoices/${id}/finalize`);
	for (let i = 0; i < parts; i++)
		await rig.control('POST', '/payment', { invoice: id, amount: 100 });
	await quiet(rig);
	await rig.endpin('objects', 'read', id);
	await waitFor('all parts', async () => (await entries(customer)).length === parts, 20000);
	await quiet(rig);	// or whoever still reads it writes it once more
	// The oldest is on the last page: without it something is missing, and who sees one page only does not know.
	const [gone] = await rig.sql("DELETE FROM ledger_entry WHERE source_id = (SELECT min(source_id) FROM ledger_entry WHERE invoice_id = $1) RETURNING source_id", [id]);
	await assert.rejects(rig.endpin('ledger', 'check'), (e) => e.code === 1 && e.out.includes(`missing: payment ${gone.source_id} of`));
	await rig.endpin('objects', 'read', id);
	await waitFor('all parts', async () => (await entries(customer)).length === parts, 20000);
});

test('scenario 41: a credit note counts what was paid back elsewhere; what it refunds counts as the refund', async () => {
	const { customer, invoice } = await member();
	await stripe('POST', '/credit_notes', { invoice, amount: 600, refund_amount: 250, credit_amount: 150, out_of_band_amount: 200 });
	await quiet(rig);
	assert.deepEqual((await entries(customer)).sort(), [['credit_note', -200], ['payment', 1520], ['refund', -250]]);
});

test('scenarios 41, 44: in any currency and with tax, parts never take more than came, and all of them take all of it', async (t) => {
	const rounds = LESS ? 3 : 9;
	let refunds = 0;
	for (let i = 0; i < rounds; i++) {
		const currency = ['usd', 'jpy', 'bhd'][i % 3];
		const account = (await signup(rig)).account;
		const customer = await customerOf(rig, account);
		const paid = { usd: 9999, jpy: 10101, bhd: 29990 }[currency];
		await settings({ tax: i % 2 === 0 ? 'inclusive' : 'exclusive' });
		const pm = await rig.control('POST', '/card', { customer, card: '4242424242424242' });
		assert.ok(pm.payment_method);
		await stripe('POST', '/invoiceitems', { customer, amount: paid, currency });
		const draft = await stripe('POST', '/invoices', { customer, currency, auto_advance: 'false', pending_invoice_items_behavior: 'include' });
		await stripe('POST', `/invoices/${draft.id}/finalize`);
		const invoice = await stripe('POST', `/invoices/${draft.id}/pay`);
		await quiet(rig);
		const [accrual] = (await csv(account.email)).map((r) => r.net);
		assert.ok(accrual > 0 && accrual <= invoice.amount_paid);
		assert.equal(accrual, Math.trunc(invoice.amount_paid * invoice.total_excluding_tax / invoice.total));
		for (let left = invoice.amount_paid; left > 0;) {
			const step = currency === 'bhd' ? 10 : 1;
			const part = Math.min(left, step * Math.ceil(Math.random() * invoice.amount_paid / 3 / step));
			await refund(invoice.id, part);
			left -= part;
			refunds++;
			await quiet(rig);
			const rows = await csv(account.email);
			const reversed = -rows.filter((r) => r.kind === 'refund').reduce((a, r) => a + r.net, 0);
			assert.ok(reversed >= 0 && reversed <= accrual, `${reversed} of ${accrual}`);
			assert.equal(reversed === accrual, left === 0 || accrual - reversed === 0);
			assert.equal(sum(rows, 'amount'), left);
		}
		assert.equal(sum(await csv(account.email), 'net'), 0);
	}
	await settings({ tax: 'none' });
	t.diagnostic(`I7: ${rounds} invoices of three currencies in ${refunds} parts: 0 is left of each (figure: 0)`);
});

test('nobody but the owner of the database can change what was written', async () => {
	const app = await rig.cluster.connect(rig.database);
	await app.query('SET ROLE endpin');
	for (const text of ['UPDATE ledger_entry SET amount = 0', 'DELETE FROM ledger_entry', 'TRUNCATE ledger_entry'])
		await assert.rejects(app.query(text), /permission denied/);
	await app.end();
});

const fails = (code, ...args) => assert.rejects(rig.endpin(...args), (e) => e.code === code);

test('endpin ledger: sums for people, a month, and what Stripe says', async () => {
	const all = await rig.endpin('ledger');
	assert.match(all, new RegExp(`^${UCC} +usd +\\d+ +-?\\d+ +\\d+ +\\d+ +visitor-`, 'm'));
	assert.match(all, /nobody referred them/);
	assert.match(await rig.endpin('ledger', '--month', '2001-01'), /nothing was paid in that month/);
	await fails(2, 'ledger', '--month', '2001-1');
	await fails(1, 'ledger', 'nobody@example.com');
	assert.match(await rig.endpin('ledger', 'check'), /of the [1-9]\d* entries of the others 0 are missing/);
	// One is gone, as no program of ours can do it: it is told, and comes back when its invoice is read again.
	const [gone] = await rig.sql("DELETE FROM ledger_entry WHERE source_id = (SELECT min(source_id) FROM ledger_entry WHERE kind = 'payment') RETURNING source_id, invoice_id");
	await assert.rejects(rig.endpin('ledger', 'check'), (e) => e.code === 1 && e.out.includes(`missing: payment ${gone.source_id} of`));
	await rig.endpin('objects', 'read', gone.invoice_id);
	await quiet(rig);
	// Twice Stripe has no time: nobody has to begin anew for that.
	await rig.control('POST', '/faults', { target: 'stripe', method: 'GET', path: '/v1/invoices', action: 'status', status: 429, headers: { 'retry-after': '1' }, times: 2 });
	await rig.endpin('ledger', 'check');
});

test('F2: what was missed, and what a program of before has not booked, is found by reconciliation', async () => {
	const { customer, invoice } = await member();
	await rig.control('POST', '/events/mode', { generate: false });
	await refund(invoice, 400);
	const { id } = await rig.control('POST', '/dispute', { invoice, amount: 100 });
	await rig.control('POST', '/dispute', { dispute: id, status: 'lost' });
	await rig.control('POST', '/events/mode', { generate: true });
	await rig.sql('UPDATE invoice SET booked = NULL WHERE id = $1', [invoice]);
	await rig.sql('DELETE FROM ledger_entry WHERE invoice_id = $1', [invoice]);
	await rig.endpin('resync');
	await waitFor('all of it', async () => {
		await rig.sql("UPDATE stripe_object SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL AND due_at > now()");
		return (await entries(customer)).length === 3;
	}, 20000);
	assert.deepEqual((await entries(customer)).map(([, amount]) => amount).sort((a, b) => a - b), [-400, -100, 1520]);
	assert.equal(sum(await csv(), 'net') >= 0, true);
	// A movement that was not there when the dispute was read: its status and sum stay what they are.
	await rig.sql("UPDATE payback SET moves = 0 WHERE id = $1", [id]);
	await rig.sql("DELETE FROM ledger_entry WHERE kind = 'dispute' AND customer_id = $1", [customer]);
	await rig.endpin('resync');
	await waitFor('the movement', async () => {
		await rig.sql("UPDATE stripe_object SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL AND due_at > now()");
		return (await entries(customer)).length === 3;
	}, 20000);
	await quiet(rig);
	const again = JSON.parse(await rig.endpin('resync', '--json'));
	assert.deepEqual([again.differ, again.overdue], [0, 0]);
});
