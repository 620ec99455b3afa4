// SPDX-License-Identifier: MIT
//
// usage: node against.mjs OLD SECONDS [section.option=value...]
//
// Another build and ours, by turns, each with its own PostgreSQL, schema and web server: one connection, a fifth and half
// of what the other build can do at most, and all that each can do.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from '../rig/stage.mjs';
import { openEndpin } from './contender.mjs';
import { lineOf, measure, medians, ms, perEvent } from './figures.mjs';
import { PATHS } from './requests.mjs';

const [old, seconds, ...pairs] = process.argv.slice(2);
const set = Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
const ROUNDS = 3;

// A build knows what it was made of.
const sourceOf = (build) => /^abs_top_srcdir = (.*)$/m.exec(readFileSync(join(build, 'Makefile'), 'utf8'))[1];

async function open(name, build, options) {
	const stage = await Stage.make(build, { source: sourceOf(build) });
	stage.users = 1;
	return openEndpin(name, { ...options, stage });
}

const contenders = [];
const kinds = ['one connection', 'at 20 %', 'at 50 %', 'all they can do'];
const how = (kind, most) => ({
	'one connection': { pace: true, connections: 1 }, 'at 20 %': { pace: true, rate: most * 0.2 }, 'at 50 %': { pace: true, rate: most * 0.5 },
	'all they can do': {}
})[kind];

async function compare(path) {
	const most = (await measure(contenders[0], path, { seconds: 2 })).perSecond;
	const all = new Map(kinds.map((kind) => [kind, contenders.map(() => [])]));
	for (let round = 0; round < ROUNDS; round++)
		for (const kind of kinds)
			for (const i of round % 2 ? [1, 0] : [0, 1])
				all.get(kind)[i].push(await measure(contenders[i], path, { seconds: Number(seconds), ...how(kind, most) }));
	for (const [kind, results] of all) {
		const [before, now] = results.map(medians);
		console.log(`\n/${path}, ${kind}: p50 ${ms(now.p50)} instead of ${ms(before.p50)} ms (${(now.p50 / before.p50).toFixed(2)}), ` +
			`p99 ${ms(now.p99)} instead of ${ms(before.p99)} ms (${(now.p99 / before.p99).toFixed(2)}), ` +
			`${(now.perSecond / before.perSecond).toFixed(2)} × the requests`);
		contenders.forEach((c, i) => console.log(`  ${lineOf(c.name, medians(results[i]))}`));
	}
}

try {
	contenders.push(await open('the other build', old));
	contenders.push(await open('this build', process.env.ENDPIN_BUILD, { set }));
	console.log(`${ROUNDS} rounds of ${seconds} s by turns, medians; behind nginx, 16 connections where nothing else is said`);
	for (const path of Object.keys(PATHS))
		await compare(path);
	console.log('');
	for (const c of contenders)
		console.log(await perEvent(c, Number(seconds)));
} finally {
	for (const c of contenders)
		await c.rig.close();
}
