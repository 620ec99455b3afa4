// SPDX-License-Identifier: MIT
//
// The three hot paths as a Node program does them: Fastify, pg with named statements, a cluster of two.

import cluster from 'node:cluster';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Fastify from 'fastify';
import pg from 'pg';

const PROCESSES = 2;
const IDLE_HOURS = 24, WINDOW_S = 300, MOST = 1 << 20, TOKEN_BYTES = 43;

const { values: set } = parseArgs({ options: Object.fromEntries(
	['socket', 'host', 'database', 'pool', 'sql', 'webhook-secret', 'product-secret', 'cookie', 'product', 'script'].map((name) => [name, { type: 'string' }])) });
const text = (path) => readFileSync(path, 'utf8').trim();

if (cluster.isPrimary) {
	if (existsSync(set.socket))
		unlinkSync(set.socket);
	for (let i = 0; i < PROCESSES; i++)
		cluster.fork();
	process.on('SIGTERM', () => {
		for (const worker of Object.values(cluster.workers))
			worker.process.kill('SIGTERM');
		process.exit(0);
	});
} else {
	await serve();
}

async function serve() {
	const pool = new pg.Pool({ host: set.host, database: set.database, user: 'endpin', max: Number(set.pool), min: Number(set.pool), idleTimeoutMillis: 0 });
	const webhookSecret = text(set['webhook-secret']), productSecret = text(set['product-secret']);
	const tokenSql = text(join(set.sql, 'token.sql')), webhookSql = text(join(set.sql, 'webhook.sql'));
	const app = Fastify({ logger: false, bodyLimit: MOST });
	const refused = { enabled: false, reason: 'not_logged_in' };
	const jwtHeader = 'eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.';
	const find = `${set.cookie}=`;

	const cookieOf = (header) => {
		for (const part of (header ?? '').split(';')) {
			const cookie = part.trim();
			if (cookie.startsWith(find))
				return cookie.slice(find.length);
		}
		return '';
	};

	const jwt = (user) => {
		const signed = jwtHeader + Buffer.from(JSON.stringify({ productId: set.product, productUserId: user, iat: Math.floor(Date.now() / 1000) })).toString('base64url');
		return `${signed}.${createHmac('sha512', productSecret).update(signed).digest('base64url')}`;
	};

	const isSigned = (header = '', body) => {
		let t = '';
		const given = [];
		for (const item of header.split(','))
			if (item.startsWith('t='))
				t = item.slice(2);
			else if (item.startsWith('v1='))
				given.push(Buffer.from(item.slice(3), 'hex'));
		if (!(Math.abs(Number(t) - Date.now() / 1000) <= WINDOW_S))
			return false;
		const want = createHmac('sha256', webhookSecret).update(`${t}.`).update(body).digest();
		return given.some((v1) => v1.length === want.length && timingSafeEqual(v1, want));
	};

	app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (req, body, done) => done(null, body));

	app.get('/livez', async (req, reply) => {
		reply.header('cache-control', 'no-store').type('text/plain; charset=utf-8');
		return 'ok\n';
	});

	app.get('/api/cello/token', { schema: { response: { 200: {
		type: 'object', properties: {
			enabled: { type: 'boolean' }, reason: { type: 'string' }, scriptUrl: { type: 'string' }, announce: { type: 'boolean' },
			bootConfig: { type: 'object', properties: { productId: { type: 'string' }, token: { type: 'string' }, productUserDetails: {
				type: 'object', properties: { firstName: { type: 'string' }, lastName: { type: 'string' }, fullName: { type: 'string' }, email: { type: 'string' } }
			} } }
		}
	} } } }, async (req, reply) => {
		reply.header('cache-control', 'no-store');
		const value = cookieOf(req.headers.cookie);
		if (value.length !== TOKEN_BYTES)
			return refused;
		const { rows: [who] } = await pool.query({
			name: 'token', text: tokenSql, rowMode: 'array', values: [createHash('sha256').update(value).digest(), IDLE_HOURS]
		});
		if (!who)
			return refused;
		const [id, email, firstName, lastName] = who;
		return {
			enabled: true, scriptUrl: set.script, announce: false, bootConfig: {
				productId: set.product, token: jwt(id), productUserDetails: { firstName, lastName, fullName: `${firstName} ${lastName}`, email }
			}
		};
	});

	app.post('/webhooks/stripe', async (req, reply) => {
		const { body } = req;
		if (!isSigned(req.headers['stripe-signature'], body))
			return reply.code(400).send();
		const payload = body.toString('utf8'), e = JSON.parse(payload), { object } = e.data;
		await pool.query({ name: 'webhook', text: webhookSql, rowMode: 'array', values: [
			createHash('sha256').update(object.id).digest()[0], e.id, e.type, object.object, object.id, e.api_version, e.livemode, e.created, payload
		] });
		return reply.code(200).send();
	});

	await app.listen({ path: set.socket });
}
