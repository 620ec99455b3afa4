-- SPDX-License-Identifier: MIT
--
-- Who has had a trial of a plan: written once, whatever becomes of the
-- subscription, its customer or the plan.
CREATE TABLE trial (
	account_id	uuid PRIMARY KEY,
	subscription_id	text NOT NULL,		-- Stripe's, the first of them
	tried_at	timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE trial IS 'bounded: by accounts';
