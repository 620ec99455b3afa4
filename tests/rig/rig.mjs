// SPDX-License-Identifier: MIT
//
// Everything for one test file: a database of its own, the sandbox, endpind, a web server, all on free ports of the
// loopback interface. It checks on its way out what is true of every run: endpind ended well, its log is JSON lines,
// no sanitizer spoke, no secret is in any log.

import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { createServer } from 'node:net';
import { createReadStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { Client, ask } from './client.mjs';
import { configText, defaults, makeSecrets, writeConfig, CATALOG, POOLS, PRODUCT } from './config.mjs';
import { CANARY, makeDir, own } from './files.mjs';
import { children, openFiles, run, start, stat, waitFor } from './process.mjs';
import { startPooler } from './pooler.mjs';
import { Cluster, theStage } from './stage.mjs';
import { apache, nginx } from './webserver.mjs';

export { ask, Client } from './client.mjs';
export { CANARY } from './files.mjs';
export { children, openFiles, processes, run, start, stat, waitFor, LESS, SLOW } from './process.mjs';

// Why a test about endpin's own way to PostgreSQL says nothing now; false: it does.
export const POOLED = (process.env.ENDPIN_POOLER ?? 'none') !== 'none' && 'endpin sees a pooler, and the pooler sees PostgreSQL';

// Of endpin's transactions.
export const ISOLATION = process.env.ENDPIN_ISOLATION ?? 'read committed';

export const PASSWORD = `${CANARY} horse battery staple`;

const sanitizers = (asan = []) => ({
	ASAN_OPTIONS: ['detect_leaks=1', 'abort_on_error=0', 'detect_stack_use_after_return=1', ...asan].join(':'),
	UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1'
});

// Below those that the kernel gives to whoever asks for any.
const FIRST_PORT = 15000, LAST_PORT = 32000;

const listenAt = (port, host) => new Promise((done) => {
	const server = createServer().listen(port, host, () => done(server)).on('error', () => done(null));
});

// Whoever it is for comes seconds later. So nobody else gets it meanwhile this process listens there at another address
// of the loopback interface for as long as it lives, and whoever else looks for one sees that.
export async function freePort() {
	for (let i = 0; i < 1000; i++) {
		const port = randomInt(FIRST_PORT, LAST_PORT);
		const claim = await listenAt(port, '127.0.0.2'), free = claim && await listenAt(port, '127.0.0.1');
		claim?.unref();
		if (free) {
			await new Promise((done) => free.close(done));
			return port;
		}
		claim?.close();
	}
	throw new Error('there is no free port');
}

class Rig {
	// `set`: section.option → value. `web`: 'nginx', 'apache' or null. `couriers`, `sandbox`: false for none. `pooler`,
	// `isolation`: ways to the database. `between`: is given the rig, and answers with what to put in place of its `databaseHost`.
	// `stage`: another than everybody's, which goes with this rig. `asan`: more options of AddressSanitizer's.
	constructor(options) {
		this.options = {
			web: process.env.ENDPIN_WEB ?? 'nginx', pooler: process.env.ENDPIN_POOLER ?? 'none', isolation: process.env.ENDPIN_ISOLATION,
			sandbox: true, ownCluster: false, set: {}, ...options
		};
		this.secretsSeen = new Set();
	}

	async open() {
		this.stage = this.options.stage ?? await theStage();
		const name = `${this.options.name ?? 'rig'}-${randomBytes(3).toString('hex')}`;
		this.dir = makeDir(join(this.stage.dir, 'rigs', name), 0o755);
		this.secrets = makeSecrets(this.dir);
		this.port = await freePort();
		this.origin = `http://127.0.0.1:${this.port}`;
		this.sandboxPort = await freePort();
		this.sandboxUrl = `http://127.0.0.1:${this.sandboxPort}`;
		this.assetsPort = await freePort();
		this.assetsUrl = `http://127.0.0.1:${this.assetsPort}`;
		await this.openDatabase();
		await this.openWay();
		this.conf = join(this.dir, 'endpin.conf');
		this.config = writeConfig(this.conf, this.dir, this.stage.known({
			...defaults(this.dir), ...this.secrets.files,
			'server.public_origin': this.origin, 'server.www_dir': join(this.stage.dir, 'www'),
			'server.doc_dir': join(this.stage.dir, 'doc'),
			'database.conninfo': await this.conninfo(), 'database.pooler': this.options.pooler,
			'stripe.api_base': this.sandboxUrl, 'cello.api_base': `${this.sandboxUrl}/cello`, 'cello.assets_base': this.assetsUrl,
			...this.options.set
		}));
		this.site = `${this.origin}${this.config['server.prefix'] ?? ''}`;
		if (this.options.sandbox)
			await this.startSandbox();
		await this.startEndpind();
		if (this.options.web)
			await this.startWeb();
		return this;
	}

	async openDatabase() {
		this.cluster = this.stage.cluster;
		this.database = `rig_${randomBytes(6).toString('hex')}`;
		if (this.options.ownCluster) {
			// A line of the configuration is not long: the passfile whose name is shorter.
			this.cluster = await Cluster.make(join(this.dir, 'pg'), { port: this.options.clusterPort, passfile: this.stage.cluster.passfile });
			await this.stage.migrate(this.cluster);
		}
		const admin = await this.cluster.connect('postgres');
		// Another rig may be copying the template this very moment.
		await waitFor('the template', async () => {
			await admin.query(`CREATE DATABASE ${this.database} TEMPLATE template_endpin OWNER endpin_owner`);
			return true;
		});
		await admin.end();
		// As after a migration of just now: the template was made when the run began.
		await this.sql("UPDATE chore SET due_at = now() + interval '1 hour'");
	}

	// Where endpin finds its database: there, or at a pooler before it, or at what the test has put in between.
	async openWay() {
		const { pooler, between } = this.options;
		this.databaseHost = this.cluster.dir;
		if (pooler !== 'none') {
			this.pooler = await startPooler(this);
			this.databaseHost = this.pooler.dir;
		}
		if (between)
			this.databaseHost = await between(this);
	}

	// How endpin gets there. `settings`: what else its connections have that begin from now on. What they cannot bring along
	// past a pooler, their role has.
	async conninfo(settings = {}) {
		const { isolation } = this.options;
		const wanted = Object.entries({
			...(this.pooler && { statement_timeout: '5s', lock_timeout: '2s', idle_in_transaction_session_timeout: '10s' }),
			...(isolation && { default_transaction_isolation: isolation }), ...settings
		});
		let more = '';
		if (this.pooler) {
			for (const [name, value] of wanted)
				await this.sql(`ALTER ROLE endpin IN DATABASE ${this.database} SET ${name} = '${value}'`);
			await this.pooler.ask('RECONNECT');
		} else if (wanted.length > 0) {
			more = ` options='${wanted.map(([name, value]) => `-c ${name}=${value}`).join(' ')}'`;
		}
		return `host=${this.databaseHost} dbname=${this.database} user=endpin passfile=${this.cluster.passfile}${more}`;
	}

	async restartPooler() {
		this.pooler = await startPooler(this);
	}

	async startSandbox() {
		const catalog = join(this.dir, 'catalog.json');
		writeFileSync(catalog, JSON.stringify(CATALOG));
		this.sandbox = start('sandbox', process.execPath, [join(this.stage.dir, 'sandbox', 'main.mjs'),
			'--port', this.sandboxPort, '--assets-port', this.assetsPort, '--stripe-key-file', join(this.dir, 'stripe_key'),
			'--webhook-url', `${this.site}/webhooks/stripe`, '--webhook-secret-file', join(this.dir, 'webhook_secret'),
			'--product-id', PRODUCT, '--product-secret-file', join(this.dir, 'product_secret'),
			'--access-key-id', 'key_tests', '--secret-access-key-file', this.secrets.accessKeyFile,
			'--app-origin', this.origin, '--catalog', catalog], { log: join(this.dir, 'sandbox.log') });
		await waitFor('the sandbox', async () => {
			if (this.sandbox.gone)
				throw new Error(this.sandbox.lastWords());
			return (await ask(`${this.sandboxUrl}/control/clock`)).status === 200;
		});
	}

	async startEndpind({ args = [], env = {}, command, stdio, expect = true } = {}) {
		const file = command ?? join(this.stage.bin, 'endpind');
		this.endpind = start('endpind', file, ['-c', this.conf, ...args],
			{ log: join(this.dir, 'endpind.log'), env: { ...sanitizers(this.options.asan), ...env }, stdio });
		if (expect)
			await waitFor('the sockets of endpind', () => {
				if (this.endpind.gone)
					throw new Error(this.endpind.lastWords());
				return POOLS.every((pool) => existsSync(this.socket(pool)));
			});
		return this.endpind;
	}

	socket(pool) {
		return this.config[`pool ${pool}.listen`];
	}

	async startWeb() {
		const make = this.options.web === 'apache' ? apache : nginx;
		this.webConfig = make({
			stage: this.stage.dir, dir: this.dir, port: this.port, prefix: this.config['server.prefix'], auth: this.config['pool auth.listen'],
			extra: this.options.webExtra, site: this.options.webSite, http: this.options.webHttp?.(this)
		});
		this.web = start(this.options.web, this.webConfig.command, this.webConfig.args, { log: join(this.dir, `${this.options.web}.log`) });
		await waitFor(`${this.options.web} and endpind`, async () => {
			if (this.web.gone)
				throw new Error(this.web.lastWords());
			return (await ask(`${this.site}/readyz`)).status === 200;
		}, 30000);
	}

	client(options) {
		return new Client(this.origin, {
			// Whoever sees one of these in a log has found a session.
			onCookie: (name, value) => name.endsWith('endpin') && this.secretsSeen.add(value), ...options
		});
	}

	async sql(text, values) {
		if (!this.admin || this.admin._ended)
			this.admin = await this.cluster.connect(this.database);
		return (await this.admin.query(text, values)).rows;
	}

	async value(text, values) {
		return Object.values((await this.sql(text, values))[0] ?? {})[0];
	}

	// PostgreSQL came back: the connection of before is of no use.
	forgetConnection() {
		this.admin?.end().catch(() => {});
		this.admin = null;
	}

	async control(method, path, body) {
		const answer = await ask(`${this.sandboxUrl}/control${path}`, {
			method, headers: body === undefined ? {} : { 'content-type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body)
		});
		assert.ok(answer.status < 300, `control ${method} ${path}: ${answer.status} ${answer.text}`);
		return answer.json;
	}

	// New settings in the file; SIGHUP makes them count.
	configure(changes) {
		this.config = { ...this.config, ...changes };
		writeFileSync(this.conf, configText(this.config));
		own(this.conf);
	}

	logLines() {
		return this.endpind.lines();
	}

	log() {
		return this.logLines().map((line) => JSON.parse(line));
	}

	endpin(...args) {
		return run(join(this.stage.bin, 'endpin'), ['-c', this.conf, ...args], { env: sanitizers() });
	}

	// The new generation serves, and nobody of the old one is left.  Returns where its log begins.
	async reload() {
		const since = this.log().length;
		const old = new Set(this.processes().map(({ pid }) => pid));
		this.endpind.kill('SIGHUP');
		await waitFor('a new generation', () => this.log().slice(since).some((l) => l.event === 'reload') &&
			!this.processes().some(({ pid }) => old.has(pid)), 30000);
		return since;
	}

	// A chore comes round now, if nobody is at it: whoever is would set the time of the next turn. When its last turn ended.
	async comeRound(chore) {
		const { done } = await waitFor(`nobody to be at ${chore}`, async () => (await this.sql(`UPDATE chore SET due_at = now()
			WHERE id = $1 AND (leased_until IS NULL OR leased_until < now()) RETURNING done_at::text AS done`, [chore]))[0]);
		return done;
	}

	processes() {
		return children(this.endpind.pid);
	}

	// The workers of a pool are the children that hold its listening socket and no other; couriers hold none.
	workers(pool) {
		const inodes = new Map(readFileSync('/proc/net/unix', 'utf8').split('\n').slice(1)
			.map((line) => line.trim().split(/\s+/)).filter(([, , , flags, , , , path]) => path && Number(`0x${flags}`) & 0x10000)
			.map(([, , , , , , inode, path]) => [`socket:[${inode}]`, path]));
		const pools = Object.fromEntries(POOLS.map((name) => [this.socket(name), name]));
		return this.processes().filter(({ pid, state }) => {
			const files = openFiles(pid);
			// One that is about to be a zombie has none any more.
			if (state === 'Z' || files.length === 0)
				return false;
			const held = new Set(files.map((link) => pools[inodes.get(link)]).filter(Boolean));
			return pool === 'courier' ? held.size === 0 : held.size === 1 && held.has(pool);
		}).map(({ pid }) => pid);
	}

	// No courier does anything until `work` is done: what it asks for is still to come. Nor does one stand between two statements
	// of a transaction: that would hold what it has changed.
	async beforeCouriers(work) {
		const pids = this.workers('courier');
		const all = (signal) => pids.forEach((pid) => stat(pid) && process.kill(pid, signal));
		try {
			await waitFor('the couriers to stand still and hold nothing', async () => {
				all('SIGSTOP');
				if (!pids.every((pid) => ['T', 'Z', undefined].includes(stat(pid)?.state)))
					return false;
				const holding = await this.value(`SELECT count(*)::int FROM pg_stat_activity
					WHERE datname = current_database() AND application_name = 'endpin courier' AND xact_start IS NOT NULL`);
				if (holding > 0)
					all('SIGCONT');
				return holding === 0;
			});
			return await work();
		} finally {
			all('SIGCONT');
		}
	}

	async close() {
		this.forgetConnection();
		const problems = [];
		const attempt = async (what, work) => {
			try {
				await work();
			} catch (e) {
				problems.push(`${what}: ${e.message}`);
			}
		};
		if (this.web)
			await attempt('web server', () => this.web.stop(this.webConfig.stop));
		if (this.endpind)
			await attempt('endpind', async () => {
				const { code, signal } = await this.endpind.stop('SIGTERM');
				if (code !== 0)
					throw new Error(`ended with ${code ?? signal}`);
			});
		if (this.sandbox)
			await attempt('sandbox', () => this.sandbox.stop());
		if (this.pooler)
			await attempt('the pooler', () => this.pooler.stop());
		await attempt('logs', () => this.checkLogs());
		if (this.options.ownCluster)
			await attempt('PostgreSQL', () => this.cluster.stop());
		await this.stage.leave(problems.length > 0 || process.env.ENDPIN_KEEP);
		assert.deepEqual(problems, [], `the rig in ${this.dir} ended badly`);
	}

	// Line by line: those of a long run are more than a string holds.
	async checkLogs() {
		const bad = new Set();
		const known = [CANARY, ...this.secretsSeen];
		for (const name of readdirSync(this.dir).filter((n) => n.endsWith('.log')))
			for await (const line of createInterface({ input: createReadStream(join(this.dir, name)) })) {
				if (/ERROR: \w+Sanitizer|runtime error:/.test(line))
					bad.add(`${name}: a sanitizer's report`);
				for (const secret of known)
					if (line.includes(secret))
						bad.add(`${name}: a secret (${secret.slice(0, 10)}…)`);
				if (name === 'endpind.log' && line !== '' && !isJson(line))
					bad.add(`${name}: not JSON: ${line.slice(0, 200)}`);
			}
		assert.deepEqual([...bad], []);
	}
}

function isJson(line) {
	try {
		JSON.parse(line);
		return true;
	} catch {
		return false;
	}
}

export async function openRig(options = {}) {
	const rig = new Rig(options);
	try {
		return await rig.open();
	} catch (e) {
		process.env.ENDPIN_KEEP = '1';
		await rig.close().catch((again) => console.error(`# ${again.message}`));
		throw e;
	}
}
