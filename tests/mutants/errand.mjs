// SPDX-License-Identifier: MIT

const ERRAND = 'unit/test_errand';
const BILLING_OBJECTS = 'unit/test_billing_objects';
const THE_POISON = 'system/poison.test.mjs';
const LINT_LANES = 'lint/lanes';
const THE_ERRANDS = 'system/errands.test.mjs';
const THE_LOGS = 'system/logs.test.mjs';
const THE_UPGRADE = 'system/upgrade.test.mjs';

export default [
	// a claim
	{
		file: 'src/errand/kind.h', what: 'two couriers claim the same object',
		from: '(leased_until IS NULL OR leased_until < now())', to: '(true OR leased_until < now())', tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'the last that got due is read first',
		from: '" first " LIMIT 1', to: '" first " DESC LIMIT 1', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'a claim does not count',
		from: '\t    " attempts = attempts + 1,"\t\t\t\t\t\\\n', to: '', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'a claim does not bury what has used up its attempts',
		from: '\t    " state = CASE WHEN attempts >= $3::int THEN \'dead\'"\t\\',
		to: '\t    " state = CASE WHEN attempts >= 1000 * $3::int THEN \'dead\'"\t\\', tests: [ERRAND, THE_POISON]
	},
	{
		file: 'src/errand/kind.h', what: 'a claim buries the last attempt',
		from: '\t    " state = CASE WHEN attempts >= $3::int THEN \'dead\'"\t\\',
		to: '\t    " state = CASE WHEN attempts + 1 >= $3::int THEN \'dead\'"\t\\', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what a claim buries is not settled',
		from: '\t    " settled_at = CASE WHEN attempts >= $3::int THEN now() END," \\', to: '\t    " settled_at = NULL," \\', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what a claim buries stays leased',
		from: 'CASE WHEN attempts < $3::int THEN now() +"\t\\', to: 'CASE WHEN attempts < 1000 * $3::int THEN now() +"\t\\', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'a claim is no lease',
		from: '\t    " $2::int * interval \'1 second\' END,"\t\t\t\\', to: '\t    " 0 * $2::int * interval \'1 second\' END,"\t\t\t\\', tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'the more often it was tried the longer it is leased',
		from: '\t    " $2::int * interval \'1 second\' END,"\t\t\t\\', to: '\t    " attempts * $2::int * interval \'1 second\' END,"\t\t\t\\', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'nobody is told that whoever did it ended first',
		from: 'THEN last_error ELSE \'whoever did it ended first\' END"', to: 'THEN last_error ELSE last_error END"',
		tests: [ERRAND, THE_POISON]
	},
	{
		file: 'src/errand/kind.h', what: 'a claim has the fence of before',
		from: '"UPDATE " table " SET fence = fence + 1,"', to: '"UPDATE " table " SET fence = fence,"', tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'a claim takes from another lane',
		from: '" WHERE lane = $1::int AND " ERRAND_DUE which\t\t\\\n', to: '" WHERE ($1::int = $1::int) AND " ERRAND_DUE which\t\t\\\n',
		tests: [ERRAND, LINT_LANES]
	},
	{
		file: 'src/errand/kind.h', what: 'two claimers wait for each other',
		from: ' FOR UPDATE SKIP LOCKED)"\t\\', to: ' FOR UPDATE)"\t\\', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what is not due is claimed',
		from: '"state = \'waiting\' AND due_at <= now()" \\', to: '"state = \'waiting\'" \\', tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'what is parked or dead is claimed',
		from: '"state = \'waiting\' AND due_at <= now()" \\', to: '"due_at <= now()" \\', tests: [ERRAND, BILLING_OBJECTS]
	},
	// holding and putting down
	{
		file: 'src/errand/kind.h', what: 'who lost the lease renews it',
		from: '" WHERE lane = $1::int AND id = $2 AND fence = $3"\t\t\\\n\t    " RETURNING id"),\t\t\t\t\t\t\\\n\t.back',
		to: '" WHERE lane = $1::int AND id = $2 AND $3::bigint > 0"\t\t\\\n\t    " RETURNING id"),\t\t\t\t\t\t\\\n\t.back',
		tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what there was no room for uses up its attempts',
		from: '" attempts = greatest(attempts - 1, 0)"', to: '" attempts = attempts"', tests: ['unit/test_app_sweep', 'unit/test_billing_objects']
	},
	{
		file: 'src/errand/kind.h', what: 'renewing holds it for nothing',
		from: '" now() + $4::int * interval \'1 second\'"\t\t\t\\', to: '" now() + 0 * $4::int * interval \'1 second\'"\t\t\t\\',
		tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'who lost the lease puts it off',
		from: '\t    " settled_at = CASE WHEN attempts >= $6::int THEN now() END" \\\n\t    " WHERE lane = $1::int AND id = $2 AND fence = $3"\t\t\\',
		to: '\t    " settled_at = CASE WHEN attempts >= $6::int THEN now() END" \\\n\t    " WHERE lane = $1::int AND id = $2 AND $3::bigint > 0"\t\t\\',
		tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'what is put off keeps its lease',
		from: '\t.later = ERRAND_STMT(what "_later", 6,\t\t\t\t\\\n\t    "UPDATE " table " SET leased_until = NULL,"\t\t\t\\',
		to: '\t.later = ERRAND_STMT(what "_later", 6,\t\t\t\t\\\n\t    "UPDATE " table " SET"\t\t\t\\', tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'a wait may be shorter than was asked for',
		from: '" greatest($4::int, " ERRAND_BACKOFF(', to: '" least($4::int, " ERRAND_BACKOFF(', tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'waits grow beyond an hour',
		from: 'least(3600, power(2, least(" failures ", 12)))', to: '(36000 + power(2, least(" failures ", 12)))',
		tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'a wait has no jitter',
		from: '"random() * least(3600', to: '"1.0 * least(3600', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'waits do not grow',
		from: 'power(2, least(" failures ", 12))', to: 'power(2, least(" failures ", 0))', tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'waits overflow after a thousand failures',
		from: 'power(2, least(" failures ", 12))', to: 'power(2, " failures ")',
		why: 'no kind has so many attempts that this would be no number; an hour is the most either way'
	},
	{
		file: 'src/errand/kind.h', what: 'the first failure waits as long as the second',
		from: 'ERRAND_BACKOFF("greatest(attempts - 1, 0)") \\', to: 'ERRAND_BACKOFF("attempts") \\', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'the last attempt that fails is not the end',
		from: '\t    " state = CASE WHEN attempts >= $6::int THEN \'dead\'"\t\\',
		to: '\t    " state = CASE WHEN attempts > $6::int THEN \'dead\'"\t\\', tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'whatever reason is kept whole',
		from: '" last_error = left($5, 200), due_at = now() +"', to: '" last_error = $5, due_at = now() +"', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what is done is put off',
		from: '" AND state = \'waiting\' RETURNING state = \'dead\'"),\t\t\\\n\t.bury', to: '" RETURNING state = \'dead\'"),\t\t\\\n\t.bury',
		tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'news since the claim is buried',
		from: 'CASE WHEN attempts = 0 THEN state ELSE \'dead\' END,"', to: 'CASE WHEN attempts < 0 THEN state ELSE \'dead\' END,"',
		tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'what is buried is not settled',
		from: '" settled_at = CASE WHEN attempts > 0 THEN now() END"\t\\', to: '" settled_at = NULL"\t\\', tests: [ERRAND]
	},
	// looking
	{
		file: 'src/errand/kind.h', what: 'what is leased is not known to get due',
		from: '" min(greatest(due_at, leased_until)) - now()))::bigint"', to: '" min(due_at) - now()))::bigint"',
		tests: [ERRAND, BILLING_OBJECTS]
	},
	{
		file: 'src/errand/kind.h', what: 'a look finds what is dead',
		from: '" FROM " table " WHERE state = \'waiting\'" which\t\t\\\n', to: '" FROM " table " WHERE true" which\t\t\\\n', tests: [ERRAND]
	},
	{
		file: 'src/errand/errand.c', what: 'the last lane says when something is due, not the next',
		from: 'if (l->next_ms == -1 || ms < l->next_ms)', to: 'if (1)', tests: [ERRAND]
	},
	{
		file: 'src/errand/errand.c', what: 'lanes where nothing is due are gone through',
		from: 'if (ms <= 0)\n\t\t\tl->lane', to: 'if (1)\n\t\t\tl->lane', tests: [ERRAND]
	},
	{
		file: 'src/errand/errand.c', what: 'what a claim has buried is done',
		from: '} while (e == ERR_OK && dead);', to: '} while (0);', tests: [ERRAND]
	},
	{
		file: 'src/errand/errand.c', what: 'nobody is told of what a claim has buried',
		from: '\t\t\tsay_dead(k, x->id, rows_text(r, 0, 4));', to: '\t\t\t(void)say_dead;', tests: [ERRAND, THE_POISON]
	},
	{
		file: 'src/errand/errand.c', what: 'nobody is told of what is dead',
		from: '\t\tsay_dead(k, arg[1], why);', to: '\t\t(void)why;', tests: [ERRAND, THE_ERRANDS, THE_LOGS]
	},
	// people
	{
		file: 'src/errand/kind.h', what: 'what is brought back has its attempts still',
		from: '"state = \'waiting\', attempts = 0, due_at = now(), settled_at = NULL"',
		to: '"state = \'waiting\', due_at = now(), settled_at = NULL"', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what is brought back sits out its wait',
		from: '"state = \'waiting\', attempts = 0, due_at = now(), settled_at = NULL"',
		to: '"state = \'waiting\', attempts = 0, settled_at = NULL"', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what is brought back is settled still, and goes with the next tidying',
		from: '"state = \'waiting\', attempts = 0, due_at = now(), settled_at = NULL"',
		to: '"state = \'waiting\', attempts = 0, due_at = now()"', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what is done is brought back',
		from: 'AND state IN (\'waiting\', \'parked\', \'dead\', \'dropped\')"',
		to: 'AND state IN (\'waiting\', \'parked\', \'dead\', \'dropped\', \'done\')"', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what was dropped cannot be brought back',
		from: 'AND state IN (\'waiting\', \'parked\', \'dead\', \'dropped\')"', to: 'AND state IN (\'waiting\', \'parked\', \'dead\')"',
		tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'whoever does what is dropped settles it',
		from: '\t    " leased_until = NULL, fence = fence + 1"\t\t\t\\', to: '\t    " leased_until = NULL"\t\t\t\\', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what is attended is dropped',
		from: '" AND state IN (\'waiting\', \'parked\', \'dead\')"', to: '" AND state IN (\'waiting\', \'attended\', \'parked\', \'dead\')"',
		tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what is leased is overdue',
		from: '\t    " min(greatest(due_at, leased_until)))::bigint, 0)"\t\t\\\n\t    " FROM " table " WHERE " ERRAND_DUE "),"',
		to: '\t    " min(greatest(due_at, leased_until)))::bigint, 0)"\t\t\\\n\t    " FROM " table " WHERE state = \'waiting\'),"',
		tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what is done is listed',
		from: 'THEN $2::text IS NOT NULL OR state <> \'done\'"', to: 'THEN true"', tests: [ERRAND]
	},
	{
		file: 'src/errand/kind.h', what: 'what is sent is shown',
		from: 'json_each(one.t) WHERE key <> \'form\'"),', to: 'json_each(one.t)"),', tests: [ERRAND, THE_ERRANDS]
	},
	// lanes
	{
		file: 'src/errand/lane.c', what: 'all lies in one lane',
		from: 'return digest[0];', to: 'return digest[0] & 0;', tests: [ERRAND]
	},
	{
		file: 'src/errand/lane.c', what: 'lanes are another byte of the digest',
		from: 'return digest[0];', to: 'return digest[1];', tests: [ERRAND, THE_UPGRADE]
	}
];
