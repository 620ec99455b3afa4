// SPDX-License-Identifier: MIT
//
// Processes of a rig: started as somebody without rights, heard into a file, ended by their own id.

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { once } from 'node:events';

// root only sets the stage; PostgreSQL refuses it, and so does endpind.
export const NOBODY = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};

// ASan's shadow memory and leak search, or others who have the processors, make everything slower.
export const SLOW = Number(process.env.ENDPIN_SLOW ?? 1);

// So slow that what is done over and over is done less often.
export const LESS = SLOW > 2;

const STOP_MS = 20000 * SLOW;

// Looked at ever more rarely: whoever looks all the time takes from those that are waited for.
const pauseAfter = (waited) => Math.min(15 + waited / 20, 100);

// For so long where nothing else slows it; nobody waits longer than it takes.
export async function waitFor(what, condition, ms = 15000) {
	const began = Date.now(), most = ms * SLOW;
	let last;
	for (;;) {
		try {
			const found = await condition();
			if (found)
				return found;
			last = found;
		} catch (e) {
			last = e;
		}
		const waited = Date.now() - began;
		if (waited > most)
			throw new Error(`waited ${most} ms for: ${what}${last instanceof Error ? ` (${last.message})` : ''}`);
		await new Promise((done) => setTimeout(done, pauseAfter(waited)));
	}
}

export class Process {
	constructor(name, child, log) {
		Object.assign(this, { name, child, log, pid: child.pid, gone: false });
		this.ended = once(child, 'exit').then(([code, signal]) => {
			this.gone = true;
			this.code = code;
			this.signal = signal;
			return { code, signal };
		}, (e) => {
			this.gone = true;
			this.error = e;
			return { code: -1, signal: null };
		});
	}

	kill(signal) {
		if (!this.gone)
			process.kill(this.pid, signal);
	}

	// How it ended. One that does not end is killed, and that is an error.
	async stop(signal = 'SIGTERM') {
		this.kill(signal);
		const timer = setTimeout(() => {
			this.stuck = true;
			this.kill('SIGKILL');
		}, STOP_MS);
		const how = await this.ended;
		clearTimeout(timer);
		if (this.stuck)
			throw new Error(`${this.name} did not end within ${STOP_MS} ms of ${signal}; see ${this.log}`);
		return how;
	}

	text() {
		return readFileSync(this.log, 'utf8');
	}

	// What is being written this very moment is no line yet.
	lines() {
		const text = this.text();
		return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter(Boolean);
	}

	// Enough to see why it is no more.
	lastWords() {
		return `${this.name} ended: ${this.text().slice(-600)}`;
	}
}

export function start(name, command, args, { log, env = {}, cwd = '/', asSelf = false, stdio = [] }) {
	const out = openSync(log, 'a');
	const child = spawn(command, args, {
		cwd, ...(asSelf ? {} : NOBODY),
		env: { PATH: process.env.PATH, HOME: '/nonexistent', LANG: 'C.UTF-8', ...env },
		stdio: ['ignore', out, out, ...stdio]
	});
	closeSync(out);
	return new Process(name, child, log);
}

// Run to the end; what it printed. Throws what it said if it failed.
export async function run(command, args, { input, ...options } = {}) {
	const child = spawn(command, args, {
		cwd: '/', ...NOBODY, env: { PATH: process.env.PATH, HOME: '/nonexistent', LANG: 'C.UTF-8', ...options.env },
		...options, stdio: ['pipe', 'pipe', 'pipe']
	});
	let out = '', err = '';
	child.stdout.setEncoding('utf8').on('data', (d) => out += d);
	child.stderr.setEncoding('utf8').on('data', (d) => err += d);
	child.stdin.on('error', () => {});
	child.stdin.end(input);
	const [code] = await once(child, 'close');
	if (code !== 0)
		throw Object.assign(new Error(`${command} ${args.join(' ')}: status ${code}\n${out}${err}`), { code, out, err });
	return out;
}

// What the kernel says of a process; null if it is gone.
export function stat(pid) {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const rest = text.slice(text.lastIndexOf(')') + 2).split(' ');
		return {
			pid: Number(pid), name: text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')), state: rest[0],
			parent: Number(rest[1]), ticks: Number(rest[11]) + Number(rest[12])
		};
	} catch {
		return null;
	}
}

export const processes = () => readdirSync('/proc').filter((n) => /^\d+$/.test(n)).map(stat).filter(Boolean);

export const children = (pid) => processes().filter((p) => p.parent === pid);

// What the descriptors of a process point at; what is closed meanwhile is left out.
export function openFiles(pid) {
	try {
		return readdirSync(`/proc/${pid}/fd`).map((fd) => {
			try {
				return readlinkSync(`/proc/${pid}/fd/${fd}`);
			} catch {
				return null;
			}
		}).filter(Boolean);
	} catch {
		return [];
	}
}
