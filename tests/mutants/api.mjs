// SPDX-License-Identifier: MIT

const THE_CHECKOUT = 'system/checkout.test.mjs';
const THE_DOORS = 'system/doors.test.mjs';
const THE_PASSWORD = 'system/password.test.mjs';
const THE_STORY = 'system/story.test.mjs';
const THE_TOKEN = 'system/token.test.mjs';
const THE_BADDAYS = 'system/baddays.test.mjs';
const THE_AUTH = 'system/auth.test.mjs';
const THE_MASTER = 'system/master.test.mjs';
const API = 'unit/test_api';

export default [
	// checkout
	{
		file: 'src/api/checkout.c', what: 'more than a thousand may be ordered',
		from: 'quantity > CHECKOUT_QUANTITY', to: 'quantity > CHECKOUT_QUANTITY + 1', tests: [THE_CHECKOUT]
	},
	{
		file: 'src/api/checkout.c', what: 'none may be ordered',
		from: 'quantity < 1', to: 'quantity < 0', tests: [THE_CHECKOUT]
	},
	{
		file: 'src/api/checkout.c', what: 'what Stripe says of when to come back is not passed on',
		from: 'return resp_later(p, page.retry_after > 0 ?\n\t\t    page.retry_after : STATUS_RETRY_SECONDS);',
		to: 'return resp_later(p, STATUS_RETRY_SECONDS);', tests: [THE_CHECKOUT]
	},
	{
		file: 'src/api/checkout.c', what: 'who is subscribed is told that a payment is under way',
		from: '\tcase BUY_ENTITLED:\n\t\treturn resp_problem(p, 409, "already_subscribed",',
		to: '\tcase BUY_ENTITLED:\n\t\treturn resp_problem(p, 409, "checkout_in_progress",', tests: [THE_CHECKOUT]
	},
	// login, logout, signup
	{
		file: 'src/api/login.c', what: 'login does not know which session this browser had',
		from: '\tvisitor_token(c, q, l.old);\n', to: "\t(void)q;\n\tl.old[0] = '\\0';\n", tests: [THE_DOORS]
	},
	{
		file: 'src/api/login.c', what: 'who is busy is an error of ours',
		from: 'if (e == ERR_LATER && l.busy)', to: 'if (0)', tests: [THE_PASSWORD]
	},
	{
		file: 'src/api/login.c', what: 'a wrong password is told from an unknown address',
		from: '\tif (e == ERR_DENIED)\n\t\treturn resp_problem(p, 401, "invalid_credentials",',
		to: '\tif (e == ERR_DENIED && l.account.id[0] != \'\\0\')\n\t\treturn resp_problem(p, 401, "wrong_password", "Wrong.");\n\tif (e == ERR_DENIED)\n\t\treturn resp_problem(p, 401, "invalid_credentials",',
		tests: [THE_DOORS]
	},
	{
		file: 'src/api/login.c', what: 'logout only takes the cookie away',
		from: 'if (c->visitor.known &&\n\t    (e = log_out(c->app, c->visitor.token)) != ERR_OK)',
		to: 'if (0 && (e = log_out(c->app, c->visitor.token)) != ERR_OK)', tests: [THE_DOORS]
	},
	{
		file: 'src/api/signup.c', what: 'signup does not know which session this browser had',
		from: '\tvisitor_token(c, q, s.old);\n', to: "\ts.old[0] = '\\0';\n", tests: [THE_DOORS]
	},
	{
		file: 'src/api/signup.c', what: 'an address that is taken is an error of ours',
		from: 'if (e == ERR_CONFLICT)', to: 'if (0)', tests: [THE_DOORS]
	},
	{
		file: 'src/api/signup.c', what: 'the code of the cookie is not looked at',
		from: 'if (req_cookie_first(q, UCC_COOKIE, f->cookie, sizeof(f->cookie)) ==\n\t    ERR_OK)', to: 'if (0)', tests: [THE_STORY, THE_TOKEN]
	},
	{
		file: 'src/api/signup.c', what: 'a name that is no text is none',
		from: 'return json_has(j, field) ? "This must be a text." : NULL;', to: 'return NULL;', tests: [THE_DOORS]
	},
	// portal, webhooks
	{
		file: 'src/api/portal.c', what: 'Stripe away is an error of ours',
		from: '\tif (e == ERR_LATER)\n\t\treturn resp_later(p, visit.retry_after', to: '\tif (0)\n\t\treturn resp_later(p, visit.retry_after', tests: [THE_DOORS]
	},
	{
		file: 'src/api/portal.c', what: 'nobody has a customer yet: not found',
		from: 'if (e == ERR_NOTFOUND)', to: 'if (0)', tests: [THE_DOORS]
	},
	{
		file: 'src/api/webhook.c', what: 'an event that could not be written is answered 200',
		from: 'else if (ret[i] == ERR_OK)\n\t\t\tret[i] = resp_empty', to: 'else\n\t\t\tret[i] = resp_empty', tests: [THE_DOORS]
	},
	{
		file: 'src/api/webhook.c', what: 'who cannot sign is told of an error of ours',
		from: 'if (ret[i] == ERR_DENIED)', to: 'if (0)', tests: [THE_DOORS]
	},
	// auth, session, health
	{
		file: 'src/api/auth.c', what: 'who does not pay is let in',
		from: 'if (!a->entitled)', to: 'if (0)', tests: [THE_DOORS]
	},
	{
		file: 'src/api/auth.c', what: 'a requirement that there is not lets everybody in',
		from: '|| !text_equal(required, "subscription")', to: '', tests: [THE_DOORS]
	},
	{
		file: 'src/api/auth.c', what: 'a database that is gone makes everybody a stranger',
		from: '\tif (e == ERR_NOTFOUND)\n\t\treturn refuse_stranger(p)', to: '\tif (e != ERR_OK)\n\t\treturn refuse_stranger(p)',
		tests: [THE_BADDAYS, THE_AUTH]
	},
	{
		file: 'src/api/session.c', what: 'who is logged in is not',
		from: 'json_put_bool(w, "authenticated", 1);', to: 'json_put_bool(w, "authenticated", 0);', tests: [THE_DOORS]
	},
	{
		file: 'src/api/health.c', what: 'a leaving worker says it is ready',
		from: 'if (c->draining || look_ready', to: 'if (look_ready', tests: [THE_MASTER]
	},
	// the visitor
	{
		file: 'src/api/visitor.c', what: 'who identifies with a cookie of before stays known without one',
		from: '\texplicit_bzero(&c->visitor, sizeof(c->visitor));\n', to: '\t(void)c;\n', tests: [API, THE_DOORS]
	},
	{
		file: 'src/api/visitor.c', what: 'a cookie that has two values is the first of them',
		from: 'if (req_cookie(q, visitor_cookie_name', to: 'if (req_cookie_first(q, visitor_cookie_name', tests: [API]
	},
	{
		file: 'src/api/auth.c', what: 'who logs in may be led to another host',
		from: "wanted[1] != '/' &&", to: 'wanted[1] != 0 &&', tests: [API, THE_AUTH]
	},
	{
		file: 'src/api/auth.c', what: 'the way back is not encoded',
		from: 'percent_encode(&way, q->wanted);', to: 'buf_text(&way, q->wanted);', tests: [API, THE_AUTH]
	},
	{
		file: 'src/api/auth.c', what: 'a way back that is too long is cut off',
		from: '\tif (way.full) {', to: '\tif (0) {', tests: [API, THE_AUTH]
	},
	{
		file: 'src/api/auth.c', what: 'Apache lets in who does not pay, with words',
		from: 'if (p->status == 403)\n\t\treturn auth_pricing(c, q, p);', to: 'if (p->status == 403)\n\t\tp->status = 200;', tests: [API, THE_AUTH]
	},
	{
		file: 'src/api/visitor.c', what: 'the cookie is bound to its host nowhere',
		from: '"__Host-endpin" : "endpin"', to: '"endpin" : "endpin"', tests: [API]
	},
	{
		file: 'src/api/visitor.c', what: 'the cookie is plain where it is not to be',
		from: '.plain = !config_is_https(conf) };', to: '.plain = 1 };', tests: [API]
	},
	{
		file: 'src/api/visitor.c', what: 'the cookie lasts no time at all',
		from: 'conf->session.days * CLOCK_DAY_S', to: '0 * conf->session.days * CLOCK_DAY_S', tests: [API]
	},
	{
		file: 'src/api/visitor.c', what: 'the cookie outlasts the browser unasked',
		from: 'life = remember ?', to: 'life = 1 ?', tests: [API]
	},
	{
		file: 'src/api/visitor.c', what: 'who says no is remembered',
		from: 'return json_yes(q->json, "remember");', to: 'return json_has(q->json, "remember");', tests: ['system/session.test.mjs']
	},
	{
		file: 'src/api/health.c', what: 'everybody is told how much waits',
		from: 'return q->query[0] != \'\\0\' && (text_empty', to: 'return q->query[0] != \'\\0\' || (text_empty', tests: ['system/master.test.mjs']
	}
];
