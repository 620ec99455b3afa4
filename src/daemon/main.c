/* SPDX-License-Identifier: MIT */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>

#include "base/log.h"
#include "base/streams.h"
#include "base/text.h"

#include "daemon/check.h"
#include "daemon/descriptors.h"
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
	int64_t		 reload;	/* pid of a master; 0: not wanted */
};

static const char usage[] =
    "usage: endpind [-c FILE] [--set SECTION.OPTION=VALUE]... [--check |"
    " --reload PID]\n"
    "\n"
    "Runs endpin's workers and couriers in the foreground.\n"
    "\n"
    "  -c, --config FILE   the configuration (" ENDPIN_CONF ")\n"
    "      --set S.O=V     override one option; may be repeated\n"
    "      --check         read configuration and secrets, then exit\n"
    "      --reload PID    the same, then have that endpind read them again\n"
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
		{ "reload", required_argument, NULL, 'r' },
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
		case 'r':
			if (text_number(optarg, INT32_MAX, &a->reload) !=
			    ERR_OK || a->reload < 2) {
				fputs("endpind: --reload wants the pid of an"
				    " endpind\n", stderr);
				return EXIT_USAGE;
			}
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

static enum err
read_config(const struct arguments *a, FILE *complaints,
    struct config **ret_config)
{
	return config_read(a->file, a->override, a->overrides,
	    getenv("CREDENTIALS_DIRECTORY"), complaints, ret_config);
}

/* Once there are workers, standard error is for lines of JSON. */
static void
log_complaints(const char *text)
{
	size_t len;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		log_error("config_bad", "%.*s", (int)len, text);
	}
}

/* These were opened at the start, and stay as they are. */
static void
compare_listeners(const struct config *old, const struct config *fresh)
{
	const struct pool_config *a = old->pool, *b = fresh->pool;
	size_t i;

	for (i = 0; i < fresh->pools; i++)
		if (!text_equal(a[i].listen, b[i].listen) ||
		    !text_equal(a[i].mode, b[i].mode) ||
		    !text_equal(a[i].group, b[i].group))
			log_warn("restart_needed", "listen, mode and group of"
			    " pool \"%s\" change at the next start",
			    a[i].name);
}

/* For a reload: secrets and peers count as much as the file. */
static enum err
reread(const struct heritage *now, struct heritage *ret_fresh, void *arg)
{
	const struct arguments *a = arg;
	struct config *fresh = NULL;
	struct names names;
	char *text = NULL;
	size_t len = 0;
	FILE *complaints;
	enum err e;

	if ((complaints = open_memstream(&text, &len)) == NULL)
		return ERR_INTERNAL;
	e = read_config(a, complaints, &fresh);
	if (fclose(complaints) == 0)
		log_complaints(text);
	free(text);
	if (e != ERR_OK)
		return e;

	if ((e = descriptors_check(fresh)) != ERR_OK ||
	    (e = check_config(fresh, &names)) != ERR_OK) {
		config_free(fresh);
		return e;
	}
	if (!config_keep_pools(now->conf, fresh))
		log_warn("restart_needed", "pools that were added or removed"
		    " come and go at the next start; all stay as they are");
	else
		compare_listeners(now->conf, fresh);
	*ret_fresh = *now;
	ret_fresh->conf = fresh;
	ret_fresh->peers = names.peers;
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
	    text_number(fds, CONFIG_POOLS, &n) != ERR_OK)
		return 0;
	return (int)n;
}

static enum err
prepare(struct heritage *h, const struct names *n)
{
	const char *names = getenv("LISTEN_FDNAMES");
	int bell[2];
	enum err e;

	if (pipe2(bell, O_CLOEXEC | O_NONBLOCK) == -1) {
		log_error("pipe_failed", "could not make a pipe: %s",
		    strerror(errno));
		return ERR_INTERNAL;
	}
	h->doorbell_read = bell[0];
	h->doorbell_write = bell[1];
	h->peers = n->peers;
	if ((e = board_open(&h->board)) != ERR_OK)
		return e;
	return listener_open_all(h->conf, n->group,
	    names == NULL ? 0 : inherited_count(), names, h->listener);
}

/* No core, nothing to read on stdin. */
static void
harden(void)
{
	const struct rlimit none = { 0, 0 };
	int fd;

	(void)setrlimit(RLIMIT_CORE, &none);
	if ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		return;
	(void)dup2(fd, STDIN_FILENO);
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

/* How often the service manager wants to hear from us; 0: never. */
static int64_t
watchdog_usec(void)
{
	const char *pid = getenv("WATCHDOG_PID"), *usec = getenv("WATCHDOG_USEC");
	int64_t n;

	if (usec == NULL || (pid != NULL &&
	    (text_number(pid, INT32_MAX, &n) != ERR_OK || n != getpid())) ||
	    text_number(usec, INT32_MAX * INT64_C(1000000), &n) != ERR_OK)
		return 0;
	return n;
}

/*
 * What systemctl reload runs, so that it fails if the configuration or a secret
 * is wrong; the master looks again, and by itself.
 */
static int
ask_to_reload(int64_t pid)
{
	if (kill((pid_t)pid, SIGHUP) == 0)
		return 0;
	fprintf(stderr, "endpind: could not ask process %lld to reload: %s\n",
	    (long long)pid, strerror(errno));
	return 1;
}

/* Takes h->conf. */
static int
serve(struct heritage *h, struct arguments *a, const struct names *n)
{
	int status;

	notify_init(getenv("NOTIFY_SOCKET"), watchdog_usec());
	if (prepare(h, n) != ERR_OK) {
		config_free(h->conf);
		return 1;
	}
	status = master_run(h, reread, a);
	board_close(&h->board);
	return status;
}

/* Or is it only to look, or to ask the one that does? */
static int
is_to_serve(const struct arguments *a)
{
	return !a->check && a->reload == 0;
}

static int
run(struct arguments *a, struct config *conf)
{
	struct heritage h = { .conf = conf };
	struct names names;
	int status = 0;

	log_process("master");
	if (is_to_serve(a))
		log_never_wait();
	heritage_log_level(&h);
	master_signals();
	harden();
	if (is_to_serve(a) && descriptors_check(conf) != ERR_OK) {
		config_free(conf);
		return 1;
	}
	switch (check_config(conf, &names)) {
	case ERR_OK:
		if (is_to_serve(a))
			return serve(&h, a, &names);
		if (a->reload != 0)
			status = ask_to_reload(a->reload);
		break;
	case ERR_INPUT:
		fputs("endpind: a secret file, or peers, cannot be used; see"
		    " above\n", stderr);
		status = EXIT_USAGE;
		break;
	default:
		status = 1;
		break;
	}
	config_free(conf);
	return status;
}

int
main(int argc, char **argv)
{
	struct arguments a = { .file = ENDPIN_CONF };
	struct config *conf = NULL;
	int status, has_log = streams_keep();

	if ((status = parse_arguments(argc, argv, &a)) != -1)
		return status;
	if (geteuid() == 0) {
		fputs("endpind: will not run as root\n"
		    "hint: runuser -u endpin -- endpind ..., or the systemd "
		    "unit\n", stderr);
		return 1;
	}
	if (is_to_serve(&a) && !has_log) {
		streams_complain("endpind", "standard error is closed, so"
		    " there is nowhere to write the log");
		return 1;
	}
	descriptors_raise();
	if (read_config(&a, stderr, &conf) != ERR_OK)
		return EXIT_USAGE;
	return run(&a, conf);
}
