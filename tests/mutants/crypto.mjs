// SPDX-License-Identifier: MIT

const UNIT = ['unit/test_crypto'];

export default [
	{
		file: 'src/crypto/password.c', what: 'any password will do',
		from: 'if (hash == NULL || !equal)', to: 'if (hash == NULL)', tests: UNIT
	},
	{
		file: 'src/crypto/password.c', what: 'nobody is let in by a hash of nothing',
		from: 'if (hash == NULL || !equal)', to: 'if (!equal && hash != NULL)', tests: UNIT
	},
	{
		file: 'src/crypto/password.c', what: 'the pepper is not used',
		from: 'a.secretlen = (uint32_t)k->len;', to: 'a.secretlen = 0;', tests: UNIT
	},
	{
		file: 'src/crypto/password.c', what: 'two hashes have the same salt',
		from: 'random_bytes(c.salt, sizeof(c.salt));', to: '', tests: UNIT
	},
	{
		file: 'src/crypto/password.c', what: 'a hash of an old pepper is as good as new',
		from: ' || !text_equal(c.keyid, now.keyid)', to: '', tests: UNIT
	},
	{
		file: 'src/crypto/password.c', what: 'a hash of fewer passes is as good as new',
		from: 'c.passes != now.passes ||', to: '', tests: UNIT
	},
	{
		file: 'src/crypto/password.c', what: 'a stored hash may ask for any memory',
		from: 'if (value > most)', to: 'if (0 && most)', tests: UNIT
	},
	{
		file: 'src/crypto/password.c', what: 'a hash has several spellings',
		from: 'if (strlen(again) != text_len || memcmp(again, text, text_len) != 0)', to: 'if (strlen(again) != text_len)', tests: UNIT
	},
	{
		file: 'src/crypto/password.c', what: 'two peppers have one name',
		from: 'if (pepper_find(p, p->key[i].id) != NULL)', to: 'if (0)', tests: UNIT
	},
	{
		file: 'src/crypto/password.c', what: 'a pepper may be short',
		from: 'hex_len / 2 < PEPPER_LEAST ||', to: '', tests: UNIT
	},
	{
		file: 'src/crypto/digest.c', what: 'a long key is cut instead of hashed',
		from: 'must(EVP_Digest(key, len, block, NULL, md, NULL));', to: 'memcpy(block, key, (size_t)EVP_MD_get_block_size(md));', tests: UNIT
	},
	{
		file: 'src/crypto/digest.c', what: 'only the first piece is signed',
		from: 'for (i = 0; i < pieces; i++)', to: 'for (i = 0; i < pieces && i < 1; i++)', tests: UNIT
	},
	{
		file: 'src/crypto/random.c', what: 'an id says that it is not random',
		from: '(b[6] & 0x0f) | 0x40', to: '(b[6] & 0x0f) | 0x10', tests: UNIT
	},
	{
		file: 'src/crypto/random.c', what: 'random bytes are zeros',
		from: 'if (RAND_bytes(ret_bytes, (int)len) != 1)', to: '__builtin_memset(ret_bytes, 0, len);\n	if (0)', tests: UNIT
	}
];
