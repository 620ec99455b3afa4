/* SPDX-License-Identifier: MIT */

/* The engine, over a layout that is nobody's: a farm. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/layout.h"
#include "conf/reader.h"
#include "folder.h"

struct cow {
	char	*name;
	int	 litres;
	char	*breed;
};

struct farm {
	struct {
		char		*owner;
		unsigned	 grows;
	} land;
	struct {
		int		 open;
	} shop;
	struct cow	 cow[3];
	size_t		 cows;
	int		 checked;
};

static const struct option_row land_rows[] = {
	{ "owner", OPTION_TEXT, 0, NULL, 1, 20, NULL, OPTION_MUST, "Whose." },
	{ "grows", OPTION_WORDS, sizeof(char *), "oats", 0, 0,
	    "oats|rye|wheat", 0, "What." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

static const struct option_row shop_rows[] = {
	{ "open", OPTION_BOOL, 0, "no", 0, 0, NULL, 0, "Now?" },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

static const struct option_row cow_rows[] = {
	{ "litres", OPTION_NUMBER, offsetof(struct cow, litres), "20", 0, 60,
	    NULL, OPTION_FIXED, "A day." },
	{ "breed", OPTION_TEXT, offsetof(struct cow, breed), "", 0, 20, NULL,
	    0, "Which." },
	{ NULL, OPTION_TEXT, 0, NULL, 0, 0, NULL, 0, NULL }
};

static const char *const usual_cows[] = { "berta", "rosa", NULL };

static void
cow_begin(void *element)
{
	struct cow *c = element;

	if (text_equal(c->name, "berta"))
		c->litres = 30;
}

/* Land and shop share a section. */
static const struct chapter layout[] = {
	{ .name = "farm", .rows = land_rows, .at = offsetof(struct farm, land) },
	{ .name = "farm", .rows = shop_rows, .at = offsetof(struct farm, shop) },
	{ .name = "cow", .rows = cow_rows, .at = offsetof(struct farm, cow),
	    .size = sizeof(struct cow), .most = 3,
	    .count = offsetof(struct farm, cows), .usual = usual_cows,
	    .begin = cow_begin },
	{ .name = NULL }
};

static void
check(struct reader *r, void *whole)
{
	struct farm *f = whole;

	f->checked++;
	if (f->shop.open && f->cows == 0)
		reader_complain(r, "nothing to sell");
}

/* Read `text`; what was complained of, or else the print, is the caller's. */
static char *
farm_says(const char *text, const char *override)
{
	struct farm farm = { .checked = 0 };
	char *path = mem_text(path_in("farm.conf")), *said, *p;
	struct source from = { .path = path, .override = &override,
	    .overrides = override != NULL };
	size_t len;
	enum err e;

	file_write(path, text, strlen(text), 0600);
	assert_non_null(from.complaints = open_memstream(&said, &len));
	if ((e = reader_read(layout, &from, check, &farm)) == ERR_OK)
		layout_print(layout, &farm, from.complaints);
	assert_int_equal(fclose(from.complaints), 0);
	assert_int_equal(farm.checked, 1);
	layout_clear(layout, &farm);
	if (e != ERR_OK) {
		assert_non_null(p = strstr(said, path));
		p = mem_text(p + strlen(path));
		free(said);
		said = p;
	}
	free(path);
	return said;
}

static const struct {
	const char	*what;
	const char	*text;
	const char	*override;
	const char	*want;
} cases[] = {
	{ "defaults, and the usual", "[farm]\nowner = ada\n", NULL,
	    "[farm]\nowner = ada\ngrows = oats\nopen = false\n\n"
	    "[cow berta]\nlitres = 30\nbreed = \n\n"
	    "[cow rosa]\nlitres = 20\nbreed = \n\n" },
	{ "both halves of a section, and cows of its own",
	    "[farm]\nopen = yes\ngrows = wheat oats\nowner = ada\n"
	    "[cow elsa]\nbreed = jersey\n", NULL,
	    "[farm]\nowner = ada\ngrows = oats wheat\nopen = true\n\n"
	    "[cow elsa]\nlitres = 20\nbreed = jersey\n\n" },
	{ "an override of a usual one", "[farm]\nowner = ada\n",
	    "cow rosa.litres=9",
	    "[farm]\nowner = ada\ngrows = oats\nopen = false\n\n"
	    "[cow berta]\nlitres = 30\nbreed = \n\n"
	    "[cow rosa]\nlitres = 9\nbreed = \n\n" },
	{ "what must be set", "[farm]\nopen = yes\n", NULL,
	    ": owner of [farm] must be set\n" },
	{ "a guess in the other half", "[farm]\nowner = ada\nopeen = yes\n",
	    NULL,
	    ":3: \"opeen\" is not an option of [farm]; did you mean \"open\"?"
	    "\n" },
	{ "an unknown word", "[farm]\nowner = ada\ngrows = rye hay\n", NULL,
	    ":3: grows has a word that is not one of the choices "
	    "(oats|rye|wheat)\n" },
	{ "twice", "[farm]\nowner = ada\nowner = bob\n", NULL,
	    ":3: owner of [farm] is set twice\n" },
	{ "one too many", "[farm]\nowner = ada\n[cow a]\nlitres=1\n"
	    "[cow b]\nlitres=1\n[cow c]\nlitres=1\n[cow d]\nlitres=1\n", NULL,
	    ":10: there are more than 3 cows\n" },
	{ "no name", "[farm]\nowner = ada\n[cow ]\nlitres = 1\n", NULL,
	    ":4: the name of [cow ] is not 1 to 32 of a-z, 0-9, - and _, with "
	    "no sign first\n" },
	{ "a section without its name", "[farm]\nowner = ada\n[cow]\n"
	    "litres = 1\n", NULL, ":4: there is no section [cow]\n" },
	{ "a section with a name it has not", "[farm x]\nowner = ada\n", NULL,
	    ":2: there is no section [farm x]\n"
	    "endpin: " },
};

static void
cases_are_right(void **state)
{
	size_t i;
	char *said;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		said = farm_says(cases[i].text, cases[i].override);
		if (strncmp(said, cases[i].want, strlen(cases[i].want)) != 0)
			fail_msg("%s: %s", cases[i].what, said);
		free(said);
	}
}

static void
options_are_listed(void **state)
{
	char *said;
	size_t len;
	FILE *f;

	(void)state;
	assert_non_null(f = open_memstream(&said, &len));
	layout_print_options(layout, f);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(said,
	    "[farm]\towner\ttext\tmust be set\treload\tWhose.\n"
	    "[farm]\tgrows\toats|rye|wheat\toats\treload\tWhat.\n"
	    "[farm]\topen\ttrue|false\tno\treload\tNow?\n"
	    "[cow berta]\tlitres\tnumber 0..60\t30\trestart\tA day.\n"
	    "[cow berta]\tbreed\ttext\t(empty)\treload\tWhich.\n"
	    "[cow rosa]\tlitres\tnumber 0..60\t20\trestart\tA day.\n"
	    "[cow rosa]\tbreed\ttext\t(empty)\treload\tWhich.\n");
	free(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases_are_right),
		cmocka_unit_test(options_are_listed),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
