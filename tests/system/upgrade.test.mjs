// SPDX-License-Identifier: MIT
//
// From version 1 of the database, with a shop's rows in it: nothing is lost, every state finds its new name, and the
// program goes on where the old one stopped.

import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connectCello } from '../rig/cello.mjs';
import { openRig, run, start, waitFor, PASSWORD } from '../rig/rig.mjs';
import { writeConfig } from '../rig/config.mjs';
import { makeDir, own } from '../rig/files.mjs';
import { signup, subscribe, UCC } from '../rig/visitor.mjs';

const TABLES = ['account', 'session', 'referral', 'customer', 'subscription', 'subscription_item', 'invoice', 'checkout_session',
	'stripe_event', 'stripe_object', 'stripe_call'];
const lane = (text) => createHash('sha256').update(text).digest()[0];

// What states of version 1 are called now.
const objectState = (o) => o.state !== 'live' ? o.state : BigInt(o.heard) > BigInt(o.seen) ? 'waiting' : 'done';
const CALL_STATES = {
	customer: { new: ['waiting'], sent: ['waiting'], done: ['done', 'made'], refused: ['dead', 'refused'], replaced: ['done', 'replaced'], dead: ['dead'] },
	others: { new: ['attended'], sent: ['attended'], done: ['done', 'made'], refused: ['done', 'refused'], replaced: ['done', 'replaced'], dead: ['dead'] }
};

let rig, old, conf, paying, waiting, call, rowsBefore, dumpBefore;

before(async () => {
	rig = await openRig({ name: 'upgrade' });
	// Somebody who pays, and somebody whose customer Stripe has not made yet.
	paying = await signup(rig, { ucc: UCC });
	assert.equal((await subscribe(rig, paying)).status, 'active');
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/customers', action: 'status', status: 500, times: -1 });
	waiting = await signup(rig, { ucc: UCC });
	await rig.endpind.stop('SIGTERM');
	await rig.control('DELETE', '/faults');
	await makeVersionOne();
});
after(() => rig?.close());

// A folder with the migrations up to `last`, the last of them changed.
function migrations(name, last, change = (text) => text) {
	const dir = makeDir(join(rig.dir, name), 0o755);
	for (const file of readdirSync(join(rig.stage.dir, 'migrations')).filter((f) => f.slice(0, 4) <= last))
		if (file.startsWith(last))
			writeFileSync(join(dir, file), change(readFileSync(join(rig.stage.dir, 'migrations', file), 'utf8')));
		else
			copyFileSync(join(rig.stage.dir, 'migrations', file), join(dir, file));
	for (const file of readdirSync(dir))
		own(join(dir, file));
	return dir;
}

const migrate = (dir) => run(join(rig.stage.bin, 'endpin'), ['-c', conf, 'migrate', '--dir', dir]);

async function columns(client, table) {
	return (await client.query("SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1", [table]))
		.rows.map((r) => r.name);
}

// The rows of the first database as version 1 would have had them.
async function copyRows() {
	for (const table of TABLES) {
		const here = await columns(old, table);
		const there = await columns(rig.admin, table);
		const both = here.filter((c) => there.includes(c) && c !== 'state');
		for (const row of await rig.sql(`SELECT * FROM ${table}`)) {
			const names = [...both], values = both.map((c) => row[c]);
			if (table === 'stripe_call') {
				names.push('state');
				values.push(row.state === 'done' ? 'done' : row.first_sent_at ? 'sent' : 'new');
			} else if (table === 'subscription') {
				names.push('plan');
				values.push('solo');
			}
			await old.query(`INSERT INTO ${table} (${names}) VALUES (${names.map((_, i) => `$${i + 1}`)})`, values);
		}
	}
}

// And what a shop of some age has besides.
async function addRows() {
	const insert = (table, row) => old.query(`INSERT INTO ${table} (${Object.keys(row)}) VALUES (${Object.keys(row).map((_, i) => `$${i + 1}`)})`, Object.values(row));
	const ago = (days) => new Date(Date.now() - days * 86400000);
	for (let i = 0; i < 40; i++) {
		const id = randomUUID(), customer = `cus_old${i}`, subscription = `sub_old${i}`;
		await insert('account', { id, email: `Old${i}@example.com`, password_hash: 'x', first_name: 'Ünï', organization: '株式会社', created_at: ago(400 + i) });
		await insert('session', { token_hash: randomBytes(32), account_id: id, created_at: ago(3), used_at: ago(i % 3), ends_at: ago(-27) });
		if (i % 2 === 0)
			await insert('referral', { account_id: id, ucc: UCC, source: ['form', 'query', 'cookie'][i % 3], created_at: ago(400 + i) });
		await insert('customer', i % 4 === 3 ? { id: customer } : i % 4 === 2 ? { id: customer, former_account_id: id, deleted: true, linked_at: ago(9) } :
			{ id: customer, account_id: id, livemode: false, linked_at: ago(9), seen_at: ago(1) });
		await insert('subscription', { id: subscription, customer_id: customer, status: ['active', 'canceled', 'past_due'][i % 3], plan: i % 5 ? 'solo' : null,
			price: i % 5 ? 'price_solo' : 'price_gone', quantity: i, created: ago(300), livemode: false });
		await insert('subscription_item', { id: `si_old${i}`, subscription_id: subscription, customer_id: customer, price: 'price_solo', quantity: i });
		await insert('invoice', { id: `in_old${i}`, customer_id: customer, status: 'paid', currency: 'usd', amount_due: 1900, amount_paid: 1900, total: 1900,
			created: ago(300), livemode: false });
		await insert('checkout_session', { id: `cs_old${i}`, account_id: id, customer_id: customer, subject: 'solo 1', status: ['open', 'complete', 'expired'][i % 3],
			created_at: ago(2), expires_at: ago(1) });
		// Known kinds, kinds that nobody follows, and events without an object.
		const kind = ['subscription', 'invoice', 'payout', null][i % 4];
		await insert('stripe_event', { id: `evt_old${i}`, type: `${kind ?? 'account'}.updated`, object_kind: kind, object_id: kind && `${kind}_old${i >> 2}`,
			livemode: false, created: ago(i), received_at: ago(i), payload: JSON.stringify({ n: i, text: 'ß' }) });
		// Not yet due, so that what is checked stays as it was migrated.
		const object = { id: `sub_o${i}`, kind: ['customer', 'subscription', 'invoice', 'checkout.session'][i % 4], lane: i, due_at: ago(-1), heard_at: ago(i + 1) };
		await insert('stripe_object', { ...object, ...[
			{ heard: 5, seen: 3, attempts: 2, last_error: 'Stripe answered 500' },
			{ heard: 5, seen: 5, seen_at: ago(i) },
			{ heard: 5, seen: 1, state: 'parked', customer_id: customer },
			{ heard: 5, seen: 1, state: 'dead', attempts: 200, last_error: 'could not' },
			{ heard: 5, seen: 1, attempts: 1, fence: 9, leased_until: ago(-1) }
		][i % 5] });
	}
	const owners = (await old.query("SELECT id FROM account WHERE email LIKE 'Old%' ORDER BY email")).rows.map((r) => r.id);
	let n = 0;
	for (const kind of ['customer', 'checkout', 'expire', 'portal'])
		for (const state of ['new', 'sent', 'done', 'refused', 'replaced', 'dead'])
			await insert('stripe_call', { id: randomUUID(), account_id: owners[n++], kind, lane: n, path: `/v1/${kind}`, form: 'a=b&c=d', state, subject: 'solo 1',
				object_id: state === 'done' ? `made_${n}` : null, due_at: ago(-1), created_at: ago(n), first_sent_at: state === 'new' ? null : ago(n),
				settled_at: ['new', 'sent'].includes(state) ? null : ago(n) });
	// What the courier was at when the old program stopped.
	const subscription = (await old.query("SELECT id FROM subscription WHERE id NOT LIKE 'sub_old%'")).rows[0].id;
	await old.query("UPDATE subscription SET status = 'past_due' WHERE id = $1", [subscription]);
	const { rowCount } = await old.query('UPDATE stripe_object SET heard = heard + 1, due_at = now() WHERE id = $1', [subscription]);
	assert.equal(rowCount, 1);
	call = (await old.query("SELECT id, state FROM stripe_call WHERE account_id = $1", [waiting.account.id])).rows[0];
	assert.ok(['new', 'sent'].includes(call.state));
	await old.query('UPDATE stripe_call SET due_at = now(), leased_until = NULL WHERE id = $1', [call.id]);
}

async function allRows() {
	const all = {};
	for (const table of TABLES)
		all[table] = (await old.query(`SELECT * FROM ${table} ORDER BY 1::text`)).rows;
	return all;
}

const dump = () => run('/usr/bin/pg_dump', ['-h', rig.cluster.dir, '-U', 'postgres', '--inserts', rig.oldDatabase])
	.then((text) => text.replace(/^\\(un)?restrict .*$/mg, ''));

async function makeVersionOne() {
	await rig.sql('SELECT 1');
	rig.oldDatabase = `old_${randomBytes(6).toString('hex')}`;
	await rig.sql(`CREATE DATABASE ${rig.oldDatabase} OWNER endpin_owner`);
	const owner = await rig.cluster.connect(rig.oldDatabase, 'endpin_owner');
	await owner.query('ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO endpin');
	await owner.end();
	conf = join(rig.dir, 'migrate.conf');
	writeConfig(conf, rig.dir, { 'database.conninfo': `host=${rig.cluster.dir} dbname=${rig.oldDatabase} user=endpin_owner` });
	await migrate(migrations('one', '0001'));
	old = await rig.cluster.connect(rig.oldDatabase);
	await copyRows();
	await addRows();
	rowsBefore = await allRows();
	for (const table of TABLES)
		assert.ok(rowsBefore[table].length > 0, `${table} has no rows`);
	dumpBefore = await dump();
}

const version = async () => (await old.query('SELECT max(version)::int AS version FROM schema_migration')).rows[0].version;

test('a migration that fails in its middle leaves version 1 whole', async () => {
	const broken = migrations('broken', '0002', (text) => {
		const at = text.indexOf('CREATE TABLE chore');
		assert.ok(at > 0);
		return `${text.slice(0, at)}SELECT 1 / 0;\n${text.slice(at)}`;
	});
	await assert.rejects(migrate(broken), (e) => e.code > 0 && /0002/.test(e.out + e.err));
	assert.equal(await version(), 1);
	assert.equal(await dump(), dumpBefore);
});

test('one that is killed in its middle too', async () => {
	const holder = await rig.cluster.connect(rig.oldDatabase);
	await holder.query('BEGIN; LOCK TABLE checkout_session IN ROW EXCLUSIVE MODE');
	const killed = start('migrate', join(rig.stage.bin, 'endpin'), ['-c', conf, 'migrate', '--dir', join(rig.stage.dir, 'migrations')],
		{ log: join(rig.dir, 'migrate.log') });
	const backend = await waitFor('it to have done half of it', async () => (await old.query(
		"SELECT pid FROM pg_stat_activity WHERE datname = $1 AND usename = 'endpin_owner' AND wait_event_type = 'Lock'", [rig.oldDatabase])).rows[0]?.pid);
	await killed.stop('SIGKILL');
	await holder.query('ROLLBACK');
	await holder.end();
	// The server notices when it wants to answer.
	await waitFor('the end of its connection', async () => (await old.query('SELECT FROM pg_stat_activity WHERE pid = $1', [backend])).rowCount === 0);
	const at = await version();
	// Whoever was killed after all the work was done has simply not heard that it is.
	if (at === 1)
		assert.equal(await dump(), dumpBefore);
	else
		assert.fail(`version ${at} came of a migration that was killed`);
});

test('no row is lost, and every column that stays keeps its content', async (t) => {
	const began = Date.now();
	assert.match(await migrate(join(rig.stage.dir, 'migrations')), /^0002_\w+\.sql applied$/m);
	const took = Date.now() - began;
	assert.ok(await version() >= 2);
	const now = await allRows();
	let rows = 0;
	for (const table of TABLES) {
		const there = new Set(await columns(old, table));
		const kept = (all) => all.map((row) => Object.fromEntries(Object.entries(row)
			.filter(([name]) => there.has(name) && Object.hasOwn(rowsBefore[table][0], name) && !['lane', 'state'].includes(name)))).map((row) => JSON.stringify(row)).sort();
		assert.equal(now[table].length, rowsBefore[table].length, table);
		assert.deepEqual(kept(now[table]), kept(rowsBefore[table]), table);
		rows += now[table].length;
	}
	t.diagnostic(`upgrade: ${rows} rows of ${TABLES.length} tables, 0 lost or changed, in ${took} ms (figure: 0)`);
});

test('lanes are the first byte of the SHA-256 of what a row belongs to', async () => {
	const now = await allRows();
	for (const e of now.stripe_event)
		assert.equal(e.lane, lane(e.object_id ?? e.id), e.id);
	for (const o of now.stripe_object)
		assert.equal(o.lane, lane(o.id), o.id);
	for (const c of now.stripe_call)
		assert.equal(c.lane, lane(c.account_id), c.id);
	for (const c of (await old.query('SELECT lane, id FROM chore')).rows)
		assert.equal(c.lane, lane(c.id), c.id);
});

test('what was believed to be paid is', async () => {
	const { subscription } = await allRows();
	const seen = new Set();
	for (const s of subscription) {
		const paid = { active: s.current_period_end, trialing: s.current_period_end, past_due: s.current_period_start }[s.status] ?? null;
		const since = s.status === 'past_due' ? s.current_period_start ?? s.seen_at : null;
		assert.deepEqual([s.paid_until, s.past_due_since], [paid, since], s.id);
		seen.add(`${s.status} ${paid !== null}`);
	}
	assert.ok(seen.has('past_due true') && seen.has('active false') && seen.has('canceled false'), [...seen].join(', '));
});

test('states have found their new names', async () => {
	const now = await allRows();
	const by = (rows) => new Map(rows.map((row) => [row.id, row]));
	const objects = by(now.stripe_object), calls = by(now.stripe_call);
	const seen = new Set();
	for (const o of rowsBefore.stripe_object) {
		const state = objectState(o);
		seen.add(`object ${o.state} ${state}`);
		assert.equal(objects.get(o.id).state, state, o.id);
		assert.deepEqual(objects.get(o.id).settled_at, state === 'waiting' ? null : o.seen_at ?? o.heard_at, o.id);
	}
	for (const c of rowsBefore.stripe_call) {
		const [state, outcome = null] = (CALL_STATES[c.kind] ?? CALL_STATES.others)[c.state];
		seen.add(`call ${c.kind} ${c.state}`);
		assert.deepEqual([calls.get(c.id).state, calls.get(c.id).outcome], [state, outcome], `${c.kind} ${c.state}`);
	}
	assert.equal(seen.size, 4 + 4 * 6, [...seen].join(', '));
});

test('migrating again changes nothing', async () => {
	const once = await dump();
	assert.doesNotMatch(await migrate(join(rig.stage.dir, 'migrations')), /applied/);
	assert.equal(await dump(), once);
});

test('the program goes on where the old one stopped', async () => {
	const visible = (await old.query("SELECT has_table_privilege('endpin', 'chore', 'SELECT, UPDATE') AS may")).rows[0].may;
	assert.ok(visible, 'new tables are granted like the old');
	rig.forgetConnection();
	rig.database = rig.oldDatabase;
	rig.configure({ 'database.conninfo': await rig.conninfo() });
	await connectCello(rig);
	// What died before is still there, and is all that is wrong, but that endpind is not running yet.
	const check = await rig.endpin('check', '--statements').then(() => '', (e) => e.out);
	assert.match(check, /^ok +statements /m);
	const wrong = check.split('\n').filter((line) => line.startsWith('not ok') && !line.endsWith('or endpind is not running'));
	assert.ok(wrong.length > 0 && wrong.every((line) => /^not ok +errands +some were given up/.test(line)), check);
	await rig.startEndpind();
	await waitFor('an answer', async () => (await paying.get('/readyz')).status === 200);
	// Who was logged in still is, and the password still fits.
	assert.equal((await paying.get('/api/session')).json.authenticated, true);
	const again = await rig.client().post('/api/login', { email: paying.email, password: PASSWORD });
	assert.equal(again.status, 200, again.text);
	// What was to be read is read: Stripe says that the subscription is active.
	await waitFor('the subscription', async () => {
		const { subscription } = (await paying.get('/api/subscription')).json;
		return subscription?.status === 'active' && subscription.entitled;
	});
	// What was to be sent is sent, once, under the key of then.
	await waitFor('the customer', async () => await rig.value('SELECT count(*)::int FROM customer WHERE account_id = $1', [waiting.account.id]) === 1, 30000);
	// Stripe's event may have told of it before its answer did.
	await waitFor('the call', async () => await rig.value('SELECT state FROM stripe_call WHERE id = $1', [call.id]) === 'done');
	assert.deepEqual((await rig.sql('SELECT state, outcome FROM stripe_call WHERE id = $1', [call.id]))[0], { state: 'done', outcome: 'made' });
	const made = (await rig.control('GET', '/objects/customers')).filter((c) => c.metadata.new_user_id === waiting.account.id);
	assert.equal(made.length, 1);
	// What was not yet due is left alone.
	const untouched = await rig.sql("SELECT state, count(*)::int FROM stripe_object WHERE id LIKE 'sub\\_o_' OR id LIKE 'sub\\_o__' GROUP BY 1 ORDER BY 1");
	assert.deepEqual(untouched.map((r) => [r.state, r.count]), [['dead', 8], ['done', 8], ['parked', 8], ['waiting', 16]]);
	await old.end();
});
