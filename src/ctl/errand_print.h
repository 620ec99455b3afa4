/* SPDX-License-Identifier: MIT */
#ifndef CTL_ERRAND_PRINT_H
#define CTL_ERRAND_PRINT_H

/* Errands on standard output, for people and for programs. */

#include <stddef.h>

#include "base/err.h"

struct app;
struct desk_row;
struct errand_fact;
struct errand_kind;

/* A line for each, under a heading; one array, an object for each. */
void errand_print_table(const struct desk_row *rows, size_t count);
void errand_print_json(const struct desk_row *rows, size_t count);

/* A line for each kind, or for `only` this one. */
MUST_USE enum err errand_print_counts(struct app *a,
    const struct errand_kind *only);

/* A line for each fact; one object, a member for each. */
void errand_print_facts(const struct errand_kind *kind,
    const struct errand_fact *facts, size_t count);
void errand_print_facts_json(const struct errand_kind *kind,
    const struct errand_fact *facts, size_t count);

#endif /* !CTL_ERRAND_PRINT_H */
