/* SPDX-License-Identifier: MIT */

#include "app/explain.h"

#include "app/explain_judge.h"

/* Whoever mends the first that is found may not need the rest. */
static const struct explain_rule *const tables[] = { explain_customer,
    explain_told, explain_doubt, explain_paid };

void
explain_judge(const struct evidence *v, struct finding ret[FINDINGS],
    size_t *ret_count)
{
	const struct explain_rule *r;
	size_t i, n = 0;

	for (i = 0; i < NELEM(tables); i++)
		for (r = tables[i]; r->cause != NULL && n < FINDINGS; r++) {
			struct finding *f = &ret[n];

			finding_begin(f, r->kind, r->cause, r->fix);
			f->field = r->field;
			if (r->judge(v, f))
				n++;
		}
	*ret_count = n;
}
