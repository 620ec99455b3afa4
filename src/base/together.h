/* SPDX-License-Identifier: MIT */
#ifndef BASE_TOGETHER_H
#define BASE_TOGETHER_H

/*
 * How many of what came at once are done in one go: requests taken in and
 * routed, answers sent, events in one commit.  The floors hand such a lot to
 * each other whole, so that there is one figure for all of them.
 */
#define TOGETHER	32

#endif /* !BASE_TOGETHER_H */
