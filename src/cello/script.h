/* SPDX-License-Identifier: MIT */
#ifndef CELLO_SCRIPT_H
#define CELLO_SCRIPT_H

/*
 * Cello's scripts in a page as it is served: in the tag that loads one, or as
 * an address in a script of the page that does.
 * https://docs.cello.so/sdk/client-side/embedded-script-tag
 */

#include <stddef.h>

#define SCRIPT_SRC	512
#define SCRIPTS_MOST	8

enum script_kind {
	SCRIPT_ATTRIBUTION,	/* cello-attribution.js */
	SCRIPT_APP,		/* cello.js */
	SCRIPT_WRONG		/* attribution.js, which is 403; others */
};

struct script {
	char			 src[SCRIPT_SRC];
	enum script_kind	 kind;
	int			 in_tag;	/* the page itself loads it, */
	int			 module;	/* as a module */
};

/* Those in `html`, a string; how many, at most SCRIPTS_MOST. */
size_t script_find(const char *html, struct script ret[SCRIPTS_MOST]);

/* Is this address, or script, of Cello's sandbox?  -1: it is not Cello's. */
int script_is_sandbox(const char *url);

#endif /* !CELLO_SCRIPT_H */
