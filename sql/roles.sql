-- SPDX-License-Identifier: MIT
--
-- As a superuser, before the first "endpin migrate"; again does no harm:
--
--	psql -v ON_ERROR_STOP=1 -f roles.sql
--
-- endpin_owner owns the tables and migrates; endpin, which the workers are,
-- reads and writes rows and can do nothing else.  Passwords, if the server asks
-- for them: \password endpin, and a passfile for libpq.

SELECT format('CREATE ROLE %I LOGIN', name)
	FROM (VALUES ('endpin_owner'), ('endpin')) AS wanted (name)
	WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

-- Behind a pooler in transaction mode a connection cannot bring these along.
ALTER ROLE endpin SET statement_timeout = '5s';
ALTER ROLE endpin SET lock_timeout = '2s';
ALTER ROLE endpin SET idle_in_transaction_session_timeout = '10s';

SELECT 'CREATE DATABASE endpin OWNER endpin_owner'
	WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'endpin') \gexec
\connect endpin
ALTER DEFAULT PRIVILEGES FOR ROLE endpin_owner
	GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO endpin;
