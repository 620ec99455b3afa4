// SPDX-License-Identifier: MIT
//
// usage: node tests/readme/sitting.mjs BLOCK	(README's block that makes the site)
//
// "endpin setup" at a terminal, and somebody who answers; see sitting.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { partsOf, pageOf, settled } from '../rig/guide.mjs';
import { waitFor } from '../rig/process.mjs';
import { control, Visitor, BOB, PASSWORD } from './visitor.mjs';

const SANDBOX = 'http://127.0.0.1:8081', PASTE = '/tmp/readme/paste', PAGE = '/tmp/readme/setup.md';
const PRICE = { here: 'price_pro_month', shown: 'price_1PgafmB7WZ01zgkW6dKueIc5' };
const HOOK = { here: `${SANDBOX}/cello/products/app.example.com/transaction-webhook/stripe`, shown: 'https://api.cello.so/PASTE-THE-ADDRESS-FROM-THE-PORTAL' };
// What nobody has to say where Stripe and Cello are the real ones.
const SETS = ['stripe.api_base=', 'cello.api_base=/cello', 'cello.assets_base=/assets'].map((set) => ` --set ${set.replace('=', `=${SANDBOX}`)}`).join('');
const COMMAND = `endpin setup --endpoint-key-file ${PASTE}/endpoint_key --cello-webhook-url ${HOOK.here}`;

const referrer = new Visitor(), referred = new Visitor();
const secret = (name) => readFileSync(`${PASTE}/${name}`, 'utf8').trim();

async function signUp(who, name) {
	const answer = await who.ask('/api/signup', { email: `${name.toLowerCase()}@example.com`, password: PASSWORD, firstName: name });
	assert.equal(answer.status, 201, answer.text);
}

async function answered(status, work) {
	const answer = await work;
	assert.equal(answer.status, status, answer.text);
	return answer.json;
}

// What somebody does when this is next.
const STEPS = {
	async webhook() {
		execFileSync('bash', ['-euo', 'pipefail', process.argv[2]], { stdio: 'ignore' });
		await waitFor('the site', async () => (await referrer.ask('/readyz')).status === 200, 30000);
		await signUp(referrer, 'Ada');
	},
	async component() {
		await answered(200, referrer.ask('/api/cello/token'));
		await answered(204, referrer.ask('/api/cello/boot', {}));
	},
	async attribution() {
		await answered(200, referred.ask(`/?productId=app.example.com&ucc=${BOB}&celloN=Qm9i`));
		await signUp(referred, 'Grace');
	},
	async purchase() {
		const { url } = await waitFor('a page of Checkout', async () => {
			const answer = await referred.ask('/api/checkout', { plan: 'pro' });
			return answer.status === 201 && answer.json;
		});
		assert.equal((await control('pay', { session: /cs_test_\w+/.exec(url)[0] })).status, 'complete');
	}
};

const endpin = (...words) => execFileSync('runuser', ['-u', 'endpin', '--', 'endpin', ...words], { cwd: '/', encoding: 'utf8' });
const nextStep = () => /^next +(\w+)/m.exec(endpin('doctor', '--steps', '--offline'))?.[1];

async function take(screen) {
	const step = screen.match(/^next +\w+/gm).pop().split(/ +/)[1];
	if (STEPS[step])
		await STEPS[step]();
	await waitFor(`the end of ${step}`, () => nextStep() !== step, 60000);
	return '';
}

// What is asked, and the answer; "": what is usual.
const ANSWERS = [
	[/Where do browsers reach/, () => 'https://app.example.com'], [/Cello's environment/, () => ''], [/^Product id/, () => 'app.example.com'],
	[/^Stripe's price/, () => PRICE.here], [/^What do people call/, () => ''], [/^What it costs/, () => '2900'], [/^Currency/, () => ''],
	[/^Paid every/, () => ''], [/^Do this\?/, () => 'y'], [/^stripe_key/, () => secret('stripe_key')], [/^product_secret/, () => secret('product_secret')],
	[/look again/, take]
];

// What was on the screen when it had ended.
async function sit(command) {
	const child = spawn('script', ['-qefc', command, '/dev/null'], { env: { ...process.env, TERM: 'dumb' } });
	let screen = '', done = 0, pasted = false;
	child.stdout.setEncoding('utf8').on('data', (text) => screen += text.replaceAll('\r', ''));
	const ended = new Promise((resolve) => child.once('close', resolve));
	for (;;) {
		const line = () => screen.slice(done).split('\n').pop();
		const question = await Promise.race([ended.then(() => null), waitFor('a question', () => ANSWERS.find(([what]) => what.test(line()) && / $/.test(line())), 120000)]);
		if (question === null)
			return screen;
		// Cello's secret, as somebody pastes it in the portal.
		const shown = /^whsec_\w+$/m.exec(screen)?.[0];
		if (shown && !pasted)
			await control('cello/webhook', { secret: shown });
		pasted ||= Boolean(shown);
		const text = await question[1](screen);
		done = screen.length;
		child.stdin.write(`${text}\n`);
	}
}

const screens = [[COMMAND, await sit(COMMAND + SETS)], ['cd / && runuser -u endpin -- endpin doctor', endpin('doctor')]];
const shown = screens.map(([command, screen]) => `# ${command}\n${screen}`).join('\n').replaceAll(HOOK.here, HOOK.shown).replaceAll(PRICE.here, PRICE.shown)
	.replaceAll(`${PASTE}/`, '')
	// What the next version or another Debian has otherwise.
	.replace(/^Creating .*\n/gm, '').replace(/^(\d{4}_\w+\.sql applied\n)(\d{4}_\w+\.sql applied\n)+/m, '$1…\n').replace(/\bversion \d+/g, 'version …')
	.replace(/^(ok +errands +).*$/m, '$1…').replace(/^(ok +chores +\w+).*$/gm, '$1 …');
const now = settled({ origin: 'https://app.example.com', assetsUrl: `${SANDBOX}/assets`, sandboxUrl: SANDBOX }, shown);
const page = pageOf('setup.md'), [part] = partsOf(page).filter(({ kind }) => kind === 'text');
writeFileSync(PAGE, page.slice(0, part.at) + now + page.slice(part.at + part.text.length));
try {
	assert.equal(now, part.text);
} catch (error) {
	console.log(`${now}\n${error.message}`);
	process.exit(1);
}
console.log(`green: endpin setup and doctor are as doc/guide/setup.md shows them, in ${now.split('\n').length} lines`);
