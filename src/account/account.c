/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "db/tally.h"

#include "account/account.h"

#define LOCAL_PART	64	/* RFC 5321 section 4.5.3.1.1 */
#define LABEL		63	/* RFC 1035 section 2.3.4 */
#define ALNUM	"0123456789" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* C0, DEL, and C1 in UTF-8 (which is C2 80 to C2 9F). */
static int
has_control(const char *text)
{
	const unsigned char *p;

	for (p = (const unsigned char *)text; *p != '\0'; p++)
		if (*p < ' ' || *p == 0x7f ||
		    (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f))
			return 1;
	return 0;
}

static int
is_local(const char *text, size_t len)
{
	size_t i;

	if (len == 0 || len > LOCAL_PART || text[0] == '.' ||
	    text[len - 1] == '.')
		return 0;
	for (i = 0; i < len; i++)
		if (strchr(ALNUM ".!#$%&'*+/=?^_`{|}~-", text[i]) == NULL ||
		    (text[i] == '.' && text[i + 1] == '.'))
			return 0;
	return 1;
}

/* Labels of letters, digits and hyphens, which no label begins or ends with. */
static int
is_domain(const char *text)
{
	size_t len, labels = 0;

	for (;;) {
		len = strspn(text, ALNUM "-");
		if (len == 0 || len > LABEL || text[0] == '-' ||
		    text[len - 1] == '-')
			return 0;
		labels++;
		if (text[len] == '\0')
			return labels > 1;
		if (text[len] != '.')
			return 0;
		text += len + 1;
	}
}

/*
 * What a browser's field for an e-mail address takes (HTML, "valid e-mail
 * address": ASCII), with a dot in the domain and none astray.  Stripe refuses
 * more than it says, and when it does there is no customer and nobody can buy:
 * so not a single address is let in here that is turned away there.
 */
int
account_email_ok(const char *email)
{
	const char *at = strchr(email, '@');

	return strlen(email) < ACCOUNT_EMAIL && at != NULL &&
	    is_local(email, (size_t)(at - email)) && is_domain(at + 1);
}

/* Without what a mailbox has many names by. */
static void
plain_address(const char *email, char ret[ACCOUNT_EMAIL])
{
	const char *at = strchr(email, '@');
	const int google = at != NULL &&
	    (text_equal_nocase(at, "@gmail.com") ||
	    text_equal_nocase(at, "@googlemail.com"));
	size_t n = 0;

	for (; *email != '\0' && n + 1 < ACCOUNT_EMAIL; email++) {
		if (email < at && *email == '+')
			email = at;
		if (!(google && email < at && *email == '.'))
			ret[n++] = *email;
	}
	ret[n] = '\0';
}

int
account_same_address(const char *a, const char *b)
{
	char plain_a[ACCOUNT_EMAIL], plain_b[ACCOUNT_EMAIL];

	plain_address(a, plain_a);
	plain_address(b, plain_b);
	return text_equal_nocase(plain_a, plain_b);
}

int
account_name_ok(const char *name)
{
	size_t len = strlen(name);

	return len < ACCOUNT_NAME && text_utf8_length(name, len) >= 0 &&
	    !has_control(name);
}

static const struct stmt account_insert = {
	.name = "account_insert",
	.text =
	    "INSERT INTO account (id, email, password_hash, first_name,"
	    " last_name, organization)"
	    " VALUES ($1, $2, $3, $4, $5, $6)"
	    " ON CONFLICT (lower(email)) DO NOTHING"
	    " RETURNING id",
	.nparams = 6
};

enum err
account_create(struct db *db, const struct account *a, const char *hash)
{
	const char *const arg[] = { a->id, a->email, hash, a->first_name,
	    a->last_name, a->organization };

	/* No row back means that the address already had an owner. */
	return db_one(db, &account_insert, arg, NELEM(arg), ERR_CONFLICT,
	    NULL);
}

enum err
account_fill(const struct rows *r, struct account *ret_account)
{
	struct account *a = ret_account;
	enum err e;

	if ((e = rows_copy(r, 0, 0, a->id, sizeof(a->id))) != ERR_OK ||
	    (e = rows_copy(r, 0, 1, a->email, sizeof(a->email))) != ERR_OK ||
	    (e = rows_copy(r, 0, 2, a->first_name, sizeof(a->first_name))) !=
	    ERR_OK ||
	    (e = rows_copy(r, 0, 3, a->last_name, sizeof(a->last_name))) !=
	    ERR_OK)
		return e;
	return rows_copy(r, 0, 4, a->organization, sizeof(a->organization));
}

static const struct stmt account_by_email = {
	.name = "account_by_email",
	.text =
	    "SELECT" ACCOUNT_COLUMNS ", password_hash"
	    " FROM account a WHERE lower(email) = lower($1)"
	    " AND erased_at IS NULL",
	.nparams = 1
};

enum err
account_find(struct db *db, const char *email, struct account *ret_account,
    char *ret_hash, size_t size)
{
	const char *const arg[] = { email };
	struct rows *r;
	enum err e;

	e = db_one(db, &account_by_email, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = account_fill(r, ret_account);
	if (e == ERR_OK && ret_hash != NULL)
		e = rows_copy(r, 0, 5, ret_hash, size);
	rows_free(r);
	return e;
}

const char *
account_full_name(const struct account *a, char ret[ACCOUNT_FULL_NAME])
{
	const int both = a->first_name[0] != '\0' && a->last_name[0] != '\0';

	(void)snprintf(ret, ACCOUNT_FULL_NAME, "%s%s%s", a->first_name,
	    both ? " " : "", a->last_name);
	return ret;
}

int
account_is_erased(const struct account *a)
{
	return a->email[0] == '\0';
}

/* Not FOR UPDATE: rows that only refer to the account need not wait. */
static const struct stmt account_by_id = {
	.name = "account_by_id",
	.text =
	    "SELECT" ACCOUNT_COLUMNS
	    " FROM account a WHERE id = $1 FOR NO KEY UPDATE",
	.nparams = 1
};

enum err
account_lock(struct db *db, const char *id, struct account *ret_account)
{
	const char *const arg[] = { id };
	struct rows *r;
	enum err e;

	e = db_one(db, &account_by_id, arg, NELEM(arg), ERR_NOTFOUND, &r);
	if (e == ERR_OK)
		e = account_fill(r, ret_account);
	rows_free(r);
	return e;
}

static const struct stmt account_select_since = {
	.name = "account_select_since",
	.text =
	    "SELECT" ACCOUNT_COLUMNS
	    ", " DB_EPOCH("a.created_at")
	    " FROM account a WHERE id = $1",
	.nparams = 1
};

enum err
account_since(struct db *db, const char *id, struct account *ret_account,
    int64_t *ret_since)
{
	const char *const arg[] = { id };
	struct rows *r;
	enum err e;

	e = db_one(db, &account_select_since, arg, NELEM(arg), ERR_NOTFOUND,
	    &r);
	if (e == ERR_OK)
		e = account_fill(r, ret_account);
	if (e == ERR_OK)
		*ret_since = rows_int(r, 0, 5);
	rows_free(r);
	return e;
}

static const struct stmt account_email_by_id = {
	.name = "account_email_by_id",
	.text =
	    "SELECT email FROM account WHERE id = $1 AND erased_at IS NULL",
	.nparams = 1
};

enum err
account_email(struct db *db, const char *id, char ret_email[ACCOUNT_EMAIL])
{
	const char *const arg[] = { id };
	struct rows *r;
	enum err e;

	e = db_one(db, &account_email_by_id, arg, NELEM(arg), ERR_NOTFOUND,
	    &r);
	if (e == ERR_OK)
		e = rows_copy(r, 0, 0, ret_email, ACCOUNT_EMAIL);
	rows_free(r);
	return e;
}

static const struct stmt account_update_verified = {
	.name = "account_update_verified",
	.text =
	    "UPDATE account SET verified_at = CASE WHEN $2::boolean"
	    " THEN coalesce(verified_at, now()) END WHERE id = $1",
	.nparams = 2
};

enum err
account_set_verified(struct db *db, const char *id, int is_verified)
{
	const char *const arg[] = { id, is_verified ? "t" : "f" };

	return db_query(db, &account_update_verified, arg, NELEM(arg), NULL);
}

static const struct stmt account_is_verified = {
	.name = "account_is_verified",
	.text =
	    "SELECT EXISTS (SELECT FROM account WHERE id = $1"
	    " AND verified_at IS NOT NULL)",
	.nparams = 1
};

enum err
account_verified(struct db *db, const char *id, int *ret_is_verified)
{
	const char *const arg[] = { id };

	return db_ask(db, &account_is_verified, arg, NELEM(arg),
	    ret_is_verified);
}

/* Neither is an address that anybody has, nor a hash of anything. */
static const struct stmt account_set_erased = {
	.name = "account_set_erased",
	.text =
	    "UPDATE account SET email = 'erased:' || id, password_hash = '',"
	    " first_name = '', last_name = '', organization = '',"
	    " verified_at = NULL, erased_at = coalesce(erased_at, now())"
	    " WHERE id = $1 RETURNING id",
	.nparams = 1
};

enum err
account_erase(struct db *db, const char *id)
{
	const char *const arg[] = { id };

	return db_one(db, &account_set_erased, arg, NELEM(arg), ERR_NOTFOUND,
	    NULL);
}

static const struct stmt account_new_hash = {
	.name = "account_new_hash",
	.text =
	    "UPDATE account SET password_hash = $3"
	    " WHERE id = $1 AND password_hash = $2",
	.nparams = 3
};

enum err
account_rehash(struct db *db, const char *id, const char *old,
    const char *fresh)
{
	const char *const arg[] = { id, old, fresh };

	return db_query(db, &account_new_hash, arg, NELEM(arg), NULL);
}

static const struct stmt account_select_tally = {
	.name = "account_select_tally",
	.text = "SELECT " TALLY_OF("created_at") " FROM account",
	.nparams = 0
};

enum err
account_tally(struct db *db, struct tally *ret_tally)
{
	return tally(db, &account_select_tally, ret_tally);
}

static const struct stmt account_select_since_count = {
	.name = "account_select_since_count",
	.text =
	    "SELECT count(*) FROM account"
	    " WHERE created_at > to_timestamp($1::bigint + 1)",
	.nparams = 1
};

enum err
account_count_since(struct db *db, int64_t at, int64_t *ret_count)
{
	char text[TEXT_DIGITS];
	const char *const arg[] = { text_digits(at, text) };
	struct rows *r;
	enum err e;

	e = db_one(db, &account_select_since_count, arg, NELEM(arg),
	    ERR_INTERNAL, &r);
	if (e == ERR_OK)
		*ret_count = rows_int(r, 0, 0);
	rows_free(r);
	return e;
}

const struct stmt *const account_statements[] = {
	&account_insert,
	&account_by_email,
	&account_by_id,
	&account_select_since,
	&account_email_by_id,
	&account_update_verified,
	&account_is_verified,
	&account_set_erased,
	&account_new_hash,
	&account_select_tally,
	&account_select_since_count,
	NULL
};
