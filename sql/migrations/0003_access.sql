-- SPDX-License-Identifier: MIT
--
-- What decides about access: what is paid, since when something is owed, and
-- whether collecting is paused.  The columns alone: adding them is a matter of
-- a moment, in which everybody waits.
--
-- The programs of before run on this too.

ALTER TABLE subscription
	-- the end of the last period that is known to be paid, or free
	ADD COLUMN paid_until timestamptz,
	ADD COLUMN past_due_since timestamptz,	-- while it is past due
	ADD COLUMN pause text,			-- Stripe's pause_collection
	ADD COLUMN resumes_at timestamptz,
	ADD COLUMN latest_invoice text,		-- NULL: an older program read it
	ADD COLUMN latest_invoice_status text,
	ADD COLUMN pay_url text;		-- while owed; never in a log
