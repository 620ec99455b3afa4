/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define SECOND_LEN	19	/* of a time, without "Z" */

/* Not time(2), whose second begins up to a tick after that of all others. */
time_t
clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

int64_t
clock_real_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
clock_mono_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

void
clock_text(time_t t, char ret[CLOCK_TEXT])
{
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(ret, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		ret[0] = '\0';
}

/* The number in `len` digits; what is not a digit was found before. */
static int
number(const char *digits, int len)
{
	int n = 0;

	while (len-- > 0)
		n = 10 * n + (*digits++ - '0');
	return n;
}

/* Behind the seconds: "Z", or a point, digits and "Z". */
static int
is_rest(const char *text)
{
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	return text[0] == 'Z' && text[1] == '\0';
}

enum err
clock_read(const char *text, int64_t *ret_seconds)
{
	static const char form[] = "0000-00-00T00:00:00";
	struct tm tm, had;
	time_t t;
	size_t i;

	for (i = 0; form[i] != '\0'; i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' :
		    text[i] != form[i])
			return ERR_INPUT;
	if (!is_rest(text + i))
		return ERR_INPUT;
	memset(&tm, 0, sizeof(tm));
	tm.tm_year = number(text, 4) - 1900;
	tm.tm_mon = number(text + 5, 2) - 1;
	tm.tm_mday = number(text + 8, 2);
	tm.tm_hour = number(text + 11, 2);
	tm.tm_min = number(text + 14, 2);
	tm.tm_sec = number(text + 17, 2);
	had = tm;
	t = timegm(&tm);
	/* The 31st of February is another day by now. */
	if (t < 0 || tm.tm_mon != had.tm_mon || tm.tm_mday != had.tm_mday ||
	    tm.tm_hour != had.tm_hour || tm.tm_min != had.tm_min)
		return ERR_INPUT;
	*ret_seconds = t;
	return ERR_OK;
}

void
clock_text_ms(char ret[CLOCK_TEXT])
{
	/* Formatting a date costs more than the rest of a log line. */
	static time_t last = -1;
	static char second[CLOCK_TEXT];
	struct timespec t;
	struct tm tm;
	int ms;

	clock_gettime(CLOCK_REALTIME, &t);
	if (t.tv_sec != last) {
		if (gmtime_r(&t.tv_sec, &tm) == NULL ||
		    strftime(second, sizeof(second), "%Y-%m-%dT%H:%M:%S",
		    &tm) == 0)
			second[0] = '\0';
		last = t.tv_sec;
	}
	ms = (int)(t.tv_nsec / 1000000);
	memcpy(ret, second, SECOND_LEN);
	ret[SECOND_LEN] = '.';
	ret[SECOND_LEN + 1] = (char)('0' + ms / 100);
	ret[SECOND_LEN + 2] = (char)('0' + ms / 10 % 10);
	ret[SECOND_LEN + 3] = (char)('0' + ms % 10);
	ret[SECOND_LEN + 4] = 'Z';
	ret[SECOND_LEN + 5] = '\0';
}

const char *
clock_span(int64_t seconds, char ret[CLOCK_SPAN])
{
	static const struct {
		int64_t		 seconds;
		const char	*name;
	} units[] = { { CLOCK_DAY_S, "day" }, { CLOCK_HOUR_S, "hour" },
	    { 60, "minute" }, { 1, "second" } };
	int64_t n = 0;
	size_t i;

	/* From two on, so that little is lost: 90 minutes, 47 hours. */
	for (i = 0; i < NELEM(units); i++)
		if ((n = seconds / units[i].seconds) > 1 ||
		    i + 1 == NELEM(units))
			break;
	(void)snprintf(ret, CLOCK_SPAN, "%lld %s%s", (long long)n,
	    units[i].name, n == 1 ? "" : "s");
	return ret;
}
