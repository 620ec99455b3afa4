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

void
csp_write(const struct config *conf, struct buf *out)
{
	const struct server_config *s = &conf->server;
	char assets[SOURCE_MAX] = "", api[SOURCE_MAX] = "";

	if (conf->cello.enabled) {
		source_of(conf->cello.assets_base, assets);
		source_of(conf->cello.api_base, api);
		if (is_cello(assets))
			source_of("https://*.cello.so", assets);
		if (is_cello(api))
			source_of("https://*.cello.so", api);
		if (text_equal(assets, api))
			api[0] = '\0';
	}

	buf_format(out, "default-src 'none'; script-src 'self'%s", assets);
	also(s->csp_script, out);
	buf_format(out, "; style-src 'self'%s", assets);
	also(s->csp_style, out);
	buf_format(out, "; img-src 'self' data:%s%s", assets, api);
	also(s->csp_img, out);
	buf_format(out, "; font-src 'self'%s", assets);
	also(s->csp_font, out);
	buf_format(out, "; connect-src 'self'%s%s", assets, api);
	also(s->csp_connect, out);
	if (conf->cello.enabled || !text_empty(s->csp_frame)) {
		buf_format(out, "; frame-src%s%s", assets, api);
		also(s->csp_frame, out);
	}
	buf_text(out, "; form-action 'self'; base-uri 'none';"
	    " frame-ancestors 'none'");
}
