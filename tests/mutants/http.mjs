// SPDX-License-Identifier: MIT

const HTTP = 'unit/test_http';
const LIMIT = 'unit/test_http_limit';
const HTTP_ROUTE = 'unit/test_http_route';
const HTTP_WIRE = 'unit/test_http_wire';
const HTTP_JUDGE = 'unit/test_http_judge';
const LATE = 'unit/test_http_late';
const API = 'unit/test_api';
const OVERLOAD = 'system/overload.test.mjs';
const BURST = 'system/burst.test.mjs';
const HTTP_PAGING = 'unit/test_http_paging';

export default [
	{
		file: 'src/http/limit.c', what: 'a person is named as a load balancer',
		from: '\t    !network_is_private(who))', to: '\t    who == NULL)', tests: [LIMIT]
	},
	{
		file: 'src/http/late.c', what: 'a burst is refused',
		from: 'now_ms - l->above_ms >= l->stand_ms', to: '1', tests: [LATE]
	},
	{
		file: 'src/http/late.c', what: 'somebody who was quick does not end a burst',
		from: '\t\tl->above_ms = 0;\n\t\treturn 0;', to: '\t\treturn 0;', tests: [LATE]
	},
	{
		file: 'src/http/late.c', what: 'a burst that takes long is refused',
		from: 'l->coming_ms >= l->stand_ms', to: '1', tests: [LATE, BURST]
	},
	{
		file: 'src/http/late.c', what: 'while a queue stands who came first is served first',
		from: 'behind >= l->room', to: '0', tests: [LATE]
	},
	{
		file: 'src/http/late.c', what: 'a few who wait are a queue',
		from: ' || now_ms - l->last_ms > apart_ms', to: '', tests: [LATE]
	},
	{
		file: 'src/http/late.c', what: 'a queue that becomes shorter is cut',
		from: ' && waited_ms >= l->top_ms', to: '', tests: [LATE]
	},
	{
		file: 'src/http/late.c', what: 'a slow database keeps a queue standing that is none',
		from: 'is_above && (l->room == 0 || behind > 0)', to: 'is_above', tests: [LATE]
	},
	{
		file: 'src/http/late.c', what: 'where each waits for its turn a queue ends at once',
		from: '(l->room == 0 || behind > 0)', to: 'behind > 0', tests: [LATE]
	},
	{
		file: 'src/http/late.c', what: 'a queue that stood once stands for ever',
		from: 'l->above * FEW <= l->seen', to: '0', tests: [LATE]
	},
	{
		file: 'src/http/late.c', what: 'who comes when the crowd has gone is one of them',
		from: 'now_ms - l->last_ms > l->stand_ms + WINDOW_MS', to: '0', tests: [LATE]
	},
	{
		file: 'src/http/late.c', what: 'a worker that was busy for a while forgets that a queue stands',
		from: 'now_ms - l->last_ms > l->stand_ms + WINDOW_MS', to: 'now_ms - l->last_ms > l->stand_ms', tests: [LATE]
	},
	{
		file: 'src/http/late.c', what: 'a clock that was set makes everybody late',
		from: ' && waited_ms <= BELIEVED_MS', to: '', tests: [LATE]
	},
	{
		file: 'src/http/enforce.c', what: 'who watches is told to come later',
		from: 'r->limit != FREE_WATCHED && ', to: '', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/enforce.c', what: 'who has to come later is served',
		from: 'q->late || late_is(s->late, q)', to: 'late_is(s->late, q)', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/enforce.c', what: 'a queue stands, and everybody waits in it',
		from: 'q->late || late_is(s->late, q)', to: 'q->late', tests: [OVERLOAD]
	},
	{
		file: 'src/http/params.c', what: 'a time is read that is none',
		from: ' || strlen(text) != len + 4', to: '', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/enforce.c', what: 'a pool answers what belongs to another',
		from: '(((r == NULL ? near : r)->duty & s->duties) == 0)', to: '(0)', tests: [HTTP, HTTP_ROUTE]
	},
	{
		file: 'src/http/origin.c', what: 'a request of another site is let in if it has no Origin',
		from: 'text_equal(q->sec_fetch_site, "none")', to: 'q->origin == NULL', tests: [HTTP]
	},
	{
		file: 'src/http/origin.c', what: 'an Origin of another site is let in',
		from: 'return text_equal(q->origin, origin);', to: 'return q->origin != origin;', tests: [HTTP]
	},
	{
		file: 'src/http/origin.c', what: 'a session without any word of where it comes from is let in',
		from: 'return !req_has_cookie(q, cookie);', to: 'return 1;', tests: [HTTP]
	},
	{
		file: 'src/http/origin.c', what: 'any cookie at all is a session',
		from: 'return !req_has_cookie(q, cookie);', to: 'return q->cookie == NULL || cookie == NULL;', tests: [HTTP]
	},
	{
		file: 'src/http/enforce.c', what: 'a POST is not asked where it comes from',
		from: 'if (r->method != GET && r->body != RAW &&\n', to: 'if (r->method != GET && r->body == RAW &&\n', tests: [HTTP]
	},
	{
		file: 'src/http/enforce.c', what: 'who is nobody is let in where members are',
		from: '} else if (r->entry == MEMBER) {', to: '} else if (0) {', tests: [HTTP]
	},
	{
		file: 'src/http/enforce.c', what: 'a database that is gone makes everybody a stranger',
		from: 'else if (e != ERR_NOTFOUND) {', to: 'else if (e == ERR_INPUT) {', tests: [HTTP]
	},
	{
		file: 'src/http/enforce.c', what: 'a header that was sent twice is taken once',
		from: 'q->duplicate != NULL', to: '0', tests: [HTTP]
	},
	{
		file: 'src/http/enforce.c', what: 'a body that is not called JSON is read as JSON',
		from: 'if (!type_is_json(q->content_type))', to: 'if (0 && !type_is_json(q->content_type))', tests: [HTTP]
	},
	{
		file: 'src/http/enforce.c', what: 'a body that is larger than its row allows is taken',
		from: 'q->too_large || q->body_len > r->most', to: 'q->too_large', tests: [HTTP]
	},
	{
		file: 'src/http/route.c', what: 'a handler that does not answer has answered',
		from: 'if (e == ERR_OK && p->status != 0)', to: 'if (e == ERR_OK)', tests: [HTTP]
	},
	{
		file: 'src/http/request.c', what: 'a scheme of credentials has one spelling',
		from: 'strncasecmp(sent, scheme, len) != 0', to: 'strncmp(sent, scheme, len) != 0', tests: [HTTP]
	},
	{
		file: 'src/http/request.c', what: 'a scheme that begins with the right one is it',
		from: "sent[len] != ' ')\n", to: "sent[len] == '\\0')\n", tests: [HTTP]
	},
	{
		file: 'src/http/request.c', what: 'the first of two values of a cookie counts',
		from: 'memcmp(w.value, first.value, w.len) != 0)\n\t\t\treturn ERR_INPUT;', to: 'memcmp(w.value, first.value, w.len) != 0)\n\t\t\tbreak;', tests: [HTTP]
	},
	{
		file: 'src/http/response.c', what: 'a script may read the cookie of the session',
		from: 'c->script ? "" : "; HttpOnly"', to: '""', tests: [HTTP]
	},
	{
		file: 'src/http/response.c', what: 'the cookie of the session goes over the wire in the clear',
		from: 'c->plain ? "" : "; Secure"', to: '""', tests: [HTTP]
	},
	{
		file: 'src/http/head.c', what: 'an answer may be kept by caches',
		from: 'buf_text(out, "Cache-Control: no-store\\r\\n");', to: '(void)0;', tests: [HTTP]
	},
	{
		file: 'src/http/head.c', what: 'a page has no policy of its own',
		from: 'p->csp != NULL ? p->csp : policy->csp', to: 'policy->csp', tests: [HTTP]
	},
	{
		file: 'src/http/head.c', what: 'what is not a page has the policy of one',
		from: '\t\treturn csp_nothing;', to: '\t\treturn policy->csp;', tests: [HTTP]
	},
	{
		file: 'src/http/head.c', what: 'what endpin says of itself is put on the product\'s answer',
		from: 'if (q->authorizer && p->status == 200) {', to: 'if (0) {', tests: [HTTP_WIRE, 'system/auth.test.mjs']
	},
	{
		file: 'src/http/route.c', what: 'any path is below the prefix',
		from: 'if (strncmp(q->path, s->prefix, len) != 0)', to: 'if (0)', tests: [HTTP]
	},
	{
		file: 'src/http/params.c', what: 'a variable is taken for one that it begins with',
		from: "k->name[n->len] == '\\0' ? order : -1", to: '1 ? order : -1', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/params.c', what: 'what a proxy repeats is refused',
		from: '{ "HTTP_STRIPE_SIGNATURE",\tSIGNATURE,\tSINGLE }', to: '{ "HTTP_STRIPE_SIGNATURE",\tSIGNATURE,\tSINGLE },\n\t{ "HTTP_X_FORWARDED_FOR",\tNOWHERE,\tSINGLE }',
		tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/params.c', what: 'only the first line of Cookie counts',
		from: 'if (k->flags & LINES) {', to: 'if ((k->flags & LINES) && q->cookies == 0) {', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/status.c', what: 'who is to come back is not told when',
		from: 'resp_later(p, STATUS_RETRY_SECONDS);', to: 'resp_problem(p, 503, "unavailable", "Later.");', tests: [HTTP]
	},
	{
		file: 'src/http/params.c', what: 'a Host that is sent twice is taken once',
		from: '"HTTP_HOST",\t\t\tNOWHERE,\tSINGLE', to: '"HTTP_HOST",\t\t\tNOWHERE,\t0', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/params.c', what: 'parameters of any size are taken',
		from: 'if (total > REQUEST_PARAMS)', to: 'if (0)', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/params.c', what: 'any text is the id of a request',
		from: "len < REQUEST_ID && id[len] == '\\0'", to: 'len < REQUEST_ID', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/judge.c', what: 'a record of another version is handed to libfcgi',
		from: 'j->head[0] != VERSION || id == 0', to: 'id == 0', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'request id 0, which is management, is handed to libfcgi',
		from: 'j->head[0] != VERSION || id == 0', to: 'j->head[0] != VERSION', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'a beginning with padding, which libfcgi reads as a record, is taken',
		from: ' &&\n\t\t    j->padding == 0;', to: ';', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'an end with padding, which libfcgi reads as a record, is taken',
		from: 'id != j->id || (content == 0 && j->padding != 0)', to: 'id != j->id', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'a record of another request is taken',
		from: 'id != j->id || (content == 0 && j->padding != 0)', to: 'content == 0 && j->padding != 0', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'a body may come before the parameters have ended',
		from: 'j->type == (j->params_whole ? STDIN : PARAMS)', to: 'j->type == STDIN || (j->type == PARAMS && !j->params_whole)', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'parameters may come in the body',
		from: 'j->type == (j->params_whole ? STDIN : PARAMS)', to: 'j->type == PARAMS || (j->type == STDIN && j->params_whole)', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'any record may follow the parameters',
		from: 'j->type == (j->params_whole ? STDIN : PARAMS)', to: 'j->params_whole || j->type == PARAMS', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'a name without a value may be the last of the parameters',
		from: 'j->in_value || j->length_left > 0 || j->pair_left > 0)\n', to: 'j->length_left > 0 || j->pair_left > 0)\n', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'half a length may be the last of the parameters',
		from: 'j->in_value || j->length_left > 0 || j->pair_left > 0)\n', to: 'j->in_value || j->pair_left > 0)\n', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'half a value may be the last of the parameters',
		from: 'j->in_value || j->length_left > 0 || j->pair_left > 0)\n', to: 'j->in_value || j->length_left > 0)\n', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'any role is taken',
		from: 'if (role != RESPONDER && role != AUTHORIZER)', to: 'if (role == 0)', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'a length that is too much waits for its last byte',
		from: 'if (j->length << 8 * j->length_left > REQUEST_PARAMS)', to: 'if (0)', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'each of the parameters may be as long as all',
		from: 'j->params += j->length + 1;', to: 'j->params = j->length + 1;', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'parameters without content cost nothing',
		from: 'j->params += j->length + 1;', to: 'j->params += j->length;', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'an authorizer waits for a body that never comes',
		from: 'j->authorizer ? (j->verdict = JUDGE_WHOLE) : JUDGE_MORE', to: 'JUDGE_MORE', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: "an authorizer's empty body begins the next request",
		from: 'ret->verdict == JUDGE_WHOLE && ret->authorizer &&', to: 'ret->verdict == JUDGE_WHOLE && !ret->authorizer &&', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'who speaks on behind a request is served',
		from: 'JUDGE_WHOLE && ret->len < (size_t)n)', to: 'JUDGE_WHOLE && n < 0)', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'a look at what came takes it away',
		from: 'MSG_PEEK | MSG_DONTWAIT', to: 'MSG_DONTWAIT', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/judge.c', what: 'the body is not counted',
		from: 'j->body += len;', to: 'j->body += 0;', tests: [HTTP_JUDGE]
	},
	{
		file: 'src/http/fcgi.c', what: 'a body that was cut is taken for the whole',
		from: 'return FCGX_GetError(in) != 0 ?', to: 'return 0 ?', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/fcgi.c', what: 'a body that was too large counts as what was kept of it',
		from: 'q->too_large = 1;', to: 'q->too_large = 0;', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/fcgi.c', what: 'HEAD has a body',
		from: 'if (q->method == HEAD)', to: 'if (0)', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/fcgi.c', what: 'who did not take their answer keeps the connection',
		from: 'sent && !f->sending.last;', to: '!f->sending.last;', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/route.c', what: 'who watches takes the last row for the one that is served',
		from: '\tsay_row(s, NULL);\n\tif (n > 1', to: '\tif (n > 1', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/daemon/work.c', what: 'an address that a worker wrote is followed',
		from: 'if ((uintptr_t)r == address)', to: 'if (address >= (uintptr_t)r && address < (uintptr_t)(r + 1))', tests: ['unit/test_daemon']
	},
	{
		file: 'src/http/sending.c', what: 'an answer is not waited for',
		from: 'while (go_on(s, n, until_us))', to: 'while (0)', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/sending.c', what: 'one after the other is waited for',
		from: 's[i]->sent == SENT_SOME) {', to: 's[i]->sent == SENT_SOME && waiting == 0) {', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/sending.c', what: 'what was sent in part is sent from its beginning',
		from: 'v->iov_base = (char *)v->iov_base + len;', to: 'v->iov_base = (char *)v->iov_base + 0;', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/sending.c', what: 'who does not read is waited for, for ever',
		from: 'waiting == 0 || left_us <= 0', to: 'waiting == 0', tests: [HTTP_WIRE]
	},
	{
		file: 'src/http/percent.c', what: 'an escaped control character is taken',
		from: "return c < ' ' || c == 0x7f ? -1 : c;", to: 'return c;', tests: [HTTP]
	},
	{
		file: 'src/http/percent.c', what: 'bytes that are no UTF-8 are taken',
		from: 'if (text_utf8_length(out, n) == -1)', to: 'if (0)', tests: [HTTP, HTTP_ROUTE]
	},
	// paths
	{
		file: 'src/http/path.c', what: 'a path may go up',
		from: '&&\n\t    !text_equal(text, "..")', to: '', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/path.c', what: 'an escaped slash is one',
		from: "strchr(text, '/') == NULL && ", to: '', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/path.c', what: 'a path that is written otherwise finds its row',
		from: 'return (p->escaped & rank) != 0;', to: 'return 0 && (p->escaped & rank) != 0;', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/path.c', what: 'a parameter may be empty',
		from: "if (*segment == '\\0')\n\t\t\t\treturn 0;\n", to: '', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/path.c', what: 'a segment may go on behind a literal',
		from: "if (*segment != '\\0')\n", to: "if (0 && *segment != '\\0')\n", tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/path.c', what: 'a path is found by its beginning',
		from: "return i == p->n && *row == '\\0' ? rank : 0;", to: "return *row == '\\0' ? rank : 0;", tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/path.c', what: 'a parameter is as good as a literal',
		from: '\t\trank |= 1;\n', to: '', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/path.c', what: 'a path has any number of segments',
		from: 'if (ret->n == PATH_SEGMENTS ||\n\t\t    percent_decode',
		to: 'if (ret->n == PATH_SEGMENTS)\n\t\t\tbreak;\n\t\tif (percent_decode', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/path.c', what: 'a row may name a parameter twice',
		from: '\t\t    is_repeated(row, at + 1, len - 1))', to: '\t\t    (0 && is_repeated(row, at + 1, len - 1)))', tests: [HTTP_ROUTE]
	},
	// rows, roles
	{
		file: 'src/http/table.c', what: 'the last of two paths counts, not the better one',
		from: '|| rank < best)', to: '|| rank < 0 * best)', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/table.c', what: 'the rows of another path count as methods of this one',
		from: '\t\tif (rank > best)\n\t\t\tm = (struct match){ .near = r };',
		to: '\t\tif (best == 0)\n\t\t\tm = (struct match){ .near = r };', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/enforce.c', what: 'a role is not asked for',
		from: 'if (r->role != 0 &&', to: 'if (0 &&', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/enforce.c', what: 'one of several roles is enough',
		from: '(s->roles(c) & r->role) != r->role', to: '(s->roles(c) & r->role) == 0', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/table.c', what: 'a row for anyone may have a role',
		from: 'r->entry == MEMBER && s->roles != NULL', to: 's->roles != NULL', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/table.c', what: 'a path may be there twice',
		from: '|| is_twice(s, r))', to: '|| (0 && is_twice(s, r)))', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/table.c', what: 'HEAD is not among the methods that there are',
		from: 'm.methods |= 1u << HEAD;', to: 'm.methods |= 0;', tests: [HTTP_ROUTE, HTTP]
	},
	{
		file: 'src/http/route.c', what: 'what the request before has left is there',
		from: '\ts->begin(c);\n\tif (r == NULL)', to: '\tif (r == NULL)', tests: [HTTP_ROUTE, API]
	},
	{
		file: 'src/http/enforce.c', what: 'a body where there is none to be is passed over',
		from: 'if (r->body == NONE && (q->too_large || q->body_len > 0)) {', to: 'if (0) {', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/enforce.c', what: 'an empty body may say something',
		from: '(r->body == EMPTY && json_name(q->json, 0) != NULL)', to: '0', tests: [HTTP_ROUTE, HTTP]
	},
	{
		file: 'src/http/table.c', what: 'the ceiling is that of the first table',
		from: 'r->most > most)\n\t\t\tmost = r->most;', to: 'r->most > most && most == 0)\n\t\t\tmost = r->most;', tests: [HTTP_ROUTE]
	},
	// pages of lists
	{
		file: 'src/http/paging.c', what: 'a page may be empty',
		from: '\n\t    value < 1)', to: '\n\t    value < 0)', tests: [HTTP_PAGING]
	},
	{
		file: 'src/http/paging.c', what: 'a page has any size',
		from: 'text_number(text, most, &value)', to: 'text_number(text, INT32_MAX, &value)', tests: [HTTP_PAGING]
	},
	{
		file: 'src/http/paging.c', what: 'a cursor may hold a NUL',
		from: "memchr(key, '\\0', len) != NULL || ", to: '', tests: [HTTP_PAGING]
	},
	{
		file: 'src/http/paging.c', what: 'a cursor may hold bytes that are no UTF-8',
		from: ' || text_utf8_length(key, len) == -1)', to: ')', tests: [HTTP_PAGING]
	},
	{
		file: 'src/http/paging.c', what: 'a cursor that is too long is none',
		from: 'if (req_query(q, "after", cursor, sizeof(cursor)) == ERR_INPUT ||',
		to: '(void)!req_query(q, "after", cursor, sizeof(cursor));\n\tif (', tests: [HTTP_PAGING]
	},
	{
		file: 'src/http/paging.c', what: 'the usual page is larger than the largest',
		from: 'PAGING_LIMIT < most ? PAGING_LIMIT : most', to: 'PAGING_LIMIT', tests: [HTTP_PAGING]
	},
	{
		file: 'src/http/paging.c', what: 'of two faults one is named',
		from: '\t\tresp_invalid_add(p, "limit", reason);\n\t}\n\tif', to: '\t\tresp_invalid_add(p, "limit", reason);\n\t} else if',
		tests: [HTTP_PAGING]
	},
	{
		file: 'src/http/enforce.c', what: 'a program needs no key',
		from: '\tif (r->entry == PROGRAM)\n\t\treturn program_take(s, r, c, q, p);', to: '\tif (r->entry == PROGRAM)\n\t\treturn program_take != NULL;',
		tests: ['system/cello.test.mjs']
	},
	{
		file: 'src/http/enforce.c', what: 'nobody is asked how often they come',
		from: 'int seconds = s->limits == NULL ? 0 :', to: 'int seconds = s->limits != NULL ? 0 :', tests: [LIMIT]
	},
	{
		file: 'src/http/enforce.c', what: 'another site uses up what an address has',
		from: 'origin_take(s, r, q, p) &&\n\t    limit_take(s, r, q, p)) {', to: 'limit_take(s, r, q, p) &&\n\t    origin_take(s, r, q, p)) {', tests: [LIMIT]
	},
	{
		file: 'src/http/table.c', what: 'a row need not say its limit',
		from: 'r->limit > LIMIT_UNSAID', to: 'r->limit >= LIMIT_UNSAID', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/response.c', what: 'who asks too often does not hear when to come back',
		from: 'resp_too_often(struct resp *p, int seconds)\n{\n\tbuf_format', to: 'resp_too_often(struct resp *p, int seconds)\n{\n\tif (seconds == 0)\n\t\tbuf_format', tests: [LIMIT]
	},
	{
		file: 'src/http/limit.c', what: 'a figure of nothing refuses everybody',
		from: 'most == 0 ||', to: '(most == 0 && (most = 1) == 0) ||', tests: [LIMIT]
	},
	{
		file: 'src/http/limit.c', what: 'all whose address is unknown are one',
		from: 'network_read(remote, &who) != ERR_OK ||', to: 'remote == NULL ||\n\t    (network_read(remote, &who) != ERR_OK && memset(&who, 0, sizeof(who)) == NULL) ||', tests: [LIMIT]
	},
	{
		file: 'src/http/limit.c', what: 'who is exempt is counted',
		from: '|| is_exempt(l, &who))', to: '|| (is_exempt(l, &who) && 0))', tests: [LIMIT]
	},
	{
		file: 'src/http/limit.c', what: 'only the first network is exempt',
		from: 'for (i = 0; i < l->exempts; i++)', to: 'for (i = 0; i < l->exempts && i < 1; i++)', tests: [LIMIT]
	},
	{
		file: 'src/http/limit.c', what: 'more networks are taken than can be kept',
		from: 'count == EXEMPT_MOST ||', to: '', tests: [LIMIT]
	},
	{
		file: 'src/http/options.c', what: 'logins are not limited as installed',
		from: 'AT(LIMIT_LOGIN), "60"', to: 'AT(LIMIT_LOGIN), "0"', tests: ['system/limits.test.mjs']
	},
	{
		file: 'src/api/routes.c', what: 'logins are as free as what is read',
		from: 'LIMIT_LOGIN, login', to: 'LIMIT_USUAL, login', tests: ['system/openapi.test.mjs', 'system/limits.test.mjs']
	},
	{
		file: 'src/api/routes.c', what: 'Stripe is counted',
		from: 'FREE_SIGNED, stripe_webhook', to: 'LIMIT_USUAL, stripe_webhook', tests: ['system/openapi.test.mjs', 'system/limits.test.mjs']
	},
	{
		file: 'src/daemon/site.c', what: 'the workers do not count',
		from: '.limits = d->limits,', to: '.limits = NULL,', tests: ['system/limits.test.mjs']
	},
	{
		file: 'src/http/route.c', what: 'what is refused is looked up all the same',
		from: '\t\tif (turn[i].row == NULL)\n\t\t\tcontinue;\n\t\trow[mates] = turn[i].row;\n\t\tq[mates++]', to: '\t\trow[mates] = turn[0].row;\n\t\tq[mates++]', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/route.c', what: 'a mate that was refused is handled with the others',
		from: 'if (turn[i].row == NULL || turn[i].row->handler != g->handler)', to: 'if (turn[i].row != NULL && turn[i].row->handler != g->handler)', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/route.c', what: 'answers that were asked ahead outlive the batch',
		from: '\t\ts->ahead_over(c);\n', to: '\t\t;\n', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/route.c', what: 'the handler is asked once more for what was answered together',
		from: '\t\tif (turn[i].row != NULL && turn[i].row->handler == g->handler)\n\t\t\tturn[i].row = NULL;', to: '\t\tcontinue;', tests: [HTTP_ROUTE, 'system/together.test.mjs']
	},
	{
		file: 'src/http/route.c', what: 'of many that come together the last are not answered',
		from: 'for (; n > 0; n -= some, q += some, p += some) {', to: 'for (int once = 1; once-- > 0 && n > 0; n -= some, q += some, p += some) {', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/route.c', what: 'who came together waits for mates however long they take',
		from: 'clock_mono_us() > until_us', to: 'until_us == 0', tests: [HTTP_ROUTE, 'system/together.test.mjs']
	},
	{
		file: 'src/http/route.c', what: 'one alone has no more time than several',
		from: 'n == 1 || s->together_us == 0', to: 's->together_us == 0', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/http/route.c', what: 'what is asked for all is logged as of the last of them',
		from: '\t\tlog_request(NULL);\t/* it is about all of them */\n', to: '', tests: [HTTP_ROUTE]
	},
	{
		file: 'src/daemon/site.c', what: 'a batch may take as long as it likes, and is killed',
		from: '.together_us = INT64_C(1000000) * own->request_timeout /', to: '.together_us = 1000 * INT64_C(1000000) * own->request_timeout /', tests: ['system/together.test.mjs']
	}
];
