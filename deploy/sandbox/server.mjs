// SPDX-License-Identifier: MIT
//
// Which part of the sandbox a request is for.

import http from 'node:http';
import { isCello, serveCello } from './cello/serve.mjs';
import { serveControl } from './control.mjs';
import { HttpError, sendJson } from './http.mjs';
import { servePage } from './pages/index.mjs';
import { serveStripe } from './stripe.mjs';

// The host of Cello's scripts has nothing else: what is asked of it is below /assets, which the other then has not.
function serve(w, req, res, ofAssets) {
	const url = new URL(req.url, 'http://sandbox');
	const path = ofAssets ? `/assets${url.pathname}` : url.pathname;
	if (!ofAssets && path.startsWith('/assets/') && w.options.assetsPort !== null)
		throw new HttpError(404, 'the scripts are at the other port');
	if (path.startsWith('/v1/') || path.startsWith('/v2/'))
		return serveStripe(w, req, res, url, w.requests.begin('stripe', req, path));
	if (isCello(path))
		return serveCello(w, req, res, url, w.requests.begin('cello', req, path));
	if (path.startsWith('/control/'))
		return serveControl(w, req, res, url);
	return servePage(w, req, res, url);
}

function fail(res, e) {
	if (!(e instanceof HttpError))
		console.error(e);
	if (res.headersSent)
		return res.destroy();
	sendJson(res, e.status ?? 500, { error: e.message });
}

export function makeServer(w, { ofAssets = false } = {}) {
	return http.createServer({ keepAliveTimeout: 60000 }, async (req, res) => {
		try {
			await serve(w, req, res, ofAssets);
		} catch (e) {
			if (!req.destroyed || e instanceof HttpError)
				fail(res, e);
		}
	});
}
