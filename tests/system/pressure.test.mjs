// SPDX-License-Identifier: MIT
//
// F7: what is due is claimed at no less than 80 % of the undisturbed pace while somebody's transaction keeps PostgreSQL
// from tidying, others read the same tables for long, more comes than is done, and after a burst. Both paces are measured
// in turns, as this machine has other things to do as well.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';

const LONG = process.env.ENDPIN_LONG === '1';
const TURNS = LONG ? 9 : 3;
const WINDOW_MS = LONG ? 5000 : 400;
const PINNED_MS = LONG ? 600000 : 1500;
const STOCK = LONG ? 20000 : 3000;	// due at the beginning
const BURST = LONG ? 50000 : 10000;
const READERS = 4, OVER = 1.5;
const LEAST = 0.8;
let rig, made = 0;

before(async () => {
	rig = await openRig({ name: 'pressure', ownCluster: true, set: { 'courier.poll': 1, 'server.log_level': 'error' } });
	await supply(STOCK);
	await waitFor('couriers to be at it', async () => await claims() > 0);
});
after(() => rig?.close());

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Objects of which somebody has heard and Stripe knows nothing: each is read, and put off.
async function supply(count) {
	const first = made + 1;
	made += count;
	await rig.sql(`INSERT INTO stripe_object (lane, id, kind, due_at)
		SELECT get_byte(sha256(convert_to('in_pressure' || i, 'UTF8')), 0), 'in_pressure' || i, 'invoice', now() - interval '1 hour'
		FROM generate_series($1::int, $2::int) AS i`, [first, made]);
}

// Each claim takes the next number of its object.
const claims = async () => Number(await rig.value("SELECT sum(fence) FROM stripe_object WHERE id LIKE 'in_pressure%'"));

// Claims a second.
async function pace(ms = WINDOW_MS) {
	const before = await claims(), began = performance.now();
	await pause(ms);
	return (await claims() - before) * 1000 / (performance.now() - began);
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

// `measure` answers with the paces of calm and of troubled turns. What else this machine has to do counts against us: the
// best of three.
async function judge(t, what, measure, calmly) {
	const tries = [];
	for (let n = 0; n < 3 && !tries.some((one) => one.share >= LEAST); n++) {
		const { calm, troubled } = await measure();
		tries.push({ share: median(troubled) / median(calm), calm, troubled });
	}
	const best = tries.sort((a, b) => b.share - a.share)[0], percent = Math.round(100 * best.share);
	t.diagnostic(`F7: ${what}: ${Math.round(median(best.troubled))} claims a second, ${Math.round(median(best.calm))} ${calmly}: ` +
		`${percent} % (figure: ${100 * LEAST})`);
	assert.ok(best.share >= LEAST, `${percent} %: ${best.troubled.map(Math.round)} of ${best.calm.map(Math.round)}`);
}

// `trouble` begins something and answers with what ends it; and so does `usual`, which is there in calm turns.
const cell = (t, what, trouble, usual = () => () => {}, calmly = 'undisturbed') => judge(t, what, async () => {
	const calm = [], troubled = [];
	for (let turn = 0; turn < TURNS; turn++) {
		await rig.sql('VACUUM stripe_object');
		const other = await usual();
		calm.push(await pace());
		await other();
		const end = await trouble(median(calm));
		troubled.push(await pace());
		await end();
	}
	return { calm, troubled };
}, calmly);

async function snapshot() {
	const client = await rig.cluster.connect(rig.database);
	await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
	await client.query('SELECT count(*) FROM stripe_object');
	return client;
}

test('F7: a transaction pins what nobody needs any more', (t) => cell(t, 'xmin pinned', async () => {
	const client = await snapshot();
	await pause(PINNED_MS / TURNS);
	return () => client.end();
}));

// So many transactions that read these for long.
async function read(objects, events) {
	let stop = false;
	const readers = Array.from({ length: READERS }, async () => {
		const client = await rig.cluster.connect(rig.database);
		while (!stop) {
			await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
			for (let i = 0; i < 3 && !stop; i++) {
				await client.query(`SELECT state, count(*), max(due_at) FROM ${objects} GROUP BY state`);
				await client.query(`SELECT count(*) FROM ${events}`);
				await pause(100);
			}
			await client.query('COMMIT');
		}
		await client.end();
	});
	return async () => {
		stop = true;
		await Promise.all(readers);
	};
}

// Who reads takes of the processors, wherever they read: in calm turns they read what nobody writes.
test(`F7: ${READERS} transactions read the hot tables`, async (t) => {
	for (const table of ['stripe_object', 'stripe_event'])
		await rig.sql(`CREATE TABLE quiet_${table} AS TABLE ${table}`);
	await cell(t, `${READERS} readers`, () => read('stripe_object', 'stripe_event'), () => read('quiet_stripe_object', 'quiet_stripe_event'), 'beside as many of what nobody writes');
});

test(`F7: ${OVER} × as much comes as is done`, (t) => cell(t, `${OVER} × oversupply`, async (usual) => {
	let stop = false;
	const running = (async () => {
		while (!stop) {
			await supply(Math.max(1, Math.round(usual * OVER / 10)));
			await pause(100);
		}
	})();
	return async () => {
		stop = true;
		await running;
	};
}));

test(`F7: ${BURST} come at once`, (t) => judge(t, `burst of ${BURST}`, async () => {
	const calm = [], troubled = [];
	await rig.sql('VACUUM stripe_object');
	for (let turn = 0; turn < TURNS; turn++)
		calm.push(await pace());
	await supply(BURST);
	for (let turn = 0; turn < TURNS; turn++)
		troubled.push(await pace());
	if (LONG)
		await waitFor('all of them to be claimed', async () =>
			await rig.value("SELECT count(*)::int FROM stripe_object WHERE id LIKE 'in_pressure%' AND fence = 0") === 0, 1200000);
	else
		await rig.sql("DELETE FROM stripe_object WHERE id LIKE 'in_pressure%' AND fence = 0 AND id > 'in_pressure3'");
	return { calm, troubled };
}, 'undisturbed'));
