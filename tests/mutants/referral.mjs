// SPDX-License-Identifier: MIT

const REFERRAL = 'unit/test_referral', CELLO = 'system/cello.test.mjs', FUNNEL = 'system/funnel.test.mjs',
	PERSON = 'system/person.test.mjs';

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
	},
	{
		file: 'src/app/doubt.c', what: 'cards are not compared',
		from: '{ DOUBT_CARD, card_shared }', to: '{ DOUBT_CARD, customer_shared }', tests: [PERSON]
	},
	{
		file: 'src/app/doubt.c', what: 'customers at Stripe are not compared',
		from: '{ DOUBT_CUSTOMER, customer_shared }', to: '{ DOUBT_CUSTOMER, compare_addresses }', tests: [PERSON]
	},
	{
		file: 'src/billing/customer.c', what: 'a customer of whoever refers that says to be who came is theirs alone',
		from: '" OR EXISTS (SELECT FROM customer WHERE told_user = $1::text"', to: '" OR EXISTS (SELECT FROM customer WHERE false AND told_user = $1::text"', tests: [PERSON]
	},
	{
		file: 'src/billing/customer.c', what: 'and so is one the other way round',
		from: '"SELECT EXISTS (SELECT FROM customer WHERE told_user = $2::text"', to: '"SELECT EXISTS (SELECT FROM customer WHERE false AND told_user = $2::text"', tests: [PERSON]
	},
	{
		file: 'src/app/doubt.c', what: 'nobody can say that two are two',
		from: '\tif (trusted)\n', to: '\tif (0)\n', tests: [PERSON]
	},
	{
		file: 'src/app/doubt.c', what: 'a card that came since is not seen when somebody buys',
		from: '\t\te = want(db, code.owner, again);', to: '\t\te = want(db, code.owner, 0);', tests: [PERSON]
	},
	{
		file: 'src/app/doubt.c', what: 'who tries for free is not looked at',
		from: 'doubt_shown(db, conf, account);', to: 'ERR_OK;', tests: [PERSON]
	},
	{
		file: 'src/app/book.c', what: 'who has paid is not looked at',
		from: 'return e != ERR_OK || kind != STRIPE_INVOICE ? e :', to: 'return e != ERR_OK || kind != STRIPE_DISPUTE ? e :', tests: [PERSON]
	},
	{
		file: 'src/app/look_at_code.c', what: 'whoever is found to refer after the purchase is not looked at',
		from: 'doubt_referrer(db, s->conf, s->code.owner)', to: 'ERR_OK', tests: [PERSON]
	},
	{
		file: 'src/app/check_stripe_key.c', what: 'nobody says that the key may not read cards',
		from: 'if (doubt_compares_cards(conf) &&', to: 'if (0 &&', tests: ['system/checkstripe.test.mjs']
	},
	{
		file: 'src/app/look_at_cards.c', what: 'cards are looked at though they are not to be kept',
		from: 'if (a->conf->retention.card_days == 0)', to: 'if (0)', tests: [PERSON]
	},
	{
		file: 'src/referral/card.c', what: 'a card that was taken out is forgotten',
		from: '" unnest($4::text[] || fingerprints)', to: '" unnest($4::text[] || fingerprints[:0])', tests: [REFERRAL, PERSON]
	},
	{
		file: 'src/referral/card.c', what: 'renewals have Stripe asked for cards',
		from: '" OR NOT ($3::boolean OR fingerprints = \'{}\')))"', to: '"))"', tests: [REFERRAL, PERSON]
	},
	{
		file: 'src/referral/card.c', what: 'who has just been looked at is looked at with each payment',
		from: '" OR (NOT $3::boolean AND looked_at > now() - interval \'1 day\')"', to: '""', tests: [REFERRAL]
	},
	{
		file: 'src/app/tidy.c', what: 'cards are kept for ever',
		from: '{ cards, LANES, &d->cards }', to: '{ cards, 0, &d->cards }', tests: ['system/retention.test.mjs']
	},
	{
		file: 'src/app/book_welcome.c', what: 'more is credited than was paid',
		from: 'paid < w->value ? paid : w->value', to: 'w->value', tests: ['system/welcome.test.mjs']
	},
	{
		file: 'src/app/book_welcome.c', what: 'a credit that waits for a person is refused',
		from: '*ret = WELCOME_OPEN;', to: '*ret = WELCOME_DOUBT;', tests: ['system/welcome.test.mjs']
	},
	{
		file: 'src/app/look_at_cards.c', what: 'the newcomer is looked at before the referrer',
		from: 'if (e == ERR_OK && awaited)', to: 'if (0 && awaited)', tests: ['system/welcome.test.mjs']
	},
	{
		file: 'src/app/book_welcome.c', what: 'a credit is given before anybody has looked at the card',
		from: 'return awaited ? welcome_wait(', to: 'return awaited > 1 ? welcome_wait(', tests: ['system/welcome.test.mjs']
	},
	{
		file: 'src/app/look_at_cards.c', what: 'a credit waits for ever for cards that may not be read',
		from: 'l->errand->attempts < CARD_PATIENCE ? e :', to: 'l->errand->attempts >= 0 ? e :', tests: ['system/welcome.test.mjs']
	}
];
