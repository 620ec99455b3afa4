// SPDX-License-Identifier: MIT

const CHECKOUT = ['system/checkout.test.mjs'];
const DOORS = ['system/doors.test.mjs'];
const COURIER = ['system/courier.test.mjs'];

export default [
	// purchase: what is decided
	{
		file: 'src/api/purchase.c', what: 'a page that was paid, whose subscription is not here yet, does not stop a second purchase',
		from: 'else if (pending)', to: 'else if (0 && pending)', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'a subscription does not stop a second purchase',
		from: '\tif (live)\n', to: '\tif (0 && live)\n', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'what is subscribed already is not looked at before an open page',
		from: '(e = look_at_bought(db, s)) != ERR_OK || s->step != STEP_SEND)\n\t\treturn e;\n\tif',
		to: 's->step != STEP_SEND)\n\t\treturn e;\n\tif', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'what is paid on while the order is decided is not looked at again',
		from: '\t\te = look_at_bought(db, s);', to: '\t\te = ERR_OK;', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'a closing that was begun and not finished is forgotten',
		from: 'call_open(db, s->account.id, "expire", NULL, &s->call)', to: 'ERR_NOTFOUND', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'a page that was begun and whose address got lost is forgotten',
		from: 'call_open(db, s->account.id, "checkout", NULL, &s->call)', to: 'ERR_NOTFOUND', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'only a page of the same order is brought to its end',
		from: '"checkout", NULL, &s->call)', to: '"checkout", s->subject, &s->call)', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'an open page is handed out for any order',
		from: ' || !text_equal(s->session.subject, s->subject))', to: ')', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'a page that closes soon is handed out again',
		from: '!s->session.lasting || ', to: '', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'the call of signup for the customer is not used, another is written',
		from: 'e = open == ERR_OK ? ERR_OK : write_customer(db, s);', to: 'e = write_customer(db, s);', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'a call is sent without being journaled as sent',
		from: 'e = call_sending(db, &s->call);', to: 'e = ERR_OK;', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'whoever was referred gets no discount at checkout',
		from: '.organization = s->account.organization, .ucc = ucc,\n\t    .origin', to: '.organization = s->account.organization, .ucc = "",\n\t    .origin',
		tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'a second trial is offered',
		from: 'call_init(&s->call, s->account.id, "checkout", SESSIONS);',
		to: 'order.tried = 0;\n\tcall_init(&s->call, s->account.id, "checkout", SESSIONS);', tests: CHECKOUT
	},
	// purchase: what is written down
	{
		file: 'src/api/purchase.c', what: 'a page that was found paid on is not read',
		from: 'if (e == ERR_OK && s->session.url[0] == \'\\0\')', to: 'if (0)', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'a page that cannot be closed is not read',
		from: '\t\t    object_hear(db, "checkout.session", session_id);', to: '\t\t    ERR_OK;', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'a page that was closed stays open here',
		from: 'return e != ERR_OK ? e : checkout_closed(db, session_id);', to: 'return e;', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'a customer that was deleted at Stripe is not marked so',
		from: 'if (e == ERR_OK && s->lost_customer)', to: 'if (0)', tests: CHECKOUT
	},
	{
		file: 'src/api/purchase.c', what: 'a call of which nothing came stays open',
		from: '/* The next round writes another, if it is wanted still. */\n\t\treturn call_refused(db, &s->call, s->sending.why);', to: 'return ERR_OK;',
		tests: CHECKOUT
	},
	// checkout
	{
		file: 'src/api/checkout.c', what: 'a customer that was deleted at Stripe is not made anew: 500',
		from: 'if (s->lost_customer && !*renewed)', to: 'if (0)', tests: CHECKOUT
	},
	{
		file: 'src/api/checkout.c', what: 'what an earlier request had begun decides about this one: 500',
		from: 'if (s->call.attempts > 0)', to: 'if (0)', tests: CHECKOUT
	},
	{
		file: 'src/api/checkout.c', what: 'what Stripe says of when to come back is not passed on',
		from: 's->sending.reply.retry_after > 0 ?', to: '0 ?', tests: CHECKOUT
	},
	{
		file: 'src/api/checkout.c', what: 'a page that cannot be closed is an error of ours',
		from: 'if (text_equal(s->call.kind, "expire"))', to: 'if (0)', tests: CHECKOUT
	},
	{
		file: 'src/api/checkout.c', what: 'a page that cannot be closed does not ring',
		from: '\t\tctx_ring(c);\n\t\treturn in_progress(p);', to: '\t\treturn in_progress(p);', tests: COURIER
	},
	{
		file: 'src/api/checkout.c', what: 'the page of another order is handed out once it is made',
		from: 'text_equal(s->session.subject, s->subject))', to: '1)', tests: CHECKOUT
	},
	{
		file: 'src/api/checkout.c', what: 'a twin that has settled the call is an error of ours',
		from: 'if (e == ERR_CONFLICT)', to: 'if (0)', tests: CHECKOUT
	},
	{
		file: 'src/api/checkout.c', what: 'more than a thousand may be ordered',
		from: 'quantity > CHECKOUT_QUANTITY', to: 'quantity > CHECKOUT_QUANTITY + 1', tests: CHECKOUT
	},
	{
		file: 'src/api/checkout.c', what: 'none may be ordered',
		from: 'quantity < 1', to: 'quantity < 0', tests: CHECKOUT
	},
	{
		file: 'src/api/checkout.c', what: 'anybody can have anybody’s page read',
		from: 'if (e == ERR_NOTFOUND)\n\t\treturn resp_problem(p, 404', to: 'if (e == ERR_NOTFOUND)\n\t\te = ERR_OK;\n\tif (e == ERR_NOTFOUND)\n\t\treturn resp_problem(p, 404',
		tests: CHECKOUT
	},
	{
		file: 'src/api/checkout.c', what: 'who comes back from the page does not ring',
		from: '\tctx_ring(c);\n\treturn resp_empty(p, 202);', to: '\treturn resp_empty(p, 202);', tests: COURIER
	},
	// login
	{
		file: 'src/api/login.c', what: 'login leaves the old session of this browser alive',
		from: 'login_old(c, q, n.old);', to: '(void)q;', tests: DOORS
	},
	{
		file: 'src/api/login.c', what: 'an unknown address is answered without hashing',
		from: 'if ((e = slots_take(c->slots, LOGIN_WAIT_MS)) != ERR_OK)',
		to: 'if (!known)\n\t\treturn ERR_DENIED;\n\tif ((e = slots_take(c->slots, LOGIN_WAIT_MS)) != ERR_OK)', tests: DOORS
	},
	{
		file: 'src/api/login.c', what: 'login is no transaction: the old session ends, then a new one fails to begin',
		from: 'db_transaction(c->db, enter, &n)', to: 'enter(c->db, &n)', tests: DOORS
	},
	{
		file: 'src/api/login.c', what: 'an unknown address is an error of ours',
		from: 'found != ERR_OK && found != ERR_NOTFOUND', to: 'found != ERR_OK', tests: DOORS
	},
	{
		file: 'src/api/login.c', what: 'a login without a password is one with an empty one, known',
		from: 'found == ERR_OK && password != NULL', to: 'found == ERR_OK',
		why: 'an empty password is checked against the hash and is wrong, because signup takes none that is shorter than password_min'
	},
	{
		file: 'src/api/login.c', what: 'hashes of before are not made anew',
		from: 'if (e == ERR_OK && old)', to: 'if (0)', tests: DOORS
	},
	{
		file: 'src/api/login.c', what: 'logout only takes the cookie away',
		from: 'if (c->known && (e = session_close(c->db, c->token)) != ERR_OK)', to: 'if (0 && (e = session_close(c->db, c->token)) != ERR_OK)', tests: DOORS
	},
	// signup
	{
		file: 'src/api/signup.c', what: 'signup is no transaction',
		from: 'db_transaction(c->db, settle_in, &n)', to: 'settle_in(c->db, &n)', tests: DOORS
	},
	{
		file: 'src/api/signup.c', what: 'signup leaves the old session of this browser alive',
		from: 'if (e == ERR_OK && n->old[0] != \'\\0\')', to: 'if (0)', tests: DOORS
	},
	{
		file: 'src/api/signup.c', what: 'signup writes no call for the customer',
		from: '\t\te = write_customer(db, n);', to: '\t\te = ERR_OK;', tests: DOORS
	},
	{
		file: 'src/api/signup.c', what: 'signup forgets who referred',
		from: 'if (e == ERR_OK && n->source != NULL)', to: 'if (0)', tests: DOORS
	},
	{
		file: 'src/api/signup.c', what: 'an address that is taken is an error of ours',
		from: 'if (e == ERR_CONFLICT)', to: 'if (0)', tests: DOORS
	},
	{
		file: 'src/api/signup.c', what: 'a fault in a field does not stop a signup',
		from: 'if (faults > 0)', to: 'if (faults > 5)', tests: DOORS
	},
	{
		file: 'src/api/signup.c', what: 'signup does not ring: the customer waits for the poll',
		from: '\tctx_ring(c);\n', to: '', tests: COURIER
	},
	// portal
	{
		file: 'src/api/portal.c', what: 'a visit is sent without being journaled as sent',
		from: 'return call_sending(db, &v->call);', to: 'return ERR_OK;', tests: DOORS
	},
	{
		file: 'src/api/portal.c', what: 'a visit that failed stays open',
		from: 'return call_refused(db, &v->call, v->sending.why);', to: 'return ERR_OK;', tests: DOORS
	},
	{
		file: 'src/api/portal.c', what: 'a customer that was deleted at Stripe is an error of ours',
		from: 'if (v->sent == ERR_INPUT &&', to: 'if (0 &&', tests: DOORS
	},
	{
		file: 'src/api/portal.c', what: 'whatever Stripe refuses is a customer that was deleted',
		from: 'v->sent == ERR_INPUT &&\n\t    sending_lost_customer(&v->sending, &v->call, v->customer)', to: 'v->sent == ERR_INPUT', tests: DOORS
	},
	{
		file: 'src/api/portal.c', what: 'Stripe away is an error of ours',
		from: 'if (v->sent == ERR_LATER)', to: 'if (0)', tests: DOORS
	},
	{
		file: 'src/api/portal.c', what: 'nobody has a customer yet: an error of ours',
		from: 'if (e == ERR_NOTFOUND) {', to: 'if (0) {', tests: DOORS
	},
	// webhook
	{
		file: 'src/api/webhook.c', what: 'an event that could not be written is answered 200',
		from: 'if ((e = event_record(c->db, &event, q->body, &fresh)) != ERR_OK)\n\t\treturn e;',
		to: 'if ((e = event_record(c->db, &event, q->body, &fresh)) != ERR_OK)\n\t\treturn resp_empty(p, 200);', tests: DOORS
	},
	{
		file: 'src/api/webhook.c', what: 'a webhook does not ring: objects wait for the poll',
		from: 'if (fresh)', to: 'if (0)', tests: COURIER
	},
	{
		file: 'src/api/webhook.c', what: 'an event that is not signed is taken',
		from: 'q->now) != ERR_OK ||', to: 'q->now) == ERR_INTERNAL ||', tests: DOORS
	},
	// auth, session, pages
	{
		file: 'src/api/auth.c', what: 'being asked about does not keep a session',
		from: 'if (e == ERR_OK && a.touch)', to: 'if (0)', tests: DOORS
	},
	{
		file: 'src/api/auth.c', what: 'who does not pay is let in',
		from: 'if (!a->entitled)', to: 'if (0)', tests: DOORS
	},
	{
		file: 'src/api/auth.c', what: 'a requirement that there is not lets everybody in',
		from: '|| !text_equal(required, "subscription")', to: '', tests: DOORS
	},
	{
		file: 'src/api/auth.c', what: 'the hours of grace are those of idleness',
		from: 'c->conf->grace_hours, &a);', to: 'c->limits.idle_hours * 1000, &a);', tests: DOORS
	},
	{
		file: 'src/api/session.c', what: 'the session does not tell who referred',
		from: '\tif (referred == ERR_OK) {', to: '\tif (0) {', tests: DOORS
	},
	{
		file: 'src/api/page.c', what: 'a page that is fetched in advance is a visit',
		from: 'text_begins(q->sec_purpose, "prefetch")', to: '0', tests: DOORS
	},
	{
		file: 'src/api/page.c', what: 'a robot’s HEAD is a visit',
		from: 'q->method != GET || ', to: '', tests: DOORS
	},
	{
		file: 'src/api/page.c', what: 'whatever the link has is kept as its code',
		from: 'if (e == ERR_OK && ucc_ok(offered))', to: 'if (e == ERR_OK)', tests: DOORS
	},
	{
		file: 'src/api/ctx.c', what: 'who identifies with a cookie of before stays known without one',
		from: '\tc->known = 0;\n', to: '', tests: DOORS
	}
];
