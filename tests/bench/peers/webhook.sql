-- SPDX-License-Identifier: MIT
WITH fresh AS (
 INSERT INTO stripe_event (lane, id, type, object_kind, object_id,
  api_version, livemode, created, payload)
 VALUES ($1::smallint, $2, $3, $4, $5, $6, $7,
  to_timestamp($8::bigint), $9)
 ON CONFLICT (lane, id) DO NOTHING
 RETURNING lane, id, object_kind, object_id),
heard AS (
 INSERT INTO stripe_object AS o (lane, id, kind)
 SELECT lane, object_id, object_kind FROM fresh
 ON CONFLICT (lane, id) DO UPDATE SET heard = o.heard + 1, heard_at = now(),
  due_at = now(), attempts = 0, state = 'waiting', settled_at = NULL,
  customer_id = NULL, awaited = o.awaited OR excluded.awaited,
  urgency = CASE o.state WHEN 'waiting' THEN
  least(o.urgency, excluded.urgency) ELSE excluded.urgency END)
SELECT count(*) FROM fresh
