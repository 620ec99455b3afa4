-- SPDX-License-Identifier: MIT
--
-- What a reward in credits is worth as balance at Stripe, as it was when Cello
-- told of it, and that it was booked: once, for ever.
--
-- The programs of before run on this too: what they write is not booked.

ALTER TABLE credit_entry
	ADD COLUMN value bigint CHECK (value > 0),	-- minor units
	ADD COLUMN currency text;			-- NULL: is not booked

CREATE TABLE credit_booking (
	event_id	text PRIMARY KEY REFERENCES credit_entry,
	call_id		uuid NOT NULL,		-- of stripe_call, when it was written
	written_at	timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE credit_booking IS 'kept: accounts are kept for years by law';

DO $$
DECLARE
	who text;
BEGIN
	FOR who IN SELECT DISTINCT grantee
	    FROM information_schema.role_table_grants
	    WHERE table_schema = current_schema()
	    AND table_name = 'credit_booking' AND grantee <> current_user
	LOOP
		EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE'
		    ' ON credit_booking FROM %I', who);
	END LOOP;
END
$$;

-- More than before are allowed, so there is nothing to look through.
ALTER TABLE stripe_call
	DROP CONSTRAINT stripe_call_kind_check,
	ADD CONSTRAINT stripe_call_kind_check CHECK (kind IN
	    ('customer', 'checkout', 'expire', 'portal', 'preview', 'change',
	    'cancel', 'resume', 'schedule', 'phases', 'release', 'stamp',
	    'end', 'refund', 'credit')) NOT VALID;
