// SPDX-License-Identifier: MIT

const REFERRAL = ['unit/test_referral'];

export default [
	{
		file: 'src/referral/referral.c', what: 'the last code counts, not the first',
		from: '" ON CONFLICT (account_id) DO NOTHING"', to: '" ON CONFLICT (account_id) DO UPDATE SET ucc = excluded.ucc"', tests: REFERRAL
	},
	{
		file: 'src/referral/ucc.c', what: 'the cookie counts before the link',
		from: '{ "query",\toffer->query },\n\t\t{ "cookie",\toffer->cookie },', to: '{ "cookie",\toffer->cookie },\n\t\t{ "query",\toffer->query },',
		tests: REFERRAL
	},
	{
		file: 'src/referral/ucc.c', what: 'what is longer than a code is one',
		from: " && ucc[UCC - 1] == '\\0'", to: '', tests: REFERRAL
	},
	{
		file: 'src/referral/token.c', what: 'a second token remembers the first',
		from: '\tbuf_reset(&s->claims);', to: '\t(void)buf_reset;', tests: REFERRAL
	},
	{
		file: 'src/referral/token.c', what: 'a token without the time',
		from: '\tjson_put_int(&w, "iat", (int64_t)now);', to: '\t(void)now;', tests: REFERRAL
	}
];
