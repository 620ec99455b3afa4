/* SPDX-License-Identifier: MIT */
#ifndef CTL_KEYS_H
#define CTL_KEYS_H

struct ctl;

/*
 * Make a key that is good for `scopes` (account/key.h) and print it.  Returns
 * the exit status.
 */
int keys_make(const struct ctl *t, const char *name, unsigned scopes);

#endif /* !CTL_KEYS_H */
