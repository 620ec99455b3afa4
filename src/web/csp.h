/* SPDX-License-Identifier: MIT */
#ifndef WEB_CSP_H
#define WEB_CSP_H

struct buf;
struct config;

#define CSP_MAX		4096

/*
 * The Content-Security-Policy of the pages, www/, as far as Cello is switched
 * on: its scripts, and what they load.  No inline script, and nothing else but
 * what [server] csp_... allows besides.
 */
void csp_write(const struct config *conf, struct buf *out);

/*
 * That of the pages that boot Cello's component, which brings styles, frames,
 * fonts and pictures along.  Cello's guide asks for inline scripts and styles
 * (docs.cello.so/referral-component/quickstart); [cello] allow_inline = no
 * forbids them.
 */
void csp_write_component(const struct config *conf, struct buf *out);

#endif /* !WEB_CSP_H */
