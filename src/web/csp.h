/* SPDX-License-Identifier: MIT */
#ifndef WEB_CSP_H
#define WEB_CSP_H

struct buf;
struct config;

#define CSP_MAX		2048

/*
 * The Content-Security-Policy of the pages, www/, as far as Cello is switched
 * on: its scripts, and what they load.  No inline script, nothing else.
 */
void csp_write(const struct config *conf, struct buf *out);

#endif /* !WEB_CSP_H */
