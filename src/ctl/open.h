/* SPDX-License-Identifier: MIT */
#ifndef CTL_OPEN_H
#define CTL_OPEN_H

struct app;
struct ctl;

/*
 * For a command that asks nobody but the database, where it is called `name`;
 * app_close() it.  NULL: it has been said why not.
 */
struct app *open_app(const struct ctl *t, const char *name);

#endif /* !CTL_OPEN_H */
