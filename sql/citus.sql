-- SPDX-License-Identifier: MIT
--
-- For a PostgreSQL that Citus spreads over several servers.  Once, as the owner
-- of the tables, on the coordinator, after "endpin migrate"; endpin is pointed at
-- the coordinator and needs to know nothing of it.  Without Citus: nothing to do.
--
-- What grows with traffic is spread by lane, an event with its object, so that
-- recording, claiming and settling touch one shard each.  Sessions are spread by
-- their token.  All that grows with customers only stays on the coordinator,
-- where one transaction may change it together with a shard.
--
-- Events that come together lie in many lanes, and sessions in many shards.  Where
-- one statement may not record or find them all, a worker that was refused
-- ("db_error", event_insert_all or session_select_many) does it one by one for a
-- minute.

-- Tables that stay here may be used together with those that are spread:
-- SELECT citus_set_coordinator_host('the coordinator, as its workers see it');

SELECT create_distributed_table('stripe_object', 'lane');
SELECT create_distributed_table('stripe_event', 'lane', colocate_with => 'stripe_object');
SELECT create_distributed_table('stripe_call', 'lane', colocate_with => 'stripe_object');
SELECT create_distributed_table('cello_fact', 'lane', colocate_with => 'stripe_object');
SELECT create_distributed_table('erasure', 'lane', colocate_with => 'stripe_object');
SELECT create_distributed_table('referral_code', 'lane', colocate_with => 'stripe_object');
SELECT create_distributed_table('referral_card', 'lane', colocate_with => 'stripe_object');
SELECT create_distributed_table('referral_link', 'lane', colocate_with => 'stripe_object');
SELECT create_distributed_table('session', 'token_hash', colocate_with => 'none');
