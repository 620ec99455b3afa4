// SPDX-License-Identifier: MIT
//
// The account is erased on a page of its own: what goes and what stays is said before, the password is asked once more, a wrong one
// does nothing, and afterwards there is nobody there.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor, PASSWORD } from '../rig/rig.mjs';
import { customerOf, quiet, signup, subscribe } from '../rig/visitor.mjs';
import { become, launch, openContext } from './browser.mjs';

let rig, browser;
const complaints = [];

before(async () => {
	rig = await openRig({ name: 'erase-page', set: { 'courier.poll': 1 } });
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await rig?.close();
	assert.deepEqual(complaints.filter((c) => !/422|api\/login: .*401/.test(c)), []);
});

test('with the password only, and then nobody is there any more', async () => {
	const visitor = await signup(rig);
	await subscribe(rig, visitor);
	const customer = await customerOf(rig, visitor.account);
	await quiet(rig);
	const context = await openContext(browser, { complaints });
	await become(context, rig, visitor);
	const page = await context.newPage(), other = await context.newPage();
	for (const p of [page, other])
		await p.goto(`${rig.origin}/account`);
	await page.locator('#erase-account:visible').click();
	await page.waitForURL(/\/erase$/);
	await page.locator('#submit:enabled').waitFor();
	assert.match(await page.textContent('#erase'), /cannot be undone/);
	// Where a password is typed nothing of anybody else's runs, nor anything inline.
	const { csp, scripts } = await page.evaluate(async () => ({ csp: (await fetch(location.href)).headers.get('content-security-policy'), scripts: [...document.scripts].map((s) => s.src) }));
	assert.doesNotMatch(csp, /unsafe-inline/);
	assert.deepEqual(scripts.filter((src) => !src.startsWith(rig.origin)), []);

	await page.locator('#submit').click();
	await page.locator('#password-error', { hasText: 'Please enter your password.' }).waitFor();
	await page.fill('#password', 'this is not the right one');
	await page.locator('#submit').click();
	await page.locator('#password-error', { hasText: 'This is not your password.' }).waitFor();
	assert.equal(await page.getAttribute('#password', 'aria-invalid'), 'true');
	assert.equal(await rig.value('SELECT count(*)::int FROM erasure'), 0);

	await page.fill('#password', PASSWORD);
	await page.keyboard.press('Enter');
	await page.locator('#erased:visible').waitFor();
	assert.equal(await page.textContent('#hello'), 'Your account is erased');
	assert.match(await page.textContent('#erased-kept'), /Invoices, payments and refunds.*: the law wants/s);
	assert.equal(await page.isVisible('#erase'), false);
	await waitFor('the plan to be ended', async () => (await rig.control('GET', '/objects/subscriptions')).filter((s) => s.customer === customer).every((s) => s.status === 'canceled'));

	// The page that was open beside it, and the address.
	await other.reload();
	await other.waitForURL(/\/login/);
	await other.fill('#email', visitor.email);
	await other.fill('#password', PASSWORD);
	await other.locator('#submit:enabled').click();
	await other.locator('#form-error:not(:empty)').waitFor();
	await context.close();
});

test('who is not logged in is led to the login, and back', async () => {
	const visitor = await signup(rig);
	const context = await openContext(browser);
	const page = await context.newPage();
	await page.goto(`${rig.origin}/erase`);
	await page.waitForURL(/\/login\?next=.*erase/);
	await page.fill('#email', visitor.email);
	await page.fill('#password', PASSWORD);
	await page.locator('#submit:enabled').click();
	await page.waitForURL(/\/erase$/);
	await page.locator('#submit:enabled').waitFor();
	await context.close();
});
