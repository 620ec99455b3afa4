// SPDX-License-Identifier: MIT
//
// Every page at both widths in both colour schemes: axe finds nothing, nothing lies over anything, headings begin on one
// line, nothing scrolls sideways. ENDPIN_SHOTS=DIR keeps a picture of each.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRig } from '../rig/rig.mjs';
import { PRODUCT } from '../rig/config.mjs';
import { signup, subscribe, UCC } from '../rig/visitor.mjs';
import { become, launch, openContext } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WIDTHS = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const SCHEMES = ['light', 'dark'];

const SHOTS = process.env.ENDPIN_SHOTS;

let rig, browser;
const people = {};

before(async () => {
	rig = await openRig({ name: 'looks', set: { 'plan solo.referral_discount': '20%' } });
	if (SHOTS)
		mkdirSync(SHOTS, { recursive: true });
	browser = await launch();
	people.newcomer = await signup(rig, { firstName: 'Clara', lastName: 'Schumann', ucc: UCC });
	people.payer = await signup(rig, { firstName: 'Ada', lastName: 'Lovelace', organization: 'Wien, Konservatorium der Gesellschaft der Musikfreunde' });
	await subscribe(rig, people.payer);
});
after(async () => {
	await browser?.close();
	await rig?.close();
});

const link = `?productId=${PRODUCT}&ucc=${UCC}&celloN=Qm9i`;

const subscribedAs = (members) => (page) => page.route('**/api/session', async (route) => {
	const answer = await route.fetch(), json = await answer.json();
	Object.assign(json.subscription, members);
	await route.fulfill({ response: answer, json });
});

// name, path, who, what must be there before a look, what is done first.
const PAGES = [
	['landing', '/', null, '#nav[data-session]'],
	['landing-invited', `/${link}`, null, '#greeting:not([hidden])'],
	['signup', '/signup', null, '#submit:enabled'],
	['signup-invited', `/signup${link}`, null, '.slot.invited'],
	['signup-faults', '/signup', null, '#submit:enabled', async (page) => {
		await page.locator('#submit').click();
		await page.locator('#email[aria-invalid]').waitFor();
	}],
	['login', '/login', null, '#submit:enabled'],
	['login-wrong', '/login?next=%2Fapp%2F', null, '#submit:enabled', async (page) => {
		await page.fill('#email', 'nobody@example.com');
		await page.fill('#password', 'not the right one');
		await page.locator('#submit').click();
		await page.locator('#form-error:not(:empty)').waitFor();
	}],
	['pricing', '/pricing', null, '.plan'],
	['pricing-invited', `/pricing${link}`, null, '.plan'],
	['pricing-canceled', '/pricing?canceled=1', 'newcomer', '.plan'],
	['pricing-subscribed', '/pricing', 'payer', '.plan-current:visible'],
	['account-new', '/account', 'newcomer', '#invite[data-state="ready"]'],
	['account', '/account', 'payer', 'main:has(#invite[data-state="ready"]):has(#next-charge:not(:empty))'],
	['account-change', '/account', 'payer', '#next-charge:not(:empty)', async (page) => {
		await page.locator('#change-plan').click();
		await page.getByLabel('Quartet').check();
		await page.fill('#change-quantity', '2');
		await page.locator('#change-submit').click();
		await page.locator('#change-costs .total').waitFor();
	}],
	['account-cancel', '/account', 'payer', '#next-charge:not(:empty)', async (page) => {
		await page.locator('#cancel-plan').click();
		await page.locator('#cancel-reason').waitFor();
	}],
	['erase', '/erase', 'payer', '#submit:enabled'],
	['erase-faults', '/erase', 'payer', '#submit:enabled', async (page) => {
		await page.locator('#submit').click();
		await page.locator('#password[aria-invalid]').waitFor();
	}],
	['erased', '/erase', 'payer', '#submit:enabled', async (page) => {
		await page.fill('#password', 'whatever it is');
		await page.locator('#submit').click();
		await page.locator('#erased:visible').waitFor();
	}, (page) => page.route('**/api/account/erase', (route) => route.fulfill({ status: 202, contentType: 'application/json', body: JSON.stringify({
		account: '00000000-0000-4000-8000-000000000000', kept: [
			{ what: 'invoices, payments and refunds, with their amounts and dates, here and at Stripe', why: 'the law wants accounts to be kept for years' },
			{ what: 'what is owed', why: 'an invoice that is open stays open' }]
	}) }))],
	['account-pending', '/account', 'payer', '#plan-note:not(:empty)', null, subscribedAs({
		pending: { plan: 'quartet', quantity: 2, until: '2027-01-01T12:00:00Z' }, action: { kind: 'pay', url: 'https://invoice.example/1' }
	})],
	['account-owing', '/account', 'payer', '#pay-now:visible', null, subscribedAs({
		status: 'past_due', entitled: false, action: { kind: 'pay', url: 'https://invoice.example/1' }
	})],
	['account-resting', '/account', 'payer', '#keep-plan:visible', null, subscribedAs({
		status: 'paused', entitled: false, action: { kind: 'resume', url: null }
	})],
	['account-overdue', '/account', 'payer', '#invite[data-state="down"]', null, async (page) => {
		await page.route('**/assets/sharing.js', (route) => route.abort());
		await page.route('**/api/session', async (route) => {
			const answer = await route.fetch(), json = await answer.json();
			Object.assign(json.subscription, { status: 'past_due', entitled: false });
			await route.fulfill({ response: answer, json });
		});
	}],
	['unable', '/pricing', null, '#plans', async (page) => {
		await page.evaluate(() => document.getAnimations().forEach((a) => a.finish()));
		await page.locator('#unable').waitFor();
	}, (page) => page.route('**/assets/*.js', (route) => route.abort())],
	['notfound', '/assets/nothing-here', null, 'h1']
];

// What lies over each thing that can be pressed, scrolled to.
function covered() {
	const found = [];
	for (const node of document.querySelectorAll('a[href], button, input')) {
		if (!node.checkVisibility({ checkVisibilityCSS: true }) || node.closest('.skip') || node.classList.contains('skip'))
			continue;
		node.scrollIntoView({ block: 'center' });
		for (const { left, top, width, height } of node.getClientRects()) {
			if (width < 2 || height < 2)
				continue;
			const there = document.elementFromPoint(left + width / 2, top + height / 2);
			if (there && !node.contains(there) && !there.contains(node) && !there.closest('label'))
				found.push(`${node.outerHTML.slice(0, 80)} is under ${there.outerHTML.slice(0, 80)}`);
		}
	}
	scrollTo(0, 0);
	return found;
}

// Cards and headings side by side begin on one line; nothing floats over the page.
function crooked() {
	const found = [];
	const box = (node) => node.getBoundingClientRect();
	for (const list of document.querySelectorAll('.plans, .account, .points, .invite-steps ol')) {
		const cards = [...list.children].filter((node) => node.checkVisibility());
		for (const part of ['.plan-label', '.plan-price', '.plan-foot', 'h2', 'h3'])
			for (const one of cards)
				for (const other of cards) {
					const [a, b] = [one.querySelector(part), other.querySelector(part)];
					if (a && b && Math.abs(box(one).top - box(other).top) < 2 && Math.abs(box(a).top - box(b).top) > 2)
						found.push(`${part}: "${a.textContent.trim()}" at ${box(a).top}, "${b.textContent.trim()}" at ${box(b).top}`);
				}
	}
	for (const node of document.body.children)
		if (getComputedStyle(node).position === 'fixed')
			found.push(`${node.outerHTML.slice(0, 80)} floats over the page`);
	if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
		found.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${document.documentElement.clientWidth}`);
	return found;
}

for (const [name, path, who, ready, act, prepare] of PAGES)
	test(`${name}: nothing for axe, nothing covered, nothing crooked`, async () => {
		const context = await openContext(browser, { bypassCSP: true });
		if (who)
			await become(context, rig, people[who]);
		const page = await context.newPage();
		await prepare?.(page);
		await page.goto(rig.origin + path);
		await page.locator(ready).first().waitFor();
		await act?.(page);
		await page.evaluate(AXE);
		for (const [size, viewport] of Object.entries(WIDTHS))
			for (const colorScheme of SCHEMES) {
				const what = `${name}, ${size}, ${colorScheme}`;
				await page.setViewportSize(viewport);
				await page.emulateMedia({ colorScheme });
				await page.evaluate(() => document.activeElement?.blur());
				if (SHOTS)
					await page.screenshot({ path: join(SHOTS, `${name}-${size}-${colorScheme}.png`), fullPage: true });
				assert.deepEqual(await page.evaluate(covered), [], what);
				assert.deepEqual(await page.evaluate(crooked), [], what);
				const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
				assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html} (${n.failureSummary})`).join('; ')}`), [], what);
			}
		await context.close();
	});
