// SPDX-License-Identifier: MIT

const CELLO = 'unit/test_cello';
const WELCOME = 'system/welcome.test.mjs';
const WELCOME_ROWS = 'unit/test_app_welcome';

export default [
	{
		file: 'src/cello/webhook.c', what: 'Stripe tells of payments that Cello’s API is told of as well',
		from: 'cello_purchases_by_api(c) ? of_customers', to: '!cello_purchases_by_api(c) ? of_customers', tests: ['system/tally.test.mjs', 'system/cello.test.mjs']
	},
	{
		file: 'src/cello/webhook.c', what: 'an endpoint of the stand-in is nobody’s',
		from: 'return is_of_domain(url) || (text_begins(url, api_base) &&', to: 'return is_of_domain(url) || (0 &&', tests: [CELLO]
	},
	{
		file: 'src/cello/webhook.c', what: 'what only begins like the stand-in’s address is Cello’s',
		from: " &&\n\t    url[strlen(api_base)] == '/');", to: ');', tests: [CELLO]
	},
	{
		file: 'src/cello/ucc.c', what: 'the cookie counts before the link',
		from: '{ "query",\toffer->query },\n\t\t{ "cookie",\toffer->cookie },',
		to: '{ "cookie",\toffer->cookie },\n\t\t{ "query",\toffer->query },', tests: [CELLO]
	},
	{
		file: 'src/cello/ucc.c', what: 'what is longer than a code is one',
		from: " && ucc[UCC - 1] == '\\0'", to: '', tests: [CELLO]
	},
	{
		file: 'src/cello/token.c', what: 'a second token remembers the first',
		from: '\tbuf_reset(&s->claims);', to: '\t(void)buf_reset;', tests: [CELLO]
	},
	{
		file: 'src/cello/token.c', what: 'a token without the time',
		from: '\tjson_put_int(&w, "iat", (int64_t)now);', to: '\t(void)now;', tests: [CELLO]
	},
	{
		file: 'src/cello/token.c', what: 'a token that does not fit is cut',
		from: 'if (s->product.full || s->claims.full)', to: 'if (s->product.full)', tests: [CELLO]
	},
	{
		file: 'src/cello/ucc.c', what: 'what is no code ends the search',
		from: '\t\tlog_info("ucc_ignored",', to: '\t\treturn NULL;\n\t\tlog_info("ucc_ignored",', tests: [CELLO]
	},
	{
		file: 'src/cello/event.c', what: 'a yen has cents',
		from: 'strstr(zero, word) != NULL ? 0', to: 'strstr(zero, word) != NULL ? 2', tests: [CELLO]
	},
	{
		file: 'src/cello/event.c', what: 'v2 is told euros',
		from: 'json_put_int(w, v2.amount, x->amount);', to: 'json_put_int(w, v2.amount, x->amount / 100);', tests: [CELLO]
	},
	{
		file: 'src/cello/client.c', what: 'a gateway that gave up is believed to have handed nothing on',
		from: '\tif (status == 408 || status >= 500) {\n\t\tr->unsure = 1;', to: '\tif (status == 408 || status >= 500) {\n\t\tr->unsure = 0;', tests: ['unit/test_cello_client']
	},
	{
		file: 'src/cello/reward.c', what: 'any password tells of rewards',
		from: 'ok |= digest_equal(', to: 'ok |= 1 + 0 * digest_equal(', tests: ['system/rewards.test.mjs']
	},
	{
		file: 'src/cello/reward.c', what: 'rewards of the other environment count',
		from: 'return text_equal(env, cello_is_production(conf) ?', to: 'return conf != NULL || text_equal(env, cello_is_production(conf) ?', tests: ['system/rewards.test.mjs']
	},
	{
		file: 'src/ledger/credit.c', what: 'a reward that is told twice is entered as it was told last',
		from: '" $7::bigint, $8) ON CONFLICT (event_id) DO NOTHING"', to: '" $7::bigint, $8) ON CONFLICT (event_id) DO UPDATE SET amount = excluded.amount"', tests: ['system/rewards.test.mjs']
	},
	{
		file: 'src/app/book_rewards.c', what: 'a reward is booked in whatever currency its account pays',
		from: 'if (!text_equal(p->currency, d->currency)) {', to: 'if (0 && !text_equal(p->currency, d->currency)) {', tests: ['system/rewards.test.mjs']
	},
	{
		file: 'src/app/hear_reward.c', what: 'what is larger than Stripe takes is booked',
		from: 'c->amount > BALANCE_MOST / conf->credit_value', to: 'c->amount < 0', tests: ['system/rewards.test.mjs']
	},
	{
		file: 'src/billing/send.c', what: 'a credit whose answer was lost is not looked for',
		from: '\tif (l->is_own) {', to: '\tif (0) {', tests: ['system/rewards.test.mjs']
	},
	{
		file: 'src/billing/balance.c', what: 'whoever earned it owes it',
		from: 'form_int(&form, "amount", -o->amount);', to: 'form_int(&form, "amount", o->amount);', tests: ['system/rewards.test.mjs']
	},
	{
		file: 'src/app/book_rewards.c', what: 'who is gone and pays late is credited what they had earned',
		from: 'if (e == ERR_OK && account_is_erased(&who))', to: 'if (e == ERR_OK && account_is_erased(&who) && 0)', tests: ['system/rewards.test.mjs']
	},
	{
		file: 'src/app/hear_reward.c', what: 'wrong credentials for rewards have no limit',
		from: '*ret_many = !allowance_take(', to: '*ret_many = 0 * !allowance_take(', tests: ['system/rewards.test.mjs']
	},
	{
		file: 'src/app/hear_reward.c', what: 'a flood of wrong credentials keeps rewards out',
		from: 'if (!reward_keys_ok(a->rewards, t->credentials))', to: 'if (a->wrong_unsaid > 0 || !reward_keys_ok(a->rewards, t->credentials))', tests: ['system/rewards.test.mjs']
	},
	{
		file: 'src/app/book_welcome.c', what: 'a trial counts as a payment, so credit is had for nothing',
		from: 'if (paid <= 0)', to: 'if (paid < 0)', tests: [WELCOME]
	},
	{
		file: 'src/app/book_welcome.c', what: 'an invoice that nobody has paid counts',
		from: 'return text_equal(json_text(invoice, "status"), "paid") &&', to: 'return invoice != NULL &&', tests: [WELCOME_ROWS]
	},
	{
		file: 'src/app/book_welcome.c', what: 'who has paid in another currency is credited in that of the plan',
		from: 'else if (!text_equal(currency, w->currency))', to: 'else if (0 && !text_equal(currency, w->currency))', tests: [WELCOME]
	},
	{
		file: 'src/app/book_welcome.c', what: 'who referred themselves is credited',
		from: 'else if (doubt == DOUBT_CODE || doubt == DOUBT_OWN ||\n\t    by.ucc', to: 'else if (by.ucc', tests: [WELCOME]
	},
	{
		file: 'src/app/book_welcome.c', what: 'an erased account is credited',
		from: 'if (account_is_erased(&who))', to: 'if (0 && account_is_erased(&who))', tests: [WELCOME]
	},
	{
		file: 'src/app/purchase.c', what: 'who was not referred is promised credit',
		from: "return s->due && s->by.ucc[0] != '\\0' ?", to: 'return s->due ?', tests: [WELCOME]
	},
	{
		file: 'src/app/purchase.c', what: 'who has paid before is promised credit',
		from: "return s->due && s->by.ucc[0] != '\\0' ?", to: "return s->by.ucc[0] != '\\0' ?", tests: [WELCOME]
	},
	{
		file: 'src/app/purchase.c', what: 'a page that was there already promises what another did',
		from: '\ts->step = STEP_READY;\n\treturn promise(db, s);', to: '\ts->step = STEP_READY;\n\treturn ERR_OK;', tests: [WELCOME]
	},
	{
		file: 'src/ledger/welcome.c', what: 'what was decided is promised anew',
		from: 'WHERE w.outcome = \'open\'"\n\t    " AND (w.value', to: 'WHERE true"\n\t    " AND (w.value', tests: [WELCOME_ROWS]
	},
	{
		file: 'src/ledger/welcome.c', what: 'a credit is decided twice',
		from: '" WHERE account_id = $1 AND outcome = \'open\' RETURNING', to: '" WHERE account_id = $1 RETURNING', tests: [WELCOME_ROWS]
	}
];
