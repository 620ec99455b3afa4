-- SPDX-License-Identifier: MIT
--
-- How often people came by the links of whom.
--
-- The programs of before run on this too.
CREATE TABLE referral_view (
	ucc	text NOT NULL CHECK (ucc ~ '^[0-9A-Za-z]{11}$'),
	day	date NOT NULL,			-- in UTC
	views	bigint NOT NULL,
	PRIMARY KEY (ucc, day)
);
CREATE INDEX referral_view_day ON referral_view (day);
COMMENT ON TABLE referral_view IS 'deleted: view_days after that day';
