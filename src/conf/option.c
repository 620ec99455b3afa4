/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#include "conf/option.h"

const struct option_row *
option_find(const struct option_row *rows, const char *name)
{
	const struct option_row *o;

	for (o = rows; o->name != NULL; o++)
		if (text_equal(o->name, name))
			return o;
	return NULL;
}

/* Levenshtein's, for names of ordinary length. */
size_t
option_distance(const struct option_row *o, const char *name)
{
	const char *a = o->name, *b = name;
	size_t row[64], la = strlen(a), lb = strlen(b), i, j, up, left, best;

	if (la >= NELEM(row) || lb >= NELEM(row))
		return NELEM(row);
	for (j = 0; j <= lb; j++)
		row[j] = j;
	for (i = 1; i <= la; i++) {
		left = i - 1;		/* the cell up and to the left */
		row[0] = i;
		for (j = 1; j <= lb; j++) {
			up = row[j];
			best = left + (a[i - 1] != b[j - 1]);
			if (up + 1 < best)
				best = up + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			left = up;
		}
	}
	return row[lb];
}
