// SPDX-License-Identifier: MIT
//
// 'GET /v1/customers/:id' → handler. Literal segments win over named ones, in whatever order they are written.

export class Router {
	#routes = [];

	constructor(table) {
		for (const [pattern, entry] of Object.entries(table)) {
			const [method, path] = pattern.split(' ');
			this.#routes.push({ method, segments: path.split('/'), entry });
		}
		const named = (route) => route.segments.filter((s) => s.startsWith(':')).length;
		this.#routes.sort((a, b) => named(a) - named(b));
	}

	// {entry, args}; or {allow: […]} if the path exists for other methods only; or null.
	find(method, path) {
		const segments = path.split('/');
		const allow = [];
		for (const route of this.#routes) {
			const args = match(route.segments, segments);
			if (args && route.method === method)
				return { entry: route.entry, args };
			if (args)
				allow.push(route.method);
		}
		return allow.length > 0 ? { allow } : null;
	}
}

function match(pattern, segments) {
	if (pattern.length !== segments.length)
		return null;
	const args = {};
	for (const [i, p] of pattern.entries()) {
		if (p.startsWith(':') && segments[i] !== '')
			args[p.slice(1)] = decode(segments[i]);
		else if (p !== segments[i])
			return null;
	}
	return args;
}

function decode(segment) {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}
