/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/text.h"

#include "cello/boot.h"

const char *
boot_name(enum boot_sight s)
{
	static const char *const names[SIGHTS] = {
		[SIGHT_TOKEN] = "token",
		[SIGHT_DONE] = "booted",
		[SIGHT_TENANT] = "invalid_tenant",
		[SIGHT_JWT] = "invalid_token",
		[SIGHT_UNAUTHORIZED] = "unauthorized",
		[SIGHT_INSECURE] = "insecure_script",
		[SIGHT_BLOCKED] = "script_blocked",
		[SIGHT_SLOW] = "too_slow",
		[SIGHT_OTHER] = "boot_failed"
	};

	return names[s];
}

/* The first that fits; the last two are words of our own pages. */
static const struct {
	const char	*part;
	enum boot_sight	 failure;
} messages[] = {
	{ "Invalid Tenant", SIGHT_TENANT },
	{ "1200", SIGHT_TENANT },
	{ "Invalid JWT", SIGHT_JWT },
	{ "1100", SIGHT_JWT },
	{ "not authorized", SIGHT_UNAUTHORIZED },
	{ "'__H'", SIGHT_INSECURE },
	{ "could not be loaded", SIGHT_BLOCKED },
	{ "too slow", SIGHT_SLOW }
};

enum boot_sight
boot_failure(const char *message)
{
	size_t i;

	for (i = 0; i < NELEM(messages); i++)
		if (strstr(message, messages[i].part) != NULL)
			return messages[i].failure;
	return SIGHT_OTHER;
}
