// SPDX-License-Identifier: MIT
//
// What a Stripe call may be told, as a schema: a field that is not in it does not exist.
//
// A kind is {read(value, path) → value, required}. Values arrive as strings, or as objects of strings. What it is made of stands beside, for who
// walks a schema: `shape` of a hash, `each` of a list, `other` of what may be "" too, `words`, `ways`; `unplayed`.

import { emptyParam, invalid, missingParam, StripeError, unknownParam } from './errors.mjs';

const kind = (read, made = {}) => ({ read, required: false, ...made });

export const must = (k) => ({ ...k, required: true });

// "" means: unset it.
export const orEmpty = (k) => kind((v, path) => v === '' ? null : k.read(v, path), { other: k });

function scalar(v, path) {
	if (typeof v !== 'string')
		throw invalid(`Invalid string: ${JSON.stringify(v)}`, path);
	if (v === '')
		throw emptyParam(path);
	return v;
}

export const text = (most = 5000) => kind((v, path) => {
	const s = scalar(v, path);
	if (s.length > most)
		throw invalid(`Invalid string: ${s.slice(0, 20)}...; must be at most ${most} characters`, path);
	return s;
});

export const email = kind((v, path) => {
	const s = scalar(v, path);
	if (s.length > 512 || !/^[^\s@]+@[^\s@]+$/.test(s))
		throw invalid(`Invalid email address: ${s}`, path, 'email_invalid');
	return s;
});

export const url = kind((v, path) => {
	const s = scalar(v, path);
	// The braces of {CHECKOUT_SESSION_ID} are no part of an address, but they are welcome here.
	const bare = s.replaceAll('{CHECKOUT_SESSION_ID}', 'x');
	if (s.length > 5000 || !URL.canParse(bare) || !/^https?:$/.test(new URL(bare).protocol))
		throw invalid('Not a valid URL', path, 'url_invalid');
	return s;
});

export const int = (least = -99999999, most = 99999999999) => kind((v, path) => {
	const s = scalar(v, path);
	if (!/^-?\d{1,15}$/.test(s))
		throw invalid(`Invalid integer: ${s}`, path, 'parameter_invalid_integer');
	const n = Number(s);
	if (n < least)
		throw invalid(`This value must be greater than or equal to ${least}.`, path, 'parameter_invalid_integer');
	if (n > most)
		throw invalid(`This value must be less than or equal to ${most}.`, path, 'parameter_invalid_integer');
	return n;
});

export const number = (least, most) => kind((v, path) => {
	const n = Number(scalar(v, path));
	if (!Number.isFinite(n) || n < least || n > most)
		throw invalid(`Invalid decimal: ${v}; must be between ${least} and ${most}`, path);
	return n;
});

export const bool = kind((v, path) => {
	const s = scalar(v, path);
	if (s !== 'true' && s !== 'false')
		throw invalid(`Invalid boolean: ${s}`, path);
	return s === 'true';
});

export const oneOf = (...words) => kind((v, path) => {
	const s = scalar(v, path);
	if (!words.includes(s))
		throw invalid(`Invalid ${path}: must be one of ${words.join(', ')}`, path);
	return s;
}, { words });

export const either = (...kinds) => kind((v, path) => {
	let last;
	for (const k of kinds) {
		try {
			return k.read(v, path);
		} catch (e) {
			last = e;
		}
	}
	throw last;
}, { ways: kinds });

export const list = (k, most = 100) => kind((v, path) => {
	if (typeof v !== 'object' || !Object.keys(v).every((key) => /^\d+$/.test(key)))
		throw invalid('Invalid array', path);
	const keys = Object.keys(v).sort((a, b) => a - b);
	if (keys.length > most)
		throw invalid(`Array too long: at most ${most} entries`, path);
	return keys.map((key) => k.read(v[key], `${path}[${key}]`));
}, { each: k });

export const hash = (shape) => kind((v, path) => {
	if (typeof v !== 'object')
		throw invalid('Invalid object', path);
	return readShape(shape, v, (name) => path === '' ? name : `${path}[${name}]`);
}, { shape });

// created=… or created[gte]=… and so on.
export const range = either(int(0), hash({ gt: int(0), gte: int(0), lt: int(0), lte: int(0) }));

export const metadata = kind((v, path) => {
	if (v === '')
		return null;
	if (typeof v !== 'object')
		throw invalid('Invalid object', path);
	const pairs = Object.entries(v);
	if (pairs.length > 50)
		throw invalid('You can have at most 50 keys in metadata.', path);
	for (const [name, value] of pairs) {
		const at = `${path}[${name}]`;
		if (typeof value !== 'string')
			throw invalid('Invalid metadata: values must be strings and keys without square brackets', at);
		if (name.length > 40)
			throw invalid(`Metadata keys can be at most 40 characters long: ${name}`, at);
		if (value.length > 500)
			throw invalid(`Metadata values can have up to 500 characters, but you passed in a value that is ${value.length} characters long.`, at);
	}
	return { ...v };
});

export const expand = list(text(200), 20);

// Parameters that are Stripe's, but that nothing here would act upon. Accepting them in silence would be a
// lie to whoever tests with them.
export function unplayed(names) {
	const refuse = kind((v, path) => {
		throw new StripeError(400, {
			message: `${path} is a parameter of Stripe's, but the sandbox does not play it.`,
			param: path, code: 'sandbox_unplayed'
		});
	}, { unplayed: true });
	return Object.fromEntries(names.split(' ').map((name) => [name, refuse]));
}

function readShape(shape, given, pathOf) {
	const out = {};
	for (const name of Object.keys(given))
		if (!Object.hasOwn(shape, name))
			throw unknownParam(pathOf(name));
	for (const [name, k] of Object.entries(shape))
		if (k.required && given[name] === undefined)
			throw missingParam(pathOf(name));
	for (const [name, value] of Object.entries(given))
		out[name] = shape[name].read(value, pathOf(name));
	return out;
}

export const readParams = (shape, given) => readShape({ expand, ...shape }, given, (name) => name);

export const PAGE = { limit: int(1, 100), starting_after: text(), ending_before: text() };

export function applyMetadata(old, change) {
	if (change === undefined)
		return old;
	if (change === null)
		return {};
	const merged = { ...old, ...change };
	for (const [name, value] of Object.entries(merged))
		if (value === '')
			delete merged[name];
	if (Object.keys(merged).length > 50)
		throw invalid('You can have at most 50 keys in metadata.', 'metadata');
	return merged;
}
