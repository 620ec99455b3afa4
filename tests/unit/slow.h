/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SLOW_H
#define TESTS_SLOW_H

/*
 * ENDPIN_SLOW: what is timed may take so many times as long, because of the
 * build or of what runs beside it.
 */

#include <stdlib.h>

static inline int
slowness(void)
{
	const char *text = getenv("ENDPIN_SLOW");
	int times = text == NULL ? 1 : atoi(text);

	return times > 1 ? times : 1;
}

#endif /* !TESTS_SLOW_H */
