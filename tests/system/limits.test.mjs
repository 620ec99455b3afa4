// SPDX-License-Identifier: MIT
//
// How often one address may ask for what, with the figures as they are shipped, through nginx and through Apache: endpin
// counts, so the figures are the same behind both. Each test comes from addresses of its own.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { freePort, openRig, start, waitFor } from '../rig/rig.mjs';
import { ask } from '../rig/client.mjs';
import { apache } from '../rig/webserver.mjs';

const LONG = process.env.ENDPIN_LONG !== undefined;
const AT_ONCE = 16, MOST_BUSY = 5000;
// Each of sixty logins is a hash: through Apache that is for the long run, with the figures that are thousands.

// As etc/endpin.conf.example says them.
const SHIPPED = { login: 60, signup: 10, erase: 5, billing: 60, usual: 3000, server: 6000 };
const ROUTE = {
	login: ['POST', '/api/login'], signup: ['POST', '/api/signup'], erase: ['POST', '/api/account/erase'],
	billing: ['POST', '/api/checkout'], usual: ['GET', '/api/config'], server: ['POST', '/api/server/verified']
};
const SERVERS = ['nginx', 'apache'];
const ports = {};
let rig, other, hosts = 1;

before(async () => {
	rig = await openRig({ name: 'limits', web: 'nginx', sandbox: false, set: { 'courier.processes': 0 } });
	[ports.nginx, ports.apache] = [rig.port, await freePort()];
	const config = apache({ stage: rig.stage.dir, dir: rig.dir, port: ports.apache });
	other = { server: start('apache', config.command, config.args, { log: `${rig.dir}/apache.log` }), stop: config.stop };
	await waitFor('Apache', async () => {
		if (other.server.gone)
			throw new Error(other.server.lastWords());
		return (await ask(`http://127.0.0.1:${ports.apache}/livez`)).status === 200;
	});
});
after(async () => {
	await other?.server.stop(other.stop);
	await rig?.close();
});

const newHost = () => `127.0.1.${++hosts}`;
const agentOf = (localAddress) => new http.Agent({ localAddress, keepAlive: false });

// One that is as good as any but for what it says.
function send(server, host, [method, path], body = '{}') {
	const headers = method === 'POST' ? { 'content-type': 'application/json', 'content-length': body.length, origin: rig.origin } : {};
	return ask(`http://127.0.0.1:${ports[server]}${path}`, { method, headers, body: method === 'POST' ? body : undefined, agent: agentOf(host) });
}

// `count` of them, so many at a time, or fewer once so many were refused: the answers that are no refusal of ours, and those that are.
// Who waits for refusals does not count those who were sent away because too many hash (503): a slow machine hears few of sixteen.
async function sendMany(server, host, route, count, enough = Infinity) {
	const began = process.hrtime.bigint(), passed = [], refused = [];
	let left = count, busy = 0;
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		while (left > 0 && refused.length < enough) {
			left--;
			const answer = await send(server, host, route);
			(answer.status === 429 ? refused : passed).push(answer);
			if (answer.status === 503 && enough < Infinity && ++busy < MOST_BUSY)
				left++;
		}
	}));
	return { passed, refused, seconds: Number(process.hrtime.bigint() - began) / 1e9 };
}

// Exactly the figure, but for what came back meanwhile.
async function holds(server, name, figure) {
	const host = newHost();
	// On a busy machine much comes back while the first are answered.
	const { passed, refused, seconds } = await sendMany(server, host, ROUTE[name], 3 * figure + 5, 3);
	const most = figure + Math.ceil(seconds * figure / 60);
	// Who is sent away because too many hash (503) has not been heard, and need not be counted.
	const heard = passed.filter(({ status }) => status !== 503).length;
	assert.ok(passed.length >= figure && heard <= most, `${server}, ${name}: ${passed.length} passed and ${heard} were heard, not ${figure} to ${most}`);
	assert.ok(refused.length > 0, `${server}, ${name}: nobody was refused`);
	for (const answer of refused) {
		assert.equal(answer.headers['content-type'], 'application/problem+json');
		assert.deepEqual([answer.json?.status, answer.json?.code, answer.json?.type], [429, 'too_many_requests', 'about:blank'], answer.text);
		const seconds = Number(answer.headers['retry-after']);
		assert.ok(seconds >= 1 && seconds <= Math.ceil(60 / figure), `${server}, ${name}: Retry-After: ${answer.headers['retry-after']}`);
	}
	return { host, passed, refused };
}

describe('as installed', () => {
	for (const server of SERVERS)
		for (const name of LONG ? Object.keys(SHIPPED) : ['login', 'signup', 'erase', 'billing'].filter((name) => name !== 'login' || server === 'nginx'))
			test(`${server}: ${name} holds at ${SHIPPED[name]} a minute`, async (t) => {
				const { host, passed, refused } = await holds(server, name, SHIPPED[name]);
				for (const [what, route] of Object.entries(ROUTE).filter(([what]) => what !== name))
					assert.notEqual((await send(server, host, route)).status, 429, `${what} of the same address`);
				assert.notEqual((await send(server, newHost(), ROUTE[name])).status, 429, 'another address');
				t.diagnostic(`${server}: ${name}: ${passed.length} passed and ${refused.length} were refused (figure: ${SHIPPED[name]} a minute)`);
			});

	test('the routes of one limit count together, behind either web server', async () => {
		const figure = SHIPPED.billing, host = newHost(), began = process.hrtime.bigint();
		const passed = (await Promise.all([['nginx', ROUTE.billing], ...['/api/portal', '/api/subscription/cancel', '/api/subscription/preview']
			.map((path) => ['apache', ['POST', path]])].map(([server, route]) => sendMany(server, host, route, figure)))).flatMap((of) => of.passed);
		// But for what came back meanwhile, which is one a second.
		const most = figure + Math.ceil(Number(process.hrtime.bigint() - began) / 1e9 * figure / 60);
		const heard = passed.filter(({ status }) => status !== 503).length;
		assert.ok(passed.length >= figure && heard <= most, `${passed.length} passed and ${heard} were heard, not ${figure} to ${most}`);
	});

	test('the figures are the ones of the example', async () => {
		const options = JSON.parse(await rig.endpin('options', '--json')).filter(({ section }) => section === 'limits');
		assert.deepEqual(Object.fromEntries(options.filter(({ name }) => name !== 'exempt').map((o) => [o.name, Number(o.default)])), SHIPPED);
	});
});

describe('what is counted', () => {
	test('neither a reload nor the death of a worker forgets who asked', async () => {
		const { host } = await holds('nginx', 'erase', SHIPPED.erase);
		await rig.reload();
		for (const pid of rig.workers('password'))
			process.kill(pid, 'SIGKILL');
		const { passed } = await sendMany('nginx', host, ROUTE.erase, 8);
		assert.ok(passed.filter(({ status }) => status === 401).length <= 1, `${passed.length} passed`);
	});

	test('another site, or a body that is none, uses nothing up', async () => {
		const host = newHost();
		for (let i = 0; i < 2 * SHIPPED.erase; i++) {
			assert.equal((await send('nginx', host, ROUTE.erase, '[')).status, 400);
			const answer = await ask(`${rig.origin}/api/account/erase`, { method: 'POST', body: '{}', agent: agentOf(host),
				headers: { 'content-type': 'application/json', 'content-length': 2, origin: 'https://evil.example' } });
			assert.equal(answer.json.code, 'cross_site');
		}
		assert.equal((await send('nginx', host, ROUTE.erase)).status, 401);
	});

	test('a header does not make another address', async () => {
		const { host } = await holds('nginx', 'erase', SHIPPED.erase);
		for (const server of SERVERS)
			for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'remote-addr', 'client-ip']) {
				const answer = await ask(`http://127.0.0.1:${ports[server]}/api/account/erase`, { method: 'POST', body: '{}', agent: agentOf(host),
					headers: { 'content-type': 'application/json', 'content-length': 2, origin: rig.origin, [name]: '192.0.2.9' } });
				assert.equal(answer.status, 429, `${server}: ${name}`);
			}
	});

	test('an access line says who was refused', async () => {
		const { host } = await holds('apache', 'erase', SHIPPED.erase);
		const lines = await waitFor('the line', () => {
			const found = rig.log().filter((line) => line.code === 'too_many_requests' && line.remote === host);
			return found.length > 0 && found;
		});
		assert.deepEqual([lines[0].route, lines[0].status], ['/api/account/erase', 429]);
	});
});

describe('figures of one\'s own', () => {
	before(async () => {
		rig.configure({ ...Object.fromEntries(Object.keys(SHIPPED).map((name) => [`limits.${name}`, 3])), 'limits.signup': 0, 'limits.exempt': '127.0.2.0/24' });
		await rig.reload();
	});

	for (const server of SERVERS)
		test(`${server}: they hold after a reload, for every route that has one`, async () => {
			for (const name of Object.keys(SHIPPED).filter((name) => name !== 'signup'))
				await holds(server, name, 3);
			assert.equal((await sendMany(server, newHost(), ROUTE.signup, 20)).refused.length, 0);
		});

	test('who is exempt is not counted', async () => {
		assert.equal((await sendMany('nginx', '127.0.2.7', ROUTE.usual, 20)).refused.length, 0);
	});

	test('whoever waits as long as was said is heard', async () => {
		rig.configure({ 'limits.erase': 60 });
		await rig.reload();
		const { host, refused } = await holds('nginx', 'erase', 60);
		assert.equal(refused[0].headers['retry-after'], '1');
		await waitFor('a second to pass', async () => (await send('nginx', host, ROUTE.erase)).status === 401);
	});

	for (const server of SERVERS)
		test(`${server}: webhooks, the web server's own question and health are never refused`, async () => {
			const host = newHost();
			for (const route of [['POST', '/webhooks/stripe'], ['POST', '/webhooks/cello'], ['GET', '/auth'], ['GET', '/livez'], ['GET', '/readyz']]) {
				const { refused, passed } = await sendMany(server, host, route, 40);
				assert.equal(refused.filter(({ json }) => json?.code === 'too_many_requests').length, 0, route[1]);
				assert.ok(route[1] !== '/webhooks/stripe' || passed.length === 40);
			}
		});
});
