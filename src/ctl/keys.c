/* SPDX-License-Identifier: MIT */

/* endpin keys: with which programs ask. */

#include <stdio.h>
#include <stdlib.h>

#include "account/key.h"
#include "app/app.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

#include "ctl/args.h"
#include "ctl/ctl.h"
#include "ctl/open.h"
#include "ctl/say.h"

#include "ctl/keys.h"


static const struct arg_option none[] = { { NULL, ARG_FLAG, NULL, 0 } };

/* The key alone on standard output, so that it can go into a file. */
int
keys_make(const struct ctl *t, const char *name, unsigned scopes)
{
	char key[KEY_TEXT], id[TEXT_UUID];
	struct app *a;
	enum err e;

	if (!key_name_ok(name)) {
		fprintf(stderr, "endpin: that is no name of a key\nhint: it"
		    " says whose it is, like \"crm\", in at most %d bytes\n",
		    KEY_NAME - 1);
		return CTL_USAGE;
	}
	if ((a = open_app(t, "endpin keys")) == NULL)
		return CTL_WRONG;
	e = key_create(a->db, name, scopes, key, id);
	app_close(a);
	if (e != ERR_OK)
		return say_no_database(e);
	log_info("key_created", "key %s was made", id);
	printf("%s\n", key);
	fprintf(stderr, "endpin: key %s is shown only now\n", id);
	return CTL_OK;
}

static int
create(const struct ctl *t)
{
	struct arg_words words = { .least = 1, .most = 1 };

	return args_take(t, none, &words) ? keys_make(t, words.word[0],
	    KEY_SERVER) : CTL_USAGE;
}

static void
print_key(const struct key_row *k)
{
	char made[CLOCK_SPAN], used[CLOCK_SPAN], name[KEY_NAME];
	char scopes[KEY_SCOPE_TEXT];

	printf("%-36s  %-20s  %-13s  %-12s  %-12s  %s\n", k->id,
	    say_plain(k->name, name, sizeof(name)),
	    key_scope_text(k->scopes, scopes),
	    clock_span(k->made_s, made), k->used_s < 0 ? "never" :
	    clock_span(k->used_s, used), k->revoked ? "revoked" : "good");
}

static int
list(const struct ctl *t)
{
	struct arg_words words = { .most = 0 };
	struct key_row *rows;
	struct app *a;
	size_t count, i;
	enum err e;

	if (!args_take(t, none, &words))
		return CTL_USAGE;
	if ((a = open_app(t, "endpin keys")) == NULL)
		return CTL_WRONG;
	e = key_list(a->db, &rows, &count);
	app_close(a);
	if (e != ERR_OK)
		return say_no_database(e);
	if (count == 0)
		printf("there is no key\n");
	else
		printf("%-36s  %-20s  %-13s  %-12s  %-12s  %s\n", "ID",
		    "NAME", "GOOD FOR", "MADE AGO", "USED AGO", "STATE");
	for (i = 0; i < count; i++)
		print_key(&rows[i]);
	free(rows);
	return CTL_OK;
}

static int
revoke(const struct ctl *t)
{
	struct arg_words words = { .least = 1, .most = 1 };
	char id[TEXT_UUID];
	struct app *a;
	enum err e;

	if (!args_take(t, none, &words))
		return CTL_USAGE;
	if ((a = open_app(t, "endpin keys")) == NULL)
		return CTL_WRONG;
	e = key_revoke(a->db, words.word[0]);
	app_close(a);
	(void)say_plain(words.word[0], id, sizeof(id));
	if (e == ERR_NOTFOUND) {
		fprintf(stderr, "endpin: there is no good key %s\nhint:"
		    " \"endpin keys list\" has their ids\n", id);
		return CTL_WRONG;
	}
	if (e != ERR_OK)
		return say_no_database(e);
	log_info("key_revoked", "key %s was revoked", id);
	printf("key %s is good no more\n", id);
	return CTL_OK;
}

static const struct arg_part parts[] = {
	{ "create", create }, { "list", list }, { "revoke", revoke },
	{ NULL, NULL }
};

int
ctl_keys(const struct ctl *t)
{
	return args_part(t, parts, "what is to be done with them?");
}
