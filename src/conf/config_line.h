/* SPDX-License-Identifier: MIT */
#ifndef CONF_CONFIG_LINE_H
#define CONF_CONFIG_LINE_H

/*
 * Lines of the configuration, such that libinih reads them as they look.  Left
 * alone it cuts a line that is long or has a NUL, takes a semicolon after a
 * space for a comment, and an indented line for more of the option before.
 */

#include <stddef.h>
#include <stdio.h>

/*
 * The next line of `in`, without indent and end, into `line`.  0: there is
 * none.  If libinih would cut it, *ret_why says so and the line is empty.
 */
int config_line(FILE *in, char *line, size_t size, const char **ret_why);

#endif /* !CONF_CONFIG_LINE_H */
