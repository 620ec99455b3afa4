// SPDX-License-Identifier: MIT

const CONF_SECRET = 'unit/test_conf_secret';
const CONF = 'unit/test_conf';
const APP_CONFIG = 'unit/test_app_config';

export default [
	// secrets
	{
		file: 'src/conf/secret.c', what: 'a secret that others can read is read',
		from: '(st.st_mode & 007) != 0', to: '(st.st_mode & 000) != 0', tests: [CONF_SECRET]
	},
	{
		file: 'src/conf/secret.c', what: 'a comment is a secret',
		from: "if (from == to || text[from] == '#')", to: 'if (from == to)', tests: [CONF_SECRET]
	},
	{
		file: 'src/conf/secret.c', what: 'a secret with a NUL inside is cut',
		from: "if (memchr(text, '\\0', len) != NULL)", to: 'if (0)', tests: [CONF_SECRET]
	},
	// the reader
	{
		file: 'src/conf/reader.c', what: 'an option may be set twice',
		from: 'if (before && !r->override)', to: 'if (0 && before)', tests: [CONF]
	},
	{
		file: 'src/conf/reader.c', what: 'an option that must be set may be missing',
		from: 'if (!seen_before(r, o, base))', to: 'if (0)', tests: [APP_CONFIG]
	},
	{
		file: 'src/conf/reader.c', what: 'an option of one chapter counts as set in all',
		from: 'r->seen[i].option == o && r->seen[i].base == base', to: 'r->seen[i].option == o', tests: [APP_CONFIG, CONF]
	},
	{
		file: 'src/conf/reader.c', what: 'a section that there is not is passed over',
		from: 'reader_complain(r, "there is no section [%s]", section);', to: '(void)section;', tests: [CONF, APP_CONFIG]
	},
	{
		file: 'src/conf/reader.c', what: 'an option that there is not is passed over',
		from: 'complain_unknown(r, first, section, name);', to: '(void)complain_unknown;', tests: [CONF, APP_CONFIG]
	},
	{
		file: 'src/conf/reader.c', what: 'what is not meant at all is suggested',
		from: '#define GUESS_MOST\t4', to: '#define GUESS_MOST\t40', tests: [CONF, APP_CONFIG]
	},
	{
		file: 'src/conf/reader.c', what: 'an override ends at its first dot',
		from: "if (*p == '.')\n\t\t\tdot = p;", to: "if (*p == '.' && dot == NULL)\n\t\t\tdot = p;",
		why: 'no section and no option has a dot in its name: only the complaint is another'
	},
	{
		file: 'src/conf/reader.c', what: 'an override is set before the file',
		from: '\tlayout_begin(layout, whole);\n\tread_file(&r);\n\tr.override = 1;',
		to: '\tread_file(&r);\n\tlayout_begin(layout, whole);\n\tr.override = 1;', tests: [CONF, APP_CONFIG]
	},
	{
		file: 'src/conf/reader.c', what: 'the usual sections are there beside those of the file',
		from: 'if (ch->usual == NULL || chapter_count(ch, r->whole) > 0)', to: 'if (ch->usual == NULL)', tests: [APP_CONFIG]
	},
	{
		file: 'src/conf/reader.c', what: 'any name of a section will do',
		from: 'if (!name_ok(name)) {', to: 'if (0 && !name_ok(name)) {', tests: [APP_CONFIG, CONF]
	},
	{
		file: 'src/conf/reader.c', what: 'a fault in a line is not counted',
		from: '\tr->bad = 1;\n', to: '', tests: [CONF, APP_CONFIG]
	},
	// the layout
	{
		file: 'src/conf/layout.c', what: 'there is room for one more than there is room for',
		from: 'if (*count == ch->most)', to: 'if (*count > ch->most)', tests: [APP_CONFIG]
	},
	{
		file: 'src/conf/layout.c', what: 'an element begins without its defaults',
		from: '\t*name_of(element) = mem_text(name);\n\tbegin(ch, element);\n\treturn element;\n}\n\nvoid *\nchapter_sample',
		to: '\t*name_of(element) = mem_text(name);\n\treturn element;\n}\n\nvoid *\nchapter_sample', tests: [APP_CONFIG]
	},
	{
		file: 'src/conf/layout.c', what: 'what a name decides is not decided',
		from: 'if (ch->begin != NULL)', to: 'if (0)', tests: [APP_CONFIG]
	},
	{
		file: 'src/conf/layout.c', what: 'a second chapter of a section has a head of its own',
		from: '!text_equal(ch[-1].name, ch->name))', to: '1)', tests: [APP_CONFIG]
	},
	{
		file: 'src/conf/layout.c', what: 'a section is found by another name',
		from: 'if (text_equal(*name_of(chapter_base(ch, whole, i)), name))', to: 'if (i == 0)', tests: [APP_CONFIG]
	},
	// options
	{
		file: 'src/conf/option_set.c', what: 'the public origin may be http on any machine',
		from: 'text_begins(text, "http://") && is_loopback(text + 7)', to: 'text_begins(text, "http://")', tests: [CONF, APP_CONFIG]
	},
	{
		file: 'src/conf/option_set.c', what: 'a pool may listen on any address',
		from: 'text_begins(text, "127.0.0.1:")', to: 'text_begins(text, "0.0.0.0:")', tests: [CONF, APP_CONFIG]
	}
];
