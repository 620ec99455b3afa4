/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "base/log.h"

#include "daemon/board.h"

/* Only what is touched takes memory: the page of a child that was there. */
static size_t
length(const struct board *b)
{
	return BOARD_SLOTS * b->page;
}

enum err
board_open(struct board *b)
{
	b->page = (size_t)sysconf(_SC_PAGESIZE);
	assert(sizeof(struct board_slot) <= b->page);
	b->pages = mmap(NULL, length(b), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (b->pages == MAP_FAILED) {
		b->pages = NULL;
		log_error("memory", "could not share memory: %s",
		    strerror(errno));
		return ERR_INTERNAL;
	}
	return ERR_OK;
}

void
board_close(struct board *b)
{
	if (b->pages != NULL)
		(void)munmap(b->pages, length(b));
	b->pages = NULL;
}

struct board_slot *
board_slot(const struct board *b, size_t row)
{
	assert(row < BOARD_SLOTS);
	return (struct board_slot *)(void *)(b->pages + row * b->page);
}

enum err
board_confine(const struct board *b, size_t row)
{
	char *mine = b->pages + row * b->page, *end = b->pages + length(b);

	if ((mine == b->pages ||
	    munmap(b->pages, (size_t)(mine - b->pages)) == 0) &&
	    (mine + b->page == end ||
	    munmap(mine + b->page, (size_t)(end - mine) - b->page) == 0))
		return ERR_OK;
	log_error("memory", "could not give up shared memory: %s",
	    strerror(errno));
	return ERR_INTERNAL;
}
