/* SPDX-License-Identifier: MIT */
#ifndef MCP_MASK_H
#define MCP_MASK_H

struct buf;

/*
 * Append `text` with each e-mail address in it as "a***@example.com": wherever
 * it stands, so that no writer has to think of it.
 */
void mask_addresses(const char *text, struct buf *out);

#endif /* !MCP_MASK_H */
