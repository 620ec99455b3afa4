// SPDX-License-Identifier: MIT

const REFERRAL = 'unit/test_referral', CELLO = 'system/cello.test.mjs';

export default [
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
		file: 'src/referral/fact.c', what: 'what was paid before the way was changed is told again',
		from: '" AND way = \'api\' AND since <= to_timestamp($2::bigint))"', to: '" AND way = \'api\' AND $2::bigint > 0)"', tests: [CELLO]
	},
	{
		file: 'src/referral/fact.c', what: 'what a person has settled stays in the way of what comes after it',
		from: 'return e != ERR_OK || end == FACT_AGAIN ? e :', to: 'return e != ERR_OK || end != FACT_AGAIN ? e :', tests: [CELLO]
	},
	{
		file: 'src/referral/bearer.c', what: 'each process fetches a token of its own',
		from: '" WHERE coalesce(a.fetched_until <= now(), true)"', to: '" WHERE true"', tests: [CELLO]
	}
];
