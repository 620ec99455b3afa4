// SPDX-License-Identifier: MIT
//
// Who sends the requests: wrk as fast as it can, pace at the times at which people would.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../rig/process.mjs';

export const CONNECTIONS = 16;
const THREADS = 2;

const answer = (out) => {
	const [, requests, us, p50, p99, max, errors] = /^result (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$/m.exec(out).map(Number);
	return { requests, seconds: us / 1e6, perSecond: requests / us * 1e6, p50, p99, max, errors };
};

// Of pace alone: each status with how many and how quick, and how many connections ended without an answer.
const statuses = (out) => ({
	lost: Number(/^lost (\d+)$/m.exec(out)[1]),
	...Object.fromEntries(['early', 'status'].map((when) => [when, Object.fromEntries([...out.matchAll(new RegExp(`^${when} (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)$`, 'gm'))].map(([, status, ...numbers]) => {
		const [n, p50, p99, max, without] = numbers.map(Number);
		return [status, { n, p50, p99, max, without }];
	}))]))
});

// Each thread reads its own part of the file; one that comes to its end begins again or stops.
const lua = ({ file, length, n, again }) => `
local threads = 0
function setup(thread)
	thread:set("number", threads)
	threads = threads + 1
end
local file, left, text
function init(args)
	file = io.open("${file}", "rb")
	left = ${again ? n : Math.floor(n / THREADS)}
	file:seek("set", ${again ? 0 : `number * left * ${length}`})
	${n === 1 ? `text = file:read(${length})` : ''}
end
function request()
	${n === 1 ? 'do return text end' : ''}
	if left == 0 then
		${again ? `left = ${n}
		file:seek("set", 0)` : `wrk.thread:stop()
		return "GET /livez HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n\\r\\n"`}
	end
	left = left - 1
	return file:read(${length})
end
done = function(summary, latency)
	local e = summary.errors
	io.write(string.format("result %d %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50),
		latency:percentile(99), latency.max, e.status + e.connect + e.read + e.write + e.timeout))
end
`;

// `requests` as PATHS makes them. Times in microseconds.
export async function flatOut(port, requests, seconds, connections = CONNECTIONS) {
	const script = `${requests.file}.lua`, threads = Math.min(THREADS, connections);
	writeFileSync(script, lua(requests));
	return answer(await run('wrk', [`-t${threads}`, `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, `http://127.0.0.1:${port}`]));
}

let pace;	// once it is made

async function makePace(dir) {
	const file = join(dir, 'pace');
	await run('cc', ['-std=c11', '-D_GNU_SOURCE', '-O2', '-o', file, join(dirname(fileURLToPath(import.meta.url)), 'pace.c'), '-lm'],
		{ uid: process.getuid(), gid: process.getgid() });
	return file;
}

// Times in microseconds. `rate` a second; 0: as fast as they are answered.
export async function atPace(dir, port, requests, seconds, { rate = 0, connections = CONNECTIONS, early = 0 } = {}) {
	pace ??= makePace(dir);
	const out = await run(await pace, [port, requests.file, requests.length, connections, rate, seconds, early]);
	return { ...answer(out), ...statuses(out) };
}
