/* SPDX-License-Identifier: MIT */
#ifndef APP_SEE_COMPONENT_H
#define APP_SEE_COMPONENT_H

#include "cello/boot.h"

struct app;

/*
 * Something was seen of Cello's component, in the browser of somebody who is
 * logged in.  For "endpin doctor"; who cannot write it down now does so a minute
 * later.
 */
void see_component(struct app *a, enum boot_sight s);

#endif /* !APP_SEE_COMPONENT_H */
