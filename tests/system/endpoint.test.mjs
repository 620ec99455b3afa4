// SPDX-License-Identifier: MIT
//
// endpin stripe endpoint: an endpoint's secret is told once and is never lost, whatever comes between; a roll loses no event.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { connectCello } from '../rig/cello.mjs';
import { writeSecret } from '../rig/files.mjs';
import { ask, openRig, waitFor } from '../rig/rig.mjs';
import { askStripe } from '../rig/stripe.mjs';

const VERSION = '2026-10-28.endive';
const CELLO = 'https://api.cello.so/products/p/transaction-webhook/stripe';
let rig, file, first;

const stripe = (...args) => askStripe(rig, ...args);
const endpoints = async () => (await stripe('GET', '/webhook_endpoints?limit=100')).data;
const ours = async () => (await endpoints()).filter((e) => e.url === `${rig.site}/webhooks/stripe`);
const lines = () => readFileSync(file, 'utf8').split('\n').filter(Boolean);
const nameOf = (secret) => createHash('sha256').update(secret).digest('hex').slice(0, 12);

// Runs to its end, however that is.
const endpoint = (...args) => endpointWith([], ...args);
async function endpointWith(set, ...args) {
	try {
		return { code: 0, out: await rig.endpin(...set, 'stripe', 'endpoint', ...args), err: '' };
	} catch (e) {
		return { code: e.code, out: e.out, err: e.err };
	}
}

const vouched = async () => JSON.parse((await ask(`${rig.origin}/readyz?detail`)).text).events.secret;
const someEvent = () => stripe('POST', '/customers', { email: 'ann@example.com' });

before(async () => {
	rig = await openRig({ name: 'endpoint' });
	file = rig.config['stripe.webhook_secret_file'];
	[first] = lines();
	await rig.control('POST', '/endpoints/local', { allowed: true });
});
after(() => rig?.close());

beforeEach(async () => {
	await rig.control('DELETE', '/faults');
	for (const { id, url } of await endpoints())
		if (id !== 'we_sandbox' || url !== `${rig.site}/webhooks/stripe`)
			await stripe('DELETE', `/webhook_endpoints/${id}`);
	writeFileSync(file, `${first}\n`);
	await connectCello(rig);
});

const deleteOurs = async () => {
	for (const { id } of await ours())
		await stripe('DELETE', `/webhook_endpoints/${id}`);
};

test('one that somebody made by hand is rolled: two for a while, and no event is lost', async () => {
	const refused = await endpoint('create');
	assert.equal(refused.code, 1);
	assert.match(refused.err, /made by hand\nhint: "endpin stripe endpoint roll"/);

	assert.equal((await endpoint('roll')).code, 0);
	const [made, old] = await ours();
	assert.equal(old.id, 'we_sandbox');
	assert.equal(made.api_version, VERSION);
	assert.ok(made.enabled_events.includes('customer.subscription.deleted') && !made.enabled_events.includes('*'));
	assert.equal(lines().length, 2);
	assert.equal(made.metadata.endpin_secret, nameOf(lines()[1]));

	// Events come, and nobody believes it yet: the former one stays.
	await someEvent();
	await waitFor('an event', async () => (await vouched())[nameOf(first)] !== undefined);
	const early = await endpoint('roll');
	assert.equal(early.code, 1);
	assert.match(early.err, /no event was believed by the new secret yet/);
	assert.equal((await ours()).length, 2);
	assert.match((await endpoint('check')).out, /2 webhook endpoints are for /);

	await rig.reload();
	const { id } = await someEvent();
	await waitFor('the event', () => rig.value('SELECT 1 FROM stripe_event WHERE object_id = $1', [id]));
	await waitFor('the new secret', async () => (await vouched())[nameOf(lines()[1])] !== undefined);
	assert.equal(await rig.value('SELECT count(*)::int FROM stripe_event WHERE object_id = $1', [id]), 1, 'told twice, heard once');
	const seen = await endpoint('check');
	assert.match(seen.out, /number 1 \(\w{12}\) vouched for an event .*\n.*number 2 \(\w{12}\) vouched for an event/);

	const ended = await endpoint('roll');
	assert.equal(ended.code, 0, ended.err);
	assert.match(ended.out, /^deleted we_sandbox,/);
	assert.deepEqual((await ours()).map((e) => e.id), [made.id]);
	assert.match((await endpoint('create')).out, new RegExp(`^${made.id} is there already, and its secret is stored`));
	assert.equal((await endpoint('check')).code, 0);
});

test('scenario 56: whatever comes between making and storing, the next run ends with one endpoint whose secret is stored', async () => {
	const ends = [
		['it was made, and its secret was lost', () => stripe('POST', '/webhook_endpoints', {
			url: `${rig.site}/webhooks/stripe`, 'enabled_events[0]': '*', 'metadata[endpin]': '1' })],
		['it was stored, and Stripe was not told', async () => {
			await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '^/v1/webhook_endpoints/we_', action: 'status', status: 503, times: -1 });
			const cut = await endpoint('create');
			assert.equal(cut.code, 1, cut.out);
			assert.equal(lines().length, 2);
		}],
		['the answer that made it was lost for good', async () => {
			await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/webhook_endpoints', action: 'drop_after', times: -1 });
			const cut = await endpoint('create');
			assert.equal(cut.code, 1);
			assert.equal(lines().length, 1);
		}]
	];
	for (const [what, end] of ends) {
		await deleteOurs();
		writeFileSync(file, `${first}\n`);
		await end();
		assert.equal((await ours()).length, 1, what);
		await rig.control('DELETE', '/faults');
		const again = await endpoint('create');
		assert.equal(again.code, 0, `${what}: ${again.err}`);
		const left = await ours();
		assert.equal(left.length, 1, what);
		assert.equal(left[0].metadata.endpin_secret, nameOf(lines().at(-1)), what);
	}
});

test('an answer that is lost is asked for again, under the same key', async () => {
	await deleteOurs();
	await rig.control('POST', '/faults', { target: 'stripe', method: 'POST', path: '/v1/webhook_endpoints', action: 'drop_after' });
	const made = await endpoint('create');
	assert.equal(made.code, 0, made.err);
	assert.equal((await ours()).length, 1);
	assert.equal(lines().length, 2);
});

test('one that is whole is switched on, and gets the events that came with an upgrade', async () => {
	await deleteOurs();
	await endpoint('create');
	const [{ id, enabled_events: events }] = await ours();
	await stripe('POST', `/webhook_endpoints/${id}`, { disabled: 'true', 'enabled_events[0]': 'invoice.paid' });
	assert.equal((await endpoint('check')).code, 1);
	assert.equal((await endpoint('create')).code, 0);
	const [mended, ...more] = await ours();
	assert.deepEqual([mended.id, mended.status, mended.enabled_events, more, lines().length], [id, 'enabled', events, [], 2]);
	assert.equal((await endpoint('check')).code, 0);
});

test('nothing is made whose secret could not be stored, or whose address Stripe refuses', async () => {
	await deleteOurs();
	const here = await endpoint('create', '--secret-file', join(rig.dir, 'no', 'file'));
	assert.equal(here.code, 1);
	assert.match(here.err, /the file for the secret cannot be written/);
	writeFileSync(file, Array.from({ length: 8 }, (_, i) => `whsec_${i}\n`).join(''));
	assert.match((await endpoint('create')).err, /full of secrets/);
	writeFileSync(file, `${first}\n`);
	await rig.control('POST', '/endpoints/local', { allowed: false });
	assert.match((await endpoint('create')).err, /Stripe says: Invalid URL: URL must be publicly accessible/);
	await rig.control('POST', '/endpoints/local', { allowed: true });
	assert.deepEqual(await ours(), []);
	assert.equal(lines().length, 1);
});

test('a key that may write is named for it, and is of the same mode and account', async () => {
	await deleteOurs();
	const key = join(rig.dir, 'writing_key');
	writeSecret(key, 'sk_live_of_another_mode\n');
	assert.match((await endpoint('create', '--key-file', key)).err, /this key is of the other mode/);
	// Whoever has that account could sign events for us.
	writeSecret(key, 'sk_test_canary_stranger\n');
	await rig.control('POST', '/keys', { key: 'sk_test_canary_stranger' });
	for (const verb of ['create', 'roll', 'delete'])
		assert.match((await endpoint(verb, '--key-file', key)).err, /this key is of another account/);
	assert.deepEqual(lines(), [first]);
	// What everybody may read or write, or is no file, is no secret.
	writeFileSync(key, 'sk_test_canary_second_key\n');
	chmodSync(key, 0o644);
	assert.match((await endpoint('create', '--key-file', key)).err, /--key-file can be read by others[^]*the key cannot be read/);
	assert.match((await endpoint('create', '--key-file', rig.dir)).err, /--key-file is not a regular file[^]*the key cannot be read/);
	chmodSync(key, 0o600);
	writeSecret(key, 'sk_test_canary_second_key\n');
	await rig.control('POST', '/keys', { key: 'sk_test_canary_second_key', same: true });
	assert.equal((await endpoint('create', '--key-file', key)).code, 0);
	await rig.control('POST', '/faults', { target: 'stripe', path: '/v1/webhook_endpoints', action: 'status', status: 403 });
	assert.match((await endpoint('delete')).err, /the key may not write webhook endpoints\nhint: --key-file/);
	const deleted = await endpoint('delete', '--key-file', key);
	assert.equal(deleted.code, 0);
	assert.deepEqual(await ours(), []);
	assert.equal((await endpoint('delete')).out, 'there is none\n');
});

test('Cello’s endpoint has exactly its ten events, and its secret is for Cello’s portal alone', async () => {
	await endpoint('delete', 'cello');
	assert.match((await endpoint('create', 'cello')).err, /--url takes the address that Cello's portal shows/);
	const made = await endpoint('create', 'cello', '--url', CELLO);
	assert.equal(made.code, 0, made.err);
	assert.match(made.out, /^whsec_\w+\n$/);
	assert.equal(lines().length, 1, 'it is none of ours');
	const cellos = async () => (await endpoints()).filter((e) => e.url === CELLO);
	const [{ id, enabled_events: events }] = await cellos();
	assert.deepEqual([...events].sort(), ['charge.refunded', 'charge.succeeded', 'charge.updated', 'customer.created', 'customer.deleted',
		'customer.subscription.created', 'customer.subscription.deleted', 'customer.subscription.updated', 'customer.updated', 'invoice.paid']);
	assert.match((await endpoint('create', 'cello')).out, new RegExp(`^${id} is there already`));

	const secret = join(rig.dir, 'cello_secret');
	const rolled = await endpoint('roll', 'cello', '--secret-file', secret);
	assert.deepEqual([rolled.code, rolled.out], [0, '']);
	assert.match(readFileSync(secret, 'utf8').trim(), /^whsec_\w+$/);
	assert.equal(statSync(secret).mode & 0o007, 0);
	assert.equal((await cellos()).length, 2);
	assert.match((await endpoint('roll', 'cello')).err, /add --finish/);
	assert.equal((await endpoint('roll', 'cello', '--finish')).code, 0);
	const [left, ...more] = await cellos();
	assert.deepEqual(more, []);
	assert.notEqual(left.id, id);
	assert.equal((await endpoint('delete', 'cello')).code, 0);
	assert.deepEqual(await cellos(), []);
});

test('root, whom the database does not let in, makes one, is told what the second step of a roll wants to know, and takes it away', async () => {
	const stranger = ['--set', `database.conninfo=host=${rig.dir} dbname=nobodys`];
	await deleteOurs();
	assert.deepEqual(await endpointWith(stranger, 'create').then(({ code, err }) => [code, err.includes('database')]), [0, false]);
	assert.equal((await endpointWith(stranger, 'roll')).code, 0);
	const second = await endpointWith(stranger, 'roll');
	assert.equal(second.code, 1);
	assert.match(second.err, /could not ask the database whether the new secret has vouched.*\nhint: .*add --finish/);
	assert.equal((await endpointWith(stranger, 'roll', '--finish')).code, 0);
	assert.equal((await ours()).length, 1);
	assert.equal((await endpointWith(stranger, 'delete')).code, 0);
	assert.deepEqual(await ours(), []);
});

test('an endpoint without a version of its own, or that lacks events, is found', async () => {
	await deleteOurs();
	await stripe('POST', '/webhook_endpoints', { url: `${rig.site}/webhooks/stripe`, 'enabled_events[0]': 'invoice.paid' });
	const found = JSON.parse((await endpoint('check', '--json')).out).filter((f) => !f.ok).map((f) => f.problem);
	assert.match(found[0], /lacks events$/);
	assert.match(found[1], /in version of the account, not 2026-10-28\.endive$/);
});

test('what is not understood is said', async () => {
	for (const args of [[], ['make'], ['create', 'theirs']])
		assert.equal((await endpoint(...args)).code, 2, args.join(' '));
	await assert.rejects(rig.endpin('stripe'), (e) => e.code === 2);
});
