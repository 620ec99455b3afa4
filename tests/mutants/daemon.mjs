// SPDX-License-Identifier: MIT

const UNIT = ['unit/test_daemon'];
const MASTER = ['system/master.test.mjs'];

export default [
	// --- listener ---
	{
		file: 'src/daemon/listener.c', what: 'between bind() and chmod() a socket is open to everybody',
		from: 'umask(0177)', to: 'umask(0)', tests: UNIT
	},
	{
		file: 'src/daemon/listener.c', what: 'the umask of before does not come back',
		from: '	(void)umask(before);\n', to: '', tests: UNIT
	},
	{
		file: 'src/daemon/listener.c', what: 'a socket that somebody listens on is replaced',
		from: 'if (is_alive(un))', to: 'if (0 && is_alive(un))', tests: [...UNIT, ...MASTER]
	},
	{
		file: 'src/daemon/listener.c', what: 'what is not a socket is removed',
		from: 'if (!S_ISSOCK(st.st_mode))', to: 'if (0)', tests: UNIT
	},
	{
		file: 'src/daemon/listener.c', what: 'a file that somebody else has put there is removed',
		from: '\n	    st.st_dev == l->dev && st.st_ino == l->ino', to: ' st.st_dev == l->dev', tests: UNIT
	},
	{
		file: 'src/daemon/listener.c', what: 'a socket that could not be given away stays',
		from: '		listener_unlink(l);\n	return e;', to: '		return e;\n	return e;', tests: UNIT
	},
	{
		file: 'src/daemon/listener.c', what: 'a port is open on all addresses',
		from: 'htonl(INADDR_LOOPBACK)', to: 'htonl(INADDR_ANY)', tests: UNIT
	},
	{
		file: 'src/daemon/listener.c', what: 'a socket of systemd is found by the beginning of its name',
		from: 'if (strlen(name) == len && strncmp(names, name, len) == 0)', to: 'if (strncmp(names, name, strlen(name)) == 0)', tests: UNIT
	},
	{
		file: 'src/daemon/listener.c', what: 'a socket of systemd blocks',
		from: 'fcntl(l.fd, F_SETFL, O_NONBLOCK)', to: 'fcntl(l.fd, F_SETFL, 0)', tests: UNIT
	},
	{
		file: 'src/daemon/listener.c', what: 'the queue stays as long as it was',
		from: 'if (listen(l->fd, backlog) == -1)', to: 'if (listen(l->fd, LISTENER_BACKLOG) == -1)', tests: UNIT
	},

	// --- peers ---
	{
		file: 'src/daemon/peers.c', what: 'a stranger may connect',
		from: 'told = who.uid;\n	return 0;', to: 'told = who.uid;\n	return 1;', tests: UNIT
	},
	{
		file: 'src/daemon/peers.c', what: 'our own user may not connect',
		from: 'peers_add(&p, geteuid())', to: 'ERR_OK', tests: UNIT
	},
	{
		file: 'src/daemon/peers.c', what: 'a name that nobody has is the user 0',
		from: 'named in peers", name);\n	return ERR_OK;', to: 'named in peers", name);\n	return peers_add(p, 0);', tests: UNIT
	},
	{
		file: 'src/daemon/main.c', what: 'a reload does not take up peers',
		from: '(e = peers_find(fresh->peers, &h->peers)) != ERR_OK', to: '0', tests: MASTER
	},

	// --- throttle ---
	{
		file: 'src/daemon/throttle.c', what: 'the dead are never held back',
		from: 'if (++t->young < THROTTLE_BURST)', to: 'if (++t->young > 0)', tests: UNIT
	},
	{
		file: 'src/daemon/throttle.c', what: 'deaths of long ago count',
		from: 'now_ms - t->since_ms > THROTTLE_WINDOW_MS', to: '0', tests: UNIT
	},
	{
		file: 'src/daemon/throttle.c', what: 'the wait does not grow',
		from: 't->wait_ms * 2', to: 't->wait_ms', tests: UNIT
	},
	{
		file: 'src/daemon/throttle.c', what: 'the wait grows without an end',
		from: 't->wait_ms > THROTTLE_MOST_MS / 2', to: '0', tests: UNIT
	},
	{
		file: 'src/daemon/throttle.c', what: 'a trial is all that are missing',
		from: 'THROTTLE_YOUNG_MS;\n	return 1;', to: 'THROTTLE_YOUNG_MS;\n	return missing;', tests: UNIT
	},
	{
		file: 'src/daemon/throttle.c', what: 'one that lives does not end it',
		from: '*t = (struct throttle){ .young = 0 };', to: '', tests: UNIT
	},

	// --- gate ---
	{
		file: 'src/daemon/gate.c', what: 'who is no peer is let in',
		from: 'if (!g->is_unix || peers_allow(g->peers, fd))', to: 'if (1)', tests: UNIT
	},
	{
		file: 'src/daemon/gate.c', what: 'a silent connection is kept for ever',
		from: 'if (now - l->spoke_us < SILENT_US)', to: 'if (1)', tests: UNIT
	},
	{
		file: 'src/daemon/gate.c', what: 'who spoke while the worker was busy is closed',
		from: 'if ((l = line_of(g, g->event[n].data.fd)) != NULL)\n			l->spoke_us = now;', to: '(void)l;', tests: UNIT
	},
	{
		file: 'src/daemon/gate.c', what: 'a request that came before we hung up is lost',
		from: 'if (recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 1)', to: 'if (recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 2)', tests: UNIT
	},
	{
		file: 'src/daemon/gate.c', what: 'a request that comes after we hung up is not refused',
		from: '	(void)shutdown(fd, SHUT_RD);\n', to: '', tests: UNIT
	},
	{
		file: 'src/daemon/gate.c', what: 'more connections are kept than may be',
		from: 'g->count < g->most &&', to: '', tests: UNIT
	},
	{
		file: 'src/daemon/gate.c', what: 'a gate that is shut lets in',
		from: '		if (g->listener == -1)\n			return -1;', to: '', tests: UNIT
	},
	{
		file: 'src/daemon/gate.c', what: 'a connection that was hung up keeps a gate from being empty',
		from: '	forget_lent(g);\n	return g->count == 0;', to: '	return g->count == 0;', tests: [...UNIT, ...MASTER]
	},

	{
		file: 'src/daemon/gate.c', what: 'a peer that says nothing is waited for',
		from: '(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof(in));', to: '(void)in;', tests: UNIT
	},
	{
		file: 'src/daemon/gate.c', what: 'a peer that does not read is waited for',
		from: '(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &out, sizeof(out));', to: '(void)out;', tests: UNIT
	},

	// --- worker ---
	{
		file: 'src/daemon/worker.c', what: 'a worker that has answered is taken to be busy, and killed',
		from: '	w->slot->began_ms = 0;\n', to: '', tests: MASTER
	},
	{
		file: 'src/daemon/worker.c', what: 'workers leave long before they have served enough',
		from: '(90 * 255 + 20 * r)', to: '(40 * 255 + 20 * r)', tests: MASTER
	},
	{
		file: 'src/daemon/worker.c', what: 'a leaving worker says it is ready',
		from: 'w->ctx->draining = is_leaving(w)', to: 'w->ctx->draining = 0', tests: MASTER
	},
	{
		file: 'src/daemon/worker.c', what: 'who had connected when the stop began is not served',
		from: 'while (w->h->board->last && (fd', to: 'while (0 && (fd', tests: MASTER
	},
	{
		file: 'src/daemon/worker.c', what: 'a worker does not count what it serves',
		from: 'w->left--;', to: 'w->left = w->left;', tests: MASTER
	},
	{
		file: 'src/daemon/worker.c', what: 'SIGQUIT ends a worker in the middle of a request',
		from: 'sigaction(SIGQUIT, &a, NULL);\n	a.sa_handler = SIG_DFL;', to: 'sigaction(SIGHUP, &a, NULL);\n	a.sa_handler = SIG_DFL;\n	(void)sigaction(SIGQUIT, &a, NULL);',
		tests: MASTER
	},
	{
		file: 'src/daemon/worker.c', what: 'a kept connection is served after the worker was asked to leave',
		from: 'gate_return(w->gate, fd, !is_leaving(w))', to: 'gate_return(w->gate, fd, 1)', tests: MASTER
	},

	// --- child ---
	{
		file: 'src/daemon/child.c', what: 'a child may be dumped and looked into',
		from: 'prctl(PR_SET_DUMPABLE, 0)', to: 'prctl(PR_SET_DUMPABLE, 1)', tests: MASTER
	},
	{
		file: 'src/daemon/child.c', what: 'children outlive a master that is killed',
		from: 'prctl(PR_SET_PDEATHSIG, SIGTERM)', to: 'prctl(PR_SET_PDEATHSIG, 0)', tests: ['system/process.test.mjs']
	},
	{
		file: 'src/daemon/child.c', what: 'a child keeps the sockets of the other pools',
		from: 'close_range(FD_DOORBELL + 1, ~0U, 0)', to: 'close_range(FD_DOORBELL + 60, ~0U, 0)', tests: MASTER
	},
	{
		file: 'src/daemon/child.c', what: 'a new child finds its slot as the last one left it: asked to leave',
		from: '	slot->leave = 0;\n', to: '', tests: MASTER
	},
	{
		file: 'src/daemon/child.c', what: 'a new child counts as ready because the last one was',
		from: '	slot->ready = 0;\n', to: '', tests: MASTER
	},

	// --- master ---
	{
		file: 'src/daemon/master.c', what: 'children that die at once are replaced without any brake',
		from: 'throttle_died(&m->throttle[c->kind], now)', to: '0 * now', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'children that others killed are held back as well',
		from: 'WTERMSIG(status) == SIGKILL', to: 'WTERMSIG(status) == SIGQUIT', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'one that has served enough counts as one that died young',
		from: 'status == 0 ||', to: '', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'a worker that does not leave is insisted on after 1000 s',
		from: 'stop_timeout * 1000', to: 'stop_timeout * 1000000', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'a worker that is asked to leave is insisted on at once',
		from: 'else if (waited >= patience)', to: 'else', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'a worker that does not hear SIGTERM is never killed',
		from: 'if (waited >= patience + INSIST_MS)', to: 'if (0)', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'a worker that does not hear SIGTERM is not killed when stopping at once',
		from: 'now - m->stop_ms < NOW_MS ? SIGTERM : SIGKILL', to: 'SIGTERM', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'SIGTERM does not hurry a stop that has begun',
		from: 'if (m->stop >= how)', to: 'if (m->stop != STOP_NO)', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'SIGQUIT stops at once',
		from: 'begin_stop(m, STOP_GRACEFUL)', to: 'begin_stop(m, STOP_NOW)', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'each SIGHUP makes a generation at once',
		from: 'now_ms() - m->reload_ms >= RELOAD_MS', to: '1', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'the old generation leaves before the new one is ready',
		from: 'if (all_ready(m))\n				tell_old', to: 'if (1)\n				tell_old', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'the old generation stays',
		from: 'tell_old(m, 0);', to: '(void)0;', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'all are told to be ready before they are',
		from: 'if (m->told_ready || !all_ready(m))', to: 'if (m->told_ready)', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'a stop leaves the files of the sockets',
		from: 'listener_unlink(&m->h->listener[i]);', to: '', tests: MASTER
	},
	{
		file: 'src/daemon/master.c', what: 'a worker that hangs in a request is left alone',
		from: 'if (began <= 0 || now - began <= limit)', to: 'if (limit > 0)', tests: ['system/timeouts.test.mjs']
	},
	{
		file: 'src/daemon/master.c', what: 'after a reload that was refused there is a new generation all the same',
		from: 'the old one stays");\n	} else {', to: 'the old one stays");\n		m->generation++;\n	} else {', tests: MASTER
	},

	{
		file: 'src/daemon/master.c', what: 'who waits at a socket of systemd is not left to the next',
		from: "if (m->h->listener[i].path[0] != '\\0')", to: 'if (1)', tests: MASTER
	},

	// --- notify ---
	{
		file: 'src/daemon/notify.c', what: 'a service manager with an abstract name is not told',
		from: "a.sun_path[0] == '@'", to: "a.sun_path[0] == '#'", tests: UNIT
	},
	{
		file: 'src/daemon/notify.c', what: 'a service manager with too long a name overflows',
		from: '>= sizeof(a.sun_path)', to: '>= 4096', tests: UNIT
	},

	// --- main, check ---
	{
		file: 'src/daemon/main.c', what: 'a socket that systemd handed over is not taken',
		from: 'n != getpid()', to: 'n == getpid()', tests: MASTER
	},
	{
		file: 'src/daemon/main.c', what: 'a second endpind that cannot have all sockets takes those that are left',
		from: 'if (e != ERR_OK)\n			break;', to: '', tests: MASTER
	},
	{
		file: 'src/daemon/main.c', what: 'a reload does not look at the secrets',
		from: '(e = check_secrets(fresh)) != ERR_OK', to: '0', tests: MASTER
	},
	{
		file: 'src/daemon/main.c', what: 'a start does not look at the secrets',
		from: 'if (check_secrets(a->conf) != ERR_OK)', to: 'if (0)', tests: MASTER
	},
	{
		file: 'src/daemon/main.c', what: 'a start that fails leaves the sockets that it has made',
		from: 'while (e != ERR_OK && i-- > 0)', to: 'while (0 && i-- > 0)', tests: MASTER
	},
	{
		file: 'src/daemon/check.c', what: 'the secret of the webhook is not looked at',
		from: '&hook);\n	/* Odd', to: '&hook) == ERR_OK ? ERR_OK : ERR_OK;\n	/* Odd', tests: MASTER
	},
	{
		file: 'src/daemon/check.c', what: 'the pepper is not looked at',
		from: 'bad |= check_pepper(c) != ERR_OK;', to: 'bad |= check_pepper(c) == ERR_INTERNAL;', tests: MASTER
	},
	{
		file: 'src/daemon/check.c', what: 'the secret of Cello is not looked at',
		from: 'bad |= check_cello(c) != ERR_OK;', to: 'bad |= check_cello(c) == ERR_INTERNAL;', tests: MASTER
	},
	{
		file: 'src/daemon/main.c', what: 'a reload does not take up the configuration',
		from: 'h->conf = a->conf = fresh;', to: 'a->conf = fresh;', tests: MASTER
	},
	{
		file: 'src/daemon/main.c', what: 'nobody says that a socket stays as it is',
		from: '	compare_listeners(a->conf, fresh);\n', to: '', tests: MASTER
	},
	{
		file: 'src/daemon/main.c', what: 'endpind runs as root',
		from: 'if (geteuid() == 0)', to: 'if (geteuid() == 1)', tests: ['system/process.test.mjs']
	},
	{
		file: 'src/daemon/main.c', what: 'a child may leave a core',
		from: '(void)setrlimit(RLIMIT_CORE, &none);', to: '(void)none;', tests: MASTER
	}
];
