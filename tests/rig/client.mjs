// SPDX-License-Identifier: MIT
//
// A browser without a screen: one visitor, who keeps cookies and says where a request comes from as browsers do.

import http from 'node:http';
import { waitFor } from './process.mjs';

const TIMEOUT_MS = 40000;

// What was answered; `json` is the body if it is any.
class Answer {
	constructor(res, bytes) {
		this.status = res.statusCode;
		this.headers = res.headers;
		this.rawHeaders = res.rawHeaders;
		this.text = bytes.toString('utf8');
		this.bytes = bytes;
		try {
			this.json = JSON.parse(this.text);
		} catch {
			this.json = undefined;
		}
	}

	// All values of a header, as they came.
	all(name) {
		return this.rawHeaders.filter((_, i, all) => i % 2 === 1 && all[i - 1].toLowerCase() === name.toLowerCase());
	}
}

export function ask(url, { method = 'GET', headers = {}, body, agent, timeout = TIMEOUT_MS } = {}) {
	return new Promise((resolve, reject) => {
		const began = process.hrtime.bigint();
		const req = http.request(url, { method, headers, agent, signal: AbortSignal.timeout(timeout) }, (res) => {
			const chunks = [];
			res.on('data', (c) => chunks.push(c));
			res.on('error', reject);
			res.on('end', () => {
				const answer = new Answer(res, Buffer.concat(chunks));
				answer.ms = Number(process.hrtime.bigint() - began) / 1e6;
				resolve(answer);
			});
		});
		req.on('error', reject);
		req.end(body);
	});
}

export class Client {
	constructor(origin, { onCookie = () => {}, agent = new http.Agent({ keepAlive: false }) } = {}) {
		Object.assign(this, { origin, onCookie, agent, cookies: new Map() });
	}

	#keep(answer) {
		for (const line of answer.all('set-cookie')) {
			const [pair, ...attributes] = line.split('; ');
			const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
			if (attributes.includes('Max-Age=0') || value === '') {
				this.cookies.delete(name);
				continue;
			}
			this.cookies.set(name, value);
			this.onCookie(name, value);
		}
	}

	get cookie() {
		return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
	}

	// headers: null removes one that would be sent; an array sends it several times.
	async send(method, path, { json, body, headers = {}, timeout } = {}) {
		const all = { host: new URL(this.origin).host, cookie: this.cookie || null };
		if (method !== 'GET' && method !== 'HEAD')
			Object.assign(all, { origin: this.origin, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' });
		if (json !== undefined)
			Object.assign(all, { 'content-type': 'application/json' });
		Object.assign(all, headers);
		const bytes = body ?? (json === undefined ? undefined : JSON.stringify(json));
		if (bytes !== undefined && all['transfer-encoding'] === undefined)
			all['content-length'] = Buffer.byteLength(bytes);
		else if (method === 'POST' && bytes === undefined)
			all['content-length'] = 0;
		for (const [name, value] of Object.entries(all))
			if (value === null)
				delete all[name];
		const answer = await ask(this.origin + path, { method, headers: all, body: bytes, agent: this.agent, timeout });
		this.#keep(answer);
		return answer;
	}

	get(path, options) {
		return this.send('GET', path, options);
	}

	// As our pages do: what a twin (another tab, a courier) is doing just now is asked for again. send() does not.
	post(path, json = {}, options = {}) {
		return waitFor(`the twin of POST ${path}`, async () => {
			const answer = await this.send('POST', path, { json, ...options });
			return answer.json?.code === 'order_in_progress' ? null : answer;
		});
	}
}
