// SPDX-License-Identifier: MIT

const APP_BUY = 'unit/test_app_buy';
const THE_CHECKOUT = 'system/checkout.test.mjs';
const THE_REFUSALS = 'system/refusals.test.mjs';
const THE_COURIER = 'system/courier.test.mjs';
const APP_ERRANDS = 'unit/test_app_errands';
const APP_SIGN_UP = 'unit/test_app_sign_up';
const THE_DOORS = 'system/doors.test.mjs';
const THE_PASSWORD = 'system/password.test.mjs';
const API = 'unit/test_api';
const THE_RETENTION = 'system/retention.test.mjs';
const THE_ERRANDS = 'system/errands.test.mjs';
const APP_CONFIG = 'unit/test_app_config';
const THE_ENDS = 'system/ends.test.mjs';

const THE_PLAN = 'system/plan.test.mjs';
const THE_SECOND = 'system/second.test.mjs';
const THE_ADOPTED = 'system/adopt.test.mjs';

const OWED = 'system/owed.test.mjs';
const DOCTOR = 'system/doctor.test.mjs';
const CHECK_STRIPE = 'system/checkstripe.test.mjs';

export default [
	// customers of before
	{
		file: 'src/app/adopt.c', what: 'an address gives a customer to whoever signed up with it',
		from: 'return l->w->by_address ? ERR_OK : as_is(l, ADOPT_UNVERIFIED);', to: 'return ERR_OK;', tests: [THE_ADOPTED]
	},
	{
		file: 'src/app/adopt.c', what: 'one of several with the same address is taken',
		from: 'return as_is(l, ADOPT_SEVERAL);', to: 'return ERR_OK;', tests: [THE_ADOPTED]
	},
	{
		file: 'src/app/adopt.c', what: 'a file overrules what Stripe says of whose a customer is',
		from: 'if (named != NULL && text_is_uuid(named) &&\n\t    !text_equal(named, l->account.id)) {', to: 'if (0) {', tests: [THE_ADOPTED]
	},
	{
		file: 'src/app/take_over.c', what: 'a customer with a subscription makes room',
		from: '(e = judge_rival(&t)) != ERR_OK', to: '(0)', tests: [THE_ADOPTED]
	},
	{
		file: 'src/app/take_over.c', what: 'a customer is taken from somebody who is buying',
		from: '(e = is_buying(db, t, CALL_CHECKOUT)) != ERR_OK ||\n\t    ', to: '', tests: [THE_ADOPTED]
	},
	{
		file: 'src/app/take_over.c', what: 'what was begun and not sent is forgotten',
		from: 't.linked && !t.begun && is_stamped(&t)', to: 't.linked', tests: [THE_ADOPTED]
	},
	{
		file: 'src/app/take_over.c', what: 'a dry run takes',
		from: 'return dry_run ? ERR_OK : make_it_so(&t);', to: 'return make_it_so(&t);', tests: [THE_ADOPTED]
	},
	{
		file: 'src/app/take_over.c', what: 'the one that made room still says whose it is',
		from: 'e = write_stamp(db, t, t->rival, &form);', to: ';', tests: [THE_ADOPTED]
	},
	{
		file: 'src/app/apply_object.c', what: 'what Stripe grants is its first page',
		from: 'walk_whole(a, &path, GRANTED_PAGES, ret_reply)', to: 'stripe_get(a->stripe, path.data, ret_reply)', tests: ['system/entitlements.test.mjs']
	},
	{
		file: 'src/app/apply_object.c', what: 'a summary that never came is not made good',
		from: 'r->object.kind == STRIPE_SUBSCRIPTION ?\n\t    json_id(r->read, "customer") : NULL', to: 'NULL', tests: ['system/entitlements.test.mjs']
	},
	// changing a plan
	{
		file: 'src/app/revise.c', what: 'what was begun is forgotten',
		from: 'e = call_find_change(db, r->account_id, &r->call);', to: 'e = ERR_NOTFOUND;', tests: [THE_PLAN]
	},
	{
		file: 'src/app/revise.c', what: 'what was begun counts before it is committed',
		from: 'r->writing = put;', to: 'r->written[kind] = put;', tests: ['system/commit.test.mjs']
	},
	{
		file: 'src/app/revise.c', what: 'a schedule that was made and denied is somebody else’s, for good',
		from: '\t\tfind_made(r);\n', to: '\t\tif (0)\n\t\t\tfind_made(r);\n', tests: [THE_PLAN]
	},
	{
		file: 'src/app/revise.c', what: 'a schedule that was there before is taken for what was refused',
		from: 'if (r->sent != ERR_NOTFOUND || r->call.kind', to: 'if (r->call.kind', tests: [THE_PLAN]
	},
	{
		file: 'src/billing/planned.c', what: 'what plans something is taken for what was made and denied',
		from: 'json_count(schedule, "phases") == 1;', to: '1;', tests: [THE_PLAN]
	},
	{
		file: 'src/app/revise.c', what: 'what was begun for one subscription is done to the one that counts now',
		from: 'if (begun && is_of_another(r))', to: 'if (0 && is_of_another(r))', tests: [THE_PLAN]
	},
	{
		file: 'src/app/revise.c', what: 'what was changed does not show before a courier has read it',
		from: '\tdefault:\n\t\treturn apply(db, made);', to: '\tdefault:\n\t\t(void)made;\n\t\treturn ERR_OK;', tests: [THE_PLAN]
	},
	{
		file: 'src/app/revise.c', what: 'what somebody has arranged is undone by a click',
		from: '\tif (!r->now.schedule_ours)\n\t\treturn revise_end(r, REVISE_REFUSED);\n\treturn revise_call(db, r, CALL_RELEASE', to: '\treturn revise_call(db, r, CALL_RELEASE', tests: [THE_PLAN]
	},
	{
		file: 'src/app/revise.c', what: 'who keeps what rests has to click once more to go on',
		from: 'if (r->written[kind] == put)', to: 'if (r->written[kind] != NULL)', tests: ['system/dunning.test.mjs']
	},
	{
		file: 'src/app/change_plan.c', what: 'what was shown for something else holds',
		from: '(c->counted_to = change_shown(&c->change, subject)) == 0)', to: '(c->counted_to = change_shown(&c->change, subject)) < 0)', tests: [THE_PLAN]
	},
	{
		file: 'src/app/change_plan.c', what: 'a second click is a second invoice that waits',
		from: 'if (change_is_pending(&c->change))', to: 'if (0)', tests: [THE_PLAN]
	},
	{
		file: 'src/app/change_plan.c', what: 'what is to end is paid for once more',
		from: 'if (s->cancel_at != 0)', to: 'if (0)', tests: [THE_PLAN]
	},
	{
		file: 'src/app/cancel_plan.c', what: 'what rests is told to go on, and Stripe is not',
		from: 'return revise_call(db, r, CALL_RESUME, put_go_on);', to: 'return revise_end(r, REVISED);', tests: [THE_ENDS]
	},
	{
		file: 'src/app/cancel_plan.c', what: 'an end is asked for beside a schedule',
		from: '\tif (!text_empty(r->now.schedule))\n\t\treturn revise_release(db, r);\n\treturn revise_call(db, r, CALL_CANCEL', to: '\treturn revise_call(db, r, CALL_CANCEL', tests: [THE_PLAN]
	},
	{
		file: 'src/billing/call.c', what: 'what was given up is done for somebody who wants something else by now',
		from: '", coalesce(first_sent_at < now()"', to: '", coalesce(NULL::timestamptz < now()"', tests: [THE_PLAN]
	},
	{
		file: 'src/app/revise.c', what: 'what may have been done is given up unseen',
		from: 'if (r->sent != ERR_INPUT && e != ERR_OK && e != ERR_NOTFOUND)', to: 'if (0)', tests: [THE_PLAN]
	},
	{
		file: 'src/app/revise.c', what: 'what Stripe answered before is how it is now',
		from: 'return r->sent == ERR_OK ? !r->sending.reply.replayed :', to: 'return r->sent == ERR_OK ? 1 :', tests: [THE_PLAN]
	},
	{
		file: 'src/app/revise.c', what: 'what is read because an answer does not tell is not applied',
		from: '\tif (e == ERR_OK && r->reread.status == 200)\n', to: '\tif (0)\n', tests: [THE_PLAN]
	},
	{
		file: 'src/app/revise.c', what: 'a schedule that Stripe made before is gone by as it was then',
		from: 'if (r->sent != ERR_OK || r->sending.reply.replayed ||', to: 'if (r->sent != ERR_OK ||', tests: [THE_PLAN]
	},
	{
		file: 'src/billing/change.c', what: 'a change holds before it is paid',
		from: '"pending_if_incomplete"', to: '"allow_incomplete"', tests: [THE_PLAN, 'unit/test_billing_change']
	},
	{
		file: 'src/billing/change.c', what: 'less is had at once',
		from: 'return c->quantity > c->of->quantity ? CHANGE_NOW : CHANGE_AT_END;', to: 'return CHANGE_NOW;', tests: [THE_PLAN, 'unit/test_billing_change']
	},
	{
		file: 'src/billing/change.c', what: 'a discount is lost with a change that is planned',
		from: '\t(void)snprintf(prefix, sizeof(prefix), "phases[%d]", number);\n\tput_discounts(b, prefix, json_at(phase, "discounts"));\n', to: '\t(void)snprintf(prefix, sizeof(prefix), "phases[%d]", number);\n',
		tests: [THE_PLAN, 'unit/test_billing_change']
	},
	// purchase: what is decided
	{
		file: 'src/app/purchase.c', what: 'a page that was paid, whose subscription is not here yet, does not stop a second purchase',
		from: '\t\tif (pending)\n', to: '\t\tif (0 && pending)\n', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'a subscription does not stop a second purchase',
		from: 'case ENTITLED:\n\t\ts->step = STEP_ENTITLED;', to: 'case ENTITLED:\n\t\ts->step = STEP_SEND;', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'what is subscribed already is not looked at before an open page',
		from: '(e = look_at_bought(db, s)) != ERR_OK || s->step != STEP_SEND)\n\t\treturn e;\n\tif',
		to: 's->step != STEP_SEND)\n\t\treturn e;\n\tif', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'what is paid on while the order is decided is not looked at again',
		from: '\t\te = look_at_bought(db, s);', to: '\t\te = ERR_OK;', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'a closing that was begun and not finished is forgotten',
		from: 'call_find_open(db, s->account.id, CALL_EXPIRE, NULL, &s->call)', to: 'ERR_NOTFOUND', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'a page that was begun and whose address got lost is forgotten',
		from: 'call_find_open(db, s->account.id, CALL_CHECKOUT, NULL, &s->call)', to: 'ERR_NOTFOUND', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'only a page of the same order is brought to its end',
		from: 'CALL_CHECKOUT, NULL, &s->call)', to: 'CALL_CHECKOUT, s->subject, &s->call)', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'an open page is handed out for any order',
		from: 'strncmp(s->session.subject, s->subject, len) != 0)', to: '0)', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'a page without the discount is handed out for a day',
		from: '(s->session.fresh &&', to: '(', tests: [APP_BUY]
	},
	{
		file: 'src/app/purchase.c', what: 'each click on a plan with a dead coupon closes the page of the click before',
		from: 'text_equal(s->session.subject + len, CHECKOUT_UNDISCOUNTED));', to: '0);', tests: [APP_BUY, THE_REFUSALS]
	},
	{
		file: 'src/app/purchase.c', what: 'a page that closes soon is handed out again',
		from: '!s->session.lasting || ', to: '', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'the call of signup for the customer is not used, another is written',
		from: '\tif (open == ERR_OK)\n\t\treturn ERR_OK;\n\tif ((e = may_write', to: '\tif ((e = may_write', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'a call is sent without being journaled as sent',
		from: 'e = call_sending(db, &s->call);', to: 'e = ERR_OK;', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'whoever was referred gets no discount at checkout',
		from: '.organization = s->by.organization, .ucc = s->by.ucc,', to: '.organization = s->by.organization, .ucc = "",',
		tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'a second trial is offered',
		from: '\torder.call_id = s->call.id;', to: '\torder.tried = 0;\n\torder.call_id = s->call.id;', tests: [APP_BUY, THE_CHECKOUT]
	},
	// purchase: what is written down
	{
		file: 'src/app/purchase.c', what: 'a page that was found paid on is not read',
		from: "if (e == ERR_OK && s->session.url[0] == '\\0')", to: 'if (0)', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'a page that cannot be closed is not read by a courier',
		from: 'return e != ERR_OK && e != ERR_INPUT ? e :\n\t    object_hear(db, STRIPE_CHECKOUT_SESSION, session_id);', to: 'return e == ERR_INPUT ? ERR_OK : e;',
		tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'a page that has ended at Stripe stays open here',
		from: 's->reread = e = checkout_apply(db, s->reread_reply.body);', to: 's->reread = ERR_OK;', tests: [APP_BUY, THE_REFUSALS]
	},
	{
		file: 'src/app/purchase.c', what: 'a page that Stripe has forgotten stays open here',
		from: '\t\te = checkout_closed(db, session_id);\n', to: '\t\te = ERR_OK;\n', tests: [APP_BUY]
	},
	{
		file: 'src/app/purchase.c', what: 'a page that was closed stays open here',
		from: 'return e != ERR_OK ? e : checkout_closed(db, session_id);', to: 'return e;', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'a customer that was deleted at Stripe is not marked so',
		from: 'if (e == ERR_OK && s->lost_customer)', to: 'if (0)', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'a call of which nothing came stays open',
		from: '/* The next round writes another, if it is wanted still. */\n\t\treturn call_refused(db, &s->call, s->sending.why);',
		to: 'return ERR_OK;', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/purchase.c', what: 'a page whose answer cannot be read stops its account for ever',
		from: 'return call_refused(db, &s->call, "the answer cannot be read");', to: 'return ERR_INTERNAL;', tests: [APP_BUY]
	},
	{
		file: 'src/app/config_check.c', what: 'a worker may be ended while it waits for Stripe',
		from: 'p->request_timeout <= c->stripe.timeout)', to: 'p->request_timeout < c->stripe.timeout)', tests: [APP_CONFIG, THE_REFUSALS]
	},
	// buy: what it comes to
	{
		file: 'src/app/buy.c', what: 'a customer that was deleted at Stripe is not made anew: 500',
		from: 'if (s->lost_customer && !b->renewed)', to: 'if (0)', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/buy.c', what: 'a customer is made anew again and again',
		from: '\t\tb->renewed = 1;\n', to: '', tests: [APP_BUY]
	},
	{
		file: 'src/app/buy.c', what: 'what an earlier request had begun decides about this one: 500',
		from: 'if (s->call.sent)', to: 'if (0)', tests: [THE_CHECKOUT]
	},
	{
		file: 'src/app/buy.c', what: 'what Stripe says of when to come back is not passed on',
		from: 'b->page->retry_after = s->sending.reply.retry_after;', to: 'b->page->retry_after = 0;', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/buy.c', what: 'a page that cannot be closed is an error of ours',
		from: 'if (s->call.kind == CALL_EXPIRE)', to: 'if (0)', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/buy.c', what: 'a page that cannot be closed does not ring',
		from: '\tapp_ring(b->a);\n\tif ((s->reread', to: '\tif ((s->reread', tests: [APP_BUY]
	},
	{
		file: 'src/app/buy.c', what: 'a page that is open and cannot be closed is tried until the rounds are over',
		from: '\tb->reread_once = 1;\n', to: '', tests: [APP_BUY]
	},
	{
		file: 'src/app/buy.c', what: 'the page of another order is handed out once it is made',
		from: '\t\tif (purchase_has_page(s))', to: "\t\tif (s->session.url[0] != '\\0')", tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/buy.c', what: 'a page that cannot be read is asked for until the rounds are over',
		from: 'if (s->unreadable)', to: 'if (0)', tests: [APP_BUY]
	},
	{
		file: 'src/app/buy.c', what: 'a dead coupon turns away whoever was referred',
		from: '\t\ts->undiscounted = 1;\n\t\treturn ERR_OK;', to: '\t\ts->undiscounted = 1;', tests: [APP_BUY, THE_REFUSALS]
	},
	{
		file: 'src/app/buy.c', what: 'what Stripe refuses is an error of ours: 500',
		from: '\tend_refused(b, refusal == REFUSAL_DISCOUNT ? REFUSAL_OTHER : refusal);\n\treturn ERR_OK;',
		to: '\tend_refused(b, refusal == REFUSAL_DISCOUNT ? REFUSAL_OTHER : refusal);\n\treturn ERR_INTERNAL;', tests: [APP_BUY, THE_REFUSALS]
	},
	{
		file: 'src/app/buy.c', what: 'what a restricted key may not is an error of ours: 500',
		from: '\t\tend_refused(b, REFUSAL_OTHER);\n\t\treturn ERR_OK;', to: '\t\treturn ERR_INTERNAL;', tests: [APP_BUY, THE_REFUSALS]
	},
	{
		file: 'src/app/buy.c', what: 'a twin that has settled the call is an error of ours',
		from: 'if (e == ERR_CONFLICT)', to: 'if (0)', tests: [THE_CHECKOUT]
	},
	{
		file: 'src/app/buy.c', what: 'who runs out of rounds has bought',
		from: 'if (e == ERR_OK && b.next == NEXT_ROUND)\n\t\treturn ERR_LATER;', to: 'if (0)\n\t\treturn ERR_LATER;', tests: [APP_BUY]
	},
	{
		file: 'src/app/buy.c', what: 'a round begins after the last moment',
		from: 'if (i > 0 && clock_mono_us() >= o->last_us)', to: 'if (0)', tests: [APP_BUY]
	},
	{
		file: 'src/app/buy.c', what: 'with the key of another account it is bought',
		from: '\tif (e != ERR_OK)\n\t\treturn e;\n\tbegin(&b);', to: '\te = ERR_OK;\n\tbegin(&b);', tests: [APP_BUY]
	},
	{
		file: 'src/app/order_customer.c', what: 'each try to buy with a refused address leaves another dead call',
		from: '(e = call_renew(db, account->id)) != ERR_OK)', to: '0)', tests: [APP_BUY, THE_REFUSALS]
	},
	{
		file: 'src/app/manage_billing.c', what: 'a portal that is not set up is an error of ours: 500',
		from: 'return v->sent == ERR_LATER ? ERR_LATER : ERR_INPUT;', to: 'return v->sent == ERR_LATER ? ERR_LATER : ERR_INTERNAL;',
		tests: [APP_BUY, THE_REFUSALS]
	},
	{
		file: 'src/app/look_at_purchase.c', what: 'who comes back from the page does not ring',
		from: '\t\tapp_ring(a);\n', to: '\t\t(void)app_ring;\n', tests: [APP_BUY, THE_COURIER]
	},
	{
		file: 'src/app/look_at_purchase.c', what: 'anybody can have anybody’s page read',
		from: '\te = checkout_owned(a->db, account_id, session_id, &awaited);\n', to: '\te = account_id == NULL ? ERR_NOTFOUND : ERR_OK;\n\tawaited = 1;\n',
		tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/look_at_purchase.c', what: 'members have pages read that are over',
		from: 'if (e != ERR_OK || !awaited)', to: 'if (e != ERR_OK)', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/app/errands.c', what: 'whoever has just paid stands behind all renewals',
		from: '\t{ &object_awaited, apply_object, .asks_stripe = 1, .is_queue = 1,\n\t    .pace = PACE_PEOPLE },\n', to: '', tests: ['unit/test_courier']
	},
	{
		file: 'src/app/errands.c', what: 'what a person waits for starves the rest',
		from: '\t{ &object_errands, apply_object, .asks_stripe = 1,\n', to: '\t{ &object_awaited, apply_object, .asks_stripe = 1,\n',
		tests: ['unit/test_courier']
	},
	{
		file: 'src/app/read_page.c', what: 'what no page shows waits for the next sweep, for ever',
		from: 'object_missed(db, t->sweep.kind, t->sweep.begun_at);', to: 'ERR_OK;', tests: ['unit/test_app_sweep']
	},
	{
		file: 'src/app/read_page.c', what: 'a sweep that shows nothing that is due goes on to its end',
		from: 'if (t->after[0] != \'\\0\' && is_worth_it(t))', to: 'if (t->after[0] != \'\\0\')\n', tests: ['unit/test_app_sweep']
	},
	{
		file: 'src/app/read_page.c', what: 'who has just paid waits for a page of renewals',
		from: 'if (e == ERR_OK && !app_meanwhile(a))', to: 'if (e != ERR_OK)', tests: ['unit/test_app_sweep']
	},
	{
		file: 'src/app/read_page.c', what: 'a subscription is applied with the first of its items',
		from: 'if (!subscription_has_more(object) && !ledger_has_more(object))', to: 'if (1)', tests: ['unit/test_app_sweep']
	},
	{
		file: 'src/app/apply_object.c', what: 'one object that cannot be applied holds up its page',
		from: '\tif (e != ERR_OK)\n\t\tfor (e = ERR_OK, i', to: '\tif (0)\n\t\tfor (e = ERR_OK, i', tests: ['unit/test_app_sweep']
	},
	{
		file: 'src/app/errands.c', what: 'what is being listed is read one by one as well',
		from: ', .covers = 1 }', to: ' }', tests: ['unit/test_courier']
	},
	{
		file: 'src/app/errands.c', what: 'what a person waits for is counted twice',
		from: 'if (job->is_queue)', to: 'if (0)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/order_customer.c', what: 'a customer that is ordered again does not name who referred',
		from: 'facts.ucc = attribute_stamp(conf, &by);', to: 'facts.ucc = NULL;', tests: [APP_BUY, APP_ERRANDS]
	},
	// log_in
	{
		file: 'src/app/log_in.c', what: 'login leaves the old session of this browser alive',
		from: "if (e == ERR_OK && l->old[0] != '\\0')", to: 'if (0)', tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/log_in.c', what: 'an unknown address is answered without hashing',
		from: '\te = password_verify(a,', to: '\tif (found != ERR_OK)\n\t\treturn ERR_DENIED;\n\te = password_verify(a,',
		tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/log_in.c', what: 'login is no transaction: the old session ends, then a new one fails to begin',
		from: 'db_transaction_keyed(a->db, enter, has_entered, &n)', to: '(has_entered == NULL ? ERR_OK : enter(a->db, &n))', tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/log_in.c', what: 'an unknown address is an error of ours',
		from: 'found != ERR_OK && found != ERR_NOTFOUND', to: 'found != ERR_OK', tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/log_in.c', what: 'a login without a password is one with an empty one, known',
		from: 'found == ERR_OK && l->password != NULL', to: 'found == ERR_OK',
		why: 'an empty password is checked against the hash and is wrong, because signup takes none that is shorter than password_min'
	},
	{
		file: 'src/app/log_in.c', what: 'logging out only takes the cookie away',
		from: 'return session_close(a->db, token);', to: 'return token == NULL || a == NULL ? ERR_INTERNAL : ERR_OK;',
		tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/password.c', what: 'hashes of before are not made anew',
		from: 'if (e == ERR_OK && old)', to: 'if (0)', tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/password.c', what: 'a password that cannot be one is held against the hash of none',
		from: '\t\tpassword = one;\n\t\thash = NULL;', to: '\t\tpassword = one;',
		why: 'the empty password is nobody’s, so the answer is the same'
	},
	{
		file: 'src/app/password.c', what: 'a password is only what it was typed as',
		from: 'if ((e = nfc_text(password, one, sizeof(one))) != ERR_OK)\n\t\treturn e;',
		to: 'memcpy(one, password, strlen(password) + 1);\n\te = ERR_OK;', tests: [APP_SIGN_UP, 'system/password.test.mjs']
	},
	{
		file: 'src/app/password.c', what: 'a hash of the time before one spelling opens to nobody',
		from: 'if (e != ERR_DENIED || text_equal(one, typed))', to: 'if (1)', tests: [APP_SIGN_UP]
	},
	{
		file: 'src/app/password.c', what: 'a hash of the time before one spelling is kept',
		from: '\t*ret_old = e == ERR_OK;\n', to: '', tests: [APP_SIGN_UP]
	},
	{
		file: 'src/app/device.c', what: 'a device of one account is known to all',
		from: '{ who->id, strlen(who->id) + 1 },', to: '{ who->id, 0 },', why: 'the key is the hash of the password, and has a salt: no two accounts have one'
	},
	{
		file: 'src/app/device.c', what: 'a device is known although the password is another',
		from: 'hmac_sha256_new(hash, strlen(hash))', to: 'hmac_sha256_new(hash, 8)', tests: [APP_SIGN_UP]
	},
	{
		file: 'src/app/device.c', what: 'the day of a device can be made later',
		from: '{ number, strlen(number) }', to: '{ number, 0 }', tests: [APP_SIGN_UP]
	},
	{
		file: 'src/app/device.c', what: 'a device is known for ever',
		from: 'day < today - DEVICE_DAYS', to: 'day < 0', tests: [APP_SIGN_UP]
	},
	{
		file: 'src/app/device.c', what: 'with no password anybody can make a device',
		from: ' || !text_begins(hash, KEY)', to: '', tests: [APP_SIGN_UP]
	},
	{
		file: 'src/app/log_in.c', what: 'a device is of the hash that was replaced',
		from: "n.fresh[0] != '\\0' ? n.fresh : n.hash", to: 'n.hash', tests: [APP_SIGN_UP]
	},
	{
		file: 'src/app/password.c', what: 'a slot of the hashers is kept',
		from: 'e = password_hash(a->pepper, one, strlen(one), ret_hash);\n\t\tslots_give(a->slots);',
		to: 'e = password_hash(a->pepper, one, strlen(one), ret_hash);', tests: [APP_SIGN_UP]
	},
	{
		file: 'src/app/password.c', what: 'who is busy is not told from who is broken',
		from: '*ret_busy = e == ERR_LATER;', to: '*ret_busy = 0;', tests: [APP_SIGN_UP]
	},
	// sign_up
	{
		file: 'src/app/sign_up.c', what: 'signup is no transaction',
		from: 'db_transaction_keyed(a->db, write_all, is_written, &n)', to: '(is_written == NULL ? ERR_OK : write_all(a->db, &n))', tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/sign_up.c', what: 'signup leaves the old session of this browser alive',
		from: "if (e == ERR_OK && s->old[0] != '\\0')", to: 'if (0)', tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/sign_up.c', what: 'signup writes no call for the customer',
		from: '\t\te = order_customer(db, n->a->conf, &s->account, NULL);', to: '\t\t(void)order_customer;', tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/sign_up.c', what: 'signup forgets who referred',
		from: "if (e == ERR_OK && n->referral.ucc[0] != '\\0')", to: 'if (0)', tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/sign_up.c', what: 'a fault in a field does not stop a signup',
		from: 'if (has_fault(a, s))', to: 'if (0)', tests: [APP_SIGN_UP]
	},
	{
		file: 'src/app/sign_up.c', what: 'signup does not ring: the customer waits for the poll',
		from: '\t\tapp_ring(a);\n', to: '', tests: [APP_SIGN_UP, THE_COURIER]
	},
	{
		file: 'src/app/sign_up.c', what: 'a password is as long as its bytes',
		from: 'nfc_length(password) < least', to: '(int)strlen(password) < least', tests: [APP_SIGN_UP, THE_PASSWORD]
	},
	// recognize
	{
		file: 'src/app/recognize.c', what: 'being asked about does not keep a session',
		from: 'if (e == ERR_OK && ret_access->touch)', to: 'if (0)', tests: [THE_DOORS]
	},
	{
		file: 'src/app/recognize.c', what: 'the session of before is known where this one is not',
		from: '\tmemset(v, 0, sizeof(*v));\n', to: '', tests: [APP_SIGN_UP, API]
	},
	{
		file: 'src/app/recognize.c', what: 'a trial is promised to who has had it',
		from: 'subscription_tried(a->db, &a->conf->billing, account_id, &s->tried)', to: 'subscription_tried(a->db, &a->conf->billing, "00000000-0000-0000-0000-000000000000", &s->tried)',
		tests: ['unit/test_app_sign_up']
	},
	{
		file: 'src/app/recognize.c', what: 'the session does not tell who referred',
		from: "\ts->referred = by.ucc[0] != '\\0';\n", to: '\ts->referred = 0;\n', tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/recognize.c', what: 'who is not subscribed is an error of ours',
		from: 'if (e != ERR_OK && e != ERR_NOTFOUND)', to: 'if (e != ERR_OK)', tests: [APP_SIGN_UP, THE_DOORS]
	},
	{
		file: 'src/app/recognize.c', what: 'the hours of grace are those of idleness',
		from: '\t    a->limits.idle_hours, ret_access);', to: '\t    a->conf->billing.grace_hours, ret_access);', tests: [THE_DOORS]
	},
	{
		file: 'src/account/account.c', what: 'a name is its first half',
		from: 'both ? " " : "", a->last_name);', to: 'both ? " " : "", "");', tests: [APP_SIGN_UP]
	},
	// manage_billing
	{
		file: 'src/app/manage_billing.c', what: 'a visit is sent without being journaled as sent',
		from: 'return call_sending(db, &v->call);', to: 'return ERR_OK;', tests: [APP_BUY, THE_DOORS]
	},
	{
		file: 'src/app/manage_billing.c', what: 'a visit that failed stays open',
		from: '\te = call_refused(db, &v->call, v->sending.why);\n', to: '\te = ERR_OK;\n', tests: [APP_BUY, THE_DOORS]
	},
	{
		file: 'src/app/manage_billing.c', what: 'a customer that was deleted at Stripe is an error of ours',
		from: '\tif (has_lost_customer(v))\n\t\treturn ERR_NOTFOUND;', to: '', tests: [APP_BUY, THE_DOORS]
	},
	{
		file: 'src/app/manage_billing.c', what: 'a customer that was deleted at Stripe is not written down',
		from: 'if (e == ERR_OK && has_lost_customer(v))', to: 'if (0)', tests: [APP_BUY]
	},
	{
		file: 'src/app/manage_billing.c', what: 'whatever Stripe refuses is a customer that was deleted',
		from: 'v->sent == ERR_INPUT &&\n\t    sending_lost_customer(&v->sending, &v->call, v->customer)', to: 'v->sent == ERR_INPUT',
		tests: [APP_BUY, THE_DOORS]
	},
	{
		file: 'src/app/manage_billing.c', what: 'a visit that was made is not settled',
		from: 'return call_made(db, &v->call, id);', to: 'return ERR_OK;', tests: [APP_BUY, THE_DOORS]
	},
	{
		file: 'src/app/manage_billing.c', what: 'with the key of another account the portal opens',
		from: 'if (e != ERR_OK || (e = db_transaction(a->db, announce', to: 'if ((e = db_transaction(a->db, announce', tests: [APP_BUY]
	},
	{
		file: 'src/app/manage_billing.c', what: 'an address that is too long is cut',
		from: 'url == NULL || strlen(url) >= sizeof(ret_visit->url)', to: 'url == NULL || strlen(url) > sizeof(ret_visit->url)',
		tests: [APP_BUY]
	},
	// hear_event
	{
		file: 'src/app/replay_event.c', what: 'an event of another account is acted upon when it is replayed',
		from: '*ret_what = foreign != NULL ? REPLAY_FOREIGN :', to: '*ret_what =', tests: ['system/told.test.mjs']
	},
	{
		file: 'src/app/replay_event.c', what: 'whoever could not read an event is never done with it',
		from: "if (row->object_id[0] != '\\0')", to: 'if (1)', tests: ['system/told.test.mjs']
	},
	{
		file: 'src/app/hear_event.c', what: 'an event of the other mode is acted upon',
		from: 'e->livemode != -1 && e->livemode != rows.livemode', to: '0', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/hear_event.c', what: 'what is told as of an older version of the API is not read',
		from: 'h->event.is_foreign = h->foreign != NULL;', to: 'h->event.is_foreign = h->foreign != NULL || text_equal(h->event.api_version, "2025-08-27.basil");',
		tests: ['system/versions.test.mjs']
	},
	{
		file: 'src/app/hear_event.c', what: 'an event of another account is acted upon',
		from: '!text_empty(e->account) && !text_equal(e->account, rows.account)', to: '0', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/hear_event.c', what: 'an event that could not be written is believed: lost',
		from: 'h->kept = e == ERR_OK;\n\treturn e;', to: 'h->kept = e == ERR_OK;\n\treturn ERR_OK;', tests: [APP_ERRANDS, THE_DOORS]
	},
	{
		file: 'src/app/hear_event.c', what: 'a webhook does not ring: objects wait for the poll',
		from: '\tapp_ring(a);', to: '\t(void)app_ring;', tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/app/hear_event.c', what: 'an event that is not signed is taken',
		from: 'if (vouch(a, t, &h->matched) != ERR_OK)', to: 'if (vouch(a, t, &h->matched) == ERR_INTERNAL)', tests: [APP_ERRANDS, THE_DOORS]
	},
	{
		file: 'src/app/hear_event.c', what: 'an event that came before rings',
		from: 'if (fresh)\n', to: 'if (n > 0)\n', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/hear_event.c', what: 'nobody is told of an event that cannot be read',
		from: 'if (h->fresh && e->odd != NULL)', to: 'if (0)', tests: ['system/odd.test.mjs']
	},
	// apply_object
	{
		file: 'src/app/reading.c', what: 'two customers of one account are read again and again, and nobody is told',
		from: 'if (e == ERR_CONFLICT && r->object.kind == STRIPE_CUSTOMER)', to: 'if (0)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/apply_object.c', what: 'a refused key or a 404 buries an object at the first try',
		from: '\tif (e == ERR_INPUT)\n\t\treturn errand_bury', to: '\tif (e != ERR_LATER)\n\t\treturn errand_bury',
		tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/app/apply_object.c', what: 'what Stripe refuses is read for ever',
		from: '\tif (e == ERR_INPUT)\n\t\treturn errand_bury', to: '\tif (0)\n\t\treturn errand_bury', tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/app/apply_object.c', what: 'a refused key is tried again at once',
		from: 'STRIPE_KEY_REFUSED_S : reply->retry_after', to: '0 : reply->retry_after', tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/app/apply_object.c', what: 'Retry-After is not heeded',
		from: 'STRIPE_KEY_REFUSED_S : reply->retry_after', to: 'STRIPE_KEY_REFUSED_S : 0', tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/app/apply_object.c', what: 'what was read is applied without a transaction',
		from: 'e = db_transaction(a->db, write_down, r);', to: 'e = write_down(a->db, r);', tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/app/reading.c', what: 'what belongs to nobody here fails instead of waiting',
		from: "if (e == ERR_NOTFOUND && r->customer[0] != '\\0')", to: 'if (0)', tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/app/apply_object.c', what: 'an answer that is older than the event is believed',
		from: 'agrees = snapshot_agrees(r->object.kind, events, r->read);',
		to: 'agrees = 1;', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/apply_object.c', what: 'what is gone is asked for until it is dead',
		from: 'e == ERR_NOTFOUND && r->errand->attempts >= OBJECT_GONE_ATTEMPTS',
		to: '0', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/apply_object.c', what: 'at the first 404 it is gone',
		from: 'e == ERR_NOTFOUND && r->errand->attempts >= OBJECT_GONE_ATTEMPTS',
		to: 'e == ERR_NOTFOUND', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/reading.c', what: 'what is left of a deleted object is unreadable',
		from: 'r->read == NULL || field_deleted(r->read) ?',
		to: 'r->read == NULL ?', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/purchase.c', what: 'who owes may buy another',
		from: 'case ENTITLEMENT_OWING:\n\t\ts->step = STEP_OWING;',
		to: 'case ENTITLEMENT_OWING:\n\t\ts->step = STEP_SEND;', tests: [APP_BUY]
	},
	{
		file: 'src/app/chores.c', what: 'reconciling is rarer than the grace is long',
		from: 'return within < usual ? within : usual;',
		to: 'return usual;', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/apply_object.c', what: 'what was applied is not marked as seen',
		from: 'return agrees ? object_seen(db, r->errand, &r->object) :', to: 'return agrees ? ERR_OK :', tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/app/apply_object.c', what: 'what could not be applied keeps its lease',
		from: 'return errand_later(a->db, &object_errands, r->errand, why, 0);', to: '(void)why;\n\treturn ERR_OK;',
		tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/app/apply_object.c', what: 'what was read too slowly fails instead of being dropped',
		from: 'if (e == ERR_CONFLICT && r->applied) {', to: 'if (0) {',
		why: 'whoever puts it off finds that the fence is another’s, which comes to the same; the branch is there for what the log says'
	},
	{
		file: 'src/app/apply_object.c', what: 'an object is read with another account’s key',
		from: 'if (know_home_or_later(a, &after) != ERR_OK) {', to: 'if (know_home_or_later(a, &after) == ERR_INPUT) {', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/apply_object.c', what: 'a key of another account is tried again at once',
		from: 'KNOW_HOME_LATER,\n\t\t    after);\n\t\tgoto done;', to: 'KNOW_HOME_LATER,\n\t\t    0 * after);\n\t\tgoto done;', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/apply_object.c', what: 'an object of a kind that is not known is read',
		from: 'e = r.object.kind == STRIPE_KINDS || path.full ?', to: 'e = path.full ?', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/reading.c', what: 'a customer that names an account is linked to nobody',
		from: 'e == ERR_OK ? account.id : NULL);', to: 'NULL);', tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/app/reading.c', what: 'what a customer names is an account without a look',
		from: 'if (named != NULL && text_is_uuid(named))', to: 'if (named != NULL)', tests: [APP_ERRANDS]
	},
	// make_customer
	{
		file: 'src/app/make_customer.c', what: 'a call is sent without committing “sent” first',
		from: 'if ((e = call_sending(a->db, c)) != ERR_OK)', to: 'if (0)', tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/app/make_customer.c', what: 'what came of a call is written down without a transaction',
		from: '(e = db_transaction(a->db, write_down, &o)) == ERR_OK)', to: '(e = write_down(a->db, &o)) == ERR_OK)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/make_customer.c', what: 'a call whose account is gone is tried on',
		from: '\telse if (e == ERR_NOTFOUND)\n\t\te = errand_bury', to: '\telse if (0)\n\t\te = errand_bury', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/make_customer.c', what: 'a call that could not be written down keeps its lease',
		from: '\telse if (e != ERR_CONFLICT)\n\t\te = errand_later', to: '\telse if (0)\n\t\te = errand_later', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/make_customer.c', what: 'a refused call that is brought back is sent again',
		from: 'if (c->refused)', to: 'if (0)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/make_customer.c', what: 'a refused call that is brought back too late makes a second customer',
		from: 'if (e == ERR_NOTFOUND)\n\t\te = order_customer(db, anew->conf, &account, NULL);\n\treturn', to: 'if (e == ERR_NOTFOUND || e == ERR_OK)\n\t\te = order_customer(db, anew->conf, &account, NULL);\n\treturn', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/make_customer.c', what: 'a customer is made with another account’s key',
		from: 'return know_home_or_later(a, &after) == ERR_OK ?', to: 'return know_home_or_later(a, &after) != ERR_INPUT ?', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/make_customer.c', what: 'a customer that an event has brought is made again a day later',
		from: 'if (c->stale && (e', to: 'if (0 && (e', tests: [THE_COURIER]
	},
	{
		file: 'src/app/make_customer.c', what: 'a twin that was quicker is an error',
		from: 'return e == ERR_CONFLICT ? ERR_OK : e;\t/* it', to: 'return e;\t/* it', tests: [APP_ERRANDS]
	},
	// settle_second
	{
		file: 'src/app/settle_second.c', what: 'what an operator has arranged is ended and paid back',
		from: 'if (second[i].ours)', to: 'if (1)', tests: [THE_SECOND]
	},
	{
		file: 'src/app/settle_second.c', what: 'several subscriptions are settled where they are allowed',
		from: 'if (conf->several_subscriptions)', to: 'if (0)', tests: [THE_SECOND]
	},
	{
		file: 'src/app/settle_second.c', what: 'what was paid for a second subscription is kept',
		from: 'return e != ERR_OK || !ended ? e :', to: 'return e != ERR_OK || 1 ? e :', tests: [THE_SECOND]
	},
	{
		file: 'src/app/settle_second.c', what: 'every payment is paid back',
		from: 'return e != ERR_OK || !ended ? e :', to: 'return e != ERR_OK ? e :', tests: [THE_SECOND]
	},
	{
		file: 'src/app/do_call.c', what: 'a refused refund that is brought back is sent under its old key',
		from: 'e = c->refused ? db_transaction', to: 'e = 0 ? db_transaction', tests: [THE_SECOND]
	},
	// know_home
	{
		file: 'src/app/know_home.c', what: 'Stripe is asked at each errand',
		from: '\ta->at_home = 1;\n', to: '\ta->at_home = 0;\n', why: 'the database knows the key by then, and is asked once more instead'
	},
	{
		file: 'src/app/know_home.c', what: 'any key is at home',
		from: 'if (found == ERR_OK && !home_same(ret_key, ret_rows))', to: 'if (0)', tests: [APP_ERRANDS, APP_BUY, 'system/errands.test.mjs']
	},
	{
		file: 'src/app/know_home.c', what: 'a key that somebody has asked about is asked about again',
		from: 'if (e != ERR_OK || a->at_home)\n\t\t\treturn e;', to: 'if (e != ERR_OK)\n\t\t\treturn e;', tests: [APP_ERRANDS, APP_BUY]
	},
	{
		file: 'src/app/know_home.c', what: 'Stripe away is a key that is refused',
		from: 'if (e != ERR_OK && e != ERR_NOTFOUND)\n\t\treturn e == ERR_LATER ? ERR_LATER : ERR_INTERNAL;', to: 'if (e != ERR_OK && e != ERR_NOTFOUND)\n\t\treturn ERR_INTERNAL;', tests: [APP_ERRANDS, APP_BUY]
	},
	// chores
	{
		file: 'src/app/chores.c', what: 'a chore comes round at once',
		from: 'return chore_done(a->db, x, chores[i].interval(a->conf));', to: 'return chore_done(a->db, x, 0);', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/chores.c', what: 'tidying comes round with reconciling',
		from: '{ "tidy", tidy_turn, tidy_interval }', to: '{ "tidy", tidy_turn, reconcile_interval }', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/chores.c', what: 'a chore that ended early waits for its next turn',
		from: 'return chore_put_off(a->db, x, &pause);', to: 'pause.after += 3600;\n\treturn chore_put_off(a->db, x, &pause);', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/chores.c', what: 'a chore that nobody knows is tried for ever',
		from: 'errand_bury(a->db, &chore_errands, x, "there is no such chore")',
		to: 'errand_later(a->db, &chore_errands, x, "there is no such chore", 0)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/chores.c', what: 'whoever does a chore for long does not hold it',
		from: '\t    errand_renew(t->a->db, &chore_errands, t->errand);', to: '\t    ERR_OK;', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/chores.c', what: 'whoever does a chore for long seems to be stuck',
		from: '\tapp_beat(t->a);\n', to: '', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/chores.c', what: 'a turn that somebody else has taken is put off for them',
		from: '\tif (e == ERR_CONFLICT)\n\t\treturn e;\n\t(void)snprintf(pause.why', to: '\t(void)snprintf(pause.why',
		why: 'the fence is another’s by then: putting it off fails with the same error'
	},
	// tidy
	{
		file: 'src/app/tidy.c', what: 'events are kept as long as calls',
		from: 'a->conf->retention.event_days', to: 'a->conf->retention.call_days', tests: [APP_ERRANDS, THE_RETENTION]
	},
	{
		file: 'src/app/tidy.c', what: 'calls go with events',
		from: 'a->conf->retention.call_days', to: 'a->conf->retention.event_days', tests: [APP_ERRANDS, THE_RETENTION]
	},
	{
		file: 'src/app/tidy.c', what: 'one batch of a lane goes a day',
		from: 'while (e == ERR_OK && n == BATCH);', to: 'while (0);', tests: [APP_ERRANDS, THE_RETENTION]
	},
	{
		file: 'src/app/tidy.c', what: 'only the first half of lanes is tidied',
		from: '{ events, LANES, &d->events }', to: '{ events, LANES / 2, &d->events }', tests: [APP_ERRANDS, THE_RETENTION]
	},
	{
		file: 'src/app/tidy.c', what: 'customers of nobody stay',
		from: '{ customers, 1, &d->customers }', to: '{ customers, 0, &d->customers }', tests: [APP_ERRANDS, THE_RETENTION]
	},
	{
		file: 'src/app/tidy.c', what: 'sessions that are over stay',
		from: '{ sessions, 256, &d->sessions }', to: '{ sessions, 0, &d->sessions }', tests: [APP_ERRANDS, THE_RETENTION]
	},
	// reconcile
	{
		file: 'src/app/reconcile.c', what: 'a list that the key may not see holds up those behind it',
		from: 'i < NELEM(lists) && !for_all; i++)', to: 'i < NELEM(lists) && !for_all && e == ERR_OK; i++)', tests: [APP_ERRANDS, 'system/reconcile.test.mjs']
	},
	{
		file: 'src/app/reconcile.c', what: 'with a key that is refused each list is asked for',
		from: 'last->status == REFUSED ||', to: '', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/reconcile.c', what: 'while Stripe takes no more calls each list is asked for',
		from: ' ||\n\t    last->status == TOO_MANY;', to: ' || (0 && TOO_MANY);', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/reconcile.c', what: 'what failed is gone through from the beginning',
		from: '\tround_read(wish->place,', to: '\tround_read(NULL,', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/reconcile.c', what: 'a place behind what is gone is kept',
		from: 'if (e != ERR_OK && is_lost(&last))', to: 'if (0 && is_lost(&last))', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/round.c', what: 'a round has no end: what was made since is never compared',
		from: 'now - ret_round->began <= seconds)', to: 'seconds > 0)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/chore/chore.c', what: 'where a chore stopped is not written down',
		from: 'place = nullif($6, \'\')', to: 'place = nullif(left($6, 0), \'\')', tests: ['unit/test_chore']
	},
	{
		file: 'src/chore/chore.c', what: 'what is done goes on where it stopped once',
		from: 'last_error = NULL, place = NULL,', to: 'last_error = NULL,', tests: ['unit/test_chore']
	},
	{
		file: 'src/app/reconcile.c', what: 'a dry run is a wet one',
		from: 'if (!w->wish->dry_run)\n\t\t\te = object_hear', to: 'if (1)\n\t\t\te = object_hear', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/reconcile.c', what: 'what differs is not heard of',
		from: '(e = hear_all(w, w->list->kind)) != ERR_OK)', to: 'w->done == NULL)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/stripe/field.c', what: 'a list that says it goes on is not followed',
		from: '!more ||', to: 'more ||', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/reconcile.c', what: 'subscriptions are listed since a month only',
		from: '{ STRIPE_SUBSCRIPTION, 0, subscription_compare }', to: '{ STRIPE_SUBSCRIPTION, 30 * DAY, subscription_compare }', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/reconcile.c', what: 'what should have renewed is not heard of',
		from: 'if ((e = hear_all(w, overdues[which].kind)) == ERR_OK)', to: 'if ((e = ERR_OK) == ERR_OK)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/reconcile.c', what: 'what was found does not ring',
		from: 'if (w.done->heard + w.done->overdue > 0 && !wish->dry_run)', to: 'if (0)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/reconcile.c', what: 'with another account’s key it is reconciled',
		from: 'if ((e = know_home(t->a)) != ERR_OK)\n\t\treturn e;',
		to: 'if ((e = know_home(t->a)) == ERR_LATER)\n\t\treturn e;\n\te = ERR_OK;', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/apply_object.c', what: 'two pages lock their customers in the order in which each shows them',
		from: '\tqsort(page.reading, count, sizeof(*page.reading), by_customer);\n', to: '\t(void)by_customer;\n', tests: ['unit/test_app_sweep']
	},
	{
		file: 'src/app/revise.c', what: 'a plan is cancelled and resumed as often as somebody clicks',
		from: '\te = call_may_write(db, r->account_id, kind, &r->ret->retry_after);\n', to: '\te = ERR_OK;\n', tests: [THE_PLAN]
	},
	{
		file: 'src/app/manage_billing.c', what: 'the portal is opened as often as somebody clicks',
		from: ' ||\n\t    (e = call_may_write(db, v->account_id, CALL_PORTAL,\n\t    v->retry_after)) != ERR_OK)', to: ')', tests: [APP_BUY]
	},
	{
		file: 'src/app/purchase.c', what: 'pages of Checkout are made as often as somebody clicks',
		from: '(e = may_write(db, s, CALL_CHECKOUT)) != ERR_OK', to: '(e = ERR_OK) != ERR_OK', tests: [APP_BUY]
	},
	{
		file: 'src/app/purchase.c', what: 'pages of Checkout are closed as often as somebody clicks',
		from: '(e = may_write(db, s, CALL_EXPIRE)) != ERR_OK', to: '(e = ERR_OK) != ERR_OK', tests: [APP_BUY]
	},
	{
		file: 'src/app/purchase.c', what: 'a customer that Stripe refuses is asked for as often as somebody clicks',
		from: '(e = may_write(db, s, CALL_CUSTOMER)) == ERR_OK', to: '(e = ERR_OK) == ERR_OK', tests: [APP_BUY]
	},
	{
		file: 'src/app/buy.c', what: 'whoever buys too often is not told when to come back',
		from: 'b->page->retry_after = s->retry_after;', to: '', tests: [APP_BUY]
	},
	// lists
	{
		file: 'src/app/walk.c', what: 'a list that is gone through is its first page',
		from: '} while (e == ERR_OK && last[0]', to: '} while (0 && e == ERR_OK && last[0]', tests: [THE_ADOPTED]
	},
	{
		file: 'src/app/walk.c', what: 'what is compared is the first page of a list',
		from: '} while (e == ERR_OK && last[0]', to: '} while (0 && e == ERR_OK && last[0]', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/walk.c', what: 'a list that is wanted whole is its first page',
		from: '\twhile (e == ERR_OK && after[0]', to: '\twhile (0 && e == ERR_OK && after[0]', tests: ['system/entitlements.test.mjs']
	},
	{
		file: 'src/app/walk.c', what: 'a page that was not looked at to its end is passed over',
		from: '\t\tif (e == ERR_OK)\n\t\t\tmemcpy(after, last, sizeof(last));\n', to: '\t\tmemcpy(after, last, sizeof(last));\n', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/walk.c', what: 'what is too much in one piece is asked for again as it was',
		from: 'e = turn(a, stripe_get_once, &less, after, ret);', to: 'e = turn(a, stripe_get_once, path, after, ret);', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/walk.c', what: 'a page that fails once ends the walk',
		from: '(r->status == 0 || r->status == 200 || r->status >= 500)', to: 'r->status == 0', tests: [APP_ERRANDS, 'system/reconcile.test.mjs']
	},
	{
		file: 'src/app/walk.c', what: 'a refused key is trouble that ends by itself',
		from: 'else if (e == ERR_INPUT ||', to: 'else if (e == ERR_INTERNAL || e == ERR_INPUT ||', tests: [APP_ERRANDS]
	},
	// readiness, the desk
	{
		file: 'src/app/look_ready.c', what: 'an old schema is ready',
		from: 'if (version < MIGRATE_NEEDED)', to: 'if (0)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/look_ready.c', what: 'a database that can only be read is ready',
		from: 'if (s->is_read_only)', to: 'if (0)', tests: [OWED]
	},
	{
		file: 'src/app/look_ready.c', what: 'with a clock that is off it is ready',
		from: 'return is_ours_wrong(a) ?', to: 'return 0 ?', tests: [OWED]
	},
	{
		file: 'src/app/look_ready.c', what: "with a database's clock that is off nobody is ready",
		from: 'return is_ours_wrong(a) ?', to: 'return 1 ?', tests: [OWED]
	},
	{
		file: 'src/app/look_ready.c', what: 'why it is not ready is said with each question',
		from: 'if (why != a->unready)', to: 'if (1)', tests: [OWED]
	},
	{
		file: 'src/app/vouch.c', what: 'a clock that is off is said with each event',
		from: 'if (now < a->untimely_until_us)', to: 'if (0)', tests: [OWED]
	},
	{
		file: 'src/app/errands.c', what: 'the youngest errand says how long they wait',
		from: 'if (count.overdue_s > ret_backlog->overdue_s)', to: 'if (count.overdue_s < ret_backlog->overdue_s)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/errands.c', what: 'those that are dead are not counted',
		from: 'ret_backlog->dead += count.dead;', to: 'ret_backlog->dead += 0 * count.dead;', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/desk.c', what: 'those that are due last come first',
		from: 'return x->row.due_in < y->row.due_in ? -1 : 1;', to: 'return x->row.due_in < y->row.due_in ? 1 : -1;',
		tests: [APP_ERRANDS, THE_ERRANDS]
	},
	{
		file: 'src/app/desk.c', what: 'more rows are shown than were asked for',
		from: '*ret_count = count < (size_t)wish->most ? count : (size_t)wish->most;', to: '*ret_count = count;', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/desk.c', what: 'what is gone meanwhile ends a revival of all',
		from: 'if (e == ERR_CONFLICT || e == ERR_NOTFOUND)\n\t\t\te = ERR_OK;', to: 'if (e == ERR_CONFLICT)\n\t\t\te = ERR_OK;',
		tests: [APP_ERRANDS, THE_ERRANDS]
	},
	{
		file: 'src/app/desk.c', what: 'what has taken its place ends a revival of all',
		from: 'if (e == ERR_CONFLICT || e == ERR_NOTFOUND)\n\t\t\te = ERR_OK;', to: 'if (e == ERR_NOTFOUND)\n\t\t\te = ERR_OK;',
		tests: [APP_ERRANDS, THE_ERRANDS]
	},
	{
		file: 'src/app/desk.c', what: 'a state that there is not can be asked for',
		from: '\t\tif (text_equal(states[i], state))\n\t\t\treturn 1;\n\treturn 0;',
		to: '\t\tif (text_equal(states[i], state))\n\t\t\treturn 1;\n\treturn 1;', tests: [APP_ERRANDS, THE_ERRANDS]
	},
	{
		file: 'src/app/desk.c', what: 'all kinds are shown when one was asked for',
		from: 'if (wish->kind == NULL || wish->kind == kind)', to: 'if (1)', tests: [APP_ERRANDS, THE_ERRANDS]
	},
	// the process
	{
		file: 'src/app/app.c', what: 'every pool has all secrets',
		from: 'if ((role->duties & needs[i].duty) != 0 &&', to: 'if (', tests: [APP_BUY]
	},
	{
		file: 'src/app/app.c', what: 'no core is left for those who do not hash',
		from: 'SLOTS_MOST : cores - 1;', to: 'SLOTS_MOST : cores;',
		why: 'how many hash at once is a matter of the machine: on the one core of a test machine both are 1'
	},
	{
		file: 'src/app/app.c', what: 'the last moment is that of the worker’s end',
		from: '(a->patience - a->conf->stripe.timeout)', to: 'a->patience', tests: [APP_BUY]
	},
	// the configuration
	{
		file: 'src/app/config_check.c', what: 'two plans may have one price',
		from: 'if (plan_of_price(c, price) != p)', to: 'if (0)', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/config_check.c', what: 'a currency may have any letters',
		from: 'if (!is_currency(p->currency))', to: 'if (0)', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/config_check.c', what: 'a password may stand in conninfo',
		from: 'if (has_password(c->database.conninfo))', to: 'if (0)', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/config_check.c', what: 'a password of an address in conninfo is not seen',
		from: "return *at == '@' && colon < at;", to: "return *at == '?' && colon < at;", tests: [APP_CONFIG]
	},
	{
		file: 'src/app/config_check.c', what: 'nobody has to serve everything',
		from: 'if ((served & duty) == 0)', to: 'if (0)', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/config_check.c', what: 'two pools may have one socket',
		from: 'if (text_equal(p->listen, q->listen))', to: 'if (0)', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/config_check.c', what: 'the pools may have any number of workers',
		from: 'if (workers > CONFIG_WORKERS)', to: 'if (0)', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/config.c', what: 'a reload gives pools another number',
		from: '\t\tpools_swap(&fresh->pool[i], &fresh->pool[j]);\n', to: '', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/config.c', what: 'a reload adds a pool',
		from: 'return fresh->pools == old->pools;', to: 'return 1;', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/config_check.c', what: 'Cello is in production whatever is said',
		from: '"" : ".sandbox";', to: '"" : "";', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/config_check.c', what: 'half of Cello is enough',
		from: 'if (c->enabled && (text_empty(c->product_id) ||', to: 'if (c->enabled && (0 ||', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/options.c', what: 'pools that wait for people keep connections',
		from: 'if (p->serves & (DUTY_PASSWORD | DUTY_STRIPE))', to: 'if (0)', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/options.c', what: 'hashers are four whatever the machine',
		from: 'if (p->serves == DUTY_PASSWORD)', to: 'if (0)', tests: [APP_CONFIG]
	},
	{
		file: 'src/app/know_home.c', what: 'a key that knows none of the customers is at home',
		from: 'e = ERR_CONFLICT;\n\telse if (reply.status == NOT_ALLOWED)', to: 'e = ERR_OK;\n\telse if (reply.status == NOT_ALLOWED)', tests: ['unit/test_app_buy']
	},
	{
		file: 'src/app/know_home.c', what: 'a key that may not read customers is believed',
		from: 'if ((text_empty(ret_key->account) || text_empty(ret_rows->account)) &&\n\t    (e = prove(a)) != ERR_OK)', to: 'if ((text_empty(ret_key->account) || text_empty(ret_rows->account)) &&\n\t    (e = prove(a)) == ERR_CONFLICT)', tests: ['unit/test_app_buy']
	},
	{
		file: 'src/app/know_home.c', what: 'a key that was taken back is used on',
		from: 'if (status != REVOKED)', to: 'if (1)', tests: ['unit/test_app_buy']
	},
	{
		file: 'src/app/know_home.c', what: 'a key that was taken back is believed because somebody asked about it once',
		from: '\tif (!a->refused) {', to: '\tif (1) {', tests: ['unit/test_app_buy']
	},
	{
		file: 'src/app/reconcile.c', what: 'all that a reconciliation finds is due at once',
		from: 'LISTING_PAGE * PACE_S', to: 'LISTING_PAGE * 0', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/app/walk.c', what: 'a list that does not say whether it ends has ended',
		from: '\t\te = field_next_page(ret->body, after);', to: '\t\t(void)field_next_page(ret->body, after);', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/app/tell_cello.c', what: 'a fact is written down as sent before it may be',
		from: '\te = ask_cello_now(a, &permit, &q, &t.reply);', to: '\tcello_permit_done(&permit);\n\te = ask_cello(a, &q, &t.reply);', tests: ['system/cello.test.mjs']
	},
	{
		file: 'src/app/ask_cello.c', what: 'a fact is sent within no limits',
		from: 'return limits_allow(a) ?', to: 'return 1 || limits_allow(a) ?', tests: ['system/cello.test.mjs']
	},
	{
		file: 'src/app/tell_cello.c', what: 'v1: one whose courier died is sent again',
		from: 'else if (f.sent && f.api == CELLO_V1)', to: 'else if (f.sent && f.api == CELLO_APIS)', tests: ['system/cello.test.mjs']
	},
	{
		file: 'src/app/tell_cello.c', what: 'v2: what Cello has forgotten the key of is sent again',
		from: 'else if (f.sent && f.stale)', to: 'else if (f.stale > 1)', tests: ['system/cello.test.mjs']
	},
	{
		file: 'src/app/ask_cello.c', what: 'whoever has an old token refused does not ask with another',
		from: 'return e == ERR_DENIED ? ask_again(a, q, r) : e;', to: '(void)ask_again;\n\treturn e;', tests: ['system/cello.test.mjs']
	},
	{
		file: 'src/app/ask_cello.c', what: 'tokens are fetched for ever from a Cello that refuses them',
		from: 'if (e == ERR_DENIED && p->is_new)', to: 'if (0 && p->is_new)', tests: ['system/cello.test.mjs']
	},
	{
		file: 'src/cello/client.c', what: 'a gateway that keeps us out is taken for an old token',
		from: 'if (status == 401)', to: 'if (status == 401 || status == 403)', tests: ['unit/test_cello_client', 'system/cello.test.mjs']
	},
	{
		file: 'src/app/ask_cello.c', what: 'a token that is refused is not fetched again',
		from: 'else if (e == ERR_DENIED && (forgot', to: 'else if (e == ERR_CONFLICT && (forgot', tests: ['system/cello.test.mjs']
	},
	{
		file: 'src/app/tell_of.c', what: 'an invoice of nothing is told',
		from: 'x.amount <= 0 ||', to: 'x.amount < 0 ||', tests: ['system/cello.test.mjs']
	},
	{
		file: 'src/app/check_stripe_doors.c', what: 'a second endpoint of Cello is no finding',
		from: '\t\tjudge_cellos(q, list);\n', to: '\t\t(void)judge_cellos;\n', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/app/check_stripe_key.c', what: 'what a key may not do is no finding',
		from: 'if (r.status == NOT_ALLOWED)', to: 'if (0)', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/app/check_stripe.c', what: 'a clock may be off by an hour',
		from: '#define CLOCK_SKEW_S	60', to: '#define CLOCK_SKEW_S	3600', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/app/check_stripe_doors.c', what: 'an address that redirects is fine',
		from: 'r.status >= 300 && r.status <= 399', to: '0', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/app/check_stripe_plans.c', what: 'a price whose product is archived can be bought',
		from: "!json_yes(price, \"active\") || !json_yes(price, \"product.active\")", to: '!json_yes(price, "active")', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/app/check_stripe_plans.c', what: 'what is shown may be less than what is paid',
		from: 'if (json_int(price, "unit_amount", &amount) == ERR_OK)\n\t\tcompare(', to: 'if (json_int(price, "unit_amount", &amount) != ERR_OK)\n\t\tcompare(',
		tests: [CHECK_STRIPE]
	},
	{
		file: 'src/app/check_stripe_plans.c', what: 'three months are a month',
		from: '\t    count != 1)', to: '\t    count == 0)', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/app/check_stripe_plans.c', what: 'a coupon that is used up is fine',
		from: 'if (!json_yes(coupon, "valid"))', to: 'if (0)', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/app/check_stripe_doors.c', what: 'an endpoint that is switched off is fine',
		from: '!text_equal(json_text(endpoint, "status"), "enabled"))\n\t\twrong', to: '0)\n\t\twrong', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/app/check_stripe.c', what: 'Stripe that is away is asked on and on',
		from: '\tif (q->away)\n\t\treturn ERR_LATER;\n', to: '', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/app/doctor_referrals.c', what: 'few visitors are called broken links',
		from: '#define EXPECTED	5', to: '#define EXPECTED	1', tests: [DOCTOR]
	},
	{
		file: 'src/app/doctor_judge.c', what: 'one customer that says nonsense is called the end of all signups',
		from: 'c->run >= run ?', to: 'c->run >= 1 ?', tests: [DOCTOR]
	},
	{
		file: 'src/app/doctor.c', what: 'what Cello does not take of Stripe is nobody\'s business',
		from: 'if (pending > 0 && d->untaken', to: 'if (pending < 0 && d->untaken', tests: [DOCTOR]
	},
	{
		file: 'src/app/doctor_pages.c', what: 'a production page may load the script of the sandbox',
		from: 'if (sandbox != -1 && sandbox ==', to: 'if (sandbox > 1 && sandbox ==', tests: [DOCTOR]
	},
	{
		file: 'src/app/doctor_settle.c', what: 'what is wrong is connected all the same',
		from: '\t\t\tstatus = DOCTOR_NOT_CONNECTED;', to: '\t\t\tcontinue;', tests: [DOCTOR]
	},
	{
		file: 'src/app/checklist.c', what: 'a person may tick what a program sees',
		from: ' || items[i].judge != NULL)', to: ')', tests: [DOCTOR]
	},
	{
		file: 'src/app/attribute.c', what: 'the newcomer is a person where organizations are counted',
		from: "t->organization[0] == '\\0' ? account_id : t->organization);", to: "t->organization[0] == '\\0' ? account_id : account_id);", tests: ['system/cello.test.mjs']
	},
	{
		file: 'src/app/attribute.c', what: 'a colleague is counted by their own link',
		from: 'e = referral_find_terms(db, first, t->ucc, &t->terms);', to: 'e = referral_find_terms(db, account_id, t->ucc, &t->terms);', tests: ['system/cello.test.mjs']
	},
	{
		file: 'src/app/explain_told.c', what: 'customers that say of no organization are well where organizations are counted',
		from: 'return is_read(v) && v->organization[0] != \'\\0\' &&', to: 'return 0 && v->organization[0] != \'\\0\' &&', tests: ['system/broken.test.mjs']
	},
	{
		file: 'src/app/hear_event.c', what: 'events that came together are recorded one by one',
		from: '\tif (n > 1) {\n\t\tlog_request(NULL);', to: '\tif (n > 99) {\n\t\tlog_request(NULL);', tests: [APP_ERRANDS, 'system/together.test.mjs']
	},
	{
		file: 'src/app/hear_event.c', what: 'an event that cannot be kept takes its mates with it',
		from: '\t\tret[i] = first || clock_mono_us() < until_us ?\n', to: '\t\tret[i] = n < 2 || first || clock_mono_us() < 0 ?\n', tests: [APP_ERRANDS, 'system/together.test.mjs']
	},
	{
		file: 'src/app/hear_event.c', what: 'what failed together is tried together at once again',
		from: '\tif (e == ERR_INTERNAL)\n', to: '\tif (0)\n', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/hear_event.c', what: 'of events that are told together all wait for the row that one waits for',
		from: 'if (e == ERR_CONFLICT && parted++ < PARTINGS)', to: 'if (0)', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/hear_event.c', what: 'an event whose object is held is not kept apart from the others',
		from: 'mate[i]->apart = told[i].apart;', to: 'mate[i]->apart = 0;', tests: [APP_ERRANDS]
	},
	{
		file: 'src/app/hear_event.c', what: 'who cannot sign is recorded with those who can',
		from: 'if (!all[i].waits || all[i].apart', to: 'if (all[i].apart', tests: [APP_ERRANDS, 'system/together.test.mjs']
	},
	{
		file: 'src/app/hear_event.c', what: 'a database that does not say whose the rows are is asked for each event',
		from: '\tif (*whose == ERR_OK)\n', to: '\tif (1)\n', tests: [APP_ERRANDS]
	}
];
