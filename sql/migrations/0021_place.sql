-- SPDX-License-Identifier: MIT
--
-- A chore that could not be done to its end goes on where it stopped.
ALTER TABLE chore ADD COLUMN place text;	-- its own words; NULL: the beginning
