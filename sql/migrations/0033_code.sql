-- SPDX-License-Identifier: MIT
--
-- What Cello says of a code that somebody signed up with: an errand each.
--
-- The programs of before run on this too.
CREATE TABLE referral_code (
	lane		smallint NOT NULL,
	id		text NOT NULL,		-- the code
	state		text NOT NULL DEFAULT 'waiting' CHECK (state IN
	    ('waiting', 'parked', 'done', 'dead', 'dropped')),
	attempts	integer NOT NULL DEFAULT 0,
	due_at		timestamptz NOT NULL DEFAULT now(),
	fence		bigint NOT NULL DEFAULT 0,
	leased_until	timestamptz,
	settled_at	timestamptz,
	last_error	text,
	looked_at	timestamptz,		-- Cello was asked; NULL: not yet
	valid		boolean,
	owner		text,			-- whose code it is, as Cello knows them
	PRIMARY KEY (lane, id)
);
CREATE INDEX referral_code_due ON referral_code (lane, due_at)
    WHERE state = 'waiting';
COMMENT ON TABLE referral_code IS
    'bounded: by codes that people have signed up with';
