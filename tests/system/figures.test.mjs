// SPDX-License-Identifier: MIT
//
// A4 C3 in full, for --long: a thousand requests in flight when endpind is asked to stop; a hundred thousand
// deliveries of ten thousand events.

import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { deliver, makeEvent } from '../rig/event.mjs';
import { openRig, waitFor } from '../rig/rig.mjs';
import { subscribe, signup } from '../rig/visitor.mjs';

const skip = process.env.ENDPIN_LONG === '1' ? false : 'only with --long';

test('A4: 1,000 requests of four seconds are in flight at SIGQUIT, none is lost', { skip }, async (t) => {
	const rig = await openRig({ name: 'thousand', ownCluster: true, set: { 'pool stripe.workers': 125, 'server.stop_timeout': 60 } });
	try {
		const visitor = await signup(rig);
		await subscribe(rig, visitor);
		await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/billing_portal/sessions', action: 'delay', ms: 4000, times: -1 });
		const statuses = [];
		let slowest = 0;
		// Eight stops: each time 125 are being served.
		while (statuses.length < 1000) {
			const before = await rig.value("SELECT count(*)::int FROM stripe_call WHERE kind = 'portal'");
			const sent = [];
			// In steps, so that no worker has two.
			const send = (n) => { for (let i = 0; i < n; i++) sent.push(visitor.post('/api/portal', {})); };
			while (sent.length < 125) {
				send(5);
				await waitFor('workers busy', async () => await rig.value("SELECT count(*)::int FROM stripe_call WHERE kind = 'portal'") >= before + sent.length);
			}
			const began = Date.now();
			const { code } = await rig.endpind.stop('SIGQUIT');
			slowest = Math.max(slowest, Date.now() - began);
			assert.equal(code, 0);
			statuses.push(...(await Promise.all(sent)).map((a) => a.status));
			await rig.startEndpind();
			await waitFor('endpind again', async () => (await rig.client().get('/readyz')).status === 200);
		}
		assert.deepEqual([...new Set(statuses)], [201]);
		t.diagnostic(`A4: ${statuses.length} requests in flight at 8 stops, 0 lost, gone after at most ${slowest} ms (figure: 1000, 0 lost)`);
	} finally {
		await rig.close();
	}
});

test('C3: 100,000 deliveries of 10,000 events are 10,000 effects', { skip }, async (t) => {
	const rig = await openRig({ name: 'hundred', set: { 'courier.processes': 0 } });
	const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
	try {
		const events = Array.from({ length: 10000 }, () => makeEvent());
		const order = Array.from({ length: 100000 }, (_, i) => i % events.length);
		for (let i = order.length - 1; i > 0; i--) {
			const k = Math.floor(Math.random() * (i + 1));
			[order[i], order[k]] = [order[k], order[i]];
		}
		let next = 0;
		const statuses = new Map();
		const lane = async () => {
			while (next < order.length) {
				const { status } = await deliver(rig, events[order[next++]], { agent });
				statuses.set(status, (statuses.get(status) ?? 0) + 1);
			}
		};
		await Promise.all(Array.from({ length: 8 }, lane));
		assert.deepEqual([...statuses], [[200, 100000]]);
		assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event'), 10000);
		assert.equal(await rig.value('SELECT sum(heard)::int FROM stripe_object'), 10000);
		t.diagnostic('C3: 100000 deliveries of 10000 events, 8 at a time, 10000 effects (figure: 10000)');
	} finally {
		agent.destroy();
		await rig.close();
	}
});
