// SPDX-License-Identifier: MIT
//
// Stripe in a night in which everybody's subscription is renewed: it stands before a sandbox, plays the subscriptions
// that are renewed and their invoices itself, passes on all the rest, and holds whoever asks to Stripe's limits. A
// renewal is a moment, `step` after the one before; nothing is kept of it but its number.

import http from 'node:http';
import { ask } from './client.mjs';

const PAGE = 100, MONTH = 30 * 86400, LISTS = 16;

// A real object in which names and times are others each time.
class Template {
	#parts;

	// `slots`: what is written there, and what is to be put in its place.
	constructor(object, slots) {
		const find = new RegExp(Object.keys(slots).sort((a, b) => b.length - a.length).join('|'), 'g');
		const text = JSON.stringify(object);
		this.#parts = [];
		let end = 0;
		for (const match of text.matchAll(find)) {
			this.#parts.push(text.slice(end, match.index), slots[match[0]]);
			end = match.index + match[0].length;
		}
		this.#parts.push(text.slice(end));
	}

	// `start` is when its period began.
	fill(i, start) {
		let text = '';
		for (let n = 0; n < this.#parts.length; n += 2)
			text += this.#parts[n] + (this.#parts[n + 1]?.(i, start) ?? '');
		return text;
	}
}

// The parts of a real subscription that differ from one to the next.
class Model {
	constructor(sub) {
		const [item] = sub.items.data, invoice = { ...sub.latest_invoice, created: item.current_period_start };
		const [payment] = invoice.payments.data;
		const slots = {
			[item.current_period_start]: (i, start) => start, [item.current_period_end]: (i, start) => start + MONTH
		};
		for (const [name, id] of [['sub', sub.id], ['cus', sub.customer], ['in', invoice.id], ['si', item.id], ['inpay', payment.id],
			['pi', payment.payment.payment_intent]])
			slots[id] = (i) => `${name}_night${i}`;
		const bare = { ...invoice, payments: undefined };
		const whole = { ...sub, created: 1500000000, latest_invoice: invoice };
		this.paid = invoice.amount_paid;
		this.subscription = new Template({ ...whole, latest_invoice: invoice.id, schedule: null }, slots);
		this.subscriptionWhole = new Template(whole, slots);
		this.invoice = new Template(bare, slots);
		this.invoiceWhole = new Template(invoice, slots);
	}
}

export class Night {
	calls = 0;	// about its own, or for lists
	refused = 0;
	byEndpoint = {};
	#asked = new Map();
	#lists = new Map();	// the last few that do not change any more

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

	#object = (kind, i) => (kind === 'subscriptions' ? this.model.subscriptionWhole : this.model.invoiceWhole).fill(i, this.periodStart(i));

	// Their numbers, the newest first.
	#between(since, until) {
		const from = Math.max(0, Math.ceil((since - this.start) / this.step) - 1), found = [];
		for (let i = from; i < this.count && this.#isRenewed(i) && this.periodStart(i) < until; i++)
			if (this.periodStart(i) >= since)
				found.push(i);
		return found.sort((a, b) => this.#place(b) - this.#place(a));
	}

	#found(since, until) {
		const key = `${since} ${until}`;
		const found = this.#lists.get(key) ?? this.#between(since, until);
		if (until < this.#now())
			this.#lists.set(key, found);
		if (this.#lists.size > LISTS)
			this.#lists.delete(this.#lists.keys().next().value);
		return found;
	}

	#list(kind, p) {
		const by = kind === 'subscriptions' ? 'current_period_start' : 'created';
		const found = this.#found(Number(p.get(`${by}[gte]`) ?? 0), Number(p.get(`${by}[lt]`) ?? Infinity));
		const after = p.get('starting_after')?.match(/\d+$/)[0];
		const begin = after === undefined ? 0 : found.findIndex((i) => this.#place(i) < this.#place(Number(after)));
		const page = begin === -1 ? [] : found.slice(begin, begin + PAGE);
		return `{"object":"list","url":"/v1/${kind}","has_more":${begin !== -1 && begin + PAGE < found.length},"data":[${
			page.map((i) => this.#object(kind, i)).join(',')}]}`;
	}

	// The two events of a renewal.
	events(i) {
		const start = this.periodStart(i);
		const event = (id, type, object) => `{"id":"evt_${id}_night${i}","object":"event","api_version":"2026-10-28.endive","created":${start},` +
			`"livemode":false,"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"type":"${type}","data":{"object":${object}}}`;
		return [event('s', 'customer.subscription.updated', this.model.subscription.fill(i, start)),
			event('i', 'invoice.paid', this.model.invoice.fill(i, start))];
	}
}
