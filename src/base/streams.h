/* SPDX-License-Identifier: MIT */
#ifndef BASE_STREAMS_H
#define BASE_STREAMS_H

/*
 * Standard input, output and error.  Whoever starts us may have closed them;
 * then what is opened first would become one of them, and the log would be
 * written into a database's connection.
 */

/*
 * Before anything is opened: see to it that descriptors 0 to 2 are.  One that
 * was closed stays of no use, so that reading or writing fails as it should.
 * Returns whether standard error can be written to.
 */
int streams_keep(void);

/* For who has no standard error: tell syslog(3), if there is one. */
void streams_complain(const char *program, const char *text);

#endif /* !BASE_STREAMS_H */
