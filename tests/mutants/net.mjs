// SPDX-License-Identifier: MIT

const NET = 'unit/test_net';

export default [
	{
		file: 'src/net/fetch.c', what: 'a connection that does not come is waited for to the end of the whole time-out',
		from: '(long)connect_ms', to: '(long)q->timeout_ms + 0L * connect_ms', tests: [NET]
	},
	{
		file: 'src/net/fetch.c', what: 'an answer that does not come is waited for',
		from: 'CURLOPT_TIMEOUT_MS, (long)q->timeout_ms', to: 'CURLOPT_TIMEOUT_MS, 10L * q->timeout_ms', tests: [NET]
	},
	{
		file: 'src/net/fetch.c', what: 'a request without a key goes over a kept connection, and is sent twice if that dies',
		from: 'is_repeatable(q) ? 0L : 1L', to: '0L', tests: [NET]
	},
	{
		file: 'src/net/fetch.c', what: 'no connection is kept',
		from: 'is_repeatable(q) ? 0L : 1L', to: '1L', tests: [NET]
	},
	{
		file: 'src/net/fetch.c', what: 'a request that may have arrived is said not to have been sent',
		from: 'sent == 0 ? ERR_LATER : ERR_INTERNAL', to: 'sent >= 0 ? ERR_LATER : ERR_INTERNAL', tests: [NET]
	},
	{
		file: 'src/net/fetch.c', what: 'it is spoken to other machines in the clear',
		from: 'else if (text_equal(scheme, "http"))\n\t\tok =', to: 'else if (text_equal(scheme, "http"))\n\t\tok = 1 ||', tests: [NET]
	},
	{
		file: 'src/net/fetch.c', what: 'a redirect is followed',
		from: 'CURLOPT_FOLLOWLOCATION, 0L', to: 'CURLOPT_FOLLOWLOCATION, 1L', tests: [NET]
	},
	{
		file: 'src/net/fetch.c', what: 'a proxy of the environment is used',
		from: 'bad |= curl_easy_setopt(c, CURLOPT_PROXY, "");', to: '', tests: [NET]
	},
	{
		file: 'src/net/fetch.c', what: 'an answer of any size is taken',
		from: 'return body->full ? 0 : size * count;', to: 'return size * count;', tests: [NET]
	},
	{
		file: 'src/net/fetch.c', what: 'advice to come back in four months is taken',
		from: 'if (seconds > RETRY_AFTER_MAX)', to: 'if (0)', tests: [NET]
	},
	{
		file: 'src/net/form.c', what: 'an ampersand in a value begins another field',
		from: '\tescape(b, value, "");', to: '\tescape(b, value, "&=");', tests: [NET]
	}
];
