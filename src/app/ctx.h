/* SPDX-License-Identifier: MIT */
#ifndef APP_CTX_H
#define APP_CTX_H

/* What a door lends to a handler. */

#include "app/app.h"
#include "app/recognize.h"

struct pages;

struct ctx {
	/* Of the process. */
	struct app		*app;
	const struct pages	*pages;		/* web/page.h; NULL elsewhere */
	const char		*component_csp;	/* web/csp.h; as pages */
	int			 draining;	/* it is about to leave */
	/* Of the request: forgotten before each. */
	struct visitor		 visitor;
};

#endif /* !APP_CTX_H */
