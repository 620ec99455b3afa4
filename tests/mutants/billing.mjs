// SPDX-License-Identifier: MIT

export default [
	{
		file: 'src/billing/fragment.h', what: 'hearing of an object does not make it due now',
		from: 'heard_at = now(), due_at = now(),', to: 'heard_at = now(),',
		tests: ['unit/test_billing_objects']
	},
	{
		file: 'src/billing/fragment.h', what: 'a repeated attempt waits less than it was told to',
		from: 'greatest($3::int,', to: 'least($3::int,',
		tests: ['unit/test_billing_objects']
	}
];
