// SPDX-License-Identifier: MIT
//
// What Stripe signs is taken, whatever it looks like: refused, it would come again for three days, and then Stripe
// would disable the endpoint for all events. What it names is read as always; what cannot be read waits for somebody.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deliver, makeEvent, sign } from '../rig/event.mjs';
import { ask } from '../rig/client.mjs';
import { openRig } from '../rig/rig.mjs';

let rig, count = 0;

before(async () => {
	rig = await openRig({ name: 'odd', set: { 'courier.processes': 0 } });
});
after(() => rig?.close());

const MARK = '"note"';

// A body as Stripe sends it, about an object of its own, with a place to write to.
function makeBody() {
	const id = `cus_odd${++count}`;
	const body = makeEvent({ object: { id, object: 'customer' } }).replace('"metadata": {', `"metadata": {"mark": ${MARK},`);
	assert.ok(body.includes(MARK));
	return { id, body };
}

// The raw bytes, signed as they are.
const send = (body) => {
	const bytes = Buffer.from(body);
	return ask(`${rig.origin}/webhooks/stripe`, {
		method: 'POST', body: bytes, headers: {
			'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length,
			'stripe-signature': sign(rig.secrets.webhook, bytes)
		}
	});
};

const stateOf = (id) => rig.value("SELECT concat_ws(' ', kind, state) FROM stripe_object WHERE id = $1", [id]);

const put = (what) => (body) => body.replace(MARK, what);
const ODD = {
	'a NUL, escaped, in metadata': put('"a\\u0000b"'),
	'half a surrogate pair, escaped': put('"\\ud800"'),
	'the other half': put('"\\udc00 "'),
	'an escape that there is not': put('"\\q"'),
	'a number of 80 digits': put('1'.repeat(80)),
	'a number that is not finite': put('1e999'),
	'200 levels': put('['.repeat(200) + ']'.repeat(200)),
	'100,000 levels': put('['.repeat(100000) + ']'.repeat(100000)),
	'a key twice': put('1, "mark": 2'),
	'an escape in an id': (body) => body.replace('"cus_', '"cus\\u005f'),
	'an escape in the id of the event': (body) => body.replace('"evt_', '"evt\\u005f'),
	'a byte order mark': (body) => `\ufeff${body}`,
	'a time with a fraction': (body) => body.replace(/("created": \d+)/, '$1.5'),
	'an id of 300 characters': (body) => body.replace(/"evt_\w+"/, `"evt_${'x'.repeat(296)}"`),
	'no mode': (body) => body.replace(/"livemode": false,/, ''),
	'a raw NUL': put('"\0"'),
	'bytes that are no UTF-8': (body) => Buffer.from(body.replace(MARK, '"\u00e9"'), 'latin1'),
	'cut off behind its object': (body) => body.slice(0, body.indexOf('"livemode"'))
};

for (const [what, change] of Object.entries(ODD))
	test(`scenario 7: an event with ${what} is taken, once, and its object is heard of`, async () => {
		const { id, body } = makeBody(), odd = change(body);
		assert.notEqual(String(odd), body);
		const before = await rig.value('SELECT count(*)::int FROM stripe_event');
		for (let i = 0; i < 2; i++)
			assert.equal((await send(odd)).status, 200);
		assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event'), before + 1);
		assert.equal(await stateOf(id), 'customer waiting');
		assert.equal(await rig.value('SELECT heard::int FROM stripe_object WHERE id = $1', [id]), 1);
	});

test('a thin event is as good as another', async () => {
	const thin = JSON.stringify({ id: 'evt_thin', object: 'v2.core.event', type: 'v1.customer.subscription.updated', livemode: false,
		created: '2026-11-23T21:57:02.000Z', related_object: { id: 'sub_thin', type: 'subscription', url: '/v1/subscriptions/sub_thin' } });
	assert.equal((await deliver(rig, thin)).status, 200);
	assert.equal(await stateOf('sub_thin'), 'subscription waiting');
});

const UNREADABLE = {
	'no JSON': '<html>504 Gateway Time-out</html>', 'nothing': '', 'another object': '{"object":"charge","id":"ch_1"}',
	'an object’s id of 300 characters': `{"object":"event","id":"evt_long","type":"x","data":{"object":{"object":"invoice","id":"in_${'x'.repeat(297)}"}}}`,
	'an end before its object': '{"object":"event","id":"evt_cut","data":{"obj'
};

test('what cannot be read is taken too, kept, and told to whoever looks', async () => {
	await rig.sql('DELETE FROM stripe_object');
	for (const [what, body] of Object.entries(UNREADABLE)) {
		const since = rig.log().length;
		for (let i = 0; i < 2; i++)
			assert.equal((await send(body)).status, 200, what);
		const told = rig.log().slice(since).filter((l) => l.event === 'event_unreadable');
		assert.equal(told.length, 1, what);
		assert.equal(told[0].level, 'error');
	}
	const many = Object.keys(UNREADABLE).length;
	const rows = await rig.sql(`SELECT o.id, o.kind, o.state, o.last_error, e.payload FROM stripe_object o
		JOIN stripe_event e ON e.id = o.id`);
	assert.equal(rows.length, many);
	assert.deepEqual(rows.map((r) => r.payload).sort(), Object.values(UNREADABLE).sort());
	for (const row of rows) {
		assert.deepEqual([row.kind, row.state], ['event', 'dead']);
		assert.match(row.last_error, /^(it|the object) /);
	}

	await assert.rejects(rig.endpin('check', '--offline'), (e) => new RegExp(`${many} of kind object`).test(e.out));
	const detail = JSON.parse((await ask(`${rig.origin}/readyz?detail`)).text);
	assert.equal(detail.dead, many);
	const list = await rig.endpin('errands', '--state', 'dead');
	assert.match(list, /evt_cut/);
	// Once it was looked at.
	for (const { id } of rows)
		await rig.endpin('errands', 'drop', 'object', id);
	assert.equal(JSON.parse((await ask(`${rig.origin}/readyz?detail`)).text).dead, 0);
});

test('what is not signed is refused as ever, odd or not', async () => {
	for (const body of [makeBody().body, '<html>']) {
		const answer = await ask(`${rig.origin}/webhooks/stripe`, { method: 'POST', body,
			headers: { 'content-length': Buffer.byteLength(body), 'stripe-signature': sign('whsec_other', body) } });
		assert.equal(answer.status, 400);
	}
});
