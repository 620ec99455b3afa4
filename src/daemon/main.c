/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/check.h"
#include "daemon/heritage.h"
#include "daemon/listener.h"
#include "daemon/master.h"
#include "daemon/notify.h"

/* As the build says. */
#ifndef ENDPIN_CONF
#define ENDPIN_CONF	"/usr/local/etc/endpin/endpin.conf"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION	"0"
#endif

#define OVERRIDES	64
#define EXIT_USAGE	2

struct arguments {
	const char	*file;
	const char	*override[OVERRIDES];
	size_t		 overrides;
	int		 check;
};

static const char usage[] =
    "usage: endpind [-c FILE] [--set SECTION.OPTION=VALUE]... [--check]\n"
    "\n"
    "Runs endpin's workers and couriers in the foreground.\n"
    "\n"
    "  -c, --config FILE   the configuration (" ENDPIN_CONF ")\n"
    "      --set S.O=V     override one option; may be repeated\n"
    "      --check         read configuration and secrets, then exit\n"
    "  -h, --help          print this\n"
    "  -V, --version       print the version\n"
    "\n"
    "SIGHUP renews all workers, SIGQUIT finishes and stops, SIGTERM stops.\n"
    "See endpind(8) and endpin.conf(5).\n";

/* -1: go on; else an exit status. */
static int
parse_arguments(int argc, char **argv, struct arguments *a)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "check", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:hV", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			a->file = optarg;
			break;
		case 's':
			if (a->overrides == OVERRIDES) {
				fprintf(stderr, "endpind: more than %d --set\n",
				    OVERRIDES);
				return EXIT_USAGE;
			}
			a->override[a->overrides++] = optarg;
			break;
		case 'n':
			a->check = 1;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case 'V':
			fputs("endpind " PACKAGE_VERSION "\n", stdout);
			return 0;
		default:
			fputs("endpind: try --help\n", stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "endpind: \"%s\" is not expected; try --help\n",
		    argv[optind]);
		return EXIT_USAGE;
	}
	return -1;
}

static enum log_level
level_named(const char *name)
{
	return text_equal(name, "debug") ? LOG_DEBUG :
	    text_equal(name, "warn") ? LOG_WARN :
	    text_equal(name, "error") ? LOG_ERROR : LOG_INFO;
}

static struct config *
read_config(const struct arguments *a)
{
	struct config *c;

	if (config_read(a->file, a->override, a->overrides,
	    getenv("CREDENTIALS_DIRECTORY"), stderr, &c) != ERR_OK)
		return NULL;
	log_level(level_named(c->log_level));
	return c;
}

/* For a reload: the secrets count as much as the file. */
static struct config *
reread(void *arg)
{
	struct config *c = read_config(arg);

	if (c != NULL && check_secrets(c) != ERR_OK) {
		config_free(c);
		c = NULL;
	}
	return c;
}

/* One name or number of `peers`. */
static enum err
add_peer(struct heritage *h, const char *name)
{
	struct passwd *p;
	int64_t uid;

	if (h->peers == PEERS) {
		log_error("peers_bad", "peers has more than %d users", PEERS);
		return ERR_INPUT;
	}
	if (text_number(name, INT32_MAX, &uid) == ERR_OK)
		h->peer[h->peers++] = (uid_t)uid;
	else if ((p = getpwnam(name)) != NULL)
		h->peer[h->peers++] = p->pw_uid;
	else
		log_warn("peers_bad", "peers: there is no user %s", name);
	return ERR_OK;
}

static enum err
find_peers(struct heritage *h)
{
	char name[64];
	const char *p;
	size_t len;
	enum err e;

	h->peer[h->peers++] = geteuid();
	for (p = h->conf->peers; *p != '\0'; p += len + (p[len] == ',')) {
		p += strspn(p, " ");
		len = strcspn(p, ", ");
		if (len == 0)
			continue;
		if (len >= sizeof(name))
			return ERR_INPUT;
		memcpy(name, p, len);
		name[len] = '\0';
		if ((e = add_peer(h, name)) != ERR_OK)
			return e;
		len += strspn(p + len, " ");
	}
	return ERR_OK;
}

/* The number of inherited sockets, if they are meant for us. */
static int
inherited_count(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int64_t n;

	if (pid == NULL || text_number(pid, INT32_MAX, &n) != ERR_OK ||
	    n != getpid() || fds == NULL ||
	    text_number(fds, POOLS, &n) != ERR_OK)
		return 0;
	return (int)n;
}

static enum err
open_listeners(struct heritage *h, int *ret_own)
{
	const char *names = getenv("LISTEN_FDNAMES");
	int count = names == NULL ? 0 : inherited_count(), i;
	enum err e;

	*ret_own = count == 0;
	for (i = 0; i < POOLS; i++) {
		h->listener[i] = listener_inherited(count,
		    names == NULL ? "" : names, pool_names[i]);
		if (h->listener[i] == -1 && (e = listener_open(
		    &h->conf->pool[i], &h->listener[i])) != ERR_OK)
			return e;
	}
	return ERR_OK;
}

static enum err
prepare(struct heritage *h, int *ret_own)
{
	int bell[2];
	enum err e;

	if (pipe2(bell, O_CLOEXEC | O_NONBLOCK) == -1)
		return ERR_INTERNAL;
	h->doorbell_read = bell[0];
	h->doorbell_write = bell[1];
	h->board = mmap(NULL, sizeof(*h->board), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (h->board == MAP_FAILED) {
		log_error("memory", "cannot share memory: %s", strerror(errno));
		return ERR_INTERNAL;
	}
	if ((e = find_peers(h)) != ERR_OK)
		return e;
	return open_listeners(h, ret_own);
}

/* No core, no ptrace by others of our user, nothing to read on stdin. */
static void
harden(void)
{
	const struct rlimit none = { 0, 0 };
	int fd;

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "200", 1);
	if ((fd = open("/dev/null", O_RDWR)) > 0) {
		(void)dup2(fd, STDIN_FILENO);
		if (fd > STDERR_FILENO)
			(void)close(fd);
	}
}

static int
run(struct arguments *a, struct config *conf)
{
	struct heritage h;
	int status, own = 1, i;

	memset(&h, 0, sizeof(h));
	h.conf = conf;
	for (i = 0; i < POOLS; i++)
		h.listener[i] = -1;
	log_process("master");
	master_signals();
	harden();
	if (check_secrets(conf) != ERR_OK) {
		fputs("endpind: a secret file cannot be used; see above\n",
		    stderr);
		return EXIT_USAGE;
	}
	if (a->check)
		return 0;
	notify_init(getenv("NOTIFY_SOCKET"));
	if (prepare(&h, &own) != ERR_OK)
		return 1;
	status = master_run(&h, reread, a, own);
	(void)munmap(h.board, sizeof(*h.board));
	return status;
}

int
main(int argc, char **argv)
{
	struct arguments a = { .file = ENDPIN_CONF };
	struct config *conf;
	int status;

	if ((status = parse_arguments(argc, argv, &a)) != -1)
		return status;
	if (geteuid() == 0) {
		fputs("endpind: will not run as root\n"
		    "hint: runuser -u endpin -- endpind ..., or the systemd "
		    "unit\n", stderr);
		return 1;
	}
	if ((conf = read_config(&a)) == NULL)
		return EXIT_USAGE;
	status = run(&a, conf);
	config_free(conf);
	return status;
}
