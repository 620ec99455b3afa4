// SPDX-License-Identifier: MIT

const ERASE = 'system/erase.test.mjs', PERSON = 'system/person.test.mjs';
const ADOPT = 'system/adopt.test.mjs';
const ERASURE = 'unit/test_account_erasure';

export default [
	{
		file: 'src/app/erase.c', what: 'an account is erased without its password',
		from: 'return e != ERR_OK ? e : erase(a, who->id, ERASURE_PERSON);', to: 'return e == ERR_LATER ? e : erase(a, who->id, ERASURE_PERSON);', tests: [ERASE]
	},
	{
		file: 'src/account/session.c', what: 'who is erased stays logged in',
		from: '"DELETE FROM session WHERE account_id = $1"', to: '"DELETE FROM session WHERE account_id = $1 AND false"', tests: [ERASE]
	},
	{
		file: 'src/billing/closing.c', what: 'a page of Checkout of an erased account can still be paid on',
		from: 'return text_equal(status, "open");', to: 'return 0;', tests: [ERASE]
	},
	{
		file: 'src/app/close_account.c', what: 'what could not be closed counts as closed',
		from: 'c->why = c->sent == ERR_INPUT ? REFUSED : KNOW_HOME_LATER;', to: 'c->why = NULL;', tests: [ERASE]
	},
	{
		file: 'src/app/close_account.c', what: 'only the first customers of an erased account are looked at',
		from: 'count == CUSTOMERS_MOST)', to: 'count > CUSTOMERS_MOST)', tests: [ERASE]
	},
	{
		file: 'src/app/reading.c', what: 'what an erased account buys at the last moment goes on',
		from: 'created < clock_now() - NEW_S ||', to: '1 ||', tests: [ERASE]
	},
	{
		file: 'src/app/tell_of.c', what: 'Cello does not hear who is to be forgotten',
		from: 'if (!cello_api_is_asked(&conf->cello))', to: 'if (1)', tests: [ERASE]
	},
	{
		file: 'src/referral/fact.c', what: 'what is still to be told names who is erased',
		from: `" #- '{newUser,name}')::text"`, to: '")::text"', tests: [ERASE]
	},
	{
		file: 'src/billing/call.c', what: 'a customer is made for who is erased',
		from: '" AND (first_sent_at IS NULL OR"', to: '" AND (false OR"', tests: [ERASE]
	},
	{
		file: 'src/billing/event.c', what: 'what Stripe has told stays',
		from: `" AND e.object_id = mine.id AND e.payload <> '{}'"`, to: '" AND e.object_id = mine.id AND false"', tests: [ERASE]
	},
	{
		file: 'src/app/take_over.c', what: 'an operator gives an erased account a customer, and all that it pays',
		from: 'return as_is(t, t->linked ? ADOPTED_BEFORE : ADOPT_ERASED);', to: 'return ERR_OK;', tests: [ADOPT]
	},
	{
		file: 'src/app/take_over.c', what: 'what an erased account has is somebody\'s task, run after run',
		from: 'return as_is(t, t->linked ? ADOPTED_BEFORE : ADOPT_ERASED);', to: 'return as_is(t, ADOPT_ERASED);', tests: [ADOPT]
	},
	{
		file: 'src/account/session.c', what: 'whoever was logging in as the account was erased is a member of nobody\'s',
		from: '\t" AND a.erased_at IS NULL" \\\n', to: '', tests: [ERASURE]
	},
	{
		file: 'src/account/erasure.c', what: 'what is closed at the second look has no second look',
		from: '" closed_at = CASE WHEN $4::int > 0 THEN closed_at END,"', to: '""', tests: [ERASURE]
	},
	{
		file: 'src/account/erasure.c', what: 'an erasure that was asked for again meanwhile is done',
		from: '" state = CASE WHEN attempts = 0 THEN state ELSE \'done\' END,"', to: '" state = \'done\',"', tests: [ERASURE]
	},
	{
		file: 'src/app/erase.c', what: 'the link of an erased account stays',
		from: '(e = link_erase(db, account_id)) != ERR_OK ||', to: '0 ||', tests: [ERASE]
	},
	{
		file: 'src/app/erase.c', what: 'the cards of an erased account stay',
		from: '(e = card_erase(db, account_id)) != ERR_OK)', to: '0)', tests: [PERSON]
	},
	{
		file: 'src/app/look_at_cards.c', what: 'of who is erased cards are kept that are read later',
		from: 'e == ERR_NOTFOUND || (e == ERR_OK && account_is_erased(&who))', to: 'e == ERR_NOTFOUND', tests: [PERSON]
	},
	{
		file: 'src/mcp/look.c', what: 'a worker of pool web reads Stripe\'s key',
		from: 'q->mcp->offline ? DOCTOR_ROWS :', to: 'q->mcp->offline ? DOCTOR_OFFLINE :', tests: ['system/mcp.test.mjs']
	}
];
