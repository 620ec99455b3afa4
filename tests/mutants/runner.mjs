// SPDX-License-Identifier: MIT
//
// Make each change of the tables in this folder in a copy of the tree, build it, run the tests that must notice, and
// say which did. A copy has its own stage, so that two of them do not disturb each other.
//
// A table is ROOM.mjs: export default [{ file, what, from, to, tests, why }]. `from` stands exactly once in `file` and
// becomes `to`. `tests` are tried in their order until one turns red. A row with `why` instead of `tests` says why the
// change makes no difference.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync,
	symlinkSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCE = join(HERE, '..', '..');
const TEST_MS = 60000;		// a test that takes longer is ended, and longer than three times as long as without the change
const FAR_BELOW_MS = 30000;	// ...and that counts as red if it takes less than this without the change
const STOP_MS = 5000;
const SAID = 10000;		// characters of what a test says that are looked at together

const USAGE = `usage: tests/mutants/run [options]

  --only N|TEXT   only the row of this number, or rows with this text in their
                  table, file, description or tests (repeatable)
  --list          only list the rows
  --check         only see that each can be made and names tests that there are
  --jobs N        so many copies of the tree at a time (2)
  --keep          keep copies and logs
  --help          this text
`;

class Usage extends Error {}

function parse(argv) {
	const options = { only: [], jobs: 2 };
	for (let i = 0; i < argv.length; i++) {
		const value = () => {
			if (i + 1 >= argv.length)
				throw new Usage(`${argv[i]} needs a value`);
			return argv[++i];
		};
		switch (argv[i]) {
		case '--only': options.only.push(value()); break;
		case '--jobs': options.jobs = Number(value()); break;
		case '--list': options.list = true; break;
		case '--check': options.check = true; break;
		case '--keep': options.keep = true; break;
		case '--help': options.help = true; break;
		default: throw new Usage(`unknown option: ${argv[i]}; see --help`);
		}
	}
	if (!Number.isInteger(options.jobs) || options.jobs < 1)
		throw new Usage('--jobs needs a number from 1');
	return options;
}

// --- rows ----------------------------------------------------------------------------------------------------------

async function allRows() {
	const rows = [];
	for (const name of readdirSync(HERE).filter((n) => n.endsWith('.mjs') && n !== 'runner.mjs').sort())
		for (const row of (await import(pathToFileURL(join(HERE, name)))).default)
			rows.push({ ...row, tests: row.tests ?? [], room: basename(name, '.mjs'), n: rows.length + 1 });
	return rows;
}

function matches(row, only) {
	if (/^\d+$/.test(only))
		return row.n === Number(only);
	return [row.room, row.file, row.what, ...row.tests].some((text) => text.includes(only));
}

// Why it cannot be made of the tree in `dir`; null: it can.
function moved(row, dir) {
	const file = join(dir, row.file);
	if (!existsSync(file))
		return 'the file is not there: the code has moved';
	const places = readFileSync(file, 'utf8').split(row.from).length - 1;
	return places !== 1 || row.from === row.to ? `the text stands ${places} times: the code has moved` : null;
}

function check(rows) {
	let bad = 0;
	for (const row of rows) {
		const none = row.tests.find((t) => !existsSync(join(SOURCE, 'tests', t.startsWith('unit/') ? `${t}.c` : t)));
		const why = moved(row, SOURCE) ?? (none === undefined ? null : `there is no ${none}`);
		if (why !== null) {
			console.log(`#${row.n} ${title(row)}: ${why}`);
			bad++;
		}
	}
	return bad === 0 ? 0 : 1;
}

const title = (row) => `${row.file.replace(/^src\//, '')}: ${row.what}`;

// --- processes -------------------------------------------------------------------------------------------------------

// What runs now, each the leader of a group of its own. Once we are leaving, nothing new begins.
const running = new Set();
let leaving = false;
const stay = async () => {
	if (leaving)
		await new Promise(() => {});
};

function signalGroup(pid, signal) {
	try {
		process.kill(-pid, signal);
		return true;
	} catch {
		return false;
	}
}

// Ends with `code`, or with `late` if it had to be ended, or once it says something like `until`. Nothing of its group
// outlives it.
async function command(argv, { cwd, env = {}, log, ms = 600000, until }) {
	const out = createWriteStream(log, { flags: 'a' });
	await once(out, 'open');
	await stay();
	const child = spawn(argv[0], argv.slice(1), { cwd, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', ...Array(2).fill(until ? 'pipe' : out)] });
	running.add(child.pid);
	let late = false, killer, said = '';
	const end = () => {
		signalGroup(child.pid, 'SIGTERM');
		killer ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), STOP_MS);
	};
	const timer = setTimeout(() => {
		late = true;
		end();
	}, ms);
	for (const stream of [child.stdout, child.stderr])
		stream?.setEncoding('utf8').on('data', (text) => {
			if (!out.writableEnded)
				out.write(text);
			said = said.slice(-SAID) + text;
			if (until.test(said))
				end();
		});
	const began = Date.now();
	const code = await once(child, 'exit').then(([c]) => c, () => -1);
	clearTimeout(timer);
	clearTimeout(killer);
	signalGroup(child.pid, 'SIGKILL');
	running.delete(child.pid);
	out.end();
	return { code, late, ms: Date.now() - began };
}

async function must(argv, options) {
	const { code } = await command(argv, options);
	if (code !== 0)
		throw new Error(`${argv.join(' ')}: status ${code}\n${readFileSync(options.log, 'utf8').slice(-2000)}`);
}

// --- copies ----------------------------------------------------------------------------------------------------------

// What git tracks or would track; of a tarball, everything but what was built.
const COPY = `if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	git ls-files -z --cached --others --exclude-standard
else
	find . -type f -not -path './build/*' -not -path './tests/node_modules/*' -print0
fi | tar -c --null --ignore-failed-read --files-from=- | tar -x -C "$1"`;

class Copy {
	constructor(dir) {
		this.dir = dir;
		this.build = join(dir, 'build', 'mutant');
		this.log = `${dir}.log`;
	}

	// The first is made from the tree, the others from the first: their builds are there already.
	static async make(dir, like) {
		const c = new Copy(dir);
		mkdirSync(dir, { recursive: true });
		if (like) {
			await must(['cp', '-a', `${like.dir}/.`, dir], { cwd: dir, log: c.log });
			return c;
		}
		await must(['bash', '-o', 'pipefail', '-c', COPY, 'copy', dir], { cwd: SOURCE, log: c.log });
		symlinkSync(join(SOURCE, 'tests', 'node_modules'), join(dir, 'tests', 'node_modules'));
		await must(['autoreconf', '-fi'], { cwd: dir, log: c.log });
		mkdirSync(c.build, { recursive: true });
		await must(['../../configure', '--disable-silent-rules'], { cwd: c.build, log: c.log });
		await must(['make', `-j${cpus().length}`], { cwd: c.build, log: c.log });
		return c;
	}

	async serve() {
		await stay();
		this.server = spawn(process.execPath, [join(this.dir, 'tests/rig/serve.mjs'), this.build],
			{ detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
		running.add(this.server.pid);
		const [line] = await Promise.race([once(this.server.stdout, 'data'), once(this.server, 'exit').then(() => [''])]);
		this.stage = String(line).trim();
		if (!this.stage)
			throw new Error('no stage for the tests');
	}

	async unserve() {
		if (!this.server)
			return;
		const { server } = this;
		this.server = null;
		if (server.exitCode === null && server.signalCode === null) {
			const ended = once(server, 'exit');
			server.kill('SIGTERM');
			const killer = setTimeout(() => signalGroup(server.pid, 'SIGKILL'), 4 * STOP_MS);
			await ended;
			clearTimeout(killer);
		}
		running.delete(server.pid);
	}

	// Only the programs that the tests run.
	async compile(tests) {
		const targets = new Set(tests.map((t) => t.startsWith('unit/') ? [`tests/${t}`] : ['endpind', 'endpin']).flat());
		const { code } = await command(['make', `-j${cpus().length}`, ...targets], { cwd: this.build, log: this.log });
		if (code !== 0)
			return false;
		// Beside and renamed: the old one may still be running.
		for (const program of ['endpind', 'endpin'].filter((p) => targets.has(p))) {
			const to = join(this.stage, 'bin', program);
			copyFileSync(join(this.build, program), `${to}.new`);
			renameSync(`${to}.new`, to);
		}
		return true;
	}

	async test(name, ms = TEST_MS) {
		const [kind, file] = [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)];
		const log = join(`${this.dir}.logs`, `${this.now}.${name.replace(/\//g, '_')}.log`);
		mkdirSync(dirname(log), { recursive: true });
		// One that fails is enough, at whatever depth, and what it says.
		switch (kind) {
		case 'unit': {
			const database = `unit_${++this.databases || (this.databases = 1)}`;
			await must(['psql', '-X', '-q', '-h', join(this.stage, 'pg'), '-U', 'postgres', '-d', 'postgres', '-v', 'ON_ERROR_STOP=1',
				'-c', `CREATE DATABASE ${database} TEMPLATE template_endpin OWNER endpin_owner`], { cwd: this.dir, log });
			return command([join('tests/unit', file)], { cwd: this.build, log, ms, until: /^\[ +FAILED +\]/m, env: { srcdir: '../..', builddir: '.',
				TEST_CONNINFO: `host=${this.stage}/pg port=5432 dbname=${database} user=endpin_owner` } });
		}
		case 'lint':
			return command([join(this.dir, 'tests/lint', file)], { cwd: this.build, log, ms, env: { srcdir: this.dir } });
		default:
			return command([process.execPath, '--test-reporter=tap', join('tests', name)],
				{ cwd: this.dir, log, ms, until: /^ *not ok [^]*?^ *\.\.\.$/m, env: { ENDPIN_STAGE: this.stage, ENDPIN_BUILD: this.build } });
		}
	}

	// How each of these fares without any change; what is red then cannot notice anything.
	async clean(tests, times, tell) {
		this.now = 'clean';
		for (const name of tests) {
			const { code, ms } = await this.test(name, 4 * TEST_MS);
			times.set(name, code === 0 ? ms : null);
			tell(`${code === 0 ? `${(ms / 1000).toFixed(1)} s` : code === 77 ? 'skipped' : 'RED'} without a change: ${name}`);
		}
	}

	// { noticed: test }, { missed: true }, or { error: text }.
	async try(row, times) {
		this.now = row.n;
		const error = moved(row, this.dir);
		if (error !== null)
			return { error };
		const file = join(this.dir, row.file), before = readFileSync(file, 'utf8');
		const red = row.tests.filter((t) => times.get(t) === null);
		if (red.length > 0)
			return { error: `red without the change: ${red.join(', ')}` };
		writeFileSync(file, before.replace(row.from, () => row.to));
		try {
			// What a stage was made of: it has to be made again.
			if (!row.file.startsWith('src/')) {
				await this.unserve();
				await this.serve();
			}
			if (!await this.compile(row.tests))
				return { error: 'it does not compile' };
			for (const name of row.tests) {
				const { code, late } = await this.test(name, Math.max(TEST_MS, 3 * times.get(name)));
				if (late && times.get(name) > FAR_BELOW_MS)
					return { error: `too slow to tell: ${name}` };
				if (code !== 0)
					return { noticed: name };
			}
			return { missed: true };
		} finally {
			writeFileSync(file, before);
			if (!row.file.startsWith('src/')) {
				await this.unserve();
				await this.serve();
			}
		}
	}
}

// --- all of it ---------------------------------------------------------------------------------------------------------

function closing(rows) {
	const count = (key) => rows.filter((r) => r.end[key]).length;
	const width = Math.max(...rows.map((r) => title(r).length));
	console.log('');
	for (const row of rows)
		console.log(`${String(row.n).padStart(4)}  ${title(row).padEnd(width)}  ${told(row)}`);
	const same = count('same');
	console.log(`\n${count('noticed')} noticed, ${count('missed')} not noticed, ${count('error')} do not apply` +
		(same ? `, ${same} make no difference` : ''));
	return count('missed') + count('error') === 0 ? 0 : 1;
}

const told = ({ end, tests }) => end.noticed ? `noticed by ${end.noticed}` : end.same ? `makes no difference: ${end.same}`
	: end.error ? `DOES NOT APPLY: ${end.error}` : `NOT NOTICED by ${tests.join(', ')}`;

async function work(rows, options, dir, copies) {
	const times = new Map();
	const todo = rows.filter((r) => r.tests.length > 0);
	for (const row of rows.filter((r) => r.tests.length === 0))
		row.end = row.why ? { same: row.why } : { error: 'it names no tests' };
	const tests = [...new Set(todo.flatMap((r) => r.tests))];
	for (let i = 0; i < Math.min(options.jobs, Math.max(todo.length, 1)); i++)
		copies.push(await Copy.make(join(dir, `copy${i + 1}`), copies[0]));
	await Promise.all(copies.map((c) => c.serve()));
	for (const c of copies)
		if (!await c.compile(tests))
			throw new Error(`the tree does not compile; see ${c.log}`);
	const clean = [...tests];
	const next = (list) => ({ *[Symbol.iterator]() { while (list.length > 0) yield list.shift(); } });
	await Promise.all(copies.map((c) => c.clean(next(clean), times, (text) => console.log(text))));
	let done = rows.length - todo.length;
	await Promise.all(copies.map(async (c) => {
		for (const row of next(todo)) {
			row.end = await c.try(row, times);
			console.log(`[${++done}/${rows.length}] ${told(row)}  #${row.n} ${title(row)}`);
		}
	}));
}

async function main() {
	const options = parse(process.argv.slice(2));
	if (options.help) {
		process.stdout.write(USAGE);
		return 0;
	}
	const every = await allRows();
	const rows = options.only.length === 0 ? every : every.filter((r) => options.only.some((only) => matches(r, only)));
	if (rows.length === 0)
		throw new Usage('no such row; see --list');
	if (options.check)
		return check(rows);
	if (options.list) {
		for (const row of rows)
			console.log(`${String(row.n).padStart(4)}  ${title(row)}  [${row.tests.join(', ') || row.why}]`);
		return 0;
	}
	const dir = mkdtempSync(join(tmpdir(), 'mutants-'));
	const copies = [];
	const leave = async () => {
		await Promise.all(copies.map((c) => c.unserve().catch(() => {})));
		if (options.keep)
			console.log(`kept: ${dir}`);
		else
			rmSync(dir, { recursive: true, force: true });
	};
	for (const signal of ['SIGINT', 'SIGTERM'])
		process.once(signal, async () => {
			leaving = true;
			const servers = new Set(copies.map((c) => c.server?.pid));
			for (const pid of running)
				if (!servers.has(pid))
					signalGroup(pid, 'SIGKILL');
			await leave();
			process.exit(130);
		});
	try {
		await work(rows, options, dir, copies);
	} finally {
		await leave();
	}
	return closing(rows);
}

try {
	process.exitCode = await main();
} catch (e) {
	console.error(`mutants: ${e.message}`);
	process.exitCode = e instanceof Usage ? 2 : 1;
}
