/* SPDX-License-Identifier: MIT */
#ifndef HTTP_STATUS_H
#define HTTP_STATUS_H

/* The only place that turns an enum err into a status and safe words. */

#include "base/err.h"

struct resp;

#define STATUS_RETRY_SECONDS	5

/* Fill `p` for `e`, which is not ERR_OK; what was in it is dropped. */
void status_of_err(struct resp *p, enum err e);

/* "Not Found" for 404; "Status" for what is not on the list. */
const char *status_phrase(int status);

#endif /* !HTTP_STATUS_H */
