-- SPDX-License-Identifier: MIT
--
-- What a key is good for: "server" is what the product's back end asks, "mcp" the
-- questions of MCP clients, "addresses" that these see addresses as they are.
--
-- The programs of before run on this too; until they are gone they let a key of
-- MCP clients in at /api/server, so make the first one after the upgrade.

ALTER TABLE api_key ADD COLUMN scopes text[] NOT NULL DEFAULT '{server}'
	CHECK (scopes <@ '{server,mcp,addresses}');
