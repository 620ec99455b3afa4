-- SPDX-License-Identifier: MIT
--
-- Apart from the column, whose lock would be held for as long as this looks
-- through the table.

CREATE INDEX stripe_object_urgent ON stripe_object (lane, urgency, due_at)
    WHERE state = 'waiting' AND urgency <= 3;
