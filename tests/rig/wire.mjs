// SPDX-License-Identifier: MIT
//
// Something that can go wrong on the way to PostgreSQL: a proxy on a Unix socket that knows where a message of the
// protocol begins. What it does with the questions of a connection is up to a `judge`, asked for each group of them that
// the server would answer together (up to Sync, or a Query).

import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { makeDir, own } from './files.mjs';

export const PASS = { name: 'pass' };
export const CUT_AFTER = { name: 'cut after' };		// it arrives, its answer does not
export const CUT_BEFORE = { name: 'cut before' };	// it does not arrive
export const refuse = (sqlstate) => ({ name: 'refuse', sqlstate });	// the server would say this instead

const ENDS = new Set(['S', 'Q']);

// Whole messages of `buffer`; the first of a connection has no type.
class Messages {
	constructor(untyped) {
		Object.assign(this, { rest: Buffer.alloc(0), untyped });
	}

	take(chunk) {
		this.rest = this.rest.length ? Buffer.concat([this.rest, chunk]) : chunk;
		const found = [];
		for (;;) {
			const at = this.untyped ? 0 : 1;
			if (this.rest.length < at + 4)
				return found;
			const end = at + this.rest.readUInt32BE(at);
			if (this.rest.length < end)
				return found;
			found.push({ type: this.untyped ? '' : String.fromCharCode(this.rest[0]), bytes: this.rest.subarray(0, end) });
			this.rest = this.rest.subarray(end);
			this.untyped = false;
		}
	}
}

function message(type, body) {
	const head = Buffer.alloc(5);
	head.write(type, 0, 'latin1');
	head.writeUInt32BE(body.length + 4, 1);
	return Buffer.concat([head, body]);
}

// An error and "ready", as of a transaction that has failed if there is one.
const refusal = (sqlstate, inTransaction) => Buffer.concat([
	message('E', Buffer.from(`SERROR\0VERROR\0C${sqlstate}\0Mas the test wants it\0\0`)), message('Z', Buffer.from(inTransaction ? 'E' : 'I'))
]);

const text = (buffer, at) => buffer.toString('utf8', at, buffer.indexOf(0, at));

// The words of each statement that a group runs: those that it brings along, or those that were prepared under its name.
function statements(group, prepared) {
	const found = [];
	let words;
	for (const { type, bytes } of group)
		if (type === 'P') {
			const name = text(bytes, 5);
			words = text(bytes, 5 + Buffer.byteLength(name) + 1);
			prepared.set(name, words);
		} else if (type === 'B') {
			const portal = text(bytes, 5);
			found.push(prepared.get(text(bytes, 5 + Buffer.byteLength(portal) + 1)) ?? '');
		} else if (type === 'Q') {
			found.push(text(bytes, 5));
		}
	return { found, words: found[0] ?? words };
}

class Wire {
	// `judge`({ statements, inTransaction, state }) answers with one of the above; `state` is the connection's own.
	constructor(dir, target, judge) {
		Object.assign(this, { dir, target, judge, counts: {}, sockets: new Set() });
	}

	open() {
		const path = join(this.dir, '.s.PGSQL.5432');
		this.server = createServer((client) => this.#serve(client));
		return new Promise((done) => this.server.listen(path, () => done(own(path))));
	}

	#serve(client) {
		const server = connect(this.target), questions = new Messages(true), answers = new Messages(false);
		const prepared = new Map(), state = {};
		let group = [], inTransaction = false, failed = false, cut = false;
		const end = () => {
			client.destroy();
			server.destroy();
		};
		for (const socket of [client, server]) {
			this.sockets.add(socket);
			socket.on('error', end).on('close', () => {
				this.sockets.delete(socket);
				end();
			});
		}
		const decide = (bytes) => {
			const { found, words } = statements(group, prepared);
			group = [];
			if (failed && !/^ROLLBACK/.test(words))
				return client.write(refusal('25P02', true));
			// What is only being prepared does nothing.
			const verdict = found.length === 0 ? PASS : this.judge({ statements: found, inTransaction, state });
			failed &&= found.length === 0;
			this.counts[verdict.name] = (this.counts[verdict.name] ?? 0) + 1;
			if (verdict === CUT_BEFORE)
				return end();
			if (verdict.sqlstate) {
				failed = inTransaction;
				return client.write(refusal(verdict.sqlstate, inTransaction));
			}
			cut = verdict === CUT_AFTER;
			return server.write(bytes);
		};
		let held = [];
		client.on('data', (chunk) => {
			for (const one of questions.take(chunk)) {
				held.push(one.bytes);
				if (one.type === '' || one.type === 'p' || one.type === 'X') {
					server.write(Buffer.concat(held));
					held = [];
					continue;
				}
				group.push(one);
				if (ENDS.has(one.type)) {
					decide(Buffer.concat(held));
					held = [];
				}
			}
		});
		server.on('data', (chunk) => {
			// Only once it is done is it certain that it was done.
			for (const one of answers.take(chunk)) {
				if (one.type === 'Z')
					inTransaction = one.bytes[5] !== 0x49;
				if (cut && one.type === 'Z')
					return end();
				if (!cut)
					client.write(one.bytes);
			}
		});
	}

	async close() {
		for (const socket of this.sockets)
			socket.destroy();
		await new Promise((done) => this.server.close(done));
	}
}

// Between a rig's endpin and its cluster, or the pooler before that; `dir` is the host to connect to.
export async function openWire(rig, judge) {
	const wire = new Wire(makeDir(join(rig.dir, 'wire'), 0o755), join(rig.databaseHost, '.s.PGSQL.5432'), judge);
	await wire.open();
	return wire;
}

// Each answer of the server comes `ms` later, as from a machine that is slow or far away; `ms` can be changed.
export async function openSlowWire(rig) {
	const dir = makeDir(join(rig.dir, 'slow'), 0o755), path = join(dir, '.s.PGSQL.5432');
	const target = join(rig.databaseHost, '.s.PGSQL.5432');		// before this becomes it
	const sockets = new Set(), wire = { dir, ms: 0 };
	const server = createServer((client) => {
		const database = connect(target);
		const end = () => [client, database].forEach((s) => s.destroy());
		for (const socket of [client, database]) {
			sockets.add(socket);
			socket.on('error', end).on('close', () => sockets.delete(socket) && end());
		}
		client.pipe(database);
		// In their order also where `ms` becomes less meanwhile.
		const held = [];
		database.on('data', (bytes) => {
			held.push(bytes);
			const pass = () => client.write(held.shift());
			wire.ms || held.length > 1 ? setTimeout(pass, wire.ms) : pass();
		});
	});
	await new Promise((done) => server.listen(path, () => done(own(path))));
	wire.close = () => {
		sockets.forEach((s) => s.destroy());
		return new Promise((done) => server.close(done));
	};
	return wire;
}
