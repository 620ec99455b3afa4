// SPDX-License-Identifier: MIT
//
// One measurement, and what is printed of several.

import { join } from 'node:path';
import { atPace, flatOut } from './load.mjs';
import { eventsKept, spent, walAt, whenCounted } from './cost.mjs';
import { PATHS } from './requests.mjs';

const FIRST = 12000;	// events a second to have ready, as long as nobody knows
const SPARE = 1.5;

export const median = (values) => {
	const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

// The median of each figure of several measurements.
export const medians = (all) => Object.fromEntries(Object.keys(all[0]).map((name) => [name, median(all.map((one) => one[name]))]));

export const ms = (us) => (us / 1000).toFixed(2);

/*
 * Requests of one path to one contender. `how`: seconds; connections; pace: at the times at which people would send
 * them, rate a second (0: as fast as they are answered), else as fast as wrk can.
 */
export async function measure(c, path, how) {
	c.warm ??= new Set();
	if (!c.warm.has(path))
		await send(c, path, { seconds: 1 });
	c.warm.add(path);
	return send(c, path, how);
}

async function send(c, path, { seconds, connections, pace = false, rate = 0 }) {
	const dir = c.rig.dir, events = path === 'webhook';
	c.most ??= FIRST;
	const requests = PATHS[path](c, join(dir, path), Math.ceil((rate || c.most) * SPARE * seconds));
	const load = pace ? (s) => atPace(dir, c.port, requests, s, { rate, connections }) : (s) => flatOut(c.port, requests, s, connections);
	const kept = events && await eventsKept(c), wal = await walAt(c), before = spent(c);
	const result = await load(seconds);
	const after = spent(c), wrote = await walAt(c) - wal;
	for (const part of Object.keys(after))
		result[part] = (after[part] - before[part]) / result.requests;
	if (events) {
		const more = await eventsKept(c) - kept;
		if (more < result.requests - result.errors)
			throw new Error(`${c.name}: ${result.requests} events were answered, and ${more} kept`);
		result.wal = wrote / more;
		if (!pace)
			c.most = Math.max(c.most, result.perSecond);
	}
	return result;
}

export function lineOf(name, r) {
	return `${name.padEnd(22)} ${Math.round(r.perSecond).toString().padStart(6)} requests/s   p50 ${ms(r.p50)} ms   p99 ${ms(r.p99)} ms   ` +
		`CPU µs: app ${r.app.toFixed(0)}, nginx ${r.nginx.toFixed(0)}, PostgreSQL ${r.PostgreSQL.toFixed(0)}${r.errors ? `   ERRORS ${r.errors}` : ''}`;
}

// What PostgreSQL does for one event when it has as many as it can take.
export async function perEvent(c, seconds) {
	const before = await whenCounted(c, await eventsKept(c));
	const { wal } = await measure(c, 'webhook', { seconds });
	const after = await whenCounted(c, await eventsKept(c));
	const each = (what) => ((after[what] - before[what]) / (after.events - before.events)).toFixed(2);
	return `${c.name.padEnd(22)} per event: ${Math.round(wal)} bytes of WAL, ${each('commits')} commits, ${each('statements')} statements, ` +
		`${each('dead')} dead rows (${each('hot')} beside their successors)`;
}
