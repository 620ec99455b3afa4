/* SPDX-License-Identifier: MIT */

/* Files of secrets. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "conf/secret.h"
#include "folder.h"

#define EIGHT	"1\n2\n3\n4\n5\n6\n7\n8\n"

static const struct {
	const char	*what;
	const char	*bytes;
	size_t		 len;		/* 0: that of the text */
	mode_t		 mode;
	enum err	 want;
	const char	*lines;		/* joined by a bar */
} secrets[] = {
	{ "one line", "sk_test_1\n", 0, 0600, ERR_OK, "sk_test_1" },
	{ "no newline at the end", "sk_test_1", 0, 0600, ERR_OK, "sk_test_1" },
	{ "two lines", "a\nb\n", 0, 0600, ERR_OK, "a|b" },
	{ "empty lines and spaces", "\n  a \t\n\n\tb c\n", 0, 0600, ERR_OK,
	    "a|b c" },
	{ "lines of DOS", "a\r\n\r\nb\r\n", 0, 0600, ERR_OK, "a|b" },
	{ "comments", "# old\na\n  # older\nb # part of it\n", 0, 0600, ERR_OK,
	    "a|b # part of it" },
	{ "as many lines as may be", EIGHT, 0, 0600, ERR_OK,
	    "1|2|3|4|5|6|7|8" },
	{ "one line more", EIGHT "9\n", 0, 0600, ERR_INPUT, NULL },
	{ "nothing", "", 0, 0600, ERR_INPUT, NULL },
	{ "nothing but space", " \r\n\t\n", 0, 0600, ERR_INPUT, NULL },
	{ "nothing but a comment", "# a\n", 0, 0600, ERR_INPUT, NULL },
	{ "a NUL inside", "a\0b\n", 4, 0600, ERR_INPUT, NULL },
	{ "a NUL at the end", "a\n\0", 3, 0600, ERR_INPUT, NULL },
	{ "the group may read", "a", 0, 0640, ERR_OK, "a" },
	{ "others may read", "a", 0, 0644, ERR_INPUT, NULL },
	{ "others may write", "a", 0, 0602, ERR_INPUT, NULL },
	{ "others may run", "a", 0, 0601, ERR_INPUT, NULL },
};

static void
secret_join(const struct secret *s, char *ret, size_t size)
{
	size_t i, len = 0;

	ret[0] = '\0';
	for (i = 0; i < s->count; i++)
		len += (size_t)snprintf(ret + len, size - len, "%s%s",
		    i > 0 ? "|" : "", s->line[i]);
}

/* Scenario 4: a file without a secret is refused. */
static void
secret_files(void **state)
{
	const char *path;
	char said[256], *log;
	struct secret s;
	enum err e;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(secrets); i++) {
		path = path_in("secret");
		(void)unlink(path);
		file_write(path, secrets[i].bytes, secrets[i].len > 0 ?
		    secrets[i].len : strlen(secrets[i].bytes),
		    secrets[i].mode);
		memset(&s, 0, sizeof(s));
		stderr_catch();
		e = secret_read("some_file", path_in("secret"), "/nowhere", &s);
		log = stderr_caught();
		secret_join(&s, said, sizeof(said));
		if (e != secrets[i].want || (e == ERR_OK &&
		    strcmp(said, secrets[i].lines) != 0))
			fail_msg("%s: %s", secrets[i].what, said);
		if (e != ERR_OK && strstr(log, "some_file") == NULL)
			fail_msg("%s: not logged", secrets[i].what);
		secret_done(&s);
		assert_int_equal(s.count, 0);
		free(log);
	}
}

static const struct {
	const char	*what;
	int		 in_dir;	/* before the name stands the folder */
	const char	*name;
	int		 has_dir;	/* a credentials directory is given */
	enum err	 want;
} places[] = {
	{ "a name in the credentials directory", 0, "cred", 1, ERR_OK },
	{ "a path beside it", 1, "cred", 1, ERR_OK },
	{ "a path without it", 1, "cred", 0, ERR_OK },
	{ "a name that is not there", 0, "credx", 1, ERR_NOTFOUND },
	{ "a path that is not there", 1, "credx", 0, ERR_NOTFOUND },
	{ "nothing", 0, "", 0, ERR_NOTFOUND },
	{ "a folder", 0, "..", 1, ERR_INPUT },
	{ "a FIFO that nobody writes to", 1, "fifo", 0, ERR_INPUT },
};

static void
secret_places(void **state)
{
	struct secret s;
	enum err e;
	size_t i;

	(void)state;
	file_write(path_in("cred"), "a", 1, 0600);
	assert_int_equal(mkfifo(path_in("fifo"), 0600), 0);
	for (i = 0; i < NELEM(places); i++) {
		memset(&s, 0, sizeof(s));
		stderr_catch();
		e = secret_read("some_file", places[i].in_dir ?
		    path_in(places[i].name) : places[i].name,
		    places[i].has_dir ? dir : NULL, &s);
		free(stderr_caught());
		if (e != places[i].want)
			fail_msg("%s: %s", places[i].what, err_name(e));
		secret_done(&s);
	}
	file_write(path_in("long"), "a", 1, 0600);
	assert_int_equal(truncate(path_in("long"), SECRET_MAX + 1), 0);
	stderr_catch();
	e = secret_read("some_file", path_in("long"), NULL, &s);
	free(stderr_caught());
	assert_int_equal(e, ERR_INPUT);
}

static const struct {
	const char	*what;
	const char	*line[2];
	enum err	 want;
} looks[] = {
	{ "a secret key",		{ "sk_live_1", NULL },	ERR_OK },
	{ "a restricted key",		{ "rk_test_1", NULL },	ERR_OK },
	{ "a signing secret",		{ "whsec_1", NULL },	ERR_INPUT },
	{ "the second line is odd",	{ "sk_1", "pk_1" },	ERR_INPUT },
	{ "capitals",			{ "SK_1", NULL },	ERR_INPUT },
};

static void
secrets_look_like_what_they_are(void **state)
{
	struct secret s;
	enum err e;
	size_t i, k;

	(void)state;
	for (i = 0; i < NELEM(looks); i++) {
		memset(&s, 0, sizeof(s));
		for (k = 0; k < 2 && looks[i].line[k] != NULL; k++)
			s.line[s.count++] = mem_text(looks[i].line[k]);
		e = secret_looks_like("option", &s, "sk_", "rk_");
		secret_done(&s);
		if (e != looks[i].want)
			fail_msg("%s: %s", looks[i].what, err_name(e));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secret_files),
		cmocka_unit_test(secrets_look_like_what_they_are),
		cmocka_unit_test(secret_places),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
