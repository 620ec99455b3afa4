// SPDX-License-Identifier: MIT

const UNIT = ['unit/test_base'];
const JSON = ['unit/test_base_json'];
const CONFIG = ['unit/test_base_config'];

export default [
	{
		file: 'src/base/json_write.c', what: 'DEL goes into the log as it is',
		from: 'c < 0x20 || c >= 0x7f ||', to: 'c < 0x20 || c >= 0x80 ||', tests: JSON
	},
	{
		file: 'src/base/json_write.c', what: 'a line break goes into the log as it is',
		from: 'c < 0x20 ||', to: "(c < 0x20 && c != '\\n') ||", tests: JSON
	},
	{
		file: 'src/base/json_write.c', what: 'bytes that are no UTF-8 are written',
		from: 'buf_text(b, REPLACEMENT);', to: 'buf_char(b, (char)c);', tests: JSON
	},
	{
		file: 'src/base/log.c', what: 'a line is longer than a pipe writes at once',
		from: '#define MESSAGE_MAX	512', to: '#define MESSAGE_MAX	2048', tests: UNIT
	},
	{
		file: 'src/base/log.c', what: 'what is not worth it is logged',
		from: 'if (level < least)', to: 'if (0)', tests: UNIT
	},
	{
		file: 'src/base/log.c', what: 'a request is still named when it is over',
		from: 'if (id == NULL)\n		id = "";', to: 'if (id == NULL)\n		return;', tests: UNIT
	},
	{
		file: 'src/base/buf.c', what: 'a buffer grows beyond its ceiling',
		from: 'more > b->max - b->len', to: 'more > 2 * b->max - b->len', tests: UNIT
	},
	{
		file: 'src/base/buf.c', what: 'what did not fit is followed by what fits',
		from: 'b->full || more', to: 'more', tests: UNIT
	},
	{
		file: 'src/base/secret.c', what: 'a secret that others can read is read',
		from: '(st.st_mode & 007) != 0', to: '(st.st_mode & 000) != 0', tests: UNIT
	},
	{
		file: 'src/base/secret.c', what: 'a comment is a secret',
		from: "if (from == to || text[from] == '#')", to: 'if (from == to)', tests: UNIT
	},
	{
		file: 'src/base/secret.c', what: 'a secret with a NUL inside is cut',
		from: "if (memchr(text, '\\0', len) != NULL)", to: 'if (0)', tests: UNIT
	},
	{
		file: 'src/base/slots.c', what: 'who holds a slot does not keep others out',
		from: 's, i, F_WRLCK', to: 's, i, F_RDLCK', tests: UNIT
	},
	{
		file: 'src/base/slots.c', what: 'a slot is not given back',
		from: '(void)lock_byte(s, s->held, F_UNLCK);', to: '(void)0;', tests: UNIT
	},
	{
		file: 'src/base/slots.c', what: 'a slot that is taken is not waited for',
		from: 'clock_mono_us() < until)', to: 'clock_mono_us() < until - 60000000)', tests: UNIT
	},
	{
		file: 'src/base/text.c', what: 'a number that does not fit is another number',
		from: 'digit > max || value > (max - digit) / 10', to: 'digit > max', tests: UNIT
	},
	{
		file: 'src/base/text.c', what: 'a surrogate is a character',
		from: 'high = 0x9f;', to: 'high = 0xbf;', tests: UNIT
	},
	{
		file: 'src/base/json_scan.c', what: 'JSON of any depth is read',
		from: 'JSON_DEPTH', to: '100000', tests: JSON
	},
	{
		file: 'src/base/config.c', what: 'an option may be set twice',
		from: 'if (before && !r->override)', to: 'if (0 && before)', tests: CONFIG
	},
	{
		file: 'src/base/option_set.c', what: 'the public origin may be http on any machine',
		from: 'text_begins(text, "http://") && is_loopback(text + 7)', to: 'text_begins(text, "http://")', tests: CONFIG
	},
	{
		file: 'src/base/option_set.c', what: 'a pool may listen on any address',
		from: 'text_begins(text, "127.0.0.1:")', to: 'text_begins(text, "0.0.0.0:")', tests: CONFIG
	}
];
