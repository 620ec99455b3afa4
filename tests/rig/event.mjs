// SPDX-License-Identifier: MIT
//
// Events as Stripe would send them, signed with a rig's secret.

import { createHmac, randomBytes } from 'node:crypto';
import { ask } from './client.mjs';

export function makeEvent({ type = 'customer.updated', object = { id: `cus_${randomBytes(7).toString('hex')}`, object: 'customer' }, size = 0 } = {}) {
	return JSON.stringify({
		id: `evt_${randomBytes(12).toString('hex')}`, object: 'event', api_version: '2026-10-28.endive',
		created: Math.floor(Date.now() / 1000), data: { object: { ...object, metadata: { padding: 'x'.repeat(size) } } },
		livemode: false, pending_webhooks: 1, request: { id: null, idempotency_key: null }, type
	}, null, 2);
}

export function sign(secret, body, t = Math.floor(Date.now() / 1000)) {
	return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex')}`;
}

export const deliver = (rig, body, { agent, at } = {}) => ask(`${rig.origin}/webhooks/stripe`, {
	method: 'POST', body, agent, headers: {
		'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body),
		'stripe-signature': sign(rig.secrets.webhook, body, at)
	}
});
