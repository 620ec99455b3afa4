/* SPDX-License-Identifier: MIT */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "referral/referral.h"

#include "app/app.h"

#include "app/list_doubts.h"

enum err
list_doubts(struct app *a, size_t most, struct doubted **ret_list,
    size_t *ret_count)
{
	char (*id)[TEXT_UUID] = mem_zero(most, sizeof(*id));
	struct doubted *list = mem_zero(most, sizeof(*list)), *d = list;
	size_t i, count = 0;
	enum err e;

	assert(most > 0 && most <= DOUBTS_MOST);
	e = referral_newest(a->db, id, most, &count);
	for (i = 0; i < count && e == ERR_OK; i++) {
		memcpy(d->account, id[i], sizeof(d->account));
		e = referral_find(a->db, d->account, d->ucc);
		if (e == ERR_OK)
			e = doubt_of(a->db, d->account, d->ucc, &d->doubt);
		d += e == ERR_OK && d->doubt != DOUBT_NONE;
	}
	free(id);
	if (e != ERR_OK) {
		free(list);
		return e;
	}
	*ret_list = list;
	*ret_count = (size_t)(d - list);
	return ERR_OK;
}
