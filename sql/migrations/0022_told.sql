-- SPDX-License-Identifier: MIT
--
-- What a customer at Stripe says of who referred whom, as last read: that is
-- what Cello goes by.
--
-- The programs of before run on this too; they do not keep it up.
ALTER TABLE customer
	ADD COLUMN told_ucc text,		-- metadata cello_ucc; NULL: none
	ADD COLUMN told_user text,		-- metadata new_user_id
	ADD COLUMN told_email boolean,		-- has it an address at all?
	ADD COLUMN told_at timestamptz;		-- since when; NULL: never read
