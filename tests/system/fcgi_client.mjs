// SPDX-License-Identifier: MIT
//
// A web server's side of FastCGI 1.0, in as much as a test needs it: any record, well-formed or not, over a unix socket.

import { connect } from 'node:net';
import { stoodStill, STILL_MS } from '../rig/load.mjs';
import { SLOW } from '../rig/process.mjs';

export const BEGIN = 1, ABORT = 2, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, DATA = 8, GET_VALUES = 9;
export const RESPONDER = 1, KEEP = 1;

export function record(type, body = '', { id = 1, version = 1, length, padding = 0 } = {}) {
	const bytes = Buffer.from(body);
	const head = Buffer.alloc(8);
	head[0] = version;
	head[1] = type;
	head.writeUInt16BE(id, 2);
	head.writeUInt16BE(length ?? bytes.length, 4);
	head[6] = padding;
	return Buffer.concat([head, bytes, Buffer.alloc(padding)]);
}

export const begin = ({ role = RESPONDER, flags = 0, ...header } = {}) =>
	record(BEGIN, Buffer.from([role >> 8, role & 0xff, flags, 0, 0, 0, 0, 0]), header);

function length(n) {
	if (n < 128)
		return Buffer.from([n]);
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE((n | 0x80000000) >>> 0);
	return bytes;
}

// Pairs as they are in the body of PARAMS and GET_VALUES; an array, because a name may come twice.
export const pairs = (list) => Buffer.concat(list.flatMap(([name, value]) =>
	[length(Buffer.byteLength(name)), length(Buffer.byteLength(value)), Buffer.from(name), Buffer.from(value)]));

// Lengths that promise more than there is.
export const promised = (name, value) => Buffer.concat([length(name), length(value)]);

// A stream of records of one type, with its end. Only what has a body is padded: libfcgi 2.4.2 takes the padding of a
// beginning or an end for the next record.
function stream(type, bytes, { id, padding }) {
	const records = [];
	for (let at = 0; at < bytes.length; at += 65535)
		records.push(record(type, bytes.subarray(at, at + 65535), { id, padding }));
	return [...records, record(type, '', { id })];
}

export function request({ method = 'GET', path = '/livez', params = [], body = '', remote = '127.0.0.1', flags = 0, id = 1, padding = 0 } = {}) {
	const all = [['REQUEST_METHOD', method], ['REQUEST_URI', path], ['REMOTE_ADDR', remote], ['SERVER_PROTOCOL', 'HTTP/1.1'], ...params];
	return Buffer.concat([begin({ flags, id }), ...stream(PARAMS, pairs(all), { id, padding }), ...stream(STDIN, Buffer.from(body), { id, padding })]);
}

function parse(text) {
	const end = text.indexOf('\r\n\r\n');
	const lines = text.slice(0, end).split('\r\n');
	const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]));
	return { status: Number.parseInt(headers.status, 10), headers, body: text.slice(end + 4) };
}

export class Connection {
	constructor(path) {
		this.received = Buffer.alloc(0);
		this.closed = false;
		this.waiting = [];
		this.socket = connect({ path });
		// Whoever is refused may see a broken pipe: closed is what counts.
		this.socket.on('error', () => {});
		this.socket.on('data', (bytes) => {
			this.received = Buffer.concat([this.received, bytes]);
			this.#wake();
		});
		this.socket.on('close', () => {
			this.closed = true;
			this.#wake();
		});
	}

	#wake() {
		for (const wake of this.waiting.splice(0))
			wake();
	}

	send(...pieces) {
		this.socket.write(Buffer.concat(pieces));
		return this;
	}

	// The socket lives on, our direction is shut.
	half() {
		this.socket.end();
		return this;
	}

	close() {
		this.socket.destroy();
	}

	async #until(found, ms, what) {
		const late = Date.now() + ms;
		for (;;) {
			const result = found();
			if (result !== undefined)
				return result;
			const left = late - Date.now();
			if (left <= 0)
				throw new Error(`waited ${ms} ms for ${what}`);
			let timer;
			await new Promise((wake) => {
				this.waiting.push(wake);
				timer = setTimeout(wake, left);
			});
			clearTimeout(timer);
		}
	}

	// Take the records of one whole answer off what has arrived; undefined: it is not whole.
	#answer() {
		const out = [];
		for (let at = 0; at + 8 <= this.received.length;) {
			const type = this.received[at + 1];
			const size = this.received.readUInt16BE(at + 4);
			const next = at + 8 + size + this.received[at + 6];
			if (next > this.received.length)
				return undefined;
			if (type === STDOUT)
				out.push(this.received.subarray(at + 8, at + 8 + size));
			at = next;
			if (type === END) {
				this.received = this.received.subarray(at);
				return parse(Buffer.concat(out).toString('utf8'));
			}
		}
		return this.closed ? null : undefined;
	}

	// null: the connection was closed instead.
	answer(ms = 10000 * SLOW) {
		return this.#until(() => this.#answer(), ms, 'an answer');
	}

	// How long it took until the other side closed, in milliseconds.
	async end(ms = 10000 * SLOW) {
		const began = Date.now();
		await this.#until(() => this.closed || undefined, ms, 'the end of the connection');
		return Date.now() - began;
	}
}

// One request on a connection of its own; null: it was hung up on. If that was while this process stood still between
// connecting and sending, it has asked nothing yet.
export async function once(path, options) {
	for (let tries = 1;; tries++) {
		const still = stoodStill(), connection = new Connection(path).send(request(options));
		try {
			const answer = await connection.answer();
			if (answer !== null || still() < STILL_MS || tries === 3)
				return answer;
		} finally {
			still();
			connection.close();
		}
	}
}
