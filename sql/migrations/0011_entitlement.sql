-- SPDX-License-Identifier: MIT
--
-- What Stripe Entitlements say that a customer may use, where they are asked.
CREATE TABLE entitlement (
	customer_id	text NOT NULL,
	lookup_key	text NOT NULL,
	PRIMARY KEY (customer_id, lookup_key)
);
COMMENT ON TABLE entitlement IS 'bounded: by customers and features';
