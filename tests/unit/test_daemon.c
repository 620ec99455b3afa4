/* SPDX-License-Identifier: MIT */

/*
 * The parts of daemon/ that can be had without processes: how fast the dead
 * are replaced, sockets and who may come in, which connection is next.
 */

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/gate.h"
#include "daemon/listener.h"
#include "daemon/notify.h"
#include "daemon/peers.h"
#include "daemon/throttle.h"

#define FIRST	3	/* that systemd hands over */

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
	assert_int_equal(listener_open(pool(in_dir("s")), &first), ERR_OK);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0660);
	assert_true(first.is_unix);

	/* Somebody lives there. */
	assert_int_equal(listener_open(pool(in_dir("s")), &second),
	    ERR_CONFLICT);
	/* Nobody does: what is left of him is replaced. */
	(void)close(first.fd);
	assert_int_equal(listener_open(pool(in_dir("s")), &first), ERR_OK);
	/* A file that somebody else has put there is not ours to remove. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(listener_open(pool(in_dir("s")), &second), ERR_OK);
	listener_unlink(&first);
	assert_int_equal(lstat(path, &st), 0);
	listener_unlink(&second);
	assert_int_equal(lstat(path, &st), -1);
	(void)close(first.fd);
	(void)close(second.fd);

	/* What is not a socket is not removed. */
	assert_non_null(f = fopen(path, "w"));
	(void)fclose(f);
	assert_int_equal(listener_open(pool(in_dir("s")), &second),
	    ERR_CONFLICT);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(unlink(path), 0);

	assert_int_not_equal(listener_open(pool(in_dir("none/s")), &second),
	    ERR_OK);
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
	assert_int_equal(listener_open(pool(in_dir("u")), &l), ERR_OK);
	assert_int_equal(mode_before & 077, 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0660);
	listener_unlink(&l);
	(void)close(l.fd);

	/* What the process makes later is as it was. */
	assert_int_equal(umask(before), 0);
}

/* A socket that could not be given to its group is not left behind. */
static void
test_listener_group(void **state)
{
	struct pool_config p = *pool(in_dir("o"));
	char group[] = "no-such-group";
	struct listener l;
	struct stat st;

	(void)state;
	p.group = group;
	assert_int_equal(listener_open(&p, &l), ERR_INTERNAL);
	assert_int_equal(lstat(path, &st), -1);
}

static void
test_listener_queue(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct listener l;
	int fd[8], i, refused = 0;

	(void)state;
	assert_int_equal(listener_open(pool(in_dir("q")), &l), ERR_OK);
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
	assert_int_equal(listener_open(pool("127.0.0.1:0"), &l), ERR_OK);
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
	assert_int_equal(listener_inherit(2, "hook:slow", "web", &l),
	    ERR_NOTFOUND);
	assert_int_equal(listener_inherit(3, "hook:web", "we", &l),
	    ERR_NOTFOUND);

	/* Only so many were handed over, whatever is named. */
	assert_int_equal(listener_inherit(1, "hook:web", "web", &l),
	    ERR_NOTFOUND);
	assert_int_equal(listener_open(pool(in_dir("i")), &l), ERR_OK);
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
	assert_int_equal(peers_find(" root, 12345 ,no-such-user,", &p),
	    ERR_OK);
	assert_int_equal(p.count, 3);
	assert_int_equal(p.uid[0], geteuid());
	assert_int_equal(p.uid[1], 0);
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

/* --- notify --- */

/* A service manager that listens at `name`, of `len` bytes. */
static int
manager(const char *name, size_t len)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	memcpy(a.sun_path, name, len);
	assert_int_equal(bind(fd, (const struct sockaddr *)&a,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)), 0);
	return fd;
}

static void
is_told(int fd, const char *want)
{
	char got[64] = "";

	assert_int_equal(recv(fd, got, sizeof(got) - 1, 0), strlen(want));
	assert_string_equal(got, want);
	(void)close(fd);
}

static void
test_notify(void **state)
{
	char name[64], place[200];
	int fd, len;

	(void)state;
	notify_init(NULL);
	notify_tell("READY=1");

	(void)snprintf(place, sizeof(place), "%s", in_dir("n"));
	fd = manager(place, strlen(place) + 1);
	notify_init(place);
	notify_tell("READY=1\nSTATUS=serving");
	is_told(fd, "READY=1\nSTATUS=serving");
	(void)unlink(place);
	notify_tell("STOPPING=1");

	/* A name that is no file begins with '@' where it is written down. */
	len = snprintf(name, sizeof(name), "@endpin-test-%d", (int)getpid());
	name[0] = '\0';
	fd = manager(name, (size_t)len);
	name[0] = '@';
	notify_init(name);
	notify_tell("STOPPING=1");
	is_told(fd, "STOPPING=1");

	/* One that is too long is nobody's. */
	memset(place, 'x', sizeof(place) - 1);
	place[sizeof(place) - 1] = '\0';
	notify_init(place);
	notify_tell("READY=1");
	notify_init(NULL);
}

/* --- gate --- */

static void
say(int fd)
{
	assert_int_equal(write(fd, "x", 1), 1);
}

static void
hear(int fd)
{
	char c;

	assert_int_equal(read(fd, &c, 1), 1);
}

/* Was `fd`, ours, closed at the other end? */
static int
is_over(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) == 0;
}

/* Seconds. */
static int
deadline(int fd, int which)
{
	struct timeval t = { .tv_sec = 0 };
	socklen_t len = sizeof(t);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, which, &t, &len), 0);
	return (int)t.tv_sec;
}

static void
test_gate(void **state)
{
	struct listener l;
	struct peers p;
	struct gate *g;
	int64_t began;
	int a, b, c, mine, again, i;

	(void)state;
	assert_int_equal(peers_find("", &p), ERR_OK);
	assert_int_equal(listener_open(pool(in_dir("g")), &l), ERR_OK);
	assert_non_null(g = gate_open(&l, &p, 1));
	assert_true(gate_is_empty(g));
	assert_int_equal(gate_accept(g), -1);

	/* The first is kept, the second finds no room. */
	say(a = client(path));
	assert_int_not_equal(mine = gate_next(g), -1);
	hear(mine);
	/* Nobody waits for a peer for ever. */
	assert_int_equal(deadline(mine, SO_RCVTIMEO), 1);
	assert_int_equal(deadline(mine, SO_SNDTIMEO), 5);
	assert_false(gate_return(g, mine, 1));
	assert_false(gate_is_empty(g));
	say(b = client(path));
	assert_int_not_equal(again = gate_next(g), -1);
	assert_int_not_equal(again, mine);
	hear(again);
	assert_false(gate_return(g, again, 1));
	assert_true(is_over(b));
	assert_false(is_over(a));

	/* Who is kept speaks again; who closes it forgets it. */
	say(a);
	assert_int_equal(gate_next(g), mine);
	hear(mine);
	assert_false(gate_return(g, mine, 1));
	say(a);
	assert_int_equal(gate_next(g), mine);
	(void)close(mine);
	say(c = client(path));
	assert_int_not_equal(mine = gate_next(g), -1);
	hear(mine);
	assert_false(gate_return(g, mine, 1));

	/* Shut: nobody new, and silence ends the rest. */
	gate_shut(g);
	(void)close(b);
	b = client(path);
	began = clock_mono_us();
	for (i = 0; i < 20; i++)
		assert_int_equal(gate_accept(g), -1);
	/* Without taking it for trouble. */
	assert_true(clock_mono_us() - began < 1000000);
	while (!gate_is_empty(g))
		assert_int_equal(gate_next(g), -1);
	assert_true(is_over(c));

	gate_close(g);
	listener_unlink(&l);
	(void)close(l.fd);
	(void)close(a);
	(void)close(b);
	(void)close(c);
}

/* A worker that was busy for long does not close who has spoken meanwhile. */
static void
test_gate_busy(void **state)
{
	struct listener l;
	struct peers p;
	struct gate *g;
	int a, b, first, second;

	(void)state;
	assert_int_equal(peers_find("", &p), ERR_OK);
	assert_int_equal(listener_open(pool(in_dir("b")), &l), ERR_OK);
	assert_non_null(g = gate_open(&l, &p, 2));
	say(a = client(path));
	assert_int_not_equal(first = gate_next(g), -1);
	hear(first);
	assert_false(gate_return(g, first, 1));
	say(b = client(path));
	assert_int_not_equal(second = gate_next(g), -1);
	hear(second);
	/* While this one takes a second and more, the other one speaks. */
	say(a);
	(void)poll(NULL, 0, 1100);
	assert_false(gate_return(g, second, 1));
	assert_int_equal(gate_next(g), first);
	/* And what else it has to say is heard. */
	hear(first);
	say(a);
	hear(first);
	gate_close(g);
	listener_unlink(&l);
	(void)close(l.fd);
	(void)close(a);
	(void)close(b);
}

/* A request that came before we hung up is served; later ones fail at once. */
static void
test_gate_hang_up(void **state)
{
	struct listener l;
	struct peers p;
	struct gate *g;
	int a, mine;

	(void)state;
	assert_int_equal(peers_find("", &p), ERR_OK);
	assert_int_equal(listener_open(pool(in_dir("h")), &l), ERR_OK);
	assert_non_null(g = gate_open(&l, &p, 1));
	say(a = client(path));
	assert_int_not_equal(mine = gate_next(g), -1);
	hear(mine);
	assert_false(gate_return(g, mine, 1));
	say(a);
	assert_int_equal(gate_next(g), mine);
	hear(mine);
	say(a);
	assert_true(gate_return(g, mine, 0));
	assert_int_equal(send(a, "x", 1, MSG_NOSIGNAL), -1);
	hear(mine);
	say(mine);
	hear(a);
	assert_false(gate_return(g, mine, 0));
	assert_true(is_over(a));
	/* At once: whoever waits for it to be empty would wait for ever. */
	assert_true(gate_is_empty(g));
	assert_int_equal(gate_accept(g), -1);
	gate_close(g);
	listener_unlink(&l);
	(void)close(l.fd);
	(void)close(a);
}

static void
test_gate_stranger(void **state)
{
	struct listener l;
	struct peers p = { .uid = { 12345 }, .count = 1 };
	struct gate *g;
	int a;

	(void)state;
	assert_int_equal(listener_open(pool(in_dir("x")), &l), ERR_OK);
	assert_non_null(g = gate_open(&l, &p, 1));
	a = client(path);
	assert_int_equal(gate_next(g), -1);
	assert_true(is_over(a));
	gate_close(g);
	listener_unlink(&l);
	(void)close(l.fd);
	(void)close(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_throttle),
		cmocka_unit_test(test_throttle_window),
		cmocka_unit_test(test_listener),
		cmocka_unit_test(test_listener_is_never_wider),
		cmocka_unit_test(test_listener_group),
		cmocka_unit_test(test_listener_queue),
		cmocka_unit_test(test_listener_tcp),
		cmocka_unit_test(test_listener_inherit),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_notify),
		cmocka_unit_test(test_gate),
		cmocka_unit_test(test_gate_busy),
		cmocka_unit_test(test_gate_hang_up),
		cmocka_unit_test(test_gate_stranger)
	};
	int failed;

	/* Half of what is here is logged. */
	log_level(LOG_ERROR);
	if (mkdtemp(dir) == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(dir);
	return failed;
}
