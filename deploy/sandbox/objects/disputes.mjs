// SPDX-License-Identifier: MIT
//
// /v1/disputes and /v1/radar/early_fraud_warnings

import { DisputeError, EVIDENCE, giveEvidence, moveDispute } from '../disputes.mjs';
import { invalid } from '../errors.mjs';
import { inRange, listOf } from '../list.mjs';
import { applyMetadata, bool, hash, metadata, orEmpty, PAGE, range, text, unplayed } from '../params.mjs';
import { find } from './find.mjs';

function refusing(run) {
	try {
		return run();
	} catch (e) {
		throw e instanceof DisputeError ? invalid(e.message) : e;
	}
}

const findDispute = (w, id) => find(w.store.disputes, id, 'dispute', 'dispute');

const ofCharge = (p) => (o) => inRange(o.created, p.created) &&
	(!p.charge || o.charge === p.charge) && (!p.payment_intent || o.payment_intent === p.payment_intent);

function update(w, dispute, { evidence, submit, metadata: meta }) {
	return refusing(() => giveEvidence(w, dispute, { evidence, submit, metadata: applyMetadata(dispute.metadata, meta) }));
}

const LIST = { ...PAGE, charge: text(), created: range, payment_intent: text() };

export const ROUTES = {
	'GET /v1/disputes': {
		params: LIST, run: (w, _, p) => listOf(w, [...w.store.disputes.values()].filter(ofCharge(p)), '/v1/disputes', p)
	},
	'GET /v1/disputes/:id': { run: (w, { id }) => findDispute(w, id) },
	'POST /v1/disputes/:id': {
		params: {
			evidence: hash({ ...Object.fromEntries(EVIDENCE.map((name) => [name, orEmpty(text(20000))])), ...unplayed('appeal enhanced_evidence') }),
			metadata, submit: bool, ...unplayed('intended_submission_method')
		},
		run: (w, { id }, p) => update(w, findDispute(w, id), p)
	},
	// Closing is giving up: the dispute is lost.
	'POST /v1/disputes/:id/close': { run: (w, { id }) => refusing(() => moveDispute(w, findDispute(w, id), 'lost')) },
	'GET /v1/radar/early_fraud_warnings': {
		params: LIST,
		run: (w, _, p) => listOf(w, [...w.store.fraud_warnings.values()].filter(ofCharge(p)), '/v1/radar/early_fraud_warnings', p)
	},
	'GET /v1/radar/early_fraud_warnings/:id': { run: (w, { id }) => find(w.store.fraud_warnings, id, 'early fraud warning') }
};
