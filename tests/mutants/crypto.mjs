// SPDX-License-Identifier: MIT

const CRYPTO = 'unit/test_crypto';

export default [
	{
		file: 'src/crypto/password.c', what: 'any password will do',
		from: 'if (hash == NULL || !equal)', to: 'if (hash == NULL)', tests: [CRYPTO]
	},
	{
		file: 'src/crypto/password.c', what: 'nobody is let in by a hash of nothing',
		from: 'if (hash == NULL || !equal)', to: 'if (!equal && hash != NULL)', tests: [CRYPTO]
	},
	{
		file: 'src/crypto/password.c', what: 'the pepper is not used',
		from: 'a.secretlen = (uint32_t)k->len;', to: 'a.secretlen = 0;', tests: [CRYPTO]
	},
	{
		file: 'src/crypto/password.c', what: 'two hashes have the same salt',
		from: 'random_bytes(c.salt, sizeof(c.salt));', to: '', tests: [CRYPTO]
	},
	{
		file: 'src/crypto/password.c', what: 'a hash of an old pepper is as good as new',
		from: ' || !text_equal(c.keyid, now.keyid)', to: '', tests: [CRYPTO]
	},
	{
		file: 'src/crypto/password.c', what: 'a hash of fewer passes is as good as new',
		from: 'c.passes != now.passes ||', to: '', tests: [CRYPTO]
	},
	{
		file: 'src/crypto/password.c', what: 'a stored hash may ask for any memory',
		from: 'if (value > most)', to: 'if (0 && most)', tests: [CRYPTO]
	},
	{
		file: 'src/crypto/password.c', what: 'two peppers have one name',
		from: 'if (pepper_find(p, p->key[i].id) != NULL)', to: 'if (0)', tests: [CRYPTO]
	},
	{
		file: 'src/crypto/password.c', what: 'a pepper may be short',
		from: 'hex_len / 2 < PEPPER_LEAST ||', to: '', tests: [CRYPTO]
	},
	{
		file: 'src/crypto/digest.c', what: 'only the first piece is signed',
		from: 'for (i = 0; i < pieces; i++)', to: 'for (i = 0; i < pieces && i < 1; i++)', tests: [CRYPTO]
	},
	{
		file: 'src/crypto/digest.c', what: 'a key is the one of before',
		from: 'len == 0 ? (const void *)"" : key', to: 'len == 0 ? NULL : key', tests: [CRYPTO]
	},
	{
		file: 'src/crypto/password.c', what: 'a hash with something behind it is one',
		from: 'return text_unbase64(text, strlen(text), c->hash, HASH);',
		to: 'return text_unbase64(text, strcspn(text, " $"), c->hash, HASH);', tests: [CRYPTO]
	}
];
