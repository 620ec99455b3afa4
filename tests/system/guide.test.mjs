// SPDX-License-Identifier: MIT
//
// doc/guide/referrals.md, from a fresh install to the launch: each of its commands is run where it stands, and prints what the page
// shows.  What is in setup.md, which a bare machine is needed for, is at least still what endpin says.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { byApi, factsQuiet } from '../rig/cello.mjs';
import { pageOf, partsOf, walk } from '../rig/guide.mjs';
import { run } from '../rig/process.mjs';
import { openRig, waitFor } from '../rig/rig.mjs';
import { SOURCE } from '../rig/stage.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, pay, quiet, signup, subscriptionWhen, UCC } from '../rig/visitor.mjs';

let rig, referrer, referred, hook, printed;

before(async () => {
	rig = await openRig({ name: 'guide', set: { 'courier.poll': 1 } });
	await rig.control('POST', '/endpoints/local', { allowed: true });
	for (const { id } of (await askStripe(rig, 'GET', '/webhook_endpoints?limit=100')).data)
		await askStripe(rig, 'DELETE', `/webhook_endpoints/${id}`);
	writeFileSync(rig.config['stripe.webhook_secret_file'], '');
	hook = (await rig.control('GET', '/cello')).hook.url;
});
after(() => rig?.close());

const persons = {
	async arrives() {
		referrer = await signup(rig, { email: 'ada@example.com' });
		await customerOf(rig, referrer.account);
		await quiet(rig);
	},
	async pastes() {
		await rig.control('POST', '/cello/webhook', { secret: /^whsec_\w+$/m.exec(printed.join('\n'))[0] });
	},
	async boots() {
		assert.equal((await referrer.get('/api/cello/token')).json.enabled, true);
		assert.equal((await referrer.post('/api/cello/boot', {})).status, 204);
	},
	async follows() {
		const visitor = rig.client();
		assert.equal((await visitor.get('/?productId=test&ucc=test')).status, 200);
		assert.equal((await visitor.get(`/?productId=x&ucc=${UCC}`)).status, 200);
		// As endpin's page does.
		assert.equal((await visitor.get(`/api/referral/offer?ucc=${UCC}&celloN=QWRh`)).json.valid, true);
		referred = await signup(rig, { email: 'grace@example.com', firstName: 'Grace' }, visitor);
		await customerOf(rig, referred.account);
		await quiet(rig);
	},
	async buys() {
		const { sessionId } = await checkout(referred);
		await pay(rig, sessionId);
		await subscriptionWhen(referred, 'the subscription', (s) => s.entitled);
		await quiet(rig);
	}
};

test('every command of the page, and what it prints', async () => {
	printed = [];
	await walk(rig, 'referrals.md', {
		persons, reload: () => rig.reload(), heard: (text) => printed.push(text),
		adapt: (commands) => commands.replaceAll('/root/endpin-secrets/endpoint_key', join(rig.dir, 'stripe_key'))
			.replaceAll(/https:\/\/api\.cello\.so\/PASTE[A-Z-]*/g, hook),
		shown: (text) => text.replaceAll(hook, 'https://api.sandbox.cello.so/…').replace(/whsec_\w+/g, 'whsec_…').replace(/\bsolo\b/g, 'pro')
	});
});

test('setup.md has the questions that endpin setup asks, and the steps as they are called now', () => {
	const setup = pageOf('setup.md');
	const steps = (text) => text.split('\n').filter((line) => /^(done|next|later) +\w+ {2}/.test(line)).map((line) => line.replace(/^\w+ +/, ''));
	const now = new Set(steps(printed.join('\n')));
	assert.equal(now.size, 8);
	assert.deepEqual(new Set(steps(setup)), now);
	const questions = [...readFileSync(join(SOURCE, 'deploy', 'setup.in'), 'utf8').matchAll(/\bask \S+ (['"])(.+?)\1(?: |$)/gm)].map(([, , question]) => question);
	assert.ok(questions.length > 5);
	assert.deepEqual(questions.filter((question) => !setup.includes(`\n${question}`)), []);
});

test('operate.md asks as a back end does, and is answered', async (t) => {
	const own = await openRig({ name: 'guide-server', set: byApi({ 'cello.purchases': 'stripe', 'courier.poll': 1 }) });
	t.after(() => own.close());
	const grace = await signup(own, { email: 'grace@example.com', ucc: UCC });
	const KEY = (await own.endpin('keys', 'create', 'crm')).trim();
	const block = partsOf(pageOf('../operate.md')).find((p) => p.kind === 'sh' && p.text.includes('/api/server/'));
	const commands = block.text.trim().split('\n');
	assert.equal(commands.length, 4);
	const ask = async (command) => {
		const script = command.replace('https://app.example.com', own.site).replace(/^curl/, 'curl -sS --fail');
		const said = await run('bash', ['--norc', '-euo', 'pipefail', '-c', script], { env: { PATH: process.env.PATH, KEY, ID: grace.account.id } });
		return said && JSON.parse(said);
	};
	const [link, demo, verified, erased] = commands;
	assert.deepEqual(await ask(link), { link: null, ucc: null });
	assert.deepEqual(await ask(demo), { referred: true });
	await factsQuiet(own);
	assert.deepEqual((await own.sql("SELECT trigger, state FROM cello_fact ORDER BY created_at")).map((f) => [f.trigger, f.state]), [['new-signup', 'done'], ['demo-call-attended', 'done']]);
	assert.equal(await ask(verified), '');
	assert.equal(await own.value('SELECT verified_at IS NOT NULL FROM account WHERE id = $1', [grace.account.id]), true);
	assert.equal((await ask(erased)).account, grace.account.id);
	assert.equal(await own.value('SELECT erased_at IS NOT NULL FROM account WHERE id = $1', [grace.account.id]), true);
});
