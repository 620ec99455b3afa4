/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/slots.h"

#include "app/app.h"

#include "app/password.h"

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
	enum err e;

	if ((e = take_turn(a, ret_busy)) != ERR_OK)
		return e;
	e = password_hash(a->pepper, password, strlen(password), ret_hash);
	slots_give(a->slots);
	return e;
}

enum err
password_verify(struct app *a, const char *password, const char *hash,
    char ret_fresh[PASSWORD_HASH], int *ret_busy)
{
	size_t len = strlen(password);
	int old = 0;
	enum err e;

	ret_fresh[0] = '\0';
	/* Nobody has such a password; do not hash that much. */
	if (len > PASSWORD_MAX) {
		len = 0;
		hash = NULL;
	}
	if ((e = take_turn(a, ret_busy)) != ERR_OK)
		return e;
	e = password_check(a->pepper, hash, password, len, &old);
	if (e == ERR_OK && old)
		e = password_hash(a->pepper, password, len, ret_fresh);
	slots_give(a->slots);
	return e;
}
