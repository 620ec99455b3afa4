-- SPDX-License-Identifier: MIT
--
-- What is tidied away daily is found by its age.  Without this each lane was
-- read whole, a page of the disk for every event: with two million of them half
-- a second each, and on a busy machine more than a statement may take.
CREATE INDEX stripe_event_received ON stripe_event (lane, received_at);
CREATE INDEX stripe_object_settled ON stripe_object (lane, settled_at)
	WHERE state <> 'waiting';
