/* SPDX-License-Identifier: MIT */

#include <pwd.h>
#include <unistd.h>

#include "base/text.h"

#include "ctl/who.h"

const char *
who_asks(char ret[WHO])
{
	const struct passwd *p;

	if (getlogin_r(ret, WHO) == 0)
		return ret;
	p = getpwuid(getuid());
	text_cut(p == NULL ? "" : p->pw_name, ret, WHO);
	return ret;
}
