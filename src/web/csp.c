/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>

#include "app/config.h"
#include "base/buf.h"
#include "base/text.h"

#include "web/csp.h"

#define SOURCE_MAX	256

/* " https://host:port" of a URL: sources are origins. */
static void
source_of(const char *url, char ret_source[SOURCE_MAX])
{
	const char *host = strstr(url, "://");
	size_t len = 0;

	if (host != NULL)
		len = (size_t)(host + 3 - url) + strcspn(host + 3, "/?#; ");
	(void)snprintf(ret_source, SOURCE_MAX, " %.*s", (int)len, url);
}

/* Cello's own; the component loads from cdn., share. and more to come. */
static int
is_cello(const char *source)
{
	static const char tail[] = ".cello.so";
	size_t len = strlen(source);

	return len > sizeof(tail) &&
	    text_equal(source + len - (sizeof(tail) - 1), tail);
}

/* " source source" or nothing, as the operator has it. */
static void
also(const char *sources, struct buf *out)
{
	if (!text_empty(sources))
		buf_format(out, " %s", sources);
}

/* Where Cello's things are, " source" or "" each; never the same one twice. */
struct cello_sources {
	char	 assets[SOURCE_MAX];
	char	 api[SOURCE_MAX];
};

static void
cello_sources(const struct config *conf, struct cello_sources *ret_s)
{
	ret_s->assets[0] = ret_s->api[0] = '\0';
	if (!conf->cello.enabled)
		return;
	source_of(conf->cello.assets_base, ret_s->assets);
	source_of(conf->cello.api_base, ret_s->api);
	if (is_cello(ret_s->assets))
		source_of("https://*.cello.so", ret_s->assets);
	if (is_cello(ret_s->api))
		source_of("https://*.cello.so", ret_s->api);
	if (text_equal(ret_s->assets, ret_s->api))
		ret_s->api[0] = '\0';
}

static void
write_policy(const struct config *conf, int boots, struct buf *out)
{
	const struct server_config *s = &conf->server;
	const char *inlined = boots && conf->cello.enabled &&
	    conf->cello.allow_inline ? " 'unsafe-inline'" : "";
	struct cello_sources cello;

	cello_sources(conf, &cello);
	buf_format(out, "default-src 'none'; script-src 'self'%s%s",
	    cello.assets, inlined);
	also(s->csp_script, out);
	buf_format(out, "; style-src 'self'%s%s", cello.assets, inlined);
	also(s->csp_style, out);
	buf_format(out, "; img-src 'self' data:%s%s", cello.assets, cello.api);
	also(s->csp_img, out);
	buf_format(out, "; font-src 'self'%s%s", cello.assets,
	    boots ? cello.api : "");
	also(s->csp_font, out);
	buf_format(out, "; connect-src 'self'%s%s", cello.assets, cello.api);
	also(s->csp_connect, out);
	if (conf->cello.enabled || !text_empty(s->csp_frame)) {
		buf_format(out, "; frame-src%s%s", cello.assets, cello.api);
		also(s->csp_frame, out);
	}
	buf_text(out, "; form-action 'self'; base-uri 'none';"
	    " frame-ancestors 'none'");
}

void
csp_write(const struct config *conf, struct buf *out)
{
	write_policy(conf, 0, out);
}

void
csp_write_component(const struct config *conf, struct buf *out)
{
	write_policy(conf, 1, out);
}
