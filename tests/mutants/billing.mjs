// SPDX-License-Identifier: MIT

const CHECKOUT = ['system/checkout.test.mjs'];
const COURIER = ['system/courier.test.mjs'];
const CALLS = ['unit/test_billing_calls'];
const OBJECTS = ['unit/test_billing_objects'];
const CUSTOMERS = ['unit/test_billing_customers'];
const SIGNATURE = ['unit/test_billing'];

export default [
	// what statements share
	{
		file: 'src/billing/fragment.h', what: 'hearing of an object does not make it due now',
		from: ' due_at = now(),"', to: '"', tests: OBJECTS
	},
	{
		file: 'src/billing/fragment.h', what: 'hearing of an object does not wake what is parked or dead',
		from: ", state = 'live'", to: '', tests: OBJECTS
	},
	{
		file: 'src/billing/fragment.h', what: 'hearing of an object does not forgive its failures',
		from: ' attempts = 0,', to: '', tests: OBJECTS
	},
	{
		file: 'src/billing/fragment.h', what: 'a wait may be shorter than was asked for',
		from: 'greatest($3::int,', to: 'least($3::int,', tests: OBJECTS
	},
	{
		file: 'src/billing/fragment.h', what: 'waits grow beyond an hour',
		from: 'least(3600, power(2, least(attempts, 12)))', to: '36000 + power(2, least(attempts, 12))', tests: OBJECTS
	},
	// the journal
	{
		file: 'src/billing/call.c', what: '23 hours count from the last send',
		from: 'first_sent_at = coalesce(first_sent_at, now())', to: 'first_sent_at = now()', tests: CALLS
	},
	{
		file: 'src/billing/call.c', what: 'no call is ever stale',
		from: 'c->stale = rows_int', to: 'c->stale = 0 && rows_int', tests: CALLS
	},
	{
		file: 'src/billing/call.c', what: 'sending is no lease: a courier sends what a handler sends',
		from: '" leased_until = now() + $2::int * interval \'1 second\'"\n\t    " WHERE id = $1',
		to: '" leased_until = now() - $2::int * interval \'1 second\'"\n\t    " WHERE id = $1', tests: CALLS
	},
	{
		file: 'src/billing/call.c', what: 'a courier claims any kind',
		from: '" WHERE kind = \'customer\' AND state IN (\'new\', \'sent\')"\n\t    " AND due_at', to: '" WHERE state IN (\'new\', \'sent\')"\n\t    " AND due_at',
		tests: CALLS
	},
	{
		file: 'src/billing/call.c', what: 'who lost the lease still decides',
		from: 'WHERE id = $1 AND fence = $2 AND', to: 'WHERE id = $1 AND $2::bigint >= 0 AND', tests: CALLS
	},
	{
		file: 'src/billing/call.c', what: 'a call never dies',
		from: "state = CASE WHEN attempts >= $5::int THEN 'dead'", to: "state = CASE WHEN attempts >= 2 * $5::int THEN 'dead'", tests: CALLS
	},
	{
		file: 'src/billing/call.c', what: 'what is settled can be settled otherwise',
		from: '" WHERE id = $1 AND (state IN (\'new\', \'sent\') OR state = $2"', to: '" WHERE id = $1 AND (true OR state = $2"', tests: CALLS
	},
	{
		file: 'src/billing/call.c', what: 'a customer that was deleted before we heard of it leaves no room for another',
		from: 'WHERE id = $3 AND deleted)', to: 'WHERE id = $3 AND false)', tests: CALLS
	},
	{
		file: 'src/billing/call.c', what: 'the oldest open call is found, not the newest',
		from: 'ORDER BY created_at DESC, id', to: 'ORDER BY created_at, id', tests: CALLS
	},
	// sending
	{
		file: 'src/billing/send.c', what: 'a twin is not waited for: 503 at once',
		from: 'if (e != ERR_CONFLICT)\n', to: 'if (e == ERR_CONFLICT)\n\t\t\treturn ERR_LATER;\n\t\tif (e != ERR_CONFLICT)\n', tests: CHECKOUT
	},
	{
		file: 'src/billing/send.c', what: 'a stale call is sent again instead of looked up',
		from: 'if (c->stale)', to: 'if (0)', tests: CHECKOUT
	},
	{
		file: 'src/billing/send.c', what: 'an error that Stripe has kept is repeated for ever',
		from: 'e == ERR_LATER && s->reply.replayed', to: 'e == ERR_LATER && 0', tests: CHECKOUT
	},
	{
		file: 'src/billing/send.c', what: 'any page of the customer is taken for that of the call',
		from: 'if (!text_equal(json_text(s->reply.body, at), id))', to: 'if (id == NULL)', tests: CHECKOUT
	},
	{
		file: 'src/billing/send.c', what: 'customers are looked up by the id of the call',
		from: 'id = l->of_account ? c->account_id : c->id;', to: 'id = c->id;', tests: COURIER
	},
	{
		file: 'src/billing/send.c', what: 'any object that is missing is a customer that was deleted',
		from: '!text_equal(s->reply.param, "customer"))', to: '0)', tests: ['system/doors.test.mjs']
	},
	{
		file: 'src/billing/send.c', what: 'a customer that is missing is the one that is linked by now',
		from: 'return len == strlen(customer_id) &&', to: 'return 1 || len == strlen(customer_id) &&',
		tests: CHECKOUT
	},
	// a customer to be made
	{
		file: 'src/billing/customer_call.c', what: 'a call whose customer is linked otherwise is tried 200 times',
		from: 'return call_refused(db, c, "linked otherwise already");', to: 'return call_later(db, c, "linked otherwise already", 0);', tests: COURIER
	},
	{
		file: 'src/billing/customer_call.c', what: 'a call that is done leaves its customer linked to nobody',
		from: 'e = customer_link(db, id, c->account_id);', to: 'e = ERR_OK;', tests: COURIER
	},
	{
		file: 'src/billing/customer_call.c', what: 'a call whose key is burnt is not followed by another',
		from: 'e = call_write(db, &fresh);', to: 'e = ERR_OK;', tests: COURIER
	},
	{
		file: 'src/billing/customer_call.c', what: 'what Stripe refuses is tried on',
		from: 'case ERR_INPUT:\n\t\treturn call_refused(db, c, s->why);', to: 'case ERR_INPUT:\n\t\treturn call_later(db, c, s->why, 0);', tests: COURIER
	},
	{
		file: 'src/billing/customer_call.c', what: 'a refused key settles a call',
		from: 'return call_later(db, c, s->why, DUE_KEY_REFUSED);', to: 'return call_refused(db, c, s->why);', tests: COURIER
	},
	{
		file: 'src/billing/customer_call.c', what: 'Retry-After is not heeded',
		from: 's->reply.retry_after);', to: '3000);', tests: COURIER
	},
	// customers
	{
		file: 'src/billing/customer.c', what: 'a second customer takes the account from the first',
		from: '" WHERE id = $1 AND (deleted OR NOT EXISTS"', to: '" WHERE id = $1 AND (true OR NOT EXISTS"', tests: CUSTOMERS
	},
	{
		file: 'src/billing/customer.c', what: 'a customer can be linked to another account',
		from: "if (owner[0] != '\\0' && strcmp(owner, account_id) != 0)", to: 'if (0)', tests: CUSTOMERS
	},
	{
		file: 'src/billing/customer.c', what: 'linking a customer does not wake what waits for it',
		from: 'e = object_unpark(db, id);', to: 'e = ERR_OK;', tests: CUSTOMERS
	},
	{
		file: 'src/billing/customer.c', what: 'a deleted customer forgets whose it was',
		from: '" former_account_id = coalesce(account_id, former_account_id)"', to: '" former_account_id = NULL"', tests: CUSTOMERS
	},
	{
		file: 'src/billing/customer.c', what: 'a deleted customer leaves no room for another',
		from: 'return db_query(db, &customer_retire_call, made, NELEM(made), NULL);', to: '(void)made;\n\t(void)customer_retire_call;\n\treturn ERR_OK;', tests: CUSTOMERS
	},
	{
		file: 'src/billing/customer.c', what: 'a customer that is deleted is still the account’s',
		from: 'account_id = $1 AND NOT deleted"', to: 'account_id = $1"',
		why: 'whoever marks a customer as deleted takes its account away in the same statement; the condition says what the row means'
	},
	// objects
	{
		file: 'src/billing/object.c', what: 'who lost the lease still marks an object as seen',
		from: '" WHERE id = $1 AND fence = $2 RETURNING id",\n\t.nparams = 3', to: '" WHERE id = $1 AND $2::bigint > 0 RETURNING id",\n\t.nparams = 3',
		tests: OBJECTS
	},
	{
		file: 'src/billing/object.c', what: 'two couriers claim the same object',
		from: '(leased_until IS NULL OR leased_until < now())', to: '(true OR leased_until < now())', tests: OBJECTS
	},
	{
		file: 'src/billing/object.c', what: 'what was heard of during the reading is taken for seen',
		from: 'seen = greatest(seen, $3::bigint)', to: 'seen = greatest(heard, $3::bigint)', tests: OBJECTS
	},
	{
		file: 'src/billing/object.c', what: 'what was heard of while it was being parked waits for ever',
		from: "WHEN heard > $3::bigint THEN 'live'", to: "WHEN heard < $3::bigint THEN 'live'", tests: OBJECTS
	},
	{
		file: 'src/billing/object.c', what: 'a final failure buries news',
		from: "WHEN heard > $5::bigint THEN 'live'", to: "WHEN heard < $5::bigint THEN 'live'", tests: OBJECTS
	},
	{
		file: 'src/billing/object.c', what: 'an object never dies',
		from: 'attempts + 1 >= $7::int', to: 'attempts + 1 > $7::int', tests: OBJECTS
	},
	{
		file: 'src/billing/object.c', what: 'the next one is not known while another is leased',
		from: 'min(coalesce(leased_until, due_at))', to: 'min(due_at)', tests: OBJECTS
	},
	{
		file: 'src/billing/object.c', what: 'the last that got due is read first',
		from: '" ORDER BY due_at LIMIT 1', to: '" ORDER BY due_at DESC LIMIT 1', tests: OBJECTS
	},
	// events
	{
		file: 'src/billing/event.c', what: 'an event that comes again is heard again',
		from: '" SELECT object_id, object_kind, $9::smallint FROM fresh"\n\t    " WHERE $9::smallint IS NOT NULL"',
		to: '" SELECT $4::text, $3::text, $9::smallint"\n\t    " WHERE $9::smallint IS NOT NULL"', tests: OBJECTS
	},
	{
		file: 'src/billing/object.c', what: 'an invoice that is only foreseen is read',
		from: ' || text_begins(id, "upcoming_in")', to: '', tests: OBJECTS
	},
	{
		file: 'src/billing/event.c', what: 'what is not followed is read',
		from: 'object_followed(e->object_kind, e->object_id) ? lane : NULL', to: 'e->object_id[0] != 0 ? lane : NULL', tests: OBJECTS
	},
	{
		file: 'src/billing/event.c', what: 'an event of a thin endpoint is taken',
		from: 'if (!text_equal(object, "event"))', to: 'if (0)', tests: ['unit/test_billing']
	},
	// pages
	{
		file: 'src/billing/checkout.c', what: 'a page that was never followed by a subscription stops its account for ever',
		from: "interval '2 days'", to: "interval '20 days'", tests: CHECKOUT
	},
	{
		file: 'src/billing/checkout.c', what: 'the page of a customer that is gone is handed out',
		from: ' AND NOT c.deleted"', to: '"', tests: CALLS
	},
	{
		file: 'src/billing/checkout.c', what: 'a page that is over is handed out',
		from: '" AND s.expires_at > now()"', to: '""', tests: CALLS
	},
	{
		file: 'src/billing/checkout.c', what: 'an old answer opens a page again',
		from: "AND (status = 'open' OR $2 <> 'open')", to: '', tests: CALLS
	},
	{
		file: 'src/billing/checkout.c', what: 'closing a page undoes that it was paid on',
		from: '" WHERE id = $1 AND status = \'open\'"', to: '" WHERE id = $1"', tests: CALLS
	},
	{
		file: 'src/billing/checkout.c', what: 'a page is everybody’s',
		from: 'WHERE id = $1 AND account_id = $2"', to: 'WHERE id = $1 AND $2::uuid IS NOT NULL"', tests: CALLS
	},
	{
		file: 'src/billing/checkout.c', what: 'the subscription of a page that was paid on is not read',
		from: 'rows_count(r) == 1 && subscription != NULL', to: '0', tests: CALLS
	},
	// subscriptions, invoices, entitlement
	{
		file: 'src/billing/subscription.c', what: 'what has ended comes to life again',
		from: "WHERE s.status NOT IN ('canceled', 'incomplete_expired')", to: 'WHERE true', tests: CUSTOMERS
	},
	{
		file: 'src/billing/subscription.c', what: 'the end that the dashboard has scheduled is not seen',
		from: 'if (e == ERR_OK && at_end)', to: 'if (0)', tests: CUSTOMERS
	},
	{
		file: 'src/billing/subscription.c', what: 'items of before stay',
		from: 'e = db_query(db, &subscription_drop_items, arg, NELEM(arg), NULL);', to: 'e = arg[0] == NULL ? ERR_INPUT : ERR_OK;', tests: CUSTOMERS
	},
	{
		file: 'src/billing/subscription.c', what: 'the period is that of the last item',
		from: 'later(f->end, item.end);', to: 'memcpy(f->end, item.end, sizeof(f->end));', tests: CUSTOMERS
	},
	{
		file: 'src/billing/subscription.c', what: 'price and quantity are those of a seat beside the plan',
		from: 'if (i == 0 || (f->plan == NULL && plan != NULL))', to: 'if (i == 0)', tests: CUSTOMERS
	},
	{
		file: 'src/billing/entitlement.c', what: 'who is past due keeps the whole next period',
		from: '" THEN u.current_period_start"', to: '" THEN u.current_period_end"', tests: CUSTOMERS
	},
	{
		file: 'src/billing/entitlement.c', what: 'a scheduled end does not end anything',
		from: 'u.cancel_at > now()) AND"', to: 'u.cancel_at IS NOT NULL) AND"', tests: CUSTOMERS
	},
	{
		file: 'src/billing/entitlement.c', what: 'there is no grace',
		from: '" END + $2::int * interval', to: '" END + 0 * $2::int * interval', tests: CUSTOMERS
	},
	{
		file: 'src/billing/entitlement.c', what: 'another product hides the plan',
		from: 'entitled DESC, u.plan IS NULL,', to: 'entitled DESC,', tests: CUSTOMERS
	},
	{
		file: 'src/billing/entitlement.c', what: '/auth knows sessions that are idle in another unit',
		from: "s.used_at > now() - $3::int * interval '1 hour'", to: "s.used_at > now() - $3::int * interval '1 day'", tests: CUSTOMERS
	},
	{
		file: 'src/billing/entitlement.c', what: '/auth knows sessions that are over',
		from: 'AND s.ends_at > now()"', to: '"', tests: ['system/session.test.mjs']
	},
	{
		file: 'src/billing/entitlement.c', what: 'whoever failed to pay for a first time can never buy',
		from: "u.status NOT IN ('canceled', 'incomplete_expired')", to: "u.status NOT IN ('canceled')", tests: CUSTOMERS
	},
	{
		file: 'src/billing/entitlement.c', what: 'a trial is forgotten with its customer',
		from: '" WHERE (c.account_id = $1 OR c.former_account_id = $1)"', to: '" WHERE (c.account_id = $1)"', tests: CUSTOMERS
	},
	{
		file: 'src/billing/invoice.c', what: 'an invoice that is read again stays as it was',
		from: '" status = excluded.status,"', to: '" status = invoice.status,"', tests: CUSTOMERS
	},
	{
		file: 'src/billing/invoice.c', what: 'the invoice of a stranger is kept',
		from: "if (account[0] == '\\0')", to: 'if (0)', tests: CUSTOMERS
	},
	// signatures
	{
		file: 'src/billing/signature.c', what: 'a signature never gets too old',
		from: 'if (t < (int64_t)now - SIGNATURE_WINDOW)', to: 'if (0)', tests: SIGNATURE
	},
	{
		file: 'src/billing/signature.c', what: 'a signature of the future is taken',
		from: 't > (int64_t)now + SIGNATURE_WINDOW', to: '0', tests: SIGNATURE
	},
	{
		file: 'src/billing/signature.c', what: 'only the first of several signatures is looked at',
		from: 'for (j = 0; j < c->count; j++)', to: 'for (j = 0; j < 1; j++)', tests: SIGNATURE
	},
	{
		file: 'src/billing/signature.c', what: 'only the first of several secrets is tried',
		from: 'for (i = 0; i < k->count; i++) {', to: 'for (i = 0; i < 1; i++) {', tests: SIGNATURE
	},
	{
		file: 'src/billing/signature.c', what: 'a second timestamp is taken',
		from: "if (c->t[0] != '\\0')\n\t\t\treturn \"two timestamps\";", to: 'if (0)\n\t\t\treturn "two timestamps";', tests: SIGNATURE
	}
];
