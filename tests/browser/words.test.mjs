// SPDX-License-Identifier: MIT
//
// Whatever endpin answers, a page has words and a way on for it: each code, each state of a subscription.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRig, PASSWORD } from '../rig/rig.mjs';
import { SOURCE } from '../rig/stage.mjs';
import { signup } from '../rig/visitor.mjs';
import { become, launch, openContext } from './browser.mjs';

// A module for pages; here nothing says so of a .js file, and Node 18 does not look.
const { WORDS, apology } = await import(`data:text/javascript,${encodeURIComponent(readFileSync(join(SOURCE, 'www', 'assets', 'words.js'), 'utf8'))}`);

let rig, browser, member;

before(async () => {
	rig = await openRig({ name: 'words' });
	browser = await launch();
	member = await signup(rig);
});
after(async () => {
	await browser?.close();
	await rig?.close();
});

const read = (...path) => readFileSync(join(SOURCE, ...path), 'utf8');
const files = (folder) => readdirSync(join(SOURCE, folder), { withFileTypes: true })
	.map((entry) => entry.isDirectory() ? files(join(folder, entry.name)) : read(folder, entry.name)).join('\n');

// What only keys and Cello are answered: no page asks there.
const FOR_PROGRAMS = ['account_unknown', 'cello_not_configured', 'reward_invalid', 'too_many'];

// Wherever a code is written down: the sources, the web servers' files, the answers of the contract.
function codes() {
	const source = ['api', 'web', 'http', 'app'].map((folder) => files(join('src', folder))).join('\n');
	const answers = read('doc', 'openapi.yaml').split('\n').filter((line) => /^ {8}'4\d\d': \{ description|^ {6}description: '`/.test(line)).join('\n');
	return new Set([
		...source.matchAll(/resp_problem\([^"]*"([a-z_]+)"/g), ...(files('deploy/nginx') + files('deploy/apache')).matchAll(/"code":"([a-z_]+)"/g),
		...answers.matchAll(/`([a-z]+_[a-z_]+|invalid|unavailable)`/g)
	].map((m) => m[1]));
}

test('each code that endpin answers is known by the pages', (t) => {
	const known = codes();
	assert.ok(known.size > 15, [...known].join(' '));
	for (const code of FOR_PROGRAMS)
		assert.ok(known.delete(code) && !WORDS[code], code);
	for (const code of known)
		assert.ok(WORDS[code], `${code} has no words in www/assets/words.js`);
	t.diagnostic(`${known.size} codes, all with words`);
});

test('a code of tomorrow is told in the server’s own words for people', () => {
	assert.equal(apology({ status: 409, code: 'plan_gone', title: 'This plan is not sold any more.', retryAfter: 0 }), 'This plan is not sold any more.');
	assert.match(apology({ status: 500, code: 'x', title: 'secret', retryAfter: 0 }), /on our side/);
	assert.match(apology({ status: 503, code: 'unavailable', title: '', retryAfter: 1 }), /in 1 second\./);
	assert.match(apology({ status: 504, code: 'too_slow', title: '', retryAfter: 0 }), /nobody can tell/);
	assert.match(apology({ status: 0, code: '', title: '', retryAfter: 0 }), /connection/);
	assert.match(apology({ status: 403, code: 'constructor', title: '', retryAfter: 0 }), /on our side/);
});

const END = '2026-12-26T12:00:00Z';
const sub = (status, more = {}) => ({
	id: 'sub_1', status, plan: 'solo', quantity: 1, currentPeriodEnd: END, cancelAt: null, trialEnd: null,
	entitled: ['active', 'trialing'].includes(status), over: ['incomplete_expired', 'canceled', 'gone'].includes(status), ...more
});

const PAY = { kind: 'pay', url: 'https://invoice.stripe.com/i/1' };

// A subscription, the word for it, whether a plan can be chosen beside it, and what is said of how it goes on.
const STATES = [
	[null, /Not subscribed/, true, /Choose a plan/],
	[sub('active'), /^Active$/, false, /Renews on December 26, 2026/],
	[sub('active', { entitled: false }), /^Active$/, false, /not open at the moment.*Manage billing/],
	[sub('active', { cancelAt: END }), /Canceled, ends December 26/, false, /open until then.*Manage billing/],
	[sub('active', { quantity: 3 }), /Active/, false, /Renews/],
	[sub('active', { entitled: false, over: true }), /Active/, true, /run out.*choose a plan again/],
	[sub('trialing', { trialEnd: END }), /Free trial/, false, /first payment is on that day/],
	[sub('trialing', { entitled: false }), /Free trial/, false, /Manage billing/],
	[sub('past_due', { entitled: true }), /overdue/, false, /stays open.*Manage billing/],
	[sub('past_due'), /overdue/, false, /closed until.*Manage billing/],
	[sub('past_due', { action: PAY }), /overdue/, false, /closed until.*Pay now.*bank may ask/],
	[sub('past_due', { entitled: true, action: PAY }), /overdue/, false, /stays open.*Pay now/],
	[sub('unpaid', { action: { kind: 'manage', url: null } }), /Unpaid/, false, /Manage billing/],
	[sub('unpaid'), /Unpaid/, false, /open invoice.*Manage billing/],
	[sub('unpaid', { action: PAY }), /Unpaid/, false, /Pay now/],
	[sub('paused', { action: { kind: 'resume', url: null } }), /Paused/, false, /new period.*Manage billing/],
	[sub('paused', { action: PAY }), /Paused/, false, /Pay now/],
	[sub('incomplete'), /first payment/, false, /not confirmed.*Manage billing/],
	[sub('incomplete', { action: PAY }), /first payment/, false, /not confirmed.*Pay now/],
	[sub('incomplete_expired'), /did not go through/, true, /choose a plan again/],
	[sub('incomplete', { over: true }), /first payment/, true, /choose a plan again/],
	[sub('canceled'), /Ended/, true, /come back/],
	[sub('gone'), /Ended/, true, /choose a plan again/],
	[sub('of_tomorrow'), /of_tomorrow/, false, /Manage billing/]
];

// The member's pages, as if Stripe said this.
async function withSubscription(subscription, extra = () => {}) {
	const context = await openContext(browser);
	await become(context, rig, member);
	const page = await context.newPage();
	await page.route('**/api/session', async (route) => {
		const answer = await route.fetch();
		await route.fulfill({ response: answer, json: { ...await answer.json(), subscription } });
	});
	await page.route('**/api/subscription', (route) => route.fulfill({ json: { subscription } }));
	await extra(page);
	return page;
}

test('each state of a subscription has its words and a way on', async (t) => {
	for (const [subscription, words, canBuy, outlook] of STATES) {
		const what = JSON.stringify(subscription);
		const page = await withSubscription(subscription);
		await page.goto(`${rig.origin}/account`);
		await page.locator('#subscription-status:not(:empty)').waitFor();
		assert.match(await page.textContent('#subscription-status'), words, what);
		assert.match(await page.textContent('#subscription-outlook'), outlook, what);
		assert.equal(await page.isVisible('#choose-plan'), canBuy, what);
		assert.equal(await page.isVisible('#manage-billing'), subscription !== null, what);
		assert.equal(await page.getAttribute('#pay-now', 'href'), subscription?.action?.url ?? null, what);
		assert.equal(await page.isVisible('#pay-now'), subscription?.action?.kind === 'pay', what);
		assert.equal(await page.getByRole('button', { name: 'Go on with it' }).isVisible(), subscription?.action?.kind === 'resume', what);

		await page.goto(`${rig.origin}/pricing`);
		await page.locator('.plan').first().waitFor();
		assert.equal(await page.locator('.plan button:visible').count(), canBuy ? 3 : 0, what);
		assert.equal(/subscribed already/.test(await page.textContent('#note')), Boolean(subscription?.entitled), what);
		if (!canBuy)
			await page.locator('#note a[href="account"]').waitFor();
		await page.context().close();
	}
	t.diagnostic(`${STATES.length} states`);
});

const problem = (status, code, title = 'x') => (route) =>
	route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title, status, code }) });

async function chooseSolo(page) {
	await page.goto(`${rig.origin}/pricing`);
	await page.locator('button[data-plan="solo"]').click();
}

test('a subscription that waits for its owner: nothing is bought, and the account is named', async () => {
	const page = await withSubscription(sub('unpaid'), (p) => p.route('**/api/checkout', problem(409, 'payment_due')));
	await page.goto(`${rig.origin}/pricing`);
	await page.locator('#note a[href="account"]').waitFor();
	assert.match(await page.textContent('#note'), /There is a subscription on your account/);
	await page.context().close();
});

test('a payment under way: the page says so, and where to look', async () => {
	const page = await withSubscription(null, (p) => p.route('**/api/checkout', problem(409, 'checkout_in_progress')));
	await chooseSolo(page);
	await page.locator('#note a[href="account"]').waitFor();
	assert.match(await page.textContent('#note'), /being completed/);
	assert.ok(await page.locator('button[data-plan="solo"]').isEnabled());
	await page.context().close();
});

test('an order that another tab is placing: the page asks again, and gets its page', async () => {
	let asked = 0;
	const page = await withSubscription(null, (p) => p.route('**/api/checkout', (route) => ++asked < 3 ?
		route.fulfill({ status: 409, headers: { 'retry-after': '1' }, contentType: 'application/problem+json', body: '{"code":"order_in_progress"}' }) :
		route.fulfill({ status: 201, json: { url: `${rig.origin}/assets/luthier.css`, sessionId: 'cs_1' } })));
	await chooseSolo(page);
	await page.waitForURL('**/assets/luthier.css');
	assert.equal(asked, 3);
	await page.context().close();
});

test('subscribed already, and yet not let in: it says what is missing, and does not go round in a circle', async () => {
	let read = null;
	const page = await withSubscription(null, async (p) => {
		await p.route('**/api/checkout', (route) => {
			read = sub('incomplete');
			return problem(409, 'already_subscribed')(route);
		});
		await p.route('**/api/subscription', (route) => route.fulfill({ json: { subscription: read } }));
	});
	await chooseSolo(page);
	await page.locator('#note a[href="account"]').waitFor();
	assert.match(await page.textContent('#note'), /not confirmed/);
	assert.doesNotMatch(await page.textContent('#note'), /subscribed already/);
	await page.context().close();
});

test('a payment that is due: the way on is the account', async () => {
	let read = null;
	const page = await withSubscription(null, async (p) => {
		await p.route('**/api/checkout', (route) => {
			read = sub('unpaid');
			return problem(409, 'payment_due')(route);
		});
		await p.route('**/api/subscription', (route) => route.fulfill({ json: { subscription: read } }));
	});
	await chooseSolo(page);
	await page.locator('#note a[href="account"]').waitFor();
	assert.match(await page.textContent('#note'), /open invoice/);
	await page.context().close();
});

test('a refusal that no page has heard of is told in the server’s words', async () => {
	const page = await withSubscription(null, (p) => p.route('**/api/checkout', problem(409, 'plan_gone', 'This plan is not sold any more.')));
	await chooseSolo(page);
	await page.getByText('This plan is not sold any more.').waitFor();
	await page.context().close();
});

test('nothing to manage: the way on is a plan', async () => {
	const page = await withSubscription(sub('active'), (p) => p.route('**/api/portal', problem(409, 'no_customer')));
	await page.goto(`${rig.origin}/account`);
	await page.locator('#manage-billing:visible').click();
	await page.locator('#billing-error a[href="pricing"]').waitFor();
	await page.context().close();
});

test('a session that ends while a page is open: the login page speaks of it kindly, and leads back', async () => {
	const visitor = await signup(rig);
	const context = await openContext(browser);
	await become(context, rig, visitor);
	const page = await context.newPage();
	await page.goto(`${rig.origin}/account?x=1`);
	await page.locator('#subscription-status:not(:empty)').waitFor();
	await rig.sql('DELETE FROM session WHERE account_id = $1', [visitor.account.id]);
	await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
	await page.waitForURL(`${rig.origin}/login?next=${encodeURIComponent('/account?x=1')}`);
	await page.getByText('You were logged out, because you were away').waitFor();
	// It is said once.
	await page.reload();
	await page.getByText('you go on to where you wanted').waitFor();
	await context.close();
});

test('a session that ends before a plan is chosen: after logging in the way goes on to Stripe', async () => {
	const visitor = await signup(rig);
	const context = await openContext(browser);
	await become(context, rig, visitor);
	const page = await context.newPage();
	await page.goto(`${rig.origin}/pricing`);
	await page.locator('button[data-plan="quartet"]').waitFor();
	await rig.sql('DELETE FROM session WHERE account_id = $1', [visitor.account.id]);
	await page.locator('button[data-plan="quartet"]').click();
	await page.getByText('You were logged out, because you were away').waitFor();
	await page.fill('#email', visitor.email);
	await page.fill('#password', PASSWORD);
	await page.locator('#submit:enabled').click();
	await page.waitForURL(`${rig.sandboxUrl}/pay/**`);
	await context.close();
});
