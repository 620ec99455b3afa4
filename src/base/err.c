/* SPDX-License-Identifier: MIT */

#include "base/err.h"

const char *
err_name(enum err e)
{
	switch (e) {
	case ERR_OK:
		return "ok";
	case ERR_INPUT:
		return "input";
	case ERR_DENIED:
		return "denied";
	case ERR_NOTFOUND:
		return "notfound";
	case ERR_CONFLICT:
		return "conflict";
	case ERR_LATER:
		return "later";
	case ERR_INTERNAL:
		return "internal";
	}
	return "unknown";
}
