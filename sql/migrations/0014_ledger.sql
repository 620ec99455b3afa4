-- SPDX-License-Identifier: MIT
--
-- Where the money went: what is paid back or disputed, as last read from
-- Stripe, and the ledger, in which every sum that came or went has an entry.
--
-- The programs of before run on this too.

CREATE TABLE payback (
	id		text PRIMARY KEY,
	kind		text NOT NULL
	    CHECK (kind IN ('refund', 'dispute', 'credit_note')),
	customer_id	text,			-- NULL: of a payment without one
	payment_id	text,			-- an intent, or a charge without one
	invoice_id	text,			-- of a credit note
	status		text NOT NULL,
	currency	text NOT NULL,
	amount		bigint NOT NULL,	-- minor units, above 0
	moves		int NOT NULL,		-- how often its money has moved
	created		timestamptz NOT NULL,
	seen_at		timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE payback IS 'kept: accounts are kept for years by law';

CREATE TABLE ledger_entry (
	kind		text NOT NULL CHECK (kind IN
	    ('payment', 'refund', 'refund_failed', 'dispute', 'credit_note')),
	source_id	text NOT NULL,		-- at Stripe, what moved the money
	customer_id	text NOT NULL,
	account_id	uuid NOT NULL,		-- whose that customer was then
	ucc		text,			-- who had referred them; NULL: nobody
	reward_percent	int,			-- and the terms of that; NULL: not known
	reward_months	int,
	invoice_id	text,
	payment_id	text,			-- an intent, or a charge without one
	currency	text NOT NULL,
	amount		bigint NOT NULL,	-- minor units; went out: below 0
	total		bigint,			-- of a payment: its invoice's
	tax		bigint,			-- and the tax in that
	booked_at	timestamptz NOT NULL,	-- when it moved
	written_at	timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (kind, source_id)
);
CREATE INDEX ledger_entry_payment ON ledger_entry (payment_id);
CREATE INDEX ledger_entry_account ON ledger_entry (account_id, booked_at);
COMMENT ON TABLE ledger_entry IS 'kept: accounts are kept for years by law';

-- What was written stays as it is: nobody but the owner can change it.
DO $$
DECLARE
	who text;
BEGIN
	FOR who IN SELECT DISTINCT grantee
	    FROM information_schema.role_table_grants
	    WHERE table_schema = current_schema()
	    AND table_name = 'ledger_entry' AND grantee <> current_user
	LOOP
		EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE'
		    ' ON ledger_entry FROM %I', who);
	END LOOP;
END
$$;

-- The terms under which somebody was referred, as they were then.
ALTER TABLE referral
	ADD COLUMN reward_percent int,
	ADD COLUMN reward_months int;

-- So much of what is paid has its entries; a program of before wrote none.
ALTER TABLE invoice ADD COLUMN booked bigint;
