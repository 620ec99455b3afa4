// SPDX-License-Identifier: MIT

const THE_RETENTION = 'system/retention.test.mjs';
const THE_UPGRADE = 'system/upgrade.test.mjs';
const CHORE = 'unit/test_chore';
const BILLING_HOME = 'unit/test_billing_home';
const BILLING_CALLS = 'unit/test_billing_calls';
const ACCOUNT = 'unit/test_account';

export default [
	{
		file: 'sql/migrations/0002_lanes.sql', what: 'a table does not say how its rows go away',
		from: "COMMENT ON TABLE session IS 'deleted: when it is over';\n", to: '', tests: [THE_RETENTION]
	},
	{
		file: 'sql/migrations/0002_lanes.sql', what: 'a table names an option that there is not',
		from: "'deleted: event_days after it came'", to: "'deleted: events_days after it came'", tests: [THE_RETENTION]
	},
	{
		file: 'sql/migrations/0002_lanes.sql', what: 'an option of retention is nobody’s',
		from: "'deleted: checkout_days after it has expired'", to: "'deleted: after it has expired'", tests: [THE_RETENTION]
	},
	{
		file: 'sql/migrations/0002_lanes.sql', what: 'objects lie in other lanes than the program looks in',
		from: "lane = get_byte(sha256(convert_to(id, 'UTF8')), 0),\n    state",
		to: "lane = get_byte(sha256(convert_to(id, 'UTF8')), 1),\n    state", tests: [THE_UPGRADE]
	},
	{
		file: 'sql/migrations/0002_lanes.sql', what: 'calls that were open are done after the upgrade',
		from: "WHEN kind = 'customer' THEN 'waiting' ELSE 'attended' END;", to: "WHEN kind = 'customer' THEN 'done' ELSE 'attended' END;",
		tests: [THE_UPGRADE]
	},
	{
		file: 'sql/migrations/0002_lanes.sql', what: 'objects that were to be read are done after the upgrade',
		from: "WHEN heard > seen THEN 'waiting' ELSE 'done' END,", to: "WHEN heard > seen THEN 'done' ELSE 'done' END,", tests: [THE_UPGRADE]
	},
	{
		file: 'sql/migrations/0002_lanes.sql', what: 'nothing comes round',
		from: "(VALUES ('tidy'), ('reconcile')) AS known (id);", to: "(VALUES ('tidy'), ('reconciled')) AS known (id);", tests: [CHORE]
	},
	{
		file: 'sql/migrations/0002_lanes.sql', what: 'there may be two homes',
		from: 'boolean PRIMARY KEY DEFAULT true CHECK (one)', to: 'boolean DEFAULT true CHECK (one)', tests: [BILLING_HOME]
	},
	{
		file: 'sql/migrations/0002_lanes.sql', what: 'an account may have two calls for its customer',
		from: 'CREATE UNIQUE INDEX stripe_call_customer ON', to: 'CREATE INDEX stripe_call_customer ON', tests: [BILLING_CALLS]
	},
	{
		file: 'sql/migrations/0050_session_lookup.sql', what: 'sessions are looked up in a tree',
		from: 'CREATE INDEX IF NOT EXISTS session_lookup ON session USING hash (token_hash);', to: '', tests: [ACCOUNT]
	},
	{
		file: 'sql/migrations/0049_account_lookup.sql', what: 'accounts are looked up in a tree',
		from: 'CREATE INDEX IF NOT EXISTS account_lookup ON account USING hash (id);', to: '', tests: [ACCOUNT]
	}
];
