/* SPDX-License-Identifier: MIT */
#ifndef ACCOUNT_ACCOUNT_H
#define ACCOUNT_ACCOUNT_H

/* People who can log in.  An account's id is Cello's productUserId. */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

struct db;
struct rows;
struct stmt;
struct tally;

#define ACCOUNT_EMAIL	255	/* bytes with the NUL (RFC 5321) */
#define ACCOUNT_NAME	101	/* a first or last name or an organization */

struct account {
	char	 id[TEXT_UUID];
	char	 email[ACCOUNT_EMAIL];
	char	 first_name[ACCOUNT_NAME];
	char	 last_name[ACCOUNT_NAME];
	char	 organization[ACCOUNT_NAME];
};

/*
 * Of an account `a`, what account_fill() wants of the first row.  One that was
 * erased has no address.
 */
#define ACCOUNT_COLUMNS \
	" a.id, CASE WHEN a.erased_at IS NULL THEN a.email ELSE '' END," \
	" a.first_name, a.last_name, a.organization"
MUST_USE enum err account_fill(const struct rows *r,
    struct account *ret_account);

/* "Ada Lovelace"; "" if they gave neither.  Returns `ret`. */
#define ACCOUNT_FULL_NAME	(2 * ACCOUNT_NAME)
const char *account_full_name(const struct account *a,
    char ret[ACCOUNT_FULL_NAME]);

/* Was it erased?  Then nothing is to be begun for it. */
int account_is_erased(const struct account *a);

/* Is `email` an address that we and Stripe would write to?  ASCII only. */
int account_email_ok(const char *email);

/*
 * Are two addresses likely to lead to one mailbox?  Whatever the case, without
 * what is behind a '+', and at Google's without dots.
 */
int account_same_address(const char *a, const char *b);

/* Is `name` at most ACCOUNT_NAME - 1 bytes of UTF-8 without control chars? */
int account_name_ok(const char *name);

/*
 * Add `a` with the password hash `hash`; a->id was made by random_uuid().
 * Inside a transaction.  ERR_CONFLICT: the address is taken, whatever the
 * case of its letters; the transaction is still usable.
 */
MUST_USE enum err account_create(struct db *db, const struct account *a,
    const char *hash);

/*
 * The account with this address.  ERR_NOTFOUND: there is none.  `ret_hash` has
 * `size` bytes; NULL: it is not wanted.
 */
MUST_USE enum err account_find(struct db *db, const char *email,
    struct account *ret_account, char *ret_hash, size_t size);

/* By id; locks the row until the transaction ends. */
MUST_USE enum err account_lock(struct db *db, const char *id,
    struct account *ret_account);

/* The same, not locked; and when it was made, seconds since 1970. */
MUST_USE enum err account_since(struct db *db, const char *id,
    struct account *ret_account, int64_t *ret_since);

/* Whether its address is known to be its owner's: endpin sends no mail. */
MUST_USE enum err account_set_verified(struct db *db, const char *id,
    int is_verified);
MUST_USE enum err account_verified(struct db *db, const char *id,
    int *ret_is_verified);

/* Its address, not locked.  ERR_NOTFOUND: there is no such account. */
MUST_USE enum err account_email(struct db *db, const char *id,
    char ret_email[ACCOUNT_EMAIL]);

/*
 * Nothing of it says any more who it was, nobody can log in, and its address is
 * free.  The row stays, for what names it.  Twice is fine.  ERR_NOTFOUND: there
 * is none.
 */
MUST_USE enum err account_erase(struct db *db, const char *id);

/* Replace the hash, if it is still `old`. */
MUST_USE enum err account_rehash(struct db *db, const char *id,
    const char *old, const char *fresh);

/* How many there are, by when they were made; and after that second. */
MUST_USE enum err account_tally(struct db *db, struct tally *ret_tally);
MUST_USE enum err account_count_since(struct db *db, int64_t at,
    int64_t *ret_count);

extern const struct stmt *const account_statements[];

#endif /* !ACCOUNT_ACCOUNT_H */
