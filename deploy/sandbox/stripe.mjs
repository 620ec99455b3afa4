// SPDX-License-Identifier: MIT
//
// The shell of the Stripe half: who may ask, what happens to a request on a bad day, what is stored under its
// idempotency key, and how answers and errors are written. What a call does is in objects/.

import { timingSafeEqual } from 'node:crypto';
import { decodeForm } from './form.mjs';
import { readParams } from './params.mjs';
import { invalid, StripeError } from './errors.mjs';
import { render } from './expand.mjs';
import { readBody, sendJson, sendText } from './http.mjs';
import { newId } from './ids.mjs';
import { Router } from './router.mjs';
import * as idempotency from './idempotency.mjs';
import { hintAtOtherMode, write } from './modes.mjs';
import { asOf } from './older.mjs';
import { API_VERSION, checkRequest } from './version.mjs';
import { ROUTES } from './objects/index.mjs';
import { checkLimits, lockObject } from './limits.mjs';
import { checkRights } from './rights.mjs';
import { before } from './stale.mjs';

const router = new Router(ROUTES);

function givenKey(header = '') {
	const [, scheme, value] = /^(Bearer|Basic) +(\S+)$/i.exec(header) ?? [];
	if (!scheme)
		return null;
	return scheme.toLowerCase() === 'bearer' ? value : Buffer.from(value, 'base64').toString().split(':')[0];
}

// Whose world is it?  A key of another account or mode sees the objects of that one, which are none of ours.
function worldOf(w, req) {
	const given = givenKey(req.headers.authorization);
	if (w.others.has(given))
		return w.others.get(given);
	if (given === null)
		throw new StripeError(401, {
			message: 'You did not provide an API key. You need to provide your API key in the Authorization header, using ' +
				"Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
		});
	const a = Buffer.from(given), b = Buffer.from(w.options.stripeKey);
	if (a.length !== b.length || !timingSafeEqual(a, b))
		throw new StripeError(401, { message: `Invalid API Key provided: ${given.slice(0, 8)}****` });
	return w;
}

function findRoute(method, path) {
	const found = router.find(method, path);
	if (!found?.entry)
		throw new StripeError(404, {
			message: `Unrecognized request URL (${method}: ${path}). If you are trying to list objects, remove the trailing ` +
				'slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code.'
		});
	return found;
}

// API v2 takes JSON; its values are spelled as a form would have them, for the schemas are the same.
const spell = (v) => v !== null && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([name, value]) => [name, spell(value)]))
	: v === null ? '' : String(v);

function decodeJson(body) {
	try {
		return spell(JSON.parse(body));
	} catch {
		throw invalid('Invalid request: the body must be JSON.');
	}
}

function decode(req, path, query, body) {
	const type = req.headers['content-type'] ?? '';
	if (path.startsWith('/v2/') && body !== '')
		return decodeJson(body);
	if (body !== '' && !type.startsWith('application/x-www-form-urlencoded'))
		throw invalid('Invalid request: the body must be application/x-www-form-urlencoded.');
	return decodeForm(req.method === 'GET' ? query : [query, body].filter(Boolean).join('&'));
}

// Handlers are synchronous: between two of them nothing is half done, so the sandbox needs no locks.
function execute(w, entry, args, params, { stale, version, ...request }) {
	w.request = request;
	try {
		const now = w.clock.atOnce(() => entry.run(w, args, params));
		const out = stale ? before(w, now) : now;
		const wanted = params.expand ?? [];
		const body = asOf(w, version, ['list', 'search_result'].includes(out.object) ? out : render(w, out, wanted));
		return { status: 200, body: write(w, entry.reveal ? { ...body, ...entry.reveal(out) } : body) };
	} catch (e) {
		return answerOf(e instanceof StripeError ? hintAtOtherMode(w, e) : ownFault(e));
	} finally {
		w.request = null;
		w.store.changed(w.clock);
	}
}

function ownFault(e) {
	console.error(e);
	return new StripeError(500, { type: 'api_error', message: `The sandbox has a bug: ${e.message}` });
}

const answerOf = (e) => ({ status: e.status, body: JSON.stringify(e.body(), null, 2) });

const TYPE_OF_STATUS = (status) => status >= 500 ? 'api_error' : status === 402 ? 'card_error' : 'invalid_request_error';

function answerOfFault(fault) {
	return answerOf(new StripeError(fault.status, {
		type: TYPE_OF_STATUS(fault.status), code: fault.code ?? (fault.status === 429 ? 'rate_limit' : undefined),
		param: fault.param ?? undefined, message: fault.message ?? `The sandbox was asked to answer ${fault.status} here.`
	}));
}

// A lock on an object that another call holds is a 429 too, and the one without a reason.
const headersOfFault = (fault) =>
	fault.status === 429 && fault.code !== 'lock_timeout' ? { 'stripe-rate-limited-reason': 'global-rate', ...fault.headers } : fault.headers;

// What a proxy says in Stripe's place.
const sendGarbage = (res, status) =>
	sendText(res, status, 'text/html', '<html><head><title>Just a moment</title></head><body></body></html>');

// The length of all of it, half of it, and the end of the connection.
function sendHalf(res, status, body, headers) {
	const whole = Buffer.from(body);
	res.writeHead(status, { 'content-type': 'application/json', 'content-length': whole.length, ...headers });
	res.write(whole.subarray(0, whole.length >> 1), () => res.destroy());
}

// Blanks, which JSON may end with, until it is so long.
function sendPadded(res, status, body, bytes, headers) {
	const whole = Buffer.from(body);
	sendJson(res, status, body + ' '.repeat(Math.max(0, bytes - whole.length)), headers);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export async function serveStripe(ours, req, res, url, row) {
	let w = ours;
	const requestId = newId('req', 14);
	const key = req.method === 'POST' ? req.headers['idempotency-key'] : undefined;
	const version = req.headers['stripe-version'] ?? API_VERSION;
	const headers = { 'request-id': requestId, 'stripe-version': version };
	if (key !== undefined)
		headers['idempotency-key'] = key;
	const fault = w.faults.meet('stripe', req.method, url.pathname);
	const answer = ({ status, body }, extra = {}) => {
		if (fault?.action === 'drop_after')
			return res.destroy();
		row.status = status;
		if (fault?.action === 'garbage')
			return sendGarbage(res, status);
		if (fault?.action === 'truncate')
			return sendHalf(res, status, body, headers);
		if (fault?.action === 'pad')
			return sendPadded(res, status, body, fault.bytes, headers);
		sendJson(res, status, body, { ...headers, ...extra });
	};

	if (fault?.action === 'drop')
		return res.destroy();
	const body = await readBody(req);
	try {
		row.params = decodeForm(req.method === 'GET' ? url.search.slice(1) : body);
	} catch {
		row.params = { unreadable: body };
	}
	if (fault?.action === 'hang')
		return;
	if (fault?.action === 'status' && !fault.stored && !fault.done)
		return answer(answerOfFault(fault), headersOfFault(fault));

	try {
		w = worldOf(ours, req);
		checkLimits(w, req.method, url.pathname);
		checkRights(ours.rights, givenKey(req.headers.authorization), req.method, url.pathname);
		checkRequest(req.method, version);
		const { entry, args } = findRoute(req.method, url.pathname);
		const given = decode(req, url.pathname, url.search.slice(1), body);
		const print = idempotency.fingerprint(req.method, url.pathname + url.search, body);
		if (key !== undefined) {
			idempotency.checkKey(key);
			const before = idempotency.recall(w, key, print);
			if (before) {
				row.replayed = true;
				return answer(before, { 'idempotent-replayed': 'true' });
			}
		}
		const params = readParams(entry.params ?? {}, given);
		entry.check?.(params);

		const unlock = lockObject(w, req.method, url.pathname);
		// From here on the key is taken, and whatever is answered is kept.
		if (key !== undefined)
			idempotency.claim(w, key, print);
		if (fault?.action === 'delay')
			await pause(fault.ms);
		const said = fault?.action === 'status' ? answerOfFault(fault) : null;
		const done = said && !fault.done ? null
			: execute(w, entry, args, params, { id: requestId, idempotency_key: key ?? null, version,
				stale: fault?.action === 'stale' && req.method === 'GET' });
		unlock();
		const out = said ?? done;
		if (key !== undefined)
			idempotency.keep(w, key, out.status, out.body);
		if (fault?.action === 'late')
			await pause(fault.ms);
		answer(out, said ? headersOfFault(fault) : {});
	} catch (e) {
		if (!(e instanceof StripeError))
			throw e;
		answer(answerOf(e), e.status === 401 ? { 'www-authenticate': 'Basic realm="Stripe"' } : e.headers);
	}
}
