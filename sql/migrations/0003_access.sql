-- SPDX-License-Identifier: MIT
--
-- What decides about access: what is paid, since when something is owed, and
-- whether collecting is paused.

ALTER TABLE subscription
	-- the end of the last period that is known to be paid, or free
	ADD COLUMN paid_until timestamptz,
	ADD COLUMN past_due_since timestamptz,	-- while it is past due
	ADD COLUMN pause text,			-- Stripe's pause_collection
	ADD COLUMN resumes_at timestamptz,
	ADD COLUMN latest_invoice text,
	ADD COLUMN latest_invoice_status text,
	ADD COLUMN pay_url text;		-- while owed; never in a log

-- As it was judged until now: the period before the one that is owed was paid.
UPDATE subscription SET
    paid_until = CASE WHEN status IN ('active', 'trialing')
	THEN current_period_end WHEN status = 'past_due'
	THEN current_period_start END,
    past_due_since = CASE WHEN status = 'past_due'
	THEN coalesce(current_period_start, seen_at) END;
