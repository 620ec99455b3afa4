// SPDX-License-Identifier: MIT

const ERASE = 'system/erase.test.mjs';

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
		file: 'src/app/apply_object.c', what: 'what an erased account buys at the last moment goes on',
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
	}
];
