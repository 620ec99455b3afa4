// SPDX-License-Identifier: MIT
//
// C1: a Stripe signature is judged as Stripe's own SDK judges it, and more strictly where that is lax.

import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
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
	['no v1', () => `t=${now()}`, false],
	['an empty v1', () => `t=${now()},v1=`, false],
	['a digit more', (b, t = now()) => `t=${t},v1=${v1(b, t)}0`, false],
	['a digit that is none', (b, t = now()) => `t=${t},v1=g${v1(b, t).slice(1)}`, false],
	['two v1 that are wrong', () => `t=${now()},v1=${'0'.repeat(64)},v1=${'1'.repeat(64)}`, false],
	['200 v1, the last one good (the SDK takes it)', (b, t = now()) => `t=${t},${`v1=${'0'.repeat(64)},`.repeat(199)}v1=${v1(b, t)}`, false, true],
	['a time before 1970', (b) => `t=-5,v1=${v1(b, '-5')}`, false],
	['a time of 20 digits (the SDK takes it)', (b, t = '17000000000000000000') => `t=${t},v1=${v1(b, t)}`, false, true],
	['a plus before the time (the SDK takes it)', (b, t = now()) => `t=+${t},v1=${v1(b, t)}`, false, true],
	['a zero before the time (the SDK takes it)', (b, t = now()) => `t=0${t},v1=${v1(b, t)}`, false, true],
	['64 kB (the SDK takes it)', (b, t = now()) => `t=${t},v1=${v1(b, t)},x=${'x'.repeat(1 << 16)}`, false, true],
	['garbage', () => 'garbage', false],
	['an empty header', () => '', false],
	['no header', () => undefined, false]
];

for (const [what, header, good, sdkDiffers] of cases)
	test(`C1, scenarios 1, 3: ${what}: ${good ? 'taken' : 'refused'}`, async () => {
		let body, answer;
		// Its age is judged to the second: what was on its way for longer is signed anew.
		for (let i = 0; i < 10 && !(answer?.ms < 2000); i++) {
			body = newEvent();
			const signature = header(body);
			assert.equal(verdict(body, signature), sdkDiffers ? !good : good, 'the SDK says otherwise');
			answer = await post(body, signature);
		}
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

test('C1, scenario 2: the body is exact to the byte, up to 1 MiB', async () => {
	const spaced = newEvent({ note: 'ü€😀\u2028 \\u0041' }) + '\n \t';
	assert.equal((await post(spaced, sdk(spaced, now()))).status, 200);
	const large = newEvent({ padding: 'x'.repeat((1 << 20) - 700) });
	assert.ok(large.length < 1 << 20 && large.length > (1 << 20) - 1000);
	assert.equal((await post(large, sdk(large, now()))).status, 200);
	const over = newEvent({ padding: 'x'.repeat(1 << 20) });
	assert.equal((await post(over, sdk(over, now()))).status, 413);
});

const CHANGED = {
	'one byte changed': (b) => b.replace('customer.updated', 'customer.updatec'),
	'a line feed more': (b) => `${b}\n`,
	'written anew': (b) => JSON.stringify(JSON.parse(b)),
	nothing: () => '',
	'a NUL in it': (b) => b.replace('null', 'nu\0ll'),
	'a byte that is of no character': (b) => Buffer.concat([Buffer.from(b), Buffer.from([0xff])])
};

for (const [what, change] of Object.entries(CHANGED))
	test(`C1, scenario 2: ${what} since it was signed: refused`, async () => {
		const body = newEvent();
		assert.equal((await post(change(body), sdk(body, now()))).status, 400);
		assert.equal(await known(JSON.parse(body).id), 0);
	});

test('C1, scenario 2: in pieces it is the same body, packed it is another', async () => {
	const send = (body, headers) => ask(rig.origin + HOOK, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
	const body = newEvent(), signature = { 'stripe-signature': sdk(body, now()) };
	assert.equal((await send(gzipSync(body), { ...signature, 'content-encoding': 'gzip' })).status, 400);
	assert.equal(await known(JSON.parse(body).id), 0);
	assert.equal((await send(body, { ...signature, 'transfer-encoding': 'chunked' })).status, 200);
	assert.equal(await known(JSON.parse(body).id), 1);
});

test('C1, scenario 3: a clock that is wrong is told from a secret that is wrong', async () => {
	const body = newEvent(), since = rig.log().length;
	for (const header of [sdk(body, now() - 600), sdk(body, now() + 600), `t=${now()},v1=${v1(body, now(), 'whsec_other')}`])
		assert.equal((await post(body, header)).status, 400);
	assert.deepEqual(rig.log().slice(since).filter((l) => l.event === 'signature_refused').map((l) => l.msg.replace(/.*: /, '')),
		['too old', 'from the future', 'no match']);
});

test('C1, scenario 5: played back within its time it changes nothing, and after that it is refused', async () => {
	const body = newEvent(), header = sdk(body, now() - 290);
	for (let i = 0; i < 2; i++)
		assert.equal((await post(body, header)).status, 200);
	assert.equal(await known(JSON.parse(body).id), 1);
	assert.equal((await post(body, sdk(body, now() - 302))).status, 400);
});

test('C1, scenario 4: both secrets count while one is being rolled, and one after that', async () => {
	const { writeSecret } = await import('../rig/files.mjs');
	const next = `whsec_CanaryBird${randomBytes(16).toString('hex')}`;
	const file = rig.config['stripe.webhook_secret_file'];
	writeSecret(file, `${next}\n${rig.secrets.webhook}\n`);
	await rig.reload();
	const fresh = newEvent(), both = newEvent(), at = now();
	assert.equal((await post(fresh, `t=${at},v1=${v1(fresh, at, next)}`)).status, 200);
	assert.equal((await post(both, sdk(both, now()))).status, 200);

	// The old one is gone: what is still signed with it comes again, and does once the new one has signed it too.
	writeSecret(file, `${next}\n`);
	await rig.reload();
	const late = newEvent(), t = now();
	assert.equal((await post(late, sdk(late, t))).status, 400);
	assert.equal((await post(late, `t=${t},v1=${v1(late, t)},v1=${v1(late, t, next)}`)).status, 200);
	assert.equal(await known(JSON.parse(late).id), 1);
});
