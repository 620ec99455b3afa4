/* SPDX-License-Identifier: MIT */

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

#include "base/network.h"

#define ALL_BITS	128
#define V4_BITS		32
#define V4_AT		12	/* where IPv4 begins in the bytes */
#define TEXT_MAX	64	/* of an address, INET6_ADDRSTRLEN is less */

static const unsigned char mapped[V4_AT] = { [10] = 0xff, [11] = 0xff };

static int
is_v4(const struct network *n)
{
	return memcmp(n->at, mapped, sizeof(mapped)) == 0;
}

/* The address alone; *ret_bits is how many it has. */
static enum err
address_read(const char *text, struct network *n, int *ret_bits)
{
	memcpy(n->at, mapped, sizeof(mapped));
	*ret_bits = V4_BITS;
	if (inet_pton(AF_INET, text, n->at + V4_AT) == 1)
		return ERR_OK;
	*ret_bits = ALL_BITS;
	return inet_pton(AF_INET6, text, n->at) == 1 ? ERR_OK : ERR_INPUT;
}

static int
bit_of(const struct network *n, int i)
{
	return n->at[i / 8] >> (7 - i % 8) & 1;
}

enum err
network_read(const char *text, struct network *ret)
{
	const char *slash = text == NULL ? NULL : strchr(text, '/');
	size_t len = text == NULL ? 0 : strcspn(text, "/");
	char address[TEXT_MAX];
	struct network n;
	int64_t length;
	int bits, i;

	if (len == 0 || len >= sizeof(address))
		return ERR_INPUT;
	memcpy(address, text, len);
	address[len] = '\0';
	if (address_read(address, &n, &bits) != ERR_OK)
		return ERR_INPUT;
	length = bits;
	if (slash != NULL && text_number(slash + 1, bits, &length) != ERR_OK)
		return ERR_INPUT;
	n.bits = ALL_BITS - bits + (int)length;
	for (i = n.bits; i < ALL_BITS; i++)
		if (bit_of(&n, i))
			return ERR_INPUT;
	*ret = n;
	return ERR_OK;
}

int
network_has(const struct network *whole, const struct network *part)
{
	const size_t bytes = (size_t)whole->bits / 8;
	int i;

	if (part->bits < whole->bits ||
	    memcmp(whole->at, part->at, bytes) != 0)
		return 0;
	for (i = (int)bytes * 8; i < whole->bits; i++)
		if (bit_of(whole, i) != bit_of(part, i))
			return 0;
	return 1;
}

int
network_is_private(const struct network *address)
{
	static const char *const private[] = { "10.0.0.0/8", "172.16.0.0/12",
	    "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	    "fc00::/7", "fe80::/10", "::1" };
	struct network n;
	size_t i;

	for (i = 0; i < NELEM(private); i++)
		if (network_read(private[i], &n) == ERR_OK &&
		    network_has(&n, address))
			return 1;
	return 0;
}

uint64_t
network_neighbour(const struct network *address)
{
	size_t from = is_v4(address) ? 8 : 0, i;
	uint64_t key = 0;

	for (i = from; i < from + 8; i++)
		key = key << 8 | address->at[i];
	return key;
}
