/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/digest.h"

#include "cello/token.h"

/* {"alg":"HS512","typ":"JWT"} in base64url, and the dot after it. */
#define HEADER		"eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."
#define HEADER_LEN	(sizeof(HEADER) - 1)
#define SIGNATURE_LEN	TEXT_BASE64_LEN(DIGEST_SHA512)

/* A claim set above this would not fit: header, dot, signature and a NUL. */
#define CLAIMS_TEXT	(TOKEN_TEXT - HEADER_LEN - 1 - SIGNATURE_LEN - 1)
#define CLAIMS_MAX	(CLAIMS_TEXT / 4 * 3)

/*
 * Only the user and the time differ between tokens, so the claims are written
 * as far as the product once, and the writer is kept as it was then.
 */
struct token_signer {
	struct hmac		*key;
	struct buf		 product;
	struct json_writer	 after_product;
	struct buf		 claims;
};

struct token_signer *
token_signer_new(const char *product_id, const char *product_secret)
{
	struct token_signer *s = mem_zero(1, sizeof(*s));

	s->key = hmac_sha512_new(product_secret, strlen(product_secret));
	buf_init(&s->claims, CLAIMS_MAX);
	buf_init(&s->product, CLAIMS_MAX);
	json_write_init(&s->after_product, &s->product);
	json_open(&s->after_product, NULL);
	json_put_text(&s->after_product, "productId", product_id);
	s->after_product.out = &s->claims;
	return s;
}

void
token_signer_free(struct token_signer *s)
{
	if (s == NULL)
		return;
	hmac_free(s->key);
	buf_done(&s->product);
	buf_done(&s->claims);
	free(s);
}

enum err
token_sign(struct token_signer *s, const char *product_user_id, time_t now,
    char ret_token[TOKEN_TEXT])
{
	struct json_writer w = s->after_product;
	unsigned char digest[DIGEST_SHA512];
	struct piece signed_part;
	char *at = ret_token;

	buf_reset(&s->claims);
	buf_add(&s->claims, s->product.data, s->product.len);
	json_put_text(&w, "productUserId", product_user_id);
	json_put_int(&w, "iat", (int64_t)now);
	json_close(&w);
	if (s->product.full || s->claims.full)
		return ERR_INPUT;

	memcpy(at, HEADER, HEADER_LEN);
	at += HEADER_LEN;
	text_base64url(s->claims.data, s->claims.len, at);
	at += TEXT_BASE64_LEN(s->claims.len);

	signed_part.bytes = ret_token;
	signed_part.len = (size_t)(at - ret_token);
	hmac_digest(s->key, &signed_part, 1, digest);
	*at++ = '.';
	text_base64url(digest, sizeof(digest), at);
	return ERR_OK;
}
