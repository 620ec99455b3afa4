/* SPDX-License-Identifier: MIT */

#include "base/err.h"

#include "http/response.h"

#include "http/status.h"

static const struct {
	int		 status;
	const char	*phrase;
} phrases[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 409, "Conflict" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
	{ 503, "Service Unavailable" }
};

const char *
status_phrase(int status)
{
	size_t i;

	for (i = 0; i < NELEM(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Status";
}

void
status_of_err(struct resp *p, enum err e)
{
	resp_reset(p);
	switch (e) {
	case ERR_INPUT:
		(void)resp_problem(p, 422, "invalid",
		    "This cannot be done as it was asked.");
		return;
	case ERR_DENIED:
		(void)resp_problem(p, 403, "denied", "This is not allowed.");
		return;
	case ERR_NOTFOUND:
		(void)resp_problem(p, 404, "not_found", "There is no such"
		    " thing.");
		return;
	case ERR_CONFLICT:
		(void)resp_problem(p, 409, "conflict",
		    "Somebody else was faster.");
		return;
	case ERR_LATER:
		(void)resp_later(p, STATUS_RETRY_SECONDS);
		return;
	case ERR_OK:
	case ERR_INTERNAL:
		break;
	}
	(void)resp_problem(p, 500, "internal", "Something went wrong here.");
}
