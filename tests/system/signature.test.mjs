// SPDX-License-Identifier: MIT
//
// C1: a Stripe signature is judged as Stripe's own SDK judges it, and more strictly where that is lax.

import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import Stripe from 'stripe';
import { ask, openRig } from '../rig/rig.mjs';

let rig;
const stripe = new Stripe('sk_test_unused');
const HOOK = '/webhooks/stripe';

before(async () => {
	rig = await openRig({ name: 'signature', set: { 'courier.processes': 0 } });
});
after(() => rig?.close());

const newEvent = (extra = {}) => JSON.stringify({
	id: `evt_${randomBytes(12).toString('hex')}`, object: 'event', api_version: '2026-10-28.endive',
	created: Math.floor(Date.now() / 1000), livemode: false, pending_webhooks: 1, request: null,
	type: 'customer.updated', data: { object: { id: 'cus_signature', object: 'customer' } }, ...extra
}, null, 2);

const now = () => Math.floor(Date.now() / 1000);
const v1 = (body, t, secret = rig.secrets.webhook) => createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
const sdk = (payload, timestamp) => stripe.webhooks.generateTestHeaderString({ payload, secret: rig.secrets.webhook, timestamp });

const post = (body, signature) => ask(rig.origin + HOOK, {
	method: 'POST', body, headers: {
		'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body),
		...(signature === undefined ? {} : { 'stripe-signature': signature })
	}
});

const known = (id) => rig.value('SELECT count(*)::int FROM stripe_event WHERE id = $1', [id]);

// What the SDK says of it; null: it does not reject what is from the future.
const verdict = (body, header) => {
	try {
		stripe.webhooks.constructEvent(body, header ?? '', rig.secrets.webhook);
		return true;
	} catch {
		return false;
	}
};

const cases = [
	['made by the SDK', (b) => sdk(b, now()), true],
	['299 s old', (b) => sdk(b, now() - 297), true],
	['301 s old', (b) => sdk(b, now() - 302), false],
	['301 s ahead (the SDK takes it)', (b) => sdk(b, now() + 303), false, true],
	['a second v1 is good', (b, t = now()) => `t=${t},v1=${'0'.repeat(64)},v1=${v1(b, t)}`, true],
	['the first v1 is good', (b, t = now()) => `t=${t},v1=${v1(b, t)},v1=${'0'.repeat(64)}`, true],
	['v0 beside v1', (b, t = now()) => `t=${t},v1=${v1(b, t)},v0=${v1(b, t)}`, true],
	['only v0', (b, t = now()) => `t=${t},v0=${v1(b, t)}`, false],
	['another secret', (b, t = now()) => `t=${t},v1=${v1(b, t, 'whsec_other')}`, false],
	['a signature of another body', (b, t = now()) => `t=${t},v1=${v1(b + ' ', t)}`, false],
	['a signature of another time', (b, t = now()) => `t=${t},v1=${v1(b, t - 1)}`, false],
	['digits in capitals', (b, t = now()) => `t=${t},v1=${v1(b, t).toUpperCase()}`, false],
	['a digit short', (b, t = now()) => `t=${t},v1=${v1(b, t).slice(1)}`, false],
	['two times (the SDK takes the last)', (b, t = now()) => `t=1,t=${t},v1=${v1(b, t)}`, false, true],
	['no time', (b, t = now()) => `v1=${v1(b, t)}`, false],
	['words for a time', (b) => `t=soon,v1=${v1(b, 'soon')}`, false],
	['a space after the comma', (b, t = now()) => `t=${t}, v1=${v1(b, t)}`, false],
	['garbage', () => 'garbage', false],
	['an empty header', () => '', false],
	['no header', () => undefined, false]
];

for (const [what, header, good, sdkDiffers] of cases)
	test(`C1: ${what}: ${good ? 'taken' : 'refused'}`, async () => {
		const body = newEvent();
		const signature = header(body);
		assert.equal(verdict(body, signature), sdkDiffers ? !good : good, 'the SDK says otherwise');
		const answer = await post(body, signature);
		assert.equal(answer.status, good ? 200 : 400, answer.text);
		if (good)
			assert.equal(answer.text, '');
		assert.equal(await known(JSON.parse(body).id), good ? 1 : 0);
	});

test('C1: every refusal is the same bytes', async () => {
	const body = newEvent();
	const answers = [];
	for (const header of [undefined, '', 'garbage', `t=${now()},v0=${v1(body, now())}`, sdk(body, now() - 1000), `t=${now()},v1=${'0'.repeat(64)}`])
		answers.push(await post(body, header));
	assert.deepEqual(new Set(answers.map((a) => `${a.status} ${a.text}`)).size, 1);
	assert.match(answers[0].headers['content-type'], /^application\/problem\+json/);
});

test('C1: the header sent twice is refused', async () => {
	const body = newEvent();
	const good = sdk(body, now());
	const answer = await post(body, [good, good]);
	assert.equal(answer.status, 400);
	assert.equal(await known(JSON.parse(body).id), 0);
});

test('C1: the body is exact to the byte, up to 1 MiB', async () => {
	const spaced = newEvent({ note: 'ü€😀\u2028 \\u0041' }) + '\n \t';
	assert.equal((await post(spaced, sdk(spaced, now()))).status, 200);
	const large = newEvent({ padding: 'x'.repeat((1 << 20) - 700) });
	assert.ok(large.length < 1 << 20 && large.length > (1 << 20) - 1000);
	assert.equal((await post(large, sdk(large, now()))).status, 200);
	const over = newEvent({ padding: 'x'.repeat(1 << 20) });
	assert.equal((await post(over, sdk(over, now()))).status, 413);
});

test('C1: both secrets count while one is being rolled', async () => {
	const { writeSecret } = await import('../rig/files.mjs');
	const next = `whsec_CanaryBird${randomBytes(16).toString('hex')}`;
	const file = rig.config['stripe.webhook_secret_file'];
	writeSecret(file, `${next}\n${rig.secrets.webhook}\n`);
	rig.endpind.kill('SIGHUP');
	const { waitFor } = await import('../rig/rig.mjs');
	await waitFor('the new secret', async () => {
		const body = newEvent(), t = now();
		return (await post(body, `t=${t},v1=${v1(body, t, next)}`)).status === 200;
	});
	const body = newEvent();
	assert.equal((await post(body, sdk(body, now()))).status, 200);
});
