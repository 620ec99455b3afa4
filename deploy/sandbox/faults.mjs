// SPDX-License-Identifier: MIT
//
// Bad days on order: which request, after how many, how often, and what happens to it.

const EVERYWHERE = ['status', 'delay', 'drop', 'drop_after', 'hang'];
const ACTIONS = { cello: EVERYWHERE, stripe: [...EVERYWHERE, 'late', 'garbage', 'truncate', 'pad', 'stale'] };

export class FaultError extends Error {}

export class Faults {
	#faults = [];
	#last = 0;

	add(given) {
		const { target, method = null, path = null, skip = 0, times = 1, action, status = 500, code = null, param = null, message = null,
			ms = 0, bytes = 0, stored = false, done = false, headers = {} } = given;
		if (!Object.hasOwn(ACTIONS, target))
			throw new FaultError('target must be "stripe" or "cello"');
		if (!ACTIONS[target].includes(action))
			throw new FaultError(`action must be one of ${ACTIONS[target].join(', ')}`);
		if (![skip, times, status, ms, bytes].every(Number.isInteger))
			throw new FaultError('skip, times, status, ms and bytes must be integers');
		const fault = { id: `fault_${++this.#last}`, target, method, path, skip, times, action, status, code, param, message, ms, bytes, stored, done, headers };
		fault.matches = path === null ? () => true
			: path.startsWith('^') ? (p) => new RegExp(path).test(p) : (p) => p.startsWith(path);
		this.#faults.push(fault);
		return fault.id;
	}

	// The fault that this request meets, or null. Asking counts.
	meet(target, method, path) {
		for (const fault of this.#faults) {
			if (fault.target !== target || (fault.method && fault.method !== method) || !fault.matches(path))
				continue;
			if (fault.skip > 0) {
				fault.skip--;
				continue;
			}
			if (fault.times === 0)
				continue;
			if (fault.times > 0)
				fault.times--;
			return fault;
		}
		return null;
	}

	remove(id) {
		this.#faults = this.#faults.filter((fault) => fault.id !== id);
	}

	list() {
		return this.#faults.map(({ matches, ...fault }) => fault);
	}

	clear() {
		this.#faults = [];
	}
}
