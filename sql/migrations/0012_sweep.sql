-- SPDX-License-Identifier: MIT
--
-- Reads of Stripe within its limits: what is urgent comes first, what many
-- objects have in common is read by listing, and how much of Stripe's limits
-- has been given away is known to all processes.
--
-- The programs of before run on this too.

-- billing/object.h says what they mean.
ALTER TABLE stripe_object ADD COLUMN urgency smallint NOT NULL DEFAULT 4;

CREATE TABLE stripe_sweep (
	lane		smallint NOT NULL,
	id		text NOT NULL,		-- the kind and which part
	kind		text NOT NULL,
	since		bigint NOT NULL,	-- Stripe's clock
	until		bigint NOT NULL,	-- not included
	after		text NOT NULL DEFAULT '',
	begun_at	timestamptz NOT NULL DEFAULT now(),
	pages		bigint NOT NULL DEFAULT 0,
	hits		bigint NOT NULL DEFAULT 0,
	state		text NOT NULL DEFAULT 'waiting' CHECK (state IN
	    ('waiting', 'parked', 'done', 'dead', 'dropped')),
	attempts	integer NOT NULL DEFAULT 0,
	due_at		timestamptz NOT NULL DEFAULT now(),
	fence		bigint NOT NULL DEFAULT 0,
	leased_until	timestamptz,
	settled_at	timestamptz,
	last_error	text,
	PRIMARY KEY (lane, id)
);
COMMENT ON TABLE stripe_sweep IS
    'bounded: a few parts of each kind that is swept';

-- Only the next second matters, so a crash may empty it.
CREATE UNLOGGED TABLE stripe_pace (
	key	text PRIMARY KEY,		-- a share, and of which endpoint
	step	interval NOT NULL,		-- what was given away last
	free_at	timestamptz NOT NULL
);
COMMENT ON TABLE stripe_pace IS 'bounded: two rows for each of Stripe''s endpoints';
