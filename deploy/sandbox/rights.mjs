// SPDX-License-Identifier: MIT
//
// What a restricted key may do with each resource: "none", "read" or "write". What is not named it may write.

import { StripeError } from './errors.mjs';

export const RIGHTS = ['none', 'read', 'write'];

// A preview changes nothing.
const reads = (method, path) => method === 'GET' || path.endsWith('/create_preview');

export function checkRights(rights, key, method, path) {
	const [, , above, , within] = path.split('/');
	// What is a customer's to pay with is no less to be protected there.
	const resource = within === 'payment_methods' ? within : above;
	const has = rights.get(key)?.[resource] ?? 'write';
	if (has === 'write' || (has === 'read' && reads(method, path)))
		return;
	throw new StripeError(403, { message: `The provided key '${key.slice(0, 8)}****' does not have the required permissions for this endpoint.` });
}
