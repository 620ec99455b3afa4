// SPDX-License-Identifier: MIT
//
// What is kept of a referral link until somebody signs up, by whom, with whose leave; and where /r leads.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { explain } from '../rig/cello.mjs';
import { openRig, waitFor } from '../rig/rig.mjs';
import { PRODUCT } from '../rig/config.mjs';
import { customerOf, quiet, signup, UCC } from '../rig/visitor.mjs';

const SECOND = 'k3vTqPz9LmA';
const APP = 'https://product.example';
const SITES = {
	nginx: `
		include endpin/endpin-api.conf;
		include endpin/endpin-pages.conf;
		location /landing {
			include endpin/endpin-referral.conf;
			return 200 "a page of the product";
		}`,
	apache: `
	Include endpin/endpin-api.conf
	Include endpin/endpin-pages.conf
	Alias "/landing" "/etc/debian_version"
	<Location "/landing">
		Include endpin/endpin-referral.conf
	</Location>`
};

const cookies = (answer) => answer.all('set-cookie').map((line) => line.split(';')[0]);

for (const web of ['nginx', 'apache'])
	describe(`behind ${web}`, () => {
		let rig;
		before(async () => {
			rig = await openRig({ name: `kept-${web}`, web, webSite: SITES[web], set: { 'courier.poll': 1, 'referral.forward': `https://other.example ${APP}` } });
		});
		after(() => rig?.close());

		const get = (path, headers) => rig.client().get(path, { headers });
		const way = async (query, headers) => {
			const answer = await get(`/r${query}`, headers);
			assert.equal(answer.status, 303, answer.text);
			return answer.headers.location;
		};

		test('a page of the product keeps a code, and only a code, of who looks', async () => {
			const landing = await get(`/landing?utm=x&ucc=${UCC}&celloN=Qm9i`);
			assert.deepEqual(cookies(landing), [`cello-referral=${UCC}`]);
			assert.match(landing.all('set-cookie')[0], /Path=\/; Max-Age=7776000; SameSite=Lax$/);
			for (const path of ['/landing', '/landing?ucc=', `/landing?ucc=${UCC}x`, '/landing?ucc=test', `/landing?xucc=${UCC}`, '/landing?ucc=a%22;x=yyyyy'])
				assert.deepEqual(cookies(await get(path)), [], path);
			assert.deepEqual(cookies(await get(`/landing?ucc=${UCC}`, { 'sec-purpose': 'prefetch' })), []);
			assert.deepEqual(cookies(await rig.client().send('HEAD', `/landing?ucc=${UCC}`)), []);
			const client = rig.client();
			await client.get(`/landing?ucc=${UCC}`);
			await signup(rig, {}, client);
			assert.equal(await rig.value('SELECT ucc FROM referral WHERE account_id = $1', [client.account.id]), UCC);
		});

		test('/r keeps the code, and takes it along to an origin that is named', async () => {
			const link = `productId=app.example.com&ucc=${UCC}&celloN=Qm9i`;
			const to = encodeURIComponent(`${APP}/join?a=b#top`);
			assert.equal(await way(`?to=${to}&${link}`), `${APP}/join?a=b&productId=app.example.com&ucc=${UCC}&celloN=Qm9i#top`);
			assert.equal(await way(`?to=%2Fsignup&${link}`), `${rig.origin}/signup?${link}`);
			assert.equal(await way(`?${link}`), `${rig.origin}/?${link}`);
			assert.equal(await way(`?to=${encodeURIComponent(APP)}`), APP);
			assert.deepEqual(cookies(await get(`/r?to=${to}&${link}`))[0], `cello-referral=${UCC}`);
			// What is known of an earlier link; what is no code is nobody's.
			assert.equal(await way(`?to=${to}`, { cookie: `cello-referral=${SECOND}` }), `${APP}/join?a=b&productId=${PRODUCT}&ucc=${SECOND}#top`);
			assert.equal(await way(`?to=${to}&ucc=test`), `${APP}/join?a=b#top`);
		});

		test('/r leads nowhere else', async () => {
			for (const to of ['https://evil.example/', '//evil.example', '/\\evil.example', `${APP}.evil.example/`, `${APP}@evil.example/`, `${APP}:444/`,
				`${APP}\\@evil.example`, 'javascript:alert(1)', 'http://product.example/', ' https://evil.example', 'https:evil.example', '', 'https://', 'x'.repeat(2000)])
				assert.equal(await way(`?to=${encodeURIComponent(to)}`), `${rig.origin}/`, to);
			// Neither a line of a header, nor what no address has.
			for (const query of ['?to=%2Fa%0D%0AX%3A+y', '?to=%2F%00', '?to=%ff'])
				assert.equal(await way(query), `${rig.origin}/`, query);
			assert.equal(await way(`?to=${encodeURIComponent('/ü "<x>')}`), `${rig.origin}/%C3%BC%20%22%3Cx%3E`);
			assert.ok(rig.log().some((line) => line.event === 'forward_refused' && line.level === 'warn'));
		});
	});

describe('what the operator wants', () => {
	let rig;
	before(async () => {
		rig = await openRig({ name: 'kept-how', set: { 'courier.poll': 1, 'referral.touch': 'first' } });
	});
	after(() => rig?.close());

	const row = async ({ account }) => (await rig.sql(`SELECT ucc, source, product_id, clicked_at IS NOT NULL AS clicked, clicked_at <= created_at AS before
		FROM referral WHERE account_id = $1`, [account.id]))[0];
	const configure = async (changes, what, ok) => {
		rig.configure(changes);
		await rig.reload();
		await waitFor(what, ok);
	};

	test('the first link counts, before the field and the last one; the click has its time', async () => {
		const client = rig.client();
		await client.get(`/?ucc=${UCC}`);
		await client.get(`/pricing?ucc=${SECOND}`);
		await signup(rig, { ucc: SECOND }, client);
		assert.deepEqual(await row(client), { ucc: UCC, source: 'first', product_id: null, clicked: true, before: true });
		await customerOf(rig, client.account);
		await quiet(rig);
		const told = await explain(rig, client.email);
		assert.deepEqual(told.timeline.slice(0, 3).map((m) => m.what), ['followed the link', 'signed up', 'was referred']);
		// Nobody's cookie but one that we would write.
		for (const touch of ['x', `${UCC}.1_${UCC}.1`, `${UCC}.99999999999_${UCC}.99999999999`]) {
			const forger = rig.client();
			forger.cookies.set('endpin-touch', touch);
			await signup(rig, { ucc: SECOND }, forger);
			assert.deepEqual(await row(forger), { ucc: SECOND, source: 'form', product_id: null, clicked: false, before: null });
		}
	});

	test('a link of another product is kept with its name, and told', async () => {
		for (const name of ['cello-product-id', 'cello-productId']) {
			const client = rig.client();
			client.cookies.set(name, 'another.example.com');
			await signup(rig, { ucc: UCC }, client);
			assert.equal((await row(client)).product_id, 'another.example.com');
			await customerOf(rig, client.account);
			await quiet(rig);
			const { findings } = await explain(rig, client.email);
			assert.equal(findings.find((f) => f.kind === 'warning').cause, 'product_differs');
		}
	});

	test('ucc=test is for looking whether it works: nobody is referred by it', async () => {
		const client = rig.client();
		client.cookies.set('cello-referral', 'test');
		client.cookies.set('cello-product-id', 'test');
		await signup(rig, { ucc: 'test' }, client);
		assert.equal(await row(client), undefined);
	});

	test('nothing is kept without the consent that is asked for; the visit’s own code counts', async () => {
		await configure({ 'referral.consent_cookie': 'OptanonConsent', 'referral.consent_value': 'C0004%3A1' }, 'the consent to be asked for',
			async () => cookies(await rig.client().get(`/?ucc=${UCC}`)).length === 0);
		const client = rig.client();
		client.cookies.set('OptanonConsent', 'groups=C0001%3A1%2CC0004%3A0');
		assert.deepEqual(cookies(await client.get(`/?ucc=${UCC}`)), []);
		await signup(rig, { ucc: UCC }, client);
		assert.equal((await row(client)).source, 'form');
		client.cookies.set('OptanonConsent', 'groups=C0001%3A1%2CC0004%3A1');
		assert.equal(cookies(await client.get(`/?ucc=${UCC}`)).length, 2);
	});

	test('the token says why there is none', async () => {
		const ask = async (client) => (await client.get('/api/cello/token')).json;
		const plain = await signup(rig), referred = await signup(rig, { ucc: UCC });
		assert.equal((await ask(plain)).enabled, true);
		assert.deepEqual(await ask(rig.client()), { enabled: false, reason: 'not_logged_in' });
		await configure({ 'referral.require_verified_email': 'yes' }, 'those whose address nobody has verified',
			async () => (await ask(plain)).reason === 'email_not_verified');
		const key = (await rig.endpin('keys', 'create', 'verifier')).trim();
		const verify = async (body) => (await rig.client().post('/api/server/verified', body, { headers: { authorization: `Bearer ${key}` } })).status;
		assert.deepEqual([await verify({ email: plain.email }), await verify({ verified: true }), await verify({ email: 'nobody@example.com', verified: true })], [422, 422, 404]);
		assert.equal((await ask(plain)).enabled, false);
		for (const verified of [true, true, false, true]) {
			assert.equal(await verify({ email: plain.email.toUpperCase(), verified }), 204);
			assert.equal((await ask(plain)).enabled, verified);
		}
		assert.equal(await verify({ email: referred.email, verified: true }), 204);
		await configure({ 'referral.hide_from_referred': 'yes' }, 'those who were referred', async () => (await ask(referred)).reason === 'was_referred');
		assert.equal((await ask(plain)).enabled, true);
		await configure({ 'referral.min_account_days': 30 }, 'those who are new', async () => (await ask(plain)).reason === 'account_too_new');
		const { from } = await ask(plain);
		assert.ok(Math.abs(new Date(from) - Date.now() - 30 * 86400e3) < 120e3, from);
		await rig.sql("UPDATE account SET created_at = now() - interval '30 days' WHERE id = $1", [plain.account.id]);
		assert.equal((await ask(plain)).enabled, true);
		await configure({ 'cello.enabled': 'no' }, 'it is off', async () => (await ask(plain)).reason === 'switched_off');
	});
});
