// SPDX-License-Identifier: MIT
//
// How often something happened, by its name.

export function count(map, name) {
	map.set(name, (map.get(name) ?? 0) + 1);
}
