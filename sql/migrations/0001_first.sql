-- SPDX-License-Identifier: MIT
--
-- Accounts, sessions, referrals, and what is known of Stripe.
--
-- One plain schema that also runs on a distributed PostgreSQL: no triggers, no
-- sequences, no LISTEN, no advisory locks.  Times are of the database's clock.
-- Every row that belongs to somebody names the account or the Stripe customer.
-- Errands carry a lane (a hash of their key), so that a claim can name a shard.

CREATE TABLE account (
	id		uuid PRIMARY KEY,
	email		text NOT NULL CHECK (length(email) <= 254),
	password_hash	text NOT NULL,
	first_name	text NOT NULL DEFAULT '',
	last_name	text NOT NULL DEFAULT '',
	organization	text NOT NULL DEFAULT '',
	created_at	timestamptz NOT NULL DEFAULT now()
);

-- An address belongs to one account whatever the case of its letters.
CREATE UNIQUE INDEX account_email ON account (lower(email));

CREATE TABLE session (
	token_hash	bytea PRIMARY KEY,	-- SHA-256 of the cookie's value
	account_id	uuid NOT NULL REFERENCES account (id),
	created_at	timestamptz NOT NULL DEFAULT now(),
	used_at		timestamptz NOT NULL DEFAULT now(),
	ends_at		timestamptz NOT NULL
);

CREATE INDEX session_account ON session (account_id);

-- Who sent whom.  Written with the account, never changed.
CREATE TABLE referral (
	account_id	uuid PRIMARY KEY REFERENCES account (id),
	ucc		text NOT NULL CHECK (ucc ~ '^[0-9A-Za-z]{11}$'),
	source		text NOT NULL CHECK (source IN ('form', 'query', 'cookie')),
	created_at	timestamptz NOT NULL DEFAULT now()
);

-- What Stripe told us, as it came.  Evidence, never a source of state.
CREATE TABLE stripe_event (
	id		text PRIMARY KEY,
	type		text NOT NULL,
	object_kind	text,
	object_id	text,
	api_version	text,
	livemode	boolean NOT NULL,
	created		timestamptz NOT NULL,
	received_at	timestamptz NOT NULL DEFAULT now(),
	payload		text COMPRESSION lz4 NOT NULL
);

CREATE INDEX stripe_event_object ON stripe_event (object_id);

-- Objects at Stripe that may differ from their rows here: heard > seen.
CREATE TABLE stripe_object (
	id		text PRIMARY KEY,
	kind		text NOT NULL CHECK (kind IN
	    ('customer', 'subscription', 'invoice', 'checkout.session')),
	lane		smallint NOT NULL,
	heard		bigint NOT NULL DEFAULT 1,
	seen		bigint NOT NULL DEFAULT 0,
	state		text NOT NULL DEFAULT 'live' CHECK (state IN
	    ('live', 'parked', 'dead')),
	customer_id	text,			-- parked until this one is linked
	attempts	integer NOT NULL DEFAULT 0,
	due_at		timestamptz NOT NULL DEFAULT now(),
	fence		bigint NOT NULL DEFAULT 0,
	leased_until	timestamptz,
	heard_at	timestamptz NOT NULL DEFAULT now(),
	seen_at		timestamptz,
	last_error	text
);

CREATE INDEX stripe_object_due ON stripe_object (due_at)
    WHERE heard > seen AND state = 'live';
CREATE INDEX stripe_object_parked ON stripe_object (customer_id)
    WHERE state = 'parked';

-- Outgoing writes, committed before the socket opens.
CREATE TABLE stripe_call (
	id		uuid PRIMARY KEY,
	account_id	uuid NOT NULL REFERENCES account (id),
	kind		text NOT NULL CHECK (kind IN
	    ('customer', 'checkout', 'expire', 'portal')),
	lane		smallint NOT NULL,
	path		text NOT NULL,
	form		text NOT NULL,		-- exactly as sent, every time
	subject		text NOT NULL DEFAULT '',  -- plan and quantity, session
	state		text NOT NULL DEFAULT 'new' CHECK (state IN
	    ('new', 'sent', 'done', 'refused', 'replaced', 'dead')),
	object_id	text,			-- what Stripe made
	replaced_by	uuid,			-- a call with a new key
	attempts	integer NOT NULL DEFAULT 0,
	due_at		timestamptz NOT NULL DEFAULT now(),
	fence		bigint NOT NULL DEFAULT 0,
	leased_until	timestamptz,
	created_at	timestamptz NOT NULL DEFAULT now(),
	first_sent_at	timestamptz,
	settled_at	timestamptz,
	last_error	text
);

CREATE INDEX stripe_call_account ON stripe_call (account_id, kind);
-- The one customer of an account: at most one call for it is open or done.
CREATE UNIQUE INDEX stripe_call_customer ON stripe_call (account_id)
    WHERE kind = 'customer' AND state IN ('new', 'sent', 'done');
CREATE INDEX stripe_call_due ON stripe_call (due_at)
    WHERE kind = 'customer' AND state IN ('new', 'sent');

-- Stripe's customers.  A row without an account is a customer that was heard
-- of and belongs to nobody here (yet): the anchor that objects park on.  One
-- that is deleted makes room for another and still tells whose it was.
CREATE TABLE customer (
	id		text PRIMARY KEY,
	account_id	uuid UNIQUE REFERENCES account (id),
	former_account_id	uuid REFERENCES account (id),
	deleted		boolean NOT NULL DEFAULT false,
	livemode	boolean,
	linked_at	timestamptz,
	seen_at		timestamptz
);

CREATE INDEX customer_former ON customer (former_account_id);

CREATE TABLE subscription (
	id		text PRIMARY KEY,
	customer_id	text NOT NULL REFERENCES customer (id),
	status		text NOT NULL,		-- Stripe may add values
	plan		text,			-- of the configuration; NULL: none
	price		text,
	quantity	bigint,
	current_period_start	timestamptz,
	current_period_end	timestamptz,
	cancel_at	timestamptz,		-- either way of scheduling an end
	trial_end	timestamptz,
	ended_at	timestamptz,
	created		timestamptz NOT NULL,
	livemode	boolean NOT NULL,
	seen_at		timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX subscription_customer ON subscription (customer_id);

CREATE TABLE subscription_item (
	id		text PRIMARY KEY,
	subscription_id	text NOT NULL REFERENCES subscription (id),
	customer_id	text NOT NULL,
	price		text NOT NULL,
	quantity	bigint,
	current_period_start	timestamptz,
	current_period_end	timestamptz
);

CREATE INDEX subscription_item_subscription
    ON subscription_item (subscription_id);

CREATE TABLE invoice (
	id		text PRIMARY KEY,
	customer_id	text NOT NULL REFERENCES customer (id),
	subscription_id	text,
	status		text NOT NULL,
	billing_reason	text,
	currency	text NOT NULL,
	amount_due	bigint NOT NULL,	-- minor units
	amount_paid	bigint NOT NULL,
	total		bigint NOT NULL,
	created		timestamptz NOT NULL,
	paid_at		timestamptz,
	livemode	boolean NOT NULL,
	seen_at		timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX invoice_customer ON invoice (customer_id);

CREATE TABLE checkout_session (
	id		text PRIMARY KEY,
	account_id	uuid NOT NULL REFERENCES account (id),
	customer_id	text NOT NULL,
	subject		text NOT NULL,		-- plan and quantity
	status		text NOT NULL,		-- open, complete, expired
	url		text,			-- while open; never in a log
	subscription_id	text,
	created_at	timestamptz NOT NULL DEFAULT now(),
	expires_at	timestamptz NOT NULL
);

CREATE INDEX checkout_session_account ON checkout_session (account_id);
