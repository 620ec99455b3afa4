-- SPDX-License-Identifier: MIT
--
-- Whose an event is, if not ours; and by what events are known: which signing
-- secret vouched, in which API version they were written, what was not for us.
ALTER TABLE stripe_event ADD COLUMN account text;

CREATE TABLE event_trait (
	trait	text NOT NULL,
	value	text NOT NULL,
	seen_at	timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (trait, value)
);
COMMENT ON TABLE event_trait IS
    'bounded: by signing secrets and API versions';
