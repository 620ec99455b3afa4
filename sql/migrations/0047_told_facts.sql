-- SPDX-License-Identifier: MIT
--
-- How far Cello has been told: "endpin doctor" asks for each trigger when that
-- was last, and how many; without this it read the whole table for each.
CREATE INDEX cello_fact_told ON cello_fact (trigger, settled_at)
	WHERE state = 'done';
