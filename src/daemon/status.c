/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"

#include "daemon/notify.h"

#include "daemon/status.h"

#define STATUS_MAX	2048

/* "hook 4/4, password 1/2, ...": those that are there, of those that should be. */
static void
write_kinds(struct buf *b, const struct crew *w, const struct generation *g,
    enum board_stage least)
{
	const struct config *conf = g->heritage.conf;
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (kind == KIND_COURIER || (size_t)kind < conf->pools)
			buf_format(b, "%s%s %d/%d", kind == 0 ? "" : ", ",
			    child_kind_name(conf, kind),
			    crew_count(w, kind, g->number, least),
			    crew_wanted(g, kind));
}

static void
write_status(struct buf *b, const struct crew *w, const struct generation *g,
    const struct trial *t)
{
	int others = crew_count(w, CREW_ALL, CREW_ALL, STAGE_BORN) -
	    crew_count(w, CREW_ALL, g->number, STAGE_BORN);
	int64_t lost = log_lost() + crew_log_lost(w);

	buf_format(b, "generation %d: ", g->number);
	write_kinds(b, w, g, STAGE_SERVING);
	if (t->g.number != 0) {
		buf_format(b, "; on trial, generation %d: ", t->g.number);
		write_kinds(b, w, &t->g, STAGE_OPEN);
	} else if (others > 0) {
		buf_format(b, "; %d leaving", others);
	}
	if (lost > 0)
		buf_format(b, "; lines of the log lost: %lld",
		    (long long)lost);
}

void
status_tell(const struct crew *w, const struct generation *serving,
    const struct trial *t, int stopping)
{
	static char told[STATUS_MAX];
	struct buf b;

	buf_init(&b, sizeof(told) - 1);
	buf_text(&b, "STATUS=");
	if (stopping)
		buf_format(&b, "stopping: %d of generation %d left",
		    crew_count(w, CREW_ALL, CREW_ALL, STAGE_BORN),
		    serving->number);
	else
		write_status(&b, w, serving, t);
	if (!b.full && !text_equal(b.data, told)) {
		memcpy(told, b.data, b.len + 1);
		notify_tell(told);
	}
	buf_done(&b);
}
