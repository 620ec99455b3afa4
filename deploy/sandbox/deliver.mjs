// SPDX-License-Identifier: MIT
//
// Bringing events to the endpoints: signed, in parallel, in no particular order, again and again until 2xx.
//
// Stripe spreads its retries over three days; nobody who runs a demo waits that long, so here they begin after
// 200 ms and settle at one every 5 s, for as long as the sandbox lives, unless the mode says how many.

import http from 'node:http';
import https from 'node:https';
import { addressOf, destinations, findDestination, signingSecrets, versionOf, wants } from './destinations.mjs';
import { bare } from './expand.mjs';
import { newId } from './ids.mjs';
import { write } from './modes.mjs';
import { eventAsOf } from './older.mjs';
import { signatureHeader } from './signature.mjs';

const PARALLEL = 16;
const TIMEOUT_MS = 10000;
const FIRST_RETRY_MS = 200;
const SLOWEST_RETRY_MS = 5000;

// `twins`: of each change so many more events; `tries`: before a delivery is given up, 0: it never is.
export const USUAL = { generate: true, hold: false, shuffle: true, duplicate: 1, twins: 0, tries: 0 };

export class Delivery {
	#w;
	#queue = [];
	#running = 0;
	#releasing = 0;
	#timers = new Set();
	#due = false;
	#idlers = [];
	#agents = {
		'http:': new http.Agent({ keepAlive: true, maxSockets: 64 }),
		'https:': new https.Agent({ keepAlive: true, maxSockets: 64 })
	};

	mode = { ...USUAL };

	constructor(w) {
		this.#w = w;
	}

	// One delivery per endpoint that wants this type, and per copy that the mode asks for.
	take(event) {
		for (const endpoint of destinations(this.#w)) {
			if (!wants(endpoint, event))
				continue;
			if (event.object === 'event')
				event.pending_webhooks++;
			for (let i = 0; i < this.mode.duplicate; i++)
				this.#add(event, endpoint);
		}
	}

	event(id) {
		return this.#w.store.events.get(id) ?? this.#w.store.thin_events.get(id);
	}

	#add(event, endpoint) {
		const d = {
			id: newId('dlv', 12), event: event.id, type: event.type, endpoint: endpoint.id,
			state: this.mode.hold ? 'held' : 'pending', attempts: 0, last_status: null, last_error: null
		};
		this.#w.store.deliveries.set(d.id, d);
		if (d.state === 'pending')
			this.#enqueue(d);
	}

	#enqueue(d) {
		this.#queue.push(d);
		if (!this.#due) {
			// Not before the call that caused this has been answered or at least finished: the whole burst is shuffled.
			this.#due = true;
			setImmediate(() => {
				this.#due = false;
				if (this.mode.shuffle)
					shuffle(this.#queue);
				this.#pump();
			});
		}
	}

	#pump() {
		while (this.#running < PARALLEL && this.#queue.length > 0) {
			const d = this.#queue.shift();
			if (!this.#w.store.deliveries.has(d.id))
				continue;		// a reset came between
			this.#running++;
			this.#attempt(d).then(() => {
				this.#running--;
				this.#settle(d);
				this.#pump();
			});
		}
		this.#tellIdlers();
	}

	// After an attempt that was not part of a release: done, or once more later.
	#settle(d) {
		if (d.state !== 'pending' || !this.#w.store.deliveries.has(d.id))
			return;
		if (this.mode.tries > 0 && d.attempts >= this.mode.tries) {
			d.state = 'failed';
			return;
		}
		const wait = Math.min(FIRST_RETRY_MS * 2 ** (d.attempts - 1), SLOWEST_RETRY_MS);
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			this.#enqueue(d);
		}, wait);
		this.#timers.add(timer);
	}

	async #attempt(d) {
		const endpoint = findDestination(this.#w, d.endpoint);
		const event = this.event(d.event);
		if (!endpoint || endpoint.deleted || endpoint.status !== 'enabled') {
			d.state = 'abandoned';
			return d;
		}
		d.attempts++;
		try {
			d.last_status = await this.#post(endpoint, event);
			d.last_error = null;
		} catch (e) {
			d.last_status = null;
			d.last_error = e.code ?? e.message;
		}
		if (d.last_status >= 200 && d.last_status < 300 && d.state !== 'delivered') {
			d.state = 'delivered';
			if (event.object === 'event')
				event.pending_webhooks = Math.max(0, event.pending_webhooks - 1);
		}
		this.#w.store.changed(this.#w.clock);
		return d;
	}

	#post(endpoint, event, again = true) {
		const url = new URL(addressOf(endpoint));
		const told = event.object === 'event' ? eventAsOf(this.#w, versionOf(this.#w, endpoint), bare(event)) : bare(event);
		const body = write(this.#w, told);
		const { request } = url.protocol === 'https:' ? https : http;
		return new Promise((resolve, reject) => {
			const req = request(url, {
				method: 'POST', agent: this.#agents[url.protocol], signal: AbortSignal.timeout(TIMEOUT_MS),
				headers: {
					'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body),
					'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)', accept: '*/*; q=0.5, application/xml',
					'cache-control': 'no-cache', 'stripe-signature': signatureHeader(signingSecrets(this.#w, endpoint), body)
				}
			}, (res) => {
				res.resume();
				res.on('end', () => resolve(res.statusCode));
				res.on('error', reject);
			});
			req.on('error', (e) => {
				// The server had closed the idle connection just then: that was no attempt.
				if (again && req.reusedSocket && e.code === 'ECONNRESET')
					this.#post(endpoint, event, false).then(resolve, reject);
				else
					reject(e);
			});
			req.end(body);
		});
	}

	// Deliver these now, so many at a time, each once; say how each was answered. What failed is retried as usual.
	async #deliverAll(deliveries, parallel) {
		const waiting = [...deliveries];
		this.#releasing += waiting.length;
		const work = async () => {
			for (let d = waiting.shift(); d; d = waiting.shift()) {
				await this.#attempt(d);
				this.#releasing--;
				this.#settle(d);
			}
		};
		await Promise.all(Array.from({ length: Math.max(1, parallel) }, work));
		this.#tellIdlers();
		return deliveries.map((d) => ({ event: d.event, type: d.type, endpoint: d.endpoint, status: d.last_status, error: d.last_error }));
	}

	release({ order = 'shuffle', copies = 1, parallel = PARALLEL }) {
		const held = [...this.#w.store.deliveries.values()].filter((d) => d.state === 'held');
		const chosen = Array.isArray(order)
			? order.flatMap((id) => held.filter((d) => d.event === id)) : held;
		const all = chosen.flatMap((d) => {
			d.state = 'pending';
			return [d, ...Array.from({ length: copies - 1 }, () => this.#copy(d))];
		});
		if (order === 'reverse')
			all.reverse();
		else if (order === 'shuffle')
			shuffle(all);
		return this.#deliverAll(all, parallel);
	}

	redeliver({ id, copies = 1, parallel = PARALLEL }) {
		const event = this.event(id);
		if (!event)
			return null;
		const all = destinations(this.#w).filter((e) => wants(e, event))
			.flatMap((e) => Array.from({ length: copies }, () => this.#copy({ event: id, type: event.type, endpoint: e.id })));
		return this.#deliverAll(all, parallel);
	}

	#copy({ event, type, endpoint }) {
		const d = { id: newId('dlv', 12), event, type, endpoint, state: 'pending', attempts: 0, last_status: null, last_error: null };
		this.#w.store.deliveries.set(d.id, d);
		return d;
	}

	// Waiting for a turn, on the way, waiting to be tried again.
	pending() {
		return this.#queue.length + this.#running + this.#releasing + this.#timers.size;
	}

	#tellIdlers() {
		if (this.#idlers.length > 0 && this.pending() === 0)
			for (const tell of this.#idlers.splice(0))
				tell(true);
	}

	idle(timeoutMs) {
		if (this.pending() === 0)
			return Promise.resolve(true);
		return new Promise((resolve) => {
			const timer = setTimeout(() => {
				this.#idlers = this.#idlers.filter((tell) => tell !== done);
				resolve(false);
			}, timeoutMs);
			const done = () => {
				clearTimeout(timer);
				resolve(true);
			};
			this.#idlers.push(done);
		});
	}

	// After a restart: what was under way is under way again.
	resume() {
		for (const d of this.#w.store.deliveries.values())
			if (d.state === 'pending')
				this.#enqueue(d);
	}

	stop() {
		for (const timer of this.#timers)
			clearTimeout(timer);
		this.#timers.clear();
		this.#queue = [];
	}

	// As if no event had ever been: a long run would keep them all.
	forget() {
		this.stop();
		for (const map of [this.#w.store.events, this.#w.store.thin_events, this.#w.store.deliveries])
			map.clear();
	}
}

function shuffle(list) {
	for (let i = list.length - 1; i > 0; i--) {
		const j = Math.floor(Math.random() * (i + 1));
		[list[i], list[j]] = [list[j], list[i]];
	}
}
