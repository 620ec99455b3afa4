/* SPDX-License-Identifier: MIT */

/*
 * How large the pieces are, and what comes in them: judged in pieces, at once,
 * and by a parser that has it all before it, the verdict is the same.  What is
 * said to be a whole request is one to libfcgi.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include <fcgiapp.h>

#include "http/judge.h"

#include "../unit/whole.h"

#define SEND_MAX	65536	/* a socket takes that at once */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
promise(int kept)
{
	if (!kept)
		abort();
}

/* What params_read() would count, without libfcgi's own FCGI_ROLE. */
static size_t
params_size(char *const envp[])
{
	size_t size = 0;

	for (envp++; *envp != NULL; envp++)
		size += strlen(*envp) + 1;
	return size;
}

/* One request to libfcgi, as http/fcgi.c hands it over. */
static void
hand_over(const uint8_t *data, const struct judged *j)
{
	static FCGX_Request r;
	char body[4096];
	size_t got = 0;
	int end[2], n;

	if (r.ipcFd == 0)
		promise(FCGX_Init() == 0 && FCGX_InitRequest(&r, -1, 0) == 0);
	promise(socketpair(AF_UNIX, SOCK_STREAM, 0, end) == 0);
	promise(write(end[1], data, j->len) == (ssize_t)j->len);
	promise(shutdown(end[1], SHUT_WR) == 0);
	r.ipcFd = end[0];
	r.keepConnection = 1;
	(void)FCGX_Detach(&r);
	promise(FCGX_Accept_r(&r) == 0 && FCGX_GetError(r.in) == 0);
	promise((r.role == 2) == j->authorizer);
	promise(params_size(r.envp) <= REQUEST_PARAMS);
	while (!j->authorizer &&
	    (n = FCGX_GetStr(body, (int)sizeof(body), r.in)) > 0)
		got += (size_t)n;
	promise(got == j->body && FCGX_GetError(r.in) == 0);
	FCGX_Free(&r, 0);
	r.ipcFd = -1;
	(void)close(end[0]);
	(void)close(end[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct judged once = { .len = 0 }, j = { .len = 0 };
	size_t at, n, step, len = 0, body = 0;
	enum verdict v;

	if (size == 0)
		return 0;
	step = 1 + (size_t)data[0];
	data++;
	size--;
	v = judge_bytes(data, size, &once);
	promise(v == whole_judge(data, size, &len, &body));
	for (at = 0; at < size; at += n) {
		n = size - at < step ? size - at : step;
		if (judge_bytes(data + at, n, &j) == JUDGE_MORE)
			promise(j.len == at + n && j.body <= j.len &&
			    j.into <= j.len);
	}
	promise(j.verdict == v);
	if (v != JUDGE_WHOLE)
		return 0;
	promise(once.body == body && j.body == body && j.len <= once.len);
	promise(once.len == len || (once.authorizer && once.len == len + 8));
	if (len <= SEND_MAX)
		hand_over(data, &once);
	return 0;
}
