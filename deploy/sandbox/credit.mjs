// SPDX-License-Identifier: MIT
//
// A customer's balance: below zero it is theirs and pays for invoices, above zero it is owed and added to them.

import { change } from './events.mjs';
import { newId } from './ids.mjs';

// It is in one currency, and does nothing to an invoice in another.
export const balanceIn = (customer, currency) => (customer.currency ?? currency) === currency ? customer.balance : 0;

// `amount` as it changes the balance. The currency is the customer's first, for ever.
export function changeBalance(w, customer, { amount, currency, type, invoice = null, creditNote = null, description = null, metadata = {} }) {
	const txn = {
		id: newId('cbtxn'), object: 'customer_balance_transaction', amount, checkout_session: null, created: w.clock.now(),
		credit_note: creditNote, currency, customer: customer.id, customer_account: null, description,
		ending_balance: customer.balance + amount, invoice, livemode: false, metadata, type
	};
	w.store.customer_balance_transactions.set(txn.id, txn);
	change(w, 'customer.updated', customer, { balance: txn.ending_balance, currency: customer.currency ?? currency });
	return txn;
}
