-- SPDX-License-Identifier: MIT
--
-- For "endpin doctor" and "endpin recommend": when Cello's component was last
-- seen to come up in a browser, or not to; and what a person has seen to.
--
-- The programs of before run on this too.
CREATE TABLE component_sight (
	outcome	text PRIMARY KEY,
	seen_at	timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE component_sight IS 'bounded: one row for each way that a boot can end';

CREATE TABLE tick (
	item		text PRIMARY KEY,
	ticked_at	timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tick IS 'bounded: one row for each item of the lists';
