// SPDX-License-Identifier: MIT

export default [
	{
		file: 'src/ctl/endpoint.c', what: 'with a key of another account an endpoint is made there',
		from: 'text_equal(account, named) ? CTL_OK :', to: '1 ? CTL_OK :', tests: ['system/endpoint.test.mjs']
	},
	{
		file: 'src/ctl/endpoint.c', what: 'what was made and never finished stays beside the next',
		from: 'for (i = 0; i < j->count && status == CTL_OK; i++)\n\t\tstatus = take_away(j, &j->found[i]);\n\treturn status;\n}\n\n/* Has',
		to: 'for (i = j->count; i < j->count; i++)\n\t\tstatus = take_away(j, &j->found[i]);\n\treturn status;\n}\n\n/* Has', tests: ['system/endpoint.test.mjs']
	},
	{
		file: 'src/ctl/endpoint.c', what: 'an endpoint says that its secret is stored before it is',
		from: '\tkeep(j, secret);\n', to: '', tests: ['system/endpoint.test.mjs']
	},
	{
		file: 'src/ctl/endpoint.c', what: 'the former endpoint goes before anybody believes the new one',
		from: '*ret_has |= text_equal(rows[i].value, name);', to: '*ret_has = 1;', tests: ['system/endpoint.test.mjs']
	},
	{
		file: 'src/ctl/endpoint.c', what: 'an answer that was lost is asked for under another key: two endpoints',
		from: 'stripe_reply_done(&r);\n\t\te = endpoint_create', to: 'stripe_reply_done(&r);\n\t\trandom_uuid(key);\n\t\te = endpoint_create', tests: ['system/endpoint.test.mjs']
	}
];
