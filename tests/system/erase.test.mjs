// SPDX-License-Identifier: MIT
//
// An account is erased: nobody is logged in, nothing goes on at Stripe, Cello makes them nobody, and of what bookkeeping keeps
// nothing says who it was. Whoever dies on the way, it is done, once; what is told later changes nothing.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { byApi, factsQuiet } from '../rig/cello.mjs';
import { openRig, waitFor, PASSWORD } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { bootComponent, checkout, customerOf, newEmail, pay, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

let rig, key, people = 0;

before(async () => {
	rig = await openRig({ name: 'erase', set: byApi({ 'cello.events_api': 'v2', 'stripe.timeout': 3 }) });
	key = (await rig.endpin('keys', 'create', 'product')).trim().split('\n').at(-1);
});
after(() => rig?.close());
afterEach(() => rig.control('DELETE', '/faults'));

const fault = (what) => rig.control('POST', '/faults', what);
const logged = (event, id) => rig.log().filter((l) => l.event === event && l.msg.includes(id)).map((l) => l.msg);
const erase = (client, body = { password: PASSWORD }) => client.post('/api/account/erase', body);
const erasure = async (id) => (await rig.sql('SELECT * FROM erasure WHERE id = $1', [id]))[0];
const forgets = (id) => rig.sql("SELECT state, outcome, last_error FROM cello_fact WHERE account_id = $1 AND trigger = 'depersonalize'", [id]);
const callsOf = (id) => rig.sql("SELECT kind, state, outcome, subject FROM stripe_call WHERE account_id = $1 AND kind IN ('expire', 'close', 'delete') ORDER BY created_at, kind", [id]);
const atStripe = async (name, customer) => (await rig.control('GET', `/objects/${name}`)).filter((o) => o.customer === customer);
const askedOfCello = async (id) => (await rig.control('GET', '/requests')).filter((r) => r.path.includes(`/referrers/${id}/depersonalize`));

async function command(...args) {
	try {
		return { code: 0, out: await rig.endpin(...args), err: '' };
	} catch (e) {
		return { code: e.code, out: e.out, err: e.err };
	}
}

// Whatever waits is due now.
const hurry = () => rig.sql(`WITH a AS (UPDATE erasure SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL AND due_at > now() AND closed_at IS NULL),
	b AS (UPDATE cello_fact SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL AND due_at > now())
	UPDATE stripe_call SET due_at = now() WHERE state = 'waiting' AND leased_until IS NULL AND due_at > now()`);

// The second look is ten minutes after the first that found nothing.
async function finished(id, ms = 60000) {
	await waitFor('nothing open at Stripe', async () => {
		await hurry();
		return (await erasure(id)).closed_at;
	}, ms);
	await waitFor('all that was told before', async () => {
		await hurry();
		return await rig.value("SELECT count(*)::int FROM cello_fact WHERE account_id = $1 AND state = 'waiting'", [id]) === 0;
	}, ms);
	await quiet(rig);
	await rig.sql("UPDATE erasure SET closed_at = closed_at - interval '1 hour', due_at = now() WHERE id = $1", [id]);
	await waitFor('the second look', async () => {
		await rig.sql("UPDATE erasure SET due_at = now(), closed_at = closed_at - interval '1 hour' WHERE id = $1 AND state = 'waiting' AND leased_until IS NULL", [id]);
		return (await erasure(id)).state === 'done';
	}, ms);
}

// Every column of every table, and what says who somebody was.
async function traces(...words) {
	const tables = (await rig.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")).map((t) => t.table_name);
	const found = [];
	for (const table of tables)
		for (const word of words)
			if (await rig.value(`SELECT count(*)::int FROM "${table}" t WHERE t::text ILIKE '%' || $1 || '%'`, [word]) > 0)
				found.push(`${table}: ${word}`);
	return found;
}

// Without what Stripe tells until the second look.
const hereNow = async (...words) => (await traces(...words)).filter((t) => !t.startsWith('stripe_event'));

const person = () => ({ email: newEmail(), firstName: 'Zuzana', lastName: `Erasmusova-${++people}-`, organization: 'Quartett Vergessen', ucc: UCC });

async function somebody(fields = person()) {
	const client = await signup(rig, fields);
	await subscribe(rig, client);
	await quiet(rig);
	return { client, id: client.account.id, email: fields.email, name: fields.lastName, customer: await customerOf(rig, client.account) };
}

test('however many customers an account has had, all are looked at', async () => {
	const { client, id } = await somebody();
	// Replaced one after the other, as by adoptions; the last of them still pays.
	const old = [];
	for (let i = 0; i < 17; i++)
		old.push((await askStripe(rig, 'POST', '/customers', { email: newEmail() })).id);
	const last = old.sort().at(-1);
	await rig.control('POST', '/card', { customer: last, card: '4242424242424242' });
	const { id: forgotten } = await askStripe(rig, 'POST', '/subscriptions', { customer: last, 'items[0][price]': 'price_solo' });
	await quiet(rig);
	await rig.sql('INSERT INTO customer (id, former_account_id) SELECT unnest($2::text[]), $1 ON CONFLICT (id) DO UPDATE SET former_account_id = excluded.former_account_id', [id, old]);
	assert.equal((await erase(client)).status, 202);
	await waitFor('the subscription of the last to be ended', async () => {
		await hurry();
		return (await atStripe('subscriptions', last)).find((s) => s.id === forgotten).status === 'canceled';
	}, 20000);
});

test('the person erases their account: nobody is logged in, nothing goes on, and nothing says who it was', async () => {
	const { client, id, email, name, customer } = await somebody();
	const elsewhere = rig.client();
	assert.equal((await elsewhere.post('/api/login', { email, password: PASSWORD })).status, 200);
	assert.deepEqual((await traces(email, name)).length > 3, true);

	for (const body of [{ password: 'not the right one at all' }, { password: '' }, {}, { password: 7 }]) {
		const wrong = await erase(client, body);
		assert.deepEqual([wrong.status, wrong.json.errors?.[0].field], [422, 'password']);
	}
	assert.equal((await client.get('/api/session')).json.account.email, email);
	assert.equal(await erasure(id), undefined);

	const done = await erase(client);
	assert.equal(done.status, 202, done.text);
	assert.equal(done.json.account, id);
	assert.ok(done.json.kept.length > 2 && done.json.kept.every((k) => k.what && k.why));
	for (const one of [client, elsewhere]) {
		assert.equal((await one.get('/api/session')).json.account ?? null, null);
		assert.equal((await one.get('/auth')).status, 401);
		assert.equal((await one.post('/api/checkout', { plan: 'solo' })).status, 401);
	}
	assert.equal((await rig.client().post('/api/login', { email, password: PASSWORD })).status, 401);
	assert.equal((await rig.client().post('/api/login', { email: `erased:${id}`, password: PASSWORD })).status, 401);

	await finished(id);
	assert.deepEqual(await traces(email, name), []);
	assert.deepEqual((await atStripe('subscriptions', customer)).map((s) => s.status), ['canceled']);
	assert.equal((await callsOf(id)).filter((c) => c.kind === 'close' && c.outcome === 'made').length, 1);
	assert.deepEqual((await rig.sql('SELECT status FROM subscription WHERE customer_id = $1', [customer])).map((s) => s.status), ['canceled']);
	// Nothing is paid back, and what bookkeeping must have is there.
	assert.deepEqual((await rig.sql('SELECT kind FROM ledger_entry WHERE account_id = $1', [id])).map((e) => e.kind), ['payment']);
	assert.equal((await atStripe('invoices', customer)).length, await rig.value('SELECT count(*)::int FROM invoice WHERE customer_id = $1', [customer]));
	assert.equal(await rig.value('SELECT ucc FROM referral WHERE account_id = $1', [id]), UCC);
	// The customer stays by default: Stripe's invoices need one.
	assert.equal((await rig.control('GET', '/objects/customers')).find((c) => c.id === customer).deleted ?? false, false);
	// Cello never saw them as a referrer: it was asked once, and there was nobody to forget.
	assert.deepEqual((await forgets(id)).map((f) => f.state), ['done']);
	// It is said once it is written down.
	await waitFor('it to be said', () => logged('erasure_done', id).length > 0);
	assert.equal(logged('erasure_done', id).length, 1);
});

test('the address is free, and what is bought with it then is a new account\'s', async () => {
	const { client, id, email, customer } = await somebody();
	assert.equal((await erase(client)).status, 202);
	const again = await signup(rig, { email });
	assert.notEqual(again.account.id, id);
	const bought = await subscribe(rig, again);
	await finished(id);
	await quiet(rig);
	assert.notEqual(await customerOf(rig, again.account), customer);
	assert.equal((await atStripe('subscriptions', await customerOf(rig, again.account))).find((s) => s.id === bought.id).status, 'active');
});

test('a page of Checkout that is still open is closed: nothing can be bought on it', async () => {
	const client = await signup(rig, person());
	const { sessionId } = await checkout(client);
	assert.equal((await erase(client)).status, 202);
	await waitFor('the page to be closed', async () => (await rig.control('GET', '/objects/sessions')).find((s) => s.id === sessionId).status === 'expired');
	await assert.rejects(pay(rig, sessionId));
	await finished(client.account.id);
	assert.deepEqual((await callsOf(client.account.id)).map((c) => [c.kind, c.outcome]), [['expire', 'made']]);
	assert.equal(await rig.value('SELECT url FROM checkout_session WHERE id = $1', [sessionId]), null);
});

test('one that is paid on at that very moment has its subscription ended', async () => {
	const client = await signup(rig, person());
	const { sessionId } = await checkout(client);
	await fault({ target: 'stripe', method: 'POST', path: `/v1/checkout/sessions/${sessionId}/expire`, action: 'status', status: 500, times: -1 });
	assert.equal((await erase(client)).status, 202);
	// The next one, whenever it comes, closes nothing either.
	await waitFor('the attempt', async () => (await erasure(client.account.id)).last_error);
	await pay(rig, sessionId);
	await rig.control('DELETE', '/faults');
	await finished(client.account.id);
	const customer = await rig.value('SELECT id FROM customer WHERE account_id = $1', [client.account.id]);
	assert.deepEqual((await atStripe('subscriptions', customer)).map((s) => s.status), ['canceled']);
});

test('what begins at Stripe afterwards is ended, and brings nobody back', async () => {
	const { client, id, customer } = await somebody();
	assert.equal((await erase(client)).status, 202);
	await finished(id);
	await rig.control('POST', '/card', { customer, card: '4242424242424242' });
	const { id: late } = await askStripe(rig, 'POST', '/subscriptions', { customer, 'items[0][price]': 'price_solo' });
	await waitFor('the late subscription to be ended', async () => {
		await hurry();
		return (await atStripe('subscriptions', customer)).find((s) => s.id === late).status === 'canceled';
	}, 30000);
	// Told at each reading until it has ended.
	assert.notDeepEqual(logged('erased_subscribed', id), []);
	await finished(id);
	// All that was ever told, once more.
	for (const event of await rig.control('GET', '/events'))
		await rig.control('POST', '/events/deliver', { id: event.id });
	await quiet(rig);
	const [account] = await rig.sql('SELECT email, first_name, password_hash FROM account WHERE id = $1', [id]);
	assert.deepEqual(account, { email: `erased:${id}`, first_name: '', password_hash: '' });
	assert.equal(await rig.value('SELECT count(*)::int FROM session WHERE account_id = $1', [id]), 0);
	assert.equal(await rig.value("SELECT count(*)::int FROM stripe_call WHERE account_id = $1 AND kind = 'customer' AND state = 'waiting'", [id]), 0);
});

test('the referrer becomes nobody at Cello, once, and whom they referred stays referred', async () => {
	const { client, id } = await somebody();
	const { bootConfig: { productId, token } } = (await client.get('/api/cello/token')).json;
	const boot = await (await fetch(`${rig.sandboxUrl}/cello/widget/boot`, { method: 'POST', headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ productId, token, productUserDetails: { fullName: 'Zuzana Erasmusova', email: client.email } }) })).json();
	const { referrers } = await rig.control('GET', '/cello');
	const ours = referrers.find((r) => r.productUserId === id);
	assert.ok(ours, JSON.stringify(boot));
	const friend = await signup(rig, { ucc: ours.ucc });
	await subscribe(rig, friend);
	await rig.control('DELETE', '/requests');
	assert.equal((await erase(client)).status, 202);
	await finished(id);
	const after = (await rig.control('GET', '/cello')).referrers.find((r) => r.productUserId === id);
	assert.deepEqual([after.depersonalized, after.firstName], [true, null]);
	assert.equal((await askedOfCello(id)).length, 1);
	assert.equal(await rig.value('SELECT ucc FROM referral WHERE account_id = $1', [friend.account.id]), ours.ucc);
	assert.equal(await rig.value("SELECT ucc FROM ledger_entry WHERE account_id = $1 AND kind = 'payment'", [friend.account.id]), ours.ucc);
});

test('their link is forgotten here, whoever has it asked for, and whoever is asking Cello for it just then', async () => {
	const { client, id } = await somebody();
	const link = (query) => rig.client().get(`/api/server/referral-link?${query}`, { headers: { authorization: `Bearer ${key}` } });
	const rows = () => rig.value('SELECT count(*)::int FROM referral_link WHERE id = $1', [id]);
	await bootComponent(rig, client);
	const known = await waitFor('the link', async () => (await link(`account=${id}`)).json.link);
	await rig.sql("UPDATE referral_link SET looked_at = looked_at - interval '8 days' WHERE id = $1", [id]);
	await fault({ target: 'cello', method: 'GET', path: `^.*/active-link/${id}`, action: 'delay', ms: 1500 });
	assert.equal((await link(`account=${id}`)).json.link, known);
	await waitFor('a courier that asks', async () => (await rig.control('GET', '/faults')).some((f) => f.path.includes('active-link') && f.times === 0));
	assert.equal((await erase(client)).status, 202);
	assert.equal(await rows(), 0);
	assert.equal((await link(`account=${id}`)).status, 404);
	await finished(id);
	assert.equal(await rows(), 0);
});

// --- whoever dies, and whatever does not answer ---

// What is asked, where the courier that asks it is killed while it waits for the answer.
const STEPS = [
	['that lists pages', { target: 'stripe', method: 'GET', path: '/v1/checkout/sessions' }],
	['that closes a page', { target: 'stripe', method: 'POST', path: '^/v1/checkout/sessions/.*/expire' }],
	['that lists subscriptions', { target: 'stripe', method: 'GET', path: '^/v1/subscriptions$' }],
	['that ends a subscription', { target: 'stripe', method: 'DELETE', path: '/v1/subscriptions/' }],
	['that tells Cello', { target: 'cello', method: 'POST', path: '^.*/referrers/.*/depersonalize' }]
];

// Nobody waits for the lease of who is dead.
const freeLeases = () => rig.sql(`WITH a AS (UPDATE erasure SET leased_until = NULL WHERE leased_until > now()),
	b AS (UPDATE stripe_call SET leased_until = NULL WHERE leased_until > now()) UPDATE cello_fact SET leased_until = NULL WHERE leased_until > now()`);

async function assertEnded(id, customer) {
	await finished(id, 120000);
	assert.deepEqual((await atStripe('subscriptions', customer)).map((s) => s.status), ['canceled']);
	assert.deepEqual((await atStripe('sessions', customer)).map((s) => s.status).sort(), ['complete', 'expired']);
	assert.deepEqual((await callsOf(id)).map((c) => [c.kind, c.state]).sort(), [['close', 'done'], ['expire', 'done']]);
	assert.deepEqual((await forgets(id)).map((f) => f.state), ['done']);
	assert.equal((await atStripe('charges', customer)).length, 1);
	assert.equal((await rig.control('GET', '/objects/refunds')).filter((r) => r.customer === customer).length, 0);
	assert.equal(await rig.value("SELECT count(*)::int FROM ledger_entry WHERE account_id = $1", [id]), 1);
}

// A second page, lost here as by a database that was restored: Stripe knows it.
async function withLostPage() {
	const one = await somebody();
	const session = await askStripe(rig, 'POST', '/checkout/sessions', { customer: one.customer, mode: 'subscription',
		'line_items[0][price]': 'price_solo', 'line_items[0][quantity]': 1, success_url: rig.origin, cancel_url: rig.origin });
	return { ...one, session: session.id };
}

for (const [what, where] of STEPS)
	for (const action of ['delay', 'drop_after'])
		test(`${action === 'delay' ? 'kill -9' : 'a lost answer'} at the call ${what}: it is done all the same, once`, async () => {
			const { client, id, customer } = await withLostPage();
			await fault({ ...where, action, ms: 1500 });
			assert.equal((await erase(client)).status, 202);
			if (action === 'delay') {
				await waitFor('the call', async () => (await rig.control('GET', '/faults')).some((f) => f.path === where.path && f.times === 0));
				for (const pid of rig.workers('courier'))
					process.kill(pid, 'SIGKILL');
				await waitFor('other couriers', () => rig.workers('courier').length > 0);
				await freeLeases();
			}
			await assertEnded(id, customer);
		});

test('kill -9 of everything right after the answer: what was promised is done', async () => {
	const { client, id, customer } = await withLostPage();
	assert.equal((await erase(client)).status, 202);
	for (const pid of [...rig.workers('courier'), ...rig.workers('password')])
		process.kill(pid, 'SIGKILL');
	await waitFor('other couriers', () => rig.workers('courier').length > 0);
	await freeLeases();
	await assertEnded(id, customer);
});

test('Cello is down: all the rest is done, and Cello hears of it afterwards', async () => {
	const { client, id, email, name, customer } = await somebody();
	await factsQuiet(rig);
	await fault({ target: 'cello', action: 'status', status: 503, times: -1 });
	assert.equal((await erase(client)).status, 202);
	await waitFor('the subscription to be ended', async () => (await atStripe('subscriptions', customer)).every((s) => s.status === 'canceled'));
	await waitFor('an attempt', async () => (await forgets(id))[0].last_error || (await hurry(), false));
	assert.deepEqual(await hereNow(email, name), []);
	assert.equal((await forgets(id))[0].state, 'waiting');
	await rig.control('DELETE', '/faults');
	await finished(id);
	assert.deepEqual((await forgets(id)).map((f) => f.state), ['done']);
});

test('Cello refuses: that is held and shown, and brought back by whoever has mended it', async () => {
	const { client, id } = await somebody();
	await fault({ target: 'cello', method: 'POST', path: `^.*/referrers/${id}/depersonalize`, action: 'status', status: 422, times: -1 });
	assert.equal((await erase(client)).status, 202);
	await waitFor('the refusal', async () => (await forgets(id))[0].state === 'dead');
	assert.match(await rig.endpin('errands', 'list', '--state', 'dead'), new RegExp(`depersonalize:${id}`));
	await rig.control('DELETE', '/faults');
	await rig.endpin('errands', 'retry', 'fact', `depersonalize:${id}`);
	await waitFor('Cello to have heard', async () => (await forgets(id))[0].state === 'done');
	await finished(id);
});

test('Stripe refuses: it is held and shown, and goes on when that is mended', async () => {
	const { client, id, email, name, customer } = await somebody();
	await fault({ target: 'stripe', method: 'DELETE', path: '/v1/subscriptions/', action: 'status', status: 400, code: 'parameter_invalid_empty', times: -1 });
	assert.equal((await erase(client)).status, 202);
	await waitFor('the refusal', async () => (await erasure(id)).state === 'dead');
	const told = await command('erase', id);
	assert.equal(told.code, 1);
	assert.match(told.out, /dead +Stripe refuses to end what it has/);
	assert.match(await rig.endpin('errands', 'list', '--kind', 'erasure', '--state', 'dead'), new RegExp(id));
	// What is here is gone all the same.
	assert.deepEqual(await hereNow(email, name), []);
	await rig.control('DELETE', '/faults');
	assert.equal((await command('erase', id, '--yes')).code, 0);
	await finished(id);
	assert.deepEqual((await atStripe('subscriptions', customer)).map((s) => s.status), ['canceled']);
});

test('a customer that is being made is waited for, and ended; one that nobody has asked for is not made', async () => {
	await fault({ target: 'stripe', method: 'POST', path: '/v1/customers', action: 'drop_after', times: 1 });
	const fields = person(), client = await signup(rig, fields), id = client.account.id;
	await waitFor('the attempt', () => rig.value("SELECT first_sent_at FROM stripe_call WHERE account_id = $1 AND kind = 'customer'", [id]));
	assert.equal((await erase(client)).status, 202);
	await finished(id);
	assert.ok(await rig.value('SELECT id FROM customer WHERE account_id = $1', [id]), 'the customer that was made is known to be theirs');
	assert.deepEqual(await traces(client.email, fields.lastName), []);

	await rig.control('POST', '/faults', { target: 'stripe', action: 'status', status: 503, times: -1 });
	const other = await signup(rig, person());
	// Not while a courier has it, who would write down when it is due.
	await waitFor('a failed attempt', () => rig.value(`UPDATE stripe_call SET first_sent_at = NULL, due_at = now() + interval '1 hour'
		WHERE account_id = $1 AND attempts > 0 AND leased_until IS NULL RETURNING true`, [other.account.id]));
	assert.equal((await erase(other)).status, 202);
	await rig.control('DELETE', '/faults');
	await finished(other.account.id);
	assert.equal(await rig.value("SELECT state FROM stripe_call WHERE account_id = $1 AND kind = 'customer'", [other.account.id]), 'dropped');
	assert.equal((await rig.control('GET', '/objects/customers')).filter((c) => c.metadata?.new_user_id === other.account.id).length, 0);
});

test('what Cello is still to be told of them goes without name and address', async () => {
	await fault({ target: 'cello', action: 'status', status: 503, times: -1 });
	const fields = person(), client = await signup(rig, fields);
	const waiting = () => rig.value("SELECT form FROM cello_fact WHERE account_id = $1 AND trigger = 'new-signup'", [client.account.id]);
	assert.match(await waiting(), /Erasmusova/);
	// Not while a courier has it, as above.
	await waitFor('a failed attempt', () => rig.value(`UPDATE cello_fact SET sent_at = NULL, due_at = now() + interval '1 hour'
		WHERE account_id = $1 AND attempts > 0 AND leased_until IS NULL RETURNING true`, [client.account.id]));
	assert.equal((await erase(client)).status, 202);
	assert.doesNotMatch(await waiting(), /Erasmusova|@example/);
	await rig.control('DELETE', '/faults');
	await finished(client.account.id);
	const { signups } = await rig.control('GET', '/cello');
	const told = signups.find((x) => x.newUserId === client.account.id);
	assert.ok(told, 'Cello was told of the signup');
	assert.equal(told.email ?? null, null);
});

// --- by others than the person ---

test('the product\'s back end erases with a key, by id or address, and twice is once', async () => {
	const { id, email } = await somebody();
	const say = (body, bearer = key) => rig.client().post('/api/server/erase', body, { headers: { authorization: `Bearer ${bearer}` } });
	assert.equal((await say({ account: id }, 'wrong')).status, 401);
	assert.equal((await say({})).status, 422);
	assert.equal((await say({ email: 'nobody@example.com' })).status, 404);
	assert.equal((await say({ email })).status, 202);
	assert.equal((await say({ email })).status, 404);
	assert.equal((await say({ account: id })).status, 202);
	assert.equal((await erasure(id)).asked_by, 'product');
	await finished(id);
	assert.equal((await forgets(id)).length, 1);
});

test('endpin erase asks for --yes, does it, and says how far it is', async () => {
	const { id, email } = await somebody();
	const asked = await command('erase', email);
	assert.equal(asked.code, 2);
	assert.match(asked.err, /cannot be taken back/);
	assert.equal(await erasure(id), undefined);
	const done = await command('erase', email, '--yes');
	assert.equal(done.code, 0, done.err);
	assert.match(done.out, new RegExp(`account ${id} is erased, by wish of the operator`));
	assert.match(done.out, /What stays:\n/);
	await finished(id);
	assert.match((await command('erase', id)).out, /done +\d{4}-/);
	assert.equal((await command('erase', email)).code, 1);
	assert.equal((await command('erase', 'cus_none')).code, 1);
});

// --- export ---

test('endpin export has every row of every table that is theirs, every column explained, and no secret', async () => {
	const { client, id, email, name } = await somebody();
	const all = JSON.parse(await rig.endpin('export', email));
	assert.equal(all.account, id);
	const by = Object.fromEntries(all.tables.map((t) => [t.table, t]));
	for (const t of all.tables) {
		const columns = (await rig.sql("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1", [t.table])).map((c) => c.column_name);
		assert.deepEqual([...Object.keys(t.fields), ...Object.keys(t.withheld)].sort(), columns.sort(), t.table);
		for (const row of t.rows)
			assert.deepEqual(Object.keys(row).sort(), Object.keys(t.fields).sort(), t.table);
		assert.ok([t.what, t.ends, t.erased, ...Object.values(t.fields)].every((text) => text.length > 1));
	}
	assert.equal(by.account.rows[0].email, email);
	assert.equal(by.referral.rows[0].ucc, UCC);
	for (const table of ['session', 'customer', 'subscription', 'subscription_item', 'invoice', 'checkout_session', 'stripe_call', 'stripe_event', 'stripe_object', 'ledger_entry', 'cello_fact'])
		assert.ok(by[table].rows.length > 0, `${table} has rows`);
	const counted = await rig.sql(`SELECT (SELECT count(*)::int FROM stripe_call WHERE account_id = $1) AS stripe_call, (SELECT count(*)::int FROM ledger_entry WHERE account_id = $1) AS ledger_entry,
		(SELECT count(*)::int FROM session WHERE account_id = $1) AS session, (SELECT count(*)::int FROM cello_fact WHERE account_id = $1) AS cello_fact`, [id]);
	for (const [table, count] of Object.entries(counted[0]))
		assert.equal(by[table].rows.length, count, table);
	// Wherever the database has their address or name, the export has it as often.
	const places = await traces(email);
	assert.deepEqual(places.map((p) => p.split(':')[0]).filter((table) => !JSON.stringify(by[table]?.rows ?? []).includes(email)), []);
	const hash = await rig.value('SELECT password_hash FROM account WHERE id = $1', [id]);
	const text = JSON.stringify(all);
	assert.ok(!text.includes('$argon2') && !text.includes(hash));
	assert.ok(!text.includes(await rig.value("SELECT encode(token_hash, 'hex') FROM session WHERE account_id = $1", [id])));
	assert.equal((await command('export', 'nobody@example.com')).code, 1);

	// Nobody else's is among them.
	const other = await somebody();
	const again = JSON.stringify(JSON.parse(await rig.endpin('export', id)));
	assert.ok(!again.includes(other.email) && !again.includes(other.customer) && !again.includes(other.id));

	// Of who is erased there is what was kept, and nothing that says who it was.
	assert.equal((await erase(client)).status, 202);
	await finished(id);
	const left = await rig.endpin('export', id);
	assert.ok(!left.includes(email) && !left.includes(name));
	assert.equal(JSON.parse(left).tables.find((t) => t.table === 'erasure').rows[0].asked_by, 'person');
});
