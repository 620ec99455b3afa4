// SPDX-License-Identifier: MIT
//
// The portal's page Integration Status: the four parts, each as connected as what came of it lately.
//
// What the warnings are called is not known; here they are the problems of the event feed.

import { celloSetting } from './settings.mjs';

const newest = (rows) => rows.reduce((last, row) => last === null || row.at > last.at ? row : last, null);

// What of each part was seen: rows with `at`, and with `status` where they have a verdict.
const PARTS = {
	component: (w) => [...w.store.boots.values()].map((b) => ({ at: b.at, status: b.ok ? 'OK' : 'Error' })),
	attribution: (w) => [...w.store.celloFetched.values()],
	signups: (w) => [...w.store.signups.values()],
	purchases: (w) => [...w.store.purchases.values()]
};

function judge(w, rows) {
	const since = new Date((w.clock.now() - celloSetting(w, 'health_window')) * 1000).toISOString();
	const late = rows.filter((row) => row.at >= since), bad = late.filter((row) => (row.status ?? 'OK') !== 'OK');
	return {
		connectionStatus: late.length === bad.filter((row) => row.status === 'Error').length ? 'notConnected' : bad.length > 0 ? 'connectedWithWarnings'
			: 'connected',
		lastEventReceived: newest(rows)?.at ?? null,
		warnings: [...new Set(bad.flatMap((row) => row.issues ?? []).map(({ field, problem }) => `${field}: ${problem}`))]
	};
}

export const integrationStatus = (w) => Object.fromEntries(Object.entries(PARTS).map(([name, rows]) => [name, judge(w, rows(w))]));
