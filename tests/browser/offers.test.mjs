// SPDX-License-Identifier: MIT
//
// The pages say what the server will do, to whom it will do it, and no more: prices, trials, limits, being remembered.
// A plan that was chosen survives signing up and logging in; a Checkout that was left is spoken of kindly.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, PASSWORD } from '../rig/rig.mjs';
import { PRODUCT } from '../rig/config.mjs';
import { newEmail, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';
import { become, launch, openContext } from './browser.mjs';

const MIN = 15, DAYS = 12;
let rig, browser;

before(async () => {
	rig = await openRig({ name: 'offers', set: {
		'plan solo.referral_discount': '20%', 'plan trial.referral_coupon': 'FRIEND20', 'plan trial.trial_days': 14, 'plan quartet.referral_credit': 1050,
		'password.min_length': MIN, 'session.days': DAYS
	} });
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await rig?.close();
});

const invitation = () => `${rig.origin}/pricing?productId=${PRODUCT}&ucc=${UCC}`;

async function visit(client) {
	const context = await openContext(browser);
	if (client)
		await become(context, rig, client);
	return context.newPage();
}

// What the card of a plan says, as one line.
async function card(page, plan) {
	const item = page.locator('.plan', { has: page.locator(`button[data-plan="${plan}"]`) });
	await item.waitFor();
	return (await item.innerText()).replace(/\s+/g, ' ');
}


test('the API: limits as configured, what a first payment costs whom somebody sent', async () => {
	const { json: config } = await rig.client().get('/api/config');
	assert.deepEqual([config.passwordMin, config.passwordMaxBytes, config.emailMaxBytes, config.nameMaxBytes, config.rememberDays], [MIN, 1024, 254, 100, DAYS]);
	const { json: { plans } } = await rig.client().get('/api/plans');
	assert.deepEqual(plans.map((p) => [p.name, p.amount, p.referralOffer, p.referralAmount, p.referralCredit]),
		[['solo', 1900, true, 1520, null], ['quartet', 4900, false, null, 1050], ['trial', 19000, true, null, null]]);
});

test('a stranger: trials for newcomers, no discount, no credit', async () => {
	const page = await visit();
	await page.goto(`${rig.origin}/pricing`);
	assert.match(await card(page, 'solo'), /^Solo \$19 per month Cancel any time/);
	assert.match(await card(page, 'trial'), /^Solo, yearly \$190 per year First 14 days free .*Try Solo, yearly$/);
	assert.doesNotMatch(await page.locator('#plans').innerText(), /invit|15\.20|credit/i);
	await page.context().close();
});

test('somebody who was invited: the price with the discount beside the old one', async () => {
	const page = await visit();
	await page.goto(invitation());
	assert.match(await card(page, 'solo'), /^With your invitation Solo \$15\.20 instead of \$19 first payment, then \$19 per month/);
	// Its discount is not told: no figure is made up.
	assert.match(await card(page, 'trial'), /^With your invitation Solo, yearly \$190 per year First 14 days free/);
	assert.match(await card(page, 'quartet'), /^With your invitation Quartet \$49 per month Cancel any time \$10\.50 credit after your first payment, for the next one/);
	for (const path of ['/', '/signup']) {
		await page.goto(`${rig.origin}${path}?productId=${PRODUCT}&ucc=${UCC}`);
		await page.getByText('A lower price to start with, or $10.50 credit after your first payment, by plan.').waitFor();
	}
	await page.context().close();
});

test('the credit is asked of nobody at once, and not promised to who has had it', async () => {
	const invited = await signup(rig, { ucc: UCC });
	const page = await visit(invited);
	await page.goto(`${rig.origin}/pricing`);
	await page.locator('button[data-plan="quartet"]').click();
	await page.waitForURL(`${rig.sandboxUrl}/pay/**`);
	assert.match(await page.textContent('body'), /Due today\s*\$49\.00/);
	await page.locator('#back').click();
	await page.locator('button[data-plan="quartet"]:enabled').waitFor();
	await subscribe(rig, invited, 'quartet');
	await quiet(rig);
	await page.goto(`${rig.origin}/pricing`);
	assert.match(await card(page, 'quartet'), /^Your plan Quartet \$49 per month/);
	assert.doesNotMatch(await page.locator('#plans').innerText(), /credit/);
	await page.context().close();
});

test('a member who was invited sees what Stripe is asked for; one who was not sees no discount', async () => {
	const invited = await signup(rig, { ucc: UCC });
	const page = await visit(invited);
	await page.goto(`${rig.origin}/pricing`);
	assert.match(await card(page, 'solo'), /\$15\.20 instead of \$19/);
	await page.locator('button[data-plan="solo"]').click();
	await page.waitForURL(`${rig.sandboxUrl}/pay/**`);
	assert.match(await page.textContent('body'), /15\.20/);
	await page.context().close();

	// A link in the address bar changes nothing for an account that is there.
	const plain = await visit(await signup(rig));
	await plain.goto(invitation());
	assert.match(await card(plain, 'solo'), /^Solo \$19 per month/);
	await plain.context().close();
});

test('a trial is promised once', async () => {
	const client = await signup(rig);
	await subscribe(rig, client, 'trial');
	await quiet(rig);
	const [{ id }] = await rig.sql('SELECT s.id FROM subscription s JOIN customer c ON c.id = customer_id WHERE account_id = $1', [client.account.id]);
	await rig.sql("UPDATE subscription SET status = 'canceled' WHERE id = $1", [id]);
	assert.equal((await client.get('/api/session')).json.trialUsed, true);
	const page = await visit(client);
	await page.goto(`${rig.origin}/pricing`);
	assert.match(await card(page, 'trial'), /^Solo, yearly \$190 per year Cancel any time .*Choose Solo, yearly$/);
	await page.context().close();

	// Logged out they are a stranger: what they are promised then is put right before they pay.
	const out = await visit();
	await out.goto(`${rig.origin}/pricing`);
	await out.locator('button[data-plan="trial"]').click();
	await out.locator('#login-link[href*="next="]').click();
	await out.waitForURL('**/login?**');
	await out.fill('#email', client.email);
	await out.fill('#password', PASSWORD);
	await out.locator('#submit:enabled').click();
	await out.getByText('You have had your free days').waitFor();
	assert.equal(new URL(out.url()).pathname, '/pricing');
	await out.context().close();
});

test('nobody can tell who it is: the prices are there, and nothing is promised', async () => {
	const page = await visit();
	await page.route('**/api/session', (route) => route.fulfill({ status: 503, body: '' }));
	await page.goto(invitation());
	assert.match(await card(page, 'solo'), /^Solo \$19 per month/);
	assert.doesNotMatch(await card(page, 'trial'), /free/);
	await page.context().close();
});

test('a plan that was chosen survives signing up, and goes on to Stripe', async () => {
	const page = await visit();
	await page.goto(invitation());
	await page.locator('button[data-plan="solo"]').click();
	await page.waitForURL('**/signup?**');
	await page.fill('#email', newEmail());
	await page.fill('#password', PASSWORD);
	await page.locator('#submit:enabled').click();
	await page.waitForURL(`${rig.sandboxUrl}/pay/**`);
	assert.match(await page.textContent('body'), /Solo/);
	assert.match(await page.textContent('body'), /15\.20/);

	// Left again: kindly, once, and the way is open.
	await page.locator('#back').click();
	await page.getByText('No harm done').waitFor();
	assert.equal(page.url(), `${rig.origin}/pricing`);
	await page.reload();
	await page.locator('button[data-plan="solo"]').waitFor();
	assert.doesNotMatch(await page.textContent('#note'), /No harm done/);

	// With the browser's own button, too.
	await page.locator('button[data-plan="quartet"]').click();
	await page.waitForURL(`${rig.sandboxUrl}/pay/**`);
	await page.goBack();
	await page.getByText('No harm done').waitFor();
	assert.ok(await page.locator('button[data-plan="quartet"]').isEnabled());
	await page.context().close();
});

test('a link alone opens no Checkout: only what was chosen in this tab', async () => {
	const page = await visit(await signup(rig));
	let asked = 0;
	await page.route('**/api/checkout', (route) => {
		asked++;
		return route.continue();
	});
	await page.goto(`${rig.origin}/pricing?plan=solo`, { waitUntil: 'networkidle' });
	await page.locator('button[data-plan="solo"]:enabled').waitFor();
	assert.equal(asked, 0);
	await page.context().close();
});

test('whoever pays after leaving is not told that nothing was charged', async () => {
	const page = await visit(await signup(rig));
	await page.goto(`${rig.origin}/pricing`);
	await page.locator('button[data-plan="solo"]').click();
	await page.waitForURL(`${rig.sandboxUrl}/pay/**`);
	await page.goto(`${page.url().split(/[?#]/)[0]}?card=4242424242424242`);
	await page.locator('#pay').click();
	await page.locator('#subscription-status[data-open="true"]').waitFor();
	await page.goto(`${rig.origin}/pricing?canceled=1`);
	await page.getByText('You are subscribed already').waitFor();
	assert.doesNotMatch(await page.textContent('#note'), /No harm/);
	await page.context().close();
});

test('staying logged in is a choice, not preset, for as long as is configured', async () => {
	const page = await visit();
	for (const path of ['/signup', '/login']) {
		await page.goto(rig.origin + path);
		await page.locator('[data-says="rememberDays"]', { hasText: `${DAYS}` }).waitFor();
		assert.equal(await page.getByLabel(`Stay logged in on this device for ${DAYS} days`).isChecked(), false);
	}
	const email = newEmail();
	await signup(rig, { email });
	const session = async () => (await page.context().cookies()).find((c) => c.name === 'endpin');
	for (const remember of [false, true]) {
		await page.context().clearCookies();
		await page.goto(`${rig.origin}/login`);
		await page.fill('#email', email);
		await page.fill('#password', PASSWORD);
		await page.locator('#remember').setChecked(remember);
		await page.locator('#submit:enabled').click();
		await page.waitForURL(`${rig.origin}/account`);
		const { expires } = await session();
		if (remember)
			assert.ok(Math.abs(expires - Date.now() / 1000 - DAYS * 86400) < 120);
		else
			assert.equal(expires, -1);
	}
	await page.context().close();
});

test('the form knows the limits that the server keeps', async () => {
	const page = await visit();
	let asked = 0;
	await page.route('**/api/signup', (route) => {
		asked++;
		return route.continue();
	});
	await page.goto(`${rig.origin}/signup`);
	await page.locator('#password-hint', { hasText: `At least ${MIN} characters` }).waitFor();
	const refuses = async (field, value, words) => {
		await page.fill(field, value);
		await page.locator('#submit:enabled').click();
		await page.locator(`${field}-error`, { hasText: words }).waitFor();
		assert.equal(asked, 0);
	};
	await page.fill('#email', newEmail());
	await refuses('#password', 'x'.repeat(MIN - 1), `Use at least ${MIN} characters`);
	await refuses('#password', '🎻'.repeat(257), 'longer than fits');
	await page.fill('#password', '🎻'.repeat(256));
	await refuses('#first-name', 'é'.repeat(51), 'longer than fits');
	await refuses('#organization', 'x'.repeat(101), 'longer than fits');
	await page.fill('#first-name', 'é'.repeat(50));
	await page.fill('#organization', 'x'.repeat(100));
	await page.locator('#submit:enabled').click();
	await page.waitForURL(`${rig.origin}/pricing`);
	assert.equal(asked, 1);
	await page.context().close();
});
