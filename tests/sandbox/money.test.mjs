// SPDX-License-Identifier: MIT
//
// Money that comes in parts and goes back: refunds, disputes, credit notes, several payments of one invoice. After
// each of them the balance of the account says the same as the objects.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, start } from './harness.mjs';

const types = async (world) => (await world.control('events')).map((e) => e.type);

async function since(world, run) {
	const before = (await types(world)).length;
	const out = await run();
	return [out, (await types(world)).slice(before)];
}

async function chargeOf(world, invoice) {
	const { payments } = await world.stripe.invoices.retrieve(invoice, { expand: ['payments'] });
	return (await world.stripe.paymentIntents.retrieve(payments.data[0].payment.payment_intent)).latest_charge;
}

// What the account's balance says of this object.
async function moved(world, source) {
	return (await world.stripe.balanceTransactions.list({ source, limit: 100 })).data.map((t) => [t.reporting_category, t.amount]).reverse();
}

// An invoice that nobody has paid: the card of the renewal fails.
async function unpaid(world) {
	const bought = await world.purchase();
	await world.control('card', { customer: bought.customer.id, card: '4000000000000341' });
	await world.control('clock', { advance_seconds: 32 * DAY });
	const [open] = (await world.stripe.invoices.list({ customer: bought.customer.id, status: 'open' })).data;
	return { ...bought, open };
}

test('a refund waits, succeeds, and is sent back by the bank after all', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { invoice } = await world.purchase();
	const charge = await chargeOf(world, invoice);
	await world.control('settings', { refunds_begin: 'insufficient_funds' });
	const refund = await stripe.refunds.create({ charge, amount: 967, metadata: { a: '1' } });
	assert.deepEqual([refund.status, refund.pending_reason, refund.balance_transaction], ['pending', 'insufficient_funds', null]);
	assert.equal((await stripe.charges.retrieve(charge)).amount_refunded, 967);
	assert.deepEqual(await moved(world, refund.id), []);
	await assert.rejects(stripe.refunds.cancel(refund.id), { statusCode: 400 });

	const [done, told] = await since(world, () => world.control('refund', { refund: refund.id, status: 'succeeded' }));
	assert.deepEqual([done.status, 'pending_reason' in done, told], ['succeeded', false, ['refund.updated', 'charge.refund.updated']]);
	assert.deepEqual(await moved(world, refund.id), [['refund', -967]]);

	const [, late] = await since(world, () => world.control('refund', { refund: refund.id, status: 'failed', failure_reason: 'declined' }));
	assert.deepEqual(late, ['charge.updated', 'refund.failed', 'refund.updated', 'charge.refund.updated']);
	const failed = await stripe.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] });
	assert.deepEqual([failed.status, failed.failure_reason, failed.failure_balance_transaction.amount], ['failed', 'declined', 967]);
	assert.deepEqual(await moved(world, refund.id), [['refund', -967], ['refund_failure', 967]]);
	assert.equal((await stripe.charges.retrieve(charge)).amount_refunded, 0);
	assert.deepEqual((await stripe.refunds.update(refund.id, { metadata: { b: '2' } })).metadata, { a: '1', b: '2' });
	assert.ok((await world.control('refund', { refund: refund.id, status: 'succeeded' })).error, 'a failed refund is final');
});

test('a refund that asks the person is canceled, and the charge may keep what it said', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { invoice } = await world.purchase();
	const charge = await chargeOf(world, invoice);
	await world.control('settings', { refunds_begin: 'requires_action', failed_refund_lowers_charge: false });
	const refund = await stripe.refunds.create({ charge });
	assert.deepEqual([refund.status, refund.next_action.display_details.email_sent.email_sent_to], ['requires_action', 'ann@example.com']);
	assert.equal((await stripe.refunds.cancel(refund.id)).status, 'canceled');
	assert.deepEqual(await moved(world, refund.id), []);
	assert.equal((await stripe.charges.retrieve(charge)).amount_refunded, 2900);
	assert.ok((await world.control('settings', { refunds_begin: 'never' })).error);
});

test('three thirds are a whole', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { invoice } = await world.purchase();
	const charge = await chargeOf(world, invoice);
	for (const amount of [967, 967, undefined])
		await stripe.refunds.create({ charge, amount });
	const { data } = await stripe.refunds.list({ charge, expand: ['data.balance_transaction'] });
	assert.deepEqual(data.map((r) => r.balance_transaction.amount), [-966, -967, -967]);
	assert.equal((await stripe.charges.retrieve(charge)).refunded, true);
	await assert.rejects(stripe.refunds.create({ charge }), { code: 'charge_already_refunded' });
});

test('an inquiry takes nothing until it becomes a chargeback', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { invoice } = await world.purchase({}, '4000000000001976');
	const charge = await chargeOf(world, invoice);
	const [inquiry] = (await stripe.disputes.list({ charge })).data;
	assert.deepEqual([inquiry.status, inquiry.is_charge_refundable, inquiry.payment_method_details.card.case_type], ['warning_needs_response', true, 'inquiry']);
	assert.deepEqual(await moved(world, inquiry.id), []);
	await stripe.refunds.create({ charge, amount: 900 });

	const asked = await stripe.disputes.update(inquiry.id, { evidence: { customer_name: 'Ann' } });
	assert.deepEqual([asked.status, asked.evidence.customer_name, asked.evidence_details.submission_count], ['warning_under_review', 'Ann', 1]);
	const [back, told] = await since(world, () => world.control('dispute', { dispute: inquiry.id, status: 'needs_response' }));
	assert.deepEqual([back.is_charge_refundable, told], [false, ['charge.dispute.updated', 'charge.dispute.funds_withdrawn']]);
	assert.deepEqual(await moved(world, inquiry.id), [['dispute', -2900]]);
	await assert.rejects(stripe.refunds.create({ charge }), { code: 'charge_disputed' });
});

test('a dispute is won in part, the charge may be refunded and disputed again', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { invoice } = await world.purchase();
	const charge = await chargeOf(world, invoice);
	const dispute = await world.control('dispute', { invoice, amount: 2000 });
	assert.deepEqual(dispute.balance_transactions.map((b) => [b.amount, b.fee, b.net]), [[-2000, 1500, -3500]]);
	assert.ok((await world.control('dispute', { invoice })).error, 'one at a time');
	assert.equal((await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: 'x' } })).status, 'under_review');
	const [won, told] = await since(world, () => world.control('dispute', { dispute: dispute.id, status: 'won', reinstated: 1500 }));
	assert.deepEqual(told, ['charge.dispute.updated', 'charge.dispute.funds_reinstated', 'charge.dispute.closed']);
	assert.deepEqual(won.balance_transactions.map((b) => b.amount), [-2000, 1500]);
	assert.equal((await stripe.balanceTransactions.retrieve(won.balance_transactions[1].id)).amount, 1500);
	await stripe.refunds.create({ charge, amount: 900 });

	const again = await world.control('dispute', { charge });
	assert.equal(again.amount, 2000);
	assert.equal((await stripe.disputes.close(again.id)).status, 'lost');
	await world.control('dispute', { dispute: again.id, status: 'appeal_needs_response' });
	await world.control('dispute', { dispute: again.id, status: 'appeal_under_review' });
	await world.control('dispute', { dispute: again.id, status: 'won' });
	assert.deepEqual(await moved(world, again.id), [['dispute', -2000], ['dispute_reversal', 2000]]);
});

test('what the network prevented moves no money, a fraud warning only warns', async (t) => {
	const world = await start(t);
	const { invoice } = await world.purchase({}, '4000000000005423');
	const charge = await chargeOf(world, invoice);
	const [warning] = (await world.stripe.radar.earlyFraudWarnings.list({ charge })).data;
	assert.deepEqual([warning.actionable, warning.fraud_type], [true, 'made_with_stolen_card']);
	const [prevented, told] = await since(world, () => world.control('dispute', { invoice, kind: 'prevented' }));
	assert.deepEqual([prevented.status, told], ['prevented', ['charge.dispute.created', 'charge.dispute.closed']]);
	assert.deepEqual(await moved(world, prevented.id), []);
	assert.equal((await world.stripe.charges.retrieve(charge)).disputed, false);
	assert.equal((await world.stripe.refunds.create({ charge })).status, 'succeeded');
});

test('an invoice is paid in parts, and what is too much is credit', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { customer, open, subscription } = await unpaid(world);
	const [, part] = await since(world, () => world.control('payment', { invoice: open.id, amount: 1000 }));
	assert.ok(part.includes('invoice_payment.paid') && !part.includes('invoice.paid'), part.join());
	const half = await stripe.invoices.retrieve(open.id, { expand: ['payments'] });
	assert.deepEqual([half.status, half.amount_paid, half.amount_remaining], ['open', 1000, 1900]);
	assert.deepEqual(half.payments.data.map((p) => [p.is_default, p.status, p.amount_requested, p.amount_paid]),
		[[false, 'paid', 1000, 1000], [true, 'open', 1900, null]]);
	assert.equal((await world.control('payment', { invoice: open.id, amount: 500, card: '4000000000000002' })).paid, false);

	const loose = await world.control('payment', { customer: customer.id, amount: 2000 });
	const paid = await stripe.invoices.attachPayment(open.id, { payment_intent: loose.payment_intent });
	assert.deepEqual([paid.status, paid.amount_paid, paid.amount_remaining, paid.amount_overpaid], ['paid', 3000, 0, 100]);
	await assert.rejects(stripe.invoices.attachPayment(open.id, { payment_intent: loose.payment_intent }), { statusCode: 400 });
	const { data } = await stripe.invoicePayments.list({ invoice: open.id });
	assert.deepEqual(data.map((p) => p.status), ['paid', 'paid', 'canceled']);
	const canceled = data.find((p) => p.status === 'canceled');
	assert.equal((await stripe.paymentIntents.retrieve(canceled.payment.payment_intent)).status, 'canceled');
	assert.equal((await stripe.customers.retrieve(customer.id)).balance, -100);
	assert.equal((await stripe.subscriptions.retrieve(subscription)).status, 'active');
	// Each payment is refunded by itself.
	const refund = await stripe.refunds.create({ charge: loose.charge });
	assert.equal(refund.amount, 2000);
});

test('paid elsewhere: no payment of Stripe’s is left open', async (t) => {
	const world = await start(t);
	const { open } = await unpaid(world);
	const [paid, told] = await since(world, () => world.stripe.invoices.pay(open.id, { paid_out_of_band: true }));
	assert.deepEqual([paid.status, paid.amount_paid, paid.amount_paid_off_stripe], ['paid', 2900, 2900]);
	assert.ok(told.includes('payment_intent.canceled') && told.includes('invoice.paid') && !told.includes('invoice.payment_succeeded'), told.join());
	assert.deepEqual((await world.stripe.invoicePayments.list({ invoice: open.id })).data.map((p) => p.status), ['canceled']);
});

test('a credit note before the payment, voided and issued again', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { open, subscription } = await unpaid(world);
	const preview = await stripe.creditNotes.preview({ invoice: open.id, amount: 900 });
	assert.deepEqual([preview.total, preview.pre_payment_amount], [900, 900]);
	assert.equal((await stripe.creditNotes.list({ invoice: open.id })).data.length, 0);
	const [note, told] = await since(world, () => stripe.creditNotes.create({ invoice: open.id, amount: 900, memo: 'sorry' }));
	assert.deepEqual([note.type, note.status, note.number, told], ['pre_payment', 'issued', `${open.number}-CN-01`, ['credit_note.created', 'invoice.updated']]);
	const less = await stripe.invoices.retrieve(open.id);
	assert.deepEqual([less.total, less.amount_due, less.amount_remaining, less.pre_payment_credit_notes_amount], [2900, 2000, 2000, 900]);
	assert.equal((await stripe.creditNotes.voidCreditNote(note.id)).status, 'void');
	assert.deepEqual([(await stripe.invoices.retrieve(open.id)).amount_due, (await stripe.invoices.retrieve(open.id)).pre_payment_credit_notes_amount], [2900, 0]);

	const all = await stripe.creditNotes.create({ invoice: open.id, lines: [{ type: 'invoice_line_item', invoice_line_item: open.lines.data[0].id, quantity: 1 }] });
	assert.equal(all.lines.data[0].invoice_line_item, open.lines.data[0].id);
	const paid = await stripe.invoices.retrieve(open.id);
	assert.deepEqual([paid.status, paid.amount_due, paid.amount_paid], ['paid', 0, 0]);
	assert.equal((await stripe.subscriptions.retrieve(subscription)).status, 'active');
	await assert.rejects(stripe.creditNotes.voidCreditNote(all.id), { statusCode: 400 });
});

test('a credit note after the payment is refunded, credited and given back elsewhere', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { invoice, customer } = await world.purchase();
	await assert.rejects(stripe.creditNotes.create({ invoice, amount: 900 }), { message: /must equal the post payment amount \(900\)/ });
	const note = await stripe.creditNotes.create({ invoice, amount: 900, refund_amount: 300, credit_amount: 400, out_of_band_amount: 200, reason: 'order_change' });
	assert.deepEqual([note.type, note.post_payment_amount, note.out_of_band_amount], ['post_payment', 900, 200]);
	assert.equal((await stripe.refunds.retrieve(note.refunds[0].refund)).amount, 300);
	assert.equal((await stripe.customers.retrieve(customer.id)).balance, -400);
	const [credit] = (await stripe.customers.listBalanceTransactions(customer.id)).data;
	assert.deepEqual([credit.id, credit.type, credit.amount, credit.credit_note], [note.customer_balance_transaction, 'credit_note', -400, note.id]);

	// A refund made by itself counts against what may be credited, unless a note speaks of it.
	const charge = await chargeOf(world, invoice);
	const refund = await stripe.refunds.create({ charge, amount: 2000 });
	await assert.rejects(stripe.creditNotes.create({ invoice, amount: 1, credit_amount: 1 }), { param: 'amount' });
	const linked = await stripe.creditNotes.create({ invoice, amount: 2000, refunds: [{ refund: refund.id, amount_refunded: 2000 }] });
	assert.equal(linked.refunds[0].refund, refund.id);
	assert.equal((await stripe.invoices.retrieve(invoice)).post_payment_credit_notes_amount, 2900);
	assert.equal((await stripe.refunds.list({ charge })).data.length, 2);
	assert.equal((await stripe.creditNotes.update(note.id, { memo: 'so' })).memo, 'so');
});

test('credit pays for the next invoice, a debt is added to it', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { customer, subscription } = await world.purchase();
	const given = await stripe.customers.createBalanceTransaction(customer.id, { amount: -4000, currency: 'eur', description: 'thanks' });
	assert.deepEqual([given.type, given.ending_balance], ['adjustment', -4000]);
	await world.control('clock', { advance_seconds: 32 * DAY });
	const [free] = (await stripe.invoices.list({ subscription })).data;
	assert.deepEqual([free.total, free.starting_balance, free.ending_balance, free.amount_due, free.status], [2900, -4000, -1100, 0, 'paid']);
	assert.deepEqual((await stripe.customers.listBalanceTransactions(customer.id)).data.map((b) => [b.type, b.amount, b.ending_balance]),
		[['applied_to_invoice', 2900, -1100], ['adjustment', -4000, -4000]]);
	await stripe.customers.createBalanceTransaction(customer.id, { amount: 1500, currency: 'eur' });
	await world.control('clock', { advance_seconds: 31 * DAY });
	const [more] = (await stripe.invoices.list({ subscription })).data;
	assert.deepEqual([more.starting_balance, more.amount_due, more.amount_paid, more.ending_balance], [400, 3300, 3300, 0]);
	await assert.rejects(stripe.customers.createBalanceTransaction(customer.id, { amount: 1, currency: 'usd' }), { param: 'currency' });
});

test('Checkout asks for what the balance leaves of the first invoice, and for nothing if it leaves nothing', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const first = async (balance, currency = 'eur') => {
		const customer = await world.customer();
		await stripe.customers.createBalanceTransaction(customer.id, { amount: balance, currency });
		const session = await world.session(customer);
		const page = await (await fetch(session.url)).text();
		await world.control('pay', { session: session.id });
		const completed = await stripe.checkout.sessions.retrieve(session.id);
		const invoice = await stripe.invoices.retrieve(completed.invoice, { expand: ['payments'] });
		assert.deepEqual([completed.amount_total, invoice.total, invoice.starting_balance, invoice.status], [2900, 2900, currency === 'eur' ? balance : 0, 'paid']);
		return { completed, page, invoice, customer: await stripe.customers.retrieve(customer.id) };
	};
	const less = await first(-1000);
	assert.deepEqual([less.invoice.amount_due, less.invoice.amount_paid, less.customer.balance, less.completed.payment_status], [1900, 1900, 0, 'paid']);
	assert.match(less.page, /Applied balance<\/dt><dd>−€10\.00.*Due today.*€19\.00.*Pay €19\.00/s);
	const none = await first(-4000);
	assert.deepEqual([none.invoice.amount_due, none.invoice.amount_paid, none.invoice.payments.data, none.customer.balance, none.completed.payment_status],
		[0, 0, [], -1100, 'no_payment_required']);
	const owes = await first(500);
	assert.deepEqual([owes.invoice.amount_due, owes.invoice.amount_paid, owes.customer.balance], [3400, 3400, 0]);
	// What they have in dollars pays for nothing in euros.
	const other = await first(-1000, 'usd');
	assert.deepEqual([other.invoice.amount_due, other.invoice.amount_paid, other.customer.balance, other.customer.currency], [2900, 2900, -1000, 'usd']);
});

test('an invoice by hand: what waits is put on it, it is sent, becomes overdue and is given up', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const customer = await world.customer();
	const item = await stripe.invoiceItems.create({ customer: customer.id, amount: 5000, currency: 'eur', description: 'Setup' });
	await stripe.invoiceItems.create({ customer: customer.id, amount: -1000, currency: 'eur', description: 'Old friend' });
	const draft = await stripe.invoices.create({ customer: customer.id, collection_method: 'send_invoice', days_until_due: 7, pending_invoice_items_behavior: 'include' });
	assert.deepEqual([draft.status, draft.parent, draft.billing_reason, draft.total, draft.number, draft.auto_advance], ['draft', null, 'manual', 4000, null, false]);
	assert.deepEqual(draft.lines.data.map((l) => [l.amount, l.parent.type]), [[5000, 'invoice_item_details'], [-1000, 'invoice_item_details']]);
	assert.equal((await stripe.invoiceItems.retrieve(item.id)).invoice, draft.id);
	await assert.rejects(stripe.creditNotes.create({ invoice: draft.id, amount: 1 }), { param: 'invoice' });
	const [sent, told] = await since(world, () => stripe.invoices.sendInvoice(draft.id));
	assert.deepEqual([sent.status, sent.amount_due, told], ['open', 4000, ['invoice.finalized', 'invoice.updated', 'invoice.sent']]);
	const [, late] = await since(world, () => world.control('clock', { advance_seconds: 8 * DAY }));
	assert.deepEqual(late, ['invoice.overdue', 'customer.updated']);
	const lost = await stripe.invoices.markUncollectible(draft.id);
	assert.equal(lost.status, 'uncollectible');
	await assert.rejects(stripe.invoices.del(draft.id), { statusCode: 400 });
	// Somebody pays after all.
	await world.control('payment', { invoice: draft.id, amount: 4000 });
	assert.equal((await stripe.invoices.retrieve(draft.id)).status, 'paid');
});

test('a draft that is deleted is gone, one below zero is credit', async (t) => {
	const world = await start(t);
	const { stripe } = world;
	const { customer } = await world.purchase();
	const draft = await stripe.invoices.create({ customer: customer.id });
	const [gone, told] = await since(world, () => stripe.invoices.del(draft.id));
	assert.deepEqual([gone.deleted, told], [true, ['invoice.deleted']]);
	assert.deepEqual({ ...await stripe.invoices.retrieve(draft.id) }, { id: draft.id, object: 'invoice', deleted: true });
	await assert.rejects(stripe.invoices.finalizeInvoice(draft.id), { code: 'resource_missing', statusCode: 404 });
	assert.equal((await stripe.invoices.list({ customer: customer.id })).data.length, 1);

	await stripe.invoiceItems.create({ customer: customer.id, amount: -700, currency: 'eur' });
	const back = await stripe.invoices.create({ customer: customer.id, pending_invoice_items_behavior: 'include' });
	const done = await stripe.invoices.finalizeInvoice(back.id);
	assert.deepEqual([done.status, done.total, done.amount_due, done.ending_balance], ['paid', -700, 0, -700]);
	assert.equal((await stripe.customers.retrieve(customer.id)).balance, -700);
	await assert.rejects(stripe.invoiceItems.create({ customer: customer.id, amount: 1, currency: 'usd' }), { message: /^You cannot combine currencies/ });
});
