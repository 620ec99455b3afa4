/* SPDX-License-Identifier: MIT */
#ifndef DB_OPTIONS_H
#define DB_OPTIONS_H

/* [database] */

#include "conf/option.h"

struct database_config {
	char	*conninfo;
	char	*pooler;		/* "none" or "transaction" */
};

extern const struct option_row database_options[];

#endif /* !DB_OPTIONS_H */
