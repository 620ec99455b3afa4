// SPDX-License-Identifier: MIT
//
// Reading a request and writing an answer: what every part of the sandbox needs and none should decide twice.

const MOST_BODY = 1 << 20;

export class HttpError extends Error {
	constructor(status, message) {
		super(message);
		this.status = status;
	}
}

export async function readBody(req) {
	const chunks = [];
	let size = 0;
	for await (const chunk of req) {
		size += chunk.length;
		if (size > MOST_BODY)
			throw new HttpError(413, 'the body is too large');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

export function parseJson(body) {
	if (body === '')
		return {};
	let value;
	try {
		value = JSON.parse(body);
	} catch {
		throw new HttpError(400, 'the body is not JSON');
	}
	if (value === null || typeof value !== 'object' || Array.isArray(value))
		throw new HttpError(400, 'the body is not a JSON object');
	return value;
}

export const readJson = async (req) => parseJson(await readBody(req));

function send(res, status, type, body, headers) {
	res.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store', ...headers });
	res.end(res.req.method === 'HEAD' ? undefined : body);
}

export const sendJson = (res, status, value, headers = {}) =>
	send(res, status, 'application/json; charset=utf-8', typeof value === 'string' ? value : JSON.stringify(value), headers);

export const sendText = (res, status, type, body, headers = {}) => send(res, status, type, body, headers);

// Our own pages are as strict as the ones that they stand beside.
export const sendPage = (res, status, html) => send(res, status, 'text/html; charset=utf-8', html, {
	'content-security-policy': "default-src 'none'; style-src 'self'; img-src data:; form-action *; base-uri 'none'; frame-ancestors 'none'",
	'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer'
});

export function redirect(res, status, location) {
	res.writeHead(status, { location, 'content-length': 0, 'cache-control': 'no-store' });
	res.end();
}

export function sendNothing(res, status, headers = {}) {
	res.writeHead(status, headers);
	res.end();
}
