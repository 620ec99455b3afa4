// SPDX-License-Identifier: MIT
//
// The pages that people see, and the forms on them.

import { readFileSync } from 'node:fs';
import { readBody, redirect, sendPage, sendText } from '../http.mjs';
import { Router } from '../router.mjs';
import { actOn, turnDay } from './baddays.mjs';
import { moveClock, pasteSecret, showHome, showReferrer } from './home.mjs';
import { html, page } from './html.mjs';
import { payInvoice, showInvoice } from './invoice.mjs';
import { showPay, submitPay } from './pay.mjs';
import { showPortal, submitPortal } from './portal.mjs';

const STYLE = readFileSync(new URL('../assets/sandbox.css', import.meta.url), 'utf8');

// Each says {status, html} or {location}.
const router = new Router({
	'GET /': (w, { query }) => showHome(w, query),
	'POST /clock': (w, { form }) => moveClock(w, form),
	'POST /day': (w, { form }) => turnDay(w, form),
	'POST /webhook-secret': (w, { form }) => pasteSecret(w, form),
	'POST /subscription/:id': (w, { args, form }) => actOn(w, args.id, form),
	'GET /referrer/:ucc': (w, { args }) => showReferrer(w, args.ucc),
	'GET /pay/:id': (w, { args, query }) => showPay(w, args.id, query),
	'POST /pay/:id': (w, { args, form }) => submitPay(w, args.id, form),
	'GET /portal/:id': (w, { args }) => showPortal(w, args.id),
	'POST /portal/:id': (w, { args, form }) => submitPortal(w, args.id, form),
	'GET /invoice/:id': (w, { args, query }) => showInvoice(w, args.id, query),
	'POST /invoice/:id': (w, { args, form }) => payInvoice(w, args.id, form)
});

export async function servePage(w, req, res, url) {
	if (url.pathname === '/sandbox.css')
		return sendText(res, 200, 'text/css; charset=utf-8', STYLE);
	const found = router.find(req.method === 'HEAD' ? 'GET' : req.method, url.pathname);
	if (!found?.entry)
		return sendPage(res, found ? 405 : 404, page('Not here · sandbox', html`<h1>There is nothing here</h1><p><a href="/">To the sandbox</a></p>`));
	const form = req.method === 'POST' ? new URLSearchParams(await readBody(req)) : null;
	const out = found.entry(w, { args: found.args, query: url.searchParams, form });
	w.store.changed(w.clock);
	if (out.location)
		return redirect(res, 303, out.location);
	sendPage(res, out.status, out.html);
}
