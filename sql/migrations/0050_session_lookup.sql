-- SPDX-License-Identifier: MIT
--
-- As for accounts (0049), in a transaction of its own: meanwhile nobody logs in or
-- out, and who is logged in stays so.
--
-- And room beside each session for when it was last used, which is written once an
-- hour or so: without it each such write went into every index.

CREATE INDEX IF NOT EXISTS session_lookup ON session USING hash (token_hash);
ALTER TABLE session SET (fillfactor = 90);
