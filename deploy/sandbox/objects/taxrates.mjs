// SPDX-License-Identifier: MIT
//
// /v1/tax_rates: the two that the account has.

import { inRange, listOf } from '../list.mjs';
import { bool, PAGE, range } from '../params.mjs';
import { find } from './find.mjs';

export const ROUTES = {
	'GET /v1/tax_rates': {
		params: { ...PAGE, active: bool, created: range, inclusive: bool },
		run: (w, _, p) => listOf(w, [...w.store.tax_rates.values()].filter((o) => inRange(o.created, p.created) &&
			(p.active === undefined || o.active === p.active) && (p.inclusive === undefined || o.inclusive === p.inclusive)), '/v1/tax_rates', p)
	},
	'GET /v1/tax_rates/:id': { run: (w, { id }) => find(w.store.tax_rates, id, 'tax rate', 'tax_rate') }
};
