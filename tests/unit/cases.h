/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

/*
 * Tests that are data: tests/case/FOLDER/NAME/ has the file "in" and, in "want",
 * what has to come of it.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CASE_MAX	(256u << 10)

/* A file as text, its length in *ret_len if not NULL; NULL: there is none. */
static char *
file_text(const char *path, size_t *ret_len)
{
	char *text = mem_zero(CASE_MAX, 1);
	FILE *f = fopen(path, "re");
	size_t len;

	if (f == NULL) {
		free(text);
		return NULL;
	}
	len = fread(text, 1, CASE_MAX - 1, f);
	fclose(f);
	if (ret_len != NULL)
		*ret_len = len;
	return text;
}

/* Call `try` with the path of every case of a folder; how many there were. */
static int
cases_walk(const char *folder, void (*try)(const char *path))
{
	const char *top = getenv("srcdir");
	char dir[512], path[1024];
	struct dirent **entry;
	int i, n, count = 0;

	snprintf(dir, sizeof(dir), "%s/tests/case/%s", top == NULL ? "." : top,
	    folder);
	if ((n = scandir(dir, &entry, NULL, alphasort)) == -1)
		fail_msg("cannot open %s", dir);
	for (i = 0; i < n; i++) {
		if (entry[i]->d_name[0] != '.') {
			snprintf(path, sizeof(path), "%s/%s", dir,
			    entry[i]->d_name);
			try(path);
			count++;
		}
		free(entry[i]);
	}
	free(entry);
	return count;
}

#endif /* !TESTS_CASES_H */
