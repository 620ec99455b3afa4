// SPDX-License-Identifier: MIT
//
// "endpin setup": a command that fails inside a step ends it there, with a hint, and what was not done is not called done; what is
// asked for and cannot be followed is said. The script runs as it is, but below a folder, and with stubs for what needs root.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { SOURCE } from '../rig/stage.mjs';

const HINT = /hint: the lines above say why; mend it and run this again: what is done stays done/;
const ANSWERS = ['--yes', '--no-start', '--origin', 'https://app.example.com', '--cello', 'no', '--price', 'price_1', '--amount', '2900'];
let dir;

// What a program that is not there to be tested does.
function stub(name, lines = '') {
	writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${lines}\n`);
	chmodSync(join(dir, 'bin', name), 0o755);
}

const at = (path) => join(dir, path);
const text = (path) => readFileSync(at(path), 'utf8');

function setup(...args) {
	const { status, stdout, stderr } = spawnSync('bash', [at('setup'), ...args],
		{ encoding: 'utf8', input: '', env: { ...process.env, PATH: `${at('bin')}:${process.env.PATH}` } });
	return { status, out: stdout, err: stderr };
}
const everything = (...more) => setup(...ANSWERS, '--stripe-key-file', at('key'), '--webhook-secret-file', at('hook'), '--web', 'apache', ...more);

beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'endpin-setup-'));
	const folders = { endpinconfdir: 'etc/endpin', endpindatadir: 'share', endpinbindir: 'bin', endpinsbindir: 'bin', endpinlibdir: 'lib', rundir: 'run' };
	writeFileSync(at('setup'), readFileSync(join(SOURCE, 'deploy', 'setup.in'), 'utf8')
		.replace(/@(\w+)@/g, (_, name) => at(folders[name])).replace(/ \/etc\/(apache2|nginx)/g, ` ${dir}/etc/$1`).replace(/"\/etc\/apache2/g, `"${dir}/etc/apache2`));
	for (const folder of ['bin', 'run', 'share/sql', 'etc/endpin/secrets', 'etc/apache2/conf-available', 'etc/apache2/conf-enabled', 'etc/apache2/mods-enabled', 'etc/nginx/conf.d'])
		mkdirSync(at(folder), { recursive: true });
	writeFileSync(at('etc/endpin/endpin.conf.example'), readFileSync(join(SOURCE, 'etc', 'endpin.conf.example.in')));
	writeFileSync(at('share/sql/roles.sql'), 'SELECT 1;\n');
	writeFileSync(at('key'), 'sk_test_1\n');
	writeFileSync(at('hook'), 'whsec_1\n');
	stub('install', 'case "$*" in */dev/null*) for last; do :; done; : > "$last" ;; esac');
	for (const name of ['getent', 'chown', 'a2enmod', 'a2enconf', 'endpin'])
		stub(name);
	stub('id', 'echo 0');
	stub('runuser', 'echo "$@" >> "$0.asked"; echo 1');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('with all that it wants it does every step, and says of each that it is done', () => {
	const { status, out, err } = everything();
	assert.equal(status, 0, err);
	for (const step of ['secrets', 'configuration', 'migration', 'apache'])
		assert.match(out, new RegExp(`^done    ${step}$`, 'm'));
	assert.equal(text('etc/endpin/secrets/stripe_key'), 'sk_test_1\n');
	assert.match(text('etc/endpin/endpin.conf'), /^public_origin = https:\/\/app\.example\.com$/m);
	assert.match(text('etc/apache2/conf-available/endpin.conf'), /^Include endpin\/endpin\.conf$/m);
	assert.equal(err, '');
});

test('without a webhook secret it makes the place for one and ends before the start; with one it goes on', () => {
	const hook = 'etc/endpin/secrets/webhook_secret', checked = /endpin -c .* check$/m;
	const first = setup(...ANSWERS, '--stripe-key-file', at('key'), '--web', 'none');
	assert.equal(first.status, 0, first.err);
	assert.match(first.out, /webhook_secret .*from nothing yet: "endpin stripe endpoint create" adds the secret$/m);
	assert.match(first.out, /^Not yet started: .*\nThen run "endpin setup" again/m);
	assert.equal(text(hook), '');
	assert.doesNotMatch(text('bin/runuser.asked'), checked);

	const again = setup('--yes', '--web', 'none');
	assert.match(again.out, /^Not yet started/m);
	assert.doesNotMatch(again.out, /(to do|done) +(secrets|service)/);

	writeFileSync(at(hook), 'whsec_1\n');
	const last = setup('--yes', '--no-start', '--web', 'none');
	assert.equal(last.status, 0, last.err);
	assert.doesNotMatch(last.out, /Not yet started/);
	assert.equal(text(hook), 'whsec_1\n');
	assert.match(text('bin/runuser.asked'), checked);
});

test('a module that Apache cannot turn on ends the step: it is not done, and nothing after it runs', () => {
	stub('a2enmod', 'echo "ERROR: Module authnz_fcgi does not exist!" >&2; exit 1');
	stub('a2enconf', 'echo yes > "$0.asked"');
	const { status, out, err } = everything();
	assert.equal(status, 1);
	assert.match(err, /^endpin setup: apache could not be done$/m);
	assert.match(err, HINT);
	assert.doesNotMatch(out, /done {4}apache/);
	assert.ok(!existsSync(at('bin/a2enconf.asked')));
});

test('a disk that is full while a secret is written leaves no empty secret', () => {
	symlinkSync('/dev/full', at('etc/endpin/secrets/.stripe_key'));
	const { status, out, err } = everything();
	assert.equal(status, 1);
	assert.match(err, /^endpin setup: secrets could not be done$/m);
	assert.match(err, HINT);
	assert.doesNotMatch(out, /done {4}secrets/);
	assert.ok(!existsSync(at('etc/endpin/secrets/stripe_key')));
});

test('nor a configuration without its end, nor an include without its line', () => {
	symlinkSync('/dev/full', at('etc/endpin/endpin.conf.new.part'));
	let said = everything();
	assert.equal(said.status, 1);
	assert.match(said.err, /^endpin setup: configuration could not be done$/m);
	assert.ok(!existsSync(at('etc/endpin/endpin.conf')));

	rmSync(at('etc/endpin/endpin.conf.new.part'));
	symlinkSync('/dev/full', at('etc/nginx/conf.d/endpin.conf.part'));
	said = everything('--web', 'nginx');
	assert.equal(said.status, 1);
	assert.match(said.err, /^endpin setup: nginx could not be done$/m);
	assert.match(said.err, HINT);
	assert.ok(!existsSync(at('etc/nginx/conf.d/endpin.conf')));
});

test('a secret that cannot be read, and an option that there is not, say so once', () => {
	rmSync(at('hook'));
	assert.match(everything().err, /hook.*\nendpin setup: secrets could not be done\nhint: .*\n$/);
	writeFileSync(at('hook'), 'whsec_1\n');
	assert.match(everything('--set', 'server.nothing=1').err, /^endpin setup: there is no option nothing in \[server\]\nhint: .*\n$/);
});

test('half of a database on another machine is refused, and nothing is made on this one', () => {
	for (const option of ['--conninfo', '--owner-conninfo']) {
		const { status, err } = everything(option, 'host=db.example.com dbname=endpin');
		assert.equal(status, 1);
		assert.match(err, new RegExp(`^endpin setup: ${option} names a database, .*\nhint: .*conninfo`));
	}
	assert.ok(!existsSync(at('bin/runuser.asked')));
	assert.equal(everything('--conninfo', 'host=db.example.com', '--owner-conninfo', 'host=db.example.com user=endpin_owner').status, 0);
});

test('what an existing configuration does not take up is said', () => {
	writeFileSync(at('etc/endpin/endpin.conf'), '[server]\n');
	const { status, out } = setup('--yes', '--no-start', '--web', 'none', '--origin', 'https://b.example.com', '--set', 'server.log_level=debug');
	assert.equal(status, 0);
	assert.match(out, /^kept {4}configuration .*this changes nothing: --origin --set\. Edit it\.$/m);
	assert.equal(text('etc/endpin/endpin.conf'), '[server]\n');
	assert.doesNotMatch(setup('--yes', '--no-start', '--web', 'none').out, /kept/);
});

test('every refusal has a hint', () => {
	stub('id', 'echo 1000');
	for (const args of [[], ['--cello', 'maybe'], ['--nothing'], ['--origin']])
		assert.match(setup(...args).err, /^endpin setup: .+\nhint: .+\n$/, `${args}`);
});

// --- the steps of Cello's guide: endpin says which is next, here out of a file that has one for each time that it is asked ---

function guide(...steps) {
	writeFileSync(at('steps'), steps.join('\n') + '\n');
	stub('runuser', '[ "$2" = endpin ] || { echo 1; exit; }\nshift 3\nexec "$@"');
	stub('endpin', `shift 2
echo "$*" >> ${at('endpin.asked')}
case "$1 $2 $3" in
"stripe endpoint create") [ "$4" = cello ] || echo whsec_made >> ${at('etc/endpin/secrets/webhook_secret')} ;;
"doctor --steps "*) head -n 1 ${at('steps')}; [ $(wc -l < ${at('steps')}) = 1 ] || sed -i 1d ${at('steps')} ;;
esac`);
}
const asked = () => text('endpin.asked').split('\n').filter((l) => l.startsWith('stripe') || l.startsWith('check'));
const started = ANSWERS.filter((a) => a !== '--no-start');

test('with a key that may, both webhook endpoints are made before it is looked if all is well', () => {
	guide('next   component  Members');
	const { status, out, err } = setup(...started, '--stripe-key-file', at('key'), '--web', 'none',
		'--endpoint-key-file', at('key'), '--cello-webhook-url', 'https://api.cello.so/hook');
	assert.equal(status, 0, err);
	assert.deepEqual(asked(), [`stripe endpoint create --key-file ${at('key')}`,
		`stripe endpoint create cello --key-file ${at('key')} --url https://api.cello.so/hook`, 'check']);
	assert.equal(text('etc/endpin/secrets/webhook_secret'), 'whsec_made\n');
	assert.doesNotMatch(out, /Not yet started/);
	assert.match(out, /next {3}component/);
});

test('an endpoint that cannot be made ends it there; an address without a key is refused', () => {
	guide('next   webhook  Stripe tells endpin');
	stub('endpin', '[ "$3" != stripe ]');
	const { status, out, err } = setup(...started, '--stripe-key-file', at('key'), '--web', 'none', '--endpoint-key-file', at('key'));
	assert.equal(status, 1);
	assert.match(err, /^endpin setup: endpoints could not be done$/m);
	assert.doesNotMatch(out, /done {4}endpoints/);
	assert.match(setup('--yes', '--cello-webhook-url', 'https://api.cello.so/hook').err, /^endpin setup: --cello-webhook-url .*\nhint: .*--endpoint-key-file/);
});

test('without one nothing is made at Stripe, and the next step is said', () => {
	guide('next   cello_webhook  Stripe tells Cello');
	const { status, out } = setup(...started, '--stripe-key-file', at('key'), '--webhook-secret-file', at('hook'), '--web', 'none');
	assert.equal(status, 0);
	assert.deepEqual(asked(), ['check']);
	assert.match(out, /next {3}cello_webhook/);
});

test('at a terminal it goes on from step to step, and may be left', () => {
	// Asked which is next, and printed, in turn.
	const two = (step) => [`next   ${step}  x`, `next   ${step}  x`];
	guide(...two('cello_webhook'), ...two('component'), ...two('signup'));
	writeFileSync(at('etc/endpin/endpin.conf'), '[server]\n');
	writeFileSync(at('etc/endpin/secrets/webhook_secret'), 'whsec_1\n');
	const { status, stdout } = spawnSync('script', ['-qec', `bash ${at('setup')} --web none`, '/dev/null'],
		{ encoding: 'utf8', input: 'y\n\nq\n', timeout: 60000, env: { ...process.env, PATH: `${at('bin')}:${process.env.PATH}` } });
	assert.equal(status, 0, stdout);
	assert.match(stdout, /next {3}cello_webhook[^]*next {3}component/);
	assert.doesNotMatch(stdout, /next {3}signup/);
});
