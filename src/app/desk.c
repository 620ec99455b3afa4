/* SPDX-License-Identifier: MIT */

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#include "app/app.h"
#include "app/errands.h"

#include "app/desk.h"

static const char *const states[] = {
	"waiting", "attended", "parked", "done", "dead", "dropped"
};

const struct errand_kind *
desk_kind_at(size_t i)
{
	const struct errand_job *job;

	for (job = errand_jobs; job->kind != NULL; job++)
		if (!job->is_queue && i-- == 0)
			break;
	return job->kind;
}

const struct errand_kind *
desk_kind(const char *name)
{
	const struct errand_kind *kind;
	size_t i = 0;

	while ((kind = desk_kind_at(i++)) != NULL)
		if (text_equal(kind->name, name))
			return kind;
	return NULL;
}

int
desk_state_ok(const char *state)
{
	size_t i;

	for (i = 0; i < NELEM(states); i++)
		if (text_equal(states[i], state))
			return 1;
	return 0;
}

/* Those that are due longest first, as errand_list() has them of one kind. */
static int
compare(const void *a, const void *b)
{
	const struct desk_row *x = a, *y = b;

	if (x->row.due_in != y->row.due_in)
		return x->row.due_in < y->row.due_in ? -1 : 1;
	return strcmp(x->row.id, y->row.id);
}

/* Add the rows of one kind to the `*count` that are there. */
static enum err
append(struct app *a, const struct errand_kind *kind,
    const struct desk_wish *wish, struct desk_row **rows, size_t *count)
{
	struct errand_row *found;
	struct desk_row *all;
	size_t i, n;
	enum err e;

	e = errand_list(a->db, kind, wish->state, wish->id, wish->most,
	    &found, &n);
	if (e != ERR_OK)
		return e;
	all = mem_zero(*count + n + 1, sizeof(*all));
	if (*count > 0)
		memcpy(all, *rows, *count * sizeof(*all));
	for (i = 0; i < n; i++) {
		all[*count + i].kind = kind;
		all[*count + i].row = found[i];
	}
	free(found);
	free(*rows);
	*rows = all;
	*count += n;
	return ERR_OK;
}

enum err
desk_list(struct app *a, const struct desk_wish *wish,
    struct desk_row **ret_rows, size_t *ret_count)
{
	const struct errand_kind *kind;
	struct desk_row *rows = NULL;
	size_t count = 0, i;
	enum err e = ERR_OK;

	for (i = 0; (kind = desk_kind_at(i)) != NULL && e == ERR_OK; i++)
		if (wish->kind == NULL || wish->kind == kind)
			e = append(a, kind, wish, &rows, &count);
	if (e != ERR_OK) {
		free(rows);
		return e;
	}
	if (count > 0)
		qsort(rows, count, sizeof(*rows), compare);
	*ret_rows = rows;
	*ret_count = count < (size_t)wish->most ? count : (size_t)wish->most;
	return ERR_OK;
}

enum err
desk_find(struct app *a, const struct errand_kind *kind, const char *id,
    struct errand_row *ret_row)
{
	struct errand_row *rows;
	size_t count;
	enum err e;

	e = errand_list(a->db, kind, NULL, id, 1, &rows, &count);
	if (e != ERR_OK)
		return e;
	if (count > 0)
		*ret_row = rows[0];
	free(rows);
	return count > 0 ? ERR_OK : ERR_NOTFOUND;
}

enum err
desk_show(struct app *a, const struct errand_kind *kind,
    const struct errand_row *row, struct errand_fact **ret_facts,
    size_t *ret_count)
{
	return errand_show(a->db, kind, row->lane, row->id, ret_facts,
	    ret_count);
}

enum err
desk_count(struct app *a, const struct errand_kind *kind,
    struct errand_count *ret_count)
{
	return errand_count(a->db, kind, ret_count);
}

enum err
desk_retry(struct app *a, const struct errand_kind *kind,
    const struct errand_row *row)
{
	return errand_retry(a->db, kind, row->lane, row->id);
}

enum err
desk_drop(struct app *a, const struct errand_kind *kind,
    const struct errand_row *row)
{
	return errand_drop(a->db, kind, row->lane, row->id);
}

enum err
desk_retry_all(struct app *a, const struct desk_wish *wish,
    struct desk_tally *tally)
{
	struct desk_row *rows;
	size_t count, i;
	enum err e;

	if ((e = desk_list(a, wish, &rows, &count)) != ERR_OK)
		return e;
	tally->found = (int64_t)count;
	tally->more = count == (size_t)wish->most;
	for (i = 0; i < count && e == ERR_OK; i++) {
		e = desk_retry(a, rows[i].kind, &rows[i].row);
		tally->revived += e == ERR_OK;
		tally->taken += e == ERR_CONFLICT;
		tally->gone += e == ERR_NOTFOUND;
		if (e == ERR_CONFLICT || e == ERR_NOTFOUND)
			e = ERR_OK;
		if (tally->progress != NULL)
			tally->progress(tally, tally->arg);
	}
	free(rows);
	return e;
}
