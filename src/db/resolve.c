/* SPDX-License-Identifier: MIT */

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>

#include "base/clock.h"
#include "base/text.h"

#include "db/lookup.h"

#include "db/resolve.h"

#define LIST_MAX	8192	/* bytes of one of the three */
#define NAME_SIZE	256
#define ADDRESS_SIZE	64
#define ADDRESSES_MAX	8	/* of one name */
#define KEEP_MS		60000	/* an answer that came too late */

/* The three as the connection string has them, elements between commas. */
struct lists {
	const char	*host;
	const char	*hostaddr;
	const char	*port;
};

/* One element of each. */
struct entry {
	char	 host[NAME_SIZE];
	char	 hostaddr[NAME_SIZE];
	char	 port[NAME_SIZE];
};

void
resolved_init(struct resolved *r)
{
	buf_init(&r->host, LIST_MAX);
	buf_init(&r->hostaddr, LIST_MAX);
	buf_init(&r->port, LIST_MAX);
	r->why[0] = '\0';
}

void
resolved_done(struct resolved *r)
{
	buf_done(&r->host);
	buf_done(&r->hostaddr);
	buf_done(&r->port);
}

/* "" if there is none. */
static const char *
value_of(const PQconninfoOption *info, const char *keyword)
{
	for (; info != NULL && info->keyword != NULL; info++)
		if (text_equal(info->keyword, keyword))
			return info->val == NULL ? "" : info->val;
	return "";
}

/* How many elements; "" is one. */
static int
list_count(const char *list)
{
	int n = 1;

	while ((list = strchr(list, ',')) != NULL) {
		list++;
		n++;
	}
	return n;
}

/* The element `i`, "" if there is none or if it is too long for a name. */
static void
list_take(const char *list, int i, char ret_text[NAME_SIZE])
{
	size_t len;

	for (; i > 0 && list != NULL; i--)
		if ((list = strchr(list, ',')) != NULL)
			list++;
	len = list == NULL ? 0 : strcspn(list, ",");
	if (len >= NAME_SIZE)
		len = 0;
	memcpy(ret_text, list == NULL ? "" : list, len);
	ret_text[len] = '\0';
}

static struct entry
entry_take(const struct lists *l, int i)
{
	struct entry e;

	list_take(l->host, i, e.host);
	list_take(l->hostaddr, i, e.hostaddr);
	list_take(l->port, i, e.port);
	return e;
}

/* No name has a colon, every IPv6 address has. */
static int
needs_asking(const struct entry *e)
{
	struct in_addr unused;

	return *e->hostaddr == '\0' && *e->host != '\0' && *e->host != '/' &&
	    *e->host != '@' && strchr(e->host, ':') == NULL &&
	    inet_pton(AF_INET, e->host, &unused) != 1;
}

/*
 * The question about `name`, asked now if it was not.  The late answer to one
 * of an earlier attempt counts, so that a slow name service is of use too.
 * NULL: no room.
 */
static struct lookup *
question(struct resolver *v, const char *name)
{
	size_t i;

	for (i = 0; i < RESOLVE_NAMES; i++) {
		if (v->pending[i] == NULL ||
		    !text_equal(lookup_name(v->pending[i]), name))
			continue;
		if (!lookup_is_stale(v->pending[i], KEEP_MS))
			return v->pending[i];
		lookup_leave(v->pending[i]);
		v->pending[i] = NULL;
	}
	for (i = 0; i < RESOLVE_NAMES; i++)
		if (v->pending[i] == NULL)
			return v->pending[i] = lookup_start(name);
	return NULL;
}

static void
add_one(struct buf *list, int first, const char *text)
{
	if (!first)
		buf_char(list, ',');
	buf_text(list, text);
}

/* What is being made, and whose turn it is. */
struct making {
	struct resolved		*r;
	const struct lists	*l;
	const struct preference	*preference;
	int			 rank;
	int			 count;		/* entries made so far */
	int64_t			 ms, until;	/* for the name service */
};

static void
add(struct making *m, const struct entry *e, const char *address)
{
	struct resolved *r = m->r;
	int first = m->count == 0;

	if (preference_rank(m->preference, e->host, address, e->port) !=
	    m->rank)
		return;
	m->count++;
	add_one(&r->host, first, e->host);
	add_one(&r->hostaddr, first, address);

	/* One port is everybody's, and can stay where it is. */
	if (list_count(m->l->port) > 1)
		add_one(&r->port, first, e->port);
}

static void
add_addresses(struct making *m, const struct entry *e,
    const struct addrinfo *a)
{
	char address[ADDRESS_SIZE];
	int i;

	for (i = 0; a != NULL && i < ADDRESSES_MAX; a = a->ai_next, i++)
		if (getnameinfo(a->ai_addr, a->ai_addrlen, address,
		    sizeof(address), NULL, 0, NI_NUMERICHOST) == 0)
			add(m, e, address);
}

/* All questions at once. */
static void
ask_all(struct resolver *v, const struct lists *l, int hosts)
{
	struct entry e;
	int i;

	for (i = 0; i < hosts; i++) {
		e = entry_take(l, i);
		if (needs_asking(&e))
			(void)question(v, e.host);
	}
}

/* One answer after the other; those whose turn it is are added. */
static void
take_all(struct resolver *v, struct making *m, int hosts)
{
	struct resolved *r = m->r;
	const struct addrinfo *found;
	struct lookup *asked;
	struct entry e;
	int i, error;

	for (i = 0; i < hosts; i++) {
		e = entry_take(m->l, i);
		if (!needs_asking(&e))
			add(m, &e, e.hostaddr);
		else if ((asked = question(v, e.host)) == NULL)
			(void)snprintf(r->why, sizeof(r->why), "could not ask"
			    " for the name of the database's host");
		else if (!lookup_wait(asked, m->until, &error, &found))
			(void)snprintf(r->why, sizeof(r->why), "the name of the"
			    " database's host was not resolved within %d s",
			    (int)(m->ms / 1000));
		else if (error != 0)
			(void)snprintf(r->why, sizeof(r->why), "could not"
			    " resolve the name of the database's host: %s",
			    gai_strerror(error));
		else
			add_addresses(m, &e, found);
	}
}

/* An answer is good for one attempt; a question stays until it has one. */
static void
forget_answers(struct resolver *v)
{
	const struct addrinfo *found;
	int i, error;

	for (i = 0; i < RESOLVE_NAMES; i++)
		if (v->pending[i] != NULL &&
		    lookup_wait(v->pending[i], 0, &error, &found)) {
			lookup_leave(v->pending[i]);
			v->pending[i] = NULL;
		}
}

static enum err
resolve_lists(struct resolver *v, const struct lists *l, int64_t ms,
    const struct preference *preference, struct resolved *r)
{
	struct making m = { .r = r, .l = l, .preference = preference,
	    .ms = ms, .until = clock_mono_us() + ms * 1000 };
	const int hosts = list_count(*l->host == '\0' ? l->hostaddr : l->host);
	struct entry e;
	int i;

	/* Of lists that do not match libpq says so better. */
	if (*l->hostaddr != '\0' && list_count(l->hostaddr) != hosts)
		return ERR_OK;
	if (list_count(l->port) > 1 && list_count(l->port) != hosts)
		return ERR_OK;
	for (i = 0; i < hosts; i++) {
		e = entry_take(l, i);
		if (needs_asking(&e))
			break;
	}
	if (i == hosts && (hosts == 1 || preference->host[0] == '\0'))
		return ERR_OK;

	ask_all(v, l, hosts);
	for (m.rank = 0; m.rank < PREFERENCE_RANKS; m.rank++)
		take_all(v, &m, hosts);
	forget_answers(v);
	if (r->host.full || r->hostaddr.full || r->port.full) {
		(void)snprintf(r->why, sizeof(r->why), "the database has too"
		    " many hosts");
		return ERR_LATER;
	}
	return m.count == 0 ? ERR_LATER : ERR_OK;
}

enum err
resolve_hosts(struct resolver *v, const PQconninfoOption *info, int64_t ms,
    const struct preference *preference, struct resolved *r)
{
	PQconninfoOption *environment = NULL;
	struct lists l = { .host = value_of(info, "host"),
	    .hostaddr = value_of(info, "hostaddr"),
	    .port = value_of(info, "port") };
	enum err e;

	if (*value_of(info, "service") != '\0')
		return ERR_OK;
	if (*l.host == '\0' && *l.hostaddr == '\0') {
		environment = PQconndefaults();
		l.host = value_of(environment, "host");
		l.hostaddr = value_of(environment, "hostaddr");
		if (*l.port == '\0')
			l.port = value_of(environment, "port");
	}
	e = resolve_lists(v, &l, ms, preference, r);
	PQconninfoFree(environment);
	return e;
}

void
resolver_done(struct resolver *v)
{
	int i;

	for (i = 0; i < RESOLVE_NAMES; i++) {
		lookup_leave(v->pending[i]);
		v->pending[i] = NULL;
	}
}
