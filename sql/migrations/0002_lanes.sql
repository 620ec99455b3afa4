-- SPDX-License-Identifier: MIT
--
-- Errands of one shape, keys that can be sharded, and for every table how its
-- rows go away.
--
-- What grows with traffic is keyed by (lane, id).  The lane is the first byte
-- of the SHA-256 of what the row belongs to: of an object its own id, of an
-- event the object that it names, of a call the account.  Nothing that refers
-- to an account from such a table has a foreign key.
--
-- Keys change here, so the programs of before do not run on what this makes:
-- stop endpind, migrate, start the new one.  Web servers answer 502 meanwhile,
-- and Stripe comes again.

ALTER TABLE session DROP CONSTRAINT session_account_id_fkey;

-- Events lie in their object's lane.
ALTER TABLE stripe_event ADD COLUMN lane smallint;
UPDATE stripe_event SET lane =
    get_byte(sha256(convert_to(coalesce(object_id, id), 'UTF8')), 0);
ALTER TABLE stripe_event
	ALTER COLUMN lane SET NOT NULL,
	DROP CONSTRAINT stripe_event_pkey,
	ADD PRIMARY KEY (lane, id);
DROP INDEX stripe_event_object;
CREATE INDEX stripe_event_object ON stripe_event (lane, object_id);

DROP INDEX stripe_object_due;
DROP INDEX stripe_object_parked;
ALTER TABLE stripe_object
	ADD COLUMN settled_at timestamptz,
	DROP CONSTRAINT stripe_object_kind_check,
	DROP CONSTRAINT stripe_object_state_check;
UPDATE stripe_object SET
    lane = get_byte(sha256(convert_to(id, 'UTF8')), 0),
    state = CASE WHEN state <> 'live' THEN state
	WHEN heard > seen THEN 'waiting' ELSE 'done' END,
    settled_at = CASE WHEN state <> 'live' OR heard <= seen
	THEN coalesce(seen_at, heard_at) END;
ALTER TABLE stripe_object
	ALTER COLUMN state SET DEFAULT 'waiting',
	ADD CONSTRAINT stripe_object_state_check CHECK (state IN
	    ('waiting', 'parked', 'done', 'dead', 'dropped')),
	DROP CONSTRAINT stripe_object_pkey,
	ADD PRIMARY KEY (lane, id);
CREATE INDEX stripe_object_due ON stripe_object (lane, due_at)
    WHERE state = 'waiting';
CREATE INDEX stripe_object_parked ON stripe_object (customer_id)
    WHERE state = 'parked';
CREATE INDEX stripe_object_dead ON stripe_object (lane)
    WHERE state = 'dead';

-- A call that couriers do waits; one that a person waits for is attended.
DROP INDEX stripe_call_account;
DROP INDEX stripe_call_customer;
DROP INDEX stripe_call_due;
ALTER TABLE stripe_call
	ADD COLUMN outcome text CHECK (outcome IN
	    ('made', 'refused', 'replaced')),
	DROP CONSTRAINT stripe_call_account_id_fkey,
	DROP CONSTRAINT stripe_call_state_check;
UPDATE stripe_call SET
    lane = get_byte(sha256(convert_to(account_id::text, 'UTF8')), 0),
    outcome = CASE state WHEN 'done' THEN 'made'
	WHEN 'refused' THEN 'refused' WHEN 'replaced' THEN 'replaced' END,
    state = CASE WHEN state = 'dead' THEN 'dead'
	WHEN state = 'refused' AND kind = 'customer' THEN 'dead'
	WHEN state NOT IN ('new', 'sent') THEN 'done'
	WHEN kind = 'customer' THEN 'waiting' ELSE 'attended' END;
ALTER TABLE stripe_call
	ALTER COLUMN state SET DEFAULT 'waiting',
	ADD CONSTRAINT stripe_call_state_check CHECK (state IN
	    ('waiting', 'attended', 'parked', 'done', 'dead', 'dropped')),
	DROP CONSTRAINT stripe_call_pkey,
	ADD PRIMARY KEY (lane, id);
CREATE INDEX stripe_call_account ON stripe_call (lane, account_id, kind);
-- The one customer of an account: at most one call for it is open or has made
-- the customer that lives.  One that was refused and brought back is not sent:
-- whoever takes it writes another.
CREATE UNIQUE INDEX stripe_call_customer ON stripe_call (lane, account_id)
    WHERE kind = 'customer' AND state IN ('waiting', 'done')
    AND coalesce(outcome, 'made') = 'made';
CREATE INDEX stripe_call_due ON stripe_call (lane, due_at)
    WHERE state = 'waiting';
CREATE INDEX stripe_call_dead ON stripe_call (lane)
    WHERE state = 'dead';

-- What comes round: each row is done, and waits for its next turn.
CREATE TABLE chore (
	lane		smallint NOT NULL,
	id		text NOT NULL,
	state		text NOT NULL DEFAULT 'waiting' CHECK (state IN
	    ('waiting', 'parked', 'done', 'dead', 'dropped')),
	attempts	integer NOT NULL DEFAULT 0,
	due_at		timestamptz NOT NULL DEFAULT now(),
	fence		bigint NOT NULL DEFAULT 0,
	leased_until	timestamptz,
	settled_at	timestamptz,
	done_at		timestamptz,		-- the last turn that succeeded
	last_error	text,
	PRIMARY KEY (lane, id)
);
INSERT INTO chore (lane, id, due_at)
    SELECT get_byte(sha256(convert_to(id, 'UTF8')), 0), id,
	now() + interval '1 hour'
    FROM (VALUES ('tidy'), ('reconcile')) AS known (id);

-- The one Stripe account and mode that the rows belong to; written once, when
-- Stripe was first asked.
CREATE TABLE stripe_home (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	account		text NOT NULL,
	livemode	boolean NOT NULL,
	key_digest	text NOT NULL,		-- of the last key that was found good
	found_at	timestamptz NOT NULL DEFAULT now()
);

-- Prices are stored; what plan they are is the configuration's to say.
ALTER TABLE subscription DROP COLUMN plan;
ALTER TABLE subscription_item ADD COLUMN position smallint NOT NULL DEFAULT 0;

ALTER TABLE customer ADD COLUMN anchored_at timestamptz NOT NULL
    DEFAULT now();
CREATE INDEX customer_nobodys ON customer (greatest(anchored_at, seen_at))
    WHERE account_id IS NULL AND former_account_id IS NULL;
CREATE INDEX checkout_session_over ON checkout_session (expires_at);

-- How rows go away.  "deleted: OPTION" is an option of [retention]; "bounded"
-- and "kept" say by what and why.
COMMENT ON TABLE account IS 'bounded: by people';
COMMENT ON TABLE session IS 'deleted: when it is over';
COMMENT ON TABLE referral IS 'bounded: by accounts';
COMMENT ON TABLE stripe_event IS 'deleted: event_days after it came';
COMMENT ON TABLE stripe_object IS
    'deleted: object_days after it was seen, parked or dropped; a dead one a year at least after it died';
COMMENT ON TABLE stripe_call IS
    'deleted: call_days after it was settled, or begun and given up; a dead one a year at least after it died';
COMMENT ON TABLE customer IS
    'bounded: by accounts; nobody''s deleted: object_days after it was heard of';
COMMENT ON TABLE subscription IS 'bounded: by purchases of customers';
COMMENT ON TABLE subscription_item IS 'bounded: by subscriptions';
COMMENT ON TABLE invoice IS 'kept: accounts are kept for years by law';
COMMENT ON TABLE checkout_session IS
    'deleted: checkout_days after it has expired';
COMMENT ON TABLE chore IS 'bounded: one row for each chore';
COMMENT ON TABLE stripe_home IS 'bounded: one row';
COMMENT ON TABLE schema_migration IS 'bounded: one row for each release''s script';
