// SPDX-License-Identifier: MIT
//
// doc/guide/agents.md, done by an agent that does what it says and nothing else: it begins with the example product
// without referrals, changes it by the blocks of the page, and the checks of the page pass, in Chromium where a person
// looks.  Before that they do not.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connectCello } from '../rig/cello.mjs';
import { children, freePort, openRig, run, start, waitFor, PASSWORD, SLOW } from '../rig/rig.mjs';
import { pageOf, walk } from '../rig/guide.mjs';
import { callMcp, connectMcp, mcpToken } from '../rig/mcp.mjs';
import { SOURCE } from '../rig/stage.mjs';
import { quiet, UCC } from '../rig/visitor.mjs';
import { launch, openContext } from './browser.mjs';

const FIRST = 'first@example.com', SECOND = 'second@example.com';
const BLOCKED = /\/share\.js|\/cello(-attribution)?\.js|ERR_BLOCKED|ERR_FAILED/;
let rig, browser, port, product, folder, served, first, link, ownCode = UCC;
const complaints = [];

// The product as the page has it so far, with the addresses of this rig: what it is started from.
function put() {
	for (const name of readdirSync(folder))
		writeFileSync(join(served, name), readFileSync(join(folder, name), 'utf8').replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`)
			.replaceAll('https://*.cello.so', `${rig.assetsUrl} ${rig.sandboxUrl}`));
}

async function restart() {
	await product?.stop();
	put();
	product = start('setlist', process.execPath, [join(served, 'setlist.mjs'), port], { log: join(rig.dir, 'setlist.log'), env: { ENDPIN: rig.origin } });
	await waitFor('the product', async () => {
		if (product.gone)
			throw new Error(product.lastWords());
		const { status } = await rig.client().get('/');
		assert.equal(status, 200, product.text());
		return true;
	}, 30000 * SLOW);
}

before(async () => {
	port = await freePort();
	rig = await openRig({
		name: 'agents', web: null,
		set: { 'server.pages': 'no', 'courier.poll': 1, 'plan solo.label': 'Pro', 'plan solo.referral_coupon': '' }
	});
	folder = join(rig.dir, 'product');
	served = join(rig.dir, 'served');
	cpSync(join(SOURCE, 'deploy', 'example'), folder, { recursive: true });
	mkdirSync(served);
	put();
	Object.assign(rig.options, { web: 'nginx', webSite: `include ${served}/site.conf;` });
	await rig.startWeb();
	await restart();
	await connectCello(rig);
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await product?.stop();
	await rig?.close();
});

async function open(options) {
	const page = await (await openContext(browser, { complaints, ...options })).newPage();
	page.at = (path) => page.waitForURL((url) => url.origin === rig.origin && url.pathname === path);
	return page;
}

async function signUp(page, email) {
	await page.goto(`${rig.origin}/signup`);
	await fill(page, email, { firstName: 'Ada' });
	await page.at('/app/');
}

async function fill(page, email, more = {}) {
	for (const [name, value] of Object.entries({ email, password: PASSWORD, ...more }))
		await page.locator(`input[name=${name}]`).fill(value);
	await page.locator('form button').click();
}

async function buy(page) {
	await page.goto(`${rig.origin}/pricing`);
	await page.locator('button[data-plan="solo"]').click();
	await page.waitForURL(`${rig.sandboxUrl}/pay/**`);
	const words = await page.textContent('body');
	await page.goto(`${page.url().split(/[?#]/)[0]}?card=4242424242424242`);
	await page.locator('#pay').click();
	await page.at('/account');
	await page.getByText('Thank you').waitFor();
	return words;
}

const sight = (outcome) => waitFor(`the page to tell: ${outcome}`, () => rig.value('SELECT 1 FROM component_sight WHERE outcome = $1', [outcome]));
const codeOf = (email) => rig.value('SELECT ucc FROM referral JOIN account ON account.id = account_id WHERE email = $1', [email]);

// nginx's old workers answer as before until the last of them has gone.
async function reloadNginx() {
	const old = children(rig.web.pid).map(({ pid }) => pid);
	rig.web.kill('SIGHUP');
	await waitFor('other workers of nginx', () => {
		const now = children(rig.web.pid).map(({ pid }) => pid);
		return now.length > 0 && !now.some((pid) => old.includes(pid));
	});
}
const reload = (name) => name === 'nginx' ? reloadNginx() : rig.reload();

const persons = {
	async restarts() {
		await restart();
		if (readFileSync(join(folder, 'setlist.mjs'), 'utf8').includes('attribution'))
			await waitFor('the script on the page', async () => /cello-attribution\.js/.test((await rig.client().get('/')).text));
	},
	async shares() {
		first = await open();
		await signUp(first, FIRST);
		const button = first.locator('nav [data-invite]', { hasText: '100' });
		await button.waitFor();
		await button.click();
		await first.locator('#cello-panel').waitFor();
		({ link, ucc: ownCode } = await first.evaluate(() => window.Cello('getActiveUcc')));
		assert.match(link, /^https?:\/\//);
		await sight('booted');
		await quiet(rig);
	},
	async tries() {
		const page = await open();
		await page.goto(`${rig.origin}/?productId=test&ucc=test`);
		await waitFor('both cookies', async () => {
			const cookies = (await page.context().cookies()).filter(({ value }) => value === 'test').map(({ name }) => name);
			return cookies.includes('cello-referral') && cookies.some((name) => /^cello-product-?[iI]d$/.test(name));
		});
		await page.goto(`${rig.origin}/signup`);
		await page.waitForFunction(() => typeof window.CelloAttribution === 'function');
		assert.equal(await page.evaluate(() => window.CelloAttribution('getUcc')), 'test');
		await page.context().close();
	},
	async follows() {
		const page = await open();
		await page.goto(link);
		await page.locator('#greeting', { hasText: 'Ada invited you: 20 % off.' }).waitFor();
		await page.getByRole('link', { name: 'Begin' }).click();
		const [request] = await Promise.all([page.waitForRequest('**/api/signup'), fill(page, SECOND)]);
		await page.at('/app/');
		assert.equal(request.postDataJSON().ucc, await codeOf(SECOND));
		persons.second = page;
	},
	async buys() {
		assert.match(await buy(persons.second), /Discount/);
		await persons.second.locator('main [data-invite]').waitFor();
		await quiet(rig);
		await waitFor('Cello to hear of the purchase', async () => (await rig.control('GET', '/cello')).purchases.some((p) => p.email === SECOND && p.status === 'OK'));
	},
	async blocks() {
		const page = await open();
		for (const at of [`${rig.assetsUrl}/**`, '**/share.js', '**/friends.js'])
			await page.route(at, (route) => route.abort());
		await page.goto(`${rig.origin}/?productId=x&ucc=${UCC}`);
		await signUp(page, 'third@example.com');
		assert.equal(await codeOf('third@example.com'), UCC, 'without a script the code is there');
		await page.locator('#logout').click();
		await page.at('/');
		await page.goto(`${rig.origin}/login`);
		await fill(page, 'third@example.com');
		await page.at('/app/');
		await buy(page);
		await page.context().close();
		complaints.splice(0, complaints.length, ...complaints.filter((text) => !BLOCKED.test(text)));
	},
	async leaves() {
		await first.goto(`${rig.origin}/app/`);
		await first.locator('nav [data-invite]').waitFor();
		await first.evaluate(() => {
			const cello = window.Cello;
			window.Cello = (...words) => {
				sessionStorage.setItem('asked', words[0]);
				return cello(...words);
			};
		});
		await first.locator('#logout').click();
		await first.at('/');
		assert.equal(await first.evaluate(() => sessionStorage.getItem('asked')), 'shutdown');
	}
};

test('before: the product works, and no link leads to anything', async () => {
	const page = await open();
	await page.goto(`${rig.origin}/?productId=x&ucc=${UCC}`);
	await signUp(page, 'nobody@example.com');
	assert.equal(await codeOf('nobody@example.com'), undefined);
	assert.equal(await page.locator('[data-invite]').count(), 0);
	for (const piece of ['Bourrée', '<b>Gigue</b>', 'Air']) {
		await page.locator('input[name=piece]').fill(piece);
		await page.locator('form button').click();
		await page.getByText(piece, { exact: true }).waitFor();
	}
	assert.equal(await page.locator('input[name=piece]').count(), 0, 'three are free');
	await buy(page);
	await page.goto(`${rig.origin}/app/`);
	assert.equal(await page.locator('input[name=piece]').count(), 1, 'who pays has more');
	await page.context().close();
	assert.match(await rig.endpin('doctor', '--steps'), /^next {3}component/m);
	assert.deepEqual(complaints, []);
});

test('connected, the agent has the prompt and this very page', async () => {
	for (const token of [undefined, await mcpToken(rig)]) {
		const client = await connectMcp(rig, { token });
		const { messages: [{ content }] } = await client.getPrompt({ name: 'add_user_referrals' });
		assert.match(content.text, /guide\/agents\.md/);
		let page = '';
		for (let from = 1; from !== null;) {
			const { document } = await callMcp(client, 'docs', { read: 'guide/agents.md', from });
			page += document.text;
			from = document.next;
		}
		assert.equal(page, pageOf('agents.md'));
		await client.close();
	}
});

test('every step of the page, as it stands there, and its checks pass', async (t) => {
	const files = [];
	await walk(rig, 'agents.md', {
		persons, reload,
		apply: {
			// Claude Code's own.  What it starts, and whom it asks, is connected to above.
			console: ({ text }) => assert.match(text, /^claude mcp add .*(-- endpin mcp'|https:\/\/app\.example\.com\/mcp --header "Authorization: Bearer \$TOKEN")$/m),
			js: ({ file, text }) => {
				files.push(file);
				writeFileSync(join(folder, file), text);
			},
			diff: ({ text }) => run('patch', ['-d', folder, '-p0', '--no-backup-if-mismatch', '--fuzz=0'], { input: text, uid: process.getuid(), gid: process.getgid() }),
			ini: ({ text }) => {
				let section;
				const changes = {};
				for (const line of text.split('\n').filter(Boolean)) {
					const [, name, option, value] = /^(?:\[(.+)\]|(\w+) = (.*))$/.exec(line);
					section = name?.replace('plan pro', 'plan solo') ?? section;
					if (option)
						changes[`${section}.${option}`] = value.replaceAll('https://app.example.com', rig.origin);
				}
				put();
				rig.configure(changes);
			}
		},
		shown: (text) => text.replace(/\bsolo\b/g, 'pro').replaceAll(ownCode, UCC)
	});
	assert.deepEqual(files, ['share.js', 'friends.js']);
	assert.deepEqual(complaints, []);
	t.diagnostic('the example became a product with referrals by the blocks of the guide alone; 0 violations of its policy');
});
