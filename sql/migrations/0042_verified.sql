-- SPDX-License-Identifier: MIT
--
-- Since when an account's address is known to be its owner's, as the product's
-- back end says; NULL: not known.
--
-- The programs of before run on this too.

ALTER TABLE account ADD COLUMN verified_at timestamptz;
