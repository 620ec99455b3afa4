/* SPDX-License-Identifier: MIT */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

/*
 * The sections of the whole, and the rows of what is nobody's alone, whose
 * structs are in app/config.h.
 */

#include "conf/layout.h"
#include "conf/option.h"

/* In the order of endpin.conf(5); tests/lint/options compares the names. */
extern const struct chapter config_layout[];

extern const struct option_row server_options[];
extern const struct option_row pool_options[];
extern const struct option_row courier_options[];
extern const struct option_row retention_options[];

/* The pools that there are if the file names none; ends with NULL. */
extern const char *const pool_usual[];

/* The defaults of `pool`, a struct pool_config, that go by its name. */
void pool_begin(void *pool);

#endif /* !APP_OPTIONS_H */
