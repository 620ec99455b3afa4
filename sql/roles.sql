-- SPDX-License-Identifier: MIT
--
-- Once, as a superuser, before the first "endpin migrate":
--
--	psql -v ON_ERROR_STOP=1 -f roles.sql
--
-- endpin_owner owns the tables and migrates; endpin, which the workers are,
-- reads and writes rows and can do nothing else.  Passwords, if the server asks
-- for them: \password endpin, and a passfile for libpq.

CREATE ROLE endpin_owner LOGIN;
CREATE ROLE endpin LOGIN;

-- Behind a pooler in transaction mode a connection cannot bring these along.
ALTER ROLE endpin SET statement_timeout = '5s';
ALTER ROLE endpin SET lock_timeout = '2s';
ALTER ROLE endpin SET idle_in_transaction_session_timeout = '10s';

CREATE DATABASE endpin OWNER endpin_owner;
\connect endpin
ALTER DEFAULT PRIVILEGES FOR ROLE endpin_owner
	GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO endpin;
