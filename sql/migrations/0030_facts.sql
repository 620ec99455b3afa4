-- SPDX-License-Identifier: MIT
--
-- What Cello is told by its API: an errand for each fact, and the token that
-- all processes share.
--
-- The programs of before run on this too.

CREATE TABLE cello_fact (
	lane		smallint NOT NULL,	-- of the account
	id		text NOT NULL,		-- what happened, and to what
	trigger		text NOT NULL,
	api		text NOT NULL CHECK (api IN ('v1', 'v2')),
	account_id	uuid NOT NULL,
	ucc		text NOT NULL,
	form		text NOT NULL,		-- the body as it is sent; '': erased
	after		text,			-- not before this one is told
	state		text NOT NULL DEFAULT 'waiting' CHECK (state IN
	    ('waiting', 'attended', 'parked', 'done', 'dead', 'dropped')),
	attempts	integer NOT NULL DEFAULT 0,
	due_at		timestamptz NOT NULL DEFAULT now(),
	fence		bigint NOT NULL DEFAULT 0,
	leased_until	timestamptz,
	created_at	timestamptz NOT NULL DEFAULT now(),
	sent_at		timestamptz,		-- first; NULL: certainly never
	settled_at	timestamptz,
	last_error	text,
	outcome		text CHECK (outcome IN ('told', 'resolved')),
	event_id	text,			-- Cello's own
	warnings	text,
	PRIMARY KEY (lane, id)
);
CREATE INDEX cello_fact_due ON cello_fact (lane, due_at)
    WHERE state = 'waiting';
CREATE INDEX cello_fact_after ON cello_fact (lane, after)
    WHERE state = 'parked';
CREATE INDEX cello_fact_open ON cello_fact (lane)
    WHERE state IN ('attended', 'dead');
CREATE INDEX cello_fact_whole ON cello_fact (lane, settled_at)
    WHERE form <> '';
-- That something was told must be known for as long as it can be read again.
COMMENT ON TABLE cello_fact IS
    'bounded: by signups, payments and refunds of the referred; what was sent is erased: fact_days after it was settled';

CREATE TABLE cello_access (
	account		text PRIMARY KEY,	-- at Cello: a digest of its keys
	access		text NOT NULL DEFAULT '',	-- sealed; '': none
	access_until	timestamptz NOT NULL DEFAULT now(),
	refresh		text NOT NULL DEFAULT '',	-- sealed; '': none
	refresh_until	timestamptz NOT NULL DEFAULT now(),
	fetched_by	text,			-- who asks for another just now
	fetched_until	timestamptz
);
COMMENT ON TABLE cello_access IS 'bounded: one row for each pair of keys that there was';

-- Which way purchases go to Cello, and since when: what was paid before goes
-- the way of then.
CREATE TABLE cello_way (
	what	text PRIMARY KEY,
	way	text NOT NULL,
	since	timestamptz NOT NULL
);
INSERT INTO cello_way (what, way, since)
    VALUES ('purchases', 'stripe', '-infinity');
COMMENT ON TABLE cello_way IS 'bounded: one row for each of them';

COMMENT ON TABLE stripe_pace IS
    'bounded: two rows for each of Stripe''s and Cello''s endpoints';
