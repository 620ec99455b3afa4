/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

/*
 * Tests that are data: tests/case/FOLDER/NAME/ has the file "in" and, in
 * "want", what has to be said of it.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "folder.h"

/* Say what comes of the file "in" at `path`, which has `text`. */
typedef void say_fn(const char *path, const char *text, size_t len,
    struct buf *ret);

/* One case: 1 if what is said of it is what should be. */
static int
case_passes(const char *path, say_fn *say)
{
	char in[PATH_SIZE], want[PATH_SIZE], *text, *wanted;
	struct buf said;
	size_t len = 0;
	int ok;

	(void)snprintf(in, sizeof(in), "%s/in", path);
	(void)snprintf(want, sizeof(want), "%s/want", path);
	text = file_text(in, &len);
	wanted = file_text(want, NULL);
	if (text == NULL || wanted == NULL)
		fail_msg("%s has no file in or want", path);
	buf_init(&said, FILE_MAX);
	say(in, text, len, &said);
	if (!(ok = strcmp(said.data, wanted) == 0))
		print_error("%s: said\n%swanted\n%s", path, said.data, wanted);
	buf_done(&said);
	free(text);
	free(wanted);
	return ok;
}

/* All cases of a folder, of which there are at least so many, pass. */
static void
cases_pass(const char *folder, int least, say_fn *say)
{
	const char *top = getenv("srcdir");
	char at[512], path[1024];
	struct dirent **entry;
	int i, n, count = 0, failures = 0;

	(void)snprintf(at, sizeof(at), "%s/tests/case/%s",
	    top == NULL ? "." : top, folder);
	if ((n = scandir(at, &entry, NULL, alphasort)) == -1)
		fail_msg("cannot open %s", at);
	for (i = 0; i < n; i++) {
		if (entry[i]->d_name[0] != '.') {
			(void)snprintf(path, sizeof(path), "%s/%s", at,
			    entry[i]->d_name);
			failures += !case_passes(path, say);
			count++;
		}
		free(entry[i]);
	}
	free(entry);
	assert_true(count >= least);
	assert_int_equal(failures, 0);
}

#endif /* !TESTS_CASES_H */
