/* SPDX-License-Identifier: MIT */

#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#include "base/cores.h"

#define LINE_LEN	(PATH_MAX + 128)

/* The first line of `dir`/`name`.  0: there is none, or no room for it. */
static int
line_read(const char *dir, const char *name, char *ret_line, size_t size)
{
	char path[3 * PATH_MAX];
	FILE *f;
	int len, ok;

	len = snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (len < 0 || (size_t)len >= sizeof(path) ||
	    (f = fopen(path, "re")) == NULL)
		return 0;
	ok = fgets(ret_line, (int)size, f) != NULL;
	(void)fclose(f);
	return ok;
}

static int
whole_cores(long long quota, long long period)
{
	if (quota <= 0 || period <= 0 || quota / period >= INT_MAX)
		return 0;
	return (int)(quota / period + (quota % period != 0));
}

/* "150000 100000", or "max 100000". */
static int
granted_v2(const char *dir)
{
	long long quota, period;
	char line[64];

	if (!line_read(dir, "cpu.max", line, sizeof(line)) ||
	    sscanf(line, "%lld %lld", &quota, &period) != 2)
		return 0;
	return whole_cores(quota, period);
}

static int
granted_v1(const char *dir)
{
	long long quota, period;
	char line[64];

	if (!line_read(dir, "cpu.cfs_quota_us", line, sizeof(line)) ||
	    sscanf(line, "%lld", &quota) != 1 ||
	    !line_read(dir, "cpu.cfs_period_us", line, sizeof(line)) ||
	    sscanf(line, "%lld", &period) != 1)
		return 0;
	return whole_cores(quota, period);
}

/* The least of `group` below `mount` and of all that it is in. */
static int
granted_upwards(const char *mount, char *group, int (*granted)(const char *))
{
	char dir[2 * PATH_MAX], *slash;
	int least = 0, here, len;

	for (;;) {
		len = snprintf(dir, sizeof(dir), "%s%s", mount, group);
		here = len < 0 || (size_t)len >= sizeof(dir) ? 0 :
		    granted(dir);
		if (here != 0 && (least == 0 || here < least))
			least = here;
		/* A container may see its own group as the root. */
		if ((slash = strrchr(group, '/')) == NULL)
			return least;
		*slash = '\0';
	}
}

/* Is `word` between commas in `list`, which ends at ':'? */
static int
is_listed(const char *word, const char *list)
{
	size_t len;

	for (; *list != ':'; list += len + (list[len] == ',')) {
		len = strcspn(list, ",:");
		if (len == strlen(word) && memcmp(list, word, len) == 0)
			return 1;
	}
	return 0;
}

/* "0::/group" is version 2, "4:cpu,cpuacct:/group" is version 1. */
static int
granted_line(const char *root, char *line)
{
	char mount[PATH_MAX], *list, *group;
	int v2 = text_begins(line, "0::");
	int len;

	if ((list = strchr(line, ':')) == NULL ||
	    (group = strchr(++list, ':')) == NULL ||
	    (!v2 && !is_listed("cpu", list)))
		return 0;
	group++;
	group[strcspn(group, "\n")] = '\0';
	len = snprintf(mount, sizeof(mount), "%ssys/fs/cgroup%s", root,
	    v2 ? "" : "/cpu");
	if (len < 0 || (size_t)len >= sizeof(mount))
		return 0;
	return granted_upwards(mount, group, v2 ? granted_v2 : granted_v1);
}

int
cores_granted(const char *root)
{
	char path[PATH_MAX], line[LINE_LEN];
	int least = 0, here;
	FILE *f;

	here = snprintf(path, sizeof(path), "%sproc/self/cgroup", root);
	if (here < 0 || (size_t)here >= sizeof(path) ||
	    (f = fopen(path, "re")) == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		here = granted_line(root, line);
		if (here != 0 && (least == 0 || here < least))
			least = here;
	}
	(void)fclose(f);
	return least;
}

int
cores_available(const char *root)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int granted = cores_granted(root);
	cpu_set_t set;

	/* It says no on machines with more than 1024 of them. */
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cores = CPU_COUNT(&set);
	if (granted != 0 && granted < cores)
		cores = granted;
	return cores > 1 ? (int)cores : 1;
}
