// SPDX-License-Identifier: MIT
//
// The schema that migrations make is the one in sql/schema.sql; the program's statements fit it; its role may do
// what it must and no more.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { deliver, makeEvent } from '../rig/event.mjs';
import { openRig, run, waitFor } from '../rig/rig.mjs';
import { SOURCE } from '../rig/stage.mjs';

const OLD = 20000, LENGTHS = 150;	// of what is left of a page, a row's at most
const NEW = 40, EVENTS = 4;

let rig;

before(async () => {
	rig = await openRig({ name: 'schema', ownCluster: true, set: { 'courier.processes': 0 } });
});
after(() => rig?.close());

// What a person reads, without what differs between versions of pg_dump.
const normal = (dump) => dump.split('\n').filter((line) => !/^(--|SET |SELECT pg_catalog\.set_config|\\|$)/.test(line)).join('\n') + '\n';

test('a fresh migration makes sql/schema.sql', async () => {
	const dump = normal(await run('/usr/bin/pg_dump', ['-h', rig.cluster.dir, '-U', 'postgres', '--schema-only', '--no-owner', '--no-privileges', rig.database]));
	const file = join(SOURCE, 'sql', 'schema.sql');
	if (process.env.ENDPIN_WRITE_SCHEMA)
		writeFileSync(file, `-- SPDX-License-Identifier: MIT\n-- What the migrations make, for reading; compared by the tests.\n\n${dump}`);
	assert.ok(existsSync(file), 'sql/schema.sql is missing');
	assert.equal(normal(readFileSync(file, 'utf8')), dump);
});

test('migrating again is harmless', async () => {
	const conf = join(rig.dir, 'migrate.conf');
	const { writeConfig } = await import('../rig/config.mjs');
	writeConfig(conf, rig.dir, { ...rig.config, 'database.conninfo': `host=${rig.cluster.dir} dbname=${rig.database} user=endpin_owner` });
	await run(join(rig.stage.bin, 'endpin'), ['-c', conf, 'migrate', '--dir', join(rig.stage.dir, 'migrations')]);
});

test('every statement of the program can be prepared', async (t) => {
	const out = await rig.endpin('check', '--statements', '--offline');
	const n = /(\d+) statements/.exec(out)?.[1] ?? out.split('\n').length;
	t.diagnostic(`${n} statements prepared (figure: all)`);
});

test('a statement that does not fit is found', async () => {
	await rig.sql('ALTER TABLE session RENAME COLUMN used_at TO last_used_at');
	await assert.rejects(rig.endpin('check', '--statements'), (e) => e.code === 1 && /used_at/.test(e.out + e.err));
	await rig.sql('ALTER TABLE session RENAME COLUMN last_used_at TO used_at');
});

test('C16: the application’s role has no DDL', async () => {
	const { default: pg } = await import('pg');
	const [, password] = /:endpin:(.*)$/m.exec(readFileSync(rig.cluster.passfile, 'utf8'));
	const app = new pg.Client({ host: rig.cluster.dir, database: rig.database, user: 'endpin', password });
	await app.connect();
	for (const text of ['CREATE TABLE t (x int)', 'DROP TABLE session', 'ALTER TABLE account ADD COLUMN x int', 'CREATE ROLE r', 'TRUNCATE account'])
		await assert.rejects(app.query(text), (e) => e.code === '42501', text);
	await app.end();
});

test('E11: the database has no triggers, sequences, functions of ours, or deferrable constraints', async () => {
	const count = (text) => rig.value(text);
	assert.equal(await count("SELECT count(*)::int FROM pg_trigger WHERE NOT tgisinternal"), 0);
	assert.equal(await count("SELECT count(*)::int FROM pg_class WHERE relkind = 'S'"), 0);
	assert.equal(await count("SELECT count(*)::int FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'"), 0);
	assert.equal(await count("SELECT count(*)::int FROM pg_constraint WHERE condeferrable OR contype = 'x'"), 0);
	assert.equal(await count("SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)"), 0);
});

/*
 * Among many old objects a new one lies where there is room beside it: being heard of again then changes one page and no index.
 * What waits is shorter than what is done, so without that it goes to where a full page has a little left.
 * Room is made of versions that nobody sees any more, and PostgreSQL looks no closer than at the oldest transaction of all its
 * databases: so no other rig is in them, and no autovacuum.
 */
const pages = () => rig.sql(`SELECT id, (ctid::text::point)[0]::int AS page FROM stripe_object WHERE state = 'waiting' ORDER BY id`);

test(`${NEW} new objects among ${OLD} old ones stay where they are when they are heard of again`, async (t) => {
	await rig.sql(`INSERT INTO stripe_object (lane, id, kind, seen, state, settled_at, seen_at, last_error)
		SELECT i % 256, 'in_' || md5(i::text), 'invoice', 1, 'done', now(), now(), repeat('x', i % ${LENGTHS}) FROM generate_series(1, ${OLD}) i`);
	await rig.sql('ALTER SYSTEM SET autovacuum = off');
	await rig.sql('SELECT pg_reload_conf()');
	await rig.sql('VACUUM stripe_object');
	await waitFor('nobody else to be at anything', async () => await rig.value(`SELECT count(*)::int FROM pg_stat_activity
		WHERE pid <> pg_backend_pid() AND (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL)`) === 0);
	let first;
	for (let round = 0; round < EVENTS; round++) {
		for (let i = 0; i < NEW; i++)
			assert.equal((await deliver(rig, makeEvent({ type: 'invoice.updated', object: { id: `in_new${i}`, object: 'invoice' } }))).status, 200);
		first ??= await pages();
	}
	const last = await pages();
	const moved = last.filter(({ page }, i) => page !== first[i].page).length;
	t.diagnostic(`of ${last.length} objects ${moved} have moved (figure: 0)`);
	assert.deepEqual([last.length, moved], [NEW, 0]);
});
