/* SPDX-License-Identifier: MIT */

#include <string.h>

#include "app/config.h"
#include "app/ctx.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "cello/ucc.h"
#include "http/percent.h"
#include "http/request.h"
#include "http/response.h"

#include "web/keep.h"

#include "web/page.h"

#define TO_MAX		1024
#define LOCATION_MAX	2048
#define NAME_MAX	129	/* of the referrer, packed */

/* Is `url` of this origin, of `len` bytes?  "https://a.com.b.com" is not. */
static int
is_of(const char *url, const char *origin, size_t len)
{
	return strncmp(url, origin, len) == 0 &&
	    (url[len] == '\0' || strchr("/?#", url[len]) != NULL);
}

static int
is_allowed(const struct config *conf, const char *url)
{
	const char *p = conf->referral.forward;
	size_t len;

	if (is_of(url, conf->server.public_origin,
	    strlen(conf->server.public_origin)))
		return 1;
	for (p += strspn(p, " "); *p != '\0'; p += len + strspn(p + len, " "))
		if ((len = strcspn(p, " ")) > 0 && is_of(url, p, len))
			return 1;
	return 0;
}

/* As it may stand in a header: what no address has is encoded. */
static void
put_address(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text <= ' ' ||
		    (unsigned char)*text >= 0x7f ||
		    strchr("\"<>\\^`{|}", *text) != NULL)
			buf_format(out, "%%%02X", (unsigned char)*text);
		else
			buf_char(out, *text);
}

/* Where to; the front page if that is nowhere that we may lead to. */
static void
put_target(const struct ctx *c, const struct req *q, struct buf *out)
{
	const struct config *conf = c->app->conf;
	char to[TO_MAX];
	enum err e = req_query(q, "to", to, sizeof(to));

	if (e == ERR_OK && to[0] == '/' && to[1] != '/' && to[1] != '\\') {
		buf_text(out, conf->server.public_origin);
		put_address(out, to);
	} else if (e == ERR_OK && is_allowed(conf, to))
		put_address(out, to);
	else {
		if (e != ERR_NOTFOUND)
			log_warn("forward_refused", "/r was to lead to where"
			    " [referral] forward does not allow it");
		buf_format(out, "%s/", conf->site);
	}
}

struct carried {
	char	 ucc[UCC_OFFERED];
	char	 product[UCC_PRODUCT];
	char	 name[NAME_MAX];
};

/* As the link says, else as is known of an earlier one. */
static void
take_code(const struct ctx *c, const struct req *q, struct carried *k)
{
	if ((req_query(q, "ucc", k->ucc, sizeof(k->ucc)) != ERR_OK ||
	    !ucc_ok(k->ucc)) && (req_cookie_first(q, UCC_COOKIE, k->ucc,
	    sizeof(k->ucc)) != ERR_OK || !ucc_ok(k->ucc)))
		k->ucc[0] = '\0';
	if (req_query(q, "productId", k->product, sizeof(k->product)) !=
	    ERR_OK)
		text_cut(c->app->conf->cello.product_id, k->product,
		    sizeof(k->product));
	if (req_query(q, "celloN", k->name, sizeof(k->name)) != ERR_OK)
		k->name[0] = '\0';
}

static void
put(struct buf *out, const char *name, const char *value)
{
	if (value[0] == '\0')
		return;
	buf_char(out, memchr(out->data, '?', out->len) == NULL ? '?' : '&');
	buf_format(out, "%s=", name);
	percent_encode(out, value);
}

/*
 * GET /r?to=ADDRESS: keep the code here and take it along, to another origin
 * that the configuration names.
 */
enum err
forward(struct ctx *c, const struct req *q, struct resp *p)
{
	struct carried code;
	struct buf target, way;
	const char *fragment;

	buf_init(&target, LOCATION_MAX);
	buf_init(&way, LOCATION_MAX);
	put_target(c, q, &target);
	fragment = target.data + strcspn(target.data, "#");
	buf_add(&way, target.data, (size_t)(fragment - target.data));
	take_code(c, q, &code);
	if (code.ucc[0] != '\0') {
		put(&way, "productId", code.product);
		put(&way, "ucc", code.ucc);
		put(&way, "celloN", code.name);
	}
	buf_text(&way, fragment);
	keep_code(c, q, p);
	resp_header(p, "Cache-Control", "no-store");
	resp_header(p, "Location", way.full ? c->app->conf->site : way.data);
	buf_done(&way);
	buf_done(&target);
	return resp_empty(p, 303);
}
