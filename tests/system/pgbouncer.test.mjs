// SPDX-License-Identifier: MIT
//
// C14: everything works through PgBouncer in transaction mode, where nine workers and two couriers share two connections
// and none keeps anything in one. ENDPIN_POOLER=transaction puts it between any other test file and its database.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import jwt from 'jsonwebtoken';
import { deliver, makeEvent } from '../rig/event.mjs';
import { writeSecret } from '../rig/files.mjs';
import { openRig, waitFor, PASSWORD } from '../rig/rig.mjs';
import { writeConfig } from '../rig/config.mjs';
import { checkout, customerOf, pay, quiet, signup, subscription, subscriptionWhen } from '../rig/visitor.mjs';

const POOL = 2;
let rig, member, session;

before(async () => {
	rig = await openRig({ name: 'pgbouncer', pooler: 'transaction' });
});
after(() => rig?.close());

test('who signs up has an account, a customer and a session', async () => {
	member = await signup(rig);
	assert.equal((await member.get('/api/session')).json.account.id, member.account.id);
	await customerOf(rig, member.account);
	assert.equal((await rig.client().post('/api/signup', { email: member.email, password: PASSWORD })).status, 409);
});

test('who logs in is known, and is not once they have logged out', async () => {
	const client = rig.client();
	assert.equal((await client.post('/api/login', { email: member.email, password: PASSWORD })).status, 200);
	assert.equal((await client.get('/api/session')).json.authenticated, true);
	const { cookie } = client;
	assert.equal((await client.post('/api/logout')).status, 204);
	assert.deepEqual((await rig.client().get('/api/session', { headers: { cookie } })).json, { authenticated: false });
	assert.equal((await rig.client().post('/api/login', { email: member.email, password: 'another one altogether' })).status, 401);
});

test('the token is signed for who asks', async () => {
	const { bootConfig } = (await member.get('/api/cello/token')).json;
	rig.secretsSeen.add(bootConfig.token);
	assert.equal(jwt.verify(bootConfig.token, rig.secrets.product, { algorithms: ['HS512'] }).productUserId, member.account.id);
});

test('an event that comes twice is there once', async () => {
	const body = makeEvent({ object: { id: await customerOf(rig, member.account), object: 'customer' } });
	assert.deepEqual((await Promise.all([deliver(rig, body), deliver(rig, body)])).map((a) => a.status), [200, 200]);
	assert.equal((await deliver(rig, body)).status, 200);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event WHERE id = $1', [JSON.parse(body).id]), 1);
});

test('who pays is let in, by couriers', async () => {
	session = await checkout(member);
	await pay(rig, session.sessionId);
	await member.post('/api/checkout/return', { sessionId: session.sessionId });
	await subscriptionWhen(member, 'an entitled subscription', (s) => s.entitled);
	assert.equal((await member.get('/auth')).headers['x-endpin-plan'], 'solo');
	assert.equal((await member.post('/api/checkout', { plan: 'quartet' })).json.code, 'already_subscribed');
});

test('who changes the plan and cancels has done so', async () => {
	assert.equal((await member.post('/api/subscription/change', { plan: 'quartet' })).status, 200);
	await subscriptionWhen(member, 'the other plan', (s) => s.plan === 'quartet');
	assert.equal((await member.post('/api/subscription/cancel', { reason: 'unused' })).status, 200);
	assert.ok((await subscription(member)).cancelAt);
	await quiet(rig);
	assert.match(await rig.endpin('ledger', 'check'), / 0 are missing/);
});

test('the commands work: check, doctor, errands, explain', async () => {
	const checked = await rig.endpin('check', '--offline').catch((e) => e.out);
	assert.match(checked, /^ok +database/m);
	assert.match(checked, /^ok +schema/m);
	assert.ok(JSON.parse(await rig.endpin('doctor', '--json').catch((e) => e.out)).components.length >= 4);
	assert.match(await rig.endpin('errands'), /^object/m);
	assert.match(await rig.endpin('explain', member.email).catch((e) => e.out), new RegExp(member.account.id));
});

test('an empty database is migrated through it', async () => {
	const name = `${rig.database}_empty`, conf = join(rig.dir, 'owner.conf');
	await rig.sql(`CREATE DATABASE ${name} OWNER endpin_owner`);
	const passfile = writeSecret(join(rig.dir, 'owner.pass'), '*:*:*:endpin_owner:owner\n');
	writeConfig(conf, rig.dir, { ...rig.config, 'database.conninfo': `host=${rig.pooler.dir} dbname=${name} user=endpin_owner passfile=${passfile}` });
	const migrate = () => rig.endpin('-c', conf, 'migrate', '--dir', join(rig.stage.dir, 'migrations'));
	assert.match(await migrate(), /applied/);
	assert.doesNotMatch(await migrate(), /\.sql applied/);
});

test('sixteen at a time have two connections, and nobody is left inside a transaction', async (t) => {
	// One after the other: hashes have a queue of their own, which may be full.
	const clients = [];
	while (clients.length < 16)
		clients.push(await signup(rig));
	await Promise.all(clients.map(async (client) => {
		for (let i = 0; i < 20; i++)
			assert.equal((await client.get('/api/session')).json.authenticated, true);
	}));
	const ours = "FROM pg_stat_activity WHERE usename = 'endpin' AND datname = current_database()";
	const connections = await rig.value(`SELECT count(*)::int ${ours}`);
	assert.ok(connections >= 1 && connections <= POOL, `${connections} connections`);
	await waitFor('all to be idle', async () => await rig.value(`SELECT count(*)::int ${ours} AND state <> 'idle'`) === 0);
	const prepared = rig.log().filter((l) => l.event === 'db_error');
	assert.deepEqual(prepared, []);
	t.diagnostic(`C14: stories through ${(await rig.pooler.ask('SHOW VERSION'))[0].version}, ${connections} server connections (figure: ${POOL})`);
});

test('the pooler ends and comes back: who asked meanwhile is told to come again, and workers stay', async () => {
	const before = rig.processes().map(({ pid }) => pid);
	await rig.pooler.stop('SIGQUIT');
	const away = await member.get('/api/session');
	assert.equal(away.status, 503);
	assert.match(away.headers['retry-after'], /^\d+$/);
	await rig.restartPooler();
	await waitFor('the session', async () => (await member.get('/api/session')).json?.authenticated);
	assert.deepEqual(rig.processes().map(({ pid }) => pid), before);
});
