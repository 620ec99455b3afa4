// SPDX-License-Identifier: MIT
//
// usage: node scale.mjs SECONDS [section.option=value...]
//
// What a request costs with a thousand accounts and events and with up to ten million of each: a database and an endpin for
// each size, by turns. PostgreSQL has as much memory as somebody with so many rows would give it, in huge pages if the machine
// has enough of them.
//
// As many subscriptions renew everywhere, so of few events fewer are about what others that are kept are about.

import { appendFileSync, readFileSync } from 'node:fs';
import { Stage } from '../rig/stage.mjs';
import { openEndpin } from './contender.mjs';
import { fill, tokenOf } from './fill.mjs';
import { measure, median, medians } from './figures.mjs';

const ROUNDS = 9, WARM_S = 8;
const USERS = 1000;	// who are there at the same time, evenly among all
const WITHIN = 0.10;	// of what is in the middle between the least and the most
/*
 * Of events about what is old each touches pages that nobody else does; one in five is one, as inbox.mjs has it. And a page is
 * written to WAL as a whole when it is touched for the first time after a checkpoint: that comes every five minutes or more,
 * and costs a larger database more, so it is measured apart.
 */
const TABLES = [
	{ path: 'token' },
	{ path: 'webhook' },
	{ path: 'webhook', what: ', all about what is old', old: true },
	{ path: 'webhook', what: ', just after a checkpoint', before: (c) => c.sql('CHECKPOINT') }
];
const [seconds, ...pairs] = process.argv.slice(2);
const set = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
const sizes = (process.env.ENDPIN_SIZES ?? '1000 10000 100000 1000000 10000000').split(' ').map(Number);

async function makeStage() {
	const stage = await Stage.make(process.env.ENDPIN_BUILD);
	stage.users = sizes.length;
	await stage.cluster.stop();
	appendFileSync(`${stage.cluster.data}/postgresql.auto.conf`,
		`shared_buffers = '2GB'\nmaintenance_work_mem = '512MB'\nmax_wal_size = '16GB'\ncheckpoint_timeout = '1h'\n`);
	await stage.cluster.start();
	return stage;
}

async function open(stage, n) {
	const c = await openEndpin(`10^${Math.log10(n)}`, { set, stage });
	c.subscriptions = await fill(() => c.cluster.connect(c.rig.database), n);
	c.renewed = 0;
	const name = c.cookie.slice(0, c.cookie.indexOf('='));
	const length = Math.min(n, USERS);
	c.cookies = Array.from({ length }, (_, i) => `${name}=${tokenOf(Math.floor(i * n / length))}`);
	return c;
}

function print(title, results) {
	const costs = results.map((all) => median(all.map((r) => r.app + r.PostgreSQL)));
	const [least, most] = [Math.min(...costs), Math.max(...costs)], middle = (least + most) / 2;
	console.log(`\n${title}: microseconds of processor time`);
	contenders.forEach((c, i) => {
		const r = medians(results[i]), wal = r.wal === undefined ? '' : `, ${Math.round(r.wal)} bytes of WAL`;
		console.log(`  ${c.name.padEnd(6)} endpin ${r.app.toFixed(1)}, PostgreSQL ${r.PostgreSQL.toFixed(1)}, both ${costs[i].toFixed(1)} ` +
			`(${((costs[i] / middle - 1) * 100).toFixed(0)} %); ${Math.round(r.perSecond)} requests/s${wal}`);
	});
	const spread = most / middle - 1;
	console.log(`  all within ${(spread * 100).toFixed(1)} % of ${middle.toFixed(1)} µs, the most is ${(most / least).toFixed(2)} × the least: ` +
		`${spread <= WITHIN ? 'flat' : `not within ${WITHIN * 100} %`}`);
}

const contenders = [];
const stage = await makeStage();
try {
	for (const n of sizes)
		contenders.push(await open(stage, n));
	await contenders[0].sql('CHECKPOINT');
	for (const c of contenders)
		await measure(c, 'webhook', { seconds: WARM_S });
	const huge = readFileSync(`/proc/${stage.cluster.process.pid}/smaps`, 'latin1').includes('/anon_hugepage');
	console.log(`${ROUNDS} rounds of ${seconds} s by turns, medians, 16 connections, ${USERS} members, ${huge ? 'huge' : 'no huge'} pages`);
	for (const { path, what = '', old, before } of TABLES) {
		const results = contenders.map(() => []);
		for (let round = 0; round < ROUNDS; round++)
			for (const [i, c] of contenders.entries()) {
				c.old = old;
				await before?.(c);
				results[i].push(await measure(c, path, { seconds: Number(seconds) }));
			}
		print(path + what, results);
	}
} finally {
	for (const c of contenders)
		await c.rig.close();
}
