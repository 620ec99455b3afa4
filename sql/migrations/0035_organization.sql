-- SPDX-License-Identifier: MIT
--
-- An organization has an id of its own, which no text is: each account is of
-- one, by itself as long as nobody joins it to a colleague's.
--
-- The programs of before run on this too: what they insert gets one.  The
-- table is rewritten, a few seconds for a million accounts.

ALTER TABLE account
	ADD COLUMN organization_id uuid NOT NULL DEFAULT gen_random_uuid();
CREATE INDEX account_organization
    ON account (organization_id, created_at, id);
