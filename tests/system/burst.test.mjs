// SPDX-License-Identifier: MIT
//
// Many events at once are no overload: Stripe waits for ten seconds and more, and what it is told to send again may come
// hours later. One worker and a database that is slow to answer, so that they queue for longer than a queue may stand.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { atPace } from '../bench/load.mjs';
import { makeWebhooks } from '../bench/requests.mjs';
import { round } from '../rig/load.mjs';
import { openRig } from '../rig/rig.mjs';
import { openSlowWire } from '../rig/wire.mjs';

const CLIENTS = 40, EVENTS = 500, AT_ONCE_S = 0.001, SLOW_MS = 60;
const STANDS_MS = 300;		// a queue of people who keep coming

let rig, wire;

before(async () => {
	rig = await openRig({
		name: 'burst', sandbox: false, between: async (r) => (wire = await openSlowWire(r)).dir,
		set: { 'courier.processes': 0, 'pool hook.workers': 1, 'server.log_level': 'warn' }
	});
});
after(async () => {
	await rig?.close();
	await wire?.close();
});

test(`${EVENTS} events that come at once are all served`, async (t) => {
	const requests = makeWebhooks({ port: rig.port, secret: rig.secrets.webhook }, join(rig.dir, 'requests'), 2 * EVENTS);
	wire.ms = SLOW_MS;
	const came = await atPace(rig.dir, rig.port, requests, AT_ONCE_S, { rate: EVENTS / AT_ONCE_S, connections: EVENTS });
	const served = came.status[200]?.n ?? 0;
	t.diagnostic(`of ${came.requests} events at once ${served} were served (figure: all), ${came.status[503]?.n ?? 0} told to come again (figure: 0), the last after ${round(came.max / 1000)} ms`);
	assert.ok(came.requests > EVENTS * 0.8, 'they came');
	assert.equal(served, came.requests);
	assert.equal(came.lost, 0);
	assert.ok(came.max / 1000 > 2 * STANDS_MS, 'that was a queue');
	assert.equal(Number(await rig.value('SELECT count(*) FROM stripe_event')), served);
});

// nginx keeps more connections than this worker does: those that are closed for others must not be the ones that it takes next.
test(`${CLIENTS} at a time, one after another, are all served`, async (t) => {
	const requests = makeWebhooks({ port: rig.port, secret: rig.secrets.webhook }, join(rig.dir, 'more'), 30000);
	wire.ms = 0;
	const came = await atPace(rig.dir, rig.port, requests, 2, { connections: CLIENTS });
	t.diagnostic(`of ${came.requests} events ${came.status[200]?.n ?? 0} were served (figure: all)`);
	assert.deepEqual([Object.keys(came.status), came.lost], [['200'], 0]);
});
