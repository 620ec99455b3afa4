// SPDX-License-Identifier: MIT
//
// F10: "make install" leaves files that agree with each other and with where they are, never takes an edit away, and "make uninstall" leaves
// nothing of ours. The unit's commands may run in the unit's sandbox.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { SOURCE } from '../rig/stage.mjs';

const BUILD = process.env.ENDPIN_BUILD ?? join(SOURCE, 'build', 'gcc');
let root;

function sh(command, args, options = {}) {
	const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...options });
	return { status, text: `${stdout}${stderr}` };
}

function make(target) {
	const { status, text } = sh('make', ['-s', target, `DESTDIR=${root}`], { cwd: BUILD, env: { ...process.env, MAKEFLAGS: '' } });
	assert.equal(status, 0, text);
	return text;
}

function walk(dir) {
	return readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? walk(join(dir, entry.name)) : [join(dir, entry.name)]);
}
const files = () => walk(root).map((path) => `/${relative(root, path)}`);
const named = (end) => {
	const found = files().filter((path) => path.endsWith(end));
	assert.equal(found.length, 1, `${end}: ${found}`);
	return found[0];
};
const text = (path) => readFileSync(join(root, path), 'utf8');
const values = (unit, name) => [...text(unit).matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value);
const there = (path) => existsSync(join(root, path));

before(() => {
	root = mkdtempSync(join(tmpdir(), 'endpin-install-'));
	make('install');
});
after(() => rmSync(root, { recursive: true, force: true }));

test('what an administrator needs is there', () => {
	for (const end of ['/endpind.service', '/endpind-web.socket', '/sysusers.d/endpin.conf', '/tmpfiles.d/endpin.conf', '/endpin/endpin.conf.example',
		'/man8/endpind.8', '/man1/endpin.1', '/man5/endpin.conf.5', '/completions/endpin', '/sql/roles.sql', '/libexec/endpin/setup'])
		named(end);
	assert.ok(files().some((path) => /\/endpin\/nginx\/.*\.conf$/.test(path)));
	assert.ok(files().some((path) => /\/endpin\/apache\/.*\.conf$/.test(path)));
});

test('07: the unit names what is installed, where it is installed', () => {
	const unit = named('/endpind.service');
	const allowed = values(unit, 'ExecPaths').join(' ').split(' ');
	for (const line of [...values(unit, 'ExecStart'), ...values(unit, 'ExecReload')]) {
		const [program, , conf] = line.split(' ');
		assert.ok(there(program), program);
		assert.ok(statSync(join(root, program)).mode & 0o100);
		assert.ok(allowed.includes(program), `${program} is among ${allowed}`);
		assert.ok(there(`${conf}.example`), conf);
	}
	const user = values(unit, 'User')[0];
	assert.match(text(named('/sysusers.d/endpin.conf')), new RegExp(`^u ${user} `, 'm'));
});

test('no installed file has a path that was not written out, or one of another prefix', () => {
	const prefix = named('/sbin/endpind').replace(/\/sbin\/endpind$/, '');
	const others = ['/usr/local/share', '/usr/local/sbin', '/usr/local/etc'].filter((path) => !path.startsWith(`${prefix}/`));
	for (const path of files().filter((p) => /\/(etc|lib|libexec|completions)\//.test(p))) {
		assert.doesNotMatch(text(path), /@[a-z]+@|\$\{prefix\}/, path);
		for (const other of prefix === '/usr/local' ? [] : others)
			assert.ok(!text(path).includes(other), `${path} has ${other}`);
	}
});

test('the example, the unit and the folder of secrets use one name for each secret', () => {
	const conf = named('/endpin.conf.example').replace('/endpin.conf.example', '');
	const inExample = [...text(`${conf}/endpin.conf.example`).matchAll(/^\w+_file = (.+)$/gm)].map(([, path]) => path);
	assert.deepEqual(inExample, ['stripe_key', 'webhook_secret', 'product_secret'].map((name) => `${conf}/secrets/${name}`));
	assert.match(text(named('/tmpfiles.d/endpin.conf')), new RegExp(`^d ${conf}/secrets 0750 root endpin`, 'm'));
	// 08: what systemd copies at the start a reload would not see.
	assert.deepEqual(values(named('/endpind.service'), 'LoadCredential'), []);
});

test('07: what the unit starts and reloads with may be executed under its NoExecPaths and ExecPaths', (t) => {
	if (process.getuid() !== 0 || sh('unshare', ['-m', 'true']).status !== 0)
		return t.skip('needs root and a mount namespace of its own');
	const unit = named('/endpind.service');
	assert.deepEqual(values(unit, 'NoExecPaths'), ['/']);
	const program = values(unit, 'ExecStart')[0].split(' ')[0];
	const allowed = values(unit, 'ExecPaths')[0].split(' ').map((path) => path === program ? join(root, path) : path);
	// By hand what systemd does: everything noexec but for these. Builtins of this bash stay possible.
	const script = `mount --make-rprivate /
for p in ${allowed.join(' ')}; do [ ! -e $p ] || mount --bind $(readlink -f $p) $(readlink -f $p); done
mount -o remount,bind,noexec /
"$@"; echo "status $?"`;
	const run = (...command) => sh('unshare', ['-m', 'bash', '-c', script, 'bash', ...command]).text;
	assert.match(run('/usr/bin/env', 'true'), /status 126/, 'the namespace forbids what is not named');
	for (const line of [...values(unit, 'ExecStart'), ...values(unit, 'ExecReload')]) {
		const out = run(join(root, line.split(' ')[0]), ...line.split(' ').slice(1).map((word) => word === '$MAINPID' ? '4194304' : word));
		// It runs: it is root whom it refuses.
		assert.match(out, /will not run as root/, line);
	}
});

test('systemd finds nothing wrong with the units', (t) => {
	if (sh('systemd-analyze', ['--version']).status !== 0)
		return t.skip('no systemd-analyze here');
	const units = files().filter((path) => /\.(service|socket)$/.test(path)).map((path) => join(root, path));
	const { text: said } = sh('systemd-analyze', ['verify', '--man=no', ...units]);
	// It looks for programs in its own root, where endpind need not be.
	const wrong = said.split('\n').filter((line) => line.includes('endpind') && !/is not executable|Failed to (prepare|put) |Unit .* not found/.test(line));
	assert.deepEqual(wrong, []);
});

test('an edited page and an edited include stay as they are, and the new one is put beside them', () => {
	const page = named('/www/index.html'), include = files().find((path) => /\/endpin\/nginx\/[^/]*\.conf$/.test(path));
	const conf = named('/endpin.conf.example').replace(/\.example$/, '');
	appendFileSync(join(root, page), '<!-- edited here -->\n');
	appendFileSync(join(root, include), '# edited here\n');
	appendFileSync(join(root, conf), '# edited here\n');
	// A later version ships other bytes than those that were installed.
	const sums = named('/installed.sums');
	assert.ok(text(sums).includes(page));
	const said = make('install');
	assert.match(said, /kept: .*index\.html is edited/);
	for (const path of [page, include, conf])
		assert.match(text(path), /edited here/, path);
	assert.equal(sh('sed', ['-i', `s,^[0-9a-f]*  ${page}$,0  ${page},`, join(root, sums)]).status, 0);
	make('install');
	assert.match(text(page), /edited here/);
	assert.ok(there(`${page}.new`));
	assert.doesNotMatch(text(`${page}.new`), /edited here/);
});

test('what an older version had and this one has not goes, but for what was edited', () => {
	const sums = named('/installed.sums'), conf = dirname(named('/endpin.conf.example'));
	for (const [name, edit] of [['old', ''], ['older', 'edited here\n']]) {
		writeFileSync(join(root, conf, 'nginx', `${name}.conf`), `# ${name}\n`);
		const sum = createHash('sha256').update(`# ${name}\n`).digest('hex');
		appendFileSync(join(root, sums), `${sum}  ${conf}/nginx/${name}.conf\n`);
		appendFileSync(join(root, conf, 'nginx', `${name}.conf`), edit);
	}
	assert.match(make('install'), /left: .*older\.conf is edited/);
	assert.ok(!there(`${conf}/nginx/old.conf`));
	assert.ok(there(`${conf}/nginx/older.conf`));
	rmSync(join(root, conf, 'nginx', 'older.conf'));
});

test('one whose name is how a newer one begins goes too', () => {
	const sums = named('/installed.sums'), page = named('/www/index.html').slice(0, -1);
	writeFileSync(join(root, page), 'old\n');
	appendFileSync(join(root, sums), `${createHash('sha256').update('old\n').digest('hex')}  ${page}\n`);
	make('install');
	assert.ok(!there(page));
	assert.ok(there(`${page}l`));
});

test('a verb that keep does not know is refused', () => {
	const { status, text: said } = sh('sh', [join(SOURCE, 'deploy', 'keep'), '/installed.sums', 'remove'], { env: { ...process.env, DESTDIR: root } });
	assert.equal(status, 2);
	assert.match(said, /there is no "remove"/);
});

test('make uninstall leaves what was edited, and nothing else; and nothing at all if nothing was', () => {
	const said = make('uninstall');
	assert.match(said, /left: .*index\.html is edited/);
	const left = files();
	assert.equal(left.length, 3, left.join(' '));
	for (const path of left)
		assert.match(text(path), /edited here/, path);
	rmSync(root, { recursive: true });
	make('install');
	make('uninstall');
	assert.deepEqual(files(), []);
});
