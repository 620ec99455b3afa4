-- SPDX-License-Identifier: MIT
--
-- Accounts that are erased: the row stays, because invoices and the ledger
-- name it, with nothing in it that says who it was.  What is left to be done at
-- Stripe and Cello is an errand.
--
-- The programs of before run on this too: to them it is an account with an
-- address that nobody has, and that nobody can log in to.

ALTER TABLE account ADD COLUMN erased_at timestamptz;

CREATE TABLE erasure (
	lane		smallint NOT NULL,	-- of the account
	id		text NOT NULL,		-- the account's
	asked_at	timestamptz NOT NULL DEFAULT now(),
	asked_by	text NOT NULL CHECK (asked_by IN
	    ('person', 'operator', 'product')),
	closed_at	timestamptz,		-- nothing was open at Stripe any more
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
CREATE INDEX erasure_due ON erasure (lane, due_at) WHERE state = 'waiting';
COMMENT ON TABLE erasure IS
    'kept: what shows that it was asked for and done, for as long as the account''s row';

-- Two more kinds of calls: what ends a subscription of an erased account, and
-- what deletes its customer.  Apart from new rows nothing is looked through.
ALTER TABLE stripe_call DROP CONSTRAINT stripe_call_kind_check;
ALTER TABLE stripe_call ADD CONSTRAINT stripe_call_kind_check
    CHECK (kind IN ('customer', 'checkout', 'expire', 'portal', 'preview',
    'change', 'cancel', 'resume', 'schedule', 'phases', 'release', 'stamp',
    'end', 'refund', 'credit', 'close', 'delete')) NOT VALID;
