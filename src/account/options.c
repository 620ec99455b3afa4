/* SPDX-License-Identifier: MIT */

#include "account/options.h"

#define SESSION(field)	offsetof(struct session_config, field)
#define PASSWORD(field)	offsetof(struct password_config, field)

const struct option_row session_options[] = {
	{ "idle_hours", OPTION_NUMBER, SESSION(idle_hours), "8", 1, 720, NULL,
	    0, "A session not used for this long is over, unless remembered." },
	{ "hours", OPTION_NUMBER, SESSION(hours), "24", 1, 720, NULL, 0,
	    "It is over after this long in any case." },
	{ "days", OPTION_NUMBER, SESSION(days), "30", 1, 365, NULL, 0,
	    "Who asked to be remembered stays logged in for this long." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

const struct option_row password_options[] = {
	{ "min_length", OPTION_NUMBER, PASSWORD(min_length), "12", 8, 64, NULL,
	    0, "The fewest characters of a password." },
	{ "pepper_file", OPTION_TEXT, PASSWORD(pepper_file), "", 0, 1024, NULL,
	    OPTION_SECRET,
	    "A file with lines id:hex, the first for new hashes." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};
