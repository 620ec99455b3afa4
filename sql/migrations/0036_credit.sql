-- SPDX-License-Identifier: MIT
--
-- Rewards in credits, as Cello tells of them: each once, and nobody changes
-- what was written.
--
-- The programs of before run on this too.

CREATE TABLE credit_entry (
	event_id	text PRIMARY KEY,	-- Cello's, the same for ever
	reward_id	text NOT NULL,
	user_id		text NOT NULL,		-- productUserId as Cello said it
	account_id	uuid,			-- whose that is; NULL: nobody's
	amount		bigint NOT NULL CHECK (amount > 0),	-- credits
	told_at		timestamptz NOT NULL,	-- when Cello made it
	written_at	timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX credit_entry_account ON credit_entry (account_id, told_at);
COMMENT ON TABLE credit_entry IS 'kept: accounts are kept for years by law';

DO $$
DECLARE
	who text;
BEGIN
	FOR who IN SELECT DISTINCT grantee
	    FROM information_schema.role_table_grants
	    WHERE table_schema = current_schema()
	    AND table_name = 'credit_entry' AND grantee <> current_user
	LOOP
		EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE'
		    ' ON credit_entry FROM %I', who);
	END LOOP;
END
$$;
