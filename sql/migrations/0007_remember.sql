-- SPDX-License-Identifier: MIT
--
-- Whether the person asked to stay logged in.  Sessions from before did not
-- say, so they end as the shorter kind does.
ALTER TABLE session ADD COLUMN remembered boolean NOT NULL DEFAULT false;
