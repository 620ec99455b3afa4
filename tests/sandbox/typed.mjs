// SPDX-License-Identifier: MIT
//
// The compiler, asked about the types of the official SDK.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MODULES = fileURLToPath(new URL('../node_modules/', import.meta.url));

// What the compiler complains of, a line each, without the object that it quotes.
export async function complaints(source) {
	const dir = mkdtempSync(join(tmpdir(), 'endpin-typed-'));
	try {
		writeFileSync(join(dir, 'typed.ts'), source);
		writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ files: ['typed.ts'], compilerOptions: {
			module: 'nodenext', moduleResolution: 'nodenext', noEmit: true, skipLibCheck: true, strict: true, target: 'es2022', types: [],
			paths: { stripe: [join(MODULES, 'stripe/esm/stripe.esm.node.d.ts')] }
		} }));
		await promisify(execFile)(process.execPath, [join(MODULES, 'typescript/lib/tsc.js'), '-p', dir, '--pretty', 'false']);
		return [];
	} catch (e) {
		if (typeof e.stdout !== 'string')
			throw e;
		const rows = source.split('\n');
		return e.stdout.split('\n').filter((line) => line !== '').map((line) => {
			const [, row] = /^\S+typed\.ts\((\d+),/.exec(line) ?? [];
			return row ? `${rows[row - 1].split(' = ')[0].replace('export const ', '')} ${rows[row - 1].split('\t').at(-1)}: ${line.replace(/^.*?: error /, '').slice(0, 400)}` : line.slice(0, 400);
		});
	} finally {
		rmSync(dir, { recursive: true });
	}
}
