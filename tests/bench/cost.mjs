// SPDX-License-Identifier: MIT
//
// What a request costs, as the kernel and PostgreSQL have it: before and after.

import { readFileSync } from 'node:fs';
import { processes, run, waitFor } from '../rig/process.mjs';

const TICK_US = 1e6 / Number((await run('getconf', ['CLK_TCK'])).trim());

export const family = (pid) => [pid, ...processes().filter((p) => p.parent === pid).flatMap((p) => family(p.pid))];

const parts = (c) => ({ app: c.app(), nginx: family(c.nginx), PostgreSQL: family(c.cluster.process.pid) });

// Processor time of a process and of those of its children that it has waited for, in microseconds.
function time(pid) {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return text.slice(text.lastIndexOf(')') + 2).split(' ').slice(11, 15).reduce((sum, n) => sum + Number(n), 0) * TICK_US;
	} catch {
		return 0;
	}
}

// Of each part, all its processes, those that have ended meanwhile included.
export const spent = (c) => Object.fromEntries(Object.entries(parts(c)).map(([name, pids]) =>
	[name, pids.reduce((sum, pid) => sum + time(pid), 0)]));

// Bytes of memory that the application's processes have to themselves, and their shares of what they share.
export function memory(pids) {
	return pids.reduce((sum, pid) => {
		try {
			return sum + 1024 * Number(/^Pss: +(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
		} catch {
			return sum;
		}
	}, 0);
}

// What PostgreSQL has counted in the contender's database since it was made.
async function counted(c) {
	const [row] = await c.sql(`SELECT d.xact_commit::float8 AS commits, e.n_tup_ins::float8 AS events,
		(e.n_tup_upd + e.n_tup_del + o.n_tup_upd + o.n_tup_del)::float8 AS dead, (e.n_tup_hot_upd + o.n_tup_hot_upd)::float8 AS hot,
		(SELECT coalesce(sum(calls), 0)::float8 FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
			WHERE s.dbid = d.datid AND r.rolname = 'endpin') AS statements
		FROM pg_stat_database d, pg_stat_user_tables e, pg_stat_user_tables o
		WHERE d.datname = current_database() AND e.relname = 'stripe_event' AND o.relname = 'stripe_object'`);
	return row;
}

// The same, once all backends have told: they do when they please, up to ten seconds later. They have if of `events`
// each was counted.
export const whenCounted = (c, events) => waitFor(`PostgreSQL to have counted ${events} events`, async () => {
	const now = await counted(c);
	return now.events === events ? now : null;
}, 15000);

export const eventsKept = async (c) => Number((await c.sql('SELECT count(*) FROM stripe_event'))[0].count);

export const walAt = async (c) => Number((await c.sql(`SELECT pg_current_wal_insert_lsn() - '0/0' AS at`))[0].at);
