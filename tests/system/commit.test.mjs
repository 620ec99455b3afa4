// SPDX-License-Identifier: MIT
//
// C13 C15: the answer to a COMMIT gets lost, and a key says whether it counts; what collides is done again, up to five
// times, whether PostgreSQL says so of every first try or has every transaction serializable.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deliver, makeEvent } from '../rig/event.mjs';
import { openRig, waitFor, PASSWORD } from '../rig/rig.mjs';
import { customerOf, newEmail, quiet, signup, subscribe } from '../rig/visitor.mjs';
import { openWire, refuse, CUT_AFTER, PASS } from '../rig/wire.mjs';

const LONG = process.env.ENDPIN_LONG === '1';
const CUTS = LONG ? 200 : 24;
let rig, wire, judge = () => PASS;

before(async () => {
	rig = await openRig({ name: 'commit', between: async (r) => {
		wire = await openWire(r, (group) => judge(group));
		return wire.dir;
	} });
});
after(async () => {
	await rig?.close();
	await wire?.close();
});

// The next COMMIT of a transaction (or statement of its own) with words like `about` is done, and its answer gets lost.
function cutOnce(about) {
	let cuts = 0;
	judge = ({ statements, inTransaction, state }) => {
		state.about = (inTransaction && state.about) || statements.some((s) => about.test(s));
		if (!state.about || cuts > 0 || (inTransaction ? !statements.includes('COMMIT') : statements.includes('BEGIN')))
			return PASS;
		cuts++;
		return CUT_AFTER;
	};
	return () => {
		judge = () => PASS;
		return cuts;
	};
}

const count = (what, values) => rig.value(`SELECT count(*)::int FROM ${what}`, values);

// Each: do it once more if told to come again, as whoever asks would; then once it is there, and only once.
const errands = [
	['signup', async () => {
		const email = newEmail(), client = rig.client(), cuts = cutOnce(/^INSERT INTO account /);
		const answer = await client.post('/api/signup', { email, password: PASSWORD });
		assert.equal(cuts(), 1);
		assert.equal(answer.status, 201, answer.text);
		assert.equal((await client.get('/api/session')).json.account.id, answer.json.account.id);
		assert.equal(await count('account WHERE email = $1', [email]), 1);
		assert.equal(await count('session WHERE account_id = $1', [answer.json.account.id]), 1);
		assert.equal(await count('stripe_call WHERE account_id = $1', [answer.json.account.id]), 1);
	}],
	['login', async (member) => {
		const client = rig.client(), sessions = await count('session WHERE account_id = $1', [member.account.id]);
		const cuts = cutOnce(/^INSERT INTO session /);
		const answer = await client.post('/api/login', { email: member.email, password: PASSWORD });
		assert.equal(cuts(), 1);
		assert.equal(answer.status, 200, answer.text);
		assert.equal((await client.get('/api/session')).json.account.id, member.account.id);
		assert.equal(await count('session WHERE account_id = $1', [member.account.id]), sessions + 1);
	}],
	['webhook', async (member) => {
		const body = makeEvent({ object: { id: member.customer, object: 'customer' } }), { id } = JSON.parse(body);
		const cuts = cutOnce(/INTO stripe_event/);
		let answer = await deliver(rig, body);
		assert.equal(cuts(), 1);
		if (answer.status === 503)
			answer = await deliver(rig, body);
		assert.equal(answer.status, 200, answer.text);
		assert.equal(await count('stripe_event WHERE id = $1', [id]), 1);
	}],
	['token', async (member) => {
		const cuts = cutOnce(/^SELECT/);
		const answer = await member.get('/api/cello/token');
		assert.equal(cuts(), 1);
		assert.equal(answer.status, 200, answer.text);
		rig.secretsSeen.add(answer.json.bootConfig.token);
	}]
];

test(`C13: ${CUTS} answers to a COMMIT get lost: what became of it is looked up by its key`, async (t) => {
	const member = await signup(rig);
	member.customer = await customerOf(rig, member.account);
	for (let i = 0; i < CUTS; i++)
		await errands[i % errands.length][1](member);
	assert.equal(wire.counts['cut after'], CUTS);
	t.diagnostic(`C13: ${CUTS} cuts between COMMIT and its answer (${errands.map(([name]) => name).join(', ')}), 0 duplicates (figure: 0), nobody saw an error`);
});

test('C13: a purchase whose COMMITs get lost is one page and one subscription', async () => {
	for (const about of [/INTO stripe_call/, /UPDATE stripe_call/]) {
		const visitor = await signup(rig);
		await customerOf(rig, visitor.account);
		const sessions = (await rig.control('GET', '/objects/sessions')).length, cuts = cutOnce(about);
		await waitFor('the page', async () => {
			const answer = await visitor.post('/api/checkout', { plan: 'solo' });
			assert.ok([201, 503].includes(answer.status), answer.text);
			return answer.status === 201;
		}, 40000);
		assert.equal(cuts(), 1);
		assert.equal((await rig.control('GET', '/objects/sessions')).length, sessions + 1);
	}
});

// Every first try is refused, at one of its statements after the other, and at the last at its COMMIT; the second is let
// through. Whoever is at it has a connection of their own.
function collide(sqlstate) {
	let turns = 0;
	judge = ({ statements, inTransaction, state }) => {
		if (statements.some((s) => /^(BEGIN|ROLLBACK)/.test(s))) {
			if (statements[0] === 'BEGIN')
				state.at = turns++ % 6;
			return PASS;
		}
		const last = statements.includes('COMMIT'), now = !inTransaction || last || state.at-- === 0;
		if (!now || state.second) {
			if (state.second && (!inTransaction || last))
				state.second = false;
			return PASS;
		}
		state.second = true;
		return refuse(sqlstate);
	};
}

for (const sqlstate of ['40001', '40P01'])
	test(`C15: every first try ends with ${sqlstate}`, async (t) => {
		const since = rig.log().length, before = wire.counts.refuse ?? 0;
		collide(sqlstate);
		const member = await signup(rig);
		assert.equal((await rig.client().post('/api/login', { email: member.email, password: PASSWORD })).status, 200);
		assert.equal((await rig.client().post('/api/signup', { email: member.email, password: PASSWORD })).status, 409);
		await subscribe(rig, member);
		await quiet(rig);
		const change = await member.post('/api/subscription/change', { plan: 'quartet' });
		assert.equal(change.status, 200, change.text);
		assert.equal((await member.post('/api/portal')).status, 201);
		await quiet(rig);
		judge = () => PASS;
		const refused = wire.counts.refuse - before;
		assert.ok(refused > 50, `${refused} refused`);
		assert.deepEqual(rig.log().slice(since).filter((l) => l.event === 'db_error'), []);
		t.diagnostic(`C15: ${refused} first tries ended with ${sqlstate}, none was given up (figure: 5 tries)`);
	});

test('C15: what collides for ever is given up after five tries, and said', async () => {
	const since = rig.log().length;
	let tries = 0;
	judge = ({ statements }) => {
		if (!/^INSERT INTO account /.test(statements[0]))
			return PASS;
		tries++;
		return refuse('40001');
	};
	const answer = await rig.client().post('/api/signup', { email: newEmail(), password: PASSWORD });
	judge = () => PASS;
	assert.equal(answer.status, 503);
	assert.ok(answer.headers['retry-after']);
	assert.equal(tries, 5);
	assert.match(rig.log().slice(since).find((l) => l.event === 'db_error').msg, /gave up after 5 tries/);
});

test('C15: every transaction serializable', async (t) => {
	const serial = await openRig({ name: 'serial', isolation: 'serializable' });
	try {
		// Couriers are at it beside them; people who collide with each other may be told to come again.
		const people = [];
		while (people.length < (LONG ? 8 : 3)) {
			const person = await signup(serial);
			await subscribe(serial, person);
			assert.equal((await serial.client().post('/api/login', { email: person.email, password: PASSWORD })).status, 200);
			people.push(person);
		}
		await quiet(serial);
		assert.equal(await serial.value("SELECT count(*)::int FROM subscription WHERE status = 'active'"), people.length);
		assert.match(await serial.endpin('ledger', 'check'), / 0 are missing/);
		t.diagnostic(`C15: ${people.length} people buy one after the other, serializable`);
	} finally {
		await serial.close();
	}
});
