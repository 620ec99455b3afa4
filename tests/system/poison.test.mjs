// SPDX-License-Identifier: MIT
//
// F4: an object that kills whatever courier takes it is buried after its attempts, and others flow meanwhile.
//
// Between endpin and Stripe stands a witness here, who sees which object is asked for and kills the courier that asks.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { openFiles, openRig, waitFor, SLOW } from '../rig/rig.mjs';
import { deliver, makeEvent } from '../rig/event.mjs';
import { customerOf, quiet, signup } from '../rig/visitor.mjs';

const ATTEMPTS = 200;	// of an object
const LEFT = 3;
const OTHERS = 8;
const SAMPLES = process.env.ENDPIN_LONG === '1' ? 2000 : 300;
const FLOW_MS = 1000;

let rig, witness, poison;
const others = [];
const killed = [];

// Who holds the other end of a connection to us?  Others may have gone out from the same port to elsewhere.
function whoAsks({ remotePort, localPort }) {
	const [from, to] = [remotePort, localPort].map((port) => `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`);
	const line = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1).map((l) => l.trim().split(/\s+/))
		.find((f) => f[1] === from && f[2] === to);
	return rig.workers('courier').find((pid) => openFiles(pid).includes(`socket:[${line?.[9]}]`));
}

before(async () => {
	// Its port is part of the configuration, so it comes first; where the sandbox is, it learns later.
	witness = http.createServer((req, res) => {
		if (poison && req.url.startsWith(`/v1/customers/${poison}`)) {
			const pid = whoAsks(req.socket);
			if (pid) {
				process.kill(pid, 'SIGKILL');
				killed.push(pid);
			}
			req.socket.destroy();
			return;
		}
		// The first courier is there before the rig is whole.
		if (!rig)
			return req.socket.destroy();
		const onward = http.request(`${rig.sandboxUrl}${req.url}`, { method: req.method, headers: req.headers }, (answer) => {
			res.writeHead(answer.statusCode, answer.headers);
			answer.pipe(res);
		});
		onward.on('error', () => res.destroy());
		req.pipe(onward);
	}).listen(0, '127.0.0.1');
	await new Promise((done) => witness.once('listening', done));
	rig = await openRig({ name: 'poison', set: { 'stripe.api_base': `http://127.0.0.1:${witness.address().port}`, 'courier.poll': 1 } });
	for (let i = 0; i <= OTHERS; i++)
		others.push(await customerOf(rig, (await signup(rig)).account));
	await quiet(rig);
});
after(async () => {
	await rig?.close();
	witness?.closeAllConnections();
	witness?.close();
});

const changed = (id) => deliver(rig, makeEvent({ type: 'customer.updated', object: { id, object: 'customer' } }));

// Events about one object, one after the other: how long until each is applied, by the database's clock.
async function flow(id, times, stop) {
	const client = await rig.cluster.connect(rig.database);
	while (!stop.now || times.length < SAMPLES / OTHERS) {
		assert.equal((await changed(id)).status, 200);
		const { rows: [read] } = await waitFor(`${id} to be read`, async () => {
			const found = await client.query("SELECT (extract(epoch FROM seen_at - heard_at) * 1000)::int AS ms FROM stripe_object WHERE id = $1 AND state = 'done'", [id]);
			return found.rowCount === 1 && found;
		}, 30000);
		times.push(read.ms);
	}
	await client.end();
}

test('scenario 19: a poisonous object is buried after its attempts while others flow', { timeout: 280000 }, async (t) => {
	poison = others.pop();
	// Heard of, and so that this takes seconds and not days it has used up most of its attempts already.
	await rig.sql(`UPDATE stripe_object SET heard = heard + 1, heard_at = now(), due_at = now(), state = 'waiting', settled_at = NULL, attempts = $2
		WHERE id = $1`, [poison, ATTEMPTS - LEFT]);
	const stop = { now: false };
	const times = others.map(() => []);
	const flowing = Promise.all(others.map((id, i) => flow(id, times[i], stop)));
	const row = async () => (await rig.sql('SELECT state, attempts, last_error, leased_until, settled_at FROM stripe_object WHERE id = $1', [poison]))[0];
	const replaced = () => rig.workers('courier').filter((pid) => !killed.includes(pid)).length === 2;
	// The lease of who died ends now and not when it would.
	const expire = () => rig.sql("UPDATE stripe_object SET leased_until = now() - interval '1 second' WHERE id = $1 AND leased_until > now()", [poison]);
	try {
		for (let turn = 1; turn <= LEFT; turn++) {
			await waitFor(`death ${turn}`, async () => killed.length >= turn, 30000);
			await waitFor('another courier', replaced);
			await expire();
		}
		await waitFor('the burial', async () => {
			if (replaced())
				await expire();
			return (await row()).state === 'dead';
		}, 30000);
	} finally {
		stop.now = true;
		await flowing;
	}
	assert.equal(killed.length, LEFT);
	const dead = await row();
	assert.match(dead.last_error, /\S/);
	assert.ok(dead.settled_at);
	assert.equal(dead.leased_until, null);
	assert.ok(rig.log().some((line) => line.event === 'errand_dead' && line.msg.includes(poison)), 'it is said');
	const all = times.flat().sort((a, b) => a - b);
	const p99 = all[Math.ceil(all.length * 0.99) - 1];
	t.diagnostic(`F4: a poisonous object killed ${killed.length} couriers with ${LEFT} of ${ATTEMPTS} attempts left, then is ${dead.state}: ` +
		`"${dead.last_error}" (figure: ${LEFT})`);
	t.diagnostic(`F4: ${all.length} changes of other objects meanwhile, half of them applied within ${all[all.length >> 1]} ms, p99 ${p99} ms, ${all[all.length - 1]} ms at most (figure: ${FLOW_MS} ms)`);
	assert.ok(all.length >= SAMPLES);
	assert.ok(p99 <= FLOW_MS * SLOW, `p99 ${p99} ms`);
});

test('scenario 19: dead, it is left alone until it is heard of again', async () => {
	const before = killed.length;
	// Whatever else is due is done: the couriers are at work.
	assert.equal((await changed(others[0])).status, 200);
	await waitFor('another object', async () => await rig.value("SELECT state FROM stripe_object WHERE id = $1", [others[0]]) === 'done');
	assert.equal(killed.length, before);
	const id = poison;
	poison = null;
	assert.equal((await changed(id)).status, 200);
	await waitFor('it to be read', async () => await rig.value("SELECT state FROM stripe_object WHERE id = $1", [id]) === 'done');
});
