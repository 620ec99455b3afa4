/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/slots.h"
#include "base/text.h"
#include "crypto/nfc.h"

#include "app/app.h"

#include "app/password.h"

#define PASSWORD_ONE	NFC_SIZE(PASSWORD_MAX)
_Static_assert(PASSWORD_MAX <= NFC_MAX, "each can be brought into one form");

static enum err
take_turn(struct app *a, int *ret_busy)
{
	enum err e = slots_take(a->slots, PASSWORD_WAIT_MS);

	*ret_busy = e == ERR_LATER;
	return e;
}

enum err
password_make(struct app *a, const char *password,
    char ret_hash[PASSWORD_HASH], int *ret_busy)
{
	char one[PASSWORD_ONE];
	enum err e;

	if ((e = nfc_text(password, one, sizeof(one))) != ERR_OK)
		return e;
	if ((e = take_turn(a, ret_busy)) == ERR_OK) {
		e = password_hash(a->pepper, one, strlen(one), ret_hash);
		slots_give(a->slots);
	}
	explicit_bzero(one, sizeof(one));
	return e;
}

/*
 * As it was typed, too: it may be of the time before all were brought into one
 * spelling.  Whether there are two tries says something of what was typed, and
 * nothing of whether there is such an account.
 */
static enum err
check_both(const struct app *a, const char *hash, const char *one,
    const char *typed, int *ret_old)
{
	enum err e = password_check(a->pepper, hash, one, strlen(one), ret_old);

	if (e != ERR_DENIED || text_equal(one, typed))
		return e;
	e = password_check(a->pepper, hash, typed, strlen(typed), ret_old);
	*ret_old = e == ERR_OK;
	return e;
}

enum err
password_verify(struct app *a, const char *password, const char *hash,
    char ret_fresh[PASSWORD_HASH], int *ret_busy)
{
	char one[PASSWORD_ONE];
	int old = 0;
	enum err e;

	ret_fresh[0] = '\0';
	/* Nobody has such a password; do not hash that much. */
	if (nfc_text(password, one, sizeof(one)) != ERR_OK) {
		one[0] = '\0';
		password = one;
		hash = NULL;
	}
	if ((e = take_turn(a, ret_busy)) == ERR_OK) {
		e = check_both(a, hash, one, password, &old);
		if (e == ERR_OK && old)
			e = password_hash(a->pepper, one, strlen(one),
			    ret_fresh);
		slots_give(a->slots);
	}
	explicit_bzero(one, sizeof(one));
	return e;
}
