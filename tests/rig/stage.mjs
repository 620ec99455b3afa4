// SPDX-License-Identifier: MIT
//
// What rigs share: the files that daemons read, copied to where somebody without rights can read them, and one
// PostgreSQL cluster with a template that was migrated once.
//
// tests/run makes one stage and names it in ENDPIN_STAGE; a test file that is run by hand makes its own.

import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { defaults, writeConfig } from './config.mjs';
import { CANARY, makeDir, writeSecret } from './files.mjs';
import { run, start, waitFor } from './process.mjs';

export const SOURCE = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

function pgBin() {
	const versions = readdirSync('/usr/lib/postgresql').map(Number).filter(Boolean).sort((a, b) => b - a);
	return `/usr/lib/postgresql/${versions[0]}/bin`;
}

export const passwordIn = (passfile) => readFileSync(passfile, 'utf8').trim().split(':').at(-1);

export class Cluster {
	constructor(dir, port) {
		this.dir = dir;
		this.port = port;
		this.data = join(dir, 'data');
		this.log = join(dir, 'postgresql.log');
		this.passfile = join(dir, 'passfile');
	}

	// Roles: "postgres" is the tests' own, endpin_owner migrates, endpin may read and write rows and nothing else.
	// `port`: of the loopback interface, and of the socket's name. `passfile`: of another cluster, for the same password.
	static async make(dir, { port, passfile } = {}) {
		const c = new Cluster(makeDir(dir), port);
		const bin = pgBin();
		await run(join(bin, 'initdb'), ['-D', c.data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8']);
		writeFileSync(join(c.data, 'pg_hba.conf'), 'local all endpin scram-sha-256\nhost all endpin samehost scram-sha-256\n' +
			'local all all trust\nlocal replication postgres trust\n');
		// fsync stays on: what is committed has to be there after a kill.
		writeFileSync(join(c.data, 'postgresql.auto.conf'),
			`listen_addresses = ''\nunix_socket_directories = '${dir}'\nmax_connections = 200\n` +
			// Months are as long as Stripe's, wherever this runs; of all rigs' statements none is forgotten.
			`timezone = 'UTC'\nlog_min_messages = warning\nshared_preload_libraries = 'pg_stat_statements'\npg_stat_statements.max = 20000\n`);
		const password = passfile ? passwordIn(passfile) : `${CANARY}${randomBytes(12).toString('hex')}`;
		if (passfile)
			c.passfile = passfile;
		else
			writeSecret(c.passfile, `*:*:*:endpin:${password}\n`);
		await c.start();
		const sql = await c.connect('postgres');
		await sql.query(`CREATE ROLE endpin_owner LOGIN; CREATE ROLE endpin LOGIN PASSWORD '${password}'`);
		await sql.query('CREATE DATABASE template_endpin OWNER endpin_owner');
		await sql.end();
		const owner = await c.connect('template_endpin', 'endpin_owner');
		await owner.query('ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO endpin');
		await owner.end();
		return c;
	}

	// One that follows this one and holds, until it is promoted, every commit that this one has answered.
	async follower(dir, port) {
		const f = new Cluster(makeDir(dir), port);
		f.passfile = this.passfile;
		const from = ['-h', this.dir, '-U', 'postgres', ...(this.port ? ['-p', String(this.port)] : [])];
		await run(join(pgBin(), 'pg_basebackup'), [...from, '-D', f.data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync']);
		await f.start();
		const sql = await this.connect('postgres');
		await sql.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
		await sql.query('SELECT pg_reload_conf()');
		await waitFor('the follower', async () => (await sql.query("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'")).rowCount === 1);
		await sql.end();
		return f;
	}

	// The follower leads.
	async promote() {
		const sql = await this.connect('postgres');
		await sql.query("SELECT pg_promote(), set_config('synchronous_commit', 'local', false)");
		await sql.query('ALTER SYSTEM RESET synchronous_standby_names');
		await sql.query('SELECT pg_reload_conf()');
		await sql.end();
	}

	// `settings`: those that are other than its file's.
	async start(settings = {}) {
		const before = existsSync(this.log) ? this.log : null;
		const all = { unix_socket_directories: this.dir, ...(this.port ? { port: this.port, listen_addresses: '127.0.0.1' } : {}), ...settings };
		this.process = start('postgres', join(pgBin(), 'postgres'),
			['-D', this.data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])], { log: this.log, env: { TZ: 'UTC' } });
		await waitFor('PostgreSQL', async () => {
			if (this.process.gone)
				throw new Error(`postgres ended${before ? ' again' : ''}; see ${this.log}`);
			await (await this.connect('postgres')).end();
			return true;
		}, 30000);
	}

	// SIGTERM waits for clients, SIGINT does not, SIGQUIT leaves everything as it lies.
	async stop(signal = 'SIGINT') {
		await this.process.stop(signal);
	}

	async connect(database, user = 'postgres') {
		const client = new pg.Client({ host: this.dir, port: this.port, database, user });
		client.on('error', () => {});
		await client.connect();
		return client;
	}
}

export class Stage {
	// `build` holds endpind and endpin, and was made of `source`.
	static async make(build, { dir = mkdtempSync(join(tmpdir(), 'endpin-')), source = SOURCE } = {}) {
		const s = new Stage();
		s.dir = dir;
		chmodSync(dir, 0o755);
		s.use(build);
		for (const [from, to] of [['www', 'www'], ['doc', 'doc'], ['sql/migrations', 'migrations'], ['deploy/sandbox', 'sandbox'],
			['deploy/nginx', 'nginx'], ['deploy/apache', 'apache']])
			cpSync(join(source, from), join(dir, to), { recursive: true });
		if (source !== SOURCE)
			s.options = new Set((await run(join(s.bin, 'endpin'), ['options'])).split('\n').map((line) => line.replace(/^\[(.*?)\]\t(.*?)\t.*/, '$1.$2')));
		await run('chmod', ['-R', 'a+rX', dir], { uid: process.getuid(), gid: process.getgid() });
		makeDir(join(dir, 'rigs'), 0o755);
		s.cluster = await Cluster.make(join(dir, 'pg'));
		await s.migrate(s.cluster);
		return s;
	}

	// One that tests/run has made: the cluster is up.
	static find(dir) {
		const s = new Stage();
		s.dir = dir;
		s.bin = process.env.ENDPIN_BIN ?? join(dir, 'bin');
		s.cluster = new Cluster(join(dir, 'pg'));
		s.shared = true;
		return s;
	}

	// Copied, because a build directory may be closed to others, and libtool may have put a script in its place.
	use(build, name = 'bin') {
		this.bin = join(this.dir, name);
		mkdirSync(this.bin, { recursive: true, mode: 0o755 });
		for (const program of ['endpind', 'endpin']) {
			const real = join(build, '.libs', program);
			cpSync(existsSync(real) ? real : join(build, program), join(this.bin, program));
			chmodSync(join(this.bin, program), 0o755);
		}
	}

	// What of these an older build knows.
	known(options) {
		return Object.fromEntries(Object.entries(options).map(([name, value]) =>
			[name, !this.options || this.options.has(name) || name.startsWith('plan ') ? value : null]));
	}

	async migrate(cluster) {
		const conf = join(cluster.dir, 'migrate.conf');
		writeConfig(conf, cluster.dir, this.known({
			...defaults(cluster.dir), 'database.conninfo': `host=${cluster.dir} port=${cluster.port ?? 5432} dbname=template_endpin user=endpin_owner`
		}));
		this.migrated = await run(join(this.bin, 'endpin'), ['-c', conf, 'migrate', '--dir', join(this.dir, 'migrations')]);
	}

	// The last rig that leaves takes it down. Keeps the logs where something failed.
	async leave(keep) {
		this.kept ||= keep;
		if (--this.users > 0 || this.shared)
			return;
		stage = null;
		await this.cluster.stop();
		if (this.kept)
			console.error(`# kept: ${this.dir}`);
		else
			rmSync(this.dir, { recursive: true, force: true });
	}
}

let stage;

export async function theStage() {
	stage ??= process.env.ENDPIN_STAGE ? Stage.find(process.env.ENDPIN_STAGE)
		: await Stage.make(process.env.ENDPIN_BUILD ?? SOURCE);
	stage.users = (stage.users ?? 0) + 1;
	return stage;
}
