// SPDX-License-Identifier: MIT
//
// F10: endpin(1) for who installs: it refuses what would ruin the database, tells "no rights" from "no answer", and every finding says what
// to do. Each command says what it takes; what prints data does so for programs too.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { NOBODY } from '../rig/process.mjs';
import { openRig } from '../rig/rig.mjs';
import { SOURCE } from '../rig/stage.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'command', web: null, ownCluster: true });
});
after(() => rig?.close());

const asRoot = { uid: process.getuid(), gid: process.getgid() };
function endpin(args, { env = {}, as = NOBODY } = {}) {
	const { status, stdout, stderr } = spawnSync(join(rig.stage.bin, 'endpin'), ['-c', rig.conf, ...args], { encoding: 'utf8', cwd: '/', env, ...as });
	return { status, out: stdout, err: stderr };
}
const conninfo = (more) => `host=${rig.cluster.dir} dbname=${rig.database} ${more}`;
const checked = (...args) => {
	const { out, status } = endpin([...args, 'check', '--offline', '--json']);
	return { status, found: JSON.parse(out) };
};
const wrong = (...args) => checked(...args).found.filter((f) => !f.ok);

test('migrate refuses every role that does not own the database, a superuser too, and leaves it alone', async () => {
	const sql = await rig.cluster.connect('postgres');
	await sql.query('CREATE ROLE somebody LOGIN');
	await sql.query('CREATE DATABASE empty OWNER endpin_owner');
	await sql.end();
	const migrate = (user, more = '') => endpin(['migrate', '--dir', join(rig.stage.dir, 'migrations'),
		'--conninfo', `host=${rig.cluster.dir} dbname=empty user=${user} ${more}`]);
	const empty = await rig.cluster.connect('empty');
	const tables = async () => (await empty.query("SELECT count(*)::int AS n FROM pg_class WHERE relnamespace = 'public'::regnamespace")).rows[0].n;
	for (const user of ['postgres', 'somebody']) {
		const end = migrate(user);
		assert.equal(end.status, 1);
		assert.match(end.err, new RegExp(`belongs to the role endpin_owner, and this is ${user}`));
		assert.match(end.err, /\nendpin: could not migrate the database: it is not allowed\nhint: connect as the role that owns it.*role=endpin_owner/);
		assert.equal(await tables(), 0, 'nothing was made');
	}
	// Who may become the owner is the owner: this is what README says of postgres.
	const end = migrate('postgres', "options='-c role=endpin_owner'");
	assert.equal(end.status, 0, end.err);
	const owners = (await empty.query("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")).rows;
	assert.deepEqual(owners, [{ tableowner: 'endpin_owner' }]);
	await empty.end();
});

test('check tells a server that lets nobody in from one that does not answer', () => {
	const [refused] = wrong('--set', `database.conninfo=${conninfo('user=endpin passfile=/dev/null')}`);
	assert.equal(refused.problem, 'the database answers, and does not let us in');
	assert.match(refused.hint, /runuser -u endpin -- endpin check.*pg_hba\.conf/);
	const [away] = wrong('--set', 'database.conninfo=host=/nonexistent dbname=endpin user=endpin');
	assert.equal(away.problem, 'the database does not answer');
	assert.match(away.hint, /conninfo.*server runs/);
});

test('a server that takes connections and never says a word is waited for so long and no longer', async () => {
	const mute = createServer(() => {});
	await new Promise((resolve) => mute.listen(0, '127.0.0.1', resolve));
	try {
		const { signal, stdout } = spawnSync(join(rig.stage.bin, 'endpin'), ['-c', rig.conf, '--set', `database.conninfo=host=127.0.0.1 port=${mute.address().port} dbname=endpin user=endpin`,
			'check', '--offline', '--json'], { encoding: 'utf8', cwd: '/', env: {}, timeout: 20000, ...NOBODY });
		assert.equal(signal, null, 'it ends by itself');
		assert.deepEqual(JSON.parse(stdout).filter((f) => !f.ok).map((f) => f.problem), ['the database does not answer']);
	} finally {
		mute.close();
	}
});

test('check finds tables that are closed to the role', async () => {
	await rig.sql('REVOKE INSERT ON account FROM endpin');
	await rig.sql('REVOKE ALL ON session FROM endpin');
	const [closed] = wrong();
	assert.equal(closed.problem, 'the role may not use all tables');
	assert.equal(closed.detail, '2 tables are closed to the role endpin, one of them is "account"');
	assert.match(closed.hint, /alter table NAME owner to endpin_owner.*on all tables in schema public to endpin/);
	await rig.sql('GRANT SELECT, INSERT, UPDATE, DELETE ON account, session TO endpin');
	assert.deepEqual(wrong(), []);
});

// Root, in a mount namespace of its own, with these files below a folder that hides the real one.
function underOther(folder, files, args) {
	const script = [`mount -t tmpfs none ${folder}`, ...Object.entries(files).flatMap(([name, text]) =>
		[`mkdir -p "$(dirname ${folder}/${name})"`, `printf '%s' '${text}' > ${folder}/${name}`, `chmod 600 ${folder}/${name}`]),
		'exec "$@"'].join(' && ');
	const { stdout, stderr } = spawnSync('unshare', ['-m', 'bash', '-c', `mount --make-rprivate / && ${script}`, 'bash', join(rig.stage.bin, 'endpin'), '-c', rig.conf, ...args],
		{ encoding: 'utf8', cwd: '/', ...asRoot });
	return { out: stdout, err: stderr };
}
const canHide = process.getuid() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;

test('check sees the service\'s credentials, or says where they are', (t) => {
	const set = ['--set', 'stripe.webhook_secret_file=webhook_secret'];
	const missing = wrong(...set).find((f) => f.problem === 'the file of stripe.webhook_secret_file cannot be used');
	assert.match(missing.hint, /LoadCredential=.*while endpind runs, and root may look.*file's path/);
	// Of the next one it says what holds for that one.
	const next = wrong(...set, '--set', 'password.pepper_file=/nonexistent/pepper').find((f) => f.problem === 'the file of password.pepper_file cannot be used');
	assert.match(next.hint, /mode 0640/);
	if (!canHide)
		return t.skip('needs root and a mount namespace of its own');
	const { out } = underOther('/run', { 'credentials/endpind.service/webhook_secret': 'whsec_0123456789' }, [...set, 'check', '--offline', '--json']);
	assert.ok(JSON.parse(out).some((f) => f.ok && f.detail === 'stripe.webhook_secret_file'), out);
});

test('check holds what the web server includes against the configuration', (t) => {
	if (!canHide)
		return t.skip('needs root and a mount namespace of its own');
	const look = (files) => JSON.parse(underOther('/etc/nginx', files, ['check', '--offline', '--json']).out).filter((f) => f.what === 'web server');
	const www = rig.config['server.www_dir'], sockets = ['hook', 'password', 'stripe', 'web'].map((pool) => `server unix:${rig.socket(pool)} max_fails=0;`);
	const fine = look({ 'endpin/a.conf': `${sockets.join('\n')}\nroot ${www};\n# root /somewhere;\n` });
	assert.deepEqual(fine.map((f) => f.ok), [true]);
	const other = look({ 'endpin/a.conf': `${sockets[0]}\nserver unix:/run/other/web.sock;\n	root	/usr/local/share/endpin/www;\n`, 'endpin/a.conf.new': 'root /x;' });
	assert.deepEqual(other.map((f) => [f.problem, f.detail]), [
		['it asks a socket that no pool listens at', '/etc/nginx/endpin/a.conf names /run/other/web.sock'],
		['it sends files of other pages than endpind', '/etc/nginx/endpin/a.conf names /usr/local/share/endpin/www']
	]);
	assert.ok(other.every((f) => /endpin config/.test(f.hint)));
	// Apache's way to say the same.
	const apache = JSON.parse(underOther('/etc/apache2', {
		'endpin/a.conf': `ProxyPass "/api/" "unix:${rig.socket('web')}|fcgi://endpin-web/" enablereuse=off\nAlias "/assets/" "/elsewhere/www/assets/"\n<Directory "${www}">\n`
	}, ['check', '--offline', '--json']).out).filter((f) => f.what === 'web server');
	assert.deepEqual(apache.map((f) => f.detail), ['/etc/apache2/endpin/a.conf names /elsewhere/www/assets/']);
	// What is wrong with the one says nothing of the other.
	const both = JSON.parse(underOther('/etc', { 'nginx/endpin/a.conf': 'server unix:/run/other/web.sock;\n', 'apache2/endpin/a.conf': `ProxyPass "/api/" "unix:${rig.socket('web')}|fcgi://endpin-web/"\n` },
		['check', '--offline', '--json']).out).filter((f) => f.what === 'web server');
	assert.deepEqual(both.map((f) => f.detail), ['/etc/nginx/endpin/a.conf names /run/other/web.sock',
		'/etc/apache2/endpin names the sockets and pages of the configuration']);
});

test('each command says what it takes and does nothing; what prints data prints JSON too', () => {
	const commands = [...endpin(['help']).out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
	assert.ok(commands.length > 8, `${commands}`);
	const manual = readFileSync(join(SOURCE, 'doc', 'endpin.1'), 'utf8');
	for (const name of commands) {
		assert.match(manual, new RegExp(`^\\.It Cm ${name}\\b`, 'm'), `endpin(1) has ${name}`);
		if (name === 'setup')
			continue;	// a script, which is installed
		const end = endpin([name, '--help'], {});
		assert.equal(end.status, 0, name);
		assert.match(end.out, new RegExp(`^usage: endpin ${name}`));
		for (const [option] of end.out.matchAll(/--[a-z-]+/g))
			assert.ok(manual.includes(`Fl Fl ${option.slice(2)}`), `endpin(1) has ${name} ${option}`);
	}
	for (const args of [['check'], ['check', '--offline'], ['config'], ['options'], ['routes'], ['tidy'], ['resync', '--dry-run'], ['errands', '--id', 'x']])
		assert.doesNotThrow(() => JSON.parse(endpin([...args, '--json']).out), args.join(' '));
	const config = JSON.parse(endpin(['config', '--json']).out);
	assert.equal(config.plan.solo.amount, 1900);
	assert.equal(config.cello.enabled, true);
	assert.equal(config.pool.web.serves, 'web');
	assert.equal(config.stripe.grace_hours, 72);
	for (const name of ['routes', 'errands'])
		assert.doesNotMatch(endpin([name]).out, /ERR_|\b0x|internal|notfound/);
});

test('bash completes commands and their options', () => {
	const complete = (...words) => spawnSync('bash', ['-c', `. ${join(SOURCE, 'deploy', 'completion', 'endpin')}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _endpin "$1"; printf '%s\\n' "\${COMPREPLY[@]}"`, 'bash', join(rig.stage.bin, 'endpin'), ...words],
	{ encoding: 'utf8' }).stdout.trim().split('\n');
	assert.deepEqual(complete('ch'), ['check']);
	assert.deepEqual(complete('-c', '/x', 'mig'), ['migrate']);
	assert.deepEqual(complete('check', '--o'), ['--offline']);
	assert.deepEqual(complete('errands', 're'), ['retry']);
	assert.deepEqual(complete('errands', '--state', 'de'), ['dead']);
});
