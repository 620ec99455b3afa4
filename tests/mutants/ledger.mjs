// SPDX-License-Identifier: MIT

const LEDGER = 'unit/test_ledger', SYSTEM = 'system/ledger.test.mjs';

export default [
	{
		file: 'src/ledger/ledger.c', what: 'a refund is booked before its money has moved',
		from: 'if (json_id(read, "balance_transaction") == NULL)', to: 'if (json_id(read, "id") == NULL)', tests: [LEDGER]
	},
	{
		file: 'src/ledger/ledger.c', what: 'what a bank sends back is not restored',
		from: 'if (json_id(read, "failure_balance_transaction") == NULL)', to: 'if (json_id(read, "failure_balance_transaction") != NULL)', tests: [LEDGER]
	},
	{
		file: 'src/ledger/ledger.c', what: 'a payment that is open counts as made',
		from: 'if (!text_equal(json_text(payment, "status"), "paid"))', to: 'if (json_text(payment, "status") == NULL)', tests: [LEDGER]
	},
	{
		file: 'src/ledger/ledger.c', what: 'what was paid elsewhere counts twice where Stripe keeps a record of it',
		from: '\t\t*elsewhere += one.amount;', to: '\t\t*elsewhere += 0;', tests: [LEDGER]
	},
	{
		file: 'src/ledger/ledger.c', what: 'a note that was void counts',
		from: 'if (text_equal(json_text(read, "status"), "issued"))', to: 'if (json_text(read, "status") != NULL)', tests: [LEDGER]
	},
	{
		file: 'src/ledger/report.c', what: 'tax counts as earned',
		from: '" * (whole - taxed) / whole) ELSE 0 END"', to: '" * whole / whole) ELSE 0 END"', tests: [LEDGER]
	},
	{
		file: 'src/ledger/report.c', what: 'each part is rounded by itself, and cents are left',
		from: '" (trunc(upto * percent / 100) - trunc(before * percent / 100))"', to: '" trunc((upto - before) * percent / 100 + 0.5)"', tests: [LEDGER, SYSTEM]
	},
	{
		file: 'src/ledger/report.c', what: 'a referrer earns for ever',
		from: '" CASE WHEN coalesce(reward_months, 0) = 0 OR paid_at <"', to: '" CASE WHEN coalesce(reward_months, 0) >= 0 OR paid_at <"', tests: [LEDGER]
	},
	{
		file: 'src/referral/referral.c', what: 'the terms of a referral are not kept',
		from: 'text_digits(x->terms.percent, percent)', to: 'text_digits(-1, percent)', tests: ['unit/test_referral']
	},
	{
		file: 'src/app/book.c', what: 'nobody is said to have referred them',
		from: 'owner.ucc = text_or_null(by.ucc);', to: 'owner.ucc = NULL;', tests: [SYSTEM]
	},
	{
		file: 'src/app/reading.c', what: 'what is paid back is not booked',
		from: 'book(db, r->conf, r->object.kind, r->read, NULL,\n\t\t    &moved);', to: '((void)&moved, ERR_OK);', tests: [SYSTEM]
	},
	{
		file: 'src/billing/invoice.c', what: 'an invoice whose payments were behind as it was read is never read again',
		from: '== ERR_OK && paid == amount)', to: '== ERR_OK && (paid == amount || amount >= 0))', tests: ['unit/test_billing_listing']
	},
	{
		file: 'src/billing/invoice.c', what: 'what a program of before did not book is never found',
		from: '" OR (r.amount_paid <> coalesce(r.booked, 0)"', to: '" OR (false"', tests: [SYSTEM]
	},
	{
		file: 'src/billing/payback.c', what: 'a refund that is not here is not missed',
		from: '" OR b.moves <> l.moves, true)"', to: '" OR b.moves <> l.moves, false)"', tests: [SYSTEM]
	},
	{
		file: 'src/billing/payback.c', what: 'that money has moved is not looked for where the status shows it already',
		from: '" OR b.moves <> l.moves, true)"', to: '", true)"', tests: [SYSTEM]
	}
];
