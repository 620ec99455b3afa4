/* SPDX-License-Identifier: MIT */
#ifndef CTL_WHO_H
#define CTL_WHO_H

/* Who is at the terminal. */

#define WHO	64

/* Who has logged in there, also behind sudo; else whose process this is. */
const char *who_asks(char ret[WHO]);

#endif /* !CTL_WHO_H */
