// SPDX-License-Identifier: MIT
//
// The API versions that Stripe knows; those since OLDEST are rendered (older.mjs).

import { invalid } from './errors.mjs';

// The newest first.
export const RENDERED = [
	'2026-10-28.endive', '2026-09-30.endive',
	'2026-08-26.dahlia', '2026-07-29.dahlia', '2026-06-24.dahlia', '2026-05-27.dahlia', '2026-04-22.dahlia', '2026-03-25.dahlia',
	'2026-02-25.clover', '2026-01-28.clover', '2025-12-15.clover', '2025-11-17.clover', '2025-10-29.clover', '2025-09-30.clover',
	'2025-08-27.basil', '2025-07-30.basil', '2025-06-30.basil', '2025-05-28.basil', '2025-04-30.basil', '2025-03-31.basil',
	'2025-02-24.acacia', '2025-01-27.acacia', '2024-12-18.acacia', '2024-11-20.acacia', '2024-10-28.acacia', '2024-09-30.acacia',
	'2024-06-20'
];

const OLDER = ['2024-04-10', '2023-10-16', '2023-08-16', '2022-11-15', '2022-08-01', '2020-08-27'];

export const [API_VERSION] = RENDERED;

export function checkVersion(version, param) {
	if (OLDER.includes(version))
		throw invalid(`The sandbox knows no shapes before ${RENDERED.at(-1)}.`, param, 'sandbox_unplayed');
	if (!RENDERED.includes(version))
		throw invalid(`Invalid Stripe API version: ${version}`, param);
}

// Words and parameters of a request were others then, and some did other things: only reading is played.
export function checkRequest(method, version) {
	checkVersion(version);
	if (version !== API_VERSION && method !== 'GET')
		throw invalid(`The sandbox writes as of ${API_VERSION} only.`, undefined, 'sandbox_unplayed');
}
