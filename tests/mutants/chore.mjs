// SPDX-License-Identifier: MIT

const CHORE = 'unit/test_chore';

export default [
	{
		file: 'src/chore/chore.c', what: 'who lost the turn says it is done',
		from: ' AND fence = $3 RETURNING id"', to: ' AND $3::bigint > 0 RETURNING id"', tests: [CHORE]
	},
	{
		file: 'src/chore/chore.c', what: 'a turn that was brought forward is put off by the one before',
		from: 'CASE WHEN attempts = 0 THEN due_at"', to: 'CASE WHEN attempts < 0 THEN due_at"', tests: [CHORE]
	},
	{
		file: 'src/chore/chore.c', what: 'a turn that is done counts as one that failed',
		from: 'interval \'1 second\' END, attempts = 0"', to: 'interval \'1 second\' END"', tests: [CHORE]
	},
	{
		file: 'src/chore/chore.c', what: 'a turn that is done stays leased',
		from: 'SET done_at = now(), leased_until = NULL,"', to: 'SET done_at = now(),"', tests: [CHORE]
	},
	{
		file: 'src/chore/chore.c', what: 'what was never done was done just now',
		from: 'extract(epoch FROM now() - done_at)::bigint, -1)"', to: 'extract(epoch FROM now() - done_at)::bigint, 0)"', tests: [CHORE]
	}
];
