/* SPDX-License-Identifier: MIT */
#ifndef CELLO_BOOT_H
#define CELLO_BOOT_H

/*
 * How a boot of the Referral Component ends in a browser, by the messages that
 * Cello's pages name (cello.developerhub.io/docs/troubleshooting).
 */

enum boot_sight {
	SIGHT_TOKEN,		/* a page has asked for what boots it */
	SIGHT_DONE,
	/* The rest are failures. */
	SIGHT_TENANT,		/* 1200: script, product id, secret of two */
	SIGHT_JWT,		/* 1100: a claim, or the secret */
	SIGHT_UNAUTHORIZED,	/* 401: not authorized to load the widget */
	SIGHT_INSECURE,		/* the script's address is http:// */
	SIGHT_BLOCKED,		/* the script did not load */
	SIGHT_SLOW,
	SIGHT_OTHER,
	SIGHTS
};

/* "token", "booted", "invalid_tenant" ... */
const char *boot_name(enum boot_sight s);

/* Which failure has this message? */
enum boot_sight boot_failure(const char *message);

#endif /* !CELLO_BOOT_H */
