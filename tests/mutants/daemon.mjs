// SPDX-License-Identifier: MIT

const DAEMON = 'unit/test_daemon';
const THE_LOG = 'system/logreader.test.mjs';
const THE_MASTER = 'system/master.test.mjs';
const HOSTILE = 'system/hostile.test.mjs';
const OWED = 'system/owed.test.mjs';
const THE_RELOAD = 'system/reload.test.mjs';
const THE_TIMEOUTS = 'system/timeouts.test.mjs';
const THE_WATCH = 'system/watch.test.mjs';
const SLOW_BODIES = 'system/slowbodies.test.mjs';
const THE_PROCESS = 'system/process.test.mjs';

export default [
	// the log
	{
		file: 'src/daemon/main.c', what: 'endpind waits for whoever reads its log',
		from: 'if (is_to_serve(a))\n\t\tlog_never_wait();', to: '', tests: [THE_LOG]
	},
	{
		file: 'src/daemon/loss.c', what: 'lines are said to be lost while more are being lost',
		from: 'if (now - l->grew_ms < LOSS_QUIET_MS &&', to: 'if (0 &&', tests: [DAEMON]
	},
	{
		file: 'src/daemon/loss.c', what: 'a reader that is always too slow is never said to be',
		from: 'now - l->since_ms < LOSS_LONG_MS)', to: '1)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/child.c', what: 'what children lose of the log is not said',
		from: 'log_count_lost(&slot->log_lost);', to: '', tests: [THE_LOG]
	},
	{
		file: 'src/daemon/crew.c', what: 'what the dead have lost of the log is not said',
		from: 'w->log_lost += lost_by(w, c);', to: '', tests: [THE_LOG]
	},
	// what a start needs
	{
		file: 'src/daemon/main.c', what: 'endpind starts with too few descriptors',
		from: 'if (is_to_serve(a) && descriptors_check(conf) != ERR_OK) {', to: 'if (0) {', tests: [OWED]
	},
	{
		file: 'src/daemon/main.c', what: 'a reload takes up more connections than there are descriptors',
		from: '(e = descriptors_check(fresh)) != ERR_OK', to: '0', tests: [OWED]
	},
	{
		file: 'src/daemon/main.c', what: 'the limit of descriptors stays what it was',
		from: '\tdescriptors_raise();\n', to: '', tests: [OWED]
	},
	{
		file: 'src/daemon/main.c', what: 'endpind starts without a log',
		from: 'if (is_to_serve(&a) && !has_log)', to: 'if (0)', tests: [OWED]
	},
	{
		file: 'src/base/streams.c', what: 'a closed standard output is written to without a word',
		from: 'O_WRONLY : O_RDONLY', to: 'O_RDONLY : O_WRONLY', tests: [OWED]
	},
	// listener
	{
		file: 'src/daemon/listener.c', what: 'a socket is not taken over as long as a stopped worker has it',
		from: 'alive = !is_orphan(fd);', to: 'alive = 1;', tests: [OWED]
	},
	{
		file: 'src/daemon/listener.c', what: 'a socket that somebody is about to listen on is taken over',
		from: 'if ((e = slots_take(turn, TURN_MS)) == ERR_OK)', to: 'if ((e = ERR_OK) == ERR_OK)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/listener.c', what: 'a socket that could not be given away stays',
		from: '\t\tlistener_unlink(l);\n\treturn e;', to: '\t\treturn e;\n\treturn e;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/listener.c', what: 'between bind() and chmod() a socket is open to everybody',
		from: 'umask(0177)', to: 'umask(0)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/listener.c', what: 'the umask of before does not come back',
		from: '\t(void)umask(before);\n', to: '', tests: [DAEMON]
	},
	{
		file: 'src/daemon/listener.c', what: 'a socket that somebody listens on is replaced',
		from: 'while (is_alive(un))', to: 'while (0 && is_alive(un))', tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/listener.c', what: 'what is not a socket is removed',
		from: 'if (!S_ISSOCK(st.st_mode))', to: 'if (0)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/listener.c', what: 'a file that somebody else has put there is removed',
		from: '\n\t    st.st_dev == l->dev && st.st_ino == l->ino', to: ' st.st_dev == l->dev', tests: [DAEMON]
	},
	{
		file: 'src/daemon/listener.c', what: 'a port is open on all addresses',
		from: 'htonl(INADDR_LOOPBACK)', to: 'htonl(INADDR_ANY)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/listener.c', what: 'a socket of systemd is found by the beginning of its name',
		from: 'if (strlen(name) == len && strncmp(names, name, len) == 0)', to: 'if (strncmp(names, name, strlen(name)) == 0)',
		tests: [DAEMON]
	},
	{
		file: 'src/daemon/listener.c', what: 'a socket of systemd blocks',
		from: 'fcntl(l.fd, F_SETFL, O_NONBLOCK)', to: 'fcntl(l.fd, F_SETFL, 0)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/listener.c', what: 'the queue stays as long as it was',
		from: 'if (listen(l->fd, backlog) == -1)', to: 'if (listen(l->fd, LISTENER_BACKLOG) == -1)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/listener.c', what: 'a group that there is not is any group',
		from: 'if (group == LISTENER_NO_GROUP) {', to: 'if (0) {', tests: [DAEMON]
	},
	// peers
	{
		file: 'src/daemon/peers.c', what: 'a stranger may connect',
		from: 'told = who.uid;\n\treturn 0;', to: 'told = who.uid;\n\treturn 1;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/peers.c', what: 'our own user may not connect',
		from: 'peers_add(&p, geteuid())', to: 'ERR_OK', tests: [DAEMON]
	},
	{
		file: 'src/daemon/peers.c', what: 'a name that nobody has is the user 0',
		from: 'named in peers", name);\n\treturn ERR_OK;', to: 'named in peers", name);\n\treturn peers_add(p, 0);', tests: [DAEMON]
	},
	{
		file: 'src/daemon/main.c', what: 'a reload does not take up peers',
		from: '\tret_fresh->peers = names.peers;\n', to: '', tests: [THE_MASTER]
	},
	// throttle
	{
		file: 'src/daemon/throttle.c', what: 'the dead are never held back',
		from: 'if (++t->young < THROTTLE_BURST)', to: 'if (++t->young > 0)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/throttle.c', what: 'deaths of long ago count',
		from: 'now_ms - t->since_ms > THROTTLE_WINDOW_MS', to: '0', tests: [DAEMON]
	},
	{
		file: 'src/daemon/throttle.c', what: 'the wait does not grow',
		from: 't->wait_ms * 2', to: 't->wait_ms', tests: [DAEMON]
	},
	{
		file: 'src/daemon/throttle.c', what: 'the wait grows without an end',
		from: 't->wait_ms > THROTTLE_MOST_MS / 2', to: '0', tests: [DAEMON]
	},
	{
		file: 'src/daemon/throttle.c', what: 'a trial is all that are missing',
		from: 'THROTTLE_YOUNG_MS;\n\treturn 1;', to: 'THROTTLE_YOUNG_MS;\n\treturn missing;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/throttle.c', what: 'one that lives does not end it',
		from: '*t = (struct throttle){ .young = 0 };', to: '', tests: [DAEMON]
	},
	// gate
	{
		file: 'src/daemon/entrance.c', what: 'who is no peer is let in',
		from: 'if (fd == -1 || e->peers == NULL || peers_allow(e->peers, fd))', to: 'if (1)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/lines.c', what: 'who is late is kept for ever',
		from: 'if (now < l->late_us) {', to: 'if (1) {', tests: [DAEMON]
	},
	{
		file: 'src/daemon/lines.c', what: 'more connections are kept than may be',
		from: '\t\t\tmake_room(ls, now);\n', to: '\t\t\t(void)now;\n', tests: [DAEMON]
	},
	{
		file: 'src/daemon/entrance.c', what: 'a gate that is shut lets in',
		from: '\te->listener = -1;\n', to: '', tests: [DAEMON]
	},
	{
		file: 'src/daemon/entrance.c', what: 'somebody comes in behind one who has not sent it yet, and waits for their answer',
		from: 'if (e->alone_us > 0)', to: 'if (0)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/entrance.c', what: 'in a rush, too',
		from: 'if (e->listener == -1 || e->closed != ENTRANCE_OPEN)\n\t\treturn -1;', to: 'if (e->listener == -1)\n\t\treturn -1;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/entrance.c', what: 'who is slow keeps others out for as long as they like',
		from: 'if (now >= e->until_us)', to: 'if (0)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/entrance.c', what: 'a worker that waits alone forgets to look up',
		from: 'return e->closed != ENTRANCE_OPEN ? e->until_us : INT64_MAX;', to: 'return INT64_MAX;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/entrance.c', what: 'whoever sends slowly has a worker for as long as one who is about to send',
		from: '(begun ? BEGUN : 1)', to: '1', tests: [DAEMON]
	},
	{
		file: 'src/daemon/worker.c', what: 'a checkout waits behind another while a worker is free',
		from: 'limits.alone_us = ALONE_US;', to: 'limits.alone_us = 0;', tests: [SLOW_BODIES]
	},
	{
		file: 'src/daemon/lines.c', what: 'a connection that its server closed keeps a gate from being empty',
		from: '\tls->open--;\n', to: '', tests: [DAEMON]
	},
	{
		file: 'src/daemon/coming.c', what: 'who waits at the door is somebody new at each look',
		from: 'EPOLLIN | EPOLLET', to: 'EPOLLIN', tests: [DAEMON]
	},
	{
		file: 'src/daemon/gate.c', what: 'nobody knows who has enough behind them',
		from: 'g->lines.queued < room', to: 'g->lines.queued < most', tests: [DAEMON]
	},
	{
		file: 'src/daemon/gate.c', what: 'a connection is closed though nobody waits for another',
		from: 'g->lines.queued > most;', to: 'g->lines.queued >= most;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/coming.c', what: 'who came long ago is taken for somebody of this moment',
		from: 'c->sure_us = c->looked_us;', to: 'c->sure_us = now;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/gate.c', what: 'of a batch that is behind them only some are served',
		from: 'ret[i].behind = ls->queued;', to: 'ret[i].behind = ls->queued + n - 1 - i;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/gate.c', what: 'a batch takes more than is wanted',
		from: 'while (n < most && (l', to: 'while ((l', tests: [DAEMON]
	},
	{
		file: 'src/daemon/lines.c', what: 'what comes during the answer is forgotten',
		from: '\t\tl->again = 0;\n\t\tlook_at(ls, l, now);', to: '\t\tl->again = 0;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/line.c', what: 'a request that came before we hung up is lost',
		from: 'MSG_PEEK | MSG_DONTWAIT) == 1;', to: 'MSG_PEEK | MSG_DONTWAIT) == 2;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/line.c', what: 'a request that comes after we hung up is not refused',
		from: '\t(void)shutdown(l->fd, SHUT_RD);\n', to: '', tests: [DAEMON]
	},
	{
		file: 'src/daemon/line.c', what: 'half a request may take as long as it likes',
		from: '\tif (!large && now + LINE_PAUSE_US < l->late_us)\n', to: '\tif (0)\n', tests: [DAEMON]
	},
	{
		file: 'src/daemon/line.c', what: 'who speaks on behind a large request is served',
		from: 'v == JUDGE_BAD || l->judged.len - seen != (size_t)n ||', to: 'v == JUDGE_BAD || seen > l->judged.len ||', tests: [HOSTILE]
	},
	{
		file: 'src/daemon/line.c', what: 'a large request may be padding for the most part',
		from: 'if (l->judged.len > 2 * most + LINE_FRAME ||\n', to: 'if (\n', tests: [HOSTILE]
	},
	{
		file: 'src/daemon/places.c', what: 'large requests have places without end',
		from: 'return p->wanted > 0 && p->taken < PLACES_MOST;', to: 'return p->wanted > 0;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/places.c', what: 'a place that is left is not counted as free',
		from: '\tp->taken -= l->store != -1;\n', to: '', tests: [DAEMON]
	},
	{
		file: 'src/daemon/line.c', what: 'a large request waits in the kernel for its rest',
		from: 'l->judged.len >= LINE_FULL ||', to: '', tests: [DAEMON]
	},
	{
		file: 'src/daemon/line.c', what: 'a body in many pieces waits in the kernel for its rest',
		from: '++l->pieces >= LINE_PIECES;', to: '0;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/line.c', what: 'a large request that stands still keeps its place',
		from: 'l->late_us = earlier(l->late_us, now + LINE_STILL_US);', to: '', tests: [SLOW_BODIES]
	},
	{
		file: 'src/daemon/line.c', what: 'a body that was cut for its length has no end',
		from: 'if (is_beyond(l, most)) {', to: 'if (0) {', tests: [DAEMON]
	},
	{
		file: 'src/daemon/line.c', what: 'a large request is stored without looking at it',
		from: 'if (v == JUDGE_BAD || l->judged.len - seen', to: 'if (l->judged.len - seen', tests: [DAEMON]
	},
	{
		file: 'src/daemon/line.c', what: 'a large request is closed because the worker was busy',
		from: '\tl->late_us += away;\n', to: '', tests: [DAEMON]
	},
	{
		file: 'src/daemon/gate.c', what: 'one worker gets all connections that are kept',
		from: 'entrance_step_back(&g->entrance, now);', to: '(void)now;', tests: [SLOW_BODIES]
	},
	{
		file: 'src/daemon/entrance.c', what: 'a peer that says nothing is waited for',
		from: '(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof(in));', to: '(void)in;', tests: [DAEMON]
	},
	// board
	{
		file: 'src/daemon/board.c', what: 'a child can write on the pages before its own',
		from: '\tif ((mine == b->pages ||\n\t    munmap(b->pages, (size_t)(mine - b->pages)) == 0) &&', to: '\tif (', tests: [DAEMON]
	},
	{
		file: 'src/daemon/board.c', what: 'a child can write on the pages behind its own',
		from: ' &&\n\t    (mine + b->page == end ||\n\t    munmap(mine + b->page, (size_t)(end - mine) - b->page) == 0))', to: ')',
		tests: [DAEMON]
	},
	{
		file: 'src/daemon/child.c', what: 'children can write on the whole board',
		from: 'if (board_confine(&h.board, row) != ERR_OK)\n\t\treturn 1;', to: '', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/child.c', what: 'a child begins with the page of the one before',
		from: '\tmemset(slot, 0, sizeof(*slot));\n', to: '', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/child.c', what: 'one on trial serves before it is said',
		from: 'slot->go = !g->on_trial;', to: 'slot->go = 1;', tests: [THE_RELOAD, THE_MASTER]
	},
	{
		file: 'src/daemon/child.c', what: 'one on trial is not asked for its database',
		from: 'slot->look = g->on_trial;', to: 'slot->look = 0;', tests: [THE_RELOAD, THE_MASTER]
	},
	// crew: who is missing, who has died
	{
		file: 'src/daemon/crew.c', what: 'a child that is not there yet counts as ready',
		from: 'slot_of(w, c)->stage >= (int)least)\n\t\t\tn++;', to: 'slot_of(w, c)->stage >= 0 * (int)least)\n\t\t\tn++;',
		tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'children of another generation count',
		from: '(generation == CREW_ALL || c->generation == generation);', to: '(generation == CREW_ALL || c->generation > 0);',
		tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'a generation is whole without its couriers',
		from: '\tfor (kind = 0; kind < KINDS; kind++)\n\t\tif (crew_count(w, kind, g->number, least) <',
		to: '\tfor (kind = 0; kind < KIND_COURIER; kind++)\n\t\tif (crew_count(w, kind, g->number, least) <', tests: [DAEMON]
	},
	{
		file: 'src/daemon/crew.c', what: 'a courier’s word about its database counts',
		from: 'c->kind != KIND_COURIER &&\n\t\t    slot_of(w, c)->stage >= STAGE_OPEN', to: 'slot_of(w, c)->stage >= STAGE_OPEN',
		tests: [DAEMON]
	},
	{
		file: 'src/daemon/crew.c', what: 'children that die at once are replaced without any brake',
		from: 'int64_t wait = throttle_died(&g->throttle[kind], clock_mono_ms());', to: 'int64_t wait = 0 * kind;', tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'children that others killed are held back as well',
		from: 'WTERMSIG(status) == SIGKILL', to: 'WTERMSIG(status) == SIGQUIT', tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'one that has served enough counts as one that died young',
		from: 'status != 0 &&\n', to: '\n', tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'one that dies before it is ready is replaced without a brake',
		from: '\tif (stage == STAGE_BORN)\n\t\treturn 1;', to: '\tif (stage == STAGE_BORN)\n\t\treturn 0;', tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'one kind that dies young brakes all',
		from: 'missing = throttle_allow(&g->throttle[kind], clock_mono_ms(),', to: 'missing = throttle_allow(&g->throttle[0], clock_mono_ms(),',
		tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'what a child died of is not kept',
		from: '\t\tmemcpy(g->last_words, words, sizeof(words));', to: '\t\t(void)words;', tests: [DAEMON]
	},
	{
		file: 'src/daemon/crew.c', what: 'a death on trial is told as one that waits',
		from: 'if (!g->on_trial)', to: 'if (1)', why: 'only the log differs: a line about a next one that a trial does not have'
	},
	// crew: who has to go
	{
		file: 'src/daemon/child.c', what: 'a worker that does not leave is insisted on after 1000 s',
		from: 'INT64_C(1000) * h->conf->server.stop_timeout };', to: 'INT64_C(1000000) * h->conf->server.stop_timeout };', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'a worker that is asked to leave is insisted on at once',
		from: 'return waited >= c->patience_ms ? SIGTERM : SIGQUIT;', to: 'return waited >= 0 ? SIGTERM : SIGQUIT;',
		tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'a worker that does not hear SIGTERM is never killed',
		from: 'if (waited >= c->patience_ms + INSIST_MS)', to: 'if (0)', tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'a worker that does not hear SIGTERM is not killed when stopping at once',
		from: 'return now - w->hurry_ms < HURRY_MS ? SIGTERM : SIGKILL;', to: 'return SIGTERM;', tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'who is asked to leave is only told by a signal',
		from: '\t\tslot_of(w, c)->leave = 1;\n', to: '', tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'the generation in service is asked to leave with the old one',
		from: 'if (c->pid == 0 || c->generation == but)', to: 'if (c->pid == 0)', tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'a worker that is busy for too long is left alone',
		from: 'if (began <= 0 || now - began <= c->limit_ms)', to: 'if (began <= INT64_MAX)', tests: [DAEMON, THE_TIMEOUTS]
	},
	{
		file: 'src/daemon/crew.c', what: 'a worker is busy for too long at once',
		from: 'if (began <= 0 || now - began <= c->limit_ms)', to: 'if (began <= 0)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/crew.c', what: 'a courier that shows no sign of life is left alone',
		from: 'if (now - heard <= c->limit_ms)', to: 'if (now >= heard - c->limit_ms)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/crew.c', what: 'a courier that says it will beat in a thousand years is believed',
		from: '|| heard > now + c->limit_ms)', to: ')', tests: [DAEMON]
	},
	{
		file: 'src/daemon/crew.c', what: 'a courier that has not beaten yet is killed',
		from: 'if (heard < c->born_ms || heard', to: 'if (heard', tests: [DAEMON]
	},
	{
		file: 'src/daemon/crew.c', what: 'those on trial are not told to begin',
		from: '\t\t\tslot_of(w, c)->go = 1;\n', to: '', tests: [THE_MASTER, THE_RELOAD]
	},
	{
		file: 'src/daemon/crew.c', what: 'those on trial begin a second late',
		from: '\t\t\tslot_of(w, c)->go = 1;\n\t\t\t(void)kill(c->pid, SIGUSR1);', to: '\t\t\tslot_of(w, c)->go = 1;', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/crew.c', what: 'answers of before are believed',
		from: '\t\tif (anew)\n\t\t\tslot->database = DATABASE_UNKNOWN;', to: '\t\t(void)anew;', tests: [DAEMON, THE_RELOAD]
	},
	// trial
	{
		file: 'src/daemon/trial.c', what: 'a trial whose children die at once goes on',
		from: 'if (t->g.braked) {', to: 'if (0) {', tests: [DAEMON, THE_RELOAD]
	},
	{
		file: 'src/daemon/trial.c', what: 'a trial that is not complete is whole',
		from: 'if (is_complete(t, w, ret_why) && has_database', to: 'if (has_database', tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/trial.c', what: 'a trial without a database is whole',
		from: 'if (is_complete(t, w, ret_why) && has_database(t, w, old, ret_why))',
		to: '(void)has_database;\n\t(void)old;\n\tif (is_complete(t, w, ret_why))', tests: [DAEMON, THE_RELOAD]
	},
	{
		file: 'src/daemon/trial.c', what: 'a trial has no end',
		from: 'return clock_mono_ms() - t->began_ms >= limit ? VERDICT_LOST :\n\t    VERDICT_NONE;', to: 'return limit < 0 ? VERDICT_LOST : VERDICT_NONE;',
		tests: [DAEMON, THE_RELOAD]
	},
	{
		file: 'src/daemon/trial.c', what: 'without a database on either side nothing goes through',
		from: '\tif (there == 0)\n\t\treturn unknown == 0', to: '\tif (there == 0)\n\t\treturn 0 && unknown == 0', tests: [DAEMON, THE_RELOAD]
	},
	{
		file: 'src/daemon/trial.c', what: 'who has not answered yet does not reach it',
		from: '\tif (gone == 0)\n\t\treturn 0;\n\tif (!t->doubt', to: '\tif (!t->doubt',
		why: 'the verdict is the same; those in service are asked for nothing'
	},
	{
		file: 'src/daemon/trial.c', what: 'who has not answered yet reaches it',
		from: 'if (gone == 0 && unknown == 0)', to: 'if (gone == 0)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/trial.c', what: 'those in service are not asked for theirs',
		from: '\tcrew_look(w, old->number, anew);\n', to: '\t(void)anew;\n\t(void)old;\n', tests: [THE_RELOAD, DAEMON]
	},
	// worker
	{
		file: 'src/daemon/worker.c', what: 'a worker that has answered is taken to be busy, and killed',
		from: '\tw->slot->began_ms = 0;\n', to: '', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/worker.c', what: 'workers leave long before they have served enough',
		from: '(90 * 255 + 20 * r)', to: '(40 * 255 + 20 * r)', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/worker.c', what: 'a leaving worker says it is ready',
		from: 'w->doors->ctx.draining = is_leaving(w)', to: 'w->doors->ctx.draining = 0', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/worker.c', what: 'who had connected when the stop began is not served',
		from: 'while (w->slot->last && gate', to: 'while (0 && gate', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/worker.c', what: 'a worker does not count what it serves',
		from: 'w->left = w->left > (int64_t)n ? w->left - (int64_t)n : 0;', to: '(void)n;', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/worker.c', what: 'a worker that is asked to leave dies of the signal',
		from: '\ta.sa_handler = asked_to_leave;\n', to: '\ta.sa_handler = SIG_DFL;\n', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/worker.c', what: 'a kept connection is served after the worker was asked to leave',
		from: '\t    is_leaving(w));\n\tw->slot', to: '\t    0);\n\tw->slot', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/worker.c', what: 'one on trial serves without a word',
		from: '\t\tif (w->slot->go)\n\t\t\treturn 1;', to: '\t\treturn 1;', tests: [THE_RELOAD, THE_MASTER]
	},
	{
		file: 'src/daemon/worker.c', what: 'one on trial hears nothing but the word to begin',
		from: '\t\tif (w->slot->leave)\n\t\t\treturn 0;\n\t\tif (w->slot->go)', to: '\t\tif (w->slot->go)',
		why: 'a trial that is given up is killed, not asked to leave; and one that is asked while it waits is insisted on after stop_timeout'
	},
	{
		file: 'src/daemon/worker.c', what: 'whoever does not reach the database says it does',
		from: 'NULL) == ERR_OK ?\n\t    DATABASE_THERE : DATABASE_GONE',
		to: 'NULL) == ERR_OK ?\n\t    DATABASE_THERE : DATABASE_THERE', tests: [THE_RELOAD]
	},
	{
		file: 'src/daemon/worker.c', what: 'one that has served enough stays while somebody is half in',
		from: 'clock_mono_us() - w->last_us < OUT_US', to: '1', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/worker.c', what: 'one that has served enough lets nobody in any more',
		from: 'return w->left != 0 || (!gate_is_empty(w->gate) &&\n\t    clock_mono_us() - w->last_us < OUT_US);', to: 'return w->left != 0;',
		why: 'who comes meanwhile waits in the queue for the replacement, and the kept connections have their say all the same'
	},
	{
		file: 'src/daemon/worker.c', what: 'a courier on trial begins without a word',
		from: '\twhile (!slot->go && !slot->leave) {', to: '\twhile (0) {', tests: [DAEMON]
	},
	{
		file: 'src/daemon/worker.c', what: 'a courier does not beat',
		from: '\t((struct board_slot *)slot)->beat_ms = clock_mono_ms();', to: '\t(void)slot;', tests: [THE_WATCH, THE_TIMEOUTS]
	},
	// child
	{
		file: 'src/daemon/child.c', what: 'a child may be dumped and looked into',
		from: 'prctl(PR_SET_DUMPABLE, 0)', to: 'prctl(PR_SET_DUMPABLE, 1)', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/child.c', what: 'children outlive a master that is killed',
		from: 'prctl(PR_SET_PDEATHSIG, SIGTERM)', to: 'prctl(PR_SET_PDEATHSIG, 0)', tests: [THE_PROCESS]
	},
	{
		file: 'src/daemon/child.c', what: 'a child keeps the sockets of the other pools',
		from: 'close_range(FD_DOORBELL + 1, ~0U, 0)', to: 'close_range(FD_DOORBELL + 60, ~0U, 0)', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/child.c', what: 'a courier that waits for work is taken to be stuck',
		from: 'conf->courier.stuck_timeout + conf->courier.poll :', to: 'conf->courier.stuck_timeout :', tests: [DAEMON]
	},
	// master
	{
		file: 'src/daemon/master.c', what: 'SIGTERM does not hurry a stop that has begun',
		from: 'if (m->stop >= how)', to: 'if (m->stop != STOP_NO)', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/master.c', what: 'SIGQUIT stops at once',
		from: 'begin_stop(m, STOP_GRACEFUL)', to: 'begin_stop(m, STOP_NOW)', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/master.c', what: 'each SIGHUP makes a generation at once',
		from: 'clock_mono_ms() - m->reload_ms >= RELOAD_MS', to: '1', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/master.c', what: 'the old generation leaves before the new one is ready',
		from: 'if (crew_is_whole(&m->crew, &m->serving, STAGE_SERVING) ||', to: 'if (m->serving.number > 0 ||',
		why: 'whoever takes over has everything open already and serves milliseconds later; who connects meanwhile waits in the queue'
	},
	{
		file: 'src/daemon/master.c', what: 'the old generation stays',
		from: '\t\tcrew_dismiss(&m->crew, m->serving.number);', to: '\t\t(void)m->relieved;', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/master.c', what: 'should something have gone wrong since the trial, the old ones stay for ever',
		from: ' ||\n\t    clock_mono_ms() - m->taken_ms >= limit)', to: ' || limit < 0)', tests: [THE_RELOAD]
	},
	{
		file: 'src/daemon/master.c', what: 'all are told to be ready before they are',
		from: 'if (m->told_ready || m->trial.g.number != 0 ||\n\t    !crew_is_whole(&m->crew, &m->serving, STAGE_SERVING))',
		to: 'if (m->told_ready || m->trial.g.number != 0)', tests: [THE_MASTER, THE_RELOAD]
	},
	{
		file: 'src/daemon/master.c', what: 'all are ready while a generation is on trial',
		from: 'if (m->told_ready || m->trial.g.number != 0 ||', to: 'if (m->told_ready ||', tests: [THE_RELOAD]
	},
	{
		file: 'src/daemon/master.c', what: 'a stop leaves the files of the sockets',
		from: '\t\tlistener_unlink(&h->listener[i]);\n', to: '', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/master.c', what: 'who waits at a socket of systemd is not left to the next',
		from: "if (h->listener[i].path[0] != '\\0')", to: 'if (1)', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/master.c', what: 'the generation in service is not kept at strength while another is tried',
		from: '\tcrew_start_missing(&m->crew, &m->serving);\n\tif (m->trial',
		to: '\tif (m->trial.g.number == 0)\n\t\tcrew_start_missing(&m->crew, &m->serving);\n\tif (m->trial', tests: [THE_RELOAD]
	},
	{
		file: 'src/daemon/master.c', what: 'a reload does not wait for those who are still leaving',
		from: 'count_leaving(m) == 0 &&\n\t    clock_mono_ms()', to: 'clock_mono_ms()', tests: [THE_RELOAD]
	},
	{
		file: 'src/daemon/master.c', what: 'a trial that is given up leaves its children',
		from: '\tcrew_kill(&m->crew, m->trial.g.number);\n', to: '',
		why: 'its children are asked to leave as those of an old generation are; they are only not killed at once'
	},
	{
		file: 'src/daemon/master.c', what: 'a trial outlives the stop',
		from: '\tend_trial(m);\n\t/*\n\t * From', to: '\t/*\n\t * From',
		why: 'its children are asked to leave like all others; they are only not killed at once'
	},
	{
		file: 'src/daemon/master.c', what: 'a stop that takes its time does not ask for it',
		from: '\tif (is_patient(m))\n\t\tnotify_extend();', to: '\t(void)is_patient;', tests: [THE_RELOAD]
	},
	{
		file: 'src/daemon/master.c', what: 'the master does not look after who is stuck',
		from: '\t\tcrew_end_stuck(&m->crew);\n', to: '', tests: [THE_TIMEOUTS]
	},
	{
		file: 'src/daemon/master.c', what: 'a reload is not told as one',
		from: '\tif (m->told_ready)\n\t\tnotify_reloading();', to: '', tests: [THE_RELOAD]
	},
	// notify, status
	{
		file: 'src/daemon/notify.c', what: 'a service manager with an abstract name is not told',
		from: "a.sun_path[0] == '@'", to: "a.sun_path[0] == '#'", tests: [DAEMON]
	},
	{
		file: 'src/daemon/notify.c', what: 'a service manager with too long a name overflows',
		from: '>= sizeof(a.sun_path)', to: '>= 4096', tests: [DAEMON]
	},
	{
		file: 'src/daemon/notify.c', what: 'nobody hears that the master is alive',
		from: '\t\tnotify_tell("WATCHDOG=1");', to: '', tests: [DAEMON]
	},
	{
		file: 'src/daemon/notify.c', what: '"I am alive" comes too late',
		from: 'path == NULL ? 0 : patience / 2', to: 'path == NULL ? 0 : patience * 2', tests: [DAEMON]
	},
	{
		file: 'src/daemon/notify.c', what: 'time is asked for all the time',
		from: ' || now - extended_us < EXTEND_EVERY_US)', to: ')', tests: [DAEMON]
	},
	{
		file: 'src/daemon/status.c', what: 'the same is told again and again',
		from: '!b.full && !text_equal(b.data, told)', to: '!b.full', tests: [DAEMON]
	},
	{
		file: 'src/daemon/status.c', what: 'who is not ready counts',
		from: 'write_kinds(b, w, g, STAGE_SERVING);', to: 'write_kinds(b, w, g, STAGE_BORN);', tests: [DAEMON, THE_RELOAD]
	},
	// main, check
	{
		file: 'src/daemon/main.c', what: 'a socket that systemd handed over is not taken',
		from: 'n != getpid() || fds == NULL', to: 'n == getpid() || fds == NULL', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/listener.c', what: 'a second endpind that cannot have all sockets takes those that are left',
		from: 'if (e != ERR_OK)\n\t\t\tbreak;', to: '', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/listener.c', what: 'a start that fails leaves the sockets that it has made',
		from: 'while (e != ERR_OK && i-- > 0)', to: 'while (0 && i-- > 0)', tests: [DAEMON, THE_MASTER]
	},
	{
		file: 'src/daemon/main.c', what: 'nobody says that a socket stays as it is',
		from: '\t\tcompare_listeners(now->conf, fresh);', to: '\t\t(void)compare_listeners;', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/main.c', what: 'a reload is asked for whatever the configuration says',
		from: '\tcase ERR_INPUT:\n\t\tfputs(', to: '\tcase ERR_INPUT:\n\t\tif (a->reload != 0)\n\t\t\t(void)ask_to_reload(a->reload);\n\t\tfputs(',
		tests: ['system/reload.test.mjs']
	},
	{
		file: 'src/daemon/main.c', what: 'endpind runs as root',
		from: 'if (geteuid() == 0)', to: 'if (geteuid() == 1)', tests: [THE_PROCESS]
	},
	{
		file: 'src/daemon/main.c', what: 'a child may leave a core',
		from: '(void)setrlimit(RLIMIT_CORE, &none);', to: '(void)none;', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/main.c', what: 'a reload does not look at secrets and peers',
		from: 'if ((e = descriptors_check(fresh)) != ERR_OK ||\n\t    (e = check_config(fresh, &names)) != ERR_OK) {', to: 'names.peers = now->peers;\n\tif ((e = ERR_OK) != ERR_OK) {',
		tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/main.c', what: 'a start does not mind a bad secret',
		from: '\tcase ERR_INPUT:\n\t\tfputs(', to: '\tcase ERR_INPUT:\n\t\tif (!a->check)\n\t\t\treturn serve(&h, a, &names);\n\t\tfputs(',
		tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/listener.c', what: 'who waits for the hashers waits in a long queue',
		from: 'if (pool[i].serves & DUTY_PASSWORD)', to: 'if (0)', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/check.c', what: 'the secret of the webhook is not looked at',
		from: '&hook);\n\t/* Odd', to: '&hook) == ERR_OK ? ERR_OK : ERR_OK;\n\t/* Odd', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/check.c', what: 'the pepper is not looked at',
		from: 'bad |= check_pepper(c) != ERR_OK;', to: 'bad |= check_pepper(c) == ERR_INTERNAL;', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/check.c', what: 'the secret of Cello is not looked at',
		from: 'bad |= check_cello(c) != ERR_OK;', to: 'bad |= check_cello(c) == ERR_INTERNAL;', tests: [THE_MASTER]
	},
	{
		file: 'src/daemon/check.c', what: 'nobody waits for a name service that is silent: no end',
		from: 'if ((left = until_us - clock_mono_us()) < 0)', to: 'if ((left = until_us - clock_mono_us()) < -3600000000)', tests: [DAEMON]
	},
	{
		file: 'src/daemon/check.c', what: 'one that crashes over a name is taken for one that is done',
		from: 'return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? heard :', to: 'return heard == ERR_OK ? heard :',
		why: 'who ends by a signal has not said everything: what was heard of it is an error already'
	}
];
