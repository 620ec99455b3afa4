/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
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
child_kind_name(const struct config *conf, int kind)
{
	return kind == KIND_COURIER ? "courier" : conf->pool[kind].name;
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
child_run(struct heritage h, size_t row, int kind, pid_t master)
{
	struct board_slot *slot = board_slot(&h.board, row);

	/* It is going to hold secrets: no core, no debugger of our user. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	/* Nobody is left behind, also if it died before we could say so. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != master)
		return 1;
	heritage_log_level(&h);
	log_count_lost(&slot->log_lost);
	close_others(&h, kind);
	if (board_confine(&h.board, row) != ERR_OK)
		return 1;
	return kind == KIND_COURIER ? worker_courier(&h, slot) :
	    worker_run(&h, (size_t)kind, slot);
}

/*
 * A courier that waits for work is silent for as long as it polls.  Both limits
 * are those of the child's own generation, also when it is an old one.
 */
static int64_t
limit_ms(const struct config *conf, int kind)
{
	return INT64_C(1000) * (kind == KIND_COURIER ?
	    conf->courier.stuck_timeout + conf->courier.poll :
	    conf->pool[kind].request_timeout);
}

int
child_start(struct child *c, size_t row, const struct generation *g, int kind)
{
	const struct heritage *h = &g->heritage;
	struct board_slot *slot = board_slot(&h->board, row);
	pid_t master = getpid(), pid;

	memset(slot, 0, sizeof(*slot));
	/* On trial it also has to show that it reaches its database. */
	slot->go = !g->on_trial;
	slot->look = g->on_trial;
	if ((pid = fork()) == 0)
		_exit(child_run(*h, row, kind, master));
	if (pid == -1) {
		log_error("fork_failed", "cannot fork: %s", strerror(errno));
		return 0;
	}
	*c = (struct child){ .pid = pid, .kind = kind,
	    .generation = g->number, .born_ms = clock_mono_ms(),
	    .limit_ms = limit_ms(h->conf, kind), .patience_ms =
	    INT64_C(1000) * h->conf->server.stop_timeout };
	/* It may outlive its generation's configuration. */
	(void)snprintf(c->name, sizeof(c->name), "%s",
	    child_kind_name(h->conf, kind));
	return 1;
}
