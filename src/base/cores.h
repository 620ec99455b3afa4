/* SPDX-License-Identifier: MIT */
#ifndef BASE_CORES_H
#define BASE_CORES_H

/*
 * Cores that this process may use, at least 1: those of the machine, less what
 * its affinity or its control groups (a container's, a unit's CPUQuota=) keep
 * from it.  `root` is where proc/ and sys/ are: "/".
 */
int cores_available(const char *root);

/*
 * What the control groups alone leave this process, rounded up; 0: they set no
 * limit.  A limit counts on every level from the process's group upwards, in
 * version 2 and in version 1.
 */
int cores_granted(const char *root);

#endif /* !BASE_CORES_H */
