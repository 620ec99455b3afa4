-- SPDX-License-Identifier: MIT
--
-- As it was judged until now: the period before the one that is owed was paid.
-- Readers go on meanwhile.

UPDATE subscription SET
    paid_until = CASE WHEN status = 'past_due'
	THEN current_period_start ELSE current_period_end END,
    past_due_since = CASE WHEN status = 'past_due'
	THEN coalesce(current_period_start, seen_at) END
WHERE status IN ('active', 'trialing', 'past_due');
