// SPDX-License-Identifier: MIT

const BASE_JSON = 'unit/test_base_json';
const BASE = 'unit/test_base';
const METER = 'unit/test_base_meter';
const TURNS = 'unit/test_base_turns';

export default [
	{
		file: 'src/base/json_write.c', what: 'DEL among eight bytes goes into the log as it is',
		from: ' &&\n\t    has_zero(word ^ EACH * 0x7f) == 0', to: '', tests: [BASE_JSON]
	},
	{
		file: 'src/base/json_write.c', what: 'a control character among eight bytes goes into the log as it is',
		from: '((word - EACH * 0x20) | word)', to: '(word)', tests: [BASE_JSON]
	},
	{
		file: 'src/base/json_write.c', what: 'DEL goes into the log as it is',
		from: 'c >= 0x20 && c < 0x7f', to: 'c >= 0x20 && c < 0x80', tests: [BASE_JSON]
	},
	{
		file: 'src/base/json_write.c', what: 'a line break goes into the log as it is',
		from: 'return c >= 0x20 &&', to: "return (c >= 0x20 || c == '\\n') &&", tests: [BASE_JSON]
	},
	{
		file: 'src/base/json_write.c', what: 'bytes that are no UTF-8 are written',
		from: 'buf_text(b, REPLACEMENT);', to: 'buf_char(b, (char)c);', tests: [BASE_JSON]
	},
	{
		file: 'src/base/log.c', what: 'a line is longer than a pipe writes at once',
		from: '#define MESSAGE_MAX\t512', to: '#define MESSAGE_MAX\t2048', tests: [BASE]
	},
	{
		file: 'src/base/log.c', what: 'whoever writes to a socket that nobody reads waits',
		from: 'MSG_DONTWAIT | MSG_NOSIGNAL', to: 'MSG_NOSIGNAL', tests: ['unit/test_base_log']
	},
	{
		file: 'src/base/log.c', what: 'whoever shares the pipe does not wait any more either',
		from: 'if (fd != -1) {\n\t\t(void)dup2', to: 'if (fd == -2) {\n\t\t(void)dup2', tests: ['unit/test_base_log']
	},
	{
		file: 'src/base/log.c', what: 'a pipe that may not be opened anew is waited for',
		from: '} else if (S_ISFIFO(st.st_mode))', to: '} else if (0)', tests: ['system/logreader.test.mjs']
	},
	{
		file: 'src/base/log.c', what: 'a torn line spoils the next',
		from: 'is_torn = (size_t)n < b->len', to: 'is_torn = 0', tests: ['unit/test_base_log']
	},
	{
		file: 'src/base/log.c', what: 'lost lines are not counted',
		from: 'if (!line_write(w))\n\t\t++*lost;', to: '(void)!line_write(w);', tests: ['unit/test_base_log']
	},
	{
		file: 'src/base/log.c', what: 'a warning overtakes the access lines that are held',
		from: '\theld_write();\n\tif (!line_write(w))', to: '\tif (!line_write(w))', tests: [BASE]
	},
	{
		file: 'src/base/log.c', what: 'lines that are held are longer than a pipe writes at once',
		from: 'if (held.len + line.len > LINE_MAX_BYTES)', to: 'if (held.len + line.len > 2 * LINE_MAX_BYTES)', tests: [BASE]
	},
	{
		file: 'src/base/log.c', what: 'what is not worth it is logged',
		from: 'if (level < least)', to: 'if (0)', tests: [BASE]
	},
	{
		file: 'src/base/log.c', what: 'a request is still named when it is over',
		from: 'text_cut(id, request, sizeof(request));', to: 'if (id != NULL)\n\t\ttext_cut(id, request, sizeof(request));', tests: [BASE]
	},
	{
		file: 'src/base/buf.c', what: 'a buffer grows beyond its ceiling',
		from: 'more > b->max - b->len', to: 'more > 2 * b->max - b->len', tests: [BASE]
	},
	{
		file: 'src/base/buf.c', what: 'what did not fit is followed by what fits',
		from: 'b->full || more', to: 'more', tests: [BASE]
	},
	{
		file: 'src/base/slots.c', what: 'who holds a slot does not keep others out',
		from: 's, i, F_WRLCK', to: 's, i, F_RDLCK', tests: [BASE]
	},
	{
		file: 'src/base/slots.c', what: 'a slot is not given back',
		from: '(void)lock_byte(s, s->held, F_UNLCK);', to: '(void)0;', tests: [BASE]
	},
	{
		file: 'src/base/slots.c', what: 'a slot that is taken is not waited for',
		from: 'clock_mono_us() < until)', to: 'clock_mono_us() < until - 60000000)', tests: [BASE]
	},
	{
		file: 'src/base/slots.c', what: 'who stands still is waited for',
		from: 'if (is_late(s, i) && count < s->most)', to: 'if (0)', tests: [BASE]
	},
	{
		file: 'src/base/slots.c', what: 'who stands still is made up for without an end',
		from: '2 * count + 1;', to: '20 * count + 1;', tests: [BASE]
	},
	{
		file: 'src/base/slots.c', what: 'what one who died has noted is believed of the next',
		from: 'return since == before;', to: 'return 1;', tests: [BASE]
	},
	{
		file: 'src/base/slots.c', what: 'a slow machine is given more to do',
		from: ' || held < LATE * usual_us(s)', to: '', tests: [BASE]
	},
	{
		file: 'src/base/slots.c', what: 'who gives a slot back is faster than who waits for it',
		from: 'leave_one = another_is_next(s)', to: 'leave_one = 0 * another_is_next(s)', tests: [BASE]
	},
	{
		file: 'src/base/slots.c', what: 'who is the next keeps all that are free',
		from: '\t\t\tleave_one = 0;\n', to: '', tests: [BASE]
	},
	{
		file: 'src/base/slots.c', what: 'who stands still is the next for ever',
		from: 'llabs(clock_mono_us() - said) < NEXT_US', to: '1', tests: [BASE]
	},
	{
		file: 'src/base/slots.c', what: 'who has had a slot is the next still',
		from: '\t\tnumber_write(s, AT_NEXT, 0);', to: '\t\tnumber_write(s, AT_NEXT, s->next_us);', tests: [BASE]
	},
	{
		file: 'src/base/turns.c', what: 'a network has as many turns as it has connections',
		from: 'if (us > r.latest_us)', to: 'if (0)', tests: [TURNS]
	},
	{
		file: 'src/base/turns.c', what: 'an account has as many turns as guess at it',
		from: 'r.latest_us = last(t, ACCOUNT, c->account, now_us);', to: 'r.latest_us = 0;', tests: [TURNS]
	},
	{
		file: 'src/base/turns.c', what: 'strangers wait as long as anybody known does',
		from: '>= TURNS_KNOWN;', to: '> TURNS_KNOWN;', tests: [TURNS]
	},
	{
		file: 'src/base/turns.c', what: 'who is known waits like a stranger',
		from: 'c->is_known == strangers,', to: 'c->is_known < strangers,', tests: [TURNS]
	},
	{
		file: 'src/base/turns.c', what: 'guesses of strangers use up the turn of who is known',
		from: 'atomic_store(place(t, ACCOUNT, c->account), now_us);', to: 'atomic_store(place(t, KNOWN, c->account), now_us);', tests: [TURNS]
	},
	{
		file: 'src/base/turns.c', what: 'a turn of before a boot keeps somebody waiting',
		from: 'us > now_us + MOMENT_US ||', to: '', tests: [TURNS]
	},
	{
		file: 'src/base/turns.c', what: 'the last to come has to go, and not one of the crowd',
		from: 'size != most', to: '0', tests: [TURNS]
	},
	{
		file: 'src/base/turns.c', what: 'who is known has to go before strangers',
		from: 'is_worse = claim[worst].is_known;', to: 'is_worse = claim[i].is_known;', tests: [TURNS]
	},
	{
		file: 'src/base/text.c', what: 'a number that does not fit is another number',
		from: 'digit > max || value > (max - digit) / 10', to: 'digit > max', tests: [BASE]
	},
	{
		file: 'src/base/text.c', what: 'of eight bytes looked at together one may be anything',
		from: '0x8080808080808080', to: '0x0080808080808080', tests: [BASE]
	},
	{
		file: 'src/base/text.c', what: 'a surrogate is a character',
		from: 'high = 0x9f;', to: 'high = 0xbf;', tests: [BASE]
	},
	{
		file: 'src/base/json.c', what: 'JSON of any depth is parsed',
		from: 'if (++depth > JSON_DEPTH)', to: 'if (++depth > 100000)', tests: [BASE_JSON]
	},
	{
		file: 'src/base/json_scan.c', what: 'an escaped quote ends a string',
		from: 'if (++at == end)\n\t\t\tbreak;', to: '', tests: [BASE_JSON]
	},
	{
		file: 'src/base/json_scan.c', what: 'what is inside of another object counts',
		from: '== 0)\n\t\treturn skip_value(s);', to: '== 0) {\n\t\t(void)skip_value;\n\t\tnear = s->near;\n\t\tname.len = 0;\n\t\ts->path_len -= s->path_len > 0;\n\t}', tests: [BASE_JSON]
	},
	{
		file: 'src/base/json_mend.c', what: 'half a surrogate pair is kept',
		from: 'return unit <= 0 || is_low(unit) ? 0 : 6;', to: 'return unit <= 0 ? 0 : 6;', tests: [BASE_JSON]
	},
	{
		file: 'src/base/json_mend.c', what: 'an escape that is mended swallows what is behind it',
		from: 'len = unit_at(m->at) != -1 ? 6 :', to: 'len = unit_at(m->at) != -1 ? 12 :', tests: [BASE_JSON]
	},
	{
		file: 'src/base/json_mend.c', what: 'of a character behind a backslash the rest stays, which is none',
		from: '1 + character_length(m->at + 1)', to: '1 + (character_length(m->at + 1) > 0)', tests: [BASE_JSON]
	},
	{
		file: 'src/base/json_mend.c', what: 'a number that does not fit makes all of it unreadable',
		from: 'if (bare_fits(m->at, len))', to: 'if (bare_fits(m->at, len) || len > 0)', tests: [BASE_JSON]
	},
	{
		file: 'src/base/json_scan.c', what: 'a name that begins as one that is wanted is that one',
		from: "strcspn(path, \".\") == name->len", to: "strcspn(path, \".\") <= name->len", tests: [BASE_JSON, 'unit/test_stripe_event']
	},
	{
		file: 'src/base/json_scan.c', what: 'a byte order mark is the end',
		from: 's.at += mark;', to: 's.at += 0 * mark;', tests: [BASE_JSON, 'unit/test_stripe_event']
	},
	{
		file: 'src/base/text.c', what: 'a NUL is kept in a text',
		from: "n = s[at] == '\\0' ? 0 : utf8_sequence", to: 'n = utf8_sequence', tests: ['unit/test_billing_objects']
	},
	{
		file: 'src/base/random.c', what: 'an id says that it is not random',
		from: '(b[6] & 0x0f) | 0x40', to: '(b[6] & 0x0f) | 0x10', tests: [BASE]
	},
	{
		file: 'src/base/random.c', what: 'random bytes are what was there',
		from: 'n = getrandom(b, len, 0);', to: 'n = (ssize_t)len;', tests: [BASE]
	},
	{
		file: 'src/base/allowance.c', what: 'one more than is allowed at once',
		from: '(a->most - 1) * a->every_us', to: 'a->most * a->every_us', tests: [BASE]
	},
	{
		file: 'src/base/meter.c', what: 'one more than the figure is let in at once',
		from: 'if (left > (most - 1) * every)', to: 'if (left > most * every)', tests: [METER]
	},
	{
		file: 'src/base/meter.c', what: 'nothing comes back within the minute',
		from: 'return left < WINDOW ? left : WINDOW;', to: 'return left > 0 ? WINDOW : 0;', tests: [METER]
	},
	{
		file: 'src/base/meter.c', what: 'a time that cannot be is believed',
		from: 'if (left > WINDOW + BEHIND)\n\t\treturn 0;', to: '', tests: [METER]
	},
	{
		file: 'src/base/meter.c', what: 'who asks a moment late makes its own count forgotten',
		from: 'left > WINDOW + BEHIND', to: 'left > WINDOW', tests: [METER]
	},
	{
		file: 'src/base/meter.c', what: 'who is refused hears that it is now',
		from: '(ticks + second - 1) / second', to: 'ticks / second', tests: [METER]
	},
	{
		file: 'src/base/meter.c', what: 'all of a row are one',
		from: 'if (word >> UNTIL_BITS == tag) {', to: 'if (word != 0 && tag != 0) {', tests: [METER]
	},
	{
		file: 'src/base/meter.c', what: 'who does not fit pays for whom they replace',
		from: 'left = was >> UNTIL_BITS == tag ? ahead(was, now) : 0;', to: 'left = ahead(was, now);', tests: [METER]
	},
	{
		file: 'src/base/meter.c', what: 'what is asked for makes no difference',
		from: '(m->seed ^ what) ^ who)', to: '(m->seed ^ (what & 0)) ^ who)', tests: [METER]
	},
	{
		file: 'src/base/shared.c', what: 'each process counts for itself',
		from: 'MAP_SHARED', to: 'MAP_PRIVATE', tests: [METER]
	},
	{
		file: 'src/base/meter.c', what: 'who is counted at the same moment is counted once',
		from: 'if (atomic_compare_exchange_strong(place, &was, next))\n', to: 'atomic_store(place, next);\n\t\tif (was != next)\n', tests: [METER]
	},
	{
		file: 'src/base/network.c', what: 'the bits of a network are one less',
		from: 'i < whole->bits; i++)', to: 'i + 1 < whole->bits; i++)', tests: [METER]
	},
	{
		file: 'src/base/network.c', what: 'a network may have bits behind those that count',
		from: 'if (bit_of(&n, i))\n', to: 'if (0)\n', tests: [METER]
	},
	{
		file: 'src/base/network.c', what: 'each address of IPv6 is somebody else',
		from: 'is_v4(address) ? 8 : 0', to: 'is_v4(address) || address->bits > 0 ? 8 : 0', tests: [METER]
	}
];
