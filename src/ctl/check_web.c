/* SPDX-License-Identifier: MIT */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/config.h"
#include "base/text.h"

#include "ctl/checkup.h"

#define LINE		1024
#define DETAIL		2304
#define PATH_LEN	1024
#define NOT_PATH	" \t\n;|\"'"

/* Where "endpin setup" links what is installed. */
static const char *const folders[] = {
	"/etc/nginx/endpin", "/etc/apache2/endpin"
};

struct include {
	struct checkup	*c;
	const char	*path;
	size_t		 sockets, bad;
};

static void
complain(struct include *in, const char *problem, const char *named,
    const char *hint)
{
	char detail[DETAIL];
	const struct fault f = { "web server", problem, detail, hint };

	in->bad++;
	(void)snprintf(detail, sizeof(detail), "%s names %s", in->path, named);
	say_wrong(in->c, &f);
}

static void
judge_socket(struct include *in, const char *named)
{
	const struct config *conf = in->c->conf;
	size_t i;

	in->sockets++;
	for (i = 0; i < conf->pools; i++)
		if (text_equal(conf->pool[i].listen, named))
			return;
	complain(in, "it asks a socket that no pool listens at", named,
	    "write there what \"endpin config\" says of listen, or the other"
	    " way round");
}

/*
 * "root /usr/share/endpin/www;", "Alias ... /usr/share/endpin/www/assets/".  Our
 * files send others too, which lie beside them: those are not pages.
 */
static void
judge_pages(struct include *in, const char *named)
{
	const char *www = in->c->conf->server.www_dir;
	const size_t len = strlen(www);

	if (strstr(named, "/www") == NULL || (strncmp(named, www, len) == 0 &&
	    (named[len] == '\0' || named[len] == '/')))
		return;
	complain(in, "it sends files of other pages than endpind", named,
	    "write there what \"endpin config\" says of www_dir, or the other"
	    " way round");
}

/* The text up to where a path ends. */
static const char *
path_of(const char *text, char ret[PATH_LEN])
{
	size_t len = strcspn(text, NOT_PATH);

	if (len >= PATH_LEN)
		len = PATH_LEN - 1;
	memcpy(ret, text, len);
	ret[len] = '\0';
	return ret;
}

static void
judge_line(struct include *in, const char *line)
{
	char path[PATH_LEN];
	const char *p = line + strspn(line, " \t");
	const char *at;

	if (*p == '#')
		return;
	if ((at = strstr(p, "unix:/")) != NULL)
		judge_socket(in, path_of(at + strlen("unix:"), path));
	if (!text_begins(p, "root") && !text_begins(p, "alias") &&
	    !text_begins(p, "Alias") && !text_begins(p, "<Directory"))
		return;
	/* The last path of the line: an Alias has a URL first. */
	for (at = p + strlen(p); at > p && *at != '/'; at--)
		continue;
	while (at > p && strchr(NOT_PATH, at[-1]) == NULL)
		at--;
	if (*at == '/')
		judge_pages(in, path_of(at, path));
}

static void
judge_file(struct include *in)
{
	char line[LINE];
	FILE *f = fopen(in->path, "re");

	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL)
		judge_line(in, line);
	(void)fclose(f);
}

static int
is_conf(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	/* Neither "endpin.conf.new" nor what an editor leaves. */
	return end != NULL && end != entry->d_name &&
	    text_equal(end, ".conf");
}

/* One web server's; none if there is no such folder. */
static void
check_folder(struct checkup *c, const char *folder)
{
	struct include in = { .c = c };
	struct dirent **entry;
	char path[PATH_LEN];
	int n, count;

	count = scandir(folder, &entry, is_conf, alphasort);
	if (count == -1)
		return;
	for (n = 0; n < count; n++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder,
		    entry[n]->d_name);
		in.path = path;
		judge_file(&in);
		free(entry[n]);
	}
	free(entry);
	if (in.bad == 0 && in.sockets > 0)
		say_well(c, "web server", "%s names the sockets and pages of"
		    " the configuration", folder);
}

void
check_web(struct checkup *c)
{
	size_t i;

	for (i = 0; i < NELEM(folders); i++)
		check_folder(c, folders[i]);
}
