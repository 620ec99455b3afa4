/* SPDX-License-Identifier: MIT */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"

#include "mcp/shelf.h"

#define PATH_LEN	4096

static int
is_guide(const char *name)
{
	const char *end = strrchr(name, '.');

	return name[0] != '.' && (text_equal(end, ".md") ||
	    text_equal(end, ".yaml"));
}

static void
look_into(const char *dir, const char *folder, struct shelf *s)
{
	char path[PATH_LEN];
	const struct dirent *x;
	DIR *d;
	int len;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, folder);
	if ((d = opendir(path)) == NULL)
		return;
	while ((x = readdir(d)) != NULL && s->count < SHELF_BOOKS) {
		if (!is_guide(x->d_name))
			continue;
		len = snprintf(s->name[s->count], SHELF_NAME, "%s%s", folder,
		    x->d_name);
		/* A name that is too long is none of ours. */
		if (len > 0 && len < SHELF_NAME)
			s->count++;
	}
	(void)closedir(d);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

void
shelf_look(const char *dir, struct shelf *ret_shelf)
{
	ret_shelf->count = 0;
	look_into(dir, "", ret_shelf);
	look_into(dir, "guide/", ret_shelf);
	qsort(ret_shelf->name, ret_shelf->count, SHELF_NAME, compare);
}

static enum err
file_read(const char *path, struct buf *out)
{
	char chunk[4096];
	FILE *in;
	size_t n;
	int bad;

	if ((in = fopen(path, "re")) == NULL) {
		log_error("guide_unread", "could not open %s: %s", path,
		    strerror(errno));
		return ERR_INTERNAL;
	}
	while ((n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		buf_add(out, chunk, n);
	bad = ferror(in) || out->full;
	(void)fclose(in);
	if (!bad)
		return ERR_OK;
	log_error("guide_unread", "could not read %s, up to %u bytes", path,
	    SHELF_BOOK);
	return ERR_INTERNAL;
}

/* Only a name that was found there makes a path. */
enum err
shelf_read(const char *dir, const struct shelf *s, const char *name,
    struct buf *out)
{
	char path[PATH_LEN];
	size_t i = 0;

	while (i < s->count && !text_equal(s->name[i], name))
		i++;
	if (i == s->count)
		return ERR_NOTFOUND;
	(void)snprintf(path, sizeof(path), "%s/%s", dir, s->name[i]);
	return file_read(path, out);
}
