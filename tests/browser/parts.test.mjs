// SPDX-License-Identifier: MIT
//
// No page fails as a whole because one part is missing: a script that a content blocker holds back, or something that
// an old browser does not have. Either it works, or the page says plainly that it does not, and never blames the network.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRig, waitFor, PASSWORD } from '../rig/rig.mjs';
import { SOURCE } from '../rig/stage.mjs';
import { newEmail, signup } from '../rig/visitor.mjs';
import { become, launch, openContext } from './browser.mjs';

const SCRIPTS = readdirSync(join(SOURCE, 'www', 'assets')).filter((name) => name.endsWith('.js'));

let rig, browser, member, stranger, visitor;

before(async () => {
	rig = await openRig({ name: 'parts' });
	browser = await launch();
	member = await signup(rig);
	stranger = await openContext(browser);
	visitor = await openContext(browser);
	await become(visitor, rig, member);
});
after(async () => {
	await browser?.close();
	await rig?.close();
});

const OF_MEMBERS = ['/account', '/erase'];
const PAGES = ['/', '/login', '/signup', '/pricing', ...OF_MEMBERS];

// Does the page do what it is for? Runs in the page, so it stands alone.
function works() {
	const byId = (id) => document.getElementById(id);
	switch (location.pathname) {
	case '/': return Boolean(byId('nav').dataset.session);
	case '/pricing': return document.querySelectorAll('main .plan button').length === 3;
	case '/account': return byId('subscription-status').textContent !== '';
	default: return byId('submit').disabled === false;
	}
}

// The notice comes by itself after a time that nobody here waits for.
async function admits(page) {
	const delays = await page.evaluate(() => document.getAnimations().map((a) => {
		const { delay } = a.effect.getTiming();
		a.finish();
		return delay;
	}));
	assert.ok(Math.max(0, ...delays) <= 10000, `the page is silent for ${delays} ms`);
	return page.locator('#unable').isVisible();
}

// Scripts have run when a page is loaded, or never will; what they ask endpin for comes later.
async function visit(path, { block, before: prepare, idle = false } = {}) {
	const page = await (OF_MEMBERS.includes(path) ? visitor : stranger).newPage();
	const blocked = [];
	if (prepare)
		await page.addInitScript(prepare);
	if (block)
		await page.route(block, (route) => {
			blocked.push(route.request().url());
			return route.abort('blockedbyclient');
		});
	await page.goto(rig.origin + path, { waitUntil: idle ? 'networkidle' : 'load' });
	const alive = await page.evaluate(() => document.documentElement.dataset.alive);
	if (alive === 'yes')
		await waitFor(`${path} to work or to say that it does not`, async () =>
			await page.evaluate(works) || await page.evaluate(() => document.documentElement.dataset.alive) === 'in part');
	const did = await page.evaluate(works);
	const said = await admits(page);
	const text = await page.locator('body').innerText();
	await page.close();
	return { works: did, said, text, blocked };
}

// Several pages at a time: most of a visit is waiting.
async function visitAll(list, work) {
	const left = [...list];
	await Promise.all(Array.from({ length: 5 }, async () => {
		for (let one = left.shift(); one !== undefined; one = left.shift())
			await work(one);
	}));
}

// The scripts that a page asks for.
async function scriptsOf(path) {
	const page = await (OF_MEMBERS.includes(path) ? visitor : stranger).newPage();
	const asked = new Set();
	page.on('request', (request) => asked.add(new URL(request.url()).pathname.replace('/assets/', '')));
	await page.goto(rig.origin + path, { waitUntil: 'networkidle' });
	await page.close();
	return SCRIPTS.filter((name) => asked.has(name));
}

for (const [what, block] of [
	['invitation.js', /\/assets\/invitation\.js/], ['sharing.js', /\/assets\/sharing\.js/],
	['all with attribution or referral in their names', /attribution|referral/], ['all with cello in their names', /cello/i],
	['all with invitation or sharing in their names', /invit|shar/], ['all of the other origin', (url) => url.origin !== rig.origin]
])
	test(`every page works without ${what}, and does not complain`, async () => {
		await visitAll(PAGES, async (path) => {
			const got = await visit(path, { block, idle: true });
			assert.ok(got.works, `${path} does not work`);
			assert.ok(!got.said, `${path} says that it does not work`);
		});
	});

test('logging out works without Cello’s component', async () => {
	const context = await openContext(browser);
	await become(context, rig, await signup(rig));
	const page = await context.newPage();
	await page.route(/sharing|cello/, (route) => route.abort('blockedbyclient'));
	await page.goto(`${rig.origin}/account`);
	await page.locator('#invite[data-state="down"]').waitFor();
	await page.locator('#logout').click();
	await page.waitForURL(`${rig.origin}/`);
	assert.deepEqual((await context.cookies()).filter((c) => c.name === 'endpin'), []);
	await context.close();
});

test('a page whose cello.js is blocked says so to endpin doctor', async () => {
	const context = await openContext(browser);
	await become(context, rig, await signup(rig));
	const page = await context.newPage();
	await page.route(/cello\.js/, (route) => route.abort('blockedbyclient'));
	await page.goto(`${rig.origin}/account`);
	await waitFor('what was seen', () => rig.value("SELECT 1 FROM component_sight WHERE outcome = 'script_blocked'"));
	await context.close();
});

test('who leaves while the component boots, or whose machine slept meanwhile, says nothing to endpin doctor', async () => {
	const context = await openContext(browser);
	await become(context, rig, await signup(rig));
	const said = [];
	context.on('request', (r) => r.url().endsWith('/api/cello/boot') && said.push(r.postData()));

	let asked = 0, leave;
	const leaving = new Promise((done) => { leave = done; });
	const page = await context.newPage();
	// Its seconds are five of ours: the next page may come late where the machine has much to do, and this one is being left all the same.
	await page.addInitScript(() => {
		const sleep = window.setTimeout;
		window.setTimeout = (work, ms, ...more) => sleep(work, 5 * ms, ...more);
	});
	await page.route(/widget\/boot/, async (route) => {
		asked++;
		await leaving;
		await route.abort().catch(() => {});
	});
	await page.goto(`${rig.origin}/account`);
	await waitFor('the boot', () => asked > 0);
	// The answer is lost on the way, as the page is being left: a click, and the next page is slow to come.
	await page.route(/\/pricing$/, async (route) => {
		leave();
		await new Promise((done) => setTimeout(done, 5 * 300));
		return route.continue();
	});
	await Promise.all([page.waitForURL(`${rig.origin}/pricing`), page.evaluate(() => { location.href = 'pricing'; })]);
	await page.waitForLoadState('networkidle');
	assert.deepEqual(said, []);

	const asleep = await context.newPage();
	await asleep.addInitScript(() => {
		const now = Date.now;
		Date.now = () => now() + (window.slept ?? 0);
	});
	let failed = 0;
	await asleep.route(/widget\/boot/, async (route) => {
		await asleep.evaluate(() => { window.slept = 3_600_000; });
		await route.abort();
		failed++;
	});
	await asleep.goto(`${rig.origin}/account`);
	await asleep.locator('#invite[data-state="down"]').waitFor();
	assert.equal(failed, 1);
	await asleep.waitForTimeout(2500);
	assert.deepEqual(said, []);

	// And whoever stays says it.
	const stays = await context.newPage();
	await stays.route(/widget\/boot/, (route) => route.abort());
	await stays.goto(`${rig.origin}/account`);
	await waitFor('what was said', () => said.length === 1);
	assert.match(said[0], /"error"/);
	await context.close();
});

test('each script blocked alone: the page works, or says that it does not', async (t) => {
	const seen = new Set(), pairs = [];
	let working = 0, saying = 0;
	await visitAll(PAGES, async (path) => {
		for (const name of await scriptsOf(path))
			pairs.push([path, name]);
	});
	await visitAll(pairs, async ([path, name]) => {
		const got = await visit(path, { block: `**/assets/${name}` });
		assert.equal(got.blocked.length, 1, `${path} asks for ${name}`);
		seen.add(name);
		assert.ok(got.works !== got.said, `${path} without ${name}: works ${got.works}, says that it does not ${got.said}`);
		got.works ? working++ : saying++;
	});
	assert.deepEqual([...seen].sort(), SCRIPTS, 'a script that no page asks for');
	t.diagnostic(`${working} pages work without a script of theirs, ${saying} say that they do not, 0 are silent`);
});

test('all scripts blocked, and the sheet too: the page says so', async () => {
	await visitAll(PAGES, async (path) => assert.ok((await visit(path, { block: /\/assets\/.*\.js/ })).said, path));
	assert.ok((await visit('/login', { block: /\/assets\// })).said);
});

// What is taken away, and whether the pages have to work all the same.
const OLD = [
	['AbortSignal.timeout', () => { delete AbortSignal.timeout; }, true],
	['String.replaceAll', () => { delete String.prototype.replaceAll; }, true],
	['Element.replaceChildren', () => { delete Element.prototype.replaceChildren; }, true],
	['Array.at and Object.hasOwn', () => { delete Array.prototype.at; delete Object.hasOwn; }, true],
	['navigator.clipboard', () => { delete Navigator.prototype.clipboard; }, true],
	['sessionStorage, which is forbidden', () => Object.defineProperty(window, 'sessionStorage', {
		get() { throw new DOMException('forbidden', 'SecurityError'); } }), true],
	['AbortController', () => { delete window.AbortController; }, false],
	['Promise.finally', () => { delete Promise.prototype.finally; }, false],
	['fetch', () => { delete window.fetch; }, false],
	['URLSearchParams', () => { delete window.URLSearchParams; }, false],
	['TextEncoder', () => { delete window.TextEncoder; }, false],
	['FormData', () => { delete window.FormData; }, false],
	['Intl', () => { delete window.Intl; }, false]
];

async function signUp(page) {
	await page.goto(`${rig.origin}/signup`);
	if (!await page.locator('#submit').isEnabled())
		return;
	await page.fill('#email', newEmail());
	await page.fill('#password', PASSWORD);
	await page.locator('#submit').click();
	await page.waitForFunction(() => location.pathname !== '/signup' || document.documentElement.dataset.alive === 'in part' ||
		document.getElementById('form-error').textContent !== '');
	await page.waitForLoadState();
}

for (const [what, prepare, must] of OLD)
	test(`a browser without ${what} ${must ? 'works' : 'works, or hears that it is too old'}`, async () => {
		await visitAll(PAGES, async (path) => {
			const got = await visit(path, { before: prepare });
			assert.ok(must ? got.works && !got.said : got.works || got.said, `${path}: works ${got.works}, says that it does not ${got.said}`);
			assert.doesNotMatch(got.text, /got no answer|Check your connection/, path);
		});
		const context = await openContext(browser);
		const page = await context.newPage();
		await page.addInitScript(prepare);
		await signUp(page);
		const { pathname } = new URL(page.url());
		const told = await admits(page);
		assert.ok(must ? pathname === '/pricing' && !told : pathname === '/pricing' || told, `after signing up on ${pathname}, told ${told}`);
		assert.doesNotMatch(await page.locator('body').innerText(), /got no answer|Check your connection/);
		await context.close();
	});

test('the network’s fault is told as the network’s, and not as the browser’s', async () => {
	const context = await openContext(browser);
	const page = await context.newPage();
	await page.goto(`${rig.origin}/login`, { waitUntil: 'networkidle' });
	await page.fill('#email', member.email);
	await page.fill('#password', PASSWORD);
	await page.route('**/api/login', (route) => route.abort('connectionreset'));
	await page.locator('#submit').click();
	await page.getByText('We got no answer').waitFor();
	// Somebody's wireless network answers in our place.
	await page.route('**/api/login', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Hotel</h1>' }));
	await page.locator('#form-error').evaluate((node) => { node.textContent = ''; });
	await page.locator('#submit').click();
	await page.getByText('We got no answer').waitFor();
	assert.ok(!await page.locator('#unable').isVisible());
	await context.close();
});

test('the page for what is not there needs nothing else, at any depth', async () => {
	const page404 = readFileSync(join(SOURCE, 'www', '404.html'), 'utf8');
	const hash = createHash('sha256').update(page404.match(/<style>(.*?)<\/style>/s)[1]).digest('base64');
	const complaints = [];
	const context = await openContext(browser, { complaints });
	const page = await context.newPage();
	const asked = [];
	page.on('request', (request) => asked.push(new URL(request.url()).pathname));
	const answer = await page.goto(`${rig.origin}/assets/deep/below/nothing-here`);
	assert.equal(answer.status(), 404);
	assert.ok(answer.headers()['content-security-policy'].includes(`style-src 'self' 'sha256-${hash}'`), 'the policy names the sheet of 404.html');
	await page.getByRole('heading', { level: 1 }).waitFor();
	assert.deepEqual(asked.filter((path) => path !== '/favicon.ico'), ['/assets/deep/below/nothing-here']);
	assert.equal(await page.evaluate(() => getComputedStyle(document.body).display), 'grid');
	assert.deepEqual(complaints.filter((text) => !/404 \(/.test(text)), []);
	await context.close();
});

test('no page names an address from the root: a prefix needs no other pages', () => {
	for (const name of readdirSync(join(SOURCE, 'www')).filter((file) => file.endsWith('.html') && file !== '404.html'))
		assert.doesNotMatch(readFileSync(join(SOURCE, 'www', name), 'utf8'), /(href|src|action)="\/|url\(\//, name);
	for (const name of SCRIPTS)
		assert.doesNotMatch(readFileSync(join(SOURCE, 'www', 'assets', name), 'utf8'), /["'`]\/(api|assets|login|signup|pricing|account)\b/, name);
});
