// SPDX-License-Identifier: MIT
//
// The product's locations for members, behind nginx's auth_request and Apache's mod_authnz_fcgi: the product is told
// who it is and what they pay for, whatever was asked of it, and every answer that endpin can give has a way on.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, freePort, openRig, waitFor } from '../rig/rig.mjs';
import { startProduct } from '../rig/product.mjs';
import { signup, subscribe } from '../rig/visitor.mjs';

// As deploy/nginx/endpin-auth.conf and deploy/apache/endpin-auth.conf say it.
const SITE = {
	nginx: (url) => {
		const pass = `
			proxy_set_header X-Endpin-Account $endpin_account;
			proxy_set_header X-Endpin-Plan $endpin_plan;
			proxy_set_header X-Endpin-Entitled $endpin_entitled;
			proxy_set_header X-Endpin-Features $endpin_features;
			proxy_set_header X-Endpin-Limits $endpin_limits;
			proxy_pass ${url};`;
		return `
		include endpin/endpin-api.conf;
		include endpin/endpin-pages.conf;
		location /app/ {
			include endpin/endpin-auth.conf;${pass}
		}
		location /paid/ {
			include endpin/endpin-auth-paid.conf;${pass}
		}
		location /closed/ {
			include endpin/endpin-auth.conf;
			deny all;
		}
		# The site's own page for bad days, which is no reason to let anybody in.
		error_page 401 403 500 502 503 504 =200 @sorry;
		location @sorry {
			return 200 "sorry\\n";
		}
		location / {
			include endpin/endpin-stranger.conf;
			proxy_pass ${url};
		}`;
	},
	apache: (url) => `
	Include endpin/endpin-api.conf
	Include endpin/endpin-pages.conf
	<Location "/app/">
		Include endpin/endpin-auth.conf
		ProxyPass "${url}/app/" nocanon
	</Location>
	<Location "/paid/">
		Include endpin/endpin-auth-paid.conf
		ProxyPass "${url}/paid/" nocanon
	</Location>
	<Location "/closed/">
		Include endpin/endpin-auth.conf
		Require all denied
		AuthMerging And
	</Location>
	ProxyPass "/" "${url}/" nocanon`
};

const WANTED = ['/app/', '/app/plain', '/app/report?from=1&to=2', '/app/My%20File', '/app/x?q=a%26b', '/app/x?filter[a]=1', '/app/x?q=a+b', '/app/caf%C3%A9',
	'/app/x?q=50%25', '/app/x?next=/app/y%3Fz', "/app/it's?a=~!*()", `/app/${'x'.repeat(500)}`];

for (const web of ['nginx', 'apache'])
	describe(web, () => {
		let rig, product;

		before(async () => {
			product = await startProduct();
			rig = await openRig({
				name: `auth-${web}`, web, webSite: SITE[web](product.url),
				set: web === 'apache' ? { 'pool auth.serves': 'web', 'pool auth.listen': `127.0.0.1:${await freePort()}`, 'pool auth.workers': 1 } : {}
			});
		});
		after(async () => {
			await rig?.close();
			product?.close();
		});

		const told = (answer) => {
			assert.equal(answer.status, 200, answer.text);
			const { method, url, headers } = answer.json;
			return { method, url, account: headers['x-endpin-account'], plan: headers['x-endpin-plan'] ?? '', entitled: headers['x-endpin-entitled'] };
		};

		test('a stranger is sent to the login page, with what they wanted to the letter', async () => {
			for (const wanted of WANTED) {
				const answer = await rig.client().get(wanted);
				assert.equal(answer.status, 303, `${wanted}: ${answer.text}`);
				const { location } = answer.headers;
				assert.match(location, /^\/login\?next=/, 'an address of its own, or with somebody\'s Host in it');
				assert.equal(new URLSearchParams(location.slice(location.indexOf('?'))).get('next'), wanted);
				assert.equal(decodeURIComponent(location.slice('/login?next='.length)), wanted);
			}
		});

		test('what is no path of this host is no way back, nor what is too long for a header', async () => {
			// To the web server this is /app/, to a browser the host "app".
			for (const wanted of ['//app/x', '///app/x']) {
				const answer = await rig.client().get(wanted);
				assert.deepEqual([answer.status, answer.headers.location], [303, '/login'], wanted);
			}
			assert.equal((await rig.client().get('//evil.example/app/')).status, 200, 'not below /app/: the product answers');
			assert.equal((await rig.client().get(`/app/${'x'.repeat(3000)}`)).headers.location, '/login');
		});

		test('a form that comes too late is asked to log in as well', async () => {
			const answer = await rig.client().post('/app/save?a=1', { a: 'x'.repeat(100000) }, { headers: { 'sec-fetch-mode': 'navigate' } });
			assert.equal(answer.status, 303, answer.text);
			assert.equal(answer.headers.location, '/login?next=/app/save%3Fa%3D1');
		});

		test('a script is told that, and is not given a page in place of an answer', async () => {
			const cors = { headers: { 'sec-fetch-mode': 'cors' } };
			const stranger = await rig.client().get('/app/data', cors);
			assert.equal(stranger.status, 401, stranger.text);
			assert.match(stranger.text, /not_authenticated/);
			const unpaid = await (await signup(rig)).get('/paid/data', cors);
			assert.equal(unpaid.status, 403, unpaid.text);
			assert.match(unpaid.text, /not_subscribed/);
		});

		test('who is logged in is named, and does not pay', async () => {
			const visitor = await signup(rig);
			assert.deepEqual(told(await visitor.get('/app/notes?page=2')),
				{ method: 'GET', url: '/app/notes?page=2', account: visitor.account.id, plan: '', entitled: 'false' });
			const answer = await visitor.get('/paid/notes?page=2');
			assert.equal(answer.status, 303, answer.text);
			assert.equal(answer.headers.location, '/pricing?next=/paid/notes%3Fpage%3D2');
			assert.equal((await rig.client().get('/paid/')).headers.location, '/login?next=/paid/');
		});

		test('a session that was made while its account was being erased lets nobody in', async () => {
			const visitor = await signup(rig);
			assert.equal((await visitor.get('/app/')).status, 200);
			await rig.sql('UPDATE account SET erased_at = now() WHERE id = $1', [visitor.account.id]);
			assert.equal((await visitor.get('/app/')).status, 303);
		});

		test('who pays is let in, with any method and any body', async () => {
			const visitor = await signup(rig);
			await subscribe(rig, visitor);
			const answer = await visitor.post('/paid/notes', { a: 'x'.repeat(100000) });
			assert.deepEqual(told(answer), { method: 'POST', url: '/paid/notes', account: visitor.account.id, plan: 'solo', entitled: 'true' });
			assert.match(answer.json.body, /^100008 /);
		});

		test('what a plan has is told with each request, and to the pages', async () => {
			const features = async (visitor) => {
				const { headers } = (await visitor.get('/app/')).json;
				const { json } = await visitor.get('/api/entitlements');
				return [headers['x-endpin-features'] ?? '', headers['x-endpin-limits'] ?? '', json];
			};
			const visitor = await signup(rig);
			assert.deepEqual(await features(visitor), ['', '', { entitled: false, plan: null, features: [], limits: {} }]);
			await subscribe(rig, visitor, 'quartet');
			assert.deepEqual(await features(visitor), ['export,offline', 'projects=10,seats=4',
				{ entitled: true, plan: 'quartet', features: ['export', 'offline'], limits: { projects: 10, seats: 4 } }]);
			assert.equal((await rig.client().get('/api/entitlements')).status, 401);
			const { plans } = (await visitor.get('/api/plans')).json;
			assert.deepEqual(plans.map((p) => [p.name, p.features, p.limits]),
				[['solo', [], {}], ['quartet', ['export', 'offline'], { projects: 10, seats: 4 }], ['trial', [], {}]]);
		});

		test('what the product answers is the product\'s: nothing of endpin\'s is on it', async () => {
			const visitor = await signup(rig);
			for (const status of [200, 401, 403, 404, 500, 503]) {
				const answer = await visitor.get(`/app/?status=${status}`);
				assert.equal(answer.status, status);
				assert.equal(answer.headers['x-product'], 'yes');
				for (const name of ['content-security-policy', 'x-request-id', 'x-frame-options', 'cache-control', 'x-endpin-account', 'variable-endpin_account'])
					assert.equal(answer.headers[name], undefined, `${status}: ${name}`);
			}
			if (web === 'nginx')	// Apache denies it before endpin is asked.
				assert.equal((await visitor.get('/closed/')).status, 403);
		});

		test('a client cannot name itself, anywhere, nor ask what only the web server asks', async () => {
			const visitor = await signup(rig);
			const names = ['x-endpin-account', 'x-endpin-plan', 'x-endpin-entitled', 'x-endpin-features', 'x-endpin-limits', 'X_Endpin_Account', 'X-Endpin_Plan',
				'X_Endpin-Entitled', 'X-Endpin_Features', 'X_Endpin_Limits'];
			for (const path of ['/app/', '/', '/api/items'])
				for (const name of names) {
					const answer = await visitor.get(path, { headers: { [name]: 'somebody' } });
					// nginx refuses a name of ours, and drops one with an underscore; Apache drops both.
					assert.equal(answer.status, web === 'nginx' && !name.includes('_') ? 400 : 200, `${path} ${name}`);
					assert.doesNotMatch(answer.text, /somebody/, `${path} ${name}`);
					// nginx before 1.23 sees the first of two alike, which is empty.
					const twice = await visitor.get(path, { headers: { [name]: ['', 'somebody'] } });
					assert.ok(twice.status === answer.status || twice.status === 200, `${path} ${name} twice: ${twice.status}`);
					assert.doesNotMatch(twice.text, /somebody/, `${path} ${name} twice`);
				}
			const answer = await visitor.get('/app/', { headers: { endpin_query: 'x', 'endpin-wanted': '/x', 'endpin-query': 'require=subscription' } });
			assert.equal(told(answer).entitled, 'false');
			for (const path of ['/endpin-auth', '/endpin-auth-paid', '/auth/login', '/auth/pricing'])
				assert.doesNotMatch(JSON.stringify((await visitor.get(path)).headers), /x-endpin|\/login|\/pricing/, path);
		});

		test('what a proxy repeats is nothing to refuse anybody for', async () => {
			const visitor = await signup(rig);
			for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'Via'])
				assert.equal((await visitor.get('/app/', { headers: { [name]: ['10.0.0.1', '10.0.0.2'] } })).status, 200, name);
		});

		test('the session may stand on the second of two lines of Cookie', async (t) => {
			if (web === 'apache')
				return t.skip('Apache joins them with a comma, which no cookie can be told from');
			const visitor = await signup(rig);
			assert.equal((await visitor.get('/app/', { headers: { cookie: ['a=b', visitor.cookie] } })).status, 200);
			assert.equal((await visitor.get('/api/session', { headers: { cookie: ['a=b', visitor.cookie] } })).json.authenticated, true);
		});

		const isAway = (answer) => {
			assert.equal(answer.status, 503, answer.text);
			assert.match(answer.headers['retry-after'] ?? 'none', /^\d+$/);
			assert.match(answer.headers['content-type'], /^text\/html/);
			assert.match(answer.text, /Back in a moment/);
		};

		test('while the database is away the product\'s members are told to come back', async () => {
			const visitor = await signup(rig);
			const admin = await rig.cluster.connect('postgres');
			rig.forgetConnection();
			await admin.query(`ALTER DATABASE ${rig.database} ALLOW_CONNECTIONS false`);
			try {
				await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [rig.database]);
				await waitFor('endpin to notice', async () => (await visitor.get('/api/session')).status === 503);
				isAway(await visitor.get('/app/'));
				isAway(await visitor.get('/paid/'));
				assert.equal((await visitor.get('/')).status, 200);
			} finally {
				await admin.query(`ALTER DATABASE ${rig.database} ALLOW_CONNECTIONS true`);
				await admin.end();
			}
			await waitFor('the database to be back', async () => (await visitor.get('/app/')).status === 200);
		});

		test('while endpin is away the product\'s members are told to come back, and nobody else notices', async () => {
			const visitor = await signup(rig);
			await rig.endpind.stop('SIGTERM');
			isAway(await visitor.get('/app/'));
			isAway(await visitor.get('/paid/'));
			isAway(await visitor.get('/login'));
			const answer = await visitor.get('/api/session');
			assert.equal(answer.status, 503);
			assert.match(answer.headers['retry-after'] ?? 'none', /^\d+$/);
			assert.equal(answer.json?.code, 'unavailable', answer.text);
			assert.equal((await ask(`${rig.origin}/api/items`)).json.url, '/api/items');
			await rig.startEndpind();
			await waitFor('endpin to be back', async () => (await visitor.get('/app/')).status === 200);
		});
	});
