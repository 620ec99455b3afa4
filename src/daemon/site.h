/* SPDX-License-Identifier: MIT */
#ifndef DAEMON_SITE_H
#define DAEMON_SITE_H

/* The doors of a worker, opened: what its process keeps, and the whole site. */

#include "app/ctx.h"
#include "base/buf.h"
#include "app/config.h"
#include "http/late.h"
#include "http/route.h"

struct doors {
	struct app	*app;		/* owned */
	struct limits	*limits;	/* owned */
	struct pages	*pages;		/* owned; of a pool that serves them */
	struct buf	 csp;		/* of pages */
	struct buf	 component_csp;	/* of those that boot Cello's */
	char		 hsts[64];
	char		 label[64];	/* in pg_stat_activity */
	struct late	 late;
	struct ctx	 ctx;
	struct site	 site;
};

/* All route tables, and those of this configuration; NULL at the end. */
extern const struct route *const site_rooms[];
const struct route *const *site_tables(const struct config *conf);

/* NULL: a secret or a file cannot be had; logged.  `conf` is borrowed. */
struct doors *doors_open(const struct config *conf, size_t pool,
    int doorbell);
void doors_close(struct doors *d);

#endif /* !DAEMON_SITE_H */
