-- SPDX-License-Identifier: MIT
--
-- A referrer's link, as Cello says: an errand each, for mails that the product's
-- back end sends.
--
-- The programs of before run on this too.
CREATE TABLE referral_link (
	lane		smallint NOT NULL,
	id		text NOT NULL,		-- the account
	state		text NOT NULL DEFAULT 'waiting' CHECK (state IN
	    ('waiting', 'parked', 'done', 'dead', 'dropped')),
	attempts	integer NOT NULL DEFAULT 0,
	due_at		timestamptz NOT NULL DEFAULT now(),
	fence		bigint NOT NULL DEFAULT 0,
	leased_until	timestamptz,
	settled_at	timestamptz,
	last_error	text,
	looked_at	timestamptz,		-- Cello was asked; NULL: not yet
	ucc		text,			-- NULL: they had none then
	link		text,
	PRIMARY KEY (lane, id)
);
CREATE INDEX referral_link_due ON referral_link (lane, due_at)
    WHERE state = 'waiting';
COMMENT ON TABLE referral_link IS 'bounded: by accounts';
