/* SPDX-License-Identifier: MIT */
#ifndef CTL_STATEMENTS_H
#define CTL_STATEMENTS_H

struct db;

/*
 * Have the database prepare every statement of the program.  Returns how many
 * it refused; *ret_count: how many there are.  The log says what is wrong.
 */
int statements_prepare(struct db *db, int *ret_count);

#endif /* !CTL_STATEMENTS_H */
