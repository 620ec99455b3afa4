// SPDX-License-Identifier: MIT
//
// A product that endpin stands beside: it says what it was asked, counts what it is sent, takes its time, and fails if
// it is asked to.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as listen } from 'node:net';

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

// The names and values in the body of PARAMS.
function pairsOf(bytes) {
	const found = {};
	let at = 0;
	const length = () => {
		const n = bytes[at] & 0x80 ? bytes.readUInt32BE(at) & 0x7fffffff : bytes[at];
		at += bytes[at] & 0x80 ? 4 : 1;
		return n;
	};
	while (at < bytes.length) {
		const name = length(), value = length();
		found[bytes.toString('utf8', at, at + name)] = bytes.toString('utf8', at + name, at + name + value);
		at += name + value;
	}
	return found;
}

// The same as a FastCGI program: it says which parameters it got.
export async function startProgram() {
	const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, HEADER = 8;
	const record = (type, id, body) => {
		const head = Buffer.from([1, type, id >> 8, id & 0xff, body.length >> 8, body.length & 0xff, 0, 0]);
		return Buffer.concat([head, body]);
	};
	const server = listen((peer) => {
		let bytes = Buffer.alloc(0), params = Buffer.alloc(0);
		peer.on('error', () => {}).on('data', (chunk) => {
			bytes = Buffer.concat([bytes, chunk]);
			while (bytes.length >= HEADER) {
				const [type, id, length] = [bytes[1], bytes.readUInt16BE(2), bytes.readUInt16BE(4)];
				const end = HEADER + length + bytes[6];
				if (bytes.length < end)
					return;
				const body = bytes.subarray(HEADER, HEADER + length);
				bytes = bytes.subarray(end);
				if (type === BEGIN)
					params = Buffer.alloc(0);
				else if (type === PARAMS)
					params = Buffer.concat([params, body]);
				else if (type === STDIN && length === 0)
					answerProgram(pairsOf(params), (text) => peer.end(Buffer.concat([record(STDOUT, id, Buffer.from(text)),
						record(STDOUT, id, Buffer.alloc(0)), record(END, id, Buffer.alloc(8))])));
			}
		});
	}).listen(0, '127.0.0.1');
	await new Promise((done) => server.once('listening', done));
	return { port: server.address().port, close: () => server.close() };
}

function answerProgram(params, say) {
	const told = Object.entries(params).filter(([name]) => !/PORT|^DOCUMENT_ROOT|^PATH_|^SCRIPT_FILENAME|^CONTEXT|^UNIQUE_ID|REQUEST_ID/.test(name)).sort();
	setTimeout(() => say(`Content-Type: application/json\r\nX-Product: program\r\n\r\n${JSON.stringify(Object.fromEntries(told))}`),
		Number(/ms=(\d+)/.exec(params.QUERY_STRING ?? '')?.[1] ?? 0));
}
