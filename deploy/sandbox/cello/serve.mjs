// SPDX-License-Identifier: MIT
//
// The shell of the Cello half: faults, cross-origin headers, JSON in and out, assets, referral links.

import { HttpError, parseJson, readBody, redirect, sendJson, sendNothing, sendText } from '../http.mjs';
import { newId } from '../ids.mjs';
import { assetAt, isAsset } from './assets.mjs';
import { byUcc, landingUrl } from './referrers.mjs';
import { answer } from './rest.mjs';

export const isCello = (path) => path.startsWith('/cello/') || path.startsWith('/assets/') || path.startsWith('/r/');

const corsHeaders = (w) => ({
	'access-control-allow-origin': w.options.appOrigin, 'access-control-allow-headers': 'content-type',
	'access-control-allow-methods': 'GET, POST', 'access-control-max-age': '600', vary: 'Origin'
});

function serveAsset(w, res, path) {
	const { status, type, body } = assetAt(w, path);
	sendText(res, status, type, body, { ...corsHeaders(w), 'cross-origin-resource-policy': 'cross-origin', 'x-content-type-options': 'nosniff' });
}

function followLink(w, req, res, ucc) {
	const referrer = byUcc(w, ucc);
	if (!referrer)
		return sendText(res, 404, 'text/plain; charset=utf-8', 'This referral link leads nowhere.\n');
	if (req.method === 'GET') {
		referrer.clicks++;
		w.store.changed(w.clock);
	}
	redirect(res, 302, landingUrl(w, referrer));
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export async function serveCello(w, req, res, url, row) {
	const { path } = row;
	const fault = w.faults.meet('cello', req.method, path);
	if (fault?.action === 'drop')
		return res.destroy();
	const headers = { 'apigw-requestid': newId('x', 15).slice(2), ...(path.startsWith('/cello/widget/') ? corsHeaders(w) : {}) };
	res.on('finish', () => { row.status = res.statusCode; });
	const asked = await take(req, res, headers, url.searchParams);
	if (asked === null)
		return;
	row.params = asked.body;
	if (fault?.action === 'hang')
		return;
	if (fault?.action === 'status') {
		// A gateway may have given up on what was done all the same.
		if (fault.done)
			answer(w, req.method, path, asked);
		return sendJson(res, fault.status, { statusCode: fault.status, message: fault.code ?? `The sandbox was asked to answer ${fault.status} here.` },
			{ ...headers, ...fault.headers });
	}
	if (fault?.action === 'delay')
		await pause(fault.ms);

	if (req.method === 'OPTIONS')
		return sendNothing(res, 204, corsHeaders(w));
	const get = req.method === 'GET' || req.method === 'HEAD';
	if (get && isAsset(path))
		return serveAsset(w, res, path);
	if (path.startsWith('/r/') && get)
		return followLink(w, req, res, path.slice(3));
	const out = answer(w, req.method, path, asked);
	if (fault?.action === 'drop_after')
		return res.destroy();
	if (out.body === undefined)
		return sendNothing(res, out.status, headers);
	sendJson(res, out.status, out.body, headers);
}

// What a call brings: its headers, its query, its body, and the text that the body was; null: it was refused.
async function take(req, res, headers, query) {
	if (!['POST', 'PATCH'].includes(req.method))
		return { headers: req.headers, query, body: {}, raw: '' };
	try {
		const raw = await readBody(req);
		return { headers: req.headers, query, body: parseJson(raw), raw };
	} catch (e) {
		if (!(e instanceof HttpError))
			throw e;
		sendJson(res, e.status, { statusCode: e.status, message: e.message }, headers);
		return null;
	}
}
