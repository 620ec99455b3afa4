/* SPDX-License-Identifier: MIT */

#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#include "ctl/say.h"

#include "ctl/funnel_chart.h"

#define FUNNEL_WIDE	44
#define BAR_WIDE	34
#define KEY_WIDE	14

/* --- what both pictures show --- */

static void
bar_add(struct funnel_bar *b, const struct funnel_row *x)
{
	b->signups[x->referred] += x->signups;
	b->paid[x->referred] += x->paid;
}

/* Rows of one key are few, and of the first keys. */
static struct funnel_bar *
bar_of(struct funnel_bar *bar, size_t *count, const char *key)
{
	size_t i;

	for (i = 0; i < *count; i++)
		if (text_equal(bar[i].key, text_empty(key) ? "none" : key))
			return &bar[i];
	if (*count == FUNNEL_BARS + 1)
		return &bar[FUNNEL_BARS];
	bar[i].key = *count == FUNNEL_BARS ? "all others" : text_empty(key) ?
	    "none" : key;
	return &bar[(*count)++];
}

size_t
funnel_bars(const struct funnel *f,
    struct funnel_bar ret_bar[FUNNEL_BARS + 1], int64_t *ret_most)
{
	int64_t most = 0, all;
	size_t i, count = 0;

	memset(ret_bar, 0, (FUNNEL_BARS + 1) * sizeof(*ret_bar));
	for (i = 0; i < f->rows; i++)
		bar_add(bar_of(ret_bar, &count, f->row[i].key), &f->row[i]);
	for (i = 0; i < count; i++) {
		all = ret_bar[i].signups[0] + ret_bar[i].signups[1];
		most = all > most ? all : most;
	}
	*ret_most = most;
	return count;
}

/* --- bars of characters --- */

struct pen {
	FILE		*out;
	const char	*full[2];	/* of the others, of referred */
	const char	*colour[2];
	const char	*plain;		/* "": no colours */
};

static int
speaks_utf8(void)
{
	locale_t here = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	int yes;

	if (here == (locale_t)0)
		return 0;
	yes = text_equal(nl_langinfo_l(CODESET, here), "UTF-8");
	freelocale(here);
	return yes;
}

static void
take_pen(struct pen *p, FILE *out)
{
	static const char *const blocks[] = { "\342\226\221", "\342\226\210" };
	static const char *const signs[] = { "-", "#" };
	static const char *const colours[] = { "\033[90m", "\033[33m" };
	const int utf8 = speaks_utf8(), colour = isatty(fileno(out));
	int i;

	p->out = out;
	p->plain = colour ? "\033[0m" : "";
	for (i = 0; i < 2; i++) {
		p->full[i] = (utf8 ? blocks : signs)[i];
		p->colour[i] = colour ? colours[i] : "";
	}
}

/* Whoever is there is seen, so at least one.  Returns how many it drew. */
static int
draw(const struct pen *p, int which, int64_t n, int64_t most, int wide)
{
	const int full = n <= 0 || most <= 0 ? 0 :
	    (int)((n * wide + most - 1) / most);
	int i;

	if (full == 0)
		return 0;
	fprintf(p->out, "%s", p->colour[which]);
	for (i = 0; i < full; i++)
		fprintf(p->out, "%s", p->full[which]);
	fprintf(p->out, "%s", p->plain);
	return full;
}

static void
blank(const struct pen *p, int count)
{
	fprintf(p->out, "%*s", count > 0 ? count : 0, "");
}

/* --- the funnel of all --- */

static void
stage(const struct pen *p, int which, const char *name, int64_t n,
    const struct funnel_row *x, const char *of)
{
	const int64_t views = x->referred ? x->views : 0,
	    most = views > x->signups ? views : x->signups;
	const int64_t whole = of == NULL ? 0 :
	    text_equal(of, "views") ? views : x->signups;

	fprintf(p->out, "  %-8s", name);
	blank(p, FUNNEL_WIDE - draw(p, which, n, most, FUNNEL_WIDE));
	fprintf(p->out, " %8lld", (long long)n);
	if (whole > 0)
		fprintf(p->out, " %3lld%% of %s", (long long)((n * 100 +
		    whole / 2) / whole), of);
	fprintf(p->out, "\n");
}

static void
stages(const struct pen *p, const struct funnel_row *x)
{
	const int r = x->referred;

	fprintf(p->out, "%s\n", r ? "Who was referred" :
	    "Who came by themselves");
	if (r)
		stage(p, r, "views", x->views, x, NULL);
	stage(p, r, "signups", x->signups, x, r ? "views" : NULL);
	stage(p, r, "trials", x->trials, x, "signups");
	stage(p, r, "paid", x->paid, x, "signups");
	fprintf(p->out, "\n");
}

/* --- bars of each --- */

static void
one_bar(const struct pen *p, const struct funnel_bar *b, int64_t most)
{
	char key[KEY_WIDE + 1];
	int drawn;

	fprintf(p->out, "  %-*s", KEY_WIDE, say_plain(b->key, key,
	    sizeof(key)));
	drawn = draw(p, 1, b->signups[1], most, BAR_WIDE);
	drawn += draw(p, 0, b->signups[0], most, BAR_WIDE);
	blank(p, BAR_WIDE + 1 - drawn);		/* both were rounded up */
	fprintf(p->out, " %5lld + %-5lld %4lld + %lld\n",
	    (long long)b->signups[1], (long long)b->signups[0],
	    (long long)b->paid[1], (long long)b->paid[0]);
}

void
funnel_chart(const struct funnel *f, const struct funnel_caption *c, FILE *out)
{
	struct funnel_bar bar[FUNNEL_BARS + 1];
	struct pen p;
	int64_t most;
	size_t i, count = funnel_bars(f, bar, &most);

	take_pen(&p, out);
	stages(&p, &f->total[1]);
	stages(&p, &f->total[0]);
	fprintf(out, "Signups by %s: %s%s%s referred, %s%s%s by themselves\n",
	    c->by, p.colour[1], p.full[1], p.plain, p.colour[0], p.full[0],
	    p.plain);
	fprintf(out, "  %-*s  %s\n", KEY_WIDE + BAR_WIDE + 1, "",
	    "signups         paid");
	for (i = 0; i < count; i++)
		one_bar(&p, &bar[i], most);
}
