/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "account/account.h"
#include "base/clock.h"
#include "base/text.h"
#include "crypto/digest.h"

#include "app/app.h"

#include "app/device.h"

#define PURPOSE		"endpin device"
#define DAY_MOST	INT64_C(1000000)	/* since 1970 */
#define KEY		"$argon2id$"	/* what is none is no secret either */

_Static_assert(DEVICE_TOKEN >= 8 + 1 + TEXT_BASE64_LEN(DIGEST_SHA256),
    "a day, a point and a digest fit");

static void
write_token(const struct account *who, const char *hash, int64_t day,
    char ret_token[DEVICE_TOKEN])
{
	char digits[TEXT_DIGITS], text[TEXT_BASE64_LEN(DIGEST_SHA256) + 1];
	const char *number = text_digits(day, digits);
	const struct piece pieces[] = {
		{ PURPOSE, sizeof(PURPOSE) },
		{ who->id, strlen(who->id) + 1 },
		{ number, strlen(number) }
	};
	unsigned char digest[DIGEST_SHA256];
	struct hmac *key = hmac_sha256_new(hash, strlen(hash));

	hmac_digest(key, pieces, NELEM(pieces), digest);
	hmac_free(key);
	text_base64url(digest, sizeof(digest), text);
	(void)snprintf(ret_token, DEVICE_TOKEN, "%s.%s", number, text);
}

void
device_mark(const struct account *who, const char *hash, time_t now,
    char ret_token[DEVICE_TOKEN])
{
	write_token(who, hash, (int64_t)now / CLOCK_DAY_S, ret_token);
}

/* The day that it says; -1: it is not as ours are, or out of date. */
static int64_t
day_of(const char *token, time_t now)
{
	int64_t day, today = (int64_t)now / CLOCK_DAY_S;
	size_t len = strcspn(token, ".");
	char digits[TEXT_DIGITS];

	if (len >= sizeof(digits) ||
	    strlen(token) != len + 1 + TEXT_BASE64_LEN(DIGEST_SHA256))
		return -1;
	memcpy(digits, token, len);
	digits[len] = '\0';
	if (text_number(digits, DAY_MOST, &day) != ERR_OK ||
	    day > today + 1 || day < today - DEVICE_DAYS)
		return -1;
	return day;
}

int
device_marked(const struct account *who, const char *hash, time_t now,
    const char *token)
{
	const int64_t day = day_of(token, now);
	char own[DEVICE_TOKEN];

	if (day == -1 || !text_begins(hash, KEY))
		return 0;
	write_token(who, hash, day, own);
	return strlen(own) == strlen(token) &&
	    digest_equal(own, token, strlen(own));
}

int
device_is_known(struct app *a, const char *email, time_t now,
    const char *token)
{
	char hash[PASSWORD_HASH];
	struct account who;

	/* Most that is no token is seen without a database. */
	return email != NULL && day_of(token, now) != -1 &&
	    account_find(a->db, email, &who, hash, sizeof(hash)) == ERR_OK &&
	    device_marked(&who, hash, now, token);
}
