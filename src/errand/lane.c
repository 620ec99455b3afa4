/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "db/db.h"

#include "errand/lane.h"

int
lane_of(const char *key)
{
	unsigned char digest[DIGEST_SHA256];

	digest_sha256(key, strlen(key), digest);
	return digest[0];
}

enum err
lane_tidy(struct db *db, const struct stmt *s, int lane, int days, int most,
    int *ret_deleted)
{
	char in_lane[TEXT_DIGITS], age[TEXT_DIGITS], limit[TEXT_DIGITS];
	const char *const arg[] = {
		text_digits(lane, in_lane), text_digits(days, age),
		text_digits(most, limit)
	};

	return db_changes(db, s, arg, NELEM(arg), ret_deleted);
}
