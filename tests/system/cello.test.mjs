// SPDX-License-Identifier: MIT
//
// Cello is told by its API: what its sandbox received is what the ledger has, each once and in order, in either version.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor, SLOW } from '../rig/rig.mjs';
import { byApi, connectCello, factsQuiet, heard } from '../rig/cello.mjs';
import { bootComponent, customerOf, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

const refund = (rig, invoice, amount) => rig.control('POST', '/refund', { invoice, amount });

// [what, of what, amount] in the order in which it came.
const told = async (rig, account) => (await heard(rig)).filter((e) => e.userId === account.id)
	.map((e) => [e.trigger, e.invoice, e.amount]);

async function ledgerOf(rig, customer) {
	const rows = await rig.sql(`SELECT kind, invoice_id, payment_id, amount::int FROM ledger_entry WHERE customer_id = $1
		AND kind IN ('payment', 'refund') ORDER BY booked_at, kind`, [customer]);
	const invoice = Object.fromEntries(rows.filter((r) => r.invoice_id).map((r) => [r.payment_id, r.invoice_id]));
	return rows.map((r) => [r.kind === 'payment' ? 'invoice-paid' : 'charge-refunded', invoice[r.payment_id], Math.abs(r.amount)]);
}

for (const api of ['v1', 'v2'])
	test(`${api}: a signup, a purchase and its refunds are told once each, as the ledger has them`, async (t) => {
		const rig = await openRig({ name: `cello-${api}`, set: byApi({ 'cello.events_api': api }) });
		t.after(() => rig.close());
		const client = await signup(rig, { ucc: UCC });
		await subscribe(rig, client);
		const customer = await customerOf(rig, client.account);
		await quiet(rig);
		const invoice = await rig.value('SELECT id FROM invoice WHERE customer_id = $1', [customer]);
		for (const amount of [507, 1013])
			await refund(rig, invoice, amount);
		await quiet(rig);
		await factsQuiet(rig);
		// What may not be sent yet is not tried: a courier that died then would leave it to be held.
		assert.deepEqual(rig.log().filter((l) => l.event === 'fact_sent' && /not taken/.test(l.msg)), []);
		const all = await told(rig, client.account);
		assert.deepEqual(all[0], ['new-signup', null, null]);
		assert.deepEqual(all.slice(1).sort(), (await ledgerOf(rig, customer)).sort());
		assert.deepEqual(all[1], ['invoice-paid', invoice, 1520]);
		const [, purchase] = (await heard(rig)).filter((e) => e.userId === client.account.id);
		assert.deepEqual([purchase.ucc, purchase.newUserId, purchase.email, purchase.currency, purchase.interval, purchase.product, purchase.seats],
			[UCC, client.account.id, client.email, 'usd', 'monthly', 'solo', 1]);

		// All of Stripe's events again, and everything read again: nothing more.
		for (const { id } of await rig.control('GET', '/events'))
			await rig.control('POST', '/events/deliver', { id });
		await quiet(rig);
		await factsQuiet(rig);
		assert.deepEqual(await told(rig, client.account), all);

		// The customer has no code, by which Cello would count them at Stripe, too.
		const [kept] = (await rig.control('GET', '/objects/customers')).filter((c) => c.id === customer);
		assert.deepEqual([kept.metadata.cello_ucc, kept.metadata.new_user_id], [undefined, client.account.id]);

		// Cello's endpoint at Stripe would have all of it come twice, as it was before.
		await rig.endpin('check');
		await connectCello(rig, ['--set', 'cello.purchases=stripe']);
		await assert.rejects(rig.endpin('check'), (e) => /Cello's webhook endpoint at Stripe sends invoice\.paid/.test(e.out));
		await rig.endpin('stripe', 'endpoint', 'create', 'cello');
		await rig.endpin('check');

		// A trial costs nothing, and that is not told.
		const trying = await signup(rig, { ucc: UCC });
		await subscribe(rig, trying, 'trial');
		await quiet(rig);
		await factsQuiet(rig);
		assert.deepEqual((await told(rig, trying.account)).map(([trigger]) => trigger), ['new-signup']);

		// Who was not referred is nobody of Cello's.
		const stranger = await signup(rig, {});
		await subscribe(rig, stranger);
		await quiet(rig);
		await factsQuiet(rig);
		assert.deepEqual(await told(rig, stranger.account), []);
		assert.equal(await rig.value('SELECT count(*)::int FROM cello_fact'), 5);
	});

const fault = (rig, more) => rig.control('POST', '/faults', { target: 'cello', path: '/cello/events', ...more });
const requests = (rig, path) => rig.control('GET', `/requests?target=cello&path=${encodeURIComponent(path)}`);
const idOf = (trigger, what) => `${trigger}:${what}`;
const fact = async (rig, id) => (await rig.sql('SELECT * FROM cello_fact WHERE id = $1', [id]))[0];
const held = async (rig) => JSON.parse(await rig.endpin('cello', 'held', '--json'));
const whenHeld = (rig, id) => waitFor(`${id} held`, async () => (await fact(rig, id))?.state === 'attended', 20000);

// One way for an answer to get lost, and whether Cello has it all the same.
const LOST = [
	['the connection ends before an answer', { action: 'drop' }, false],
	['the connection ends after it was taken', { action: 'drop_after' }, true],
	['a gateway gives up, and it was taken', { action: 'status', status: 504, done: true }, true],
	['an error of Cello’s own', { action: 'status', status: 500 }, false]
];

test('v1: what may have arrived is held, shown, told again by nobody, and decided by a person', async (t) => {
	const rig = await openRig({ name: 'cello-held', set: byApi() });
	t.after(() => rig.close());
	for (const [what, how, arrived] of LOST) {
		await fault(rig, { method: 'POST', ...how });
		const client = await signup(rig, { ucc: UCC });
		const id = idOf('new-signup', client.account.id);
		await whenHeld(rig, id);
		await subscribe(rig, client);
		await quiet(rig);
		const invoice = await rig.value("SELECT id FROM cello_fact WHERE account_id = $1 AND trigger = 'invoice-paid'", [client.account.id]);
		assert.equal((await fact(rig, invoice)).state, 'parked', what);
		assert.deepEqual((await held(rig)).map((x) => x.id), [id]);
		await assert.rejects(rig.endpin('check', '--offline'), (e) => /1 of them, and what comes after them waits/.test(e.out));
		await assert.rejects(rig.endpin('errands', 'retry', 'fact', id), (e) => e.code === 1 && /attended/.test(e.err));
		await assert.rejects(rig.endpin('errands', 'retry', '--all'));
		assert.equal((await fact(rig, id)).state, 'attended');
		await rig.endpin('cello', 'resolve', id, arrived ? 'told' : 'again');
		await factsQuiet(rig);
		assert.deepEqual((await told(rig, client.account)).map(([trigger]) => trigger), ['new-signup', 'invoice-paid'], what);
		await assert.rejects(rig.endpin('cello', 'resolve', id, 'again'), (e) => e.code === 1 && /is not held/.test(e.err));
	}
	// Never: neither it nor anything in its place.
	await fault(rig, { method: 'POST', action: 'drop' });
	const client = await signup(rig, { ucc: UCC });
	await whenHeld(rig, idOf('new-signup', client.account.id));
	assert.match(await rig.endpin('cello', 'resolve', '--all', 'never'), /is not told/);
	assert.deepEqual(await held(rig), []);
	await subscribe(rig, client);
	await quiet(rig);
	await factsQuiet(rig);
	assert.deepEqual((await told(rig, client.account)).map(([trigger]) => trigger), ['invoice-paid']);
	assert.equal(await rig.value("SELECT count(*)::int FROM cello_fact WHERE state NOT IN ('done', 'dropped')"), 0);
});

test('v1: one whose courier was killed before the answer is held, not told twice', async (t) => {
	const rig = await openRig({ name: 'cello-kill', set: byApi({ 'courier.processes': 1, 'cello.timeout': 20 }) });
	t.after(() => rig.close());
	await signup(rig, { ucc: UCC });
	await factsQuiet(rig);
	await fault(rig, { method: 'POST', action: 'hang' });
	const client = await signup(rig, { ucc: UCC });
	const id = idOf('new-signup', client.account.id);
	await waitFor('it being sent', async () => (await fact(rig, id)).sent_at !== null);
	// Its lease ends before the next courier looks; the only one there is does not, as it waits for Cello.
	await rig.sql("UPDATE cello_fact SET leased_until = now() WHERE id = $1", [id]);
	process.kill(rig.workers('courier')[0], 'SIGKILL');
	await whenHeld(rig, id);
	assert.match((await fact(rig, id)).last_error, /ended before Cello had answered/);
	assert.deepEqual(await told(rig, client.account), []);
});

test('facts are sent no faster than half of what Cello allows a second', async (t) => {
	const rig = await openRig({ name: 'cello-pace', set: byApi({ 'cello.calls_per_second': 4 }) });
	t.after(() => rig.close());
	await rig.beforeCouriers(async () => {
		for (let i = 0; i < 8; i++)
			await signup(rig, { ucc: UCC });
	});
	await factsQuiet(rig);
	const [{ n, seconds }] = await rig.sql('SELECT count(*)::int AS n, extract(epoch FROM max(sent_at) - min(sent_at))::float8 AS seconds FROM cello_fact');
	assert.equal(n, 8);
	// The first may have stood between being allowed and being sent.
	assert.ok(seconds > (n - 1) / 2 / 2, `${n} in ${seconds} s`);
});

test('v1: what certainly did not arrive is repeated; what is refused is dead, and what comes after it waits', async (t) => {
	const rig = await openRig({ name: 'cello-refused', set: byApi() });
	t.after(() => rig.close());
	await fault(rig, { method: 'POST', action: 'status', status: 429, headers: { 'retry-after': '1' } });
	const patient = await signup(rig, { ucc: UCC });
	await factsQuiet(rig);
	assert.equal((await told(rig, patient.account)).length, 1);

	// Something before Cello kept it out: that is not the token.
	await fault(rig, { method: 'POST', action: 'status', status: 403 });
	const kept = await signup(rig, { ucc: UCC });
	await factsQuiet(rig);
	assert.equal((await told(rig, kept.account)).length, 1);
	assert.equal((await requests(rig, '/cello/token')).length, 1);

	await fault(rig, { method: 'POST', action: 'status', status: 400, code: 'ucc is not a code' });
	const client = await signup(rig, { ucc: UCC });
	const id = idOf('new-signup', client.account.id);
	await waitFor('it dead', async () => (await fact(rig, id)).state === 'dead');
	assert.match((await fact(rig, id)).last_error, /answered 400 request \S+: ucc is not a code/);
	await subscribe(rig, client);
	await quiet(rig);
	assert.deepEqual(await told(rig, client.account), []);
	await rig.endpin('errands', 'retry', 'fact', id);
	await factsQuiet(rig);
	assert.deepEqual((await told(rig, client.account)).map(([trigger]) => trigger), ['new-signup', 'invoice-paid']);
});

test('v2: a lost answer is asked for again under the same key, and Cello has it once; after three days it is held', async (t) => {
	const rig = await openRig({ name: 'cello-again', set: byApi({ 'cello.events_api': 'v2' }) });
	t.after(() => rig.close());
	const path = '/cello/v2/events/';
	await fault(rig, { path, action: 'drop_after', times: 2 });
	await fault(rig, { path, action: 'status', status: 502, done: true });
	const client = await signup(rig, { ucc: UCC });
	const id = idOf('new-signup', client.account.id);
	await factsQuiet(rig, 60000);
	assert.ok((await requests(rig, path)).length >= 3);
	assert.deepEqual(await told(rig, client.account), [['new-signup', null, null]]);
	const [event] = (await rig.control('GET', '/cello')).events;
	const row = await fact(rig, id);
	assert.deepEqual([row.event_id, event.key, row.state, row.outcome], [event.id, id, 'done', 'told']);

	await fault(rig, { path, action: 'drop', times: -1 });
	const late = await signup(rig, { ucc: UCC });
	const lateId = idOf('new-signup', late.account.id);
	await waitFor('an attempt', async () => (await fact(rig, lateId)).sent_at !== null);
	// It may be on its way just now, and a Cello that does not answer is left alone for up to half a minute.
	await waitFor('it held', async () => {
		await rig.sql("UPDATE cello_fact SET sent_at = now() - interval '73 hours', due_at = now() WHERE id = $1 AND state = 'waiting' AND leased_until IS NULL", [lateId]);
		return (await fact(rig, lateId)).state === 'attended';
	}, 60000);
	await rig.control('DELETE', '/faults');
	await rig.endpin('cello', 'resolve', lateId, 'again');
	await factsQuiet(rig);
	assert.equal((await told(rig, late.account)).length, 1);
});

test('one token for all: fetched once, again when it is refused, by refresh when it is old; bad keys use up no attempt', async (t) => {
	const rig = await openRig({ name: 'cello-token', set: byApi({ 'courier.processes': 4 }) });
	t.after(() => rig.close());
	const tokens = async () => (await requests(rig, '/cello/token')).map((r) => Object.keys(r.params).sort().join(' '));
	const KEYS = 'accessKeyId secretAccessKey';
	// It takes so long to come that all couriers want one meanwhile.
	const many = async (count) => {
		await rig.control('POST', '/faults', { target: 'cello', path: '/cello/token', action: 'delay', ms: 2000 * SLOW });
		for (let i = 0; i < count; i++)
			await signup(rig, { ucc: UCC });
		await factsQuiet(rig);
	};
	await many(12);
	assert.deepEqual(await tokens(), [KEYS]);

	// What a token is still fetched for has not been sent: whose courier died then would be held.
	await rig.control('POST', '/cello/revoke', {});
	const fetched = many(6);
	fetched.catch(() => {});
	await waitFor('a token on its way', async () => (await tokens()).length === 2);
	await waitFor('nothing that is said to be sent', async () => await rig.value("SELECT count(*)::int FROM cello_fact WHERE state = 'waiting' AND sent_at IS NOT NULL") === 0);
	assert.equal((await heard(rig)).length, 12, 'and that before it came');
	await fetched;
	assert.equal((await heard(rig)).length, 18);
	assert.deepEqual(await tokens(), [KEYS, 'refreshToken']);

	// Neither is good any more.
	await rig.control('POST', '/cello/revoke', { refresh: true });
	await signup(rig, { ucc: UCC });
	await factsQuiet(rig);
	assert.deepEqual(await tokens(), [KEYS, 'refreshToken', 'refreshToken', KEYS]);

	// Its time is nearly over here: before Cello would have said so.
	await rig.sql("UPDATE cello_access SET access_until = now() + interval '30 seconds'");
	await signup(rig, { ucc: UCC });
	await factsQuiet(rig);
	assert.equal((await tokens()).length, 5);
	assert.equal(await rig.value("SELECT count(*)::int FROM cello_access WHERE access LIKE 'cat%' OR refresh LIKE 'crt%'"), 0);

	// Keys that are refused: another courier takes it up at once, asks by itself, and leaves Cello alone then, too.
	await rig.sql('DELETE FROM cello_access');
	await rig.control('POST', '/faults', { target: 'cello', path: '/cello/token', action: 'status', status: 401, times: -1 });
	const client = await signup(rig, { ucc: UCC });
	const id = idOf('new-signup', client.account.id);
	const refused = () => rig.log().filter((l) => l.event === 'cello_keys_refused');
	await waitFor('the complaint', () => refused().length > 0);
	await waitFor('it put back', async () => {
		const { leased_until: until, attempts, sent_at: sent } = await fact(rig, id);
		return until === null && attempts === 0 && sent === null;
	});
	assert.equal(new Set(refused().map((l) => l.pid)).size, refused().length);
});

test('a Cello that refuses the token that it has just given out is left alone', async (t) => {
	const rig = await openRig({ name: 'cello-refuses', set: byApi({ 'courier.processes': 1 }) });
	t.after(() => rig.close());
	await fault(rig, { action: 'status', status: 401, times: -1 });
	const client = await signup(rig, { ucc: UCC });
	await waitFor('the complaint', () => rig.log().some((l) => l.event === 'cello_token_refused'));
	// Nothing of it stays sent, and who has nothing to do with it goes on.
	await waitFor('it put back', async () => {
		const { state, leased_until: until, sent_at: sent } = await fact(rig, idOf('new-signup', client.account.id));
		return state === 'waiting' && until === null && sent === null;
	});
	assert.match(await rig.endpin('cello', 'code', UCC), /valid, of user bob/);
});

// Fifty signups a minute for an hour, as fast as they can be made; without --long those of two minutes. That an hour goes by
// is told to the rows, and to the sandbox.
const SIGNUPS = process.env.ENDPIN_LONG === '1' ? 3000 : 100;
const BUYS = 20;			// one of so many

const HOUR_LATER = [
	`UPDATE cello_fact SET created_at = created_at - interval '1 hour', due_at = due_at - interval '1 hour', sent_at = sent_at - interval '1 hour'
		WHERE state IN ('waiting', 'parked', 'attended')`,
	"UPDATE cello_access SET access_until = access_until - interval '1 hour', refresh_until = refresh_until - interval '1 hour'"
];

for (const api of ['v1', 'v2'])
	test(`${api}: Cello is away for an hour: nobody’s signup fails, and all is told afterwards, in order`, async (t) => {
		const rig = await openRig({ name: `cello-away-${api}`, set: byApi({ 'cello.events_api': api, 'cello.calls_per_second': 100 }) });
		t.after(() => rig.close());
		await signup(rig, { ucc: UCC });
		await factsQuiet(rig);
		// Else that is what finds out, and nothing gets into doubt.
		await waitFor('the code looked at', () => rig.value("SELECT bool_and(state = 'done') FROM referral_code"));
		await rig.control('POST', '/faults', { target: 'cello', action: 'drop', times: -1 });
		const clients = [];
		const began = performance.now();
		let slowest = 0;
		while (clients.length < SIGNUPS) {
			const at = performance.now();
			clients.push(await signup(rig, { ucc: UCC }));
			slowest = Math.max(slowest, performance.now() - at);
		}
		const perMinute = SIGNUPS * 60000 / (performance.now() - began);
		const buyers = clients.filter((_, i) => i % BUYS === 0);
		for (const client of buyers)
			await subscribe(rig, client);
		await quiet(rig);
		for (const text of HOUR_LATER)
			await rig.sql(text);
		await rig.control('POST', '/clock', { advance_seconds: 3600 });
		assert.equal((await heard(rig)).length, 1);
		const asked = (await requests(rig, '/cello')).length;

		// In v1 what was on its way when Cello went is in doubt: of each courier one.
		const doubtful = await held(rig);
		assert.ok(doubtful.length <= (api === 'v1' ? rig.config['courier.processes'] : 0), JSON.stringify(doubtful));
		await rig.control('DELETE', '/faults');
		const back = performance.now();
		for (const { id } of doubtful)
			await rig.endpin('cello', 'resolve', id, 'again');
		await factsQuiet(rig, 180000 + SIGNUPS * 100);
		const seconds = (performance.now() - back) / 1000;
		const all = await heard(rig);
		const of = (trigger) => all.filter((e) => e.trigger === trigger).map((e) => e.userId);
		assert.deepEqual(of('invoice-paid').sort(), buyers.map((c) => c.account.id).sort());
		assert.deepEqual(of('new-signup').slice(1).sort(), clients.map((c) => c.account.id).sort());
		assert.equal(all.length, 1 + clients.length + buyers.length);
		const { purchases } = await rig.control('GET', '/cello');
		assert.deepEqual([purchases.length, purchases.filter((p) => p.early)], [buyers.length, []]);
		assert.equal(await rig.value("SELECT count(*)::int FROM cello_fact WHERE state <> 'done'"), 0);
		t.diagnostic(`${SIGNUPS} signups, ${Math.round(perMinute)} a minute (figure: 50), the slowest in ${Math.round(slowest)} ms, none failed;`
			+ ` Cello was asked ${asked} times while it was away, ${doubtful.length} were in doubt, all was told in ${seconds.toFixed(1)} s`);
	});

test('what was paid before purchases went this way is not told, what is refunded after is', async (t) => {
	const rig = await openRig({ name: 'cello-way', set: byApi({ 'cello.purchases': 'stripe' }) });
	t.after(() => rig.close());
	const client = await signup(rig, { ucc: UCC });
	await subscribe(rig, client);
	const customer = await customerOf(rig, client.account);
	await quiet(rig);
	await factsQuiet(rig);
	assert.deepEqual((await told(rig, client.account)).map(([trigger]) => trigger), ['new-signup']);
	const [kept] = (await rig.control('GET', '/objects/customers')).filter((c) => c.id === customer);
	assert.equal(kept.metadata.cello_ucc, UCC);
	const invoice = await rig.value('SELECT id FROM invoice WHERE customer_id = $1', [customer]);
	await rig.control('POST', '/clock', { advance_seconds: 5 });
	// Stripe tells time to the second: what was paid in that of the change may have been paid after it.
	await waitFor('the next second', () => rig.value("SELECT now() >= paid_at + interval '1 second' FROM invoice WHERE id = $1", [invoice]));
	rig.configure({ 'cello.purchases': 'api' });
	await rig.reload();
	await waitFor('the other way', async () => await rig.value("SELECT way FROM cello_way WHERE what = 'purchases'") === 'api');
	for (const { id } of await rig.control('GET', '/events'))
		await rig.control('POST', '/events/deliver', { id });
	// What was heard before is not heard again: the invoice is read all the same.
	await rig.endpin('objects', 'read', invoice);
	await quiet(rig);
	await factsQuiet(rig);
	assert.deepEqual((await told(rig, client.account)).map(([trigger]) => trigger), ['new-signup']);
	await refund(rig, invoice, 100);
	await quiet(rig);
	await factsQuiet(rig);
	assert.deepEqual((await told(rig, client.account)).slice(1), [['charge-refunded', invoice, 100]]);
});

for (const way of ['stripe', 'api'])
	test(`organizations are counted, by ${way}: one id of its own everywhere, whoever of them signs up or pays`, async (t) => {
		const rig = await openRig({ name: `cello-org-${way}`, set: byApi({ 'cello.signups': way, 'cello.purchases': way, 'cello.attribution': 'organization' }) });
		t.after(() => rig.close());
		if (way === 'stripe')
			await connectCello(rig);
		const ada = await signup(rig, { ucc: UCC, organization: 'Academy' });
		const bob = await signup(rig, { organization: 'Academy' });
		const of = (client) => rig.value('SELECT organization_id FROM account WHERE id = $1', [client.account.id]);
		const organization = await of(ada);
		// That somebody typed the same makes nobody a colleague.
		assert.notEqual(await of(bob), organization);
		const customers = [await customerOf(rig, ada.account), await customerOf(rig, bob.account)];
		assert.match(await rig.endpin('cello', 'organization', bob.email, '--join', ada.email), new RegExp(`${bob.account.id} is of the organization ${organization}, whose first account is ${ada.account.id}`));
		await rig.endpin('stripe', 'adopt');
		for (const client of [ada, bob])
			await subscribe(rig, client);
		await quiet(rig);
		await factsQuiet(rig);
		for (const client of [ada, bob]) {
			const { json } = await client.get('/api/cello/token');
			assert.deepEqual(json.bootConfig.orgIds, [organization]);
			const claims = JSON.parse(Buffer.from(json.bootConfig.token.split('.')[1], 'base64url'));
			assert.equal(claims.productUserId, client.account.id);
		}
		const kept = await rig.control('GET', '/objects/customers');
		for (const id of customers) {
			const { metadata } = kept.find((c) => c.id === id);
			assert.equal(metadata.new_user_organization_id, organization);
			assert.equal(metadata.cello_ucc, way === 'stripe' ? UCC : undefined);
		}
		// Both had the referral's discount, and the ledger says whose both are.
		assert.deepEqual(await rig.sql("SELECT DISTINCT ucc, amount::int FROM ledger_entry"), [{ ucc: UCC, amount: 1520 }]);
		if (way === 'stripe')
			return;
		const all = await heard(rig);
		assert.deepEqual(all.map((e) => [e.trigger, e.userId]).sort(), [
			['invoice-paid', ada.account.id], ['invoice-paid', bob.account.id], ['new-signup', ada.account.id]].sort());
		for (const e of all)
			assert.deepEqual([e.ucc, e.newUserId, e.organization], [UCC, organization, organization]);
	});

test('a demo that somebody attended is told by the product’s back end with a key, once, after the signup', async (t) => {
	const rig = await openRig({ name: 'cello-demo', set: byApi({ 'cello.purchases': 'stripe' }) });
	t.after(() => rig.close());
	const ada = await signup(rig, { ucc: UCC }), stranger = await signup(rig, {});
	const key = (await rig.endpin('keys', 'create', 'crm')).trim();
	assert.match(key, /^ek_[A-Za-z0-9_-]{43}$/);
	assert.equal(await rig.value('SELECT count(*)::int FROM api_key WHERE digest LIKE $1', [`%${key.slice(3)}%`]), 0);
	const say = (body, bearer = key) => rig.client().post('/api/server/demo', body, { headers: { authorization: `Bearer ${bearer}` } });
	assert.deepEqual((await say({ email: ada.email, attendedAt: '2026-11-20T09:00:00Z' })).json, { referred: true });
	for (let i = 0; i < 2; i++)
		assert.equal((await say({ email: ada.email, demoId: 'second' })).status, 202);
	assert.deepEqual((await say({ email: stranger.email })).json, { referred: false });
	assert.deepEqual([(await say({ email: 'nobody@example.com' })).status, (await say({})).status, (await say({ email: ada.email, demoId: '' })).status,
		(await say({ email: ada.email, attendedAt: 'today' })).status], [404, 422, 422, 422]);
	await factsQuiet(rig);
	assert.deepEqual((await told(rig, ada.account)).map(([trigger]) => trigger), ['new-signup', 'demo-call-attended', 'demo-call-attended']);
	// In whatever order: both came after the signup.
	assert.equal((await heard(rig)).filter((e) => e.trigger === 'demo-call-attended' && e.at === '2026-11-20T09:00:00Z').length, 1);

	// Nobody without a good key, whoever else they are.
	for (const bearer of ['', 'ek_x', `${key}x`, key.slice(0, -1)])
		assert.equal((await say({ email: ada.email }, bearer)).status, 401);
	assert.equal((await ada.post('/api/server/demo', { email: ada.email })).status, 401);
	const id = await rig.value('SELECT id FROM api_key');
	assert.match(await rig.endpin('keys', 'list'), new RegExp(`${id} +crm .* good`));
	await rig.endpin('keys', 'revoke', id);
	assert.equal((await say({ email: ada.email, demoId: 'third' })).status, 401);
	await assert.rejects(rig.endpin('keys', 'revoke', id), (e) => e.code === 1);
	assert.equal((await told(rig, ada.account)).length, 3);
});

test('the product’s back end asks for somebody’s link, and Cello is asked once', async (t) => {
	const rig = await openRig({ name: 'cello-link', set: byApi({ 'cello.purchases': 'stripe', 'courier.poll': 1 }) });
	t.after(() => rig.close());
	const key = (await rig.endpin('keys', 'create', 'mails')).trim();
	const ask = (query, bearer = key) => rig.client().get(`/api/server/referral-link${query}`, { headers: { authorization: `Bearer ${bearer}` } });
	const ada = await signup(rig), known = (who) => waitFor('an answer', async () => {
		const answer = await ask(`?account=${who.account.id}`);
		return answer.status === 200 && answer.json;
	});
	const asked = async () => (await rig.control('GET', '/requests')).filter((r) => r.path.startsWith('/cello/referral-codes/active-link/')).length;

	// They have not seen the component: there is none, and it is asked again in a day.
	const first = await rig.beforeCouriers(() => ask(`?account=${ada.account.id}`));
	assert.deepEqual([first.status, first.json], [202, { link: null, ucc: null }]);
	assert.deepEqual(await known(ada), { link: null, ucc: null });
	for (let i = 0; i < 5; i++)
		assert.equal((await ask(`?account=${ada.account.id}`)).status, 200);
	assert.equal(await asked(), 1);

	await bootComponent(rig, ada);
	await rig.sql("UPDATE referral_link SET looked_at = looked_at - interval '25 hours'");
	const { link, ucc } = await waitFor('the link', async () => {
		const { json } = await ask(`?email=${encodeURIComponent(ada.email.toUpperCase())}`);
		return json.link && json;
	});
	assert.match(link, /^https?:\/\/.*/);
	assert.ok(link.endsWith(ucc) && /^[0-9A-Za-z]{11}$/.test(ucc));
	await rig.sql("UPDATE referral_link SET looked_at = looked_at - interval '6 days'");
	await rig.control('POST', '/faults', { target: 'cello', path: '/cello/', action: 'status', status: 503, times: -1 });
	assert.deepEqual(await known(ada), { link, ucc });
	assert.equal(await asked(), 2);
	await rig.sql("UPDATE referral_link SET looked_at = looked_at - interval '2 days'");
	assert.deepEqual((await ask(`?account=${ada.account.id}`)).json, { link, ucc }, 'what is known is shown while Cello is down');
	await rig.control('DELETE', '/faults');

	assert.deepEqual([(await ask('?account=nobody')).status, (await ask('?email=nobody@example.com')).status, (await ask('')).status,
		(await ask(`?account=${ada.account.id}`, 'ek_x')).status, (await ada.get(`/api/server/referral-link?account=${ada.account.id}`)).status], [404, 404, 422, 401, 401]);
});

test('an operator asks Cello: a code, a link, a discount, to be forgotten', async (t) => {
	const rig = await openRig({ name: 'cello-ask', set: byApi() });
	t.after(() => rig.close());
	const ada = await signup(rig, { ucc: UCC });
	await factsQuiet(rig);
	const wrong = (...args) => assert.rejects(rig.endpin('cello', ...args), (e) => e.code === 1);
	assert.match(await rig.endpin('cello', 'code', UCC), /valid, of user bob/);
	await rig.control('POST', '/cello/revoke', {});
	assert.match(await rig.endpin('cello', 'code', UCC), /valid, of user bob/);
	await fault(rig, { path: '/cello/referral-codes', action: 'status', status: 401, times: 2 });
	await assert.rejects(rig.endpin('cello', 'code', UCC), (e) => /has just given out/.test(e.err));
	await wrong('code', '00000000000');
	await wrong('link', 'nobody@example.com');
	await wrong('link', ada.email);
	assert.match((await rig.endpin('cello', 'reward', ada.email).catch((e) => e.out)), /discount|%/);
	await assert.rejects(rig.endpin('cello', 'forget', ada.email), (e) => e.code === 2 && /--yes/.test(e.err));
	// Their first boot makes them a referrer.
	await bootComponent(rig, ada);
	assert.match(await rig.endpin('cello', 'link', ada.email), /^https?:/);
	assert.match(await rig.endpin('cello', 'forget', ada.email, '--yes'), /nobody/);
	const { referrers } = await rig.control('GET', '/cello');
	assert.equal(referrers.find((r) => r.productUserId === ada.account.id).depersonalized, true);
	await wrong('forget', 'nobody@example.com', '--yes');
});
