// SPDX-License-Identifier: MIT

const CHECK_STRIPE = 'system/checkstripe.test.mjs';

export default [
	{
		file: 'src/ctl/check_stripe_doors.c', what: 'a second endpoint of Cello is no finding',
		from: '\t\tjudge_cellos(q, list);\n', to: '\t\t(void)judge_cellos;\n', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/ctl/endpoint.c', what: 'with a key of another account an endpoint is made there',
		from: 'text_equal(account, named) ? CTL_OK :', to: '1 ? CTL_OK :', tests: ['system/endpoint.test.mjs']
	},
	{
		file: 'src/ctl/endpoint.c', what: 'what was made and never finished stays beside the next',
		from: 'for (i = 0; i < j->count && status == CTL_OK; i++)\n\t\tstatus = take_away(j, &j->found[i]);\n\treturn status;\n}\n\n/* Has',
		to: 'for (i = j->count; i < j->count; i++)\n\t\tstatus = take_away(j, &j->found[i]);\n\treturn status;\n}\n\n/* Has', tests: ['system/endpoint.test.mjs']
	},
	{
		file: 'src/ctl/endpoint.c', what: 'an endpoint says that its secret is stored before it is',
		from: '\tkeep(j, secret);\n', to: '', tests: ['system/endpoint.test.mjs']
	},
	{
		file: 'src/ctl/endpoint.c', what: 'the former endpoint goes before anybody believes the new one',
		from: '*ret_has |= text_equal(rows[i].value, name);', to: '*ret_has = 1;', tests: ['system/endpoint.test.mjs']
	},
	{
		file: 'src/ctl/endpoint.c', what: 'an answer that was lost is asked for under another key: two endpoints',
		from: 'stripe_reply_done(&r);\n\t\te = endpoint_create', to: 'stripe_reply_done(&r);\n\t\trandom_uuid(key);\n\t\te = endpoint_create', tests: ['system/endpoint.test.mjs']
	},
	{
		file: 'src/ctl/check_stripe_key.c', what: 'what a key may not do is no finding',
		from: 'if (r.status == NOT_ALLOWED)', to: 'if (0)', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/ctl/check_stripe.c', what: 'a clock may be off by an hour',
		from: '#define CLOCK_SKEW_S	60', to: '#define CLOCK_SKEW_S	3600', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/ctl/check_stripe_doors.c', what: 'an address that redirects is fine',
		from: 'r.status >= 300 && r.status <= 399', to: '0', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/ctl/check_stripe_plans.c', what: 'a price whose product is archived can be bought',
		from: "!json_yes(price, \"active\") || !json_yes(price, \"product.active\")", to: '!json_yes(price, "active")', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/ctl/check_stripe_plans.c', what: 'what is shown may be less than what is paid',
		from: 'if (json_int(price, "unit_amount", &amount) == ERR_OK)\n\t\tcompare(', to: 'if (json_int(price, "unit_amount", &amount) != ERR_OK)\n\t\tcompare(',
		tests: [CHECK_STRIPE]
	},
	{
		file: 'src/ctl/check_stripe_plans.c', what: 'three months are a month',
		from: '\t    count != 1)', to: '\t    count == 0)', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/ctl/check_stripe_plans.c', what: 'a coupon that is used up is fine',
		from: 'if (!json_yes(coupon, "valid"))', to: 'if (0)', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/ctl/check_stripe_doors.c', what: 'an endpoint that is switched off is fine',
		from: '!text_equal(json_text(endpoint, "status"), "enabled"))\n\t\twrong', to: '0)\n\t\twrong', tests: [CHECK_STRIPE]
	},
	{
		file: 'src/ctl/check_stripe.c', what: 'Stripe that is away is asked on and on',
		from: '\tif (q->away)\n\t\treturn ERR_LATER;\n', to: '', tests: [CHECK_STRIPE]
	}
];
