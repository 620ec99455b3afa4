/* SPDX-License-Identifier: MIT */
#ifndef COURIER_COURIER_H
#define COURIER_COURIER_H

/*
 * Couriers do what is remote and what nobody waits for: the errands of
 * app/errands.h, whatever kinds there are.  Any number of them, anywhere: an
 * errand is claimed in its row.
 */

#include <signal.h>

struct config;

/*
 * Run until *stop is set: do what is due, then wait for the doorbell (a pipe's
 * read end, non-blocking; -1: none), for what is due next, or for the poll
 * interval.  Signals are let in only while waiting.  `beat` is called with
 * `arg` before each errand and each wait: whoever watches knows by it that the
 * courier is not stuck.  Returns the process's exit status.  Secrets are read
 * here, after fork.
 */
int courier_run(const struct config *conf, int doorbell, void (*beat)(void *),
    void *arg, const volatile sig_atomic_t *stop);

#endif /* !COURIER_COURIER_H */
