// SPDX-License-Identifier: MIT
//
// What is left of Cello's acceptance checklist for a browser to show: tests/checklist.md says where the rest is shown.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor, PASSWORD } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, newEmail, signup } from '../rig/visitor.mjs';
import { become, launch, openContext } from './browser.mjs';

let rig, browser;

before(async () => {
	rig = await openRig({ name: 'checklist' });
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await rig?.close();
});

async function visit(client, options = {}) {
	const context = await openContext(browser, options);
	if (client)
		await become(context, rig, client);
	return context.newPage();
}

const cookies = async (page) => Object.fromEntries((await page.context().cookies()).map((c) => [c.name, c.value]));
const ready = (page) => page.locator('#invite[data-state="ready"]').waitFor();

async function signUp(page, email = newEmail()) {
	await page.goto(`${rig.origin}/signup`);
	await page.fill('#email', email);
	await page.fill('#password', PASSWORD);
	await page.locator('#submit:enabled').click();
	await page.waitForURL((url) => url.pathname !== '/signup');
	return rig.value('SELECT id FROM account WHERE email = $1', [email]);
}

test('the product secret is in nothing that a browser is sent', async () => {
	const page = await visit(await signup(rig));
	const bodies = [];
	page.on('response', (r) => bodies.push(r.text().then((text) => `${r.url()} ${JSON.stringify(r.headers())} ${text}`, () => '')));
	for (const path of ['/', '/pricing', '/login', '/signup', '/account']) {
		await page.goto(rig.origin + path);
		await page.waitForLoadState('networkidle');
	}
	await ready(page);
	const all = await Promise.all(bodies);
	assert.ok(all.some((body) => body.includes('bootConfig')), 'the token was asked for');
	assert.ok(all.filter((body) => body !== '').length > 20);
	for (const secret of [rig.secrets.product, Buffer.from(rig.secrets.product).toString('base64').replace(/=+$/, '')])
		assert.deepEqual(all.filter((body) => body.includes(secret)), []);
	await page.context().close();
});

test('each public page loads the attribution script of this environment, as a module and async, once', async () => {
	for (const path of ['/', '/signup', '/pricing']) {
		const page = await visit();
		await page.goto(rig.origin + path);
		const scripts = page.locator('script[src*="cello-attribution"]');
		await scripts.first().waitFor({ state: 'attached' });
		assert.deepEqual(await scripts.evaluateAll((all) => all.map((s) => [s.src, s.type, s.async])),
			[[`${rig.assetsUrl}/attribution/latest/cello-attribution.js`, 'module', true]], path);
		await page.context().close();
	}
});

test('the test code sets both cookies and lasts to the signup page, also after leaving; nobody is referred by it', async () => {
	const page = await visit();
	await page.goto(`${rig.origin}/?productId=test&ucc=test`);
	const kept = await waitFor('both cookies', async () => {
		const all = await cookies(page);
		return all['cello-referral'] && (all['cello-productId'] ?? all['cello-product-id']) && all;
	});
	assert.deepEqual([kept['cello-referral'], kept['cello-productId'] ?? kept['cello-product-id']], ['test', 'test']);
	await page.goto(`${rig.origin}/pricing`);
	await page.goto('about:blank');
	await page.goto(`${rig.origin}/signup`);
	await page.waitForFunction(() => typeof window.CelloAttribution === 'function');
	assert.equal(await page.evaluate(() => window.CelloAttribution('getUcc')), 'test');
	const id = await signUp(page);
	assert.equal(await rig.value('SELECT count(*)::int FROM referral WHERE account_id = $1', [id]), 0);
	assert.equal(await rig.value('SELECT count(*)::int FROM referral_view'), 0);
	await page.context().close();
});

test('the label stays while a member goes to other pages and back', async () => {
	const page = await visit(await signup(rig));
	const label = () => page.locator('#invite-open', { hasText: /^Earn €100$/ }).waitFor();
	await page.goto(`${rig.origin}/account`);
	await label();
	await page.goto(`${rig.origin}/pricing`);
	await page.goBack();
	await label();
	await page.reload();
	await label();
	assert.equal(typeof await page.evaluate(() => window.Cello('getLabels')), 'object');
	await page.context().close();
});

test('a member’s own link, in a private window: the landing page, their first name, and the signup is theirs', async () => {
	const referrer = await signup(rig);
	const own = await visit(referrer);
	await own.goto(`${rig.origin}/account`);
	await ready(own);
	const { link, ucc } = await own.evaluate(() => window.Cello('getActiveUcc'));
	const page = await visit();
	await page.goto(link);
	const landing = new URL(page.url());
	assert.deepEqual([landing.origin, landing.pathname, landing.searchParams.get('ucc')], [rig.origin, '/', ucc]);
	await page.getByText('Ada', { exact: false }).first().waitFor();
	const id = await signUp(page);
	assert.equal(await rig.value('SELECT ucc FROM referral WHERE account_id = $1', [id]), ucc);
	const { metadata } = await askStripe(rig, 'GET', `/customers/${await customerOf(rig, { id })}`);
	assert.deepEqual([metadata.cello_ucc, metadata.new_user_id], [ucc, id]);
	await own.context().close();
	await page.context().close();
});

test('signing up without a code works, and tells Cello nothing', async () => {
	const page = await visit();
	const id = await signUp(page);
	assert.equal(await rig.value('SELECT count(*)::int FROM referral WHERE account_id = $1', [id]), 0);
	const { metadata } = await askStripe(rig, 'GET', `/customers/${await customerOf(rig, { id })}`);
	assert.equal(metadata.cello_ucc, undefined);
	await page.context().close();
});
