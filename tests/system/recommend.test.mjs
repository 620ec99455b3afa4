// SPDX-License-Identifier: MIT
//
// endpin recommend: advice by what the rows and the settings show; what cannot be seen is said to be so until somebody says it is done.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectCello } from '../rig/cello.mjs';
import { openRig } from '../rig/rig.mjs';
import { newEmail, UCC } from '../rig/visitor.mjs';

let rig;

before(async () => {
	rig = await openRig({ name: 'recommend', web: null, set: { 'courier.processes': 0 } });
	await connectCello(rig);
});
after(() => rig?.close());

const recommend = async (...words) => JSON.parse(await rig.endpin(...words, 'recommend', '--json'));
const task = (told, name) => told.tasks.find((t) => t.name === name);

async function people(count, { referred = 0, paid = 0 } = {}) {
	for (let i = 0; i < count; i++) {
		const [{ id }] = await rig.sql("INSERT INTO account (id, email, password_hash) VALUES (gen_random_uuid(), $1, '') RETURNING id", [newEmail()]);
		if (i < referred)
			await rig.sql("INSERT INTO referral (account_id, ucc, source) VALUES ($1, $2, 'form')", [id, UCC]);
		if (i < paid)
			await rig.sql(`INSERT INTO ledger_entry (kind, source_id, customer_id, account_id, ucc, currency, amount, booked_at)
				VALUES ('payment', $1, 'cus_1', $2, $3, 'usd', 1900, now())`, [`inpay_${id}`, id, i < referred ? UCC : null]);
	}
}

test('a fresh install: activation, and no advice is out of the blue', async () => {
	const told = await recommend();
	assert.equal(told.weakest, 'activation');
	assert.match(told.because, /no page has asked/);
	assert.equal(told.tasks.length, 14);
	for (const t of told.tasks) {
		assert.ok(['activation', 'sharing', 'conversion'].includes(t.category) && ['pending', 'unknown', 'completed'].includes(t.state), t.name);
		assert.ok(t.do.length > 20 && ['minutes', 'hours', 'days'].includes(t.effort), t.name);
	}
	assert.equal(task(told, 'whole_integration').state, 'completed');
	assert.match(task(told, 'launcher_first_level').figure, /4\.4 times/);
	// What is done is last.
	const states = told.tasks.map((t) => t.state === 'completed');
	assert.deepEqual(states, [...states].sort());
	const text = await rig.endpin('recommend');
	assert.match(text, /^Look first at activation/);
	assert.match(text, /only Cello's portal knows/);
});

test('settings: a plan without a coupon, a discount that nobody sees, pages of others', async () => {
	const told = await recommend();
	assert.match(task(told, 'both_sided').why, /^\[plan quartet\] has no referral_coupon/);
	assert.match(task(told, 'discount_shown').why, /^\[plan solo\] has no referral_discount/);
	assert.deepEqual([task(told, 'both_sided').state, task(told, 'referrer_name').state], ['pending', 'completed']);
	const set = Object.entries({ 'plan quartet.referral_coupon': 'FRIEND20', 'plan quartet.referral_discount': '20%', 'plan trial.referral_credit': '500',
		'plan solo.referral_discount': '20%' }).flatMap(([k, v]) => ['--set', `${k}=${v}`]);
	const well = await recommend(...set, '--set', 'server.pages=no');
	assert.deepEqual(['both_sided', 'discount_shown', 'referrer_name'].map((n) => task(well, n).state), ['completed', 'completed', 'unknown']);
});

test('what cannot be seen is unknown until somebody says that it is done', async () => {
	assert.equal(task(await recommend(), 'banner').state, 'unknown');
	await rig.endpin('recommend', '--done', 'banner');
	assert.equal(task(await recommend(), 'banner').state, 'completed');
	await rig.endpin('recommend', '--undone', 'banner');
	assert.equal(task(await recommend(), 'banner').state, 'unknown');
	// A tick makes nothing so that is seen not to be.
	await rig.endpin('recommend', '--done', 'both_sided');
	assert.equal(task(await recommend(), 'both_sided').state, 'pending');
	await assert.rejects(rig.endpin('recommend', '--done', 'nothing'), (e) => e.code === 2 && /hint:/.test(e.err));
});

test('where it is weakest comes of the rows: sharing, then conversion; what is broken comes first', async () => {
	await rig.sql("INSERT INTO component_sight VALUES ('token', now()), ('booted', now())");
	await people(30, { referred: 1 });
	let told = await recommend();
	assert.equal(told.weakest, 'sharing', told.because);
	assert.match(told.because, /of 30 people who signed up in 28 days 1 came by a link/);
	await people(12, { referred: 12, paid: 1 });
	await people(20, { paid: 20 });
	told = await recommend();
	assert.equal(told.weakest, 'conversion', told.because);
	// Those who were referred and have no customer: the doctor says that this is wrong, and so does this.
	assert.equal(told.tasks[0].name, 'whole_integration');
	assert.equal(told.tasks[0].state, 'pending');
	assert.equal(told.tasks[1].name, 'both_sided');
});
