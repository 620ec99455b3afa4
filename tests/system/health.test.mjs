// SPDX-License-Identifier: MIT
//
// E6: alive is not the same as ready.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { POOLER_WAIT_S } from '../rig/pooler.mjs';
import { openRig, waitFor, POOLED, SLOW } from '../rig/rig.mjs';
import { percentiles, round } from '../rig/load.mjs';
import { customerOf, signup } from '../rig/visitor.mjs';

// What was on its way when the server went, a pooler keeps for so long.
const KEPT_MS = POOLED ? 1000 * POOLER_WAIT_S : 0;
let rig;

before(async () => {
	rig = await openRig({ name: 'health', ownCluster: true });
});
after(() => rig?.close());

test('E6: /livez does not ask the database', async (t) => {
	const client = rig.client();
	await rig.cluster.stop('SIGQUIT');
	rig.forgetConnection();
	const gone = Date.now();
	await waitFor('not ready', async () => (await client.get('/readyz')).status === 503, 10000);
	const notReady = Date.now() - gone;
	// Whatever else this machine has to do counts against us: the best of three.
	let p50 = Infinity;
	for (let turn = 0; turn < 3 && p50 > 5 * SLOW; turn++) {
		const ms = [];
		for (let i = 0; i < 200; i++) {
			const answer = await client.get('/livez');
			assert.equal(answer.status, 200);
			ms.push(answer.ms);
		}
		p50 = Math.min(p50, percentiles(ms).p50);
	}
	await rig.cluster.start();
	const back = Date.now();
	await waitFor('ready', async () => (await client.get('/readyz')).status === 200, 10000);
	const ready = Date.now() - back;
	t.diagnostic(`E6: /livez p50 ${round(p50)} ms without database (figure: 5); 503 after ${notReady} ms, 200 after ${ready} ms (figure: ${KEPT_MS + 2000}, 2000)`);
	assert.ok(p50 <= 5 * SLOW && notReady <= KEPT_MS + 2000 * SLOW && ready <= 2000 * SLOW);
});

test('whoever asks on the machine itself is told how much waits', async () => {
	const answer = await rig.client().get('/readyz?detail');
	assert.equal(answer.status, 200);
	for (const name of ['overdueSeconds', 'due', 'dead', 'reconciledSecondsAgo', 'tidiedSecondsAgo', 'clockAheadSeconds'])
		assert.ok(Number.isInteger(answer.json[name]), name);
});

test('E6: who is leaving says so before the sockets close', async (t) => {
	const visitor = await signup(rig);
	await customerOf(rig, visitor.account);
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/checkout/sessions', action: 'delay', ms: 2000 });
	const busy = visitor.post('/api/checkout', { plan: 'solo' });
	await waitFor('the call', async () => await rig.value("SELECT count(*)::int FROM stripe_call WHERE kind = 'checkout' AND state = 'attended' AND first_sent_at IS NOT NULL") === 1);
	const stopping = rig.endpind.stop('SIGQUIT');
	const seen = new Set();
	while (!rig.endpind.gone) {
		const { status } = await rig.client().get('/readyz').catch(() => ({ status: 'none' }));
		seen.add(status);
	}
	assert.equal((await stopping).code, 0);
	assert.equal((await busy).status, 201);
	assert.equal(seen.has(200) && !seen.has(503), false, `only ${[...seen]}`);
	t.diagnostic(`E6: while leaving, /readyz said ${[...seen].join(', ')} (figure: 503)`);
	await rig.startEndpind();
});
