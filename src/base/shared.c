/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/random.h"

#include "base/shared.h"

/* With its room on the disk: a page that cannot be had would be a SIGBUS. */
static void *
map(int fd, size_t size)
{
	void *at;

	if ((errno = posix_fallocate(fd, 0, (off_t)size)) != 0)
		return NULL;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return at == MAP_FAILED ? NULL : at;
}

void *
shared_open(const char *path, size_t size)
{
	void *at;
	int fd, why;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return NULL;
	at = map(fd, size);
	why = errno;
	(void)close(fd);
	errno = why;
	return at;
}

void
shared_close(void *at, size_t size)
{
	(void)munmap(at, size);
}

uint64_t
shared_seed(_Atomic uint64_t *at)
{
	uint64_t seed = 0, mine;

	random_bytes(&mine, sizeof(mine));
	mine |= 1;
	if (atomic_compare_exchange_strong(at, &seed, mine))
		return mine;
	return seed;
}

uint64_t
shared_mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}
