// SPDX-License-Identifier: MIT

const REFERRAL = 'unit/test_referral';

export default [
	{
		file: 'src/referral/referral.c', what: 'the last code counts, not the first',
		from: '" ON CONFLICT (account_id) DO NOTHING"', to: '" ON CONFLICT (account_id) DO UPDATE SET ucc = excluded.ucc"', tests: [REFERRAL]
	}
];
