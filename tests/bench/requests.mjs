// SPDX-License-Identifier: MIT
//
// What the three hot paths are asked for, in files: one request, or events made and signed beforehand, all of one length,
// so that whoever sends them only reads.

import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { makeEvent } from '../rig/event.mjs';

const INVOICE = JSON.parse(readFileSync(new URL('invoice.json', import.meta.url), 'utf8'));	// of 2 kB
// As with Stripe, about one object come several events, though not in one moment: 4 about each of 100, then of others.
const OBJECTS = 100, EVENTS_EACH = 4;
const PIECE = 2000;		// events written at once

const get = (c, path, headers = '') => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${c.port}\r\n${headers}\r\n`;

const number = (n) => String(n).padStart(8, '0');

// `n` events nobody has sent yet; where they are and how long each request is.
export function makeWebhooks(c, file, n) {
	const run = randomBytes(4).toString('hex'), t = Math.floor(Date.now() / 1000);
	const event = JSON.parse(makeEvent({ type: 'invoice.updated', object: { ...INVOICE, id: `in_${run}${number(0)}` } }));
	const body = Buffer.from(JSON.stringify({ ...event, id: `evt_${run}${number(0)}` }));
	const head = Buffer.from(`POST /webhooks/stripe HTTP/1.1\r\nHost: 127.0.0.1:${c.port}\r\nContent-Type: application/json; charset=utf-8\r\n` +
		`Content-Length: ${body.length}\r\nStripe-Signature: t=${t},v1=${'0'.repeat(64)}\r\n\r\n`);
	const id = body.indexOf(`evt_${run}`) + 4 + run.length, object = body.indexOf(`in_${run}`) + 3 + run.length, signature = head.indexOf('v1=') + 3;
	const length = head.length + body.length, piece = Buffer.alloc(PIECE * length);
	const fd = openSync(file, 'w', 0o644);
	for (let i = 0, at = 0; i < n; i++) {
		body.write(number(i), id, 'latin1');
		body.write(number(Math.floor(i / OBJECTS / EVENTS_EACH) * OBJECTS + i % OBJECTS), object, 'latin1');
		head.write(createHmac('sha256', c.secret).update(`${t}.`).update(body).digest('hex'), signature, 'latin1');
		head.copy(piece, at);
		body.copy(piece, at + head.length);
		at += length;
		if (at === piece.length || i === n - 1) {
			writeSync(fd, piece, 0, at);
			at = 0;
		}
	}
	closeSync(fd);
	return { file, length, n };
}

// All of one length; after the last the first comes again.
function again(file, texts) {
	writeFileSync(file, texts.join(''), { mode: 0o644 });
	return { file, length: Buffer.byteLength(texts[0]), n: texts.length, again: true };
}

// Name → what makes the requests; `most`: of those that are used up, so many are needed.
export const PATHS = {
	livez: (c, file) => again(file, [get(c, '/livez')]),
	token: (c, file) => again(file, (c.cookies ?? [c.cookie]).map((cookie) => get(c, '/api/cello/token', `Cookie: ${cookie}\r\n`))),
	webhook: (c, file, most) => makeWebhooks(c, file, most)
};
