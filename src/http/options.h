/* SPDX-License-Identifier: MIT */
#ifndef HTTP_OPTIONS_H
#define HTTP_OPTIONS_H

/* [limits] */

#include "conf/option.h"
#include "http/limit.h"

struct limits_config {
	/* In a minute, of one address; 0: as often as it likes. */
	int	 each[LIMITS];
	char	*exempt;		/* networks, "10.0.0.0/8 ::1" */
};

extern const struct option_row limits_options[];

#endif /* !HTTP_OPTIONS_H */
