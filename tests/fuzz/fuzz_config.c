/* SPDX-License-Identifier: MIT */

/* What is taken is printed, and the print is taken and printed the same. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NULL: refused.  The complaints have to say why. */
static struct config *
config_of(const void *data, size_t size)
{
	struct config *c = NULL;
	char path[64], *said = NULL;
	size_t len = 0;
	FILE *complaints = open_memstream(&said, &len);
	int fd = memfd_create("config", MFD_CLOEXEC);

	if (fd == -1 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (config_read(path, NULL, 0, NULL, complaints, &c) != ERR_OK)
		c = NULL;
	fclose(complaints);
	if ((c == NULL) != (len > 0))
		abort();
	free(said);
	close(fd);
	return c;
}

static char *
print_of(const struct config *c, size_t *ret_len)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, ret_len);

	config_print(c, f);
	fclose(f);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *c, *again;
	char *first, *second;
	size_t len;

	if ((c = config_of(data, size)) == NULL)
		return 0;
	first = print_of(c, &len);
	if ((again = config_of(first, len)) == NULL)
		abort();
	second = print_of(again, &len);
	if (strcmp(first, second) != 0)
		abort();
	free(first);
	free(second);
	config_free(c);
	config_free(again);
	return 0;
}
