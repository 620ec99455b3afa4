// SPDX-License-Identifier: MIT
//
// The account page changes the plan: what it costs is shown first, what is planned can be taken back, what is not paid
// has a way on, and a click on something that has changed meanwhile does nothing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig } from '../rig/rig.mjs';
import { customerOf, quiet, signup, subscribe, subscription, subscriptionWhen } from '../rig/visitor.mjs';
import { become, launch, openContext } from './browser.mjs';

let rig, browser;
const complaints = [];

before(async () => {
	rig = await openRig({ name: 'plan-page' });
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await rig?.close();
	assert.deepEqual(complaints.filter((c) => !/40[29]/.test(c)), []);
});

async function account(plan = 'solo') {
	const visitor = await signup(rig);
	await subscribe(rig, visitor, plan);
	visitor.customer = await customerOf(rig, visitor.account);
	await quiet(rig);
	const context = await openContext(browser, { complaints });
	await become(context, rig, visitor);
	const page = await context.newPage();
	// The page asks anew what the next charge is where an hour ends.
	await page.clock.setFixedTime(new Date());
	await page.goto(`${rig.origin}/account`);
	await page.locator('#change-plan:visible').waitFor();
	return { visitor, page, text: (id) => page.textContent(`#${id}`), close: () => context.close() };
}

async function choose(page, label) {
	await page.locator('#change-plan').click();
	await page.getByLabel(new RegExp(`^${label}`)).check();
	await page.locator('#change-submit').click();
	await page.locator('#change-costs .total').waitFor();
}

test('more: what it costs is shown, and then it is paid and there', async () => {
	const { visitor, page, text, close } = await account();
	// Whoever looks in again and again costs one call to Stripe, of which a minute has twenty.
	const previews = () => rig.value("SELECT count(*)::int FROM stripe_call WHERE account_id = $1 AND kind = 'preview'", [visitor.account.id]);
	const nextCharge = () => page.locator('#next-charge:not(:empty)').textContent();
	assert.match(await nextCharge(), /\$19\./);
	await page.reload();
	assert.match(await nextCharge(), /\$19\./);
	assert.equal(await previews(), 1);
	await choose(page, 'Quartet');
	assert.equal(await previews(), 2);
	const [, shown] = /You pay now\$([\d.]+)/.exec(await text('change-costs'));
	// Something else is looked at anew before it can be done.
	await page.fill('#change-quantity', '2');
	assert.equal(await text('change-submit'), 'Show what it costs');
	assert.equal(await page.isVisible('#change-costs'), false);
	await page.fill('#change-quantity', '1');
	await page.locator('#change-submit').click();
	await page.getByRole('button', { name: 'Change to Quartet now' }).click();
	await page.locator('#subscription-plan', { hasText: 'Quartet' }).waitFor();
	assert.equal(await page.isVisible('#change-form'), false);
	assert.equal((await subscription(visitor)).plan, 'quartet');
	await quiet(rig);
	await page.reload();
	await page.locator('#invoice-list li').nth(1).waitFor();
	assert.match(await text('invoice-list'), new RegExp(`\\$${shown.replace('.', '\\.')}Paid`));
	assert.match(await page.getAttribute('#invoice-list a >> nth=0', 'href'), /\/invoice\/in_/);
	await close();
});

test('less: from the next period on, and taken back', async () => {
	const { visitor, page, text, close } = await account('quartet');
	await choose(page, 'Solo, \\$');
	assert.match(await text('change-costs'), /Nothing is charged now\. From .* on it is\$19$/);
	await page.getByRole('button', { name: 'Change to Solo then' }).click();
	await page.locator('#plan-note', { hasText: /^From .* on: Solo\.$/ }).waitFor();
	assert.equal((await subscription(visitor)).next.plan, 'solo');
	await page.getByRole('button', { name: 'Keep Quartet' }).click();
	await page.locator('#keep-plan').waitFor({ state: 'hidden' });
	assert.equal(await text('plan-note'), '');
	assert.equal((await subscription(visitor)).next, null);
	await close();
});

test('the end, with a reason, and kept after all', async () => {
	const { visitor, page, text, close } = await account();
	await page.locator('#cancel-plan').click();
	await page.selectOption('#cancel-reason', 'unused');
	await page.fill('#cancel-comment', 'Ich übe nicht mehr');
	await page.locator('#cancel-submit').click();
	await page.locator('#subscription-status', { hasText: 'Canceled, ends' }).waitFor();
	const [sub] = await rig.control('GET', '/objects/subscriptions').then((all) => all.filter((s) => s.customer === visitor.customer));
	assert.deepEqual([sub.cancellation_details.feedback, sub.cancellation_details.comment], ['unused', 'Ich übe nicht mehr']);
	assert.equal(await page.isVisible('#change-plan'), false);
	await page.locator('#keep-plan').click();
	await page.locator('#subscription-status', { hasText: /^Active$/ }).waitFor();
	assert.equal((await subscription(visitor)).cancelAt, null);
	assert.equal(await text('billing-error'), '');
	await close();
});

test('a card that does not pay: nothing is lost, and there is a page to pay on', async () => {
	const { visitor, page, text, close } = await account();
	await rig.control('POST', '/card', { customer: visitor.customer, card: '4000000000000341' });
	await choose(page, 'Quartet');
	await page.locator('#change-submit').click();
	await page.locator('#plan-note', { hasText: 'Quartet begins as soon as it is paid' }).waitFor();
	assert.match(await page.getAttribute('#pay-now', 'href'), /\/invoice\/in_/);
	assert.equal(await text('subscription-plan'), 'Solo');
	assert.equal((await subscriptionWhen(visitor, 'what waits', (s) => s.pending)).entitled, true);
	// On that page another card pays, and coming back it is there.
	await page.locator('#pay-now').click();
	await page.fill('#card', '4000000000000002');
	await page.locator('#pay').click();
	await page.locator('#error').waitFor();
	await page.fill('#card', '4242424242424242');
	await page.locator('#pay').click();
	await page.locator('.tag', { hasText: 'paid' }).waitFor();
	await subscriptionWhen(visitor, 'what was paid for', (s) => s.plan === 'quartet');
	await page.goto(`${rig.origin}/account`);
	await page.locator('#subscription-plan', { hasText: 'Quartet' }).waitFor();
	await close();
});

test('what was shown and does not hold any more is not done', async () => {
	const { visitor, page, text, close } = await account();
	await choose(page, 'Quartet');
	await rig.sql("UPDATE stripe_call SET created_at = now() - interval '1 hour' WHERE account_id = $1 AND kind = 'preview'", [visitor.account.id]);
	await page.locator('#change-submit').click();
	await page.getByText('What was shown does not hold any more').waitFor();
	assert.equal(await text('change-submit'), 'Show what it costs');
	assert.equal((await subscription(visitor)).plan, 'solo');
	await close();
});
