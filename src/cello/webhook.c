/* SPDX-License-Identifier: MIT */

#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "cello/options.h"

#include "cello/webhook.h"

const char *const cello_events[] = {
	"charge.refunded", "charge.succeeded", "charge.updated",
	"customer.created", "customer.deleted", "customer.updated",
	"customer.subscription.created", "customer.subscription.deleted",
	"customer.subscription.updated", "invoice.paid", NULL
};

static const char *const of_customers[] = {
	"customer.created", "customer.deleted", "customer.updated", NULL
};

const char *const *
cello_events_wanted(const struct cello_config *c)
{
	return cello_purchases_by_api(c) ? of_customers : cello_events;
}

static int
is_of_domain(const char *url)
{
	static const char scheme[] = "https://", domain[] = "cello.so";
	const size_t len = sizeof(domain) - 1;
	const char *host = url + sizeof(scheme) - 1;
	size_t n;

	if (!text_begins(url, scheme))
		return 0;
	n = strcspn(host, ":/?#@");
	return host[n] != '@' && n >= len &&
	    memcmp(host + n - len, domain, len) == 0 &&
	    (n == len || host[n - len - 1] == '.');
}

int
cello_is_at(const char *url, const char *api_base)
{
	return is_of_domain(url) || (text_begins(url, api_base) &&
	    url[strlen(api_base)] == '/');
}
