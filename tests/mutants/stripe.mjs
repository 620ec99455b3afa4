// SPDX-License-Identifier: MIT

const STRIPE_CLIENT = 'unit/test_stripe_client';
const APP_ERRANDS = 'unit/test_app_errands';
const APP_BUY = 'unit/test_app_buy';
const STRIPE_SIGNATURE = 'unit/test_stripe_signature';
const STRIPE_EVENT = 'unit/test_stripe_event';
const STRIPE_KIND = 'unit/test_stripe_kind';

export default [
	{
		file: 'src/stripe/whose.c', what: 'a restricted key cannot be used',
		from: 'id = json_text(reply.body, "id");\n\telse if (reply.status == NOT_ALLOWED)', to: 'id = json_text(reply.body, "id");\n\telse if (0)', tests: ['unit/test_app_errands', 'unit/test_app_buy']
	},
	{
		file: 'src/stripe/field.c', what: 'a page that does not say whether there is more is the last',
		from: '\t\treturn lacks(page, "has_more");', to: '\t\tmore = 0;', tests: [STRIPE_KIND]
	},
	{
		file: 'src/stripe/field.c', what: 'the page behind begins within the page',
		from: '"data[%zu].id", count - 1);', to: '"data[%zu].id", count - count);', tests: [STRIPE_KIND]
	},
	{
		file: 'src/stripe/kind.c', what: 'the second page is the first',
		from: '\tform_escape(out, after);', to: '\tform_escape(out, "");', tests: [APP_ERRANDS, STRIPE_KIND]
	},
	{
		file: 'src/stripe/kind.c', what: 'subscriptions that have ended are not listed',
		from: '"status=all&"', to: '""', tests: [APP_ERRANDS, STRIPE_KIND]
	},
	...['created', 'updated', 'released', 'canceled', 'completed', 'aborted'].map((what) => ({
		file: 'src/stripe/kind.c', what: `Stripe is not asked to say when a schedule was ${what}`,
		from: `"subscription_schedule.${what}",`, to: '', tests: ['system/checkstripe.test.mjs']
	})),
	{
		file: 'src/stripe/client.c', what: 'an address that Stripe quotes stands in the log',
		from: "if (memchr(text, '@', len) != NULL)", to: 'if (0)', tests: [STRIPE_CLIENT, APP_BUY]
	},
	{
		file: 'src/stripe/client.c', what: 'a key that is in use is asked for again like any conflict',
		from: 'text_equal(r->code, "idempotency_key_in_use")', to: '0', tests: [STRIPE_CLIENT]
	},
	{
		file: 'src/stripe/client.c', what: 'an object with an odd member is never read',
		from: 'if (json_parse_kindly(from->body', to: 'if (json_parse(from->body', tests: [APP_ERRANDS]
	},
	{
		file: 'src/stripe/client.c', what: 'a refused key is taken for a refused request',
		from: 'if (r->status == 401 || r->status == 403)', to: 'if (r->status == 403)', tests: [STRIPE_CLIENT]
	},
	{
		file: 'src/stripe/client.c', what: 'an object that is in use, or asked too much of, is taken for the limit of all',
		from: 'if (s->full == NULL || from->status != 429 ||\n\t    (!all && !text_begins(from->limited, "endpoint-")))',
		to: 'if (s->full == NULL || from->status != 429)', tests: [STRIPE_CLIENT]
	},
	{
		file: 'src/stripe/client.c', what: 'what Stripe says of its limits is told nobody',
		from: '\t\ttell_full(s, q->method, path, &reply);\n', to: '', tests: [STRIPE_CLIENT]
	},
	{
		file: 'src/stripe/client.c', what: 'too many requests are not tried again',
		from: 'r->status == 429 ||', to: '', tests: [STRIPE_CLIENT]
	},
	{
		file: 'src/stripe/client.c', what: 'success that cannot be read counts',
		from: 'return ERR_LATER;\n\treturn e;\n}\n\n/* `q` lacks', to: 'return ERR_OK;\n\treturn e;\n}\n\n/* `q` lacks',
		tests: [STRIPE_CLIENT]
	},
	{
		file: 'src/stripe/client.c', what: 'an id goes into the log',
		from: 'if (is_id && !first)', to: 'if (is_id && first)', tests: [STRIPE_CLIENT]
	},
	{
		file: 'src/stripe/client.c', what: 'a POST carries no key',
		from: '\theader[3] = b.data;\n', to: '', tests: [STRIPE_CLIENT]
	},
	{
		file: 'src/stripe/client.c', what: 'a live key is taken for a test key',
		from: 'text_begins(key, "rk_live_")', to: '0', tests: [STRIPE_CLIENT, APP_ERRANDS]
	},
	{
		file: 'src/stripe/client.c', what: 'all keys look alike',
		from: 'digest_sha256(key, strlen(key), digest);', to: 'digest_sha256(key, 3, digest);', tests: [STRIPE_CLIENT, APP_ERRANDS, APP_BUY]
	},
	{
		file: 'src/stripe/signature.c', what: 'a signature never gets too old',
		from: 'if (*ret_ago_s > SIGNATURE_WINDOW)', to: 'if (0)', tests: [STRIPE_SIGNATURE]
	},
	{
		file: 'src/stripe/signature.c', what: 'a signature of the future is taken',
		from: '*ret_ago_s < -SIGNATURE_WINDOW ?', to: '0 ?', tests: [STRIPE_SIGNATURE]
	},
	{
		file: 'src/stripe/signature.c', what: 'a stranger is told that the clock is off',
		from: 'if (why == NULL)\n\t\t*ret_ago_s', to: '*ret_ago_s', tests: [STRIPE_SIGNATURE]
	},
	{
		file: 'src/stripe/signature.c', what: 'only the first of several signatures is looked at',
		from: 'for (j = 0; j < c->count; j++)', to: 'for (j = 0; j < 1; j++)', tests: [STRIPE_SIGNATURE]
	},
	{
		file: 'src/stripe/signature.c', what: 'only the first of several secrets is tried',
		from: 'for (i = 0; i < k->count; i++) {', to: 'for (i = 0; i < 1; i++) {', tests: [STRIPE_SIGNATURE]
	},
	{
		file: 'src/stripe/signature.c', what: 'a second timestamp is taken',
		from: 'if (c->t[0] != \'\\0\')\n\t\t\treturn "two timestamps";', to: 'if (0)\n\t\t\treturn "two timestamps";',
		tests: [STRIPE_SIGNATURE]
	},
	{
		file: 'src/stripe/signature.c', what: 'any secret that matches is said to be the first',
		from: '			    sizeof(want)) << i;', to: '			    sizeof(want)) << 0;', tests: [STRIPE_SIGNATURE]
	},
	{
		file: 'src/stripe/event.c', what: 'a thin twin is an event of its own',
		from: 'if (e->is_thin && take_text(&want[WANT_TWIN], e->id', to: 'if (0 && take_text(&want[WANT_TWIN], e->id', tests: [STRIPE_EVENT]
	},
	{
		file: 'src/stripe/event.c', what: 'an event of a connected account is one of ours',
		from: 'if (text_begins(last, "acct_"))', to: 'if (0)', tests: [STRIPE_EVENT]
	},
	{
		file: 'src/stripe/event.c', what: 'a thin event names no object',
		from: 'e->is_thin = text_equal(object, stripe_kind_name(STRIPE_NOTICE));', to: 'e->is_thin = 0;', tests: [STRIPE_EVENT]
	},
	{
		file: 'src/stripe/event.c', what: 'events without a usable id are all the same',
		from: 'digest_sha256(body, len, digest);', to: 'digest_sha256(body, 0 * len, digest);', tests: [STRIPE_EVENT, APP_ERRANDS]
	},
	{
		file: 'src/stripe/event.c', what: 'two spellings of an id are two objects',
		from: 'if (w->is_escaped)\n\t\treturn unescape', to: 'if (w->is_escaped && size == 0)\n\t\treturn unescape', tests: [STRIPE_EVENT]
	},
	{
		file: 'src/stripe/event.c', what: 'an id that is too long is cut',
		from: 'if (!w->is_text || w->len >= size || !is_plain(w->at, w->len))\n\t\treturn 0;\n\tmemcpy(ret, w->at, w->len);',
		to: 'if (!w->is_text)\n\t\treturn 0;\n\tif (w->len >= size)\n\t\treturn 1;\n\tmemcpy(ret, w->at, w->len);',
		tests: [STRIPE_EVENT]
	},
	{
		file: 'src/stripe/event.c', what: 'an id with any bytes goes to the database',
		from: "if (text[i] <= ' ' || text[i] > '~')", to: "if (text[i] == '\\n')", tests: [STRIPE_EVENT]
	},
	{
		file: 'src/stripe/event.c', what: 'an event that does not say its mode is a test',
		from: 'is_word(&want[WANT_LIVEMODE], "false") ? 0 : -1;', to: '0;', tests: [STRIPE_EVENT]
	},
	{
		file: 'src/stripe/event.c', what: 'nobody is told of an event whose object cannot be used',
		from: 'if (!take_object(want, e))\n\t\te->odd = ', to: 'if (!take_object(want, e))\n\t\t(void)', tests: [STRIPE_EVENT]
	},
	{
		file: 'src/stripe/event.c', what: 'nobody is told of an event that is cut off',
		from: 'if (!is_whole)', to: 'if (!is_whole && len == 0)', tests: [STRIPE_EVENT]
	},
	{
		file: 'src/stripe/event.c', what: 'a time with an exponent is one',
		from: 'count_digits(w->at + digits + 1, rest - 1) < rest - 1', to: '0', tests: [STRIPE_EVENT]
	},
	{
		file: 'src/stripe/kind.c', what: 'an invoice that is only foreseen is read',
		from: '!text_begins(id, "upcoming_in")', to: '1', tests: [STRIPE_KIND]
	},
	{
		file: 'src/stripe/field.c', what: 'a time after the end of all years is one',
		from: '(value < 0 || value > TIME_MAX))', to: 'value < 0)', tests: [STRIPE_KIND]
	},
	{
		file: 'src/stripe/field.c', what: 'an id that is too long is one',
		from: 'strnlen(text, STRIPE_ID) < STRIPE_ID', to: 'strnlen(text, STRIPE_ID) <= STRIPE_ID', tests: [STRIPE_KIND]
	},
	{
		file: 'src/stripe/field.c', what: 'what is no number is none',
		from: '\tdefault:\n\t\treturn lacks(j, path);', to: "\tdefault:\n\t\tret_digits[0] = '\\0';\n\t\treturn ERR_OK;", tests: [STRIPE_KIND]
	}
];
