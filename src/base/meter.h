/* SPDX-License-Identifier: MIT */
#ifndef BASE_METER_H
#define BASE_METER_H

/*
 * How often each of very many asks, counted for all processes of this machine
 * together, in a file that they map: each may `most` times at once, and what was
 * used comes back evenly, all of it within METER_WINDOW_S.
 *
 * The file has a fixed size.  If more ask within a window than it has room for,
 * the one who had least left to wait for is forgotten, and may ask more often.
 * Two are taken for one when 41 bits of a hash are alike, which nobody outside can
 * bring about.  What is in the file is believed no further than to let in or to
 * refuse for a minute.
 */

#include <stdint.h>

#define METER_WINDOW_S	60
#define METER_MOST	60000	/* of `most`: one each millisecond */

struct meter;

/*
 * Made if it is not there.  Open it in each process.  NULL: cannot, or there is
 * no room for it; logged.
 */
struct meter *meter_open(const char *path);
void meter_close(struct meter *m);

/*
 * `who` asks for `what`, any number, once more, at `now_us` of clock_mono_us().
 * 0: it may, and that is counted.  Else the seconds until it may, and nothing is
 * counted.
 */
int meter_take(struct meter *m, unsigned what, uint64_t who, int most,
    int64_t now_us);

#endif /* !BASE_METER_H */
