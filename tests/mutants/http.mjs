// SPDX-License-Identifier: MIT

const UNIT = ['unit/test_http'];
const WIRE = ['unit/test_http_wire'];

export default [
	{
		file: 'src/http/origin.c', what: 'a request of another site is let in if it has no Origin',
		from: 'text_equal(q->sec_fetch_site, "none")', to: 'q->origin == NULL', tests: UNIT
	},
	{
		file: 'src/http/origin.c', what: 'an Origin of another site is let in',
		from: 'return text_equal(q->origin, origin);', to: 'return q->origin != origin;', tests: UNIT
	},
	{
		file: 'src/http/origin.c', what: 'a cookie without any word of where it comes from is let in',
		from: 'return q->cookie == NULL;', to: 'return 1;', tests: UNIT
	},
	{
		file: 'src/http/route.c', what: 'a POST is not asked where it comes from',
		from: 'r->body != RAW && !origin_ok(q, s->origin)', to: 'r->body == RAW && !origin_ok(q, s->origin)', tests: UNIT
	},
	{
		file: 'src/http/route.c', what: 'who is nobody is let in where members are',
		from: '} else if (r->entry == MEMBER) {', to: '} else if (0) {', tests: UNIT
	},
	{
		file: 'src/http/route.c', what: 'a database that is gone makes everybody a stranger',
		from: 'else if (e != ERR_NOTFOUND) {', to: 'else if (e == ERR_INPUT) {', tests: UNIT
	},
	{
		file: 'src/http/route.c', what: 'a pool answers what belongs to another',
		from: '(r == NULL ? near : r)->pool != s->pool', to: '0', tests: UNIT
	},
	{
		file: 'src/http/route.c', what: 'a header that was sent twice is taken once',
		from: 'q->duplicate != NULL', to: '0', tests: UNIT
	},
	{
		file: 'src/http/route.c', what: 'a body that is not called JSON is read as JSON',
		from: 'if (!type_is_json(q->content_type))', to: 'if (0 && !type_is_json(q->content_type))', tests: UNIT
	},
	{
		file: 'src/http/route.c', what: 'a body that is larger than its row allows is taken',
		from: 'q->too_large || q->body_len > r->most', to: 'q->too_large', tests: UNIT
	},
	{
		file: 'src/http/route.c', what: 'a handler that does not answer has answered',
		from: 'if (e == ERR_OK && p->status != 0)', to: 'if (e == ERR_OK)', tests: UNIT
	},
	{
		file: 'src/http/request.c', what: 'the first of two cookies of a name counts',
		from: 'if (found != NULL)\n			return ERR_INPUT;', to: 'if (found != NULL)\n			break;', tests: UNIT
	},
	{
		file: 'src/http/request.c', what: 'an escaped control character is taken',
		from: "return c < ' ' || c == 0x7f ? -1 : c;", to: 'return c;', tests: UNIT
	},
	{
		file: 'src/http/response.c', what: 'a script may read the cookie of the session',
		from: 'c->script ? "" : "; HttpOnly"', to: '""', tests: UNIT
	},
	{
		file: 'src/http/response.c', what: 'the cookie of the session goes over the wire in the clear',
		from: 'c->plain ? "" : "; Secure"', to: '""', tests: UNIT
	},
	{
		file: 'src/http/head.c', what: 'an answer may be kept by caches',
		from: 'buf_text(out, "Cache-Control: no-store\\r\\n");', to: '(void)0;', tests: UNIT
	},
	{
		file: 'src/http/head.c', what: 'what is not a page has the policy of one',
		from: 'page ? csp : csp_nothing', to: 'page ? csp : csp', tests: UNIT
	},
	{
		file: 'src/http/status.c', what: 'who is to come back is not told when',
		from: 'resp_later(p, STATUS_RETRY_SECONDS);', to: 'resp_problem(p, 503, "unavailable", "Later.");', tests: UNIT
	},
	{
		file: 'src/http/params.c', what: 'a Host that is sent twice is taken once',
		from: '"HTTP_HOST",			NOWHERE,	SINGLE', to: '"HTTP_HOST",			NOWHERE,	0', tests: WIRE
	},
	{
		file: 'src/http/params.c', what: 'parameters of any size are taken',
		from: 'if (total > REQUEST_PARAMS)', to: 'if (0)', tests: WIRE
	},
	{
		file: 'src/http/params.c', what: 'any text is the id of a request',
		from: "len < REQUEST_ID && id[len] == '\\0'", to: 'len < REQUEST_ID', tests: WIRE
	},
	{
		file: 'src/http/peek.c', what: 'a length of 2 GB is believed',
		from: 'if (name + value > REQUEST_PARAMS)', to: 'if (0)', tests: WIRE
	},
	{
		file: 'src/http/peek.c', what: 'a management record is handed to libfcgi',
		from: 'r.id != begin->id ||', to: '', tests: WIRE
	},
	{
		file: 'src/http/fcgi.c', what: 'a body that was cut is taken for the whole',
		from: 'return FCGX_GetError(in) != 0 || beyond > DROP_MAX', to: 'return beyond > DROP_MAX', tests: WIRE
	},
	{
		file: 'src/http/fcgi.c', what: 'a body that was too large counts as what was kept of it',
		from: 'q->too_large = beyond > 0;', to: 'q->too_large = 0;', tests: WIRE
	},
	{
		file: 'src/http/fcgi.c', what: 'HEAD has a body',
		from: 'if (q->method != HEAD)\n		(void)FCGX', to: 'if (1)\n		(void)FCGX', tests: WIRE
	}
];
