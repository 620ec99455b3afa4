// SPDX-License-Identifier: MIT
//
// A page of doc/guide, done as it says: its blocks in their order, and between them what a person does.  A block of
// commands is run; the block of text behind it is what was printed.
//
//	```sh			commands.  What a block of functions defines holds for all behind it.
//	```text			behind one of those: its output.  "…" stands for what is different each time.
//	```diff, ```js FILE	for the test that walks
//	<!-- person: NAME -->	somebody does what the sentence before it says
//
// ENDPIN_WRITE_GUIDE=1 writes what was printed into the page instead of comparing it.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PRODUCT } from './config.mjs';
import { run } from './process.mjs';

const GUIDE = fileURLToPath(new URL('../../doc/guide/', import.meta.url));
const PART = /<!-- person: (\w+) -->|^```(\w+)(?: ([\w.]+))?\n([^]*?)^```$/gm;

export const pageOf = (name) => readFileSync(join(GUIDE, name), 'utf8');

// { person } or { kind, file, text }, and where it is in the page.
export const partsOf = (page) => [...page.matchAll(PART)].map(({ index, 0: all, 1: person, 2: kind, 3: file, 4: text }) =>
	person ? { person } : { kind, file, text, at: index + all.indexOf('\n') + 1 });

// What is different each time, and what is only so because it is a test.
export function settled(rig, text) {
	const isTable = /^[A-Z]+ {2,}[A-Z]+ /m.test(text);
	return text.replaceAll(rig.origin, 'https://app.example.com').replaceAll(rig.assetsUrl, 'https://assets.sandbox.cello.so')
		.replaceAll(rig.sandboxUrl, 'https://api.sandbox.cello.so').replaceAll(PRODUCT, 'app.example.com').replaceAll(`${rig.dir}/`, '/etc/endpin/secrets/')
		.replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '…')
		.replace(/\b(cus|sub|in|inpay|ch|evt|we|cs_test|whsec|price)_\w{3,}/g, '$1_…')
		.replace(/\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?/g, (date) => '…'.padEnd(isTable ? date.length : 1)).replace(/\b\d+ \w+(?= ago)/g, '…')
		.replace(/\((?:[0-9a-f]{12})\)/g, '(…)').replace(/(?<=^ +…, by )\S+$/gm, '…').replace(/[ \t]+$/gm, '').replace(/^\n+/, '').replace(/\n+$/, '\n');
}

// What happened in one second may be told in either order.
const lines = (text) => text.split('\n').sort();

// `persons`: by name; `apply`: what is done with a block, by its kind; `adapt` makes of commands what can be run here, `heard` is told
// what they print, `shown` makes of that what people would see.
export async function walk(rig, name, { persons = {}, apply = {}, reload, adapt = (x) => x, heard = () => {}, shown = (x) => x }) {
	const page = pageOf(name);
	const written = [];
	let functions = '', printed = null;

	async function commands(text) {
		if (/^\w+\(\) \{/m.test(text))
			functions += text;
		const [, first, last] = /^([^]*?)((?:systemctl reload \w+\n)*)$/.exec(text);
		const script = `exec 2>&1\nrunuser() { shift 3; "$@"; }\n${functions}\n${first}`
			.replaceAll('/usr/bin/endpin', `${join(rig.stage.bin, 'endpin')} -c ${rig.conf}`).replaceAll('https://app.example.com', rig.origin);
		const said = await run('bash', ['--norc', '-euo', 'pipefail', '-c', adapt(script)]);
		for (const [, what] of last.matchAll(/reload (\w+)/g))
			await reload(what);
		return said;
	}

	for (const part of partsOf(page)) {
		if (part.person) {
			assert.ok(persons[part.person], `${name}: nobody ${part.person}`);
			await persons[part.person]();
			printed = null;
		} else if (part.kind === 'sh') {
			printed = await commands(part.text);
			heard(printed);
		} else if (part.kind === 'text') {
			const now = printed === null ? part.text : shown(settled(rig, printed));
			if (process.env.ENDPIN_WRITE_GUIDE)
				written.push({ ...part, now });
			else
				assert.deepEqual(lines(now), lines(part.text), `${name} shows what is printed; ENDPIN_WRITE_GUIDE=1 writes it anew`);
			printed = null;
		} else {
			assert.ok(apply[part.kind], `${name}: nothing is done with a block of ${part.kind}`);
			await apply[part.kind](part);
			printed = null;
		}
	}
	if (process.env.ENDPIN_WRITE_GUIDE)
		writeFileSync(join(GUIDE, name), written.reverse().reduce((all, { at, text, now }) =>
			all.slice(0, at) + now + all.slice(at + text.length), page));
}
