/* SPDX-License-Identifier: MIT */

#include "db/options.h"

#define AT(field)	offsetof(struct database_config, field)

const struct option_row database_options[] = {
	{ "conninfo", OPTION_TEXT, AT(conninfo), NULL, 1, 4096, NULL,
	    OPTION_MUST,
	    "A libpq connection string; a password belongs in a passfile." },
	{ "pooler", OPTION_TEXT, AT(pooler), "none", 1, 16, "none|transaction",
	    0, "transaction: a pooler in transaction mode is in between." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};
