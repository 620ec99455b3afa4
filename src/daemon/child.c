/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/worker.h"

#include "daemon/child.h"

/* Where a child finds what it inherits; nothing else stays open. */
#define FD_LISTENER	3
#define FD_DOORBELL	4
#define FD_HIGH		64	/* out of the way while they are moved */

const char *
child_kind_name(const struct heritage *h, int kind)
{
	return kind == KIND_COURIER ? "courier" : h->conf->pool[kind].name;
}

static int
move_high(int fd)
{
	return fd == -1 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FD_HIGH);
}

static int
move_to(int fd, int place)
{
	return fd == -1 ? -1 : dup3(fd, place, O_CLOEXEC);
}

/* Keep standard streams, one listener, one end of the doorbell. */
static void
close_others(struct heritage *h, int kind)
{
	int listener = -1, doorbell, i;

	if (kind != KIND_COURIER)
		listener = move_high(h->listener[kind].fd);
	doorbell = move_high(kind == KIND_COURIER ? h->doorbell_read :
	    h->doorbell_write);
	listener = move_to(listener, FD_LISTENER);
	doorbell = move_to(doorbell, FD_DOORBELL);
	if (listener == -1)
		(void)close(FD_LISTENER);
	if (doorbell == -1)
		(void)close(FD_DOORBELL);
	(void)close_range(FD_DOORBELL + 1, ~0U, 0);

	for (i = 0; i < CONFIG_POOLS; i++)
		h->listener[i].fd = i == kind ? listener : -1;
	h->doorbell_read = kind == KIND_COURIER ? doorbell : -1;
	h->doorbell_write = kind == KIND_COURIER ? -1 : doorbell;
}

static int
child_run(struct heritage h, int kind, struct board_slot *slot, pid_t master)
{
	/* It is going to hold secrets: no core, no debugger of our user. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	/* Nobody is left behind, also if it died before we could say so. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != master)
		return 1;
	close_others(&h, kind);
	return kind == KIND_COURIER ? worker_courier(&h, slot) :
	    worker_run(&h, (size_t)kind, slot);
}

int
child_start(struct child *c, size_t row, const struct heritage *h, int kind,
    int generation)
{
	struct board_slot *slot = &h->board->slot[row];
	pid_t master = getpid(), pid;

	slot->began_ms = 0;
	slot->ready = 0;
	slot->leave = 0;
	if ((pid = fork()) == 0)
		_exit(child_run(*h, kind, slot, master));
	if (pid == -1) {
		log_error("fork_failed", "cannot fork: %s", strerror(errno));
		return 0;
	}
	memset(c, 0, sizeof(*c));
	c->pid = pid;
	c->kind = kind;
	c->generation = generation;
	c->born_ms = clock_mono_us() / 1000;
	return 1;
}
