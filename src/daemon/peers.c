/* SPDX-License-Identifier: MIT */

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "base/log.h"
#include "base/text.h"

#include "daemon/peers.h"

#define NAME_MAX_BYTES	64

static enum err
peers_add(struct peers *p, uid_t uid)
{
	if (p->count == PEERS) {
		log_error("peers_bad", "peers has more than %d users", PEERS);
		return ERR_INPUT;
	}
	p->uid[p->count++] = uid;
	return ERR_OK;
}

static enum err
peers_add_named(struct peers *p, const char *name)
{
	struct passwd *user;
	int64_t uid;

	if (text_number(name, INT32_MAX, &uid) == ERR_OK)
		return peers_add(p, (uid_t)uid);
	if ((user = getpwnam(name)) != NULL)
		return peers_add(p, user->pw_uid);
	log_warn("peers_bad", "there is no user \"%s\", named in peers", name);
	return ERR_OK;
}

enum err
peers_find(const char *list, struct peers *ret_peers)
{
	struct peers p = { .count = 0 };
	char name[NAME_MAX_BYTES];
	size_t len;
	enum err e;

	e = peers_add(&p, geteuid());
	for (; e == ERR_OK && *list != '\0'; list += len) {
		list += strspn(list, ", ");
		len = strcspn(list, ", ");
		if (len == 0)
			break;
		if (len >= sizeof(name)) {
			log_error("peers_bad", "peers has a name of %zu bytes",
			    len);
			return ERR_INPUT;
		}
		memcpy(name, list, len);
		name[len] = '\0';
		e = peers_add_named(&p, name);
	}
	if (e == ERR_OK)
		*ret_peers = p;
	return e;
}

int
peers_allow(const struct peers *p, int fd)
{
	static uid_t told = (uid_t)-1;
	struct ucred who;
	socklen_t len = sizeof(who);
	size_t i;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1)
		return 0;
	for (i = 0; i < p->count; i++)
		if (p->uid[i] == who.uid)
			return 1;
	/* Once, not for each of a thousand attempts. */
	if (who.uid != told)
		log_warn("peer_refused", "user %ld may not connect; see peers"
		    " in [server]", (long)who.uid);
	told = who.uid;
	return 0;
}
