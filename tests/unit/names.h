/* SPDX-License-Identifier: MIT */
#ifndef TESTS_NAMES_H
#define TESTS_NAMES_H

/*
 * A name service of the test's own: this getaddrinfo() stands before the C
 * library's for the whole program, its libraries too.  "never.test" is not
 * answered until names_answer(), "none.test" does not exist, "two.test" has
 * two addresses; of the others the C library knows.
 */

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct {
	pthread_mutex_t	 lock;
	pthread_cond_t	 change;
	int		 answer;	/* "never.test" is over */
	int		 asked;		/* for it, so far */
	int		 waiting;	/* for it, now */
	int		 two;		/* asked for "two.test" */
} names = { .lock = PTHREAD_MUTEX_INITIALIZER,
    .change = PTHREAD_COND_INITIALIZER };

typedef int lookup(const char *, const char *, const struct addrinfo *,
    struct addrinfo **);

static inline int
names_never(void)
{
	(void)pthread_mutex_lock(&names.lock);
	names.asked++;
	names.waiting++;
	(void)pthread_cond_broadcast(&names.change);
	while (!names.answer)
		(void)pthread_cond_wait(&names.change, &names.lock);
	names.waiting--;
	(void)pthread_cond_broadcast(&names.change);
	(void)pthread_mutex_unlock(&names.lock);
	return EAI_AGAIN;
}

int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
    struct addrinfo **ret_list)
{
	lookup *real = (lookup *)(uintptr_t)dlsym(RTLD_NEXT, "getaddrinfo");
	int error;

	if (name != NULL && strcmp(name, "never.test") == 0)
		return names_never();
	if (name != NULL && strcmp(name, "none.test") == 0)
		return EAI_NONAME;
	if (name == NULL || strcmp(name, "two.test") != 0)
		return real(name, service, hints, ret_list);
	(void)pthread_mutex_lock(&names.lock);
	names.two++;
	(void)pthread_mutex_unlock(&names.lock);
	if ((error = real("127.0.0.2", service, hints, ret_list)) == 0)
		error = real("127.0.0.1", service, hints,
		    &(*ret_list)->ai_next);
	return error;
}

/* How often "never.test" was asked for. */
static inline int
names_asked(void)
{
	int asked;

	(void)pthread_mutex_lock(&names.lock);
	asked = names.asked;
	(void)pthread_mutex_unlock(&names.lock);
	return asked;
}

/* Wait until "never.test" has been asked for that often. */
static inline void
names_await(int asked)
{
	(void)pthread_mutex_lock(&names.lock);
	while (names.asked < asked)
		(void)pthread_cond_wait(&names.change, &names.lock);
	(void)pthread_mutex_unlock(&names.lock);
}

/* Answer all who wait for "never.test", and wait until they have gone. */
static inline void
names_answer(void)
{
	(void)pthread_mutex_lock(&names.lock);
	names.answer = 1;
	(void)pthread_cond_broadcast(&names.change);
	while (names.waiting > 0)
		(void)pthread_cond_wait(&names.change, &names.lock);
	names.answer = 0;
	(void)pthread_mutex_unlock(&names.lock);
}

#endif /* !TESTS_NAMES_H */
