-- SPDX-License-Identifier: MIT
--
-- More of how a referral came about: when its link was followed, and of which
-- product it said it was.
--
-- The programs of before run on this too.
ALTER TABLE referral
	ADD COLUMN clicked_at timestamptz,	-- NULL: not known
	ADD COLUMN product_id text,		-- NULL: it did not say
	DROP CONSTRAINT referral_source_check,
	ADD CONSTRAINT referral_source_check CHECK (source IN
	    ('form', 'query', 'cookie', 'first', 'operator'));
