/* SPDX-License-Identifier: MIT */

/* A log whose reader has stopped, is gone or has no room: base/log.h. */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "folder.h"

#define LINES		3000
#define PATIENCE	10	/* seconds until a wait counts as one for ever */
#define ALL_MAX		(4 << 20)

/* Instead of the test's own; to be put back. */
static int
stderr_swap(int fd)
{
	int before = dup(STDERR_FILENO);

	assert_int_not_equal(before, -1);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	return before;
}

static void
stderr_restore(int before)
{
	(void)dup2(before, STDERR_FILENO);
	(void)close(before);
	log_never_wait();
}

/* All that waits there, as a text.  Borrowed. */
static char *
read_all(int fd)
{
	static char text[ALL_MAX];
	size_t len = 0;
	ssize_t n;

	assert_int_not_equal(fcntl(fd, F_SETFL, O_NONBLOCK), -1);
	while (len < sizeof(text) - 1 &&
	    (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	return text;
}

/* How many lines `text` has, each of them JSON; the last one's event. */
static int64_t
count_lines(char *text, char last[32], int64_t *ret_lines)
{
	char *end;
	struct json *j = NULL;
	int64_t count = 0;

	for (; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		*end = '\0';
		if (json_parse(text, strlen(text), &j) != ERR_OK)
			fail_msg("not JSON: %s", text);
		(void)snprintf(last, 32, "%s", json_text(j, "event"));
		if (json_has(j, "lines"))
			assert_int_equal(json_int(j, "lines", ret_lines),
			    ERR_OK);
		json_free(j);
		count++;
	}
	assert_string_equal(text, "");
	return count;
}

static int
open_pipe(int fd[2])
{
	return pipe(fd);
}

/* As systemd-journald's. */
static int
open_socket(int fd[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
}

static const struct {
	const char	*what;
	int		(*open)(int fd[2]);
} ways[] = {
	{ "a pipe", open_pipe },
	{ "a socket", open_socket }
};

static void
nobody_waits_for_a_reader(void **state)
{
	int64_t lost, before_one, most, said = 0;
	char last[32];
	int fd[2], before, flags, i;
	size_t w;

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	for (w = 0; w < NELEM(ways); w++) {
		assert_int_equal(ways[w].open(fd), 0);
		lost = log_lost();
		before = stderr_swap(fd[1]);
		(void)alarm(PATIENCE);
		log_never_wait();
		for (i = 0; i < LINES; i++)
			log_info("some_event", "%0300d", i);
		/* Until there is no room for the shortest either. */
		for (most = LINES, before_one = -1; before_one != log_lost() - 1;
		    most++) {
			before_one = log_lost();
			log_info("e", "%s", "");
		}
		lost = log_lost() - lost;
		i = log_say_lost(lost);
		(void)alarm(0);
		flags = fcntl(fd[1], F_GETFL);
		stderr_restore(before);

		assert_int_equal(i, 0);
		if (lost <= 0 || lost >= most)
			fail_msg("%s: %lld lost", ways[w].what,
			    (long long)lost);
		/* Who shares it still waits. */
		assert_int_equal(flags & O_NONBLOCK, 0);
		assert_int_equal(count_lines(read_all(fd[0]), last, &said),
		    most - lost);

		before = stderr_swap(fd[1]);
		log_never_wait();
		i = log_say_lost(lost);
		stderr_restore(before);
		assert_int_equal(i, 1);
		assert_int_equal(count_lines(read_all(fd[0]), last, &said), 1);
		assert_string_equal(last, "log_lost");
		assert_int_equal(said, lost);

		(void)close(fd[0]);
		lost = log_lost();
		before = stderr_swap(fd[1]);
		log_never_wait();
		log_error("some_event", "nobody reads this");
		stderr_restore(before);
		assert_int_equal(log_lost() - lost, 1);
		(void)close(fd[1]);
	}
	(void)signal(SIGPIPE, SIG_DFL);
}

/* For processes that die, so that nothing is forgotten. */
static void
lost_lines_are_counted_where_it_is_said(void **state)
{
	static _Atomic int64_t elsewhere;
	int before, full = open("/dev/full", O_WRONLY);

	(void)state;
	assert_int_not_equal(full, -1);
	log_count_lost(&elsewhere);
	before = stderr_swap(full);
	log_error("some_event", "no room");
	log_error("some_event", "no room");
	stderr_restore(before);
	assert_int_equal(elsewhere, 2);
	assert_int_equal(log_lost(), 2);
	(void)close(full);
}

/* The line that comes after one that was cut off can be read. */
static void
a_torn_line_spoils_no_other(void **state)
{
	struct rlimit was, few;
	char *end;
	struct json *j = NULL;
	int64_t lost = log_lost();
	char *text;
	int i;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	few = (struct rlimit){ .rlim_cur = 1000, .rlim_max = was.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	stderr_catch();
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	for (i = 0; i < 20; i++)
		log_info("some_event", "%0100d", i);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	log_info("the_next", "there is room again");
	text = stderr_caught();
	(void)signal(SIGXFSZ, SIG_DFL);

	if (log_lost() - lost <= 10)
		fail_msg("%lld lost", (long long)(log_lost() - lost));
	text[strlen(text) - 1] = '\0';
	assert_non_null(end = strrchr(text, '\n'));
	if (json_parse(end + 1, strlen(end + 1), &j) != ERR_OK)
		fail_msg("%s", end + 1);
	assert_string_equal(json_text(j, "event"), "the_next");
	json_free(j);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_waits_for_a_reader),
		cmocka_unit_test(a_torn_line_spoils_no_other),
		cmocka_unit_test(lost_lines_are_counted_where_it_is_said),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
