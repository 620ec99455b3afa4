// SPDX-License-Identifier: MIT
//
// Somebody at the site that README.md puts on a machine, over TLS, by the name that it says; and the sandbox's own door.

import assert from 'node:assert/strict';
import https from 'node:https';

const ORIGIN = 'https://app.example.com', SANDBOX = 'http://127.0.0.1:8081';
export const BOB = 'pNRB1aYqArN', PASSWORD = 'a long enough password';

// Who keeps cookies.
export class Visitor {
	jar = new Map();

	ask(path, body) {
		return new Promise((resolve, reject) => {
			const text = body && JSON.stringify(body);
			const req = https.request(ORIGIN + path, {
				method: body ? 'POST' : 'GET', timeout: 30000,
				headers: {
					cookie: [...this.jar].map((pair) => pair.join('=')).join('; '), origin: ORIGIN,
					...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
				}
			}, (res) => {
				let got = '';
				res.setEncoding('utf8').on('data', (d) => got += d).on('end', () => {
					for (const line of res.headers['set-cookie'] ?? []) {
						const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
						this.jar.set(name, value);
					}
					let json;
					try {
						json = JSON.parse(got);
					} catch {}
					resolve({ status: res.statusCode, headers: res.headers, text: got, json });
				});
			});
			req.on('error', reject);
			req.end(text);
		});
	}
}

export const control = async (path, body) => {
	const answer = await fetch(`${SANDBOX}/control/${path}`, body && { method: 'POST', body: JSON.stringify(body) });
	assert.ok(answer.ok, `${path}: ${answer.status}`);
	return answer.json();
};
