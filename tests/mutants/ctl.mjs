// SPDX-License-Identifier: MIT

const CHECK_STRIPE = 'system/checkstripe.test.mjs';

export default [
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
