/* SPDX-License-Identifier: MIT */

/* crypto/ against published vectors and another implementation's. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <argon2.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/mem.h"
#include "conf/secret.h"
#include "base/buf.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/nfc.h"
#include "crypto/password.h"
#include "crypto/seal.h"

#define BYTES(text)	text, sizeof(text) - 1
#define AA131	"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa" \
	"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa" \
	"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa" \
	"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa" \
	"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa" \
	"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa" \
	"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa" \
	"\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"

/* RFC 4231, without the case that is cut to 128 bits. */
static const struct {
	const char	*what;
	const char	*key;
	size_t		 key_len;
	const char	*data;
	size_t		 len;
	const char	*sha256;
	const char	*sha512;
} hmacs[] = {
	{ "case 1: a short key",
	    BYTES("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
	    "\x0b\x0b\x0b\x0b\x0b"), BYTES("Hi There"),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
	    "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
	    "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
	{ "case 2: a key that is a word", BYTES("Jefe"),
	    BYTES("what do ya want for nothing?"),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	    "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
	{ "case 3: fifty bytes of data",
	    BYTES("\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
	    "\xaa\xaa\xaa\xaa\xaa"),
	    BYTES("\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
	    "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
	    "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"
	    "\xdd\xdd\xdd"),
	    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
	    "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
	    "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb" },
	{ "case 4: a key of 25 bytes",
	    BYTES("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
	    "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19"),
	    BYTES("\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd"
	    "\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd"
	    "\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd"
	    "\xcd\xcd\xcd"),
	    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
	    "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
	    "a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd" },
	{ "case 6: a key longer than a block", BYTES(AA131),
	    BYTES("Test Using Larger Than Block-Size Key - Hash Key First"),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
	    "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
	    "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598" },
	{ "case 7: both longer than a block", BYTES(AA131),
	    BYTES("This is a test using a larger than block-size key and a "
	    "larger than block-size data. The key needs to be hashed before "
	    "being used by the HMAC algorithm."),
	    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
	    "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
	    "b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58" },
	{ "no key and no data", BYTES(""), BYTES(""),
	    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
	    "b936cee86c9f87aa5d3c6f2e84cb5a4239a5fe50480a6ec66b70ab5b1f4ac673"
	    "0c6c515421b327ec1d69402e53dfb49ad7381eb067b338fd7b0cb22247225d47" },
};

static void
hmac_is(struct hmac *h, const struct piece *piece, size_t pieces,
    const char *what, const char *want)
{
	unsigned char digest[DIGEST_SHA512];
	char text[2 * DIGEST_SHA512 + 1];

	hmac_digest(h, piece, pieces, digest);
	text_hex(digest, strlen(want) / 2, text);
	if (strcmp(text, want) != 0)
		fail_msg("%s: %s", what, text);
}

/* Twice, as the second one starts from what was kept; and in pieces. */
static void
hmac_agrees(struct hmac *h, const char *what, const char *data, size_t len,
    const char *want)
{
	struct piece whole = { data, len };
	struct piece part[] = { { data, len / 3 }, { NULL, 0 },
	    { data + len / 3, len - len / 3 } };

	hmac_is(h, &whole, 1, what, want);
	hmac_is(h, &whole, 1, what, want);
	hmac_is(h, part, NELEM(part), what, want);
	hmac_free(h);
}

/* A token as Cello wants it; the whole was made with npm jsonwebtoken 9. */
static void
a_token_is_signed(void **state)
{
	static const char claims[] = "{\"productId\":\"app.example.com\","
	    "\"productUserId\":\"user-123\",\"iat\":1700000000}";
	static const char header[] = "{\"alg\":\"HS512\",\"typ\":\"JWT\"}";
	struct hmac *h = hmac_sha512_new(BYTES("test-product-secret"));
	unsigned char digest[DIGEST_SHA512];
	char token[3][160];
	struct piece piece[3] = { { token[0], 0 }, { ".", 1 }, { token[1], 0 } };

	(void)state;
	text_base64url(BYTES(header), token[0]);
	text_base64url(BYTES(claims), token[1]);
	piece[0].len = strlen(token[0]);
	piece[2].len = strlen(token[1]);
	hmac_digest(h, piece, 3, digest);
	text_base64url(digest, sizeof(digest), token[2]);
	assert_string_equal(token[0], "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9");
	assert_string_equal(token[1], "eyJwcm9kdWN0SWQiOiJhcHAuZXhhbXBsZS5jb20i"
	    "LCJwcm9kdWN0VXNlcklkIjoidXNlci0xMjMiLCJpYXQiOjE3MDAwMDAwMDB9");
	assert_string_equal(token[2], "ljvAaeHllhOG5p-5S9U8egMuNwePC2MT2JuAfK1c"
	    "zkyxOAzxcCPvKahHQ16tFkSXN6T-qO5OzCbMfUY6MQ8ljg");
	hmac_free(h);
}

static void
keyed_hashes_are_the_rfc_s(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(hmacs); i++) {
		hmac_agrees(hmac_sha256_new(hmacs[i].key, hmacs[i].key_len),
		    hmacs[i].what, hmacs[i].data, hmacs[i].len,
		    hmacs[i].sha256);
		hmac_agrees(hmac_sha512_new(hmacs[i].key, hmacs[i].key_len),
		    hmacs[i].what, hmacs[i].data, hmacs[i].len,
		    hmacs[i].sha512);
	}
	hmac_agrees(hmac_sha256_new(NULL, 0), "no key at all", "", 0,
	    hmacs[NELEM(hmacs) - 1].sha256);
	hmac_free(NULL);
}

/* FIPS 180-4's examples. */
static const struct {
	const char	*what;
	const char	*text;
	const char	*want;
} sha256[] = {
	{ "nothing", "",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "one block", "abc",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "two blocks",
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void
hashes_are_the_standard_s(void **state)
{
	unsigned char digest[DIGEST_SHA256];
	char text[2 * DIGEST_SHA256 + 1];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(sha256); i++) {
		digest_sha256(sha256[i].text, strlen(sha256[i].text), digest);
		text_hex(digest, sizeof(digest), text);
		if (strcmp(text, sha256[i].want) != 0)
			fail_msg("%s: %s", sha256[i].what, text);
	}
	assert_true(digest_equal("abc", "abc", 3));
	assert_false(digest_equal("abc", "abd", 3));
	assert_true(digest_equal("abc", "abd", 2));
	assert_true(digest_equal("", "", 0));
}

/* --- passwords ------------------------------------------------------------- */

#define KEY1	"00112233445566778899aabbccddeeff" \
	"00112233445566778899aabbccddeeff"
#define KEY2	"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a" \
	"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"

static const struct {
	const char	*what;
	const char	*line[2];
	enum err	 want;
} peppers[] = {
	{ "one key",			{ "p1:" KEY1 },			ERR_OK },
	{ "an old one too",		{ "p2:" KEY2, "p1:" KEY1 },	ERR_OK },
	{ "an id of eight",		{ "abcDEF12:" KEY1 },	 	ERR_OK },
	{ "an id of nine",		{ "abcDEF123:" KEY1 },	ERR_INPUT },
	{ "no id",			{ ":" KEY1 },		ERR_INPUT },
	{ "no colon",			{ KEY1 },		ERR_INPUT },
	{ "a sign in the id",		{ "p$1:" KEY1 },	ERR_INPUT },
	{ "31 bytes",	{ "p1:00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddee" },			ERR_INPUT },
	{ "half a byte",		{ "p1:" KEY1 "0" },	ERR_INPUT },
	{ "capitals",			{ "p1:" KEY1 "AA" },	ERR_INPUT },
	{ "a space",			{ "p1: " KEY1 },	ERR_INPUT },
	{ "the second is bad",		{ "p1:" KEY1, "p2:00" },	ERR_INPUT },
	{ "the same id twice",		{ "p1:" KEY1, "p1:" KEY2 },	ERR_INPUT },
};

/* The secret borrows constants, so nobody calls secret_done(). */
static enum err
pepper_of(const char *const line[2], struct pepper **ret)
{
	struct secret s = { .count = 0 };

	for (; s.count < 2 && line[s.count] != NULL; s.count++)
		s.line[s.count] = (char *)(uintptr_t)line[s.count];
	return pepper_new(&s, ret);
}

static void
peppers_are_judged(void **state)
{
	struct pepper *p;
	size_t i;
	enum err e;

	(void)state;
	for (i = 0; i < NELEM(peppers); i++) {
		p = NULL;
		e = pepper_of(peppers[i].line, &p);
		if (e != peppers[i].want)
			fail_msg("%s: %s", peppers[i].what, err_name(e));
		pepper_free(p);
	}
	assert_int_equal(pepper_new(NULL, &p), ERR_OK);
	pepper_free(p);
	pepper_free(NULL);
}

/*
 * RFC 9106 section 5.3: is this libargon2 the right function?  Ours cannot be
 * asked, as it uses neither associated data nor four lanes.
 */
static void
argon2id_is_the_rfc_s(void **state)
{
	unsigned char out[32], password[32], salt[16], secret[8], ad[12];
	argon2_context c = {
		.out = out, .outlen = sizeof(out),
		.pwd = password, .pwdlen = sizeof(password),
		.salt = salt, .saltlen = sizeof(salt),
		.secret = secret, .secretlen = sizeof(secret),
		.ad = ad, .adlen = sizeof(ad),
		.t_cost = 3, .m_cost = 32, .lanes = 4, .threads = 4,
		.version = ARGON2_VERSION_13, .flags = ARGON2_DEFAULT_FLAGS
	};
	char text[65];

	(void)state;
	memset(password, 1, sizeof(password));
	memset(salt, 2, sizeof(salt));
	memset(secret, 3, sizeof(secret));
	memset(ad, 4, sizeof(ad));
	assert_int_equal(argon2_ctx(&c, Argon2_id), ARGON2_OK);
	text_hex(out, sizeof(out), text);
	assert_string_equal(text, "0d640df58d78766c08c037a34a8b53c9"
	    "d01ef0452d75b65eb52520e96b01e659");
}

#define HORSE	"correct horse battery staple"
#define NOW	"$argon2id$v=19$m=19456,t=2,p=1"
#define SALT	"$AAECAwQFBgcICQoLDA0ODw"
#define HASH	"$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU"

/*
 * The hashes were made with npm @noble/hashes 2, which shares no code with
 * libargon2.  The process has the peppers p1 (now) and old.
 */
static const struct {
	const char	*what;
	const char	*hash;
	const char	*password;
	size_t		 len;
	enum err	 want;
	int		 old;
} checks[] = {
	{ "as hashed now", NOW ",keyid=p1" SALT
	    "$9YWwAqaU7POWqfDaSiLdS28GwCUHEtc1Yx6jCjKYAFY",
	    BYTES(HORSE), ERR_OK, 0 },
	{ "an old pepper", NOW ",keyid=old" SALT
	    "$j1y3ScXW38oKPS8L5xRO4aljm55gR3C/chAfT11p9As",
	    BYTES(HORSE), ERR_OK, 1 },
	{ "no pepper", NOW SALT HASH, BYTES(HORSE), ERR_OK, 1 },
	{ "cheaper, not ASCII", "$argon2id$v=19$m=64,t=1,p=1" SALT
	    "$B93sUmx4MxpO41FlXpkKmnwma2eeFxP7/1TOWqz7Mcc",
	    BYTES("p\303\244ssw\303\266rd"), ERR_OK, 1 },
	{ "of argon2(1), another salt", NOW "$ZW5kcGluLXRlc3Qtc2FsdA"
	    "$tR0SePUS60BLK6S09cmNCi5pJpaluw/WCItGzm13QJQ",
	    BYTES(HORSE), ERR_OK, 1 },
	{ "two lanes, a NUL inside", "$argon2id$v=19$m=128,t=3,p=2" SALT
	    "$yKsDocpBunRkc7kNKsOTJlyupKKV5lgWuVGbGOujb58",
	    BYTES("p\0q"), ERR_OK, 1 },
	{ "what is behind the NUL counts", "$argon2id$v=19$m=128,t=3,p=2" SALT
	    "$yKsDocpBunRkc7kNKsOTJlyupKKV5lgWuVGbGOujb58",
	    BYTES("p\0r"), ERR_DENIED, 0 },
	{ "a letter more", NOW SALT HASH, BYTES(HORSE "s"), ERR_DENIED, 0 },
	{ "a letter less", NOW SALT HASH, HORSE, sizeof(HORSE) - 2, ERR_DENIED,
	    0 },
	{ "empty", NOW SALT HASH, BYTES(""), ERR_DENIED, 0 },
	{ "another hash", NOW SALT
	    "$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIQ", BYTES(HORSE),
	    ERR_DENIED, 0 },
	{ "nobody's", NULL, BYTES(HORSE), ERR_DENIED, 0 },
	{ "a pepper that is gone", NOW ",keyid=gone" SALT HASH, BYTES(HORSE),
	    ERR_INTERNAL, 0 },
};

/* None of these may be computed, or be taken for somebody's password. */
static const struct {
	const char	*what;
	const char	*hash;
} foreign[] = {
	{ "nothing", "" },
	{ "bcrypt",
	    "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234" },
	{ "argon2i", "$argon2i$v=19$m=19456,t=2,p=1" SALT HASH },
	{ "argon2d", "$argon2d$v=19$m=19456,t=2,p=1" SALT HASH },
	{ "the version before", "$argon2id$v=16$m=19456,t=2,p=1" SALT HASH },
	{ "no version", "$argon2id$m=19456,t=2,p=1" SALT HASH },
	{ "another order", "$argon2id$v=19$t=2,m=19456,p=1" SALT HASH },
	{ "no lanes", "$argon2id$v=19$m=19456,t=2" SALT HASH },
	{ "passes without a number", "$argon2id$v=19$m=19456,t=,p=1" SALT HASH },
	{ "a negative number", "$argon2id$v=19$m=19456,t=-2,p=1" SALT HASH },
	{ "leading zeros", "$argon2id$v=19$m=019456,t=2,p=1" SALT HASH },
	{ "passes for years", "$argon2id$v=19$m=19456,t=99999999,p=1" SALT
	    HASH },
	{ "five lanes", "$argon2id$v=19$m=19456,t=2,p=5" SALT HASH },
	{ "too little memory for its lanes", "$argon2id$v=19$m=31,t=2,p=4" SALT
	    HASH },
	{ "no passes", "$argon2id$v=19$m=19456,t=0,p=1" SALT HASH },
	{ "no memory", "$argon2id$v=19$m=0,t=2,p=1" SALT HASH },
	{ "more memory than there is", "$argon2id$v=19$m=99999999,t=2,p=1"
	    SALT HASH },
	{ "memory past 32 bits", "$argon2id$v=19$m=4294986752,t=2,p=1"
	    SALT HASH },
	{ "an empty keyid", NOW ",keyid=" SALT HASH },
	{ "a keyid that is long", NOW ",keyid=abcdefghi" SALT HASH },
	{ "associated data", NOW ",data=AAAA" SALT HASH },
	{ "a comma", NOW "," SALT HASH },
	{ "a short salt", NOW "$AAECAwQFBgcICQoLDA0O" HASH },
	{ "a long salt", NOW SALT "AA" HASH },
	{ "padding", NOW SALT "==" HASH },
	{ "a short hash", NOW SALT "$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+S" },
	{ "no hash", NOW SALT },
	{ "an empty hash", NOW SALT "$" },
	{ "something behind", NOW SALT HASH "$" },
	{ "a line feed behind", NOW SALT HASH "\n" },
	{ "base64url", NOW SALT
	    "$gYJZtjEAJqjg26xdLmknq8_bB7MiWPrE9hsYuA-SkIU" },
	{ "bits that say nothing", NOW SALT
	    "$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIV" },
};

static struct pepper *pepper;

static void
passwords_are_judged(void **state)
{
	size_t i;
	int old;
	enum err e;

	(void)state;
	for (i = 0; i < NELEM(checks); i++) {
		old = 0;
		e = password_check(pepper, checks[i].hash, checks[i].password,
		    checks[i].len, &old);
		if (e != checks[i].want || old != checks[i].old)
			fail_msg("%s: %s, old %d", checks[i].what, err_name(e),
			    old);
	}
	for (i = 0; i < NELEM(foreign); i++) {
		e = password_check(pepper, foreign[i].hash, BYTES(HORSE), &old);
		if (e != ERR_INTERNAL)
			fail_msg("%s: %s", foreign[i].what, err_name(e));
	}
	assert_int_equal(password_check(NULL, NOW SALT HASH, BYTES(HORSE),
	    &old), ERR_OK);
	assert_int_equal(old, 0);
}

static const struct {
	const char	*what;
	unsigned	 memory, passes, lanes;
	int		 old;
} prices[] = {
	{ "as paid now",	19456, 2, 1, 0 },
	{ "less memory",	19448, 2, 1, 1 },
	{ "more memory",	19464, 2, 1, 1 },
	{ "fewer passes",	19456, 1, 1, 1 },
	{ "more passes",	19456, 3, 1, 1 },
	{ "more lanes",		19456, 2, 2, 1 },
};

static void
another_price_is_old(void **state)
{
	char hash[PASSWORD_HASH];
	size_t i;
	int old;

	(void)state;
	for (i = 0; i < NELEM(prices); i++) {
		assert_int_equal(argon2id_hash_encoded(prices[i].passes,
		    prices[i].memory, prices[i].lanes, BYTES(HORSE),
		    BYTES("sixteen bytes of"), 32, hash, sizeof(hash)),
		    ARGON2_OK);
		old = -1;
		if (password_check(NULL, hash, BYTES(HORSE), &old) != ERR_OK ||
		    old != prices[i].old)
			fail_msg("%s: old %d", prices[i].what, old);
	}
}

static void
a_new_hash_is_one_of_ours(void **state)
{
	char hash[PASSWORD_HASH], other[PASSWORD_HASH];
	int old = 1;

	(void)state;
	assert_int_equal(password_hash(pepper, BYTES("a\0b"), hash), ERR_OK);
	assert_true(text_begins(hash, NOW ",keyid=p1$"));
	assert_int_equal(strlen(hash), strlen(NOW ",keyid=p1" SALT HASH));
	assert_int_equal(password_check(pepper, hash, BYTES("a\0b"), &old),
	    ERR_OK);
	assert_int_equal(old, 0);
	assert_int_equal(password_check(pepper, hash, BYTES("a"), &old),
	    ERR_DENIED);
	assert_int_equal(password_hash(pepper, BYTES("a\0b"), other), ERR_OK);
	assert_string_not_equal(hash, other);

	assert_int_equal(password_hash(NULL, BYTES(HORSE), hash), ERR_OK);
	assert_true(text_begins(hash, NOW "$"));
	assert_int_equal(password_check(NULL, hash, BYTES(HORSE), &old),
	    ERR_OK);
	assert_int_equal(old, 0);
}

/* A password has up to 1024 bytes, and the last one counts. */
static void
long_passwords_count_whole(void **state)
{
	char hash[PASSWORD_HASH], password[PASSWORD_MAX];
	int old;

	(void)state;
	memset(password, 'x', sizeof(password));
	assert_int_equal(password_hash(NULL, password, sizeof(password), hash),
	    ERR_OK);
	assert_int_equal(password_check(NULL, hash, password, sizeof(password),
	    &old), ERR_OK);
	password[PASSWORD_MAX - 1] = 'y';
	assert_int_equal(password_check(NULL, hash, password, sizeof(password),
	    &old), ERR_DENIED);
}

/* --- one spelling --- */

static const struct {
	const char	*what, *text, *want;
} spellings[] = {
	{ "none",			"",			"" },
	{ "plain",			"ab c",			"ab c" },
	{ "composed",			"\303\251",		"\303\251" },
	{ "decomposed",			"e\314\201",		"\303\251" },
	{ "the sign for Angstrom",	"\342\204\253",		"\303\205" },
	{ "two marks in the other order", "s\314\207\314\243",	"\341\271\251" },
	{ "Korean in parts",
	    "\341\204\222\341\205\241\341\206\253",		"\355\225\234" },
	/* What only looks alike stays what it is: no NFKC here. */
	{ "a ligature",			"\357\254\201",		"\357\254\201" },
	{ "a letter that comes apart for good", "\340\245\230",
	    "\340\244\225\340\244\274" },
	{ "the longest growth",		"\360\235\205\240",
	    "\360\235\205\230\360\235\205\245\360\235\205\256" },
	{ "of no meaning yet",		"\363\257\277\275",	"\363\257\277\275" },
	{ "no UTF-8",			"a\351",			NULL }
};

static void
a_text_has_one_spelling(void **state)
{
	char longest[NFC_MAX + 2], ret[NFC_SIZE(NFC_MAX + 1)];
	size_t i;
	enum err e;

	(void)state;
	for (i = 0; i < NELEM(spellings); i++) {
		e = nfc_text(spellings[i].text, ret, sizeof(ret));
		if (spellings[i].want == NULL ? e != ERR_INPUT : e != ERR_OK ||
		    strcmp(ret, spellings[i].want) != 0)
			fail_msg("%s: %s", spellings[i].what, ret);
	}
	assert_int_equal(nfc_length("e\314\201a"), 2);
	assert_int_equal(nfc_length("\351"), -1);

	/* As much as may be, which grows as much as it can. */
	for (i = 0; i < NFC_MAX; i += 4)
		memcpy(longest + i, "\360\235\205\240", 4);
	longest[NFC_MAX] = '\0';
	assert_int_equal(nfc_text(longest, ret, NFC_SIZE(NFC_MAX)), ERR_OK);
	assert_int_equal(strlen(ret), 3 * NFC_MAX);
	assert_int_equal(nfc_text(longest, ret, NFC_SIZE(NFC_MAX) - 1),
	    ERR_INPUT);
	longest[NFC_MAX] = 'a';
	longest[NFC_MAX + 1] = '\0';
	assert_int_equal(nfc_text(longest, ret, sizeof(ret)), ERR_INPUT);
}

static int
pepper_make(void **state)
{
	static const char *const line[] = { "p1:" KEY1, "old:" KEY2 };

	(void)state;
	return pepper_of(line, &pepper) != ERR_OK;
}

/* --- seals --- */

static void
a_seal_is_opened_by_its_key_only(void **state)
{
	static const unsigned char key[SEAL_KEY] = { 1 }, other[SEAL_KEY];
	static const char secret[] = "a token, and not a short one";
	char text[64], tight[sizeof(secret) - 1];
	struct buf a, b;

	(void)state;
	buf_init(&a, 256);
	buf_init(&b, 256);
	seal_text(key, secret, &a);
	seal_text(key, secret, &b);
	assert_string_not_equal(a.data, b.data);
	assert_null(strstr(a.data, "token"));
	assert_int_equal(seal_open(key, a.data, text, sizeof(text)), ERR_OK);
	assert_string_equal(text, secret);
	assert_int_equal(seal_open(other, a.data, text, sizeof(text)),
	    ERR_INPUT);
	assert_int_equal(seal_open(key, a.data, tight, sizeof(tight)),
	    ERR_INPUT);
	a.data[20] = a.data[20] == 'A' ? 'B' : 'A';
	assert_int_equal(seal_open(key, a.data, text, sizeof(text)),
	    ERR_INPUT);
	assert_int_equal(seal_open(key, "", text, sizeof(text)), ERR_INPUT);
	assert_int_equal(seal_open(key, "?", text, sizeof(text)), ERR_INPUT);
	buf_done(&b);
	buf_done(&a);
}

static int
pepper_drop(void **state)
{
	(void)state;
	pepper_free(pepper);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keyed_hashes_are_the_rfc_s),
		cmocka_unit_test(a_token_is_signed),
		cmocka_unit_test(hashes_are_the_standard_s),
		cmocka_unit_test(peppers_are_judged),
		cmocka_unit_test(argon2id_is_the_rfc_s),
		cmocka_unit_test(passwords_are_judged),
		cmocka_unit_test(another_price_is_old),
		cmocka_unit_test(a_new_hash_is_one_of_ours),
		cmocka_unit_test(long_passwords_count_whole),
		cmocka_unit_test(a_text_has_one_spelling),
		cmocka_unit_test(a_seal_is_opened_by_its_key_only),
	};

	return cmocka_run_group_tests(tests, pepper_make, pepper_drop);
}
