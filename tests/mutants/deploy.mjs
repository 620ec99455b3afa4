// SPDX-License-Identifier: MIT

const THE_AUTH = 'system/auth.test.mjs';
const BESIDE = 'system/beside.test.mjs';
const SETUP = 'system/setup.test.mjs';

export default [
	{
		file: 'deploy/nginx/endpin-api.conf.in', what: 'a client may name itself',
		from: 'if ($endpin_forged) {\n\treturn 400;\n}\n', to: '', tests: [THE_AUTH]
	},
	{
		file: 'deploy/nginx/endpin.conf.in', what: 'a client may name its features',
		from: '$http_x_endpin_features', to: '', tests: [THE_AUTH]
	},
	{
		file: 'deploy/apache/endpin-api.conf.in', what: 'a client may name its limits, with an underscore',
		from: 'RequestHeader unset X_Endpin_Limits early\n', to: '', tests: [THE_AUTH]
	},
	{
		file: 'deploy/nginx/endpin-api.conf.in', what: 'a site\'s own page for bad days lets everybody in',
		from: '"@webprefix@/auth";\n\terror_page\t\t502 504 = @endpin_page_away;\n', to: '"@webprefix@/auth";\n', tests: [THE_AUTH]
	},
	{
		file: 'deploy/apache/endpin-api.conf.in', what: 'a client may name itself, with an underscore',
		from: 'RequestHeader unset X_Endpin_Account early\n', to: '', tests: [THE_AUTH]
	},
	{
		file: 'deploy/nginx/endpin-answers.conf', what: 'endpin being away is the product\'s mistake',
		from: 'error_page\t\t500 = @endpin_unknown;\n', to: '', tests: [THE_AUTH]
	},
	{
		file: 'deploy/nginx/endpin-answers.conf', what: 'who does not pay is left standing',
		from: 'error_page\t\t403 = @endpin_pricing;\n', to: '', tests: [THE_AUTH]
	},
	{
		file: 'deploy/nginx/endpin-ask.conf', what: 'the product\'s members may send 16 kB',
		from: 'client_max_body_size\t0;', to: 'client_max_body_size\t16k;', tests: [THE_AUTH]
	},
	{
		file: 'deploy/apache/endpin-auth-paid.conf', what: 'who does not pay is let in',
		from: 'SetEnvIf', to: '#', tests: [THE_AUTH]
	},
	{
		file: 'deploy/nginx/endpin-api.conf.in', what: 'the product has endpin\'s limits',
		from: '# Stripe.  Safe to repeat', to: 'fastcgi_read_timeout 1s;\n\n# Stripe.  Safe to repeat', tests: [BESIDE]
	},
	{
		file: 'deploy/apache/endpin-api.conf.in', what: 'the product\'s API is taken',
		from: '"^@webprefix@/api/session$" "', to: '"^/api/" "', tests: [BESIDE]
	},
	{
		file: 'deploy/apache/endpin-api.conf.in', what: 'Apache says that nothing was done, and does not know',
		from: 'ErrorDocument 504\t/endpin-away/slow.asis', to: 'ErrorDocument 504\t/endpin-away/api.asis', tests: [BESIDE]
	},
	{
		file: 'deploy/setup.in', what: 'a command that fails in a step is followed by the next one',
		from: '\t"${step}_does"\n', to: '\t"${step}_does" || true\n', tests: [SETUP]
	}
];
