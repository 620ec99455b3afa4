-- SPDX-License-Identifier: MIT
--
-- What a person waits for is read first, and no event is too odd to be kept.
--
-- The programs of before run on this too.

-- Somebody has just paid: a queue beside that of all, of few.
ALTER TABLE stripe_object ADD COLUMN awaited boolean NOT NULL DEFAULT false;

-- An event may not say its mode, and is kept all the same.
ALTER TABLE stripe_event ALTER COLUMN livemode DROP NOT NULL;
