// SPDX-License-Identifier: MIT
//
// The account's balance at Stripe: an entry for all that comes and goes.

import { newId } from './ids.mjs';

// Named by what moves; the category is the one of Stripe's reports.
const CATEGORY = {
	charge: 'charge', refund: 'refund', refund_failure: 'refund_failure', dispute: 'dispute', dispute_reversal: 'dispute_reversal'
};

const TYPE = { dispute: 'adjustment', dispute_reversal: 'adjustment' };

// `fee` is what Stripe keeps.
export function newBalanceTransaction(w, kind, { amount, currency, source, description = null, fee = 0 }) {
	const now = w.clock.now();
	const txn = {
		id: newId('txn'), object: 'balance_transaction', amount, available_on: now, balance_type: 'payments', created: now, currency,
		description, exchange_rate: null, fee,
		fee_details: fee === 0 ? []
			: [{ amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }],
		net: amount - fee, reporting_category: CATEGORY[kind], source, status: 'available', type: TYPE[kind] ?? kind
	};
	w.store.balance_transactions.set(txn.id, txn);
	return txn;
}

// 2.9 % and 30 of the smallest unit.
export const chargeFee = (amount) => Math.round(amount * 0.029) + 30;
