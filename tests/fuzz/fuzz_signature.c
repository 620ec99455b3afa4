/* SPDX-License-Identifier: MIT */

/* Header, a NUL, body: no input may be believed, for nobody knows the key. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "conf/secret.h"
#include "stripe/signature.h"

#define NOW	1700000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct signature_keys *k;
	struct secret s = { .count = 1 };
	const uint8_t *body;
	char *header;
	unsigned matched;

	if (k == NULL) {
		log_level(LOG_ERROR);
		s.line[0] = mem_text("whsec_2f1c8e0a9b7d4c6e8f0a1b2c3d4e5f60");
		k = signature_keys_new(&s);
		free(s.line[0]);
	}
	if ((body = memchr(data, '\0', size)) == NULL)
		return 0;
	header = mem_text_n((const char *)data, (size_t)(body - data));
	body++;
	if (signature_check(k, header, body, size - (size_t)(body - data),
	    NOW, &matched) != ERR_DENIED)
		abort();
	free(header);
	return 0;
}
