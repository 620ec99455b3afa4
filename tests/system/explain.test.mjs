// SPDX-License-Identifier: MIT
//
// endpin explain: one thing is broken and that thing is named, first, with its field and what to do; what is healthy gives no alarm.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openRig, waitFor } from '../rig/rig.mjs';
import { byApi, explain as explainTo, factsQuiet } from '../rig/cello.mjs';
import { askStripe } from '../rig/stripe.mjs';
import { checkout, customerOf, pay, quiet, signup, subscribe, UCC } from '../rig/visitor.mjs';

const OTHER = 'k3vTqPz9LmA';
let rig;

before(async () => {
	rig = await openRig({ name: 'explain', set: { 'courier.poll': 1, 'cello.reward_percent': 20, 'plan solo.trial_days': 0 } });
});
after(() => rig?.close());

const stripe = (...args) => askStripe(rig, ...args);
const metadata = (customer, changes) => stripe('POST', `/customers/${customer}`,
	Object.fromEntries(Object.entries(changes).map(([name, value]) => [`metadata[${name}]`, value])));

async function member(fields = { ucc: UCC }) {
	const client = await signup(rig, fields);
	const customer = await customerOf(rig, client.account);
	await quiet(rig);
	return { client, customer };
}

async function payer(fields) {
	const who = await member(fields);
	await subscribe(rig, who.client);
	await quiet(rig);
	who.invoice = await rig.value('SELECT id FROM invoice WHERE customer_id = $1', [who.customer]);
	return who;
}

// What is said in the second of the payment may have been said before it: Stripe tells time to the second.
const secondAfter = (invoice) => waitFor('the next second', () => rig.value("SELECT now() >= paid_at + interval '1 second' FROM invoice WHERE id = $1", [invoice]));

const explain = (who, ...more) => explainTo(rig, who, more);

const of = (told, kind) => told.findings.filter((f) => f.kind === kind).map((f) => f.cause);
const only = (told, cause, field) => {
	assert.deepEqual(of(told, 'wrong'), [cause], JSON.stringify(told.findings, null, 1));
	const found = told.findings.find((f) => f.cause === cause);
	if (field)
		assert.equal(found.field, field);
	assert.ok(found.says.length > 10 && found.fix.length > 10);
	return found;
};

test('a referral that was paid for: the whole story in its order, and no alarm', async () => {
	const { client, customer, invoice } = await payer();
	const told = await explain(client.email);
	assert.equal(told.inTheWay, false);
	assert.deepEqual(of(told, 'wrong'), []);
	assert.deepEqual(of(told, 'warning'), []);
	assert.deepEqual(of(told, 'wait'), ['cello_works', 'cello_reviews']);
	assert.deepEqual(of(told, 'unseen'), ['cello_webhook', 'cello_campaign', 'cello_referrer']);
	assert.deepEqual(told.referral.ucc, UCC);
	const what = told.timeline.map((m) => `${m.who} ${m.what}`);
	for (const want of ['visitor signed up', 'visitor was referred', 'endpin call customer', 'stripe customer says', 'stripe customer.created',
		'endpin call checkout', 'stripe invoice.paid', 'stripe invoice paid', 'endpin booked'])
		assert.ok(what.includes(want), `${want}: ${what.join('\n')}`);
	assert.deepEqual(told.timeline.map((m) => m.at), told.timeline.map((m) => m.at).sort());
	assert.match(told.timeline.find((m) => m.what === 'invoice.paid').detail, /Cello is told by its own endpoint/);
	assert.match(told.timeline.find((m) => m.what === 'booked').detail, /payment of 1520 usd, earned 304 for pNRB1aYqArN/);
	// The same by whatever name, and for people.
	for (const id of [client.account.id, customer, invoice])
		assert.deepEqual((await explain(id)).account.email, client.email);
	const text = await rig.endpin('explain', client.email);
	assert.match(text, /^visitor-\S+, account \S+, referred by pNRB1aYqArN$/m);
	assert.match(text, /Nothing that can be seen from here is in the way/);
	assert.doesNotMatch(text, /In the way of/);
});

test('nobody of that name, and a bad command line', async () => {
	for (const who of ['nobody@example.com', '00000000-0000-4000-8000-000000000000', 'cus_nobody', "x' OR 1"])
		await assert.rejects(rig.endpin('explain', who), (e) => e.code === 1 && /nobody here has this/.test(e.err));
	await assert.rejects(rig.endpin('explain'), (e) => e.code === 2);
	await assert.rejects(rig.endpin('explain', 'a@example.com', '--yaml'), (e) => e.code === 2);
});

test('no code at the signup', async () => {
	const { client } = await payer({});
	const { fix } = only(await explain(client.email), 'not_referred', 'referral.ucc');
	assert.match(fix, /endpin cello attribute EMAIL UCC/);
	await assert.rejects(rig.endpin('explain', client.email), (e) => e.code === 1 && /In the way of a reward/.test(e.out) && /not_referred, referral\.ucc/.test(e.out));
});

test('endpin cello attribute: said by hand, told to Stripe, and what to resend', async () => {
	const { client, customer, invoice } = await payer({});
	await secondAfter(invoice);
	const out = await rig.endpin('cello', 'attribute', client.email, UCC);
	assert.match(out, new RegExp(`is referred by ${UCC}, and customer ${customer} says so`));
	assert.match(out, new RegExp(`^ {2}evt_\\w+ {2}invoice\\.paid of ${invoice}$`, 'm'));
	const { metadata: told } = await stripe('GET', `/customers/${customer}`);
	assert.deepEqual([told.cello_ucc, told.new_user_id], [UCC, client.account.id]);
	await quiet(rig);
	only(await explain(client.email), 'metadata_late', 'metadata');
	// Again is harmless; another is refused; nobody is nobody.
	await rig.endpin('cello', 'attribute', client.email, UCC);
	await assert.rejects(rig.endpin('cello', 'attribute', client.email, OTHER), (e) => e.code === 1 && /was referred by pNRB1aYqArN/.test(e.err));
	await assert.rejects(rig.endpin('cello', 'attribute', 'nobody@example.com', UCC), (e) => e.code === 1);
	for (const args of [['attribute', client.email], ['attribute', client.email, 'WELCOME10'], [], ['moon']])
		await assert.rejects(rig.endpin('cello', ...args), (e) => e.code === 2, args.join(' '));
	assert.equal(await rig.value('SELECT source FROM referral WHERE account_id = $1', [client.account.id]), 'operator');
	// One whose customer is still to be made is told when it is.
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/customers', times: -1, action: 'status', status: 503 });
	const early = await signup(rig);
	await assert.rejects(rig.endpin('cello', 'attribute', early.email, UCC), (e) => e.code === 1 && /no customer at Stripe to be told yet/.test(e.err));
	await rig.control('DELETE', '/faults');
	await rig.sql("UPDATE stripe_call SET due_at = now() WHERE state = 'waiting'");
	const made = await customerOf(rig, early.account);
	await quiet(rig);
	only(await explain(early.email), 'ucc_missing', 'metadata.cello_ucc');
	await rig.endpin('cello', 'attribute', early.email, UCC);
	await quiet(rig);
	assert.equal((await stripe('GET', `/customers/${made}`)).metadata.cello_ucc, UCC);
	assert.deepEqual(of(await explain(early.email), 'wrong'), []);
});

test('the customer says nothing, something else, or what is no code', async () => {
	const { client, customer, invoice } = await payer();
	await secondAfter(invoice);
	const says = async (changes) => {
		await metadata(customer, changes);
		await quiet(rig);
		return explain(client.email);
	};
	assert.ok(of(await says({ cello_ucc: '' }), 'wrong').includes('ucc_missing'));
	const told = await says({ cello_ucc: 'WELCOME10' });
	assert.deepEqual(of(told, 'wrong'), ['ucc_malformed', 'metadata_late']);
	assert.match(told.findings[0].says, /"WELCOME10"/);
	assert.equal(told.findings[0].field, 'metadata.cello_ucc');
	assert.deepEqual(of(await says({ cello_ucc: OTHER }), 'wrong'), ['ucc_differs', 'metadata_late']);
	assert.deepEqual(of(await says({ cello_ucc: UCC, new_user_id: '' }), 'wrong'), ['user_missing', 'metadata_late']);
	assert.deepEqual(of(await says({ new_user_id: '4711' }), 'wrong'), ['user_differs', 'metadata_late']);
	// All is as it should be again, but only now: what was paid before has to be told once more.
	const late = only(await says({ new_user_id: client.account.id }), 'metadata_late', 'metadata');
	assert.match(late.fix, /resend/);
	await rig.sql("UPDATE customer SET told_at = told_at - interval '1 day' WHERE id = $1", [customer]);
	assert.deepEqual(of(await explain(client.email), 'wrong'), []);
});

test('a customer without an address is a warning', async () => {
	const { client, customer } = await payer();
	await stripe('POST', `/customers/${customer}`, { email: '' });
	await quiet(rig);
	const told = await explain(client.email);
	assert.deepEqual([of(told, 'wrong'), of(told, 'warning')], [[], ['email_missing']]);
});

test('Cello of one environment, Stripe of the other', async () => {
	const { client } = await payer();
	only(await explain(client.email, '--set', 'cello.environment=production'), 'mode_differs', 'livemode');
});

test('organizations count, and the customer does not say of which: silent until it was read by a program that looks for that', async () => {
	const { client, customer } = await payer({ ucc: UCC, organization: 'Quartett Still' });
	const asked = () => explain(client.email, '--set', 'cello.attribution=organization');
	await metadata(customer, { new_user_organization_id: '' });
	await rig.endpin('objects', 'read', customer);
	await quiet(rig);
	assert.match(only(await asked(), 'organization_differs', 'metadata.new_user_organization_id').says, /is not there/);
	// As a program of before left it: nobody knows what stands there.
	await rig.sql('UPDATE customer SET told_organization = NULL WHERE id = $1', [customer]);
	assert.deepEqual(of(await asked(), 'wrong'), []);
	await rig.endpin('objects', 'read', customer);
	await quiet(rig);
	only(await asked(), 'organization_differs');
	// And where people count, it is nobody's matter.
	assert.deepEqual(of(await explain(client.email), 'wrong'), []);
});

test('a customer that was deleted, or was never read', async () => {
	const { client, customer } = await payer();
	await rig.sql('UPDATE customer SET told_at = NULL, told_ucc = NULL WHERE id = $1', [customer]);
	const told = await explain(client.email);
	assert.equal(of(told, 'unseen')[0], 'customer_unread');
	assert.deepEqual(of(told, 'wrong'), []);
	await rig.endpin('objects', 'read', customer);
	await quiet(rig);
	assert.deepEqual(of(await explain(client.email), 'unseen').includes('customer_unread'), false);
	const { client: other, customer: gone } = await member();
	await stripe('DELETE', `/customers/${gone}`);
	await quiet(rig);
	only(await explain(other.email), 'customer_gone', 'customer');
});

test('a customer that Stripe does not make: it is down, then it refuses', async () => {
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/customers', times: -1, action: 'status', status: 503 });
	const waiting = await signup(rig, { ucc: UCC });
	await waitFor('an attempt', () => rig.value("SELECT true FROM stripe_call WHERE account_id = $1 AND last_error IS NOT NULL", [waiting.account.id]));
	assert.match(only(await explain(waiting.email), 'customer_waits', 'customer').says, /attempts/);
	await rig.control('DELETE', '/faults');
	// Or its next attempt is the one that is refused.
	await waitFor('the customer after all', async () => {
		await rig.sql("UPDATE stripe_call SET due_at = now() WHERE account_id = $1 AND state = 'waiting' AND leased_until IS NULL", [waiting.account.id]);
		return rig.value("SELECT state = 'done' FROM stripe_call WHERE account_id = $1", [waiting.account.id]);
	});
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/customers', times: 1, action: 'status', status: 400, code: 'email_invalid', message: 'Invalid email address' });
	const refused = await signup(rig, { ucc: UCC });
	await waitFor('the refusal', () => rig.value("SELECT state = 'dead' FROM stripe_call WHERE account_id = $1", [refused.account.id]));
	assert.match(only(await explain(refused.email), 'customer_refused', 'customer').says, /email_invalid|Invalid email/);
	await rig.control('DELETE', '/faults');
	await rig.sql("DELETE FROM stripe_call WHERE account_id = $1", [refused.account.id]);
	only(await explain(refused.email), 'customer_none', 'customer');
});

test('nothing was bought yet is no fault', async () => {
	const { client } = await member();
	await checkout(client);
	const told = await explain(client.email);
	assert.deepEqual([of(told, 'wrong'), of(told, 'wait')], [[], ['nothing_bought']]);
	assert.match(told.findings.find((f) => f.cause === 'nothing_bought').says, /of 1 pages/);
});

test('a trial, then an invoice that nobody pays', async () => {
	const { client, customer } = await member();
	await rig.sql(`INSERT INTO subscription (id, customer_id, status, price, created, livemode, trial_end)
		VALUES ('sub_trial', $1, 'trialing', 'price_solo', now(), false, now() + interval '14 days')`, [customer]);
	const trial = await explain(client.email);
	assert.deepEqual([of(trial, 'wrong'), of(trial, 'wait')], [[], ['on_trial']]);
	await rig.sql("UPDATE subscription SET status = 'past_due' WHERE id = 'sub_trial'");
	await rig.sql(`INSERT INTO invoice (id, customer_id, status, currency, amount_due, amount_paid, total, created, livemode)
		VALUES ('in_owed', $1, 'open', 'usd', 1900, 0, 1900, now(), false)`, [customer]);
	only(await explain(client.email), 'payment_owed', 'invoice.status');
	await rig.sql("UPDATE invoice SET status = 'paid', paid_at = now(), amount_due = 0, total = 0 WHERE id = 'in_owed'");
	const zero = await explain(client.email);
	assert.deepEqual([of(zero, 'wrong'), of(zero, 'wait')], [[], ['invoice_zero']]);
	await rig.sql("DELETE FROM invoice WHERE id = 'in_owed'");
	await rig.sql("DELETE FROM subscription WHERE id = 'sub_trial'");
});

test('an invoice that cannot be read', async () => {
	const { client, customer } = await member();
	await rig.control('POST', '/faults', { target: 'stripe', method: 'GET', path: '/v1/invoices/', times: -1, action: 'status', status: 500 });
	const { sessionId } = await checkout(client);
	await pay(rig, sessionId);
	await waitFor('an attempt', () => rig.value("SELECT true FROM stripe_object WHERE kind = 'invoice' AND last_error IS NOT NULL AND state = 'waiting'"));
	const found = await waitFor('it is named', async () => (await explain(client.email)).findings.find((f) => f.cause === 'invoice_unread'));
	assert.match(found.says, /^in_/);
	await rig.control('DELETE', '/faults');
	await rig.sql("UPDATE stripe_object SET due_at = now() WHERE state = 'waiting'");
	await quiet(rig);
	assert.deepEqual(of(await explain(customer), 'wrong'), []);
});

test('a part is paid back, then all of it; a dispute', async () => {
	const { client, invoice } = await payer();
	await rig.control('POST', '/refund', { invoice, amount: 500 });
	await quiet(rig);
	const part = await explain(client.email);
	assert.deepEqual([of(part, 'wrong'), of(part, 'warning')], [[], ['paid_back']]);
	await rig.control('POST', '/refund', { invoice, amount: 1020 });
	await quiet(rig);
	assert.match(only(await explain(client.email), 'paid_back', 'invoice').says, /1520 of 1520/);
	const { client: other, invoice: theirs } = await payer();
	const { id } = await rig.control('POST', '/dispute', { invoice: theirs });
	await quiet(rig);
	only(await explain(other.email), 'disputed', 'invoice');
	await rig.control('POST', '/dispute', { dispute: id, status: 'won' });
	await quiet(rig);
	assert.deepEqual(of(await explain(other.email), 'wrong'), []);
});

test('what is paid and not in the ledger; what is over', async () => {
	const { client, customer } = await payer();
	const entries = await rig.sql('DELETE FROM ledger_entry WHERE customer_id = $1 RETURNING kind', [customer]);
	assert.equal(entries.length, 1);
	only(await explain(client.email), 'ledger_missing', 'ledger');
	await rig.endpin('objects', 'read', await rig.value('SELECT id FROM invoice WHERE customer_id = $1', [customer]));
	await quiet(rig);
	await rig.sql("UPDATE referral SET reward_months = 12 WHERE account_id = $1", [client.account.id]);
	await rig.sql("UPDATE invoice SET paid_at = paid_at - interval '13 months' WHERE customer_id = $1", [customer]);
	await rig.sql("UPDATE customer SET told_at = told_at - interval '13 months' WHERE id = $1", [customer]);
	await rig.sql("UPDATE subscription SET ended_at = now() WHERE customer_id = $1", [customer]);
	const told = await explain(client.email);
	assert.deepEqual([of(told, 'wrong'), of(told, 'wait')], [[], ['subscription_over', 'terms_over']]);
});

test('where Cello is told by its API: what it refuses, what is held, what waits, and what was never written down', async (t) => {
	const api = await openRig({ name: 'explain-api', set: byApi({ 'courier.poll': 1 }) });
	t.after(() => api.close());
	const tell = ({ email }) => explainTo(api, email);
	const fault = (more) => api.control('POST', '/faults', { target: 'cello', path: '/cello/events', times: 1, ...more });
	const state = (who) => api.value('SELECT state FROM cello_fact WHERE account_id = $1', [who.account.id]);
	const refer = async (more, want) => {
		await fault(more);
		const who = await signup(api, { ucc: UCC });
		await waitFor(want, async () => await state(who) === want, 20000);
		return who;
	};

	const well = await signup(api, { ucc: UCC });
	await subscribe(api, well);
	await quiet(api);
	await factsQuiet(api);
	const told = await tell(well);
	assert.deepEqual([of(told, 'wrong'), of(told, 'warning')], [[], []], JSON.stringify(told.findings));
	assert.deepEqual(told.timeline.filter((m) => m.who === 'cello').map((m) => m.what), ['was told', 'was told']);
	assert.equal(of(told, 'unseen').includes('cello_webhook'), false);

	const refused = await refer({ action: 'status', status: 400 }, 'dead');
	assert.match(only(await tell(refused), 'fact_refused', 'event').says, /new-signup:.*answered 400/);
	const lost = await refer({ action: 'drop_after' }, 'attended');
	assert.match(only(await tell(lost), 'fact_held', 'event').fix, /endpin cello resolve ID told/);
	await fault({ action: 'status', status: 429, times: -1 });
	const waits = await signup(api, { ucc: UCC });
	await waitFor('an attempt', () => api.value('SELECT true FROM cello_fact WHERE account_id = $1 AND last_error IS NOT NULL', [waits.account.id]));
	assert.ok(of(await tell(waits), 'wait').includes('fact_waits'));
	await api.sql("UPDATE cello_fact SET created_at = created_at - interval '1 hour' WHERE account_id = $1", [waits.account.id]);
	only(await tell(waits), 'fact_waits', 'event');
	await api.control('DELETE', '/faults');
	await api.sql('DELETE FROM cello_fact WHERE account_id = $1', [waits.account.id]);
	only(await tell(waits), 'signup_untold', 'new-signup');

	// Said by hand, the signup and what was paid go to Cello.
	const alone = await signup(api);
	await subscribe(api, alone);
	await quiet(api);
	assert.match(await api.endpin('cello', 'attribute', alone.email, UCC), /Cello is told by its API/);
	await waitFor('both facts', async () => (await api.sql("SELECT trigger FROM cello_fact WHERE account_id = $1 AND state = 'done' ORDER BY 1", [alone.account.id]))
		.map((r) => r.trigger).join() === 'invoice-paid,new-signup', 20000);
	await quiet(api);
	assert.deepEqual(of(await tell(alone), 'wrong'), []);
	await api.sql("UPDATE cello_fact SET warnings = 'email is recommended' WHERE account_id = $1 AND trigger = 'new-signup'", [alone.account.id]);
	assert.deepEqual(of(await tell(alone), 'warning'), ['fact_warned']);
});

// Scenario 48: by an address.
test('a code that Cello does not know, their own, and that of the same mailbox: kept and told, and no discount', async (t) => {
	const api = await openRig({ name: 'explain-code', set: { 'courier.poll': 1, 'cello.access_key_id': 'key_tests' } });
	t.after(() => api.close());
	const tell = ({ email }) => explainTo(api, email);
	const due = async (who) => (await who.get('/api/referral/offer')).json.due;
	const looked = (ucc) => waitFor(`what Cello says of ${ucc}`, () => api.value('SELECT state = \'done\' FROM referral_code WHERE id = $1', [ucc]), 20000);
	const wrong = async (who) => {
		await customerOf(api, who.account);
		await quiet(api);
		const told = await tell(who);
		return [of(told, 'wrong'), of(told, 'warning')];
	};
	// Cello being away keeps nobody waiting.
	await api.control('POST', '/faults', { target: 'cello', path: '/cello/referral-codes', action: 'drop', times: -1 });
	const unknown = await signup(api, { ucc: OTHER }), known = await signup(api, { ucc: UCC, email: 'ada.lovelace+work@gmail.com' });
	assert.deepEqual([await due(unknown), await due(known)], [true, true]);
	await api.control('DELETE', '/faults');
	await looked(OTHER);
	await looked(UCC);
	assert.deepEqual(await wrong(unknown), [['code_unknown'], []]);
	assert.deepEqual(await wrong(known), [[], []]);
	assert.deepEqual([await due(unknown), await due(known)], [false, true]);
	assert.equal((await api.client().get(`/api/referral/offer?ucc=${OTHER}`)).json.valid, false);
	assert.equal(await api.value('SELECT ucc FROM referral WHERE account_id = $1', [unknown.account.id]), OTHER);

	const owner = (id) => api.sql('UPDATE referral_code SET owner = $1 WHERE id = $2', [id, UCC]);
	await owner(known.account.id);
	assert.deepEqual(await wrong(known), [['own_code'], []]);
	assert.equal(await due(known), false);
	const { sessionId } = await checkout(known);
	const page = (await api.control('GET', '/objects/sessions')).find((s) => s.id === sessionId);
	assert.deepEqual(page.discounts, []);
	const same = await signup(api, { email: 'adalovelace@googlemail.com' });
	await owner(same.account.id);
	assert.deepEqual(await wrong(known), [[], []], 'another address');
	await api.sql("UPDATE account SET email = 'Ada.Lovelace@GMAIL.com' WHERE id = $1", [same.account.id]);
	assert.deepEqual(await wrong(known), [[], ['same_person']]);
	assert.equal(await due(known), false);
});
