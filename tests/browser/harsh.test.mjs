// SPDX-License-Identifier: MIT
//
// Cello's component and script at their harshest, in Chromium: what the policy of a page has to allow for them, and what
// it allows nowhere else; launchers that are not taken, labels that come late, a boot that comes to nothing.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { signup, UCC } from '../rig/visitor.mjs';
import { become, launch, openContext } from './browser.mjs';

// A page of somebody else's making, beside endpin's, with no policy.
const PRODUCT = `location = /product {
	default_type text/html;
	return 200 '<!doctype html><title>Product</title><body></body>';
}`;

let rig, browser, member;
const complaints = [];

before(async () => {
	rig = await openRig({ name: 'harsh', web: 'nginx', webExtra: PRODUCT });
	browser = await launch();
	member = await signup(rig);
});
after(async () => {
	await browser?.close();
	await rig?.close();
});
afterEach(async () => {
	complaints.length = 0;
	await rig.control('DELETE', '/faults');
	await rig.control('POST', '/cello/settings', { consent: 'none', labels_after: 0, product_cookie: 'cello-productId', no_ucc: 'null' });
});

async function visit(path, { loggedIn = false, ...options } = {}) {
	const context = await openContext(browser, { complaints, ...options });
	if (loggedIn)
		await become(context, rig, member);
	const page = await context.newPage();
	page.answer = await page.goto(rig.origin + path);
	return page;
}

const asked = async (path) => (await rig.control('GET', `/requests?target=cello&path=${path}`)).length;

test('the harshest component works on the page that boots it, and violates nothing', async (t) => {
	const page = await visit('/account', { loggedIn: true });
	await page.locator('#invite[data-state="ready"]').waitFor();
	assert.deepEqual(await page.evaluate(() => window.__cello), { started: true }, 'its inline script ran');
	await page.locator('#invite-open').click();
	const panel = page.locator('#cello-panel');
	await panel.waitFor();
	// Style attribute, style element, picture of another host, frame of a third.
	assert.deepEqual(await panel.evaluate((node) => {
		const { position, bottom } = getComputedStyle(node);
		return [position, bottom, getComputedStyle(node.querySelector('.panel')).borderRadius];
	}), ['fixed', '80px', '16px']);
	await waitFor('the picture', () => panel.locator('img').evaluate((img) => img.naturalWidth > 0));
	await page.frameLocator('#cello-panel iframe').getByText('By mail').waitFor();
	await waitFor('the font', async () => await asked('/cello/cdn/letters.woff2') > 0);
	const hosts = new Set([rig.origin, rig.sandboxUrl, rig.assetsUrl]);
	assert.equal(hosts.size, 3);
	assert.deepEqual(complaints, []);
	t.diagnostic('0 violations of the policy by inline script, style element, style attribute, font, picture and frame of 2 other origins');
});

test('with allow_inline = no it does not boot: the page says so, and everything else works', async () => {
	rig.configure({ 'cello.allow_inline': 'no' });
	await rig.reload();
	const policy = async () => (await rig.client().get('/account')).headers['content-security-policy'];
	await waitFor('the reload', async () => !(await policy()).includes("'unsafe-inline'"));
	const page = await visit('/account', { loggedIn: true });
	await page.locator('#invite[data-state="down"]').waitFor();
	assert.notEqual(await page.locator('#subscription-status').textContent(), '');
	assert.ok(complaints.some((c) => /Content Security Policy/.test(c)), 'it was the policy');
	rig.configure({ 'cello.allow_inline': 'yes' });
	await rig.reload();
	await waitFor('the reload', async () => (await policy()).includes("'unsafe-inline'"));
});

// Can a script run that is written into this page?
const runsInline = (page) => page.evaluate(() => {
	const script = document.createElement('script');
	script.textContent = 'window.ran = true;';
	document.head.append(script);
	return window.ran === true;
});

test('no other page lets anything inline run, and none lets anything of elsewhere', async () => {
	for (const path of ['/', '/signup', '/login', '/pricing', '/account']) {
		const page = await visit(path, { loggedIn: path === '/account' });
		const policy = page.answer.headers()['content-security-policy'];
		assert.equal(policy.includes("'unsafe-inline'"), path === '/account', `${path}: ${policy}`);
		assert.doesNotMatch(policy, /unsafe-eval|\*|https?:(?!\/\/)/, path);
		assert.equal(await runsInline(page), path === '/account', path);
		assert.equal(await page.evaluate(() => new Promise((done) => {
			const script = document.createElement('script');
			Object.assign(script, { src: 'http://localhost:9/x.js', onload: () => done('ran'), onerror: () => done('refused') });
			document.head.append(script);
		})), 'refused', path);
		await page.context().close();
	}
});

test('labels that come late hold nothing up: the link is there before them', async (t) => {
	await rig.control('POST', '/cello/settings', { labels_after: 1500 });
	const context = await openContext(browser, { complaints });
	await become(context, rig, await signup(rig));
	const page = await context.newPage();
	// As it was when it was ready: looked at from here, or when the next frame is drawn, the label may have come meanwhile.
	await page.addInitScript(() => {
		const observer = new MutationObserver(() => {
			if (document.querySelector('#invite[data-state="ready"]'))
				window.wordsAtFirst ??= document.getElementById('invite-open').textContent;
		});
		observer.observe(document, { subtree: true, attributes: true, attributeFilter: ['data-state'] });
	});
	const began = Date.now();
	await page.goto(`${rig.origin}/account`);
	const words = await page.waitForFunction(() => window.wordsAtFirst);
	assert.equal(await words.jsonValue(), 'Invite & earn', 'there are words until then');
	await page.locator('#invite-open', { hasText: /^Earn €100$/ }).waitFor();
	t.diagnostic(`the label is there ${Date.now() - began} ms after the page was asked for, of which Cello took 1500`);
	await context.close();
});

test('a boot that comes to nothing without a word hides what would do nothing', async () => {
	const context = await openContext(browser, { complaints });
	await become(context, rig, member);
	const page = await context.newPage();
	await page.route('**/widget/boot', async (route) => route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), country: 'KP' }) }));
	await page.goto(`${rig.origin}/account`);
	await waitFor('the section to go', () => page.locator('#invite').isHidden());
	assert.deepEqual(complaints, []);
	await context.close();
});

// --- the product's own page ---

// `boot`: options besides those of endpin, null for a page that boots nothing.
async function product(html, { boot = null, query = '' } = {}) {
	const own = await openContext(browser, { complaints });
	if (boot)
		await become(own, rig, member);
	const page = await own.newPage();
	await page.goto(`${rig.origin}/product${query}`);
	await page.evaluate((text) => { document.body.innerHTML = text; }, html);
	if (boot)
		await page.evaluate(async (options) => {
			const { scriptUrl, bootConfig } = await (await fetch('/api/cello/token')).json();
			await import(scriptUrl);
			await window.Cello('boot', { ...bootConfig, ...options });
		}, boot);
	return page;
}

const opens = async (page, selector) => {
	await page.locator(selector).click();
	const open = await page.locator('#cello-panel').count() === 1;
	await page.evaluate(() => window.Cello('close'));
	return open;
};

const LAUNCHERS = `<button id="a" class="invite" style="position: relative">a</button><button id="b" class="invite">b</button>
<button id="d" class="invite" data-cello-badge="false" style="position: relative">d</button><button id="e" style="position: relative">e</button>`;

test('a custom launcher is one if it is there before, positioned, and named in the portal', async () => {
	await rig.control('POST', '/cello/campaign', { launcher: '.invite' });
	const page = await product(LAUNCHERS, { boot: { hideDefaultLauncher: true } });
	await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<button id="c" class="invite" style="position: relative">c</button>'));
	const taken = {};
	for (const id of ['a', 'b', 'c', 'd', 'e'])
		taken[id] = await opens(page, `#${id}`);
	assert.deepEqual(taken, { a: true, b: false, c: false, d: true, e: false });
	await page.context().close();

	const other = await product(LAUNCHERS, { boot: { hideDefaultLauncher: true, customLauncherSelector: '#e' } });
	assert.deepEqual([await opens(other, '#a'), await opens(other, '#e')], [false, false], 'boot() cannot name another than the portal');
	await other.context().close();

	await rig.control('POST', '/cello/settings', { launchers: 'any' });
	const kind = await product(LAUNCHERS, { boot: { hideDefaultLauncher: true, customLauncherSelector: '#b' } });
	assert.equal(await opens(kind, '#b'), true);
	await kind.context().close();
	await rig.control('POST', '/cello/settings', { launchers: 'strict' });
});

test('a badge comes once the own link was opened, but where it is not wanted', async () => {
	await rig.control('POST', '/cello/campaign', { launcher: '.invite' });
	const before = await product(LAUNCHERS, { boot: {} });
	assert.equal(await before.locator('.badge').count(), 0);
	const { link } = await before.evaluate(() => window.Cello('getActiveUcc'));
	await before.context().close();
	await fetch(link, { redirect: 'manual' });
	const page = await product(LAUNCHERS, { boot: {} });
	await page.locator('#cello-launcher .badge').waitFor();
	assert.deepEqual(await page.locator('.invite .badge').allTextContents(), ['1']);
	await page.context().close();
});

test('after a silent boot each command comes to nothing, and shutdown ends it', async () => {
	const page = await product('', { boot: { country: 'KP' } });
	const said = await page.evaluate(async () => {
		const answers = [];
		for (const name of ['getActiveUcc', 'getLabels', 'getCampaignConfig', 'open', 'close', 'show', 'hide', 'showAnnouncement', 'shutdown'])
			answers.push(await window.Cello(name) === undefined);
		return answers;
	});
	assert.deepEqual(new Set(said), new Set([true]));
	await assert.rejects(page.evaluate(() => window.Cello('open')), /boot\(\) has not succeeded/);
	assert.deepEqual(complaints, []);
	await page.context().close();
});

// --- the attribution script ---

const attribution = async (query, html = '') => {
	const page = await product(html, { query });
	await page.evaluate((src) => import(src), `${rig.assetsUrl}/attribution/latest/cello-attribution.js`);
	return page;
};
const cookies = async (page) => Object.fromEntries((await page.context().cookies()).map((c) => [c.name, c.value]));

test('the script has either name for its second cookie', async () => {
	for (const name of ['cello-productId', 'cello-product-id']) {
		await rig.control('POST', '/cello/settings', { product_cookie: name });
		const page = await attribution(`?productId=p&ucc=${UCC}`);
		assert.deepEqual(await cookies(page), { 'cello-referral': UCC, [name]: 'p' });
		await page.context().close();
	}
});

test('in the consent mode nothing is kept until it is allowed, and a refusal lasts', async () => {
	await rig.control('POST', '/cello/settings', { consent: 'custom' });
	const page = await attribution(`?productId=p&ucc=${UCC}`);
	assert.deepEqual(await cookies(page), {});
	assert.equal(await page.evaluate(() => window.CelloAttribution('getUcc')), UCC, 'the address has it all the same');
	await page.evaluate(() => window.CelloAttribution('allowCookies'));
	assert.deepEqual(Object.keys(await cookies(page)).sort(), ['cello-cookie-consent', 'cello-productId', 'cello-referral']);
	await page.evaluate(() => window.CelloAttribution('deleteCookies'));
	assert.deepEqual(await cookies(page), { 'cello-cookie-consent': 'false' });
	await page.reload();
	await page.evaluate((src) => import(src), `${rig.assetsUrl}/attribution/latest/cello-attribution.js`);
	assert.deepEqual(await cookies(page), { 'cello-cookie-consent': 'false' });
	await page.context().close();
});

test('no code is any of four falsy values; forms that are there get the code, later ones when they are named', async () => {
	for (const [name, value] of [['null', null], ['undefined', undefined], ['empty', ''], ['false', false]]) {
		await rig.control('POST', '/cello/settings', { no_ucc: name });
		const page = await attribution('');
		assert.equal(await page.evaluate(() => window.CelloAttribution('getUcc')), value, name);
		await page.context().close();
	}
	const page = await attribution(`?ucc=${UCC}`, '<form id="one"></form>');
	const codes = () => page.locator('input[name="ucc"]').evaluateAll((inputs) => inputs.map((i) => [i.form.id, i.value]));
	await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<form id="two"></form>'));
	assert.deepEqual(await codes(), [['one', UCC]]);
	await page.evaluate(() => window.CelloAttribution('attachTo', document.getElementById('two')));
	assert.deepEqual(await codes(), [['one', UCC], ['two', UCC]]);
	await page.context().close();
});

// How the scripts can fail to be there.
const AWAY = [
	['is forbidden', { action: 'status', status: 403 }], ['is gone', { action: 'status', status: 404 }], ['is cut off', { action: 'drop' }],
	['never answers', { action: 'hang' }], ['takes three seconds', { action: 'delay', ms: 3000 }]
];

for (const [what, fault] of AWAY)
	test(`signing up by a link works where the attribution script ${what}`, async () => {
		await rig.control('POST', '/faults', { target: 'cello', path: '/assets/attribution', times: -1, ...fault });
		const page = await visit(`/?ucc=${UCC}`);
		await page.goto(`${rig.origin}/signup`);
		await page.locator('#submit:enabled').waitFor();
		assert.equal((await cookies(page))['cello-referral'], UCC);
		await page.context().close();
	});
