-- SPDX-License-Identifier: MIT
--
-- What a customer may use is read with several objects, and the newest list
-- wins: when it was asked for.
--
-- The programs of before run on this too.
ALTER TABLE customer ADD COLUMN granted_at timestamptz;
