// SPDX-License-Identifier: MIT

const APP_BUY = 'unit/test_app_buy';
const THE_CHECKOUT = 'system/checkout.test.mjs';
const ACCOUNT = 'unit/test_account';

export default [
	{
		file: 'src/account/account.c', what: 'two tabs decide at the same time: the account is not locked',
		from: 'WHERE id = $1 FOR NO KEY UPDATE"', to: 'WHERE id = $1"', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/account/session.c', what: 'use does not keep a session',
		from: '*ret_touch = rows_bool(r, 0, 5);', to: '*ret_touch = 0;', tests: [ACCOUNT]
	},
	{
		file: 'src/account/account.c', what: 'an address is another in other letters',
		from: 'WHERE lower(email) = lower($1)', to: 'WHERE email = $1', tests: [ACCOUNT]
	},
	{
		file: 'src/account/account.c', what: 'a hash is replaced whatever it is by now',
		from: '" WHERE id = $1 AND password_hash = $2"', to: '" WHERE id = $1 AND $2::text IS NOT NULL"', tests: [ACCOUNT]
	},
	{
		file: 'src/account/account.c', what: 'letters beyond ASCII may stand before the @',
		from: 'if (strchr(ALNUM', to: 'if ((unsigned char)text[i] < 0x80 && strchr(ALNUM', tests: [ACCOUNT, 'system/refusals.test.mjs']
	},
	{
		file: 'src/account/account.c', what: 'DEL may stand in a name',
		from: '*p == 0x7f ||', to: '0 ||', tests: [ACCOUNT]
	},
	{
		file: 'src/account/account.c', what: 'the part before the @ may have any length',
		from: 'len > LOCAL_PART', to: '0', tests: [ACCOUNT]
	},
	{
		file: 'src/account/account.c', what: 'dots before the @ may be astray',
		from: "(text[i] == '.' && text[i + 1] == '.')", to: '0', tests: [ACCOUNT, 'system/refusals.test.mjs']
	},
	{
		file: 'src/account/account.c', what: 'a part of the domain may begin with a hyphen',
		from: "text[0] == '-' ||\n\t\t    text[len - 1]", to: "text[len - 1]", tests: [ACCOUNT, 'system/refusals.test.mjs']
	},
	{
		file: 'src/account/session.c', what: 'all sessions of a batch are the first one\'s',
		from: '"SELECT found.*, x.n"', to: '"SELECT found.*, 1"', tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'a batch finds sessions that are over',
		from: 'WHERE s.token_hash = x.token_hash AND" SESSION_IS_LIVE', to: 'WHERE s.token_hash = x.token_hash"', tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'sessions of a batch are joined with all sessions',
		from: '" OFFSET 0) AS found"', to: '") AS found"', tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'a batch of sessions is planned each time',
		from: 'unnest((SELECT $1::bytea[]))', to: 'unnest($1::bytea[])', tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'a session that is over is known',
		from: '" s.ends_at > now()"', to: '" true"', tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'a session that is idle is known in another unit',
		from: "s.used_at > now() - $2::int * interval '1 hour'", to: "s.used_at > now() - $2::int * interval '1 day'", tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'who is remembered is forgotten over night',
		from: 'AND (s.remembered OR"', to: 'AND (false OR"', tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'who did not ask for it is remembered',
		from: 'start->remember ? "t" : "f"', to: '"t"', tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'who did not ask for it stays for as long as who did',
		from: 'start->remember ? limits->days * 24 : limits->hours', to: 'limits->days * 24', tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'who is remembered is tidied away',
		from: '" OR NOT remembered AND"', to: '" OR"', tests: ['unit/test_app_errands', 'system/retention.test.mjs']
	},
	{
		file: 'src/account/session.c', what: 'a session is written at each use',
		from: "now() - $2::int * interval '3 minutes'", to: "now() - $2::int * interval '0 minutes'", tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'a session lasts twice as long',
		from: 'now() + $4::int * interval', to: 'now() + 2 * $4::int * interval', tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'closing one session closes all',
		from: 'DELETE FROM session WHERE token_hash = $1"', to: 'DELETE FROM session WHERE $1::bytea IS NOT NULL"', tests: [ACCOUNT]
	},
	{
		file: 'src/account/session.c', what: 'a session is written at each of two requests at once',
		from: ' AND used_at < now() - interval \'1 second\'"', to: '"',
		why: 'only how often is written differs, not what: the second of two would write the same moment'
	},
	{
		file: 'src/account/key.c', what: 'a key that was revoked is still one',
		from: '" FROM api_key WHERE digest = $1 AND revoked_at IS NULL"', to: '" FROM api_key WHERE digest = $1"', tests: ['system/cello.test.mjs', 'system/mcp.test.mjs']
	}
];
