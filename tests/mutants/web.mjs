// SPDX-License-Identifier: MIT

const WEB = 'unit/test_web';
const THE_DOORS = 'system/doors.test.mjs';
const KEPT = 'system/kept.test.mjs';

export default [
	{
		file: 'src/web/keep.c', what: 'a page that is fetched in advance is a visit',
		from: 'text_begins(q->sec_purpose, "prefetch")', to: '0', tests: [WEB, THE_DOORS]
	},
	{
		file: 'src/web/page.c', what: 'inline scripts may run where passwords are given',
		from: '{ "/login", "login.html", 0 },', to: '{ "/login", "login.html", 1 },', tests: [WEB, 'browser/harsh.test.mjs']
	},
	{
		file: 'src/web/page.c', what: 'the page of the component has the policy of all',
		from: '{ "/account", "account.html", 1 }', to: '{ "/account", "account.html", 0 }', tests: [WEB, 'browser/harsh.test.mjs']
	},
	{
		file: 'src/web/csp.c', what: 'every page allows what the component needs',
		from: 'boots && conf->cello.enabled &&', to: 'conf->cello.enabled &&', tests: [WEB, 'browser/harsh.test.mjs']
	},
	{
		file: 'src/web/csp.c', what: 'what is inline cannot be forbidden',
		from: 'conf->cello.allow_inline ?', to: '1 ?', tests: [WEB, 'browser/harsh.test.mjs']
	},
	{
		file: 'src/web/keep.c', what: 'a robot’s HEAD is a visit',
		from: 'q->method != GET || ', to: '', tests: [WEB, THE_DOORS]
	},
	{
		file: 'src/web/keep.c', what: 'whatever the link has is kept as its code',
		from: 'if (e != ERR_OK || !ucc_ok(offered))', to: 'if (e != ERR_OK)', tests: [WEB, THE_DOORS]
	},
	{
		file: 'src/web/keep.c', what: 'the cookie of the code goes over the wire in the clear',
		from: '.plain = !config_is_https(c->app->conf) };', to: '.plain = 1 };', tests: [WEB]
	},
	{
		file: 'src/web/keep.c', what: 'a script cannot read the code',
		from: 'UCC_COOKIE, offered, 1);', to: 'UCC_COOKIE, offered, 0);', tests: [WEB]
	},
	{
		file: 'src/web/keep.c', what: 'a code is kept without the consent that is asked for',
		from: '\tif (!has_consent(&c->app->conf->referral, q))\n\t\treturn;\n', to: '', tests: [KEPT]
	},
	{
		file: 'src/web/forward.c', what: '/r leads to whatever begins with an origin that is named',
		from: " &&\n\t    (url[len] == '\\0' || strchr(\"/?#\", url[len]) != NULL);", to: ';', tests: [KEPT]
	},
	{
		file: 'src/web/forward.c', what: '/r leads to a host behind two slashes',
		from: " && to[1] != '/'", to: '', tests: [KEPT]
	},
	{
		file: 'src/web/page.c', what: 'going back in a browser fetches the page again',
		from: '\tresp_header(p, "Cache-Control", "no-cache");\n', to: '', tests: [WEB]
	},
	{
		file: 'src/web/page.c', what: 'a page that is missing is an empty one',
		from: '\tif (e != ERR_OK) {\n\t\tpages_close(s);\n\t\treturn NULL;\n\t}', to: '', tests: [WEB]
	}
];
