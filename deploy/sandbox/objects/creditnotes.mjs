// SPDX-License-Identifier: MIT
//
// /v1/credit_notes

import { afterPayment } from '../billing.mjs';
import { CreditNoteError, draftCreditNote, issueCreditNote, voidCreditNote } from '../creditnotes.mjs';
import { invalid } from '../errors.mjs';
import { change } from '../events.mjs';
import { inRange, listOf } from '../list.mjs';
import { applyMetadata, hash, int, list, metadata, must, oneOf, PAGE, range, text, unplayed } from '../params.mjs';
import { checkFilters, find, findParam } from './find.mjs';

const NOTE = {
	amount: int(1), credit_amount: int(0), effective_at: int(1), invoice: must(text()),
	lines: list(hash({ amount: int(1), description: text(), invoice_line_item: text(), metadata, quantity: int(1), unit_amount: int(0),
		type: must(oneOf('custom_line_item', 'invoice_line_item')), ...unplayed('tax_amounts tax_rates unit_amount_decimal') })),
	memo: text(), metadata, out_of_band_amount: int(0), reason: oneOf('duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory'),
	refund_amount: int(0),
	refunds: list(hash({ amount_refunded: must(int(1)), refund: must(text()), type: oneOf('refund'), ...unplayed('payment_record_refund') })),
	...unplayed('email_type shipping_cost')
};

function checkNote(p) {
	if (p.lines === undefined && [p.amount, p.credit_amount, p.out_of_band_amount, p.refund_amount, p.refunds].every((v) => v === undefined))
		throw invalid('You must specify either amount, lines, or how much is refunded, credited or returned out of band.', 'amount', 'parameter_missing');
	(p.lines ?? []).forEach((line, i) => {
		if ((line.type === 'invoice_line_item') !== (line.invoice_line_item !== undefined))
			throw invalid('invoice_line_item is required if, and only if, type is invoice_line_item.', `lines[${i}][invoice_line_item]`);
	});
}

function on(w, p, run) {
	const invoice = findParam(w.store.invoices, p.invoice, 'invoice', 'invoice');
	for (const [i, line] of (p.lines ?? []).entries())
		if (line.invoice_line_item)
			findParam(new Map(invoice.lines.data.map((l) => [l.id, l])), line.invoice_line_item, 'invoice line item', `lines[${i}][invoice_line_item]`);
	return refusing(() => run(invoice));
}

function refusing(run) {
	try {
		return run();
	} catch (e) {
		throw e instanceof CreditNoteError ? invalid(e.message, e.param) : e;
	}
}

function create(w, p) {
	return on(w, p, (invoice) => {
		const note = issueCreditNote(w, invoice, p);
		afterPayment(w, invoice);
		return note;
	});
}

const preview = (w, p) => on(w, p, (invoice) => draftCreditNote(w, invoice, p));

const findNote = (w, id) => find(w.store.credit_notes, id, 'credit note');

export const ROUTES = {
	'POST /v1/credit_notes': { params: NOTE, check: checkNote, run: (w, _, p) => create(w, p) },
	'GET /v1/credit_notes': {
		params: { ...PAGE, created: range, customer: text(), invoice: text(), ...unplayed('customer_account') },
		run: (w, _, p) => {
			checkFilters(w, p);
			return listOf(w, [...w.store.credit_notes.values()].filter((o) => inRange(o.created, p.created) &&
				(!p.customer || o.customer === p.customer) && (!p.invoice || o.invoice === p.invoice)), '/v1/credit_notes', p);
		}
	},
	'GET /v1/credit_notes/preview': { params: NOTE, check: checkNote, run: (w, _, p) => preview(w, p) },
	'GET /v1/credit_notes/preview/lines': {
		params: { ...NOTE, ...PAGE }, check: checkNote,
		run: (w, _, p) => listOf(w, [...preview(w, p).lines.data].reverse(), '/v1/credit_notes/preview/lines', p)
	},
	'GET /v1/credit_notes/:id': { run: (w, { id }) => findNote(w, id) },
	'GET /v1/credit_notes/:id/lines': {
		params: PAGE,
		run: (w, { id }, p) => listOf(w, [...findNote(w, id).lines.data].reverse(), `/v1/credit_notes/${id}/lines`, p)
	},
	'POST /v1/credit_notes/:id': {
		params: { memo: text(), metadata },
		run: (w, { id }, p) => {
			const note = findNote(w, id);
			return change(w, 'credit_note.updated', note, { memo: p.memo ?? note.memo, metadata: applyMetadata(note.metadata, p.metadata) });
		}
	},
	'POST /v1/credit_notes/:id/void': { run: (w, { id }) => refusing(() => voidCreditNote(w, findNote(w, id))) }
};
