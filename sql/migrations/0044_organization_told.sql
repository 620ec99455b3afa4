-- SPDX-License-Identifier: MIT
--
-- Of which organization a customer at Stripe says it is, as last read: where
-- organizations are counted, Cello goes by that.
--
-- The programs of before run on this too; they do not keep it up.
ALTER TABLE customer
	ADD COLUMN told_organization text;	-- '': none; NULL: not read since
