-- SPDX-License-Identifier: MIT
--
-- What is looked for among all that there ever was, every few hours or by
-- somebody who waits: without these a year's rows are gone through each time,
-- until that takes longer than a statement may.  Apart from the columns, whose
-- lock would be held for as long as this looks through the tables.

CREATE INDEX ledger_entry_invoice ON ledger_entry (invoice_id)
    WHERE kind = 'payment';
CREATE INDEX payback_unsettled ON payback (id) WHERE status NOT IN
    ('succeeded', 'failed', 'canceled', 'issued', 'void', 'won', 'lost',
    'warning_closed', 'prevented', 'gone');
CREATE INDEX invoice_unsettled ON invoice (id)
    WHERE status IN ('draft', 'open') OR amount_paid <> coalesce(booked, 0);
