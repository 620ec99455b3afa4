// SPDX-License-Identifier: MIT
//
// What the three hot paths are asked for, in files: one request, or events made and signed beforehand, all of one length,
// so that whoever sends them only reads.

import { createHmac } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { makeEvent } from '../rig/event.mjs';
import { idOf, ofSubscription, randomRun, renewalOf, subscriptionOf } from './inbox.mjs';

const INVOICE = JSON.parse(readFileSync(new URL('invoice.json', import.meta.url), 'utf8'));	// of 2 kB
const PIECE = 2000;		// events written at once
const A_SECOND = 5000;		// of them, about, as far as their ids say

const get = (c, path, headers = '') => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${c.port}\r\n${headers}\r\n`;

// One that its makers may fill in: where in it its own id, its object's and its signature are. Both ids are as long as may be.
function blank(c, t, type, object, size) {
	const [id, of] = ['i'.repeat(28), 'o'.repeat(28)];
	const event = JSON.parse(makeEvent({ type, object: { ...INVOICE, object, id: of }, size }));
	const body = Buffer.from(JSON.stringify({ ...event, id }));
	const head = Buffer.from(`POST /webhooks/stripe HTTP/1.1\r\nHost: 127.0.0.1:${c.port}\r\nContent-Type: application/json; charset=utf-8\r\n` +
		`Content-Length: ${body.length}\r\nStripe-Signature: t=${t},v1=${'0'.repeat(64)}\r\n\r\n`);
	return { head, body, id: body.indexOf(id), object: body.indexOf(`"${of}"`), signature: head.indexOf('v1=') + 3 };
}

// Two kinds of equal length.
function blanks(c, t) {
	const kinds = [['invoice.updated', 'invoice'], ['customer.subscription.updated', 'subscription']];
	const most = Math.max(...kinds.map((kind) => kind.join('').length));
	return kinds.map(([type, object]) => blank(c, t, type, object, most - (type + object).length));
}

// `n` events nobody has sent yet; where they are and how long each request is. Of `c.subscriptions`, if any are known, one
// renews for every invoice; if `c.old` all are about them.
export function makeWebhooks(c, file, n) {
	const t = Math.floor(Date.now() / 1000), run = randomRun(), all = c.subscriptions;
	const [ofInvoice, ofOld] = blanks(c, t), length = ofInvoice.head.length + ofInvoice.body.length, piece = Buffer.alloc(PIECE * length);
	const fd = openSync(file, 'w', 0o644);
	for (let i = 0, at = 0; i < n; i++) {
		const old = all && (c.old || ofSubscription(i)), { head, body, id, object, signature } = old ? ofOld : ofInvoice;
		body.write(idOf('evt', t + Math.floor(i / A_SECOND), i, run), id, 'latin1');
		const about = old ? subscriptionOf(all, c.renewed++) : idOf('in', t, renewalOf(i, all), run);
		body.write(`"${about}"`.padEnd(30), object, 'latin1');
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
