-- SPDX-License-Identifier: MIT
--
-- A subscription is ended once, a payment paid back once.  Apart from the
-- constraint, whose lock would be held for as long as this looks through the
-- table.

CREATE UNIQUE INDEX stripe_call_once ON stripe_call (lane, kind, subject)
    WHERE kind IN ('end', 'refund') AND coalesce(outcome, 'made') <> 'replaced';
