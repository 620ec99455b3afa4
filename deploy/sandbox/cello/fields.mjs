// SPDX-License-Identifier: MIT
//
// Bodies of events, looked at by the paths of their fields: "context.newUser.id".

export const isText = (v) => typeof v === 'string' && v !== '';
export const isEmail = (v) => isText(v) && /^[^\s@]+@[^\s@]+$/.test(v);

const isHash = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);

export const valueAt = (body, path) => path.split('.').reduce((v, name) => v?.[name], body);

// Of everything that is in it; an empty hash is something too.
export const pathsOf = (body, before = '') => Object.entries(body).flatMap(([name, value]) =>
	isHash(value) && Object.keys(value).length > 0 ? pathsOf(value, `${before}${name}.`) : [before + name]);

// Rules are [path, ok]. What is required is missing or invalid, what is optional invalid only.
export function missingOrInvalid(body, required, optional) {
	const bad = (rules, must) => rules.filter(([path, ok]) => {
		const value = valueAt(body, path);
		return value === undefined ? must : !ok(value);
	}).map(([path]) => path);
	return [...new Set([...bad(required, true), ...bad(optional, false)])]
		.map((path) => `${path} is ${valueAt(body, path) === undefined ? 'missing' : 'invalid'}`);
}
