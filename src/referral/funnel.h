/* SPDX-License-Identifier: MIT */
#ifndef REFERRAL_FUNNEL_H
#define REFERRAL_FUNNEL_H

/*
 * What became of the people who came: of those who signed up in a stretch of
 * time, how many had a trial and how many have paid by now.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct stmt;

enum funnel_by { FUNNEL_WEEK, FUNNEL_REFERRER, FUNNEL_PRICE };

struct funnel_row {
	/* Monday of the week, "2026-11-23"; a code; a price of Stripe's; "". */
	char	 key[256];
	int	 referred;
	int64_t	 views;		/* of links; -1: of the others nobody knows */
	int64_t	 signups;
	int64_t	 trials;
	int64_t	 paid;
};

/* The caller frees *ret_rows. */
MUST_USE enum err funnel_list(struct db *db, enum funnel_by by,
    int64_t since_s, struct funnel_row **ret_rows, size_t *ret_count);

extern const struct stmt *const funnel_statements[];

#endif /* !REFERRAL_FUNNEL_H */
