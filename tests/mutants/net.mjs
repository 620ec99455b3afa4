// SPDX-License-Identifier: MIT

const UNIT = ['unit/test_net'];

export default [
	{
		file: 'src/net/fetch.c', what: 'a connection that does not come is waited for to the end of the whole time-out',
		from: '(long)connect_ms', to: '(long)q->timeout_ms + 0L * connect_ms', tests: UNIT
	},
	{
		file: 'src/net/fetch.c', what: 'an answer that does not come is waited for',
		from: 'CURLOPT_TIMEOUT_MS, (long)q->timeout_ms', to: 'CURLOPT_TIMEOUT_MS, 10L * q->timeout_ms', tests: UNIT
	},
	{
		file: 'src/net/fetch.c', what: 'a request without a key goes over a kept connection, and is sent twice if that dies',
		from: 'is_repeatable(q) ? 0L : 1L', to: '0L', tests: UNIT
	},
	{
		file: 'src/net/fetch.c', what: 'no connection is kept',
		from: 'is_repeatable(q) ? 0L : 1L', to: '1L', tests: UNIT
	},
	{
		file: 'src/net/fetch.c', what: 'a request that may have arrived is said not to have been sent',
		from: 'sent == 0 ? ERR_LATER : ERR_INTERNAL', to: 'sent >= 0 ? ERR_LATER : ERR_INTERNAL', tests: UNIT
	},
	{
		file: 'src/net/fetch.c', what: 'it is spoken to other machines in the clear',
		from: 'else if (text_equal(scheme, "http"))\n		ok =', to: 'else if (text_equal(scheme, "http"))\n		ok = 1 ||', tests: UNIT
	},
	{
		file: 'src/net/fetch.c', what: 'a redirect is followed',
		from: 'CURLOPT_FOLLOWLOCATION, 0L', to: 'CURLOPT_FOLLOWLOCATION, 1L', tests: UNIT
	},
	{
		file: 'src/net/fetch.c', what: 'a proxy of the environment is used',
		from: 'bad |= curl_easy_setopt(c, CURLOPT_PROXY, "");', to: '', tests: UNIT
	},
	{
		file: 'src/net/fetch.c', what: 'an answer of any size is taken',
		from: 'return body->full ? 0 : size * count;', to: 'return size * count;', tests: UNIT
	},
	{
		file: 'src/net/fetch.c', what: 'advice to come back in four months is taken',
		from: 'if (seconds > RETRY_AFTER_MAX)', to: 'if (0)', tests: UNIT
	},
	{
		file: 'src/net/stripe.c', what: 'a key that is in use is asked for again like any conflict',
		from: 'text_equal(r->code, "idempotency_key_in_use")', to: '0', tests: UNIT
	},
	{
		file: 'src/net/stripe.c', what: 'a refused key is taken for a refused request',
		from: 'if (r->status == 401 || r->status == 403)', to: 'if (r->status == 403)', tests: UNIT
	},
	{
		file: 'src/net/stripe.c', what: 'too many requests are not tried again',
		from: 'r->status == 429 ||', to: '', tests: UNIT
	},
	{
		file: 'src/net/stripe.c', what: 'success that cannot be read counts',
		from: 'return ERR_LATER;\n	return e;\n}\n\n/* `q` lacks', to: 'return ERR_OK;\n	return e;\n}\n\n/* `q` lacks', tests: UNIT
	},
	{
		file: 'src/net/stripe.c', what: 'an id goes into the log',
		from: 'if (is_id && !first)', to: 'if (is_id && first)', tests: UNIT
	},
	{
		file: 'src/net/stripe.c', what: 'a POST carries no key',
		from: '	header[3] = b.data;\n', to: '', tests: UNIT
	},
	{
		file: 'src/net/form.c', what: 'an ampersand in a value begins another field',
		from: "buf_char(b, '=');\n	escape(b, value, \"\");", to: "buf_char(b, '=');\n	escape(b, value, \"&=\");", tests: UNIT
	}
];
