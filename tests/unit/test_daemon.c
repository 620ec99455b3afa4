/* SPDX-License-Identifier: MIT */

/*
 * The parts of daemon/ that can be had without a service: how fast the dead are
 * replaced, who is asked, told, killed and when, when a generation is whole,
 * sockets and who may come in, which connection is next.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "api/api.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/slots.h"
#include "base/together.h"
#include "daemon/check.h"
#include "daemon/board.h"
#include "daemon/coming.h"
#include "daemon/crew.h"
#include "daemon/entrance.h"
#include "daemon/gate.h"
#include "daemon/line.h"
#include "daemon/listener.h"
#include "daemon/loss.h"
#include "daemon/notify.h"
#include "daemon/peers.h"
#include "daemon/places.h"
#include "daemon/status.h"
#include "daemon/throttle.h"
#include "daemon/trial.h"
#include "daemon/work.h"
#include "http/route.h"
#include "slow.h"

#define FIRST		3	/* that systemd hands over */
#define PATIENCE_MS	20000	/* for what comes, on however busy a machine */

static char dir[] = "/tmp/endpin-daemon-XXXXXX";
static char path[64];
static char mode[] = "0660", nobody[] = "";
static mode_t mode_before;	/* of the last file that was opened up */

/*
 * Instead of the C library's: what could have been done to the file until now?
 */
int
chmod(const char *file, mode_t to)
{
	struct stat st;

	if (lstat(file, &st) == -1)
		return -1;
	mode_before = st.st_mode & 0777;
	return fchmodat(AT_FDCWD, file, to, 0);
}

/* --- time --- */

/*
 * Where it is stopped, time passes when a test says so, and for a gate as long
 * as it would wait: all that it could hear of meanwhile is done by this
 * process.  Otherwise a machine that is busy for a tenth of a second would
 * decide who has waited for too long.
 */
static int64_t passed_us, stopped_us;

int64_t __real_clock_mono_us(void);
int64_t __wrap_clock_mono_us(void);
int64_t __real_clock_mono_ms(void);
int64_t __wrap_clock_mono_ms(void);
int __real_epoll_pwait(int fd, struct epoll_event *e, int most, int ms,
    const sigset_t *mask);
int __wrap_epoll_pwait(int fd, struct epoll_event *e, int most, int ms,
    const sigset_t *mask);

int64_t
__wrap_clock_mono_us(void)
{
	return stopped_us != 0 ? stopped_us + passed_us :
	    __real_clock_mono_us();
}

int64_t
__wrap_clock_mono_ms(void)
{
	return __wrap_clock_mono_us() / 1000;
}

int
__wrap_epoll_pwait(int fd, struct epoll_event *e, int most, int ms,
    const sigset_t *mask)
{
	int n = __real_epoll_pwait(fd, e, most, 0, mask);

	if (n == 0 && ms > 0)
		passed_us += INT64_C(1000) * ms;
	return n;
}

static int
time_stops(void **state)
{
	(void)state;
	stopped_us = __real_clock_mono_us();
	passed_us = 0;
	return 0;
}

static int
time_goes_on(void **state)
{
	(void)state;
	stopped_us = 0;
	return 0;
}

/* --- throttle --- */

static void
test_throttle(void **state)
{
	struct throttle t = { .young = 0 };
	int64_t now = 5000, wait, want;
	int i;

	(void)state;
	/* Nine deaths cost nothing, the tenth does. */
	for (i = 1; i < THROTTLE_BURST; i++) {
		assert_int_equal(throttle_died(&t, now), 0);
		assert_int_equal(throttle_allow(&t, now, 4), 4);
		now += 10;
	}
	assert_int_equal(throttle_died(&t, now), THROTTLE_LEAST_MS);
	/* The rest of the burst is no news. */
	assert_int_equal(throttle_died(&t, now), 0);

	/* Then one at a time, after a wait that doubles up to a limit. */
	wait = THROTTLE_LEAST_MS;
	for (i = 0; i < 10; i++) {
		assert_int_equal(throttle_allow(&t, now + wait - 1, 4), 0);
		now += wait;
		assert_int_equal(throttle_allow(&t, now, 4), 1);
		assert_int_equal(throttle_allow(&t, now, 3), 0);
		want = wait * 2 < THROTTLE_MOST_MS ? wait * 2 :
		    THROTTLE_MOST_MS;
		wait = throttle_died(&t, now += 5);
		assert_int_equal(wait, want);
	}

	/* One that lives ends it. */
	now += wait;
	assert_int_equal(throttle_allow(&t, now, 4), 1);
	assert_int_equal(throttle_allow(&t, now + THROTTLE_YOUNG_MS - 1, 3),
	    0);
	assert_int_equal(throttle_allow(&t, now + THROTTLE_YOUNG_MS, 3), 3);
	assert_int_equal(throttle_died(&t, now + 2 * THROTTLE_YOUNG_MS), 0);
}

static void
test_throttle_window(void **state)
{
	struct throttle t = { .young = 0 };
	int64_t now = 1;
	int i;

	(void)state;
	/* Now and then is not too often. */
	for (i = 0; i < 100; i++) {
		assert_int_equal(throttle_died(&t, now), 0);
		now += THROTTLE_WINDOW_MS / THROTTLE_BURST + 200;
	}
}

/* What a worker that is overdue was at. */
static void
test_work(void **state)
{
	const struct {
		uintptr_t	 row;
		int		 requests;
		const char	*text;
	} rows[] = {
		{ 0, 1, "one request" },
		{ 0, 3, "3 requests together" },
		{ (uintptr_t)&api_routes[0], 1, "POST /api/signup" },
		{ (uintptr_t)&api_routes[0], 3,
		    "POST /api/signup, one of 3 requests" },
		/* What cannot be is not believed. */
		{ (uintptr_t)&api_routes[0] + 1, -1, "one request" }
	};
	char text[WORK_TEXT];
	struct busy b;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		b.row = rows[i].row;
		b.requests = rows[i].requests;
		work_text(&b, text);
		assert_string_equal(text, rows[i].text);
	}
}

/* --- the board --- */

/* A child that is confined to row 5 and writes to `row`: how it ended. */
static int
write_from_child(struct board *b, size_t row)
{
	pid_t pid;
	int status;

	if ((pid = fork()) == 0) {
		/* Under a sanitizer too, the kernel's verdict counts. */
		(void)signal(SIGSEGV, SIG_DFL);
		if (board_confine(b, 5) != ERR_OK)
			_exit(1);
		board_slot(b, row)->began_ms = 42;
		_exit(0);
	}
	assert_int_not_equal(pid, -1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
test_board(void **state)
{
	static const size_t others[] = { 0, 4, 6, BOARD_SLOTS - 1 };
	struct board b;
	int status;
	size_t i;

	(void)state;
	assert_int_equal(board_open(&b), ERR_OK);
	assert_int_equal(write_from_child(&b, 5), 0);
	assert_int_equal(board_slot(&b, 5)->began_ms, 42);
	for (i = 0; i < NELEM(others); i++) {
		status = write_from_child(&b, others[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSEGV);
		assert_int_equal(board_slot(&b, others[i])->began_ms, 0);
	}
	/* The master keeps all of it. */
	board_slot(&b, 0)->leave = 1;
	board_close(&b);
}

/* --- the crew --- */

static struct board board;
static struct crew crew;

static struct child *
add_child(pid_t pid, int kind, int generation)
{
	struct child *c = crew.child;

	while (c->pid != 0)
		c++;
	*c = (struct child){ .pid = pid, .kind = kind,
	    .generation = generation, .born_ms = clock_mono_ms() - 10000,
	    .limit_ms = 2000, .patience_ms = 3000 };
	memset(board_slot(&board, (size_t)(c - crew.child)), 0,
	    sizeof(struct board_slot));
	board_slot(&board, (size_t)(c - crew.child))->stage = STAGE_SERVING;
	return c;
}

static struct board_slot *
slot_of(const struct child *c)
{
	return board_slot(&board, (size_t)(c - crew.child));
}

/* A process that does nothing, and which every signal ends. */
static struct child *
add_process(int kind, int generation)
{
	pid_t pid;

	if ((pid = fork()) == 0)
		for (;;)
			(void)pause();
	assert_int_not_equal(pid, -1);
	return add_child(pid, kind, generation);
}

/* The signal that ended it; one that was not ended fails the test. */
static int
ended_by(struct child *c)
{
	int64_t until = __real_clock_mono_ms() + PATIENCE_MS;
	int status = 0;
	pid_t got;

	while ((got = waitpid(c->pid, &status, WNOHANG)) == 0 &&
	    __real_clock_mono_ms() < until)
		(void)poll(NULL, 0, 1);
	assert_int_equal(got, c->pid);
	assert_true(WIFSIGNALED(status));
	c->pid = 0;
	return WTERMSIG(status);
}

static int
is_alive(const struct child *c)
{
	return waitpid(c->pid, NULL, WNOHANG) == 0;
}

static int
crew_setup(void **state)
{
	const struct rlimit none = { 0, 0 };

	(void)state;
	memset(&crew, 0, sizeof(crew));
	(void)setrlimit(RLIMIT_CORE, &none);
	/* Who runs us in the background may have it ignored. */
	(void)signal(SIGQUIT, SIG_DFL);
	if (board_open(&board) != ERR_OK)
		return -1;
	crew.board = &board;
	return time_stops(state);
}

static int
crew_teardown(void **state)
{
	struct child *c;

	(void)state;
	for (c = crew.child; c < crew.child + BOARD_SLOTS; c++)
		if (c->pid != 0 && c->pid != getpid()) {
			(void)kill(c->pid, SIGKILL);
			(void)waitpid(c->pid, NULL, 0);
		}
	board_close(&board);
	return time_goes_on(state);
}

static void
test_crew_dismiss(void **state)
{
	struct child *asked, *patient, *insisted, *killed, *serving;

	(void)state;
	asked = add_process(0, 1);
	patient = add_process(0, 1);
	insisted = add_process(1, 1);
	killed = add_process(1, 1);
	serving = add_process(0, 2);
	patient->asked_ms = clock_mono_ms() - 2900;
	patient->told_ms = clock_mono_ms();
	insisted->asked_ms = clock_mono_ms() - 3001;
	killed->asked_ms = clock_mono_ms() - 4001;
	crew_dismiss(&crew, 2);
	assert_true(slot_of(asked)->leave);
	assert_int_equal(ended_by(asked), SIGQUIT);
	assert_int_equal(ended_by(insisted), SIGTERM);
	assert_int_equal(ended_by(killed), SIGKILL);
	/* It has heard, and may take its time. */
	assert_true(is_alive(patient));
	assert_true(is_alive(serving));
	assert_false(slot_of(serving)->leave);

	/* In a hurry nobody is asked. */
	crew.hurry_ms = clock_mono_ms();
	crew_dismiss(&crew, CREW_ALL);
	assert_int_equal(ended_by(patient), SIGTERM);
	assert_int_equal(ended_by(serving), SIGTERM);
	serving = add_process(0, 2);
	crew.hurry_ms = clock_mono_ms() - 500;
	crew_dismiss(&crew, CREW_ALL);
	assert_int_equal(ended_by(serving), SIGKILL);
}

static void
test_crew_end_stuck(void **state)
{
	struct child *busy, *stuck, *beating, *silent, *young, *liar;

	(void)state;
	busy = add_process(0, 1);
	slot_of(busy)->began_ms = clock_mono_ms() - 1000;
	stuck = add_process(0, 1);
	slot_of(stuck)->began_ms = clock_mono_ms() - 2001;
	beating = add_process(KIND_COURIER, 1);
	slot_of(beating)->beat_ms = clock_mono_ms() - 1000;
	silent = add_process(KIND_COURIER, 1);
	slot_of(silent)->beat_ms = clock_mono_ms() - 2001;
	/* It has not had the time to beat. */
	young = add_process(KIND_COURIER, 1);
	young->born_ms = clock_mono_ms();
	/* What cannot be is not believed. */
	liar = add_process(KIND_COURIER, 1);
	slot_of(liar)->beat_ms = INT64_MAX;
	/* A stopped process hears nothing but SIGKILL. */
	assert_int_equal(kill(silent->pid, SIGSTOP), 0);
	crew_end_stuck(&crew);
	assert_int_equal(ended_by(stuck), SIGKILL);
	assert_int_equal(ended_by(silent), SIGKILL);
	assert_int_equal(ended_by(liar), SIGKILL);
	assert_true(is_alive(busy));
	assert_true(is_alive(beating));
	assert_true(is_alive(young));
	assert_false(busy->killed);
}

/* However many there are, and never fewer than before. */
static void
test_crew_log_lost(void **state)
{
	static const struct {
		int64_t	 said, counts;
	} rows[] = {
		{ 0, 0 }, { 7, 7 }, { INT64_C(1) << 33, INT64_C(1) << 33 },
		/* What cannot be is not believed. */
		{ -7, 0 }, { INT64_MAX, INT64_C(1000000000000) }
	};
	struct child *c;
	size_t i;

	(void)state;
	c = add_process(0, 1);
	for (i = 0; i < NELEM(rows); i++) {
		slot_of(c)->log_lost = rows[i].said;
		assert_int_equal(crew_log_lost(&crew), rows[i].counts);
	}
}

static char hook_name[] = "hook", web_name[] = "web";

static struct config small = {
	.pool = { { .name = hook_name }, { .name = web_name } },
	.pools = 2
};

/* A child that leaves with `status`, buried when it has. */
static void
bury_one_that_left(struct generation *g, int kind, enum board_stage stage,
    int status)
{
	struct generation *const all[] = { g };
	struct child *c;
	pid_t pid;

	if ((pid = fork()) == 0)
		_exit(status);
	c = add_child(pid, kind, g->number);
	c->born_ms = clock_mono_ms();
	slot_of(c)->stage = stage;
	while (c->pid != 0)
		crew_bury(&crew, all, 1);
}

static void
test_crew_bury(void **state)
{
	struct generation g;
	int i;

	(void)state;
	memset(&g, 0, sizeof(g));
	g.number = 3;
	g.heritage.conf = &small;
	/* Leaving as one should is no death. */
	for (i = 0; i < THROTTLE_BURST; i++)
		bury_one_that_left(&g, 0, STAGE_SERVING, 0);
	assert_false(g.braked);
	assert_string_equal(g.last_words, "");
	for (i = 0; i < THROTTLE_BURST; i++)
		bury_one_that_left(&g, 1, STAGE_BORN, 1);
	assert_true(g.braked);
	assert_non_null(strstr(g.last_words,
	    "left with status 1 before it was ready"));
	/* One kind that dies does not brake the others. */
	assert_int_equal(throttle_allow(&g.throttle[1], clock_mono_ms(), 4), 0);
	assert_int_equal(throttle_allow(&g.throttle[0], clock_mono_ms(), 4), 4);
	assert_int_equal(throttle_allow(&g.throttle[KIND_COURIER],
	    clock_mono_ms(), 2), 2);
}

/* Whoever is held back is not started, however many are missing. */
static void
test_crew_held_back(void **state)
{
	struct generation g;
	int kind, i;

	(void)state;
	memset(&g, 0, sizeof(g));
	g.number = 1;
	g.heritage.conf = &small;
	g.heritage.board = board;
	small.courier.processes = 1;
	for (kind = 0; kind < KIND_COURIER; kind++)
		small.pool[kind].workers = 1;
	for (kind = 0; kind < KINDS; kind++)
		for (i = 0; i < THROTTLE_BURST; i++)
			(void)throttle_died(&g.throttle[kind], clock_mono_ms());
	crew_start_missing(&crew, &g);
	assert_int_equal(crew_count(&crew, CREW_ALL, CREW_ALL, STAGE_BORN), 0);
}

/* --- children --- */

static char quiet[] = "error", none_pooled[] = "none", nowhere[] = "/none";

/* A generation whose courier leaves as soon as it begins: it has no key. */
static void
set_generation(struct generation *g, int on_trial)
{
	memset(g, 0, sizeof(*g));
	g->number = 1;
	g->on_trial = on_trial;
	g->heritage.conf = &small;
	g->heritage.board = board;
	g->heritage.doorbell_read = g->heritage.doorbell_write = -1;
	small.server.log_level = quiet;
	small.server.stop_timeout = 7;
	small.database.conninfo = nobody;
	small.database.pooler = none_pooled;
	small.stripe.secret_key_file = nowhere;
	small.courier.stuck_timeout = 50;
	small.courier.poll = 9;
}

static void
test_courier_on_trial(void **state)
{
	struct generation g;
	struct child *c = &crew.child[3];
	int64_t until = __real_clock_mono_ms() + PATIENCE_MS;
	int status;

	(void)time_goes_on(state);
	set_generation(&g, 1);
	assert_int_equal(child_start(c, 3, &g, KIND_COURIER), 1);
	/* One that waits for work is silent for as long as it polls. */
	assert_int_equal(c->limit_ms, 59000);
	assert_int_equal(c->patience_ms, 7000);
	assert_string_equal(c->name, "courier");

	/* Until it is said it does not begin. */
	while (slot_of(c)->stage != STAGE_OPEN &&
	    __real_clock_mono_ms() < until)
		(void)poll(NULL, 0, 1);
	(void)poll(NULL, 0, 200);
	assert_true(is_alive(c));
	assert_int_equal(slot_of(c)->stage, STAGE_OPEN);
	crew_go(&crew, 1);
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	c->pid = 0;
	assert_int_equal(slot_of(c)->stage, STAGE_SERVING);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
}

/* --- trial --- */

/* Generations of one worker of each kind and a courier; nobody is signalled. */
static void
add_generation(struct generation *g, int number, enum board_stage stage,
    enum board_database database)
{
	int kind;

	small.courier.processes = 1;
	small.server.start_timeout = 5;
	memset(g, 0, sizeof(*g));
	g->number = number;
	g->heritage.conf = &small;
	for (kind = 0; kind < KINDS; kind++) {
		struct child *c = add_child(getpid(), kind, number);

		if (kind != KIND_COURIER) {
			small.pool[kind].workers = 1;
			slot_of(c)->database = (int)database;
		}
		slot_of(c)->stage = (int)stage;
	}
}

static void
set_database(int generation, int kind, enum board_database database)
{
	struct child *c;

	for (c = crew.child; c < crew.child + BOARD_SLOTS; c++)
		if (c->pid != 0 && c->generation == generation &&
		    c->kind == kind)
			slot_of(c)->database = (int)database;
}

static void
test_trial(void **state)
{
	struct generation old, fresh;
	struct trial t;
	char why[TRIAL_WHY];
	int kind;

	(void)state;
	(void)signal(SIGUSR1, SIG_IGN);
	add_generation(&old, 1, STAGE_SERVING, DATABASE_UNKNOWN);
	add_generation(&fresh, 2, STAGE_OPEN, DATABASE_UNKNOWN);
	trial_begin(&t, &fresh);
	assert_true(t.g.on_trial);

	/* Until its workers have looked it is not whole. */
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_NONE);
	for (kind = 0; kind < KIND_COURIER; kind++)
		set_database(2, kind, DATABASE_THERE);
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_WHOLE);

	/* One that does not reach it while one in service does. */
	set_database(2, 1, DATABASE_GONE);
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_NONE);
	set_database(1, 0, DATABASE_THERE);
	for (kind = 1; kind < KIND_COURIER; kind++)
		set_database(1, kind, DATABASE_GONE);
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_NONE);
	assert_non_null(strstr(why, "1 workers do not reach the database,"
	    " which 1 of generation 1 do"));
	t.began_ms -= 5000;
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_LOST);
	assert_non_null(strstr(why, "do not reach the database"));

	/* None of those in service does: there is nothing to lose. */
	set_database(1, 0, DATABASE_GONE);
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_WHOLE);
}

/* What those in service said during an outage of before is no answer. */
static void
test_trial_asks_anew(void **state)
{
	struct generation old, fresh;
	struct trial t;
	char why[TRIAL_WHY];
	int kind;

	(void)state;
	(void)signal(SIGUSR1, SIG_IGN);
	add_generation(&old, 1, STAGE_SERVING, DATABASE_GONE);
	add_generation(&fresh, 2, STAGE_OPEN, DATABASE_THERE);
	trial_begin(&t, &fresh);
	set_database(2, 1, DATABASE_GONE);
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_NONE);
	assert_int_equal(crew_count_database(&crew, 1, DATABASE_GONE), 0);
	for (kind = 0; kind < KIND_COURIER; kind++)
		set_database(1, kind, DATABASE_THERE);
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_NONE);
	assert_non_null(strstr(why, "of generation 1 do"));
}

static void
test_trial_incomplete(void **state)
{
	struct generation old, fresh;
	struct trial t;
	char why[TRIAL_WHY];

	(void)state;
	(void)signal(SIGUSR1, SIG_IGN);
	add_generation(&old, 1, STAGE_SERVING, DATABASE_THERE);
	add_generation(&fresh, 2, STAGE_OPEN, DATABASE_THERE);
	trial_begin(&t, &fresh);
	assert_true(crew_is_whole(&crew, &fresh, STAGE_OPEN));
	slot_of(&crew.child[2 * KINDS - 1])->stage = STAGE_BORN;
	assert_false(crew_is_whole(&crew, &fresh, STAGE_OPEN));
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_NONE);
	assert_string_equal(why, "0 of 1 of kind \"courier\" are ready");
	t.began_ms -= 4900;
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_NONE);
	t.began_ms -= 100;
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_LOST);

	/* No need to wait for those who die at once. */
	trial_begin(&t, &fresh);
	t.g.braked = 1;
	(void)snprintf(t.g.last_words, sizeof(t.g.last_words), "web 7 left");
	assert_int_equal(trial_judge(&t, &crew, &old, why), VERDICT_LOST);
	assert_non_null(strstr(why, "web 7 left"));
}

/* --- telling the service manager --- */

static int
manager(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s/n", dir);
	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

/* What was told; "" if nothing was. */
static const char *
told(int fd)
{
	static char text[512];
	ssize_t len = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[len < 0 ? 0 : len] = '\0';
	return text;
}

static void
test_notify(void **state)
{
	static char to[64];
	struct generation g;
	struct trial t = { .began_ms = 0 };
	int fd = manager();
	int64_t again;

	(void)state;
	(void)snprintf(to, sizeof(to), "%s/n", dir);
	notify_init(NULL, 1000000);
	assert_int_equal(notify_alive(), -1);
	notify_init(to, 0);
	assert_int_equal(notify_alive(), -1);
	notify_tell("READY=1");
	assert_string_equal(told(fd), "READY=1");

	/* Twice as often as need be, not more. */
	notify_init(to, 1000000);
	again = notify_alive();
	assert_in_range(again, 400, 501);
	assert_string_equal(told(fd), "WATCHDOG=1");
	assert_in_range(notify_alive(), 0, 501);
	assert_string_equal(told(fd), "");

	notify_extend();
	assert_string_equal(told(fd), "EXTEND_TIMEOUT_USEC=10000000");
	notify_extend();
	assert_string_equal(told(fd), "");
	notify_reloading();
	assert_int_equal(strncmp(told(fd), "RELOADING=1\nMONOTONIC_USEC=", 27),
	    0);

	/* The counts, when they have changed. */
	add_generation(&g, 4, STAGE_SERVING, DATABASE_UNKNOWN);
	crew.child[0].pid = 0;
	status_tell(&crew, &g, &t, 0);
	assert_non_null(strstr(told(fd), "STATUS=generation 4: hook 0/1, "
	    "web 1/1"));
	/* Who is there and does not serve yet is not counted. */
	slot_of(&crew.child[1])->stage = STAGE_OPEN;
	status_tell(&crew, &g, &t, 0);
	assert_non_null(strstr(told(fd), "hook 0/1, web 0/1"));
	status_tell(&crew, &g, &t, 0);
	assert_string_equal(told(fd), "");
	add_generation(&t.g, 5, STAGE_OPEN, DATABASE_UNKNOWN);
	status_tell(&crew, &g, &t, 0);
	assert_non_null(strstr(told(fd), "on trial, generation 5: hook 1/1"));

	notify_init(NULL, 0);
	(void)close(fd);
	(void)unlink(to);
}

/* Where the service manager may be, and where it cannot be. */
static void
test_notify_names(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char place[200];
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	int len;

	(void)state;
	/* A name that is no file begins with '@' where it is written down. */
	len = snprintf(place, sizeof(place), "@endpin-test-%d", (int)getpid());
	memcpy(a.sun_path + 1, place + 1, (size_t)len - 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&a,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)len)),
	    0);
	notify_init(place, 0);
	notify_tell("STOPPING=1");
	assert_string_equal(told(fd), "STOPPING=1");
	(void)close(fd);

	/* Nobody is there any more. */
	notify_tell("STOPPING=1");

	/* One that is too long is nobody's. */
	memset(place, 'x', sizeof(place) - 1);
	place[sizeof(place) - 1] = '\0';
	notify_init(place, 0);
	notify_tell("READY=1");
	notify_init(NULL, 0);
}

/* --- sockets --- */

static const struct pool_config *
pool(const char *listen)
{
	static struct pool_config p = { .mode = mode, .group = nobody };

	assert_true(strlen(listen) < sizeof(path));
	(void)snprintf(path, sizeof(path), "%s", listen);
	p.listen = path;
	return &p;
}

static enum err
open_at(const char *listen, struct listener *ret_listener)
{
	return listener_open(pool(listen), LISTENER_NO_GROUP, ret_listener);
}

static const char *
in_dir(const char *name)
{
	static char ret[64];

	(void)snprintf(ret, sizeof(ret), "%s/%s", dir, name);
	return ret;
}

static int
client(const char *to)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", to);
	assert_int_not_equal(fd, -1);
	assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof(a)),
	    0);
	return fd;
}

static void
test_listener(void **state)
{
	struct listener first, second;
	struct stat st;
	FILE *f;

	(void)state;
	assert_int_equal(open_at(in_dir("s"), &first), ERR_OK);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0660);
	assert_true(first.is_unix);

	/* Somebody lives there. */
	assert_int_equal(open_at(in_dir("s"), &second), ERR_CONFLICT);
	/* Nobody does: what is left of him is replaced. */
	(void)close(first.fd);
	assert_int_equal(open_at(in_dir("s"), &first), ERR_OK);
	/* A file that somebody else has put there is not ours to remove. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(open_at(in_dir("s"), &second), ERR_OK);
	listener_unlink(&first);
	assert_int_equal(lstat(path, &st), 0);
	listener_unlink(&second);
	assert_int_equal(lstat(path, &st), -1);
	(void)close(first.fd);
	(void)close(second.fd);

	/* What is not a socket is not removed. */
	assert_non_null(f = fopen(path, "w"));
	(void)fclose(f);
	assert_int_equal(open_at(in_dir("s"), &second), ERR_CONFLICT);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(unlink(path), 0);

	assert_int_not_equal(open_at(in_dir("none/s"), &second), ERR_OK);
}

/* The only one of a configuration, by the path that it needs its turn for. */
static enum err
open_only(const char *listen, struct listener *ret_listener)
{
	static struct config conf;
	const gid_t group = LISTENER_NO_GROUP;

	conf.server.run_dir = dir;
	conf.pool[0] = *pool(listen);
	conf.pools = 1;
	return listener_open_all(&conf, &group, 0, NULL, ret_listener);
}

/*
 * Two start together.  The other one is slow between bind and listen, when its
 * file looks as if nobody would ever listen.
 */
static void
test_listener_lets_another_begin(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct pollfd over = { .events = POLLIN };
	struct stat other, st;
	struct listener l;
	struct slots *turn;
	int fd, status, bound[2], done[2];
	pid_t pid;
	char c;

	(void)state;
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", in_dir("b"));
	assert_int_equal(pipe(bound), 0);
	assert_int_equal(pipe(done), 0);
	assert_int_not_equal(pid = fork(), -1);
	if (pid == 0) {
		(void)close(done[1]);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		turn = slots_open(in_dir("start.slots"), 1, 0);
		if (turn == NULL || slots_take(turn, 0) != ERR_OK ||
		    bind(fd, (const struct sockaddr *)&a, sizeof(a)) == -1 ||
		    write(bound[1], "b", 1) != 1)
			_exit(1);
		(void)poll(NULL, 0, 300);
		if (listen(fd, 1) == -1)
			_exit(1);
		slots_give(turn);
		over.fd = done[0];
		_exit(poll(&over, 1, 10000) == 1 ? 0 : 1);
	}
	(void)close(done[0]);
	(void)close(bound[1]);
	assert_int_equal(read(bound[0], &c, 1), 1);
	assert_int_equal(lstat(a.sun_path, &other), 0);

	assert_int_equal(open_only(a.sun_path, &l), ERR_CONFLICT);
	assert_int_equal(lstat(a.sun_path, &st), 0);
	assert_int_equal(st.st_ino, other.st_ino);

	(void)close(done[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	(void)close(bound[0]);

	/* And where nobody begins any more, nobody is waited for. */
	assert_int_equal(open_only(a.sun_path, &l), ERR_OK);
	listener_unlink(&l);
	(void)close(l.fd);
}

/* Of what could not all be opened nothing stays. */
static void
test_listener_opens_all_or_none(void **state)
{
	static char none[] = "/no/such/dir/s";
	static struct config conf;
	const gid_t group[] = { LISTENER_NO_GROUP, LISTENER_NO_GROUP };
	struct listener l[2];
	struct stat st;

	(void)state;
	conf.server.run_dir = dir;
	conf.pool[0] = *pool(in_dir("c"));
	conf.pool[1] = conf.pool[0];
	conf.pool[1].listen = none;
	conf.pools = 2;
	assert_int_equal(listener_open_all(&conf, group, 0, NULL, l),
	    ERR_INTERNAL);
	assert_int_equal(lstat(in_dir("c"), &st), -1);
	assert_int_equal(fcntl(l[0].fd, F_GETFD), -1);

	/* Nor where its turn cannot come. */
	conf.server.run_dir = none;
	conf.pools = 1;
	assert_int_equal(listener_open_all(&conf, group, 0, NULL, l),
	    ERR_INTERNAL);
	assert_int_equal(lstat(in_dir("c"), &st), -1);
}

/* Also where the umask would let everybody in. */
static void
test_listener_is_never_wider(void **state)
{
	const mode_t before = umask(0);
	struct listener l;
	struct stat st;

	(void)state;
	mode_before = 0777;
	assert_int_equal(open_at(in_dir("u"), &l), ERR_OK);
	assert_int_equal(mode_before & 077, 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0660);
	listener_unlink(&l);
	(void)close(l.fd);

	/* What the process makes later is as it was. */
	assert_int_equal(umask(before), 0);
}

static void
test_listener_queue(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct listener l;
	int fd[8], i, refused = 0;

	(void)state;
	assert_int_equal(open_at(in_dir("q"), &l), ERR_OK);
	listener_queue(&l, 2);
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	for (i = 0; i < 8; i++) {
		fd[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		refused += connect(fd[i], (const struct sockaddr *)&a,
		    sizeof(a)) == -1;
	}
	/* Linux lets one more in than was said. */
	assert_int_equal(refused, 5);
	for (i = 0; i < 8; i++)
		(void)close(fd[i]);
	listener_unlink(&l);
	(void)close(l.fd);
}

static void
test_listener_tcp(void **state)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	struct listener l;

	(void)state;
	assert_int_equal(open_at("127.0.0.1:0", &l), ERR_OK);
	assert_false(l.is_unix);
	/* Nobody else's machine reaches it. */
	assert_int_equal(getsockname(l.fd, (struct sockaddr *)&a, &len), 0);
	assert_int_equal(ntohl(a.sin_addr.s_addr), INADDR_LOOPBACK);
	assert_int_equal(fcntl(l.fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	listener_unlink(&l);
	(void)close(l.fd);
}

static void
test_listener_inherit(void **state)
{
	struct listener l, got;
	struct stat st;
	char names[32];

	(void)state;
	assert_int_equal(listener_inherit(0, "", "web", &l), ERR_NOTFOUND);
	assert_int_equal(listener_inherit(2, "hook:stripe", "web", &l),
	    ERR_NOTFOUND);
	assert_int_equal(listener_inherit(3, "hook:web", "we", &l),
	    ERR_NOTFOUND);

	/* Only so many were handed over, whatever is named. */
	assert_int_equal(listener_inherit(1, "hook:web", "web", &l),
	    ERR_NOTFOUND);
	assert_int_equal(open_at(in_dir("i"), &l), ERR_OK);
	assert_int_equal(fcntl(l.fd, F_SETFD, 0), 0);
	assert_int_equal(fcntl(l.fd, F_SETFL, 0), 0);
	assert_true(l.fd < FIRST + 8);
	(void)snprintf(names, sizeof(names), "%.*sweb", 2 * (l.fd - FIRST),
	    "a:b:c:d:e:f:g:h:");
	assert_int_equal(listener_inherit(l.fd - FIRST + 1, names, "web",
	    &got), ERR_OK);
	assert_int_equal(got.fd, l.fd);
	assert_true(got.is_unix);
	assert_int_equal(fcntl(l.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(l.fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	/* Its file is not ours to remove. */
	listener_unlink(&got);
	assert_int_equal(lstat(path, &st), 0);
	listener_unlink(&l);
	(void)close(l.fd);
}

static void
test_peers(void **state)
{
	struct peers p;
	char many[6 * PEERS];
	int end[2], i;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, end), 0);
	assert_int_equal(peers_find(" ada, 12345 ,no-such-user,", &p),
	    ERR_OK);
	assert_int_equal(p.count, 3);
	assert_int_equal(p.uid[0], geteuid());
	assert_int_equal(p.uid[1], 4711);
	assert_int_equal(p.uid[2], 12345);
	assert_true(peers_allow(&p, end[0]));
	p.uid[0] = p.uid[1] = 12346;
	assert_false(peers_allow(&p, end[0]));
	(void)close(end[0]);
	(void)close(end[1]);

	for (i = 0; i < PEERS; i++)
		(void)snprintf(many + 5 * i, 6, "%04d,", 1000 + i);
	assert_int_equal(peers_find(many, &p), ERR_INPUT);
}

static void
test_listener_group(void **state)
{
	static char root[] = "root", none[] = "no-such-group";
	struct pool_config p = *pool(in_dir("o"));
	gid_t group[64] = { getegid() };
	int count = getgroups(64, group);
	struct listener l;
	struct stat st;

	(void)state;
	assert_true(listener_group(&p) == LISTENER_NO_GROUP);
	p.group = none;
	assert_true(listener_group(&p) == LISTENER_NO_GROUP);
	assert_int_equal(listener_open(&p, listener_group(&p), &l),
	    ERR_INTERNAL);
	assert_int_equal(lstat(path, &st), -1);
	p.group = root;
	assert_true(listener_group(&p) == 0);

	/* The one that is given counts, if possible one that shows. */
	while (count > 1 && group[count - 1] == getegid())
		count--;
	count = count > 0 ? count - 1 : 0;
	if (geteuid() == 0)
		group[count] = 4711;
	assert_int_equal(listener_open(&p, group[count], &l), ERR_OK);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(st.st_gid == group[count]);
	listener_unlink(&l);
	(void)close(l.fd);
}

/* --- the check --- */

/* A name service of our own, which may be silent or have a bug. */
struct passwd *
getpwnam(const char *name)
{
	static struct passwd ada = { .pw_uid = 4711 };

	if (strcmp(name, "silent") == 0)
		for (;;)
			(void)pause();
	if (strcmp(name, "bug") == 0)
		abort();
	return strcmp(name, "ada") == 0 ? &ada : NULL;
}

/* A configuration that the check likes, until it is changed. */
static struct config *
good(void)
{
	static char key[64], none[] = "", root[] = "root", ada[] = "ada";
	static struct config c;
	FILE *f;
	int i;

	(void)snprintf(key, sizeof(key), "%s", in_dir("key"));
	assert_non_null(f = fopen(key, "w"));
	(void)fputs("sk_test_1\n", f);
	(void)fclose(f);
	assert_int_equal(chmod(key, 0600), 0);

	memset(&c, 0, sizeof(c));
	c.pools = 2;
	for (i = 0; i < 2; i++)
		c.pool[i].group = none;
	c.pool[1].group = root;
	c.stripe.secret_key_file = c.stripe.webhook_secret_file = key;
	c.password.pepper_file = none;
	c.server.peers = ada;
	return &c;
}

static void
test_check(void **state)
{
	static char missing[] = "/none", unknown[] = "no-such-user,ada";
	struct config *c = good();
	struct names n;

	(void)state;
	assert_int_equal(check_config(c, &n), ERR_OK);
	assert_int_equal(n.peers.count, 2);
	assert_int_equal(n.peers.uid[0], geteuid());
	assert_int_equal(n.peers.uid[1], 4711);
	assert_true(n.group[1] == 0);
	assert_true(n.group[0] == LISTENER_NO_GROUP);

	/* Who does not exist does not come in, and that is all. */
	c->server.peers = unknown;
	assert_int_equal(check_config(c, &n), ERR_OK);
	assert_int_equal(n.peers.count, 2);

	/* What was known stays when it is refused. */
	c->stripe.secret_key_file = missing;
	n.peers.count = 17;
	assert_int_equal(check_config(c, &n), ERR_INPUT);
	assert_int_equal(n.peers.count, 17);
	/* Nobody is left behind. */
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	(void)unlink(in_dir("key"));
}

static void
test_check_of_many(void **state)
{
	char many[6 * PEERS];
	struct config *c = good();
	struct names n;
	int i;

	(void)state;
	for (i = 0; i < PEERS; i++)
		(void)snprintf(many + 5 * i, 6, "%04d,", 1000 + i);
	c->server.peers = many;
	assert_int_equal(check_config(c, &n), ERR_INPUT);
	many[5 * (PEERS - 1)] = '\0';
	assert_int_equal(check_config(c, &n), ERR_OK);
	assert_int_equal(n.peers.count, PEERS);
	(void)unlink(in_dir("key"));
}

/* A name service that is silent, or falls over, takes only the child along. */
static void
test_check_without_names(void **state)
{
	static char bug[] = "bug", silent[] = "silent";
	struct config *c = good();
	int fd = open(in_dir("said"), O_CREAT | O_RDWR, 0600);
	int err = dup(2), status;
	int64_t us = clock_mono_us();
	char said[512] = "";
	struct names n;

	(void)state;
	c->server.peers = silent;
	(void)dup2(fd, 2);
	assert_int_equal(check_config(c, &n), ERR_LATER);
	(void)dup2(err, 2);
	us = clock_mono_us() - us;
	assert_true(pread(fd, said, sizeof(said) - 1, 0) > 0);
	(void)unlink(in_dir("said"));
	(void)close(fd);
	(void)close(err);
	assert_non_null(strstr(said, "\"check_failed\""));
	assert_non_null(strstr(said, "the users of peers"));
	assert_true(us >= CHECK_MS * 1000 &&
	    us < (CHECK_MS + slowness() * 1000) * 1000);
	assert_true(waitpid(-1, &status, 0) > 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

	c->server.peers = bug;
	assert_int_equal(check_config(c, &n), ERR_INPUT);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	(void)unlink(in_dir("key"));
}

/* --- loss --- */

static void
test_loss(void **state)
{
	struct loss l = { .count = 0 };
	int64_t now = 5000000, began, count, owed;

	(void)state;
	assert_int_equal(loss_owed(&l, 0, now), 0);
	/* Not while there are more, even if a word would find room. */
	assert_int_equal(loss_owed(&l, 3, ++now), 0);
	now += LOSS_QUIET_MS - 1;
	assert_int_equal(loss_owed(&l, 3, now), 0);
	assert_int_equal(loss_owed(&l, 8, ++now), 0);
	now += LOSS_QUIET_MS;
	assert_int_equal(loss_owed(&l, 8, now), 8);
	/* Until it has been said, and then only what is new. */
	assert_int_equal(loss_owed(&l, 8, ++now), 8);
	loss_said(&l);
	assert_int_equal(loss_owed(&l, 8, ++now), 0);
	assert_int_equal(loss_owed(&l, 9, ++now), 0);
	assert_int_equal(loss_owed(&l, 9, now + LOSS_QUIET_MS), 1);
	loss_said(&l);
	/* Nor never, where some are always lost; nor at the end. */
	now += LOSS_QUIET_MS;
	assert_int_equal(loss_owed(&l, 9, now), 0);
	for (began = now, count = 10;
	    (owed = loss_owed(&l, count, now += 10)) == 0; count++)
		assert_true(now - began < LOSS_LONG_MS);
	assert_int_equal(owed, count - 9);
	loss_said(&l);
	assert_int_equal(loss_owed(&l, count + 2, INT64_MAX), 2);
}

/* --- gate --- */

/* A request as short as can be: a beginning, and two empty streams. */
static const unsigned char shortest[32] = { 1, 1, 0, 1, 0, 8, [9] = 1,
    [16] = 1, 4, 0, 1, [24] = 1, 5, 0, 1 };

static void
say(int fd)
{
	assert_int_equal(write(fd, shortest, sizeof(shortest)),
	    sizeof(shortest));
}

static void
hear(int fd)
{
	char c[sizeof(shortest)];

	assert_int_equal(read(fd, c, sizeof(c)), sizeof(c));
}

/* The connection of the next request, which is read; -1: there is none. */
static int
next(struct gate *g, struct ready *ret)
{
	if (gate_next(g, ret, 1, 1) == 0)
		return -1;
	assert_int_equal(ret->whole.len, sizeof(shortest));
	assert_int_equal(ret->whole.store, -1);
	hear(ret->whole.fd);
	return ret->whole.fd;
}

/* Was `fd`, ours, closed at the other end? */
static int
is_over(int fd)
{
	char c;
	ssize_t n = recv(fd, &c, 1, MSG_DONTWAIT);

	/* Reset, if it had said what was not read. */
	return n == 0 || (n == -1 && errno == ECONNRESET);
}

/* Seconds. */
static int
deadline(int fd)
{
	struct timeval t = { .tv_sec = 0 };
	socklen_t len = sizeof(t);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, &len), 0);
	return (int)t.tv_sec;
}

static const struct gate_limits one = { .keep = 1, .body = 1000 };

/* One worker's, for everybody. */
static struct gate *
gate_beside(const struct listener *l, const struct gate_limits *limits)
{
	static struct peers everybody;
	struct gate *g;

	assert_int_equal(peers_find("", &everybody), ERR_OK);
	assert_non_null(g = gate_open(l, &everybody, limits));
	return g;
}

/* At the name `at`. */
static struct gate *
gate_at(const char *at, const struct gate_limits *limits, struct listener *l)
{
	assert_int_equal(open_at(in_dir(at), l), ERR_OK);
	return gate_beside(l, limits);
}

static void
gate_end(struct gate *g, struct listener *l)
{
	gate_close(g);
	listener_unlink(l);
	(void)close(l->fd);
}

/* Whose connection ends with the answer. */
static void
gate_part(struct gate *g, const struct ready *r)
{
	(void)close(r->whole.fd);
	gate_return(g, r, 0);
}

static void
test_gate(void **state)
{
	struct ready r, again;
	struct listener l;
	struct gate *g;
	int64_t began;
	int a, b, c, mine, i;

	(void)state;
	g = gate_at("g", &one, &l);
	assert_true(gate_is_empty(g));
	assert_int_equal(gate_next(g, &r, 1, 0), 0);
	assert_false(gate_let_in(g, 1));

	/* There is room for one. */
	say(a = client(path));
	assert_int_not_equal(mine = next(g, &r), -1);
	/* Nobody waits for a peer for ever. */
	assert_int_equal(deadline(mine), 1);
	gate_return(g, &r, 1);
	assert_false(gate_is_empty(g));
	say(b = client(path));
	assert_int_not_equal(next(g, &again), -1);
	assert_int_not_equal(again.whole.fd, mine);
	mine = again.whole.fd;
	assert_true(gate_keeps(g, &again));
	gate_return(g, &again, 1);
	/* A web server is about to take the one that was just served. */
	assert_false(is_over(a));
	assert_false(is_over(b));
	passed_us += 110000;
	say(c = client(path));
	assert_int_not_equal(next(g, &r), -1);
	gate_return(g, &r, 1);
	assert_true(is_over(a));
	assert_false(is_over(b) || is_over(c));
	(void)close(c);

	/* Who is kept speaks again; who closes it forgets it. */
	say(b);
	assert_int_equal(next(g, &r), mine);
	gate_return(g, &r, 1);
	say(b);
	assert_int_equal(next(g, &r), mine);
	(void)close(mine);
	gate_return(g, &r, 0);
	say(c = client(path));
	assert_int_not_equal(next(g, &r), -1);
	gate_return(g, &r, 1);

	/* Shut: nobody new, and silence ends the rest. */
	gate_shut(g);
	(void)close(b);
	b = client(path);
	began = __real_clock_mono_us() + passed_us;
	for (i = 0; i < 20; i++)
		assert_false(gate_let_in(g, 1));
	/* Without taking it for trouble. */
	assert_true(__real_clock_mono_us() + passed_us - began < 1000000);
	while (!gate_is_empty(g))
		assert_int_equal(next(g, &r), -1);
	assert_true(is_over(c));

	gate_end(g, &l);
	(void)close(a);
	(void)close(b);
	(void)close(c);
}

/* What is there at one look is one batch, up to as many as are wanted. */
static void
test_gate_batch(void **state)
{
	struct ready r[TOGETHER];
	struct gate_limits limits = { .keep = 4, .body = 1000 };
	struct listener l;
	struct gate *g;
	int fd[4];
	size_t i;

	(void)state;
	g = gate_at("n", &limits, &l);
	for (i = 0; i < NELEM(fd); i++) {
		say(fd[i] = client(path));
		assert_int_equal(gate_next(g, r, TOGETHER, 1), 1);
		hear(r[0].whole.fd);
		gate_return(g, r, 1);
	}
	for (i = 0; i < NELEM(fd); i++)
		say(fd[i]);
	assert_int_equal(gate_next(g, r, 3, 1), 3);
	for (i = 0; i < 3; i++)
		hear(r[i].whole.fd);
	/* Who has not had its answer is not the next; the fourth is. */
	assert_int_equal(gate_next(g, r + 3, TOGETHER, 1), 1);
	hear(r[3].whole.fd);
	for (i = 0; i < NELEM(fd); i++)
		gate_return(g, &r[i], 1);
	assert_int_equal(gate_next(g, r, TOGETHER, 0), 0);

	/* Who speaks before the answer is heard right after it. */
	for (i = 0; i < 2; i++) {
		say(fd[0]);
		assert_int_equal(gate_next(g, r + i, TOGETHER, 0), 1 - i);
	}
	hear(r[0].whole.fd);
	gate_return(g, &r[0], 1);
	assert_int_equal(gate_next(g, r, TOGETHER, 0), 1);
	gate_end(g, &l);
	for (i = 0; i < NELEM(fd); i++)
		(void)close(fd[i]);
}

/*
 * Where a request takes long, nobody comes in behind one who has not sent it
 * yet: not before another worker has had the time to look.
 */
static void
test_gate_alone(void **state)
{
	const struct gate_limits limits = { .body = 1000,
	    .alone_us = INT64_C(600000000) };
	const struct gate_limits brief = { .body = 1000, .alone_us = 1 };
	struct gate *g, *beside;
	struct ready r, other;
	struct listener l;
	int a, b, c, rush[4];
	size_t i;

	(void)state;
	g = gate_at("a", &limits, &l);
	beside = gate_beside(&l, &limits);
	a = client(path);
	assert_int_equal(gate_next(g, &r, 1, 1), 0);
	assert_false(gate_is_empty(g));
	say(b = client(path));
	for (i = 0; i < 20; i++)
		assert_int_equal(gate_next(g, &r, 1, 0), 0);
	assert_int_not_equal(next(beside, &other), -1);
	/* It hears who came meanwhile when it has served. */
	say(a);
	assert_int_not_equal(next(g, &r), -1);
	say(c = client(path));
	gate_part(g, &r);
	assert_int_not_equal(next(g, &r), -1);
	gate_part(g, &r);
	gate_part(beside, &other);

	/* Not in a rush either. */
	for (i = 0; i < NELEM(rush); i++)
		say(rush[i] = client(path));
	(void)close(a);
	a = client(path);
	(void)close(b);
	say(b = client(path));
	for (i = 0; i < NELEM(rush); i++) {
		assert_int_not_equal(next(g, &r), -1);
		gate_part(g, &r);
		(void)close(rush[i]);
	}
	assert_int_equal(next(g, &r), -1);
	assert_int_not_equal(next(beside, &other), -1);
	gate_part(beside, &other);
	say(a);
	assert_int_not_equal(next(g, &r), -1);
	gate_part(g, &r);

	/* The last of a pool takes all who have connected. */
	(void)close(a);
	(void)close(b);
	a = client(path);
	assert_int_equal(gate_next(g, &r, 1, 1), 0);
	say(b = client(path));
	assert_true(gate_let_in(g, 1));
	assert_int_not_equal(next(g, &r), -1);
	gate_part(g, &r);
	gate_close(beside);
	gate_close(g);

	/* And who is slow is not waited for. */
	(void)close(a);
	(void)close(b);
	assert_non_null(g = gate_beside(&l, &brief));
	a = client(path);
	assert_int_equal(gate_next(g, &r, 1, 1), 0);
	say(b = client(path));
	while (next(g, &r) == -1)
		continue;
	gate_part(g, &r);
	assert_true(is_over(b));
	gate_end(g, &l);
	(void)close(a);
	(void)close(b);
	(void)close(c);
}

/* One that has begun to send is hardly waited for: the rest may be slow. */
static void
test_entrance_await(void **state)
{
	struct entrance e;
	struct listener l;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	(void)state;
	assert_int_equal(open_at(in_dir("e"), &l), ERR_OK);
	assert_true(entrance_open(&e, epoll, &l, NULL, 100000));
	assert_int_equal(entrance_due_us(&e), INT64_MAX);
	entrance_await(&e, 0, 5000000);
	assert_int_equal(entrance_due_us(&e), 5100000);
	entrance_await(&e, 1, 6000000);
	assert_int_equal(entrance_due_us(&e), 6005000);
	entrance_look(&e, 6004999);
	assert_int_equal(entrance_due_us(&e), 6005000);
	entrance_look(&e, 6005000);
	assert_int_equal(entrance_due_us(&e), INT64_MAX);
	entrance_shut(&e);
	listener_unlink(&l);
	(void)close(l.fd);
	(void)close(epoll);
}

/* Somebody new is heard of once, whoever waits. */
static void
test_coming(void **state)
{
	struct listener l;
	struct coming c;
	int fd[5];

	(void)state;
	assert_int_equal(open_at(in_dir("a"), &l), ERR_OK);
	assert_true(coming_open(&c, l.fd));
	coming_look(&c, 1, 1000000);
	assert_int_equal(c.since_us, 0);
	fd[0] = client(path);
	fd[1] = client(path);
	coming_look(&c, 1, 2000000);
	coming_look(&c, 1, 2040000);
	assert_int_equal(c.since_us, 2000000);
	coming_look(&c, 1, 2060000);
	assert_int_equal(c.since_us, 0);
	fd[2] = client(path);
	coming_look(&c, 1, 3000000);
	/* The next look may be a while later. */
	fd[3] = client(path);
	coming_look(&c, 1, 4000000);
	assert_int_equal(c.since_us, 3000000);
	assert_true(coming_is_rush(&c, 4000000));
	/* Both may have come before that. */
	assert_int_equal(coming_for_us(&c), 0);
	fd[4] = client(path);
	coming_look(&c, 1, 4500000);
	assert_int_equal(coming_for_us(&c), 1000000);
	coming_none(&c);
	assert_int_equal(coming_for_us(&c), 0);
	assert_int_equal(c.since_us, 0);
	/* At every look lately there was somebody, or not. */
	assert_true(coming_is_rush(&c, 4000000));
	coming_look(&c, 0, 4000000);
	assert_false(coming_is_rush(&c, 4000000));
	coming_close(&c);
	listener_unlink(&l);
	(void)close(l.fd);
	for (size_t i = 0; i < NELEM(fd); i++)
		(void)close(fd[i]);
}

/* More come than are served together: it is known how many came later. */
static void
test_gate_rush(void **state)
{
	struct ready r[2];
	struct listener l;
	struct gate *g;
	int fd[20];
	size_t i, n;

	(void)state;
	g = gate_at("a", &one, &l);
	for (i = 0; i < NELEM(fd); i++)
		say(fd[i] = client(path));
	for (i = 0;; i++) {
		assert_true(i < NELEM(fd));
		n = gate_next(g, r, NELEM(r), 0);
		if (n == 2)
			break;
		assert_int_equal(n, 1);
		assert_int_equal(r[0].behind, 0);
	}
	assert_int_equal(r[0].behind, 2);
	assert_int_equal(r[1].behind, 2);
	gate_end(g, &l);
	for (i = 0; i < NELEM(fd); i++)
		(void)close(fd[i]);
}

/* Those who come in pieces are not in the way, and are closed in the end. */
static void
test_gate_slow(void **state)
{
	int64_t began = clock_mono_us();
	struct listener l;
	struct ready r;
	struct gate *g;
	int a, b, c;
	size_t i;

	(void)state;
	g = gate_at("s", &one, &l);
	a = client(path);
	assert_int_equal(write(a, shortest, 20), 20);
	assert_int_equal(gate_next(g, &r, 1, 1), 0);
	say(b = client(path));
	assert_int_not_equal(next(g, &r), -1);
	gate_part(g, &r);
	/* Byte by byte to the last, however long the whole takes. */
	for (i = 20; i < sizeof(shortest); i++) {
		assert_int_equal(gate_next(g, &r, 1, 0), 0);
		passed_us += 100000;
		assert_int_equal(write(a, shortest + i, 1), 1);
	}
	assert_int_not_equal(next(g, &r), -1);
	gate_part(g, &r);
	assert_true(clock_mono_us() - began > LINE_SILENT_US);
	/* A piece, and silence. */
	c = client(path);
	assert_int_equal(write(c, shortest, 20), 20);
	began = clock_mono_us();
	do
		assert_int_equal(gate_next(g, &r, 1, 1), 0);
	while (!gate_is_empty(g));
	assert_in_range(clock_mono_us() - began, LINE_PAUSE_US,
	    LINE_WHOLE_US - 1);
	assert_true(is_over(c));
	/* What is not FastCGI is closed at once. */
	(void)close(c);
	c = client(path);
	assert_int_equal(write(c, "GET / HTTP/1.1", 14), 14);
	assert_int_equal(gate_next(g, &r, 1, 1), 0);
	assert_true(gate_is_empty(g));
	assert_true(is_over(c));
	gate_end(g, &l);
	(void)close(a);
	(void)close(b);
	(void)close(c);
}

/* A request with `len` bytes of body, in records as Apache makes them. */
static struct buf
large_request(size_t len)
{
	static const char zeros[8000];
	unsigned char head[8] = { 1, 5, 0, 1 };
	struct buf all;
	size_t n;

	buf_init(&all, 2 * len + 1000);
	buf_add(&all, shortest, 24);
	for (; len > 0; len -= n) {
		n = len < sizeof(zeros) ? len : sizeof(zeros);
		head[4] = (unsigned char)(n >> 8);
		head[5] = (unsigned char)n;
		buf_add(&all, head, sizeof(head));
		buf_add(&all, zeros, n);
	}
	buf_add(&all, shortest + 24, 8);
	return all;
}

/* Write what goes, from `at` on; the new `at`. */
static size_t
push(int fd, const struct buf *b, size_t at)
{
	ssize_t n = send(fd, b->data + at, b->len - at,
	    MSG_DONTWAIT | MSG_NOSIGNAL);

	return n == -1 ? at : at + (size_t)n;
}

/* What the gate has stored is one whole request; the bytes of its body. */
static size_t
stored_body(int store)
{
	struct judged j = { .len = 0 };
	static unsigned char all[1 << 20];
	ssize_t n = read(store, all, sizeof(all));

	assert_true(n > 0);
	assert_int_equal(judge_bytes(all, (size_t)n, &j), JUDGE_WHOLE);
	assert_int_equal(j.len, n);
	(void)close(store);
	return j.body;
}

/*
 * Large ones get places, so many at a time, and are stored as far as anybody
 * reads them; the others wait, and small ones pass.
 */
static void
test_gate_large(void **state)
{
	static const size_t size[] = { 20000, 100000, 300000, 900000 };
	struct buf whole, half;
	struct listener l;
	struct ready r;
	struct gate *g;
	int stuck[PLACES_MOST + 1], a;
	size_t i, at;

	(void)state;
	g = gate_at("l", &(struct gate_limits){ .keep = 1, .body = 100000 },
	    &l);
	for (i = 0; i < NELEM(size); i++) {
		whole = large_request(size[i]);
		a = client(path);
		for (at = push(a, &whole, 0); gate_next(g, &r, 1, 0) == 0;)
			at = push(a, &whole, at);
		assert_int_equal(at, whole.len);
		assert_int_equal(r.whole.len, whole.len);
		if (i == 0 && r.whole.store == -1)
			assert_int_equal(read(r.whole.fd, whole.data, at), at);
		else if (size[i] <= 100000)
			assert_int_equal(stored_body(r.whole.store), size[i]);
		else {
			at = stored_body(r.whole.store);
			assert_true(at > 100000 && at < 300000);
		}
		gate_part(g, &r);
		assert_true(is_over(a));
		(void)close(a);
		buf_done(&whole);
	}

	/* Nor does one stay there that comes in many small pieces. */
	whole = large_request(0);
	a = client(path);
	assert_int_equal(write(a, whole.data, 24), 24);
	for (i = 0; i < 1000; i++) {
		assert_int_equal(gate_next(g, &r, 1, 0), 0);
		assert_int_equal(send(a, "\1\5\0\1\0\1\0\0x", 9,
		    MSG_DONTWAIT), 9);
	}
	assert_int_equal(write(a, whole.data + 24, 8), 8);
	assert_int_equal(gate_next(g, &r, 1, 1), 1);
	assert_int_equal(stored_body(r.whole.store), 1000);
	gate_part(g, &r);
	(void)close(a);
	buf_done(&whole);

	/* And what is none, late in the stream, is closed where that is seen. */
	half = large_request(90000);
	half.len = 24 + 11 * 8008 + 8;
	half.data[half.len - 7] = 9;
	a = client(path);
	for (at = 0; at < half.len;) {
		at = push(a, &half, at);
		assert_int_equal(gate_next(g, &r, 1, 0), 0);
	}
	assert_true(gate_is_empty(g));
	assert_true(is_over(a));
	(void)close(a);
	buf_done(&half);

	half = large_request(900000);
	for (i = 0; i < NELEM(stuck); i++) {
		stuck[i] = client(path);
		at = push(stuck[i], &half, 0);
		assert_true(at >= LINE_FULL && at < half.len);
		assert_int_equal(gate_next(g, &r, 1, 1), 0);
		/* Taken out of the kernel, as long as there are places. */
		assert_int_equal(push(stuck[i], &half, at) > at,
		    i < PLACES_MOST);
	}
	say(a = client(path));
	while (next(g, &r) == -1)
		continue;
	/* While somebody is served for long, none of them can move on. */
	passed_us += LINE_STILL_US + 100000;
	gate_part(g, &r);
	assert_int_equal(gate_next(g, &r, 1, 0), 0);
	for (i = 0; i < PLACES_MOST; i++)
		assert_false(is_over(stuck[i]));
	/* Who stands still loses the place. */
	while (!gate_is_empty(g))
		assert_int_equal(gate_next(g, &r, 1, 1), 0);
	for (i = 0; i < NELEM(stuck); i++) {
		assert_true(is_over(stuck[i]));
		(void)close(stuck[i]);
	}
	gate_end(g, &l);
	(void)close(a);
	buf_done(&half);
}

/* A worker that was busy for long does not close who has spoken meanwhile. */
static void
test_gate_busy(void **state)
{
	const struct gate_limits two = { .keep = 2, .body = 1000 };
	struct ready r, second;
	struct listener l;
	struct gate *g;
	int a, b, first;

	(void)state;
	g = gate_at("b", &two, &l);
	say(a = client(path));
	assert_int_not_equal(first = next(g, &r), -1);
	gate_return(g, &r, 1);
	say(b = client(path));
	assert_int_not_equal(next(g, &second), -1);
	/* While this one takes a second and more, the other one speaks. */
	say(a);
	passed_us += 1100000;
	gate_return(g, &second, 1);
	assert_int_equal(next(g, &r), first);
	/* And what else it has to say is heard. */
	gate_return(g, &r, 1);
	say(a);
	assert_int_equal(next(g, &r), first);
	gate_return(g, &r, 1);
	gate_end(g, &l);
	(void)close(a);
	(void)close(b);
}

/* A request that came before we hung up is served; later ones fail at once. */
static void
test_gate_hang_up(void **state)
{
	struct listener l;
	struct ready r;
	struct gate *g;
	char c;
	int a, mine;

	(void)state;
	g = gate_at("h", &one, &l);
	say(a = client(path));
	assert_int_not_equal(mine = next(g, &r), -1);
	gate_return(g, &r, 1);
	say(a);
	gate_hurry(g);
	assert_int_equal(send(a, "x", 1, MSG_NOSIGNAL), -1);
	assert_int_equal(next(g, &r), mine);
	assert_int_equal(write(mine, "x", 1), 1);
	assert_int_equal(read(a, &c, 1), 1);
	assert_false(gate_keeps(g, &r));
	gate_part(g, &r);
	assert_true(is_over(a));
	/* At once: whoever waits for it to be empty would wait for ever. */
	assert_true(gate_is_empty(g));
	assert_false(gate_let_in(g, 1));
	gate_end(g, &l);
	(void)close(a);
}

static void
test_gate_stranger(void **state)
{
	struct peers p = { .uid = { 12345 }, .count = 1 };
	struct listener l;
	struct ready r;
	struct gate *g;
	int a;

	(void)state;
	assert_int_equal(open_at(in_dir("x"), &l), ERR_OK);
	assert_non_null(g = gate_open(&l, &p, &one));
	a = client(path);
	assert_int_equal(gate_next(g, &r, 1, 1), 0);
	assert_true(is_over(a));
	gate_end(g, &l);
	(void)close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_throttle),
		cmocka_unit_test(test_throttle_window),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_board),
		cmocka_unit_test_setup_teardown(test_crew_dismiss, crew_setup,
		    crew_teardown),
		cmocka_unit_test_setup_teardown(test_crew_end_stuck, crew_setup,
		    crew_teardown),
		cmocka_unit_test_setup_teardown(test_crew_log_lost, crew_setup,
		    crew_teardown),
		cmocka_unit_test_setup_teardown(test_crew_bury, crew_setup,
		    crew_teardown),
		cmocka_unit_test_setup_teardown(test_crew_held_back, crew_setup,
		    crew_teardown),
		cmocka_unit_test_setup_teardown(test_courier_on_trial,
		    crew_setup, crew_teardown),
		cmocka_unit_test_setup_teardown(test_trial, crew_setup,
		    crew_teardown),
		cmocka_unit_test_setup_teardown(test_trial_asks_anew,
		    crew_setup, crew_teardown),
		cmocka_unit_test_setup_teardown(test_trial_incomplete,
		    crew_setup, crew_teardown),
		cmocka_unit_test_setup_teardown(test_notify, crew_setup,
		    crew_teardown),
		cmocka_unit_test(test_notify_names),
		cmocka_unit_test(test_listener),
		cmocka_unit_test(test_listener_lets_another_begin),
		cmocka_unit_test(test_listener_opens_all_or_none),
		cmocka_unit_test(test_listener_is_never_wider),
		cmocka_unit_test(test_listener_queue),
		cmocka_unit_test(test_listener_tcp),
		cmocka_unit_test(test_listener_inherit),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_listener_group),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_check_of_many),
		cmocka_unit_test(test_check_without_names),
		cmocka_unit_test(test_loss),
		cmocka_unit_test_setup_teardown(test_gate, time_stops,
		    time_goes_on),
		cmocka_unit_test_setup_teardown(test_gate_batch, time_stops,
		    time_goes_on),
		cmocka_unit_test_setup_teardown(test_gate_alone, time_stops,
		    time_goes_on),
		cmocka_unit_test(test_entrance_await),
		cmocka_unit_test(test_coming),
		cmocka_unit_test_setup_teardown(test_gate_rush, time_stops,
		    time_goes_on),
		cmocka_unit_test_setup_teardown(test_gate_slow, time_stops,
		    time_goes_on),
		cmocka_unit_test_setup_teardown(test_gate_large, time_stops,
		    time_goes_on),
		cmocka_unit_test_setup_teardown(test_gate_busy, time_stops,
		    time_goes_on),
		cmocka_unit_test_setup_teardown(test_gate_hang_up, time_stops,
		    time_goes_on),
		cmocka_unit_test_setup_teardown(test_gate_stranger, time_stops,
		    time_goes_on)
	};
	int failed;

	/* Most of what is here is logged; what counts is what happens. */
	log_level(LOG_ERROR);
	if (mkdtemp(dir) == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(in_dir("start.slots"));
	(void)rmdir(dir);
	return failed;
}
