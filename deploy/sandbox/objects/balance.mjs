// SPDX-License-Identifier: MIT
//
// /v1/balance_transactions

import { inRange, listOf } from '../list.mjs';
import { PAGE, range, text, unplayed } from '../params.mjs';
import { find } from './find.mjs';

export const ROUTES = {
	'GET /v1/balance_transactions': {
		params: { ...PAGE, created: range, currency: text(3), source: text(), type: text(), ...unplayed('payout') },
		run: (w, _, p) => listOf(w, [...w.store.balance_transactions.values()].filter((o) => inRange(o.created, p.created) &&
			(!p.currency || o.currency === p.currency) && (!p.source || o.source === p.source) && (!p.type || o.type === p.type)),
		'/v1/balance_transactions', p)
	},
	'GET /v1/balance_transactions/:id': { run: (w, { id }) => find(w.store.balance_transactions, id, 'balance transaction') }
};
