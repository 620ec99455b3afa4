// SPDX-License-Identifier: MIT
//
// The sandbox's Stripe, asked with the rig's key as an operator would ask: what is answered, which is never an error.

import assert from 'node:assert/strict';
import { ask } from './client.mjs';

export async function askStripe(rig, method, path, form = {}) {
	const body = method === 'GET' ? undefined : String(new URLSearchParams(form));
	const answer = await ask(`${rig.sandboxUrl}/v1${path}`, { method, body, headers: {
		authorization: `Bearer ${rig.secrets.stripeKey}`, 'content-type': 'application/x-www-form-urlencoded',
		'content-length': Buffer.byteLength(body ?? '')
	} });
	assert.equal(answer.status, 200, answer.text);
	return answer.json;
}
