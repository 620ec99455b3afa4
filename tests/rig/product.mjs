// SPDX-License-Identifier: MIT
//
// A product that endpin stands beside: it says what it was asked, counts what it is sent, takes its time, and fails if
// it is asked to.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

// What a web server adds by itself, or nobody decides.
const THEIRS = ['host', 'connection', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-server', 'via'];

function answer(q, p, digest) {
	const { searchParams } = new URL(q.url, 'http://product');
	const headers = Object.entries(q.headers).filter(([name]) => !THEIRS.includes(name)).sort();
	p.writeHead(Number(searchParams.get('status') ?? 200), { 'content-type': 'application/json', 'x-product': 'yes', date: 'then' });
	p.end(JSON.stringify({ method: q.method, url: q.url, headers: Object.fromEntries(headers), body: digest }));
}

export async function startProduct() {
	const server = createServer((q, p) => {
		const hash = createHash('sha256');
		let bytes = 0;
		q.on('data', (chunk) => {
			bytes += chunk.length;
			hash.update(chunk);
		}).on('end', () => setTimeout(() => answer(q, p, `${bytes} ${hash.digest('hex')}`),
			Number(new URL(q.url, 'http://product').searchParams.get('ms') ?? 0)));
	}).listen(0, '127.0.0.1');
	await new Promise((done) => server.once('listening', done));
	return { port: server.address().port, url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
