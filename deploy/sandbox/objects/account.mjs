// SPDX-License-Identifier: MIT
//
// /v1/account: whose key it is. Another account is played by POST /control/reset.

import { newId } from '../ids.mjs';

const FIRST = 'acct_sandbox';

export const accountId = (w) => w.store.account.get('id') ?? FIRST;

// After this it is somebody else's key that asks.
export const changeAccount = (w) => w.store.account.set('id', newId('acct', 16));

export const ROUTES = {
	'GET /v1/account': { run: (w) => ({ id: accountId(w), object: 'account', charges_enabled: true, details_submitted: true }) }
};
