// SPDX-License-Identifier: MIT
//
// How Cello says no.  Its shapes differ from call to call, and nothing but `message` is common to them.

import { celloSetting } from './settings.mjs';

// As an API gateway says it, which stands before everything.
export const plain = (status, message) => ({ status, body: { message } });

// As the program behind the gateway says it.
export const long = (status, path, message) => ({
	status, body: { statusCode: status, timestamp: new Date().toISOString(), path: `/api${path}`, message }
});

const SHAPES = {
	plain: (status, path, messages, code) => ({ status, body: { message: messages.join('; '), code } }),
	long: (status, path, messages, code) => ({ status, body: { ...long(status, path, messages.join('; ')).body, code } }),
	list: (status, path, messages, code = 'Bad Request') => ({ status, body: { statusCode: status, message: messages, error: code } })
};

// Of a call that has no shape of its own, as the settings have it.
export const refuse = (w, status, path, messages, code) => SHAPES[celloSetting(w, 'error_shape')](status, path, messages, code);
