// SPDX-License-Identifier: MIT
//
// Where Stripe's half delivers to Cello's half, over HTTP and signed, like to anybody else: the address that Cello's
// portal shows under Webhooks, with the secret of that endpoint pasted there, one for each mode.

import { readFileSync } from 'node:fs';
import { realNow } from '../clock.mjs';
import { problemOf } from '../signature.mjs';
import { count } from './counts.mjs';
import { plain } from './refusal.mjs';
import { TEN, understand } from './stripe_events.mjs';

export const MODES = ['test', 'live'];

export const hookPath = (w) => `/cello/products/${encodeURIComponent(w.options.productId)}/transaction-webhook/stripe`;

// From the file of --cello-webhook-secret-file, which may come into being later, and from the portal.
function secretsOf(w, mode) {
	const pasted = w.store.celloSecrets.get(mode) ?? [];
	if (mode === 'live' || w.options.celloSecretFile === null)
		return pasted;
	try {
		return [...pasted, ...readFileSync(w.options.celloSecretFile, 'utf8').split('\n').map((line) => line.trim()).filter(Boolean)];
	} catch {
		return pasted;
	}
}

export function paste(w, { secret, mode = 'test' }) {
	w.store.celloSecrets.set(mode, secret === null ? [] : [secret]);
}

function refused(w, why) {
	count(w.store.celloRefused, why);
	return plain(400, why);
}

export function takeFromStripe(w, { product }, { headers, body: event, raw }) {
	if (product !== w.options.productId)
		return plain(404, 'Not Found');
	const mode = event.livemode ? 'live' : 'test', secrets = secretsOf(w, mode);
	if (secrets.length === 0)
		return refused(w, `no signing secret was pasted for ${mode} mode`);
	const problem = problemOf(headers['stripe-signature'], raw, secrets, realNow());
	if (problem)
		return refused(w, problem);
	count(w.store.celloReceived, event.type);
	understand(w, event);
	return { status: 200, body: { received: true } };
}

// What the portal would show of it.
export const hookView = (w) => ({
	url: w.publicUrl + hookPath(w), received: Object.fromEntries(w.store.celloReceived), refused: Object.fromEntries(w.store.celloRefused),
	outcomes: Object.fromEntries(w.store.celloOutcomes), missing: TEN.filter((type) => !w.store.celloReceived.has(type))
});
