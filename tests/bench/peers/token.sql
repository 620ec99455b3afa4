-- SPDX-License-Identifier: MIT
SELECT a.id::text, CASE WHEN a.erased_at IS NULL THEN a.email ELSE '' END,
 a.first_name, a.last_name, a.organization,
 s.used_at < now() - $2::int * interval '3 minutes'
 FROM session s JOIN account a ON a.id = s.account_id
 WHERE s.token_hash = $1 AND s.ends_at > now() AND a.erased_at IS NULL
 AND (s.remembered OR s.used_at > now() - $2::int * interval '1 hour')
