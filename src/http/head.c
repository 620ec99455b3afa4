/* SPDX-License-Identifier: MIT */

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"

#include "http/request.h"
#include "http/response.h"
#include "http/status.h"

#include "http/head.h"

/*
 * OWASP Secure Headers; ASVS 3.4.  Strict-Transport-Security is not here: it
 * would decide about the whole host, which is the product's.
 */
static const char always[] =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: strict-origin-when-cross-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "X-Frame-Options: DENY\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n";

/* For what is not a page: if it is shown as one all the same, it is inert. */
static const char csp_nothing[] = "default-src 'none'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'";

/* Is there a line in `headers` that begins with `name`, "Name:"? */
static int
has_header(const char *headers, const char *name)
{
	size_t len = strlen(name);

	while (*headers != '\0') {
		if (strncasecmp(headers, name, len) == 0)
			return 1;
		headers += strcspn(headers, "\n");
		headers += *headers == '\n';
	}
	return 0;
}

static const char *
csp_of(const struct resp *p, const struct answer_policy *policy)
{
	if (p->type == NULL || !text_begins(p->type, "text/html"))
		return csp_nothing;
	return p->csp != NULL ? p->csp : policy->csp;
}

void
head_write(struct buf *out, const struct req *q, const struct resp *p,
    const struct answer_policy *policy)
{
	buf_format(out, "Status: %d %s\r\n", p->status,
	    status_phrase(p->status));
	if (q->authorizer && p->status == 200) {
		buf_add(out, p->headers.data, p->headers.len);
		buf_text(out, "\r\n");
		return;
	}
	if (p->type != NULL) {
		buf_text(out, "Content-Type: ");
		buf_text(out, p->type);
		buf_text(out, "\r\n");
	}
	/* The body that HEAD asks about is not here to be measured. */
	if (q->method != HEAD && p->status != 204 && p->status != 304)
		buf_format(out, "Content-Length: %zu\r\n", p->body.len);
	buf_text(out, "X-Request-Id: ");
	buf_text(out, q->id);
	buf_text(out, "\r\nContent-Security-Policy: ");
	buf_text(out, csp_of(p, policy));
	buf_text(out, "\r\n");
	if (!text_empty(policy->hsts))
		buf_format(out, "Strict-Transport-Security: %s\r\n",
		    policy->hsts);
	buf_add(out, always, sizeof(always) - 1);
	if (!has_header(p->headers.data, "Cache-Control:"))
		buf_text(out, "Cache-Control: no-store\r\n");
	buf_add(out, p->headers.data, p->headers.len);
	buf_text(out, "\r\n");
}
