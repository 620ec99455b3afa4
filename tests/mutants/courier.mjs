// SPDX-License-Identifier: MIT

const COURIER = 'unit/test_courier';
const THE_COURIER = 'system/courier.test.mjs';

export default [
	{
		file: 'src/courier/courier.c', what: 'a courier does not wake for what gets due',
		from: 'if (due < ms)\n', to: 'if (0)\n', tests: [COURIER, THE_COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'a courier waits for the last kind that gets due, not the next',
		from: 'if (due < ms)\n', to: 'if (1)\n',
		tests: [COURIER, THE_COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'a courier waits after each object',
		from: 'case DONE:\n\t\treturn 0;', to: 'case DONE:\n\t\treturn WAIT_TROUBLE_MS;', tests: [COURIER, THE_COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'calls wait for all objects',
		from: '\t\tif (one == DONE || all == DONE_NONE)\n\t\t\tall = one;', to: '\t\tif (one == DONE || all == DONE_NONE)\n\t\t\tall = one;\n\t\tif (one == DONE)\n\t\t\tbreak;', tests: [COURIER, THE_COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'the bell is not taken off: it rings for ever',
		from: 'doorbell_drain(*doorbell);', to: '(void)doorbell_drain;', tests: [COURIER, THE_COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'lanes are not gone through in turn: one that is never empty keeps the others out',
		from: 'look.lane[r->at++]', to: 'look.lane[r->at]', tests: [COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'one kind in trouble stops the rest',
		from: '\t\tif (one == DONE || all == DONE_NONE)\n\t\t\tall = one;', to: '\t\tif (one == DONE || all == DONE_NONE)\n\t\t\tall = one;\n\t\tif (one == DONE_TROUBLE)\n\t\t\tbreak;', tests: [COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'a database that does not answer is asked all the time',
		from: 'case DONE_TROUBLE:\n\t\treturn WAIT_TROUBLE_MS;', to: 'case DONE_TROUBLE:\n\t\treturn 0;', tests: [COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'another courier that was faster ends the round',
		from: '\t\t\tcontinue;\t/* another courier was faster */', to: '\t\t\treturn DONE_NONE;\t/* another courier was faster */',
		why: 'it goes on with the next lane ten milliseconds later'
	},
	{
		file: 'src/courier/courier.c', what: 'a bell whose other end is gone rings for ever',
		from: '\telse\n\t\t*doorbell = -1;', to: '', tests: [COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'a courier that works does not beat',
		from: '\t\tapp_beat(c->app);\n', to: '', tests: [COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'a list that is put off for long holds up whoever could be read meanwhile',
		from: 'r->look.next_ms <= r->job->kind->lease * INT64_C(1000)', to: 'r->job->kind->lease > 0', tests: [COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'every ring is answered alone',
		from: 'if (deaf_ms > 0)', to: 'if (0)', tests: [COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'errands are done before it is noted which way purchases go',
		from: '\t\treturn WAIT_TROUBLE_MS;\n\tc->is_noted', to: '\t\tc->is_noted = 0;\n\tc->is_noted', tests: [COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'purchases go the configured way only since that could be noted',
		from: '(c->looked_us - c->began_us)', to: '(c->looked_us - c->looked_us)', tests: [COURIER]
	},
	{
		file: 'src/courier/courier.c', what: 'without its key a courier begins',
		from: 'if ((c.app = app_open(conf, &role)) == NULL)\n\t\treturn EXIT_FAILURE;',
		to: 'if ((c.app = app_open(conf, &role)) == NULL)\n\t\treturn EXIT_SUCCESS;', tests: [COURIER]
	}
];
