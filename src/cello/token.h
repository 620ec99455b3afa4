/* SPDX-License-Identifier: MIT */
#ifndef CELLO_TOKEN_H
#define CELLO_TOKEN_H

/*
 * The token that boots Cello's Referral Component: a JWT, HS512, with exactly
 * productId, productUserId and iat; Cello refuses one older than 24 h, so one
 * is made for each page (docs.cello.so/sdk/client-side/user-authentication).
 */

#include <stddef.h>
#include <time.h>

#include "base/err.h"

#define TOKEN_TEXT	1024

struct token_signer;

/* Made once per process; neither of the two is kept. */
struct token_signer *token_signer_new(const char *product_id,
    const char *product_secret);
void token_signer_free(struct token_signer *s);

/* ERR_INPUT: it would not fit. */
MUST_USE enum err token_sign(struct token_signer *s,
    const char *product_user_id, time_t now, char ret_token[TOKEN_TEXT]);

#endif /* !CELLO_TOKEN_H */
