-- SPDX-License-Identifier: MIT
--
-- What people change of their subscription: what is planned for it, the calls
-- that say so, and what their invoices are called and where they are shown.
--
-- The programs of before run on this too.

ALTER TABLE subscription
	ADD COLUMN cancel_flag boolean,		-- cancel_at stands for a flag
	ADD COLUMN schedule text,		-- Stripe's, that it is attached to
	ADD COLUMN next_at timestamptz,		-- when the schedule's next phase begins
	ADD COLUMN next_prices text[],
	ADD COLUMN next_quantities bigint[],
	ADD COLUMN next_ours boolean,		-- it was planned by a call of ours
	ADD COLUMN pending_until timestamptz,	-- a change that waits for its payment
	ADD COLUMN pending_prices text[],
	ADD COLUMN pending_quantities bigint[];

ALTER TABLE invoice
	ADD COLUMN number text,
	ADD COLUMN url text;			-- never in a log

-- More than before are allowed, so there is nothing to look through.
ALTER TABLE stripe_call
	DROP CONSTRAINT stripe_call_kind_check,
	ADD CONSTRAINT stripe_call_kind_check CHECK (kind IN
	    ('customer', 'checkout', 'expire', 'portal', 'preview', 'change',
	    'cancel', 'resume', 'schedule', 'phases', 'release')) NOT VALID;
