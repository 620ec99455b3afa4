// SPDX-License-Identifier: MIT
//
// Rewards in credits, as Cello tells of them: who may, each once, after the commit, and of the right environment only.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { CANARY, writeSecret } from '../rig/files.mjs';
import { signup } from '../rig/visitor.mjs';

const USER = 'cello', PASSWORD = `${CANARY}:with a colon`, NEXT = `${CANARY} next`;
let rig, referrer;

before(async () => {
	rig = await openRig({ name: 'rewards' });
	const file = writeSecret(join(rig.dir, 'rewards'), `${PASSWORD}\n${NEXT}\n`);
	rig.configure({ 'cello.rewards_user': USER, 'cello.rewards_password_file': file });
	assert.equal((await rig.client().post('/webhooks/cello', {})).status, 404);
	process.kill(rig.endpind.pid, 'SIGHUP');
	await rig.control('POST', '/cello/rewards/webhook', { url: `${rig.site}/webhooks/cello`, user: USER, password: PASSWORD });
	referrer = await signup(rig);
	await waitFor('the credentials to count', async () => (await send({ env: 'prod' })).status === 422);
});
after(() => rig?.close());

const send = (more = {}) => rig.control('POST', '/cello/rewards/send', { productUserId: referrer.account.id, amount: 500, ...more });
const entries = () => rig.sql('SELECT event_id, reward_id, user_id, account_id, amount::int FROM credit_entry ORDER BY written_at');

test('a reward is entered once, however often it is told', async () => {
	const { status, body } = await send();
	assert.equal(status, 204);
	const entry = { event_id: body.eventId, reward_id: body.data.rewardId, user_id: referrer.account.id, account_id: referrer.account.id, amount: 500 };
	assert.deepEqual(await entries(), [entry]);
	const again = await Promise.all(Array.from({ length: 5 }, () => send({ body: { ...body, data: { ...body.data, reward: { amount: 900 } } } })));
	assert.deepEqual(again.map((a) => a.status), Array(5).fill(204));
	assert.deepEqual(await entries(), [entry]);
	assert.equal((await send({ password: NEXT })).status, 204);
	assert.equal((await entries()).length, 2);
	const out = await rig.endpin('cello', 'rewards', referrer.email);
	assert.match(out, new RegExp(`500 +${referrer.account.id} +${body.data.rewardId}`));
});

test('who has other credentials, or none, learns nothing and changes nothing', async () => {
	const count = (await entries()).length;
	for (const more of [{ password: 'x' }, { user: 'x' }, { password: '' }, { password: `${PASSWORD}x` }])
		assert.equal((await send(more)).status, 401, JSON.stringify(more));
	const bare = await rig.client().post('/webhooks/cello', {});
	assert.deepEqual([bare.status, bare.headers['www-authenticate']], [401, 'Basic realm="rewards"']);
	assert.equal((await entries()).length, count);
	assert.ok(rig.log().some((l) => l.event === 'reward_denied'));
});

test('of another environment, or odd: refused and said; of something else: left out', async () => {
	const count = (await entries()).length;
	for (const more of [{ env: 'prod' }, { env: null }, { amount: 0 }, { amount: -5 }, { amount: 1.5 }, { amount: '500' }, { productUserId: 7 },
		{ eventId: '' }, { createdTs: 'yesterday' }, { body: '<html>' }])
		assert.equal((await send(more)).status, 422, JSON.stringify(more));
	const { body } = await send({ env: 'prod' });
	assert.equal((await send({ body: { ...body, eventType: 'campaign-ended' } })).status, 204);
	assert.equal((await send({ body: { ...body, data: { ...body.data, rewardType: 'cash' } } })).status, 204);
	assert.equal((await entries()).length, count);
});

test('for somebody who is no account it is kept, and said', async () => {
	for (const productUserId of ['bob', '00000000-0000-4000-8000-000000000000'])
		assert.equal((await send({ productUserId })).status, 204);
	assert.equal((await entries()).filter((e) => e.account_id === null).length, 2);
	assert.equal(rig.log().filter((l) => l.event === 'reward_nobodys').length, 2);
	assert.match(await rig.endpin('cello', 'rewards'), /bob .*\(nobody's\)/);
});

test('without a database Cello hears "later", and tells it again', async () => {
	await rig.sql('ALTER TABLE credit_entry RENAME TO away');
	const { status, body } = await send();
	assert.ok(status >= 500, `${status}`);
	await rig.sql('ALTER TABLE away RENAME TO credit_entry');
	assert.equal((await send({ body })).status, 204);
	assert.equal((await entries()).filter((e) => e.event_id === body.eventId).length, 1);
});
