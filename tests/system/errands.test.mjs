// SPDX-License-Identifier: MIT
//
// F2 F3: what waits, what was given up, and how people see it and bring it back: once, however often they say so.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, afterEach, before, test } from 'node:test';
import { join } from 'node:path';
import { connectCello } from '../rig/cello.mjs';
import { NOBODY } from '../rig/process.mjs';
import { openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { customerOf, newEmail, signup, subscribe, subscription, subscriptionWhen } from '../rig/visitor.mjs';

const TIMES = 10;
let rig;

before(async () => {
	rig = await openRig({ name: 'errands', set: { 'courier.poll': 1 } });
	await connectCello(rig);
	// A new installation begins with them a while later.
	await well('errands', 'retry', '--all', '--kind', 'chore', '--state', 'waiting');
	await waitFor('the chores', async () => await rig.value('SELECT count(done_at)::int FROM chore') === 2);
});
after(() => rig?.close());
// What went wrong for one is no matter of the next.
afterEach(() => rig.control('DELETE', '/faults'));

// The command as the application's role, whatever becomes of it.
const endpin = (...args) => new Promise((done) => {
	execFile(join(rig.stage.bin, 'endpin'), ['-c', rig.conf, ...args], { cwd: '/', env: {}, ...NOBODY },
		(e, out, err) => done({ code: e ? e.code : 0, out, err }));
});

async function well(...args) {
	const end = await endpin(...args);
	assert.equal(end.code, 0, `${args.join(' ')}: ${JSON.stringify(end)}`);
	return end;
}

// How often each of `TIMES` people at once could bring it back.
async function many(...args) {
	const ends = await Promise.all(Array.from({ length: TIMES }, () => endpin(...args)));
	for (const end of ends)
		assert.ok(end.code === 0 || (end.code === 1 && /nothing to bring back|brought back 0 of/.test(end.err + end.out)), JSON.stringify(end));
	return ends.filter((end) => end.code === 0).length;
}

const json = async (...args) => JSON.parse((await endpin('errands', ...args, '--json')).out);
const dead = () => json('--state', 'dead');
const fault = (f) => rig.control('POST', '/faults', { target: 'stripe', times: -1, action: 'status', ...f });
const fine = () => rig.control('DELETE', '/faults');
const asked = (method, path) => rig.control('GET', `/requests?target=stripe&path=${path}`)
	.then((all) => all.filter((r) => r.method === method));
const forget = () => rig.control('DELETE', '/requests');

// All that Stripe says was heard of, and nothing waits but what comes round.
const quiet = () => waitFor('nothing left to do', async () =>
	(await rig.control('POST', '/events/idle?timeout_ms=1000')).idle &&
	await rig.value("SELECT count(*)::int FROM stripe_object WHERE state = 'waiting'") === 0 &&
	await rig.value("SELECT count(*)::int FROM stripe_call WHERE state = 'waiting'") === 0, 30000);

test('what is wrong with a command line is said, with what to do', async () => {
	for (const [args, says] of [
		[['errands', 'bury'], /list, show, retry and drop/],
		[['errands', '--kind', 'mail'], /the kinds are sweep, object, call, fact, code, erasure, card, link, chore\n/],
		[['errands', '--state', 'lost'], /waiting, attended, parked, done, dead and dropped/],
		[['errands', '--limit', '0'], /a number/], [['errands', '--limit', 'all'], /a number/], [['errands', '--limit', '99999999'], /a number/],
		[['errands', '--limit'], /wants a value/], [['errands', '--id='], /empty/], [['errands', '--json=yes'], /takes no value/],
		[['errands', '--all'], /no option/], [['errands', '-j'], /no option/], [['errands', 'list', 'object'], /too many/],
		[['errands', 'show'], /missing/], [['errands', 'show', 'object'], /missing/], [['errands', 'show', 'object', 'sub_1', 'sub_2'], /too many/],
		[['errands', 'show', 'mail', '1'], /no kind/], [['errands', 'retry'], /KIND ID/], [['errands', 'retry', 'object'], /KIND ID/],
		[['errands', 'retry', 'object', 'sub_1', '--all'], /KIND ID/], [['errands', 'retry', '--kind', 'object'], /--all/],
		[['errands', 'retry', '--all', '--state', 'done'], /cannot be brought back/], [['errands', 'retry', '--all', '--state', 'x'], /no state/],
		[['objects', 'show'], /missing/], [['objects', 'show', 'object', 'sub_1'], /too many/], [['objects', '--kind', 'call'], /no option/],
		[['calls', 'read', 'cus_1'], /list, show, retry and drop/], [['objects', 'read', 'prod_1'], /cus_, sub_, in_ or cs_/],
		[['calls', 'retry'], /KIND ID/],
		[['errands', 'drop'], /missing/], [['errands', 'drop', '--all'], /no option/],
		[['resync', '--since', '7'], /a duration/], [['resync', '--since', 'd'], /a duration/], [['resync', '--since', '0h'], /a duration/],
		[['resync', '--since', '-1d'], /a duration/], [['resync', '--since', '99999999999999999999d'], /a duration/], [['resync', '7d'], /too many/],
		[['tidy', 'all'], /too many/], [['check', '--online'], /no option/], [['routes', 'x'], /too many/], [['config', '--all'], /no option/],
		[['migrate', '--dir'], /wants a value/]
	]) {
		const end = await endpin(...args);
		assert.equal(end.code, 2, `${args.join(' ')}: ${JSON.stringify(end)}`);
		assert.equal(end.out, '', args.join(' '));
		assert.match(end.err, /^endpin: .+\nhint: .+\n$/, args.join(' '));
		assert.match(end.err, says, args.join(' '));
	}
	for (const args of [['objects', 'show', 'sub_1'], ['calls', 'retry', 'no-uuid']])
		assert.match((await endpin(...args)).err, /^endpin: there is no .+\nhint: .+\n$/);
	for (const args of [['show', 'object', 'sub_1'], ['retry', 'call', 'no-uuid'], ['drop', 'chore', 'x']]) {
		const end = await endpin('errands', ...args);
		assert.equal(end.code, 1, args.join(' '));
		assert.match(end.err, /^endpin: there is no .+\nhint: .+\n$/);
	}
});

test('what waits is listed, for people and for programs', async () => {
	const { out } = await well('errands');
	assert.match(out, /^KIND +ID +STATE +TRIES +DUE +LAST ERROR\nchore +reconcile +waiting +0 +in [56] hours +-\nchore +tidy /);
	assert.match(out, /\nchore +2 waiting \(0 of them due\), 0 parked, 0 dead\n$/);
	assert.deepEqual(await json('--kind', 'chore', '--id', 'tidy').then(([x]) => ({ ...x, dueInSeconds: x.dueInSeconds > 80000 })),
		{ kind: 'chore', id: 'tidy', state: 'waiting', attempts: 0, dueInSeconds: true, beingDone: false, lastError: null });
	assert.equal((await json('--limit', '1')).length, 1);
	const none = await endpin('errands', '--state', 'dead', '--json');
	assert.deepEqual([none.code, none.out], [1, '[]\n']);

	const shown = JSON.parse((await well('errands', 'show', 'chore', 'tidy', '--json')).out);
	assert.equal(shown.errand, 'chore');
	assert.equal(shown.last_error, null);
	assert.ok(Date.parse(shown.done_at) > 0);
	assert.match((await well('errands', 'show', 'chore', 'tidy')).out, /^errand +chore\n[^]*\nlast_error +-\nplace +-\n$/);
});

test('objects and calls are the errands of their kind; an object is read when somebody wants it', async () => {
	const visitor = await signup(rig);
	await quiet();
	const id = await customerOf(rig, visitor.account);
	const [call] = JSON.parse((await well('calls', '--state', 'done', '--json')).out);
	assert.equal(call.kind, 'call');
	assert.equal(JSON.parse((await well('calls', 'show', call.id, '--json')).out).object_id, id);
	assert.equal(JSON.parse((await well('objects', 'list', '--id', id, '--json')).out)[0].state, 'done');
	assert.match((await endpin('objects', 'retry', id)).err, /nothing to bring back: object \S+ is done/);

	// What the row says wrongly, and what it does not say at all.
	await rig.sql('UPDATE customer SET livemode = true WHERE id = $1', [id]);
	await well('objects', 'read', id);
	await waitFor('the customer', () => rig.value('SELECT NOT livemode FROM customer WHERE id = $1', [id]));
	await rig.control('POST', '/events/mode', { generate: false });
	const unheard = await askStripe(rig, 'POST', '/customers', { email: 'unheard@example.com' });
	await rig.control('POST', '/events/mode', { generate: true });
	await well('objects', 'read', unheard.id);
	await waitFor('the other', () => rig.value('SELECT count(*)::int FROM customer WHERE id = $1', [unheard.id]));
});

test('F3: an object that Stripe refused to show is read once, however often it is brought back', async (t) => {
	const visitor = await signup(rig);
	await subscribe(rig, visitor);
	await quiet();
	await fault({ method: 'GET', path: '/v1/subscriptions/', status: 400, code: 'parameter_unknown' });
	const { id } = await rig.control('POST', '/portal/cancel', { customer: await customerOf(rig, visitor.account) });
	await rig.control('POST', '/events/idle?timeout_ms=10000');
	const [x] = await waitFor('a dead object', async () => {
		const all = await dead();
		return all.length > 0 && all;
	});
	assert.deepEqual([x.kind, x.id, x.lastError], ['object', id, 'Stripe answered 400 parameter_unknown ']);
	assert.equal((await subscription(visitor)).cancelAt, null);

	const check = await endpin('check');
	assert.equal(check.code, 1);
	assert.match(check.out, /not ok +errands .*\n +detail +1 of kind object\n +hint .*endpin errands --state dead/);

	await fine();
	await forget();
	const said = await many('errands', 'retry', 'object', id);
	await subscriptionWhen(visitor, 'the cancellation', (s) => s.cancelAt !== null);
	await quiet();
	const reads = (await asked('GET', `/v1/subscriptions/${id}`)).length;
	t.diagnostic(`brought back by ${said} of ${TIMES} at once: ${reads} read`);
	assert.ok(said >= 1);
	assert.equal(reads, 1);
	assert.match((await endpin('errands', 'retry', 'object', id)).err, /nothing to bring back: object \S+ is done/);
});

test('F3: objects of every kind at Stripe, all at once', async (t) => {
	for (let i = 0; i < 3; i++)
		await subscribe(rig, await signup(rig));
	await quiet();
	const before = await rig.sql('SELECT id, status, price FROM subscription ORDER BY id');
	await rig.sql("UPDATE stripe_object SET state = 'dead', attempts = 200, settled_at = now(), last_error = 'a test'");
	const ids = (await dead()).map((x) => x.id);
	assert.ok(ids.length >= 16, `only ${ids.length}`);
	const kinds = await rig.value('SELECT count(DISTINCT kind)::int FROM stripe_object');
	assert.equal(kinds, 4);
	await forget();
	await many('errands', 'retry', '--all', '--kind', 'object');
	await quiet();
	assert.deepEqual((await rig.sql('SELECT DISTINCT state FROM stripe_object')), [{ state: 'done' }]);
	const reads = (await asked('GET', '/v1/')).map((r) => r.path.split('/').pop());
	t.diagnostic(`${ids.length} dead objects of ${kinds} kinds, all brought back by ${TIMES} at once: ${reads.length} reads`);
	// Whoever applies a page of Checkout hears of its subscription: one more read, if that was done before.
	const others = (id) => !id.startsWith('sub_');
	assert.deepEqual(reads.filter(others).sort(), ids.filter(others).sort());
	assert.deepEqual([...new Set(reads)].sort(), ids.sort());
	assert.ok(reads.length <= ids.length + ids.filter((id) => id.startsWith('cs_')).length);
	assert.deepEqual(await rig.sql('SELECT id, status, price FROM subscription ORDER BY id'), before);
});

test('F3: a customer that Stripe refused is made once, from what the account says by then', async (t) => {
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/customers', action: 'status', status: 400, times: -1,
		code: 'email_invalid', param: 'email', message: 'Invalid email address: somebody@example.com' });
	const visitor = await signup(rig);
	const theCall = () => waitFor('a dead call', async () => {
		const all = await dead();
		return all.length === 1 && all[0];
	});
	const first = await theCall();
	assert.equal(first.kind, 'call');
	assert.match(first.lastError, /^answered 400 email_invalid email request req_\w+: Invalid email address: \(address\)$/);
	const shown = (await well('errands', 'show', 'call', first.id)).out;
	assert.match(shown, /\noutcome +refused\n/);
	assert.doesNotMatch(shown, /example\.com/);

	// Nothing was corrected: it is refused once more, and still there is one dead call.
	await well('errands', 'retry', 'call', first.id);
	await waitFor('another call', async () => (await json('--id', first.id))[0]?.state === 'done');
	const second = await theCall();
	assert.notEqual(second.id, first.id);

	await rig.control('DELETE', '/faults');
	await rig.sql('UPDATE account SET email = $2 WHERE id = $1', [visitor.account.id, newEmail()]);
	await forget();
	const said = await many('errands', 'retry', 'call', second.id);
	const customer = await customerOf(rig, visitor.account);
	await quiet();
	const sent = (await asked('POST', '/v1/customers')).length;
	const made = (await rig.control('GET', '/objects/customers')).filter((c) => c.metadata.new_user_id === visitor.account.id);
	t.diagnostic(`brought back by ${said} of ${TIMES} at once: ${sent} call, ${made.length} customer`);
	assert.equal(sent, 1);
	assert.deepEqual(made.map((c) => c.id), [customer]);
	assert.equal(made[0].email, await rig.value('SELECT email FROM account WHERE id = $1', [visitor.account.id]));
	assert.deepEqual(await rig.sql('SELECT state, outcome FROM stripe_call WHERE account_id = $1 ORDER BY created_at', [visitor.account.id]),
		[{ state: 'done', outcome: 'replaced' }, { state: 'done', outcome: 'replaced' }, { state: 'done', outcome: 'made' }]);
});

// With other settings, for a while.
function couriers(processes) {
	rig.configure({ 'courier.processes': processes });
	return rig.reload();
}

test('who buys before a courier comes for a refused call that was brought back does not send what was refused', async () => {
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/customers', action: 'status', status: 400, code: 'email_invalid' });
	const visitor = await signup(rig);
	const [{ id }] = await waitFor('a dead call', async () => {
		const all = await dead();
		return all.length === 1 && all;
	});
	await couriers(0);
	await rig.sql('UPDATE account SET email = $2 WHERE id = $1', [visitor.account.id, newEmail()]);
	await well('errands', 'retry', 'call', id);
	await forget();
	const answer = await visitor.post('/api/checkout', { plan: 'solo' });
	assert.equal(answer.status, 201, answer.text);
	await couriers(2);
	await quiet();
	assert.equal((await asked('POST', '/v1/customers')).length, 1);
	assert.deepEqual(await rig.sql("SELECT state, outcome FROM stripe_call WHERE account_id = $1 AND kind = 'customer' ORDER BY created_at",
		[visitor.account.id]), [{ state: 'done', outcome: 'replaced' }, { state: 'done', outcome: 'made' }]);
});

// Somebody whose call for a customer was given up because Stripe was away for days.
async function givenUp() {
	await fault({ method: 'POST', path: '/v1/customers', status: 503 });
	const visitor = await signup(rig);
	const id = await waitFor('a call that failed', () => rig.value(`UPDATE stripe_call SET state = 'dead', attempts = 200, settled_at = now()
		WHERE account_id = $1 AND last_error IS NOT NULL AND leased_until IS NULL RETURNING id`, [visitor.account.id]));
	await fine();
	return { visitor, id };
}

test('F3: a customer that was given up is made once, under the key of before', async (t) => {
	const { visitor, id } = await givenUp();
	await forget();
	const said = await many('errands', 'retry', 'call', id);
	await customerOf(rig, visitor.account);
	await quiet();
	const sent = await asked('POST', '/v1/customers');
	t.diagnostic(`brought back by ${said} of ${TIMES} at once: ${sent.length} call`);
	assert.deepEqual(sent.map((r) => r.headers['idempotency-key']), [id]);
});

test('what something newer has replaced stays as it is', async () => {
	const { visitor, id } = await givenUp();
	assert.equal((await visitor.post('/api/checkout', { plan: 'solo' })).status, 201);
	const end = await endpin('errands', 'retry', 'call', id);
	assert.equal(end.code, 1);
	assert.match(end.err, /something newer has taken its place.*\nhint: nothing is missing/);
	const all = await endpin('errands', 'retry', '--all');
	assert.equal(all.code, 1);
	assert.match(all.out, /^brought back 0 of 1 that are dead\n1 stay as they are/);
	await well('errands', 'drop', 'call', id);
	assert.equal((await json('--id', id))[0].state, 'dropped');
	assert.match((await endpin('errands', 'drop', 'call', id)).err, /nothing to drop/);
	await well('check');
});

test('F3: chores that were given up or dropped come round again', async (t) => {
	await rig.sql("UPDATE chore SET state = 'dead', attempts = 200, settled_at = now(), last_error = 'a test'");
	const check = await endpin('check');
	assert.equal(check.code, 1);
	assert.match(check.out, /not ok +chores +tidy does not come round any more\n +detail +it is dead; a test\n +hint .*endpin errands retry chore tidy/);
	const since = await rig.value('SELECT now()');
	const said = await many('errands', 'retry', '--kind', 'chore', '--all');
	await waitFor('a turn of each', async () => await rig.value('SELECT count(*)::int FROM chore WHERE done_at > $1', [since]) === 2);
	await waitFor('the chores to rest', async () => (await json('--kind', 'chore')).every((x) => x.dueInSeconds > 1000));
	const turns = rig.log().filter((l) => l.event === 'tidied' && Date.parse(l.ts) > since).length;
	t.diagnostic(`brought back by ${said} of ${TIMES} at once: ${turns} turn of tidy`);
	assert.ok(turns >= 1 && turns <= TIMES);

	await well('errands', 'drop', 'chore', 'tidy');
	assert.equal((await endpin('check')).code, 1);
	await well('errands', 'retry', 'chore', 'tidy');
	await waitFor('tidy', async () => (await json('--id', 'tidy'))[0].dueInSeconds > 1000);
	await well('check');
});

test('F2: resync finds what was never heard of, and says how far it is', async (t) => {
	const visitor = await signup(rig);
	await subscribe(rig, visitor);
	await quiet();
	await rig.control('POST', '/events/mode', { hold: true });
	await rig.control('POST', '/portal/cancel', { customer: await customerOf(rig, visitor.account) });
	const dry = await well('resync', '--dry-run');
	assert.match(dry.err, /^endpin: page 1: \d+ listed, 1 to be read\n/);
	assert.match(dry.out, /^of \d+ objects that Stripe lists 1 differ [^]*nothing was changed/);
	assert.equal((await subscription(visitor)).cancelAt, null);
	const { out } = await well('resync', '--since', '2h');
	assert.match(out, /lists 1 differ [^]*endpin errands/);
	await subscriptionWhen(visitor, 'the cancellation', (s) => s.cancelAt !== null);
	assert.match((await well('resync')).out, /lists 0 differ [^]*nothing was missed/);
	t.diagnostic(out.split('\n')[0]);
	await rig.control('POST', '/events/mode', { hold: false });

	const away = await endpin('--set', 'stripe.api_base=http://127.0.0.1:1', 'resync');
	assert.equal(away.code, 1);
	assert.match(away.err, /endpin: could not look at everything: there was no answer, or not in time\nhint: /);
});

test('tidy deletes what has had its time, and counts it', async () => {
	await rig.sql(`INSERT INTO stripe_object (lane, id, kind, state, settled_at)
		SELECT get_byte(sha256(convert_to('sub_old' || i, 'UTF8')), 0), 'sub_old' || i, 'subscription', 'done', now() - interval '91 days'
		FROM generate_series(1, 7) AS i`);
	assert.match((await well('tidy')).out, / 7 objects,/);
	assert.match((await well('tidy')).out, / 0 objects,/);
});

test('check says whose the key is, and whether Stripe answers', async () => {
	assert.match((await well('check')).out, /\nok +stripe +the key is of acct_sandbox in test mode, and so are the rows\n/);
	const away = ['--set', 'stripe.api_base=http://127.0.0.1:1', 'check'];
	const end = await endpin(...away);
	assert.equal(end.code, 1);
	assert.match(end.out, /\nnot ok +stripe +Stripe could not be asked\n +detail .*\n +hint .*--offline/);
	assert.doesNotMatch((await well(...away, '--offline')).out, /stripe  /);

	await rig.sql("UPDATE stripe_home SET account = 'acct_other', key_digest = ''");
	const other = await endpin('check');
	assert.equal(other.code, 1);
	assert.match(other.out, /\nnot ok +stripe .*\n +detail +the key is of acct_sandbox in test mode, the rows are of acct_other in test mode\n/);
	assert.equal((await endpin('resync')).code, 1);
	await rig.sql('DELETE FROM stripe_home');
	assert.match((await well('check')).out, /the rows are nobody's yet\n/);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_home'), 0, 'to check leaves no trace');
	await rig.sql("INSERT INTO stripe_home (account, livemode, key_digest) VALUES ('acct_sandbox', false, '')");

	await rig.sql("UPDATE stripe_home SET livemode = true");
	assert.match((await endpin('check')).out, /the rows are of acct_sandbox in live mode/);
	await rig.sql("UPDATE stripe_home SET livemode = false");
	await fault({ method: 'GET', path: '/v1/account', status: 401 });
	assert.match((await endpin('check')).out, /\nnot ok +stripe +Stripe refuses the key\n/);
	await fine();
});

test('check says that nobody comes for what is due', async () => {
	await rig.endpind.stop('SIGTERM');
	await rig.sql("UPDATE chore SET due_at = now() - interval '4 minutes'");
	const early = await endpin('check');
	assert.doesNotMatch(early.out, /\nnot ok +errands/);
	assert.match(early.out, /\nnot ok +stripe .* is answered with 50\d by somebody else, or endpind is not running\n/);
	await rig.sql("UPDATE chore SET due_at = now() - interval '10 minutes' WHERE id = 'tidy'");
	const end = await endpin('check');
	assert.equal(end.code, 1);
	assert.match(end.out, /\nnot ok +errands +what is due is not being done\n +detail +2 of kind chore are due, the oldest for 10 minutes\n +hint .*endpind/);
	assert.match((await well('errands')).out, /chore +tidy +waiting +0 +10 minutes ago +-\n/);
	await rig.sql("UPDATE chore SET done_at = now() - interval '13 hours' WHERE id = 'reconcile'");
	assert.match((await endpin('check')).out, /\nnot ok +chores +reconcile was done last 13 hours ago\n/);
	await rig.startEndpind();
	await waitFor('all to be well again', async () => (await endpin('check')).code === 0);
});
