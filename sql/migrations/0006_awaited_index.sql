-- SPDX-License-Identifier: MIT
--
-- Apart from the column, whose lock would be held for as long as this looks
-- through the table; what writes to it waits that long, and Stripe repeats.

CREATE INDEX stripe_object_awaited ON stripe_object (lane, due_at)
    WHERE state = 'waiting' AND awaited;
