-- SPDX-License-Identifier: MIT
--
-- Room beside an object for what it will be when it is heard of again.  One that
-- waits is shorter than one that is done, so in a large table it went to where a
-- page of old ones had a little left: then no bump found room beside it, and each
-- went to another such page and into every index.
--
-- It holds for pages that are written from now on, and for where a new row may
-- go; old pages stay as they are.  Nobody who reads or writes waits for it.

ALTER TABLE stripe_object SET (fillfactor = 90);
