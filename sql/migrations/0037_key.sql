-- SPDX-License-Identifier: MIT
--
-- Keys with which the product's back end asks.
--
-- The programs of before run on this too.

CREATE TABLE api_key (
	id		uuid PRIMARY KEY,
	name		text NOT NULL,		-- for people
	digest		text NOT NULL UNIQUE,	-- SHA-256 of the key, which is random
	created_at	timestamptz NOT NULL DEFAULT now(),
	used_at		timestamptz,		-- to the minute
	revoked_at	timestamptz
);
COMMENT ON TABLE api_key IS 'bounded: by what operators have made';
