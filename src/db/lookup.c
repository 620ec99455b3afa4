/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"

#include "db/lookup.h"

struct lookup {
	char		*name;
	sem_t		 answered;
	int		 error;		/* this and `list`: the thread's, */
	struct addrinfo	*list;		/* ours once it has answered */
	int64_t		 answered_us;	/* this too */
	atomic_int	 holders;	/* the last one frees */
};

void
lookup_leave(struct lookup *l)
{
	if (l == NULL || atomic_fetch_sub(&l->holders, 1) != 1)
		return;
	if (l->list != NULL)
		freeaddrinfo(l->list);
	(void)sem_destroy(&l->answered);
	free(l->name);
	free(l);
}

/* It may not log: lines are put together in memory that all threads share. */
static void *
ask(void *arg)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct lookup *l = arg;

	if ((l->error = getaddrinfo(l->name, NULL, &hints, &l->list)) != 0)
		l->list = NULL;
	l->answered_us = clock_mono_us();
	(void)sem_post(&l->answered);
	lookup_leave(l);
	return NULL;
}

struct lookup *
lookup_start(const char *name)
{
	struct lookup *l = mem_zero(1, sizeof(*l));
	pthread_t thread;

	l->name = mem_text(name);
	(void)sem_init(&l->answered, 0, 0);
	atomic_init(&l->holders, 2);

	/* SIGQUIT is blocked here, so in the thread: it is for who waits. */
	if (pthread_create(&thread, NULL, ask, l) != 0) {
		lookup_leave(l);
		lookup_leave(l);
		return NULL;
	}
	(void)pthread_detach(thread);
	return l;
}

const char *
lookup_name(const struct lookup *l)
{
	return l->name;
}

int
lookup_wait(struct lookup *l, int64_t until_us, int *ret_error,
    const struct addrinfo **ret_list)
{
	const struct timespec until = { .tv_sec = until_us / 1000000,
	    .tv_nsec = until_us % 1000000 * 1000 };

	while (sem_clockwait(&l->answered, CLOCK_MONOTONIC, &until) == -1)
		if (errno != EINTR)
			return 0;
	(void)sem_post(&l->answered);	/* for who asks again */
	*ret_error = l->error;
	*ret_list = l->list;
	return 1;
}

int
lookup_is_stale(struct lookup *l, int64_t ms)
{
	const struct addrinfo *list;
	int error;

	return lookup_wait(l, 0, &error, &list) &&
	    clock_mono_us() - l->answered_us >= ms * 1000;
}
