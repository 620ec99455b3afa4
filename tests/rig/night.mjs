// SPDX-License-Identifier: MIT
//
// Stripe in a night in which everybody's subscription is renewed: it stands before a sandbox, plays the subscriptions
// that are renewed and their invoices itself, passes on all the rest, and holds whoever asks to Stripe's limits. A
// renewal is a moment, `step` after the one before; nothing is kept of it but its number.

import http from 'node:http';
import { ask } from './client.mjs';

const PAGE = 100, MONTH = 30 * 86400;

// The parts of a real subscription that differ from one to the next.
class Model {
	constructor(sub) {
		const [item] = sub.items.data, invoice = { ...sub.latest_invoice, created: item.current_period_start };
		this.paid = invoice.amount_paid;
		this.names = [sub.id, sub.customer, invoice.id, item.id];
		this.times = [item.current_period_start, item.current_period_end];
		this.subscription = JSON.stringify({ ...sub, created: 1500000000, latest_invoice: 'INVOICE' });
		this.invoice = JSON.stringify(invoice);
	}

	// `start` is when its period began.
	fill(text, i, start) {
		const [sub, customer, invoice, item] = this.names;
		return text.replaceAll(sub, `sub_night${i}`).replaceAll(customer, `cus_night${i}`).replaceAll(invoice, `in_night${i}`)
			.replaceAll(item, `si_night${i}`).replaceAll(String(this.times[0]), start).replaceAll(String(this.times[1]), start + MONTH);
	}

	subscriptionOf(i, start, whole) {
		return this.fill(this.subscription.replace('"INVOICE"', whole ? this.invoice : `"${this.names[2]}"`), i, start);
	}

	invoiceOf(i, start) {
		return this.fill(this.invoice, i, start);
	}
}

export class Night {
	calls = 0;	// about its own, or for lists
	refused = 0;
	byEndpoint = {};
	#asked = new Map();

	// `limits`: calls a second, of all and of one endpoint. Nobody is renewed before begin().
	constructor({ count, seconds, limits, pass }) {
		Object.assign(this, { count, step: seconds / count, limits, pass, start: Infinity });
		this.server = http.createServer((req, res) => this.#serve(req, res).catch((e) => res.destroy(e)));
	}

	listen(port) {
		return new Promise((done) => this.server.listen(port, '127.0.0.1', done));
	}

	close() {
		this.server.closeAllConnections();
		this.server.close();
	}

	begin(subscription, start) {
		this.model = new Model(subscription);
		this.start = start;
	}

	// Whole seconds, as Stripe has them.
	periodStart = (i) => Math.floor(this.start + i * this.step);
	#now = () => Date.now() / 1000;
	// Whoever is renewed was not so in the order in which all have subscribed.
	#place = (i) => (i * 7919) % this.count;

	#limit(endpoint) {
		const now = performance.now();
		for (const [name, most] of [['all', this.limits.all], [endpoint, this.limits.endpoint]]) {
			const times = (this.#asked.get(name) ?? []).filter((t) => t > now - 1000);
			this.#asked.set(name, times);
			if (times.length >= most)
				return false;
			times.push(now);
		}
		return true;
	}

	async #serve(req, res) {
		const url = new URL(req.url, 'http://stripe');
		const endpoint = `${req.method} ${url.pathname.replace(/\/[a-z]+_[^/]+/g, '/{id}')}`;
		const body = [];
		for await (const piece of req)
			body.push(piece);
		this.byEndpoint[endpoint] = (this.byEndpoint[endpoint] ?? 0) + 1;
		if (!this.#limit(endpoint)) {
			this.refused++;
			return this.#say(res, 429, '{"error":{"type":"invalid_request_error","code":"rate_limit"}}');
		}
		const own = req.method === 'GET' ? this.#own(url) : undefined;
		if (own !== undefined) {
			this.calls++;
			return this.#say(res, own === null ? 404 : 200, own ?? '{"error":{"code":"resource_missing"}}');
		}
		const headers = { ...req.headers };
		delete headers.host;
		const answer = await ask(this.pass + req.url, { method: req.method, headers, body: body.length > 0 ? Buffer.concat(body) : undefined });
		this.#say(res, answer.status, answer.text);
	}

	#say(res, status, text) {
		res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'request-id': 'req_night' });
		res.end(text);
	}

	// undefined: not of this night.
	#own(url) {
		const [, kind, i] = url.pathname.match(/^\/v1\/(subscriptions|invoices)\/\w+_night(\d+)$/) ?? [];
		if (kind !== undefined)
			return this.#isRenewed(i) ? this.#object(kind, Number(i)) : null;
		const list = url.pathname.match(/^\/v1\/(subscriptions|invoices)$/)?.[1];
		return list === undefined || this.start === Infinity ? undefined : this.#list(list, url.searchParams);
	}

	#isRenewed = (i) => i < this.count && this.start + i * this.step <= this.#now();

	#object = (kind, i) => kind === 'subscriptions' ? this.model.subscriptionOf(i, this.periodStart(i), true)
		: this.model.invoiceOf(i, this.periodStart(i));

	#list(kind, p) {
		const by = kind === 'subscriptions' ? 'current_period_start' : 'created';
		const after = p.get('starting_after');
		const behind = after === null ? Infinity : this.#place(Number(after.match(/\d+$/)[0]));
		const from = Math.max(0, Math.ceil((Number(p.get(`${by}[gte]`) ?? 0) - this.start) / this.step) - 1);
		const until = Math.min(Number(p.get(`${by}[lt]`) ?? Infinity), this.#now());
		const found = [];
		for (let i = from; i < this.count && this.start + i * this.step <= this.#now() && this.periodStart(i) < until; i++)
			if (this.#place(i) < behind && this.periodStart(i) >= Number(p.get(`${by}[gte]`) ?? 0))
				found.push(i);
		found.sort((a, b) => this.#place(b) - this.#place(a));
		return `{"object":"list","url":"/v1/${kind}","has_more":${found.length > PAGE},"data":[${
			found.slice(0, PAGE).map((i) => this.#object(kind, i)).join(',')}]}`;
	}

	// The two events of a renewal.
	events(i) {
		const start = this.periodStart(i);
		const event = (id, type, object) => `{"id":"evt_${id}_night${i}","object":"event","api_version":"2026-10-28.endive","created":${start},` +
			`"livemode":false,"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"type":"${type}","data":{"object":${object}}}`;
		return [event('s', 'customer.subscription.updated', this.model.subscriptionOf(i, start, false)),
			event('i', 'invoice.paid', this.model.invoiceOf(i, start))];
	}
}
