/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/text.h"

#include "cello/ucc.h"

int
ucc_ok(const char *ucc)
{
	return strspn(ucc, "0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz") == UCC - 1 && ucc[UCC - 1] == '\0';
}

const char *
ucc_choose(const struct ucc_offer *offer, char ret_ucc[UCC])
{
	const struct {
		const char	*source;
		const char	*text;
	} candidates[] = {
		{ "first",	offer->first },
		{ "form",	offer->form },
		{ "query",	offer->query },
		{ "cookie",	offer->cookie },
	};
	size_t i;

	for (i = 0; i < NELEM(candidates); i++) {
		if (text_empty(candidates[i].text))
			continue;
		if (ucc_ok(candidates[i].text)) {
			memcpy(ret_ucc, candidates[i].text, UCC);
			return candidates[i].source;
		}
		log_info("ucc_ignored", "what the %s offered is not a code",
		    candidates[i].source);
	}
	return NULL;
}
