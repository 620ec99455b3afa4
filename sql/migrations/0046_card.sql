-- SPDX-License-Identifier: MIT
--
-- The cards of who was referred and of who has referred somebody, as Stripe's
-- fingerprints, to be compared: an errand for each account.  And that somebody
-- has looked, and says that two are two.
--
-- The programs of before run on this too: they compare addresses only, and what
-- somebody has said changes nothing to them.

CREATE TABLE referral_card (
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
	looked_at	timestamptz,		-- Stripe was asked; NULL: not yet
	fingerprints	text[] NOT NULL DEFAULT '{}',	-- those of before too
	PRIMARY KEY (lane, id)
);
CREATE INDEX referral_card_due ON referral_card (lane, due_at)
    WHERE state = 'waiting';
CREATE INDEX referral_card_settled ON referral_card (lane, settled_at);
COMMENT ON TABLE referral_card IS
    'deleted: card_days after Stripe was asked last, or it was given up';

ALTER TABLE referral ADD COLUMN trusted_at timestamptz;

-- The payment whose credit waits until somebody has looked, and how much of what
-- was promised is booked: no more than was paid.
ALTER TABLE welcome_credit ADD COLUMN invoice_id text;
ALTER TABLE welcome_credit ADD COLUMN booked bigint;
