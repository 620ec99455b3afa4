/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "conf/secret.h"
#include "crypto/password.h"

#include "daemon/listener.h"

#include "daemon/check.h"

/* RFC 7518 asks for 64 bytes with HS512; Cello hands out what it hands out. */
#define PRODUCT_SECRET_LEAST	32

static enum err
read_one(const struct config *c, const char *option, const char *path,
    struct secret *s)
{
	return secret_read(option, path, c->credentials_dir, s);
}

static enum err
check_cello(const struct config *c)
{
	struct secret s = { .count = 0 };
	enum err e;

	if (!c->cello.enabled)
		return ERR_OK;
	e = read_one(c, "product_secret_file", c->cello.product_secret_file, &s);
	if (e == ERR_OK && strlen(s.line[0]) < PRODUCT_SECRET_LEAST)
		log_warn("secret_short", "product_secret_file has fewer than "
		    "%d characters", PRODUCT_SECRET_LEAST);
	secret_done(&s);
	if (e == ERR_OK && !text_empty(c->cello.rewards_user)) {
		e = read_one(c, "rewards_password_file",
		    c->cello.rewards_password_file, &s);
		secret_done(&s);
	}
	if (e == ERR_OK && !text_empty(c->cello.access_key_id)) {
		e = read_one(c, "secret_access_key_file",
		    c->cello.secret_access_key_file, &s);
		secret_done(&s);
	}
	return e;
}

static enum err
check_pepper(const struct config *c)
{
	struct secret s = { .count = 0 };
	struct pepper *p = NULL;
	enum err e;

	if (text_empty(c->password.pepper_file))
		return ERR_OK;
	if ((e = read_one(c, "pepper_file", c->password.pepper_file, &s)) == ERR_OK)
		e = pepper_new(&s, &p);
	pepper_free(p);
	secret_done(&s);
	return e;
}

static enum err
check_stripe(const struct config *c)
{
	struct secret key = { .count = 0 }, hook = { .count = 0 };
	enum err e;

	if ((e = read_one(c, "secret_key_file", c->stripe.secret_key_file,
	    &key)) == ERR_OK)
		e = read_one(c, "webhook_secret_file", c->stripe.webhook_secret_file,
		    &hook);
	/* Odd ones are told and tried: Stripe has changed prefixes before. */
	if (e == ERR_OK) {
		(void)!secret_looks_like("secret_key_file", &key, "sk_", "rk_");
		(void)!secret_looks_like("webhook_secret_file", &hook, "whsec_",
		    "whsec_");
	}
	secret_done(&key);
	secret_done(&hook);
	return e;
}

/* All of them, so that one start tells everything that is wrong. */
static int
check_all(const struct config *c)
{
	int bad = 0;

	bad |= check_stripe(c) != ERR_OK;
	bad |= check_cello(c) != ERR_OK;
	bad |= check_pepper(c) != ERR_OK;
	return bad;
}

static int
find_names(const struct config *c, struct names *names)
{
	size_t i;

	for (i = 0; i < c->pools; i++)
		names->group[i] = listener_group(&c->pool[i]);
	return peers_find(c->server.peers, &names->peers) == ERR_OK;
}

/* First how many secrets are bad, then the names, each in one write. */
static int
child_run(const struct config *c, int fd, pid_t parent)
{
	struct names names;
	int bad;

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return 1;
	memset(&names, 0, sizeof(names));
	bad = check_all(c);
	if (write(fd, &bad, sizeof(bad)) != sizeof(bad) || bad ||
	    !find_names(c, &names) ||
	    write(fd, &names, sizeof(names)) != sizeof(names))
		return 1;
	return 0;
}

/* ERR_INPUT: the child has ended without saying it. */
static enum err
hear(int fd, int64_t until_us, void *ret, size_t size)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left;

	do
		if ((left = until_us - clock_mono_us()) < 0)
			return ERR_LATER;
	while (poll(&p, 1, (int)(left / 1000) + 1) != 1);
	return read(fd, ret, size) == (ssize_t)size ? ERR_OK : ERR_INPUT;
}

static enum err
hear_all(int fd, struct names *names)
{
	int64_t until_us = clock_mono_us() + CHECK_MS * 1000;
	enum err e;
	int bad;

	if ((e = hear(fd, until_us, &bad, sizeof(bad))) == ERR_LATER)
		log_error("check_failed", "could not read the secret files"
		    " within %d s", CHECK_MS / 1000);
	if (e != ERR_OK || bad)
		return e == ERR_OK ? ERR_INPUT : e;
	if ((e = hear(fd, until_us, names, sizeof(*names))) == ERR_LATER)
		log_error("check_failed", "could not look up the users of"
		    " peers and the groups of pools within %d s",
		    CHECK_MS / 1000);
	return e;
}

/* One that hangs is left for whoever waits for children next. */
static enum err
end(pid_t pid, enum err heard)
{
	int status;

	if (heard == ERR_LATER) {
		(void)kill(pid, SIGKILL);
		return heard;
	}
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return ERR_INTERNAL;
	if (WIFSIGNALED(status))
		log_error("check_failed", "the process that reads secrets and"
		    " looks up names was ended by signal %d", WTERMSIG(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? heard :
	    ERR_INPUT;
}

enum err
check_config(const struct config *conf, struct names *ret_names)
{
	pid_t parent = getpid(), pid;
	struct names names;
	int fd[2];
	enum err e;

	if (pipe2(fd, O_CLOEXEC) == -1) {
		log_error("pipe_failed", "could not make a pipe: %s",
		    strerror(errno));
		return ERR_INTERNAL;
	}
	if ((pid = fork()) == 0)
		_exit(child_run(conf, fd[1], parent));
	(void)close(fd[1]);
	if (pid == -1) {
		log_error("fork_failed", "cannot fork: %s", strerror(errno));
		e = ERR_INTERNAL;
	} else
		e = end(pid, hear_all(fd[0], &names));
	(void)close(fd[0]);
	if (e == ERR_OK)
		*ret_names = names;
	return e;
}
