// SPDX-License-Identifier: MIT
//
// While the database can only be read, whoever is logged in stays so: to note when a session was used last can wait.
// What must be written is answered with 503.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor, PASSWORD } from '../rig/rig.mjs';
import { newEmail, quiet, signup, subscribe } from '../rig/visitor.mjs';

const TIMES = 20;
let rig, member;

before(async () => {
	rig = await openRig({ name: 'readonly', set: { 'session.idle_hours': 24 } });
	member = await signup(rig);
	await subscribe(rig, member);
	await quiet(rig);
});
after(() => rig?.close());

// For connections that begin from now on, and no others are left.
async function readOnly(on) {
	await rig.sql('SET default_transaction_read_only = off');
	await rig.sql(`ALTER DATABASE ${rig.database} ${on ? 'SET default_transaction_read_only = on' : 'RESET default_transaction_read_only'}`);
	const old = await rig.sql("SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'endpin %' AND datname = current_database()");
	const left = () => rig.value('SELECT count(*)::int FROM pg_stat_activity WHERE pid = ANY($1)', [old.map(({ pid }) => pid)]);
	await waitFor('the old connections to end', async () => await left() === 0);
	rig.forgetConnection();
}

const usedAt = () => rig.value('SELECT used_at::text FROM session WHERE account_id = $1', [member.account.id]);

test('sessions are readable while the database is read-only, and nothing is said of each', async () => {
	await rig.sql("UPDATE session SET used_at = now() - interval '20 hours'");
	const before = await usedAt();
	await readOnly(true);
	assert.equal(await rig.value('SHOW transaction_read_only'), 'on');
	const since = rig.log().length;
	for (let i = 0; i < TIMES; i++) {
		const session = await member.get('/api/session');
		assert.deepEqual([session.status, session.json.authenticated], [200, true]);
		assert.equal((await member.get('/auth?require=subscription')).status, 204);
		const token = await member.get('/api/cello/token');
		assert.deepEqual([token.status, token.json.enabled], [200, true]);
		assert.equal((await member.get('/api/subscription')).json.subscription.entitled, true);
	}
	const bad = rig.log().slice(since).filter((l) => ['warn', 'error'].includes(l.level) && l.event !== 'db_lost');
	assert.ok(bad.length < TIMES, `${bad.length} lines, such as ${JSON.stringify(bad[0])}`);

	const later = [
		await rig.client().post('/api/signup', { email: newEmail(), password: PASSWORD }),
		await rig.client().post('/api/login', { email: member.email, password: PASSWORD }), await member.post('/api/portal')
	];
	for (const answer of later) {
		assert.equal(answer.status, 503, answer.text);
		assert.match(answer.headers['retry-after'], /^\d+$/);
	}

	await readOnly(false);
	assert.equal(await usedAt(), before);
	// A worker that could not tries again in a minute; a new one does at once.
	await rig.reload();
	assert.equal((await member.get('/api/session')).json.authenticated, true);
	assert.notEqual(await usedAt(), before);
	assert.equal((await member.post('/api/portal')).status, 201);
});
