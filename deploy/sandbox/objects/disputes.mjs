// SPDX-License-Identifier: MIT
//
// /v1/disputes

import { closeDispute, DisputeError } from '../disputes.mjs';
import { invalid } from '../errors.mjs';
import { inRange, listOf } from '../list.mjs';
import { PAGE, range, text } from '../params.mjs';
import { find } from './find.mjs';

// Closing is giving up: the dispute is lost.
function close(w, dispute) {
	try {
		return closeDispute(w, dispute, 'lost');
	} catch (e) {
		throw e instanceof DisputeError ? invalid(e.message) : e;
	}
}

export const ROUTES = {
	'GET /v1/disputes': {
		params: { ...PAGE, charge: text(), created: range, payment_intent: text() },
		run: (w, _, p) => listOf(w, [...w.store.disputes.values()].filter((o) => inRange(o.created, p.created) &&
			(!p.charge || o.charge === p.charge) && (!p.payment_intent || o.payment_intent === p.payment_intent)), '/v1/disputes', p)
	},
	'GET /v1/disputes/:id': { run: (w, { id }) => find(w.store.disputes, id, 'dispute', 'dispute') },
	'POST /v1/disputes/:id/close': { run: (w, { id }) => close(w, find(w.store.disputes, id, 'dispute', 'dispute')) }
};
