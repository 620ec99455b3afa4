/* SPDX-License-Identifier: MIT */

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

#include "ctl/funnel_chart.h"
#include "ctl/say.h"

#include "ctl/funnel_svg.h"

#define WIDE		760
#define LEFT		132	/* of where the bars begin */
#define BAR_MOST	430
#define BAR_HIGH	18
#define STAGE		50	/* from one to the next */
#define STAGES		4
#define TOP		84
#define ROW		24	/* from one bar to the next */
#define SECOND		(TOP + STAGES * STAGE + 44)

static const char *const colours[] = { "#8a93a3", "#b3541e" };
static const char *const dark[] = { "#525b6b", "#7a3410" };

/* What is text in XML. */
static void
put_text(struct buf *out, const char *text)
{
	char plain[64];
	const char *at;

	for (at = say_plain(text, plain, sizeof(plain)); *at != '\0'; at++)
		switch (*at) {
		case '<':
			buf_text(out, "&lt;");
			break;
		case '&':
			buf_text(out, "&amp;");
			break;
		default:
			buf_char(out, *at);
		}
}

/* Whoever is there is seen, so at least one. */
static int
length(int64_t n, int64_t most)
{
	return n <= 0 || most <= 0 ? 0 :
	    (int)((n * BAR_MOST + most - 1) / most);
}

static void
rect(struct buf *out, int x, int y, int wide, const char *colour)
{
	if (wide > 0)
		buf_format(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\""
		    " height=\"%d\" fill=\"%s\"/>\n", x, y, wide, BAR_HIGH,
		    colour);
}

static void
legend(struct buf *out, int y)
{
	static const struct {
		int		 x;
		const char	*colour, *name;
	} sign[] = {
		{ LEFT, "#b3541e", "referred" },
		{ LEFT + 100, "#8a93a3", "by themselves" },
		{ LEFT + 232, "#525b6b", "darker: have paid" }
	};
	size_t i;

	for (i = 0; i < NELEM(sign); i++)
		buf_format(out, "<rect x=\"%d\" y=\"%d\" width=\"12\""
		    " height=\"12\" fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s"
		    "</text>\n", sign[i].x, y, sign[i].colour,
		    sign[i].x + 18, y + 11, sign[i].name);
}

/* --- the funnel of all --- */

struct stage {
	const char	*name;
	int64_t		 count[2];	/* of the others, of referred */
	int		 has[2];	/* is it known? */
	int64_t		 whole[2];	/* of which it is a part; 0: of none */
	const char	*of;
};

static void
stage(struct buf *out, const struct stage *s, int y, int64_t most)
{
	int which, at, wide;

	buf_format(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s"
	    "</text>\n", LEFT - 12, y + BAR_HIGH + 5, s->name);
	for (which = 1; which >= 0; which--) {
		if (!s->has[which])
			continue;
		at = y + (which == 0) * (BAR_HIGH + 2);
		wide = length(s->count[which], most);
		rect(out, LEFT, at, wide, colours[which]);
		buf_format(out, "<text x=\"%d\" y=\"%d\">%lld", LEFT + wide +
		    8, at + BAR_HIGH - 4, (long long)s->count[which]);
		if (s->whole[which] > 0)
			buf_format(out, " <tspan fill=\"#6b7280\">%.1f%% of"
			    " %s</tspan>", 100.0 * (double)s->count[which] /
			    (double)s->whole[which], s->of);
		buf_text(out, "</text>\n");
	}
}

static void
stages(struct buf *out, const struct funnel *f)
{
	const struct funnel_row *no = &f->total[0], *yes = &f->total[1];
	const struct stage all[STAGES] = {
		{ "views of links", { 0, yes->views }, { 0, 1 }, { 0, 0 }, "" },
		{ "signups", { no->signups, yes->signups }, { 1, 1 },
		    { 0, yes->views }, "views" },
		{ "trials", { no->trials, yes->trials }, { 1, 1 },
		    { no->signups, yes->signups }, "signups" },
		{ "paid", { no->paid, yes->paid }, { 1, 1 },
		    { no->signups, yes->signups }, "signups" }
	};
	int64_t most = yes->views;
	int i;

	most = yes->signups > most ? yes->signups : most;
	most = no->signups > most ? no->signups : most;
	for (i = 0; i < STAGES; i++)
		stage(out, &all[i], TOP + i * STAGE, most);
}

/* --- bars of each --- */

static void
one_bar(struct buf *out, const struct funnel_bar *b, int y, int64_t most)
{
	int which, at = LEFT, wide;

	buf_format(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">",
	    LEFT - 12, y + BAR_HIGH - 4);
	put_text(out, b->key);
	buf_text(out, "</text>\n");
	for (which = 1; which >= 0; which--) {
		wide = length(b->signups[which], most);
		rect(out, at, y, wide, colours[which]);
		rect(out, at, y, length(b->paid[which], most), dark[which]);
		at += wide;
	}
	buf_format(out, "<text x=\"%d\" y=\"%d\">%lld + %lld <tspan"
	    " fill=\"#6b7280\">paid %lld + %lld</tspan></text>\n", at + 8,
	    y + BAR_HIGH - 4, (long long)b->signups[1],
	    (long long)b->signups[0], (long long)b->paid[1],
	    (long long)b->paid[0]);
}

void
funnel_svg(const struct funnel *f, const struct funnel_caption *c,
    struct buf *out)
{
	struct funnel_bar bar[FUNNEL_BARS + 1];
	int64_t most;
	const size_t count = funnel_bars(f, bar, &most);
	const int high = SECOND + 12 + (int)count * ROW + 16;
	size_t i;

	buf_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\""
	    " width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\""
	    " font-family=\"sans-serif\" font-size=\"13\" fill=\"#1f2430\">\n"
	    "<title>From links to payments, referred and not</title>\n"
	    "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n",
	    WIDE, high, WIDE, high, WIDE, high);
	buf_format(out, "<text x=\"%d\" y=\"28\" font-size=\"16\""
	    " font-weight=\"bold\">Signed up %s%s and before %s"
	    " <tspan font-size=\"13\" font-weight=\"normal\""
	    " fill=\"#6b7280\">days of UTC</tspan></text>\n", LEFT,
	    c->since[0] == '\0' ? "ever" : "since ", c->since, c->until);
	legend(out, 46);
	stages(out, f);
	buf_format(out, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">Signups"
	    " by %s</text>\n", LEFT, SECOND - 6, c->by);
	for (i = 0; i < count; i++)
		one_bar(out, &bar[i], SECOND + 12 + (int)i * ROW, most);
	buf_text(out, "</svg>\n");
}
