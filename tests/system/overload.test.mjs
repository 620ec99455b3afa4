// SPDX-License-Identifier: MIT
//
// A13: three times as much comes as can be served. Whoever is not served is told at once when to come again, who is served
// hardly waits, and when less comes nobody is refused any more. Each pool has one worker and a database that is slow to
// answer, so that it is endpin that has too much to do, and not the web server or who sends all this. It stays: while the
// only one of a pool is replaced nobody serves.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { atPace } from '../bench/load.mjs';
import { PATHS } from '../bench/requests.mjs';
import { openRig, waitFor } from '../rig/rig.mjs';
import { deliver, makeEvent } from '../rig/event.mjs';
import { round } from '../rig/load.mjs';
import { signup } from '../rig/visitor.mjs';
import { openSlowWire } from '../rig/wire.mjs';

const SECONDS = process.env.ENDPIN_LONG ? 20 : 2;
const TIMES = 3;
// It takes a quarter of a second until it is known that they are too many; in a long run that counts, too.
const EARLY = process.env.ENDPIN_LONG ? 0 : 0.5;
const SLOW_MS = 25;		// each answer of the database
const FEW = 64, MANY = 400;	// connections for each pool
// In a short run on whatever machine it is only seen that nobody waits as the queue would have it.
const FIGURE = { p99: process.env.ENDPIN_LONG ? 250 : 500, times: process.env.ENDPIN_LONG ? 2 : Infinity, kept: process.env.ENDPIN_LONG ? 0.7 : 0.3, calm: 500 };
const FULL = process.env.ENDPIN_LONG ? 1 : 0.5;
const UNLOADED = { part: 0.2, seconds: process.env.ENDPIN_LONG ? 5 : 1 };

let rig, wire, member;

before(async () => {
	rig = await openRig({
		name: 'overload', sandbox: false, between: async (r) => (wire = await openSlowWire(r)).dir,
		set: {
			'courier.processes': 0, 'server.log_level': 'warn',
			...Object.fromEntries(['hook', 'web'].flatMap((pool) => [[`pool ${pool}.workers`, 1], [`pool ${pool}.max_requests`, 0]]))
		}
	});
	member = await signup(rig);
});
after(async () => {
	await rig?.close();
	await wire?.close();
});

let files = 0;

// `rate` a second at a door, or as fast as they are answered.
function load(door, seconds, connections, { rate = 0, early = 0 } = {}) {
	const c = { port: rig.port, secret: rig.secrets.webhook, cookie: member.cookie };
	const requests = PATHS[door](c, join(rig.dir, `requests-${++files}`), Math.ceil(seconds * (rate || 3000) * 1.2));
	return atPace(rig.dir, rig.port, requests, seconds, { rate, connections, early });
}

const count = (came, status) => (came.early[status]?.n ?? 0) + (came.status[status]?.n ?? 0);
const admitted = (came) => (came.status[200]?.p99 ?? Infinity) / 1000;

// Whatever is neither an answer nor "come again".
const wrong = (came) => [
	...[came.early, came.status].flatMap((part) => [
		...Object.entries(part).filter(([status]) => !['200', '503'].includes(status)).map(([status, { n }]) => `${n} times ${status}`),
		...(part[503]?.without ? [`${part[503].without} times 503 without Retry-After`] : [])
	]),
	...(came.lost ? [`${came.lost} without an answer`] : [])
];

const askAlone = { webhook: () => deliver(rig, makeEvent()), token: () => member.get('/api/cello/token') };

async function overload(door) {
	// Once it runs: what a database needs to begin with is not what can be served.
	const flatOut = await load(door, 2 * FULL, FEW, { early: FULL });
	const can = flatOut.status[200].n / (flatOut.seconds - FULL);
	const unloaded = await load(door, UNLOADED.seconds, FEW, { rate: can * UNLOADED.part });
	const came = await load(door, SECONDS, MANY, { rate: can * TIMES, early: EARLY });
	// It is over: nobody is refused, or waits.
	const calm = [];
	for (let i = 0; i < 10; i++) {
		const answer = await askAlone[door]();
		calm.push(answer.status === 200 ? answer.ms : Infinity);
	}
	return { can, unloaded: admitted(unloaded), came, calm: Math.max(...calm) };
}

const problems = ({ can, unloaded, came, calm }) => [
	...wrong(came), ...(count(came, 503) === 0 ? ['nobody was refused'] : []),
	...(admitted(came) > FIGURE.p99 ? [`p99 ${admitted(came)} ms`] : []),
	...(admitted(came) > FIGURE.times * unloaded ? [`p99 ${admitted(came)} ms, and unloaded ${unloaded} ms`] : []),
	...(count(came, 200) / came.seconds < FIGURE.kept * can ? [`only ${count(came, 200)} were served`] : []),
	...(calm > FIGURE.calm ? [`afterwards: ${calm} ms`] : [])
];

const told = (door, { can, unloaded, came, calm }) =>
	`A13, ${door}s: ${Math.round(can)}/s can be served, ${Math.round(can * TIMES)}/s came (reached: ${Math.round(came.perSecond)}), ${count(came, 200)} served, ` +
	`${count(came, 503)} told to come again, ${wrong(came).join(', ') || '0 anything else'} (figure: 0); p99 of who is served ${round(admitted(came))} ms${EARLY ? `, after ${EARLY} s` : ''} (figure: ${FIGURE.p99}; twice the ${round(unloaded)} ms of a fifth of what can be served), ` +
	`of who is refused ${round((came.status[503]?.p99 ?? 0) / 1000)} ms; as soon as it is over nobody is refused, worst ${round(calm)} ms (figure: ${FIGURE.calm})`;

// What the database holds up for a while is late, and yet no reason to send Stripe away for minutes.
test('a table that somebody locks for a second makes nobody an error, and refuses no event', async (t) => {
	const holder = await rig.cluster.connect(rig.database);
	try {
		const coming = Promise.all(['webhook', 'token'].map((door) => load(door, 2, MANY, { rate: 150 })));
		await waitFor('events', () => rig.value('SELECT count(*) > 0 FROM stripe_event WHERE received_at > now() - interval \'1 second\''));
		await holder.query('BEGIN');
		await holder.query('LOCK TABLE stripe_event, session IN ACCESS EXCLUSIVE MODE');
		await holder.query('SELECT pg_sleep(1)');
		await holder.query('COMMIT');
		const [webhook, token] = await coming;
		t.diagnostic(`database held up for 1 s: ${count(webhook, 200)} webhooks and ${count(token, 200)} tokens served, ${count(webhook, 503)} and ${count(token, 503)} told to come again (figure: 0 webhooks), ${[...wrong(webhook), ...wrong(token)].length} anything else (figure: 0), worst ${round(webhook.max / 1000)} ms`);
		assert.deepEqual([...wrong(webhook), ...wrong(token)], []);
		assert.equal(count(webhook, 503), 0);
		assert.ok(webhook.max > 500e3, 'it was held up');
	} finally {
		await holder.end();
	}
});

for (const door of ['webhook', 'token'])
	test(`A13: at three times the ${door}s that can be served, all are answered, and who is served hardly waits`, async (t) => {
		wire.ms = SLOW_MS;
		try {
			// Whatever else this machine has to do counts against us: the best of three.
			let best;
			for (let i = 0; i < 3 && (!best || problems(best).length > 0); i++) {
				const now = await overload(door);
				t.diagnostic(told(door, now));
				if (!best || problems(now).length < problems(best).length)
					best = now;
			}
			assert.deepEqual(problems(best), []);
		} finally {
			wire.ms = 0;
		}
	});
