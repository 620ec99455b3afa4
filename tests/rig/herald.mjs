// SPDX-License-Identifier: MIT
//
// Events by the thousand, each signed when it is sent: a few connections that are kept open, and HTTP as plain as nginx needs it.

import net from 'node:net';
import { sign } from './event.mjs';

const PATH = '/webhooks/stripe';

// One connection, made anew when the server has had enough of it; an event is sent when the one before it has been answered.
class Line {
	#port;
	#socket = null;
	#waiting = [];
	#busy = false;
	#got = '';

	constructor(port) {
		this.#port = port;
	}

	send(make) {
		return new Promise((done) => {
			this.#waiting.push({ make, done });
			this.#next();
		});
	}

	close() {
		this.#socket?.destroy();
	}

	#open() {
		const socket = net.connect(this.#port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
		socket.on('data', (text) => this.#hear(text)).on('error', () => {}).on('close', () => {
			if (this.#socket !== socket)
				return;
			this.#socket = null;
			if (this.#busy)
				this.#answer(0);
		});
		return socket;
	}

	#next() {
		if (this.#busy || this.#waiting.length === 0)
			return;
		this.#busy = true;
		this.#socket ??= this.#open();
		this.#socket.write(this.#waiting[0].make());
	}

	#hear(text) {
		this.#got += text;
		const head = this.#got.indexOf('\r\n\r\n') + 4;
		const length = Number(/^content-length: *(\d+)/im.exec(this.#got)?.[1]);
		if (head < 4 || this.#got.length < head + length)
			return;
		if (/^connection: *close/im.test(this.#got.slice(0, head)))
			this.#socket = null;
		this.#answer(Number(this.#got.slice(9, 12)));
	}

	#answer(status) {
		this.#got = '';
		this.#busy = false;
		this.#waiting.shift().done(status);
		this.#next();
	}
}

export class Herald {
	#rig;
	#lines;
	#turn = 0;

	constructor(rig, lines = 16) {
		this.#rig = rig;
		this.#lines = Array.from({ length: lines }, () => new Line(rig.port));
	}

	// The status of the answer; 0: there was none.
	tell(body) {
		const line = this.#lines[this.#turn++ % this.#lines.length];
		return line.send(() => `POST ${PATH} HTTP/1.1\r\nHost: 127.0.0.1:${this.#rig.port}\r\nContent-Type: application/json; charset=utf-8\r\n` +
			`Content-Length: ${Buffer.byteLength(body)}\r\nStripe-Signature: ${sign(this.#rig.secrets.webhook, body)}\r\n\r\n${body}`);
	}

	close() {
		for (const line of this.#lines)
			line.close();
	}
}
