// SPDX-License-Identifier: MIT
//
// Chance that can be repeated: a test prints its seed, and ENDPIN_SEED makes it choose the same again.

import { randomInt } from 'node:crypto';

export const SEED = Number(process.env.ENDPIN_SEED ?? randomInt(2 ** 31));

// Numbers from 0 to below 1 (Tommy Ettinger's mulberry32).
export function mulberry32(seed) {
	let a = seed >>> 0;
	return () => {
		a = (a + 0x6D2B79F5) >>> 0;
		let t = Math.imul(a ^ (a >>> 15), a | 1);
		t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}
