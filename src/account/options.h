/* SPDX-License-Identifier: MIT */
#ifndef ACCOUNT_OPTIONS_H
#define ACCOUNT_OPTIONS_H

/* [session] and [password] */

#include "conf/option.h"

struct session_config {
	int	 idle_hours;
	int	 hours;
	int	 days;
};

struct password_config {
	int	 min_length;
	char	*pepper_file;		/* "": none */
};

extern const struct option_row session_options[];
extern const struct option_row password_options[];

#endif /* !ACCOUNT_OPTIONS_H */
