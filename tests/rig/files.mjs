// SPDX-License-Identifier: MIT
//
// Files that the daemons' user has to own.

import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { NOBODY } from './process.mjs';

// In every secret and password: found in a log or a dump, it is a leak.
export const CANARY = 'CanaryBird';

export function own(path) {
	if (NOBODY.uid !== undefined)
		chownSync(path, NOBODY.uid, NOBODY.gid);
	return path;
}

export function makeDir(path, mode = 0o700) {
	mkdirSync(path, { mode });
	return own(path);
}

export function writeSecret(path, text) {
	writeFileSync(path, text, { mode: 0o600 });
	return own(path);
}
