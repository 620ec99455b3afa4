// SPDX-License-Identifier: MIT
//
// The way back after logging in or signing up: path, query and encoding are what they were, and it never leads to
// another site. endpin writes `next`, from what the web server says was wanted, encoded once as encodeURIComponent does; see
// doc/pages.md.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, PASSWORD } from '../rig/rig.mjs';
import { newEmail, signup } from '../rig/visitor.mjs';
import { become, launch, openContext } from './browser.mjs';

let rig, browser, member;

before(async () => {
	rig = await openRig({ name: 'wayback' });
	browser = await launch();
	member = await signup(rig);
});
after(async () => {
	await browser?.close();
	await rig?.close();
});

const WANTED = [
	'/app/plain', '/app/report?from=1&to=2', '/app/My%20File', '/app/x?q=a%26b', '/app/x?filter[a]=1', '/app/x?q=a+b',
	'/app/caf%C3%A9', '/app/x?q=50%25',
	'/app/x?q=%252F%2F', '/app/x?next=%2Fapp%3Fa%3Db%26c', '/app/x?q=a\\b', '/app/x?q="<>\'|^`{}', '/app//two//slashes', '/app/x?q=%',
	'/app/%E2%82%AC?%F0%9F%8E%BB=%00', '/app/x?', '/app/x;a=1,2/(3)/*/!$&@:'
];

// So many of them are logged in for with a password; the others need no form.
const REPORTED = 8;

// A product at /app/, the account, and whatever else an address may lead to: where somebody comes to is all that counts.
// Only a browser's own page is no page of anybody.
async function visitor() {
	const context = await openContext(browser);
	await context.route((url) => url.origin !== rig.origin || /^\/(app\/|account$|\/)/.test(url.pathname), (route) =>
		route.fulfill({ status: 200, contentType: 'text/html', body: '<title>There</title>' }));
	return context.newPage();
}

// What a browser sends for an address that was typed: that is what a web server sees.
const asSent = (path) => new URL(path, rig.origin).href.slice(rig.origin.length);

const loginPage = (path) => `${rig.origin}/login?next=${encodeURIComponent(path)}`;

async function logIn(page) {
	await page.fill('#email', member.email);
	await page.fill('#password', PASSWORD);
	await Promise.all([page.waitForURL((url) => !/^\/(login|signup)$/.test(url.pathname)), page.locator('#submit:enabled').click()]);
	return page.url();
}

test('after logging in the address is what was wanted, sign by sign', async (t) => {
	for (const path of WANTED.slice(0, REPORTED)) {
		const page = await visitor();
		await page.goto(loginPage(asSent(path)));
		assert.equal(await logIn(page), rig.origin + asSent(path));
		await page.context().close();
	}
	t.diagnostic(`${REPORTED} of ${REPORTED} addresses came back as they were`);
});

test('and so it is after signing up, by way of the login page', async () => {
	for (const path of WANTED.slice(1, 4)) {
		const page = await visitor();
		await page.goto(loginPage(asSent(path)));
		await page.locator('#signup-link[href*="next="]').click();
		await page.waitForURL('**/signup?**');
		await page.fill('#email', newEmail());
		await page.fill('#password', PASSWORD);
		await Promise.all([page.waitForURL((url) => url.pathname !== '/signup'), page.locator('#submit:enabled').click()]);
		assert.equal(page.url(), rig.origin + asSent(path));
		await page.context().close();
	}
});

// Who is logged in already goes on at once, the same way.
async function goOn(page, query) {
	await page.goto(`${rig.origin}/login?${query}`);
	await page.waitForURL((url) => url.pathname !== '/login');
	return page.url();
}

async function loggedIn() {
	const page = await visitor();
	await become(page.context(), rig, member);
	return page;
}

test('who is logged in already goes on at once', async () => {
	const page = await loggedIn();
	for (const path of WANTED)
		assert.equal(await goOn(page, `next=${encodeURIComponent(asSent(path))}`), rig.origin + asSent(path));
	await page.context().close();
});

const HOSTILE = [
	'//evil.example/', '/\\evil.example/', '\\/evil.example', '\\\\evil.example', '///evil.example', '/\t/evil.example/', '/\n/evil.example', '/\t/[',
	'\t//evil.example', ' //evil.example', '/\\\t/evil.example', 'https://evil.example/', 'https:evil.example', 'javascript:document.title="owned"',
	'data:text/html,x', '', 'app', '.', '@evil.example', ':80/', '%2F%2Fevil.example', '%5Cevil.example'
];
// These look odd and are addresses here.
const ODD = ['/.//evil.example/x', '/..//evil.example', '/a/../..//evil.example', '/%5Cevil.example', '/@evil.example', '/%2F/evil.example', '/?//evil.example'];

test('nobody is sent to another site', async (t) => {
	const page = await loggedIn();
	for (const next of HOSTILE)
		assert.equal(await goOn(page, `next=${encodeURIComponent(next)}`), `${rig.origin}/account`, JSON.stringify(next));
	for (const next of ODD)
		assert.equal(new URL(await goOn(page, `next=${encodeURIComponent(next)}`)).origin, rig.origin, JSON.stringify(next));
	// What comes twice, or is not encoded.
	for (const query of ['next=//evil.example&next=/app/x', 'next=/app/x&next=//evil.example', 'next=%2F%2Fevil.example', 'next=/%09/evil.example'])
		assert.equal(new URL(await goOn(page, query)).origin, rig.origin, query);
	await page.context().close();
	t.diagnostic(`${HOSTILE.length} hostile addresses led to the account, ${ODD.length} odd ones stayed on this site`);
});

test('nor by signing in', async () => {
	const page = await visitor();
	await page.goto(loginPage('/\\evil.example/'));
	assert.equal(await logIn(page), `${rig.origin}/account`);
	await page.context().close();
});
