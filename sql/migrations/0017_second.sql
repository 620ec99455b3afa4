-- SPDX-License-Identifier: MIT
--
-- A second subscription of an account is ended, and paid back.
--
-- The programs of before run on this too.

-- More than before are allowed, so there is nothing to look through.
ALTER TABLE stripe_call
	DROP CONSTRAINT stripe_call_kind_check,
	ADD CONSTRAINT stripe_call_kind_check CHECK (kind IN
	    ('customer', 'checkout', 'expire', 'portal', 'preview', 'change',
	    'cancel', 'resume', 'schedule', 'phases', 'release', 'stamp',
	    'end', 'refund')) NOT VALID;
