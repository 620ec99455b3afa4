// SPDX-License-Identifier: MIT

const REFERRAL = 'unit/test_referral', CELLO = 'system/cello.test.mjs', FUNNEL = 'system/funnel.test.mjs';

export default [
	{
		file: 'src/app/boot_referrals.c', what: 'whoever has an address refers others, though it has to be verified',
		from: 'if (!is_verified)\n\t\t\tb->refusal', to: 'if (0)\n\t\t\tb->refusal', tests: ['system/kept.test.mjs']
	},
	{
		file: 'src/referral/touch.c', what: 'the first link is the last one',
		from: "\tif (t->first[0] == '\\0') {", to: '\t{', tests: [REFERRAL]
	},
	{
		file: 'src/referral/touch.c', what: 'a cookie of a time to come is believed',
		from: ' || t.last_at > now', to: '', tests: [REFERRAL]
	},
	{
		file: 'src/referral/referral.c', what: 'the last code counts, not the first',
		from: '" ON CONFLICT (account_id) DO NOTHING"', to: '" ON CONFLICT (account_id) DO UPDATE SET ucc = excluded.ucc"', tests: [REFERRAL]
	},
	{
		file: 'src/referral/fact.c', what: 'a payment is told before its signup',
		from: "THEN 'parked' ELSE 'waiting' END)\"", to: "THEN 'waiting' ELSE 'waiting' END)\"", tests: [CELLO]
	},
	{
		file: 'src/referral/fact.c', what: 'what is learnt again is told again',
		from: '" ON CONFLICT (lane, id) DO NOTHING"',
		to: '" ON CONFLICT (lane, id) DO UPDATE SET state = \'waiting\', due_at = now(), sent_at = NULL"', tests: [CELLO]
	},
	{
		file: 'src/referral/way.c', what: 'what was paid before the way was changed is told again',
		from: '" AND way = \'api\' AND since <= to_timestamp($1::bigint))"', to: '" AND way = \'api\' AND $1::bigint > 0)"', tests: [CELLO]
	},
	{
		file: 'src/referral/fact.c', what: 'what a person has settled stays in the way of what comes after it',
		from: 'return e != ERR_OK || end == FACT_AGAIN ? e :', to: 'return e != ERR_OK || end != FACT_AGAIN ? e :', tests: [CELLO]
	},
	{
		file: 'src/referral/bearer.c', what: 'each process fetches a token of its own',
		from: '" WHERE coalesce(a.fetched_until <= now(), true)"', to: '" WHERE true"', tests: [CELLO]
	},
	{
		file: 'src/referral/funnel.c', what: 'what went back is counted as paid',
		from: '" AND g.came + g.went > 0) AS paid"', to: '" AND g.came > 0) AS paid"', tests: [FUNNEL]
	},
	{
		file: 'src/referral/funnel.c', what: 'what is of the other mode counts in the funnel',
		from: '" (SELECT livemode FROM stripe_home), true))"', to: '" (SELECT livemode FROM stripe_home) OR true, true))"', tests: [FUNNEL]
	},
	{
		file: 'src/referral/funnel.c', what: 'whoever signed up at the first moment of the day that ends the period is in it',
		from: '" AND a.created_at < to_timestamp($3::bigint))"', to: '" AND a.created_at <= to_timestamp($3::bigint))"', tests: [FUNNEL]
	},
	{
		file: 'src/referral/funnel.c', what: 'links followed on the day that ends the period are in it',
		from: '" WHERE day >= since AND day < until"', to: '" WHERE day >= since AND day <= until"', tests: [FUNNEL]
	},
	{
		file: 'src/referral/funnel.c', what: 'a trial counts as what is paid in a year',
		from: '" AND status IN (\'active\', \'past_due\') GROUP BY 1, 2)"', to: '" AND status IN (\'active\', \'past_due\', \'trialing\') GROUP BY 1, 2)"', tests: [FUNNEL]
	},
	{
		file: 'src/referral/funnel.c', what: 'weeks are of the year that their days are of',
		from: '\'IYYY-\\"W\\"IW\')"', to: '\'YYYY-\\"W\\"IW\')"', tests: [FUNNEL]
	}
];
