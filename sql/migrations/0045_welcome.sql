-- SPDX-License-Identifier: MIT
--
-- The credit of somebody who was referred: promised at Checkout, and decided by
-- their first payment, once for an account.
--
-- The programs of before run on this too: they promise nothing, and book
-- nothing that was promised.
CREATE TABLE welcome_credit (
	account_id	uuid PRIMARY KEY REFERENCES account,
	value		bigint NOT NULL CHECK (value > 0),	-- minor units
	currency	text NOT NULL,
	promised_at	timestamptz NOT NULL DEFAULT now(),
	outcome		text NOT NULL DEFAULT 'open' CHECK (outcome IN
			    ('open', 'booked', 'currency', 'doubt', 'erased')),
	call_id		uuid,		-- of stripe_call, when it was written
	decided_at	timestamptz,
	CHECK ((outcome = 'booked') = (call_id IS NOT NULL)),
	CHECK ((outcome = 'open') = (decided_at IS NULL))
);
COMMENT ON TABLE welcome_credit IS 'bounded: by accounts';
