// SPDX-License-Identifier: MIT
//
// A PgBouncer in transaction mode between a rig's endpin and its cluster, with as many server connections as it was
// given: far fewer than there are workers.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDir, own, writeSecret } from './files.mjs';
import { start, waitFor } from './process.mjs';
import { passwordIn } from './stage.mjs';
import pg from 'pg';

export const POOLER_WAIT_S = 3;		// for a server connection

// As doc/operate.md has it for a pooler that endpin is behind.
const settings = (rig, dir, size) => `[databases]
* = host=${rig.cluster.dir}

[pgbouncer]
listen_addr =
unix_socket_dir = ${dir}
listen_port = 5432
auth_type = scram-sha-256
auth_file = ${join(dir, 'users')}
admin_users = admin
pool_mode = transaction
default_pool_size = ${size}
max_client_conn = 500
query_wait_timeout = ${POOLER_WAIT_S}
server_login_retry = 1
server_connect_timeout = 2
log_connections = 0
log_disconnections = 0
`;

export async function startPooler(rig, size = 2) {
	const dir = rig.pooler?.dir ?? makeDir(join(rig.dir, 'pooler'), 0o755);
	writeSecret(join(dir, 'users'), `"endpin" "${passwordIn(rig.cluster.passfile)}"\n"endpin_owner" "owner"\n"admin" "admin"\n`);
	const ini = join(dir, 'pgbouncer.ini');
	writeFileSync(ini, settings(rig, dir, size));
	own(ini);
	const log = join(rig.dir, 'pgbouncer.log');
	const pooler = start('pgbouncer', '/usr/sbin/pgbouncer', [ini], { log });
	pooler.dir = dir;
	pooler.ask = async (text) => {
		const client = new pg.Client({ host: dir, database: 'pgbouncer', user: 'admin', password: 'admin' });
		client.on('error', () => {});
		await client.connect();
		try {
			return (await client.query(text)).rows;
		} finally {
			await client.end();
		}
	};
	await waitFor('PgBouncer', async () => {
		if (pooler.gone)
			throw new Error(pooler.lastWords());
		return pooler.ask('SHOW VERSION');
	});
	return pooler;
}
