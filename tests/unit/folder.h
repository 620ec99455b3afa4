/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

/*
 * Files of a test, in a folder that is there as long as the test runs:
 * folder_make() and folder_remove() are a group's setup and teardown.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define PATH_SIZE	1100
#define FILE_MAX	(256u << 10)

static char dir[64];

/* The path of a file in the folder, in a static buffer. */
static inline const char *
path_in(const char *name)
{
	static char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static inline void
file_write(const char *path, const void *bytes, size_t len, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* A file as text, its length in *ret_len if not NULL; NULL: there is none. */
static inline char *
file_text(const char *path, size_t *ret_len)
{
	char *text = mem_zero(FILE_MAX, 1);
	FILE *f = fopen(path, "re");
	size_t len;

	if (f == NULL) {
		free(text);
		return NULL;
	}
	len = fread(text, 1, FILE_MAX - 1, f);
	fclose(f);
	if (ret_len != NULL)
		*ret_len = len;
	return text;
}

static inline int
folder_make(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/endpin-unit-XXXXXX");
	return mkdtemp(dir) == NULL;
}

static inline int
folder_remove(void **state)
{
	struct dirent *entry;
	DIR *d = opendir(dir);

	(void)state;
	while (d != NULL && (entry = readdir(d)) != NULL)
		(void)unlink(path_in(entry->d_name));
	if (d != NULL)
		(void)closedir(d);
	return rmdir(dir);
}

/* Standard error goes to a file between these two. */
static int stderr_was = -1;

static inline void
stderr_catch(void)
{
	int fd = open(path_in("stderr"), O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_int_not_equal(fd, -1);
	stderr_was = dup(STDERR_FILENO);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	(void)close(fd);
}

static inline char *
stderr_caught(void)
{
	(void)dup2(stderr_was, STDERR_FILENO);
	(void)close(stderr_was);
	return file_text(path_in("stderr"), NULL);
}

#endif /* !TESTS_FOLDER_H */
