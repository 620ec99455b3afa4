/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <sys/random.h>

#include "base/log.h"

#include "base/random.h"

void
random_bytes(void *ret_bytes, size_t len)
{
	unsigned char *b = ret_bytes;
	ssize_t n;

	while (len > 0) {
		n = getrandom(b, len, 0);
		if (n == -1 && errno == EINTR)
			continue;
		/* A token that can be guessed is worse than a dead worker. */
		if (n <= 0) {
			log_error("random_failed", "cannot get random bytes");
			abort();
		}
		b += n;
		len -= (size_t)n;
	}
}

void
random_uuid(char ret_text[TEXT_UUID])
{
	unsigned char b[16];

	random_bytes(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	(void)snprintf(ret_text, TEXT_UUID, "%02x%02x%02x%02x-%02x%02x-"
	    "%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
	    b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
	    b[13], b[14], b[15]);
}
