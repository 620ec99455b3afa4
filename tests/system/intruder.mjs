// SPDX-License-Identifier: MIT
//
// A request that is as it should be up to some place, and there has something in it that does not belong: near its
// beginning, behind all that fits into one look, behind all that fits into the kernel's buffer.

import { ABORT, begin, BEGIN, DATA, GET_VALUES, pairs, PARAMS, promised, record, STDIN } from './fcgi_client.mjs';

export const values = (times, name = 'FCGI_MAX_CONNS') => record(GET_VALUES, pairs(Array.from({ length: times }, () => [name, ''])), { id: 0 });
export const PING = pairs([['REQUEST_METHOD', 'GET'], ['REQUEST_URI', '/livez']]);

// The end of PARAMS or STDIN, padded: libfcgi 2.4.2 takes what is in the padding for the next record.
export function paddedEnd(type, padding = values(4)) {
	const bytes = record(type, '', { padding: padding.length });
	padding.copy(bytes, 8);
	return bytes;
}

export function paddedBegin(padding = values(4)) {
	const bytes = record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]), { padding: padding.length });
	padding.copy(bytes, 16);
	return bytes;
}

// What does not belong there, whichever stream (PARAMS or STDIN) it is that has come so far.
const ANYWHERE = {
	'GET_VALUES of nothing': () => values(0),
	'GET_VALUES, the same name 4 times': () => values(4),
	'GET_VALUES, the same name 4000 times': () => values(4000),
	'an unknown management record': () => record(99, 'x', { id: 0 }),
	'an unknown record': () => record(99, 'x'),
	'a record of version 2': (stream) => record(stream, 'x', { version: 2 }),
	"another request's record": (stream) => record(stream, 'x', { id: 2 }),
	'a second beginning': () => begin({ id: 2 }),
	'a second beginning of the same request': () => begin(),
	'an abort': () => record(ABORT),
	'data for a filter': () => record(DATA, 'x'),
	'an end with GET_VALUES in its padding': (stream) => paddedEnd(stream)
};
const AMONG_PARAMETERS = {
	'a name of 2 GB': () => record(PARAMS, promised(0x7fffffff, 1)),
	'a value of 400 MB, of which 200 kB come': () => Buffer.concat([record(PARAMS, promised(6, 400 << 20)), ...bodies(PARAMS, 200000)]),
	'a name and a value that are 4 GB': () => record(PARAMS, promised(0x7fffffff, 0x7fffffff)),
	'more than 64 KiB together': () => record(PARAMS, promised(1, 65500)),
	'a body': () => record(STDIN, 'x'),
	'the end of a body': () => record(STDIN),
	'half a pair, and the end': () => Buffer.concat([record(PARAMS, promised(5, 5)), record(PARAMS)])
};
const IN_THE_BODY = {
	'parameters': () => record(PARAMS, PING),
	'the end of the parameters again': () => record(PARAMS)
};

const bodies = (type, size, piece = 8000) =>
	Array.from({ length: Math.ceil(size / piece) }, (_, i) => record(type, Buffer.alloc(Math.min(piece, size - i * piece))));

// So many bytes of one pair; also the lengths are in records of their own.
const long = (size) => [record(PARAMS, promised(6, size)), record(PARAMS, 'HTTP_X'), ...bodies(PARAMS, size, 3000)];

const PLACES = [
	['behind 9 kB of parameters', PARAMS, 9000],
	['behind 60 kB of parameters', PARAMS, 60000],
	['behind 20 kB of body', STDIN, 20000],
	['behind 300 kB of body', STDIN, 300000],
	['behind 3 MB of body', STDIN, 3 << 20]
];

export function intrusions() {
	const all = [];
	for (const [place, stream, size] of PLACES) {
		const own = stream === PARAMS ? AMONG_PARAMETERS : IN_THE_BODY;
		const before = stream === PARAMS ? [...long(size)] : [record(PARAMS), ...bodies(STDIN, size)];
		const after = stream === PARAMS ? [record(PARAMS), record(STDIN)] : [record(STDIN, 'x'), record(STDIN)];
		for (const [what, bytes] of Object.entries({ ...ANYWHERE, ...own }))
			all.push([`${what} ${place}`, () => Buffer.concat([begin(), record(PARAMS, PING), ...before, bytes(stream), ...after])]);
	}
	return all;
}

// --- anywhere ------------------------------------------------------------------------------------------------------

const upTo = (random, n) => 1 + Math.floor(random() * n);
const one = (random, list) => list[Math.floor(random() * list.length)];

function cut(random, type, bytes) {
	const records = [];
	const most = one(random, [50, 3000, 65535]);
	for (let at = 0; at < bytes.length;) {
		const piece = bytes.subarray(at, at + upTo(random, most));
		records.push(record(type, piece, { padding: Math.floor(random() * random() * 256) }));
		at += piece.length;
	}
	return [...records, record(type)];
}

// All records of a right request, of any size up to some 400 kB.
function right(random) {
	const value = 'x'.repeat(upTo(random, one(random, [10, 1000, 60000])));
	const bytes = Buffer.concat([PING, pairs([['HTTP_A', value], ['HTTP_B', '']])]);
	return [begin(), ...cut(random, PARAMS, bytes), ...cut(random, STDIN, Buffer.alloc(upTo(random, one(random, [10, 10000, 400000]))))];
}

// One with an intruder between two of its records, which has to be refused.
export function intruded(random) {
	const records = right(random);
	const end = records.findIndex((r) => r[1] === PARAMS && r.readUInt16BE(4) === 0);
	const at = upTo(random, records.length - 1);
	const stream = at <= end ? PARAMS : STDIN;
	// A body among parameters is refused wherever it is; lengths may be in the midst of another pair.
	const own = stream === PARAMS ? { 'a body': AMONG_PARAMETERS['a body'] } : IN_THE_BODY;
	const [what, bytes] = one(random, Object.entries({ ...ANYWHERE, ...own }));
	records.splice(at, 0, bytes(stream));
	return { what: `${what} before record ${at} of ${records.length}`, bytes: Buffer.concat(records) };
}

// One of which some bytes are others: whether it is right still, nobody knows.
export function damaged(random) {
	const bytes = Buffer.concat(right(random));
	for (let n = upTo(random, 3); n > 0; n--) {
		const at = Math.floor(bytes.length * random() * random());
		bytes[at] = one(random, [0, 1, 2, 4, 5, 9, 127, 128, 255, upTo(random, 255)]);
	}
	return { what: 'bytes that are others', bytes: random() < 0.3 ? bytes.subarray(0, upTo(random, bytes.length)) : bytes };
}
