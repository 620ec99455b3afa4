// SPDX-License-Identifier: MIT
//
// F11: a product beside endpin. It has its own first page, API, static files, limits, error pages and a FastCGI
// program, and what it answers is the same, byte for byte, without endpin's files in its web server, with the API's
// include, and with the pages' below a prefix.
//
// Its slow request takes longer than a web server waits for endpin: 4 s and 2 s; ENDPIN_BESIDE=full takes the 40 s and
// 30 s of the files as they are.

import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, freePort, openRig, start, waitFor, SLOW } from '../rig/rig.mjs';
import { startProduct, startProgram } from '../rig/product.mjs';
import { apache, nginx } from '../rig/webserver.mjs';
import { checkout, signup } from '../rig/visitor.mjs';

const FULL = process.env.ENDPIN_BESIDE === 'full';
const SLOW_MS = FULL ? 40000 : 4000 * SLOW, LIMIT = FULL ? undefined : 2 * SLOW;
const PREFIX = '/members';
const MB = 1 << 20;

// The product's own site, and where endpin's files come in.
const SITE = {
	nginx: ({ url, program, closed }, root, include) => `
		client_max_body_size 50m;
		fastcgi_read_timeout 60s;
		proxy_read_timeout 60s;
		error_page 404 /404.html;
		error_page 413 /large.html;
		error_page 403 /forbidden.html;
		error_page 500 502 504 /broken.html;
		root ${root};
${include}
		location / {
			proxy_pass ${url};
		}
		location /api/ {
			proxy_pass ${url};
			proxy_set_header X-Own yes;
		}
		location /assets/ {
			expires 1h;
		}
		location = /404.html {
		}
		location ~ ^/(large|forbidden|broken)\\.html$ {
		}
		location /files/ {
		}
		location /closed/ {
			deny all;
		}
		location /broken/ {
			proxy_pass http://127.0.0.1:${closed};
		}
		location ~ \\.php$ {
			include fastcgi_params;
			fastcgi_param SCRIPT_NAME $fastcgi_script_name;
			fastcgi_pass 127.0.0.1:${program};
		}`,
	apache: ({ url, program, closed }, root, include) => `
	ErrorDocument 404 /404.html
	ErrorDocument 403 /forbidden.html
	ErrorDocument 413 /large.html
	ErrorDocument 503 /broken.html
	ProxyTimeout 60
	RequestHeader set X-Own yes
${include}
	Alias "/assets/" "${root}/assets/"
	Alias "/files/" "${root}/files/"
	AliasMatch "^/(404|large|forbidden|broken)\\.html$" "${root}/$1.html"
	<Directory "${root}">
		Require all granted
		Header set X-Static yes
	</Directory>
	<Location "/closed/">
		Require all denied
	</Location>
	<Location "/small/">
		LimitRequestBody 1000
	</Location>
	ProxyPass "/assets/" "!"
	ProxyPass "/files/" "!"
	ProxyPassMatch "^/(404|large|forbidden|broken)\\.html$" "!"
	ProxyPass "/broken/" "http://127.0.0.1:${closed}/"
	ProxyPassMatch "^/.*\\.php$" "fcgi://127.0.0.1:${program}/"
	ProxyPass "/" "${url}/" nocanon`
};

const INCLUDES = {
	nginx: { api: '		include endpin/endpin-api.conf;', pages: '		include endpin/endpin-api.conf;\n		include endpin/endpin-pages.conf;' },
	apache: { api: '	Include endpin/endpin-api.conf', pages: '	Include endpin/endpin-api.conf\n	Include endpin/endpin-pages.conf' }
};

// What is asked of each; the longer it takes the later.
const ASKED = {
	'its first page': {}, 'with a query': { path: '/?a=1&b=%26' }, 'a page of its own': { path: '/mine/caf%C3%A9' },
	'HEAD': { method: 'HEAD' }, 'OPTIONS': { method: 'OPTIONS', path: '/api/items' },
	'its login page': { path: '/login' }, 'its prices': { path: '/pricing' }, 'its account page': { path: '/account' },
	'its API': { path: '/api/items?page=2' }, 'the root of its API': { path: '/api/' }, 'the same without a slash': { path: '/api' },
	'below a path of endpin\'s': { path: '/api/session/own' }, 'beside one': { path: '/api/sessions' }, 'in other letters': { path: '/API/session' },
	'a path that begins alike': { path: '/authors' }, 'a word that begins alike': { path: '/membership' },
	'its webhooks': { method: 'POST', path: '/webhooks/github', body: '{}' }, 'one below Stripe\'s': { path: '/webhooks/stripe/own' },
	'a form': { method: 'POST', path: '/api/items', body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
	'a DELETE': { method: 'DELETE', path: '/api/items/1' },
	'credentials of its own': { headers: { authorization: 'Basic YTpi', proxy: 'http://x/', cookie: 'a=b; endpin=none' } },
	'headers twice': { headers: { 'x-forwarded-for': ['10.0.0.1', '10.0.0.2'], accept: ['a', 'b'] } },
	'an answer of 404': { path: '/x?status=404' }, 'of 401': { path: '/x?status=401' }, 'of 403': { path: '/x?status=403' }, 'of 500': { path: '/x?status=500' },
	'of 503': { path: '/x?status=503' },
	'a static file': { path: '/assets/app.js' }, 'half of it': { path: '/assets/app.js', headers: { range: 'bytes=0-3' } },
	'one that there is not': { path: '/assets/none.js' }, 'another': { path: '/files/none' }, 'its own page for that': { path: '/404.html' },
	'what is forbidden': { path: '/closed/x' }, 'what is broken': { path: '/broken/x' },
	'its program': { path: '/run.php?a=1' }, 'its program, posted to': { method: 'POST', path: '/run.php', body: 'x'.repeat(20000) },
	'no HTTP': { raw: 'NONSENSE\r\n\r\n' }, 'a bad Host': { raw: 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n' },
	'20 kB': { method: 'POST', path: '/upload', body: Buffer.alloc(20000, 'a') },
	'too much': { method: 'POST', path: '/small/upload', body: Buffer.alloc(2000, 'a') },
	'50 MB': { method: 'POST', path: '/upload', body: Buffer.alloc(50 * MB, 'b') },
	'a byte more': { method: 'POST', path: '/upload', body: Buffer.alloc(50 * MB + 1, 'b') },
	'a slow request': { path: `/slow?ms=${SLOW_MS}` }, 'a slow program': { path: `/slow.php?ms=${SLOW_MS}` },
	'a slow upload': { method: 'POST', path: `/api/slow?ms=${SLOW_MS}`, body: Buffer.alloc(MB, 'c') }
};

function bytesOf({ raw, method = 'GET', path = '/', headers = {}, body }) {
	if (raw !== undefined)
		return Buffer.from(raw);
	const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`));
	if (body !== undefined)
		lines.push(`content-length: ${body.length}`);
	return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\nhost: product.example\r\nconnection: close\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`),
		Buffer.from(body ?? '')]);
}

// All bytes of the answer, but for times and the server's own port.
const exchange = (port, asked) => new Promise((resolve) => {
	const socket = connect(port, '127.0.0.1');
	const chunks = [];
	// Who is refused in the middle of a body may see the connection break.
	socket.on('error', () => {}).on('data', (chunk) => chunks.push(chunk))
		.on('close', () => resolve(Buffer.concat(chunks).toString('latin1').replaceAll(`:${port}/`, ':PORT/').replace(/^(Date|Last-Modified|Expires): .*$/gim, '$1: then').replace(/^ETag: .*$/gim, 'ETag: one')));
	socket.write(bytesOf(asked));
});

for (const [web, make] of [['nginx', nginx], ['apache', apache]])
	describe(web, () => {
		const servers = [], ports = {};
		let rig, product, program;

		async function startServer(variant, include, options) {
			const name = `${web}-${variant}`;
			const root = join(rig.dir, `root-${variant}`);
			mkdirSync(join(root, 'assets'), { recursive: true });
			mkdirSync(join(root, 'files'));
			writeFileSync(join(root, 'assets/app.js'), 'let product;\n');
			for (const page of ['404', 'large', 'forbidden', 'broken'])
				writeFileSync(join(root, `${page}.html`), `<h1>The product's own page: ${page}</h1>\n`);
			ports[variant] = await freePort();
			const config = make({
				stage: rig.stage.dir, dir: rig.dir, name, port: ports[variant], prefix: PREFIX, limit: LIMIT,
				site: SITE[web]({ url: product.url, program: program.port, closed }, root, include), ...options
			});
			if (web === 'nginx')
				writeFileSync(join(rig.dir, name, 'fastcgi_params'), ['PRODUCT its-own', 'REQUEST_METHOD $request_method', 'QUERY_STRING $query_string', 'CONTENT_TYPE $content_type',
					'CONTENT_LENGTH $content_length'].map((line) => `fastcgi_param ${line};\n`).join(''));
			const server = start(name, config.command, config.args, { log: join(rig.dir, `${name}.log`) });
			servers.push([server, config.stop]);
			await waitFor(name, async () => {
				if (server.gone)
					throw new Error(server.lastWords());
				return (await ask(`http://127.0.0.1:${ports[variant]}/`)).status === 200;
			});
		}

		let closed;
		before(async () => {
			[product, program, closed] = [await startProduct(), await startProgram(), await freePort()];
			rig = await openRig({ name: `beside-${web}`, web, webSite: SITE_OF_ENDPIN[web], set: { 'server.prefix': PREFIX } });
			await startServer('without', '', { endpin: false });
			await startServer('api', INCLUDES[web].api);
			await startServer('pages', INCLUDES[web].pages);
		});
		after(async () => {
			for (const [server, signal] of servers)
				await server.stop(signal);
			await rig?.close();
			product?.close();
			program?.close();
		});

		test('the product says with endpin\'s files, byte for byte, what it says without', { concurrency: false }, async (t) => {
			const answers = new Map();
			const all = Object.entries(ASKED).flatMap(([what, asked]) => Object.keys(ports).map((variant) => [what, asked, variant]));
			const one = async ([what, asked, variant]) => answers.set(`${what} ${variant}`, await exchange(ports[variant], asked));
			// What takes long waits together.
			const isLong = ([, asked]) => /ms=/.test(asked.path ?? '');
			const long = all.filter(isLong).map(one);
			for (const asked of all.filter((each) => !isLong(each)))
				await one(asked);
			await Promise.all(long);
			for (const what of Object.keys(ASKED)) {
				const without = answers.get(`${what} without`);
				assert.match(without, /^HTTP\/1\.[01] \d{3}|^<|^$/, what);
				for (const variant of ['api', 'pages'])
					assert.equal(answers.get(`${what} ${variant}`), without, `${what}, with the include of the ${variant}`);
			}
			const status = (what) => Number(/^HTTP\/1\.\d (\d+)/.exec(answers.get(`${what} without`))?.[1]);
			assert.deepEqual(['its first page', 'its API', '50 MB', 'a slow request', 'a slow program', 'a static file', 'one that there is not', 'what is forbidden'].map(status),
				[200, 200, 200, 200, 200, 200, 404, 403]);
			for (const [what, page] of [['one that there is not', '404'], ['what is forbidden', 'forbidden'], ['what is broken', 'broken']])
				assert.match(answers.get(`${what} pages`), new RegExp(`own page: ${page}`), what);
			t.diagnostic(`F11: ${web}: ${Object.keys(ASKED).length} requests, ${all.length} answers, 0 differ (figure: 0); the slow ones ${SLOW_MS / 1000} s, a web server waits ${LIMIT ?? 30} s for endpin`);
		});

		test('and endpin is there, below its prefix and nowhere else', async () => {
			const site = (variant) => `http://127.0.0.1:${ports[variant]}`;
			for (const variant of ['api', 'pages']) {
				assert.deepEqual((await ask(`${site(variant)}${PREFIX}/api/session`)).json, { authenticated: false });
				assert.equal((await ask(`${site(variant)}${PREFIX}/livez`)).status, 200);
				assert.equal((await ask(`${site(variant)}/api/session`)).headers['x-product'], 'yes');
				assert.equal((await ask(`${site(variant)}${PREFIX}/api/items`)).headers['x-product'], 'yes');
				const large = await ask(`${site(variant)}${PREFIX}/api/login`, { method: 'POST', body: 'x'.repeat(20000), headers: { 'content-length': 20000 } });
				assert.equal(large.json?.code, 'too_large', large.text);
			}
			assert.equal((await ask(`${site('api')}${PREFIX}/login`)).headers['x-product'], 'yes');
			for (const path of ['/', '/login', '/signup', '/pricing', '/account', '/assets/luthier.css'])
				assert.equal((await ask(`${site('pages')}${PREFIX}${path}`)).headers['x-product'], undefined, path);
			const bare = await ask(`${site('pages')}${PREFIX}?ucc=pNRB1aYqArN`);
			assert.equal(bare.status, 308);
			assert.match(bare.headers.location, /\/members\/\?ucc=pNRB1aYqArN$/);
			const none = await ask(`${site('pages')}${PREFIX}/assets/none.js`);
			assert.equal(none.status, 404);
			assert.match(none.text, /<html/);
			assert.doesNotMatch(none.text, /The product/);
		});

		test('who waits in vain hears that nobody knows whether it was done, and who finds nobody that nothing was', async () => {
			await rig.endpind.stop('SIGTERM');
			const order = () => ask(`http://127.0.0.1:${ports.api}${PREFIX}/api/checkout`,
				{ method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'content-length': 2 } });
			const socket = join(rig.dir, 'stripe.sock');
			rmSync(socket, { force: true });
			const mute = createServer(() => {});
			await new Promise((resolve) => mute.listen(socket, resolve));
			chmodSync(socket, 0o777);
			try {
				const slow = await order();
				assert.deepEqual([slow.status, slow.json?.code, slow.json?.status, slow.headers['retry-after'], slow.headers['content-type']],
					[504, 'too_slow', 504, '5', 'application/problem+json'], slow.text);
			} finally {
				mute.close();
				rmSync(socket, { force: true });
			}
			const away = await order();
			assert.deepEqual([away.status, away.json?.code, away.headers['retry-after']], [503, 'unavailable', '5'], away.text);
		});
	});

// endpin alone, below a prefix.
const SITE_OF_ENDPIN = {
	nginx: '		include endpin/endpin-api.conf;\n		include endpin/endpin-pages.conf;\n		location / {\n			return 404;\n		}',
	apache: '	Include endpin/endpin-api.conf\n	Include endpin/endpin-pages.conf'
};

describe('a prefix', () => {
	let rig;
	before(async () => {
		rig = await openRig({ name: 'prefix', webSite: SITE_OF_ENDPIN.nginx, web: 'nginx', set: { 'server.prefix': PREFIX } });
	});
	after(() => rig?.close());

	const below = () => {
		const client = rig.client();
		const send = client.send.bind(client);
		client.send = (method, path, options) => send(method, `${PREFIX}${path}`, options);
		return client;
	};

	test('whoever buys comes back below it, and so does who manages', async () => {
		const visitor = await signup(rig, {}, below());
		await checkout(visitor);
		const [page] = await rig.control('GET', '/requests?path=/v1/checkout/sessions');
		assert.equal(page.params.success_url, `${rig.origin}${PREFIX}/account?session_id={CHECKOUT_SESSION_ID}`);
		assert.ok(page.params.cancel_url.startsWith(`${rig.origin}${PREFIX}/pricing`), page.params.cancel_url);
		assert.equal((await visitor.post('/api/portal')).status, 201);
		const [visit] = await rig.control('GET', '/requests?path=/v1/billing_portal/sessions');
		assert.equal(visit.params.return_url, `${rig.origin}${PREFIX}/account`);
	});

	test('Stripe\'s events arrive below it', async () => {
		const visitor = await signup(rig, {}, below());
		await waitFor('an event', async () => await rig.value('SELECT count(*)::int FROM stripe_event') > 0);
		assert.equal((await visitor.get('/api/session')).json.authenticated, true);
	});

	test('cookies are for the whole host: the product is asked about with them', async () => {
		const visitor = below();
		await visitor.get('/?ucc=pNRB1aYqArN');
		const answer = await visitor.post('/api/signup', { email: `p-${Date.now()}@example.com`, password: 'CanaryBird horse battery staple' });
		for (const line of answer.all('set-cookie'))
			assert.match(line, /; Path=\/;/);
		assert.equal((await visitor.get('/api/session')).json.referral.ucc, 'pNRB1aYqArN');
	});
});

describe('pages of one\'s own', () => {
	let rig;
	before(async () => {
		rig = await openRig({ name: 'nopages', web: 'nginx', set: { 'server.pages': 'no', 'server.www_dir': '/nowhere' } });
	});
	after(() => rig?.close());

	test('without endpin\'s pages there are none, and all else is there', async () => {
		for (const path of ['/', '/login', '/pricing', '/account', '/signup'])
			assert.equal((await rig.client().get(path)).status, 404, path);
		const visitor = await signup(rig);
		assert.equal((await visitor.get('/api/session')).json.authenticated, true);
		assert.match(await rig.endpin('routes'), /\/api\/session/);
	});
});
