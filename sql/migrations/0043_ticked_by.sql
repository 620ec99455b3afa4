-- SPDX-License-Identifier: MIT
--
-- Who has ticked an item of the lists, as they were logged in.
--
-- The programs of before run on this too: what they tick, nobody has.
ALTER TABLE tick ADD COLUMN ticked_by text NOT NULL DEFAULT '';
