/* SPDX-License-Identifier: MIT */

/*
 * Authorization, a NUL, body: nobody who does not know the password is let in,
 * who knows it is, and what is taken as a reward is whole.
 */

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cello/reward.h"
#include "conf/secret.h"
#include "http/request.h"

#define PASSWORD	"2f1c8e0a9b7d4c6e8f0a1b2c3d4e5f60"
/* cello:2f1c8e0a9b7d4c6e8f0a1b2c3d4e5f60 */
#define GOOD	"Y2VsbG86MmYxYzhlMGE5YjdkNGM2ZThmMGExYjJjM2Q0ZTVmNjA="

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct reward_keys *
keys(void)
{
	static struct reward_keys *k;
	struct secret s = { .count = 1 };

	if (k != NULL)
		return k;
	log_level(LOG_ERROR);
	s.line[0] = mem_text(PASSWORD);
	k = reward_keys_new("cello", &s);
	free(s.line[0]);
	assert(reward_keys_ok(k, GOOD));
	return k;
}

static void
authorize(const char *header)
{
	struct req q = { .authorization = header };
	const char *basic = req_credentials(&q, "Basic");

	assert(basic == NULL || (*basic != ' ' && basic > header + 5));
	assert(basic == NULL || req_credentials(&q, "Bearer") == NULL);
	assert(!reward_keys_ok(keys(), basic) ||
	    strncmp(basic, GOOD, strcspn(GOOD, "=")) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, '\0', size);
	const size_t len = nul == NULL ? size : (size_t)(nul - data);
	char *header = mem_text_n((const char *)data, len), *body;
	struct json *j = NULL;
	struct reward r;
	const char *what = NULL;

	authorize(header);
	if (nul != NULL) {
		body = mem_text_n((const char *)nul + 1, size - len - 1);
		if (json_parse_kindly(body, size - len - 1, &j) == ERR_OK) {
			if (reward_read(j, &r, &what) == ERR_OK)
				assert(!text_empty(r.id) && strlen(r.id) <=
				    REWARD_ID && !text_empty(r.user) &&
				    r.amount > 0);
		}
		json_free(j);
		free(body);
	}
	free(header);
	return 0;
}
