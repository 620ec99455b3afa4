// SPDX-License-Identifier: MIT
//
// Credit notes. One takes from what is still to be paid; what goes beyond that has been paid already and goes back
// as a refund, as the customer's credit, or by ways that Stripe does not see.

import { changeBalance } from './credit.mjs';
import { bare } from './expand.mjs';
import { emit } from './events.mjs';
import { newId } from './ids.mjs';
import { lowerDue, raiseDue } from './invoices.mjs';
import { paidChargesOf } from './payments.mjs';
import { newRefund, refundable } from './refunds.mjs';
import { addedTax, sumTaxes, taxOf } from './tax.mjs';

export class CreditNoteError extends Error {
	constructor(message, param) {
		super(message);
		this.param = param;
	}
}

const notesOf = (w, invoice) => [...w.store.credit_notes.values()].filter((n) => n.invoice === invoice.id && n.status === 'issued');

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

// Refunds count by themselves; one that a note speaks of counts once.
function creditable(w, invoice) {
	const notes = notesOf(w, invoice);
	const told = new Set(notes.flatMap((n) => n.refunds.map((r) => r.refund)));
	const refunds = paidChargesOf(w, invoice).flatMap((charge) => [...w.store.refunds.values()].filter((r) =>
		r.charge === charge.id && !told.has(r.id) && !['failed', 'canceled'].includes(r.status)));
	return { left: invoice.total - sum(notes.map((n) => n.total)) - sum(refunds.map((r) => r.amount)), unspoken: refunds };
}

function newLine(w, invoice, given) {
	const of = given.invoice_line_item && invoice.lines.data.find((l) => l.id === given.invoice_line_item);
	const quantity = given.quantity ?? null;
	const unit = given.unit_amount ?? (of && quantity !== null ? Math.round(of.amount / of.quantity) : null);
	const amount = given.amount ?? (unit !== null && quantity !== null ? unit * quantity : of?.amount ?? 0);
	// Of an invoice's line, its share of what was taken off and of the tax goes along.
	const part = (whole) => of ? Math.round(whole * amount / of.amount) : 0;
	const discounts = (of?.discount_amounts ?? []).map((d) => ({ ...d, amount: part(d.amount) }));
	return {
		id: newId('cnli'), object: 'credit_note_line_item', amount, description: given.description ?? of?.description ?? null,
		discount_amount: sum(discounts.map((d) => d.amount)), discount_amounts: discounts, ...of ? { invoice_line_item: of.id } : {},
		livemode: false, metadata: given.metadata ?? {}, pretax_credit_amounts: [], quantity, tax_rates: [],
		taxes: (of?.taxes ?? []).map((t) => ({ ...t, amount: part(t.amount), taxable_amount: part(t.taxable_amount) })),
		type: given.type, unit_amount: unit, unit_amount_decimal: unit === null ? null : String(unit)
	};
}

// How the part that was paid already goes back.
const waysBack = (p) => [
	p.refund_amount ?? 0, p.credit_amount ?? 0, p.out_of_band_amount ?? 0, ...(p.refunds ?? []).map((r) => r.amount_refunded)
];

function linesOf(w, invoice, p) {
	if (p.lines)
		return p.lines.map((given) => newLine(w, invoice, given));
	const amount = p.amount ?? sum(waysBack(p));
	return [newLine(w, invoice, {
		type: 'custom_line_item', amount, description: `Credit for invoice ${invoice.number}`, quantity: 1, unit_amount: amount
	})];
}

function checkRefunds(w, invoice, p, unspoken) {
	for (const [i, { refund, amount_refunded: amount }] of (p.refunds ?? []).entries()) {
		const found = unspoken.find((r) => r.id === refund);
		if (!found || found.amount < amount)
			throw new CreditNoteError(`The refund ${refund} cannot be linked: it is none of this invoice's, or has been credited.`,
				`refunds[${i}][refund]`);
	}
	if (p.refund_amount && !paidChargesOf(w, invoice).some((charge) => refundable(charge) >= p.refund_amount))
		throw new CreditNoteError('There is no payment of this invoice that could be refunded by that amount.', 'refund_amount');
}

// How much of `total` was still to be paid. The rest must be told where it goes, to the cent.
function splitOf(w, invoice, p, total) {
	const { left, unspoken } = creditable(w, invoice);
	// A refund that the note speaks of has been subtracted already.
	const most = left + sum((p.refunds ?? []).map((r) => r.amount_refunded));
	if (total < 1 || total > most)
		throw new CreditNoteError(`The credit note's total (${total}) must be above zero and at most what can still be credited (${most}).`, 'amount');
	const unpaid = Math.min(total, invoice.status === 'paid' ? 0 : invoice.amount_remaining);
	const given = sum(waysBack(p));
	if (given !== total - unpaid)
		throw new CreditNoteError(`The sum of refund amount, credit amount and out of band amount (${given}) must equal the post payment ` +
			`amount (${total - unpaid}).`);
	checkRefunds(w, invoice, p, unspoken);
	return unpaid;
}

const linked = (refund, amount) => ({ amount_refunded: amount, payment_record_refund: null, refund, type: 'refund' });

// The note as it would be; nothing has happened yet.
export function draftCreditNote(w, invoice, p) {
	if (!['open', 'paid', 'uncollectible'].includes(invoice.status))
		throw new CreditNoteError(`You can only create credit notes for finalized invoices. This invoice is ${invoice.status}.`, 'invoice');
	const lines = linesOf(w, invoice, p);
	const taxes = sumTaxes(lines.map((l) => l.taxes));
	const subtotal = sum(lines.map((l) => l.amount)), off = sum(lines.map((l) => l.discount_amount));
	const total = subtotal - off + addedTax(taxes);
	const unpaid = splitOf(w, invoice, p, total);
	const id = newId('cn'), nth = String(notesOf(w, invoice).length + 1).padStart(2, '0');
	return {
		id, object: 'credit_note', amount: total, amount_shipping: 0, created: w.clock.now(), currency: invoice.currency,
		customer: invoice.customer, customer_account: null, customer_balance_transaction: null, discount_amount: off,
		discount_amounts: lines.flatMap((l) => l.discount_amounts), effective_at: p.effective_at ?? w.clock.now(), invoice: invoice.id,
		lines: { object: 'list', data: lines, has_more: false, url: `/v1/credit_notes/${id}/lines` }, livemode: false,
		memo: p.memo ?? null, metadata: p.metadata ?? {}, number: `${invoice.number}-CN-${nth}`, out_of_band_amount: p.out_of_band_amount ?? null,
		pdf: `${w.publicUrl}/invoice/${invoice.id}`, post_payment_amount: total - unpaid, pre_payment_amount: unpaid,
		pretax_credit_amounts: [], reason: p.reason ?? null, refunds: (p.refunds ?? []).map((r) => linked(r.refund, r.amount_refunded)),
		shipping_cost: null, status: 'issued', subtotal, subtotal_excluding_tax: null, total, total_excluding_tax: total - taxOf(taxes),
		total_taxes: taxes, type: unpaid === 0 ? 'post_payment' : unpaid === total ? 'pre_payment' : 'mixed', voided_at: null
	};
}

export function issueCreditNote(w, invoice, p) {
	const note = draftCreditNote(w, invoice, p);
	w.store.credit_notes.set(note.id, note);
	if (p.refund_amount) {
		const charge = paidChargesOf(w, invoice).find((c) => refundable(c) >= p.refund_amount);
		const refund = newRefund(w, charge, { amount: p.refund_amount });
		note.refunds.push(linked(refund.id, refund.amount));
	}
	if (p.credit_amount)
		note.customer_balance_transaction = changeBalance(w, w.store.customers.get(invoice.customer), {
			amount: -p.credit_amount, currency: invoice.currency, type: 'credit_note', invoice: invoice.id, creditNote: note.id
		}).id;
	emit(w, 'credit_note.created', note);
	const before = bare(invoice);
	invoice.pre_payment_credit_notes_amount += note.pre_payment_amount;
	invoice.post_payment_credit_notes_amount += note.post_payment_amount;
	if (note.pre_payment_amount > 0)
		lowerDue(w, invoice, note.pre_payment_amount);
	emit(w, 'invoice.updated', invoice, before);
	return note;
}

// What had been taken from the sum to pay is to be paid again.
export function voidCreditNote(w, note) {
	const invoice = w.store.invoices.get(note.invoice);
	if (note.status === 'void' || note.post_payment_amount > 0 || invoice.status !== 'open')
		throw new CreditNoteError('Only a credit note of an open invoice can be voided.');
	const before = bare(invoice);
	invoice.pre_payment_credit_notes_amount -= note.pre_payment_amount;
	raiseDue(w, invoice, note.pre_payment_amount);
	emit(w, 'invoice.updated', invoice, before);
	Object.assign(note, { status: 'void', voided_at: w.clock.now() });
	emit(w, 'credit_note.voided', note);
	return note;
}
