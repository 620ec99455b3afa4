/* SPDX-License-Identifier: MIT */

#include <stdint.h>

#include "base/err.h"
#include "referral/funnel.h"

#include "ctl/funnel_svg.h"

#define WIDE		720
#define HIGH		260
#define LEFT		96	/* of where the bars begin */
#define BAR_MOST	480
#define BAR_HIGH	18
#define STEP		52	/* from one stage to the next */
#define TOP		52

struct stage {
	const char	*name;
	int64_t		 count[2];	/* referred, others; -1: not known */
};

static void
bar(FILE *out, const struct stage *s, int which, int y, int64_t most)
{
	static const char *const colours[] = { "#7a4b1e", "#6b7280" };
	const int64_t n = s->count[which];
	const int wide = n <= 0 || most == 0 ? 0 :
	    (int)((n * BAR_MOST + most - 1) / most);

	if (n == -1)
		return;
	fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\""
	    " rx=\"3\" fill=\"%s\"/>\n", LEFT, y, wide, BAR_HIGH,
	    colours[which]);
	fprintf(out, "<text x=\"%d\" y=\"%d\">%lld</text>\n",
	    LEFT + wide + 8, y + BAR_HIGH - 4, (long long)n);
}

static void
legend(FILE *out)
{
	fprintf(out, "<rect x=\"%d\" y=\"18\" width=\"12\" height=\"12\""
	    " fill=\"#7a4b1e\"/>\n<text x=\"%d\" y=\"28\">referred</text>\n"
	    "<rect x=\"%d\" y=\"18\" width=\"12\" height=\"12\""
	    " fill=\"#6b7280\"/>\n<text x=\"%d\" y=\"28\">by themselves"
	    "</text>\n", LEFT, LEFT + 18, LEFT + 110, LEFT + 128);
}

void
funnel_svg(const struct funnel_row *referred, const struct funnel_row *others,
    FILE *out)
{
	const struct stage stages[] = {
		{ "views", { referred->views, -1 } },
		{ "signups", { referred->signups, others->signups } },
		{ "trials", { referred->trials, others->trials } },
		{ "paid", { referred->paid, others->paid } }
	};
	int64_t most = 0;
	size_t i;
	int which;

	for (i = 0; i < NELEM(stages); i++)
		for (which = 0; which < 2; which++)
			if (stages[i].count[which] > most)
				most = stages[i].count[which];
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\""
	    " height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\""
	    " font-family=\"sans-serif\" font-size=\"13\">\n"
	    "<title>From views to payments, referred and not</title>\n"
	    "<rect width=\"%d\" height=\"%d\" fill=\"#fffdf8\"/>\n",
	    WIDE, HIGH, WIDE, HIGH, WIDE, HIGH);
	legend(out);
	for (i = 0; i < NELEM(stages); i++) {
		const int y = TOP + (int)i * STEP;

		fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s"
		    "</text>\n", LEFT - 12, y + BAR_HIGH, stages[i].name);
		for (which = 0; which < 2; which++)
			bar(out, &stages[i], which, y + which * (BAR_HIGH + 2),
			    most);
	}
	fprintf(out, "</svg>\n");
}
