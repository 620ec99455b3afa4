/* SPDX-License-Identifier: MIT */

#include <stddef.h>

#include "http/duty.h"

const char *
duty_name(unsigned duty)
{
	switch (duty) {
	case DUTY_HOOK:
		return "hook";
	case DUTY_PASSWORD:
		return "password";
	case DUTY_STRIPE:
		return "stripe";
	case DUTY_WEB:
		return "web";
	}
	return NULL;
}
