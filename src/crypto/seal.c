/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/text.h"

#include "crypto/seal.h"

/* Nonce, what is sealed, tag. */
#define NONCE		12
#define TAG		16
#define AROUND		(NONCE + TAG)
#define TEXT_MOST	65536

/* OpenSSL says no only without memory or without the algorithm. */
static void
must(int ok)
{
	if (ok != 1) {
		log_error("seal_failed", "OpenSSL cannot seal");
		abort();
	}
}

void
seal_text(const unsigned char key[SEAL_KEY], const char *text,
    struct buf *ret_sealed)
{
	const int len = (int)strlen(text);
	unsigned char *bytes = mem_zero((size_t)len + AROUND, 1);
	char *out = mem_zero(TEXT_BASE64_LEN((size_t)len + AROUND) + 1, 1);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;

	random_bytes(bytes, NONCE);
	must(c != NULL);
	must(EVP_EncryptInit_ex2(c, EVP_aes_256_gcm(), key, bytes, NULL));
	must(EVP_EncryptUpdate(c, bytes + NONCE, &n,
	    (const unsigned char *)text, len));
	must(EVP_EncryptFinal_ex(c, bytes + NONCE + n, &n));
	must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG,
	    bytes + NONCE + len));
	EVP_CIPHER_CTX_free(c);
	text_base64url(bytes, (size_t)len + AROUND, out);
	buf_text(ret_sealed, out);
	free(out);
	free(bytes);
}

enum err
seal_open(const unsigned char key[SEAL_KEY], const char *sealed,
    char *ret_text, size_t size)
{
	const size_t most = size + AROUND;
	unsigned char *bytes = mem_zero(most, 1);
	char *text = mem_zero(size, 1);
	EVP_CIPHER_CTX *c = NULL;
	enum err e = ERR_INPUT;
	int len, n = 0;
	size_t got;

	if (size > TEXT_MOST || text_unbase64url(sealed, bytes, most,
	    &got) != ERR_OK || got < AROUND || got - AROUND >= size)
		goto done;
	len = (int)(got - AROUND);
	must((c = EVP_CIPHER_CTX_new()) != NULL);
	must(EVP_DecryptInit_ex2(c, EVP_aes_256_gcm(), key, bytes, NULL));
	must(EVP_DecryptUpdate(c, (unsigned char *)text, &n, bytes + NONCE,
	    len));
	must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG,
	    bytes + NONCE + len));
	/* Not a byte of it counts before the tag is found good. */
	if (EVP_DecryptFinal_ex(c, (unsigned char *)text + n, &n) != 1)
		goto done;
	memcpy(ret_text, text, (size_t)len);
	ret_text[len] = '\0';
	e = ERR_OK;
done:
	EVP_CIPHER_CTX_free(c);
	mem_free_secret(text, size);
	free(bytes);
	return e;
}
