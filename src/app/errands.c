/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "account/erasure.h"
#include "billing/call.h"
#include "billing/object.h"
#include "billing/sweep.h"
#include "chore/chore.h"
#include "referral/card.h"
#include "referral/code.h"
#include "referral/fact.h"
#include "referral/link.h"

#include "app/app.h"
#include "app/plan_sweep.h"

#include "app/errands.h"

const struct errand_job errand_jobs[] = {
	{ &object_awaited, apply_object, .asks_stripe = 1, .is_queue = 1,
	    .pace = PACE_PEOPLE },
	{ &object_urgent, apply_object, .asks_stripe = 1, .is_queue = 1,
	    .pace = PACE_ERRANDS },
	{ &sweep_errands, read_page, .asks_stripe = 1, .pace = PACE_ERRANDS,
	    .takes_long = 1, .covers = 1 },
	{ &object_errands, apply_object, .asks_stripe = 1,
	    .pace = PACE_ERRANDS, .is_covered = 1, .survey = plan_sweep },
	{ &call_errands, do_call, .asks_stripe = 1 },
	{ &fact_errands, tell_cello, .asks_cello = 1,
	    .pace = PACE_ERRANDS },
	{ &code_errands, look_at_code, .asks_cello = 1,
	    .pace = PACE_ERRANDS },
	{ &erasure_errands, close_account, .asks_stripe = 1,
	    .pace = PACE_ERRANDS },
	{ &card_errands, look_at_cards, .asks_stripe = 1,
	    .pace = PACE_ERRANDS },
	{ &link_errands, look_at_link, .asks_cello = 1,
	    .pace = PACE_ERRANDS },
	{ &chore_errands, do_chore, .takes_long = 1 },
	{ .kind = NULL }
};

enum err
errands_backlog(struct app *a, struct backlog *ret_backlog)
{
	const struct errand_job *job;
	struct errand_count count;
	enum err e;

	memset(ret_backlog, 0, sizeof(*ret_backlog));
	for (job = errand_jobs; job->kind != NULL; job++) {
		if (job->is_queue)
			continue;
		if ((e = errand_count(a->db, job->kind, &count)) != ERR_OK)
			return e;
		ret_backlog->due += count.due;
		ret_backlog->parked += count.parked;
		ret_backlog->dead += count.dead;
		if (count.overdue_s > ret_backlog->overdue_s)
			ret_backlog->overdue_s = count.overdue_s;
	}
	return ERR_OK;
}
