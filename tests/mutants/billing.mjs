// SPDX-License-Identifier: MIT

const BILLING_OBJECTS = 'unit/test_billing_objects';
const THE_COURIER = 'system/courier.test.mjs';
const BILLING_CALLS = 'unit/test_billing_calls';
const APP_ERRANDS = 'unit/test_app_errands';
const BILLING_CUSTOMERS = 'unit/test_billing_customers';
const THE_CHECKOUT = 'system/checkout.test.mjs';
const THE_SECOND = 'system/second.test.mjs';
const THE_RETENTION = 'system/retention.test.mjs';
const APP_BUY = 'unit/test_app_buy';
const THE_DOORS = 'system/doors.test.mjs';
const BILLING_CHECKOUT = 'unit/test_billing_checkout';
const BILLING_ENTITLEMENT = 'unit/test_billing_entitlement';
const THE_DUNNING = 'system/dunning.test.mjs';
const BILLING_HOME = 'unit/test_billing_home';
const BILLING_LISTING = 'unit/test_billing_listing';
const BILLING_PLANNED = 'unit/test_billing_planned';
const APP_SWEEP = 'unit/test_app_sweep';
const BILLING_PACE = 'unit/test_billing_pace';

export default [
	{
		file: 'src/billing/entitlement.c', what: 'a session of an erased account is let in to the product',
		from: ' AND a.erased_at IS NULL"\n\t    " LEFT', to: '"\n\t    " LEFT', tests: ['system/auth.test.mjs']
	},
	{
		file: 'src/billing/forms.c', what: 'who has had the discount of a referral gets it again',
		from: ' && !o->undue', to: '', tests: ['system/funnel.test.mjs']
	},
	{
		file: 'src/billing/forms.c', what: 'everybody has the free days of a referral',
		from: 'return is_referred(o) && o->plan->referral_trial_days > 0 ?', to: 'return o->plan->referral_trial_days > 0 ?', tests: ['unit/test_billing_forms']
	},
	{
		file: 'src/billing/call.c', what: 'a second subscription is paid back before it has ended',
		from: '" AND subject = $3 AND outcome = \'made\')"', to: '" AND subject = $3)"', tests: ['unit/test_billing_calls']
	},
	{
		file: 'src/billing/pace.c', what: 'what has begun waits, and begins anew for ever',
		from: 'begun || how == PACE_FREELY ? DEBT_MS', to: 'how == PACE_FREELY ? DEBT_MS', tests: ['unit/test_billing_pace']
	},
	{
		file: 'src/billing/subscription_read.c', what: 'what ended before it was first read had never been paid',
		from: '(text_equal(f->status, "canceled") && is_paid);', to: '0;', tests: ['system/model.test.mjs']
	},
	{
		file: 'src/billing/call.c', what: 'previews of one account are a call and a row each, without end',
		from: '"SELECT count(*) < $3::int FROM stripe_call"', to: '"SELECT count(*) >= 0 OR $3::int = 0 FROM stripe_call"', tests: ['unit/test_billing_calls']
	},
	{
		file: 'src/billing/call.c', what: 'previews are kept as long as what was done',
		from: 'THEN least($2::int, 1)"', to: 'THEN $2::int"', tests: ['unit/test_billing_calls']
	},
	{
		file: 'src/app/preview_plan.c', what: 'one account may have previews without end',
		from: '	e = call_may_write(db, w->account_id, CALL_PREVIEW,\n	    &p->ret->retry_after);\n', to: '	e = ERR_OK;\n', tests: ['system/plan.test.mjs']
	},
	{
		file: 'src/billing/listing.h', what: 'what a program of before has buried, because it knew no such kind, is never read',
		from: '(o.state IN (\'waiting\', \'parked\', \'dropped\') OR', to: '(o.state IN (\'waiting\', \'parked\', \'dead\', \'dropped\') OR', tests: [BILLING_LISTING]
	},
	{
		file: 'src/billing/granted.c', what: 'a list of entitlements that was read long ago takes the place of a newer one',
		from: '" AND coalesce(granted_at < $3::timestamptz, true) RETURNING id),"', to: '" AND $3::timestamptz IS NOT NULL RETURNING id),"',
		tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/granted.c', what: 'what customers of nobody may use is kept for ever',
		from: '" AND coalesce(account_id, former_account_id) IS NOT NULL"', to: '""', tests: [BILLING_CUSTOMERS]
	},
	// hearing of an object
	{
		file: 'src/billing/object.h', what: 'hearing of an object does not make it due now',
		from: 'ELSE " when " END," \\', to: 'ELSE o.due_at END," \\', tests: [BILLING_OBJECTS, THE_COURIER]
	},
	{
		file: 'src/billing/object.h', what: 'hearing of an object does not wake what is parked or dead',
		from: 'state = \'waiting\', settled_at = NULL," \\', to: 'settled_at = NULL," \\', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.h', what: 'hearing of an object does not forgive its failures',
		from: '" attempts = 0, state', to: '" state', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.h', what: 'hearing of an object leaves it settled, and it goes with the next tidying',
		from: 'settled_at = NULL," \\\n\t" customer_id = NULL,', to: '" \\\n\t" customer_id = NULL,', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.h', what: 'an object that is heard of stays with the customer for whom it was parked',
		from: ' settled_at = NULL," \\\n\t" customer_id = NULL,', to: ' settled_at = NULL," \\\n\t"', tests: [BILLING_OBJECTS]
	},
	// the journal
	{
		file: 'src/billing/call.c', what: '23 hours count from the last send',
		from: 'first_sent_at = coalesce(first_sent_at, now())', to: 'first_sent_at = now()', tests: [BILLING_CALLS]
	},
	{
		file: 'src/billing/call.c', what: 'no call is ever stale',
		from: 'c->stale = rows_int', to: 'c->stale = 0 && rows_int', tests: [BILLING_CALLS]
	},
	{
		file: 'src/billing/call.c', what: 'sending is no lease: a courier sends what a handler sends',
		from: '" leased_until = now() + $3::int * interval', to: '" leased_until = now() - $3::int * interval', tests: [BILLING_CALLS]
	},
	{
		file: 'src/billing/call.c', what: 'a courier claims any kind',
		from: '" ELSE \'attended\' END, $5, $6, $7)"', to: '" ELSE \'waiting\' END, $5, $6, $7)"', tests: [BILLING_CALLS]
	},
	{
		file: 'src/billing/call.c', what: 'what is settled can be sent again',
		from: '" AND state IN (\'waiting\', \'attended\') RETURNING id"', to: '" RETURNING id"', tests: [BILLING_CALLS, APP_ERRANDS]
	},
	{
		file: 'src/billing/call.c', what: 'what is settled can be settled otherwise',
		from: '" AND (state IN (\'waiting\', \'attended\') OR outcome = $3"', to: '" AND (true OR outcome = $3"', tests: [BILLING_CALLS]
	},
	{
		file: 'src/billing/call.c', what: 'what is settled cannot be settled alike',
		from: '" AND (state IN (\'waiting\', \'attended\') OR outcome = $3"',
		to: '" AND (state IN (\'waiting\', \'attended\') OR outcome = $3 AND false"', tests: [BILLING_CALLS]
	},
	{
		file: 'src/billing/call.c', what: 'a customer that was refused is done, and nobody sees it',
		from: 'WHEN $3 = \'refused\' AND kind IN " OF_COURIERS', to: 'WHEN $3 = \'refused\' AND kind IN (\'nothing\')"',
		tests: [BILLING_CALLS, APP_ERRANDS]
	},
	{
		file: 'src/billing/call.c', what: 'a customer that was deleted before we heard of it leaves no room for another',
		from: 'WHERE id = $1 AND deleted)"', to: 'WHERE id = $1 AND false)"', tests: [BILLING_CALLS]
	},
	{
		file: 'src/billing/call.c', what: 'the oldest open call is found, not the newest',
		from: 'ORDER BY created_at DESC, id', to: 'ORDER BY created_at, id', tests: [BILLING_CALLS]
	},
	{
		file: 'src/billing/call.c', what: 'a refusal that was brought back is taken for an open call',
		from: '" coalesce(outcome = \'refused\', false)"', to: '" false"', tests: [BILLING_CALLS]
	},
	{
		file: 'src/billing/call.c', what: 'the call of a customer that is gone leaves no room for another',
		from: '"UPDATE stripe_call SET outcome = \'replaced\'"\n\t    " WHERE lane = $1::int AND account_id = $2 AND kind = \'customer\'"',
		to: '"UPDATE stripe_call SET outcome = \'made\'"\n\t    " WHERE lane = $1::int AND account_id = $2 AND kind = \'customer\'"',
		tests: [BILLING_CUSTOMERS, THE_CHECKOUT]
	},
	{
		file: 'src/billing/call.c', what: 'calls that wait go with time',
		from: '" AND state <> \'waiting\'"\n\t    " AND coalesce(settled_at, created_at)', to: '" AND coalesce(settled_at, created_at)',
		tests: [BILLING_CALLS]
	},
	{
		file: 'src/billing/call.c', what: 'calls that are dead go with the others',
		from: 'greatest($2::int, 365)', to: '$2::int', tests: [BILLING_CALLS, THE_RETENTION]
	},
	{
		file: 'src/billing/call.c', what: 'calls that were begun and given up stay for ever',
		from: '" AND coalesce(settled_at, created_at) <', to: '" AND settled_at <', tests: [BILLING_CALLS, THE_RETENTION]
	},
	// sending
	{
		file: 'src/billing/send.c', what: 'a twin is a failure: 503',
		from: 's->twin = 1;', to: ';', tests: [THE_CHECKOUT]
	},
	{
		file: 'src/billing/send.c', what: 'a key that is known with other parameters is a refusal for good',
		from: 'if (e == ERR_INPUT)\n\t\treturn c->sent &&', to: 'if (0)\n\t\treturn c->sent &&', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/send.c', what: 'a fresh key that is known with other parameters is followed by another, and another',
		from: 'return c->sent && text_equal', to: 'return text_equal', tests: [APP_BUY]
	},
	{
		file: 'src/billing/send.c', what: 'a page that nobody can read stops its account for ever',
		from: 'if (is_page_lost(c, e, s))', to: 'if (0)', tests: [APP_BUY]
	},
	{
		file: 'src/billing/forms.c', what: 'an order is known by its plan and quantity alone',
		from: 'digest_sha256(form.data, form.len, digest);', to: 'digest_sha256("", 0, digest);', tests: [APP_BUY, 'system/refusals.test.mjs', 'unit/test_billing_forms']
	},
	{
		file: 'src/billing/send.c', what: 'a stale call is sent again instead of looked up',
		from: 'if (c->stale)', to: 'if (0)', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/send.c', what: 'an error that Stripe has kept is repeated for ever',
		from: 'return e == ERR_LATER && r->replayed;', to: 'return 0;', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/send.c', what: 'any page of the customer is taken for that of the call',
		from: 'l->metadata), id)) {', to: 'l->metadata), id) || id != NULL) {', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/send.c', what: 'customers are looked up by the id of the call',
		from: 'id = l->of_account ? c->account_id : c->id;', to: 'id = c->id;', tests: [THE_COURIER]
	},
	{
		file: 'src/billing/send.c', what: 'any object that is missing is a customer that was deleted',
		from: '!text_equal(s->reply.param, "customer"))', to: '0)', tests: [APP_BUY, THE_DOORS]
	},
	{
		file: 'src/billing/send.c', what: 'a customer that is missing is the one that is linked by now',
		from: 'return len == strlen(customer_id) &&', to: 'return 1 || len == strlen(customer_id) &&', tests: [THE_CHECKOUT]
	},
	{
		file: 'src/billing/send.c', what: 'a kept error is looked up when there is no time',
		from: 'clock_mono_us() < last_us ? look_up(stripe, c, s)', to: '1 ? look_up(stripe, c, s)', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/send.c', what: 'what the form names and is not there is not found',
		from: '\t\te = ERR_INPUT;\t/* something', to: '\t\te = ERR_NOTFOUND;\t/* something', tests: [APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/send.c', what: 'a page that was paid on is somebody’s mistake',
		from: 'if (c->kind == CALL_EXPIRE && e == ERR_INPUT)', to: 'if (0)', tests: [THE_CHECKOUT]
	},
	// one trial
	{
		file: 'src/billing/entitlement.c', what: 'a trial is forgotten with its plan',
		from: '"SELECT EXISTS (SELECT FROM trial WHERE account_id = $1)"', to: '"SELECT false"', tests: [THE_SECOND]
	},
	{
		file: 'src/billing/subscription_read.c', what: 'the flag means the last end of several',
		from: 'memcpy(f->cancel_at, f->first_end,', to: 'memcpy(f->cancel_at, f->end,', tests: [BILLING_CUSTOMERS, 'system/ends.test.mjs']
	},
	// a second subscription
	{
		file: 'src/billing/entitlement.c', what: 'the second stays and the first is ended',
		from: '" (s.created, k.rank, s.id) > (k.created, s.rank, k.id)"', to: '" (s.created, k.rank, s.id) < (k.created, s.rank, k.id)"', tests: [THE_SECOND]
	},
	{
		file: 'src/billing/second.c', what: 'a refund of which Stripe keeps an error is made again',
		from: 'return second_renew(db, c);', to: 'return call_refused(db, c, s->why);', tests: [THE_SECOND]
	},
	{
		file: 'src/billing/send.c', what: 'what has ended cannot be ended for ever',
		from: 'if (e == ERR_NOTFOUND)\n\t\treturn ERR_OK;', to: 'if (0)\n\t\treturn ERR_OK;', tests: [THE_SECOND]
	},
	// a customer to be made
	{
		file: 'src/billing/customer_call.c', what: 'a call whose customer is linked otherwise is tried 200 times',
		from: 'return call_refused(db, c, "linked otherwise already");', to: 'return later(db, c, "linked otherwise already", 0);',
		tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/billing/customer_call.c', what: 'a call that is done leaves its customer linked to nobody',
		from: 'e = customer_link(db, id, c->account_id);', to: 'e = ERR_OK;', tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/billing/customer_call.c', what: 'a call whose key is burnt is not followed by another',
		from: 'e = call_write(db, &fresh);', to: 'e = ERR_OK;', tests: [THE_COURIER]
	},
	{
		file: 'src/billing/customer_call.c', what: 'what Stripe refuses is tried on',
		from: 'case ERR_INPUT:\n\t\treturn call_refused(db, c, s->why);', to: 'case ERR_INPUT:\n\t\treturn later(db, c, s->why, 0);',
		tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/billing/customer_call.c', what: 'a refused key settles a call',
		from: 'return call_later(db, c, s->why, STRIPE_KEY_REFUSED_S);', to: 'return call_refused(db, c, s->why);',
		tests: [APP_ERRANDS, THE_COURIER]
	},
	{
		file: 'src/billing/customer_call.c', what: 'Retry-After is not heeded',
		from: 's->reply.retry_after);', to: '3000);', tests: [APP_ERRANDS, THE_COURIER]
	},
	// customers
	{
		file: 'src/billing/customer.c', what: 'a second customer takes the account from the first',
		from: '" WHERE id = $1 AND (deleted OR NOT EXISTS"', to: '" WHERE id = $1 AND (true OR NOT EXISTS"', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/customer.c', what: 'a customer can be linked to another account',
		from: "if (owner[0] != '\\0' && strcmp(owner, account_id) != 0)", to: 'if (0)', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/customer.c', what: 'linking a customer does not wake what waits for it',
		from: 'return e != ERR_OK ? e : object_unpark(db, id);', to: 'return e;', tests: [BILLING_CUSTOMERS, BILLING_OBJECTS]
	},
	{
		file: 'src/billing/customer.c', what: 'a deleted customer forgets whose it was',
		from: '" former_account_id = coalesce(account_id, former_account_id)"', to: '" former_account_id = NULL"', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/customer.c', what: 'a deleted customer leaves no room for another',
		from: 'return call_retire(db, owner, id);', to: 'return ERR_OK;', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/customer.c', what: 'a customer that is deleted is still the account’s',
		from: 'account_id = $1 AND NOT deleted"', to: 'account_id = $1"',
		why: 'whoever marks a customer as deleted takes its account away in the same statement; the condition says what the row means'
	},
	{
		file: 'src/billing/customer.c', what: 'a customer that was only missing stays deleted',
		from: 'SET deleted = false, livemode', to: 'SET livemode', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/customer.c', what: 'whose customer was is deleted with the strangers’',
		from: 'account_id IS NULL AND former_account_id IS NULL"\n\t    " AND greatest', to: 'account_id IS NULL"\n\t    " AND greatest',
		tests: [BILLING_CUSTOMERS, THE_RETENTION]
	},
	{
		file: 'src/billing/customer.c', what: 'nobody learns that two customers want one account',
		from: '\treturn customer_link(db, id, account_id);\n', to: '\te = customer_link(db, id, account_id);\n\treturn e == ERR_CONFLICT ? ERR_OK : e;\n',
		tests: [BILLING_CUSTOMERS, APP_ERRANDS]
	},
	// objects
	{
		file: 'src/billing/object.c', what: 'who lost the lease still marks an object as seen',
		from: 'AND id = $2 AND fence = $3 RETURNING id",\n\t.nparams = 6',
		to: 'AND id = $2 AND $3::bigint > 0 RETURNING id",\n\t.nparams = 6',
		tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'who lost the lease parks an object',
		from: ' WHERE lane = $1::int AND id = $2 AND fence = $3 RETURNING id",\n\t.nparams = 5',
		to: ' WHERE lane = $1::int AND id = $2 AND $3::bigint > 0 RETURNING id",\n\t.nparams = 5',
		tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'what was heard of during the reading is taken for seen',
		from: '" state = CASE WHEN " AGAIN " THEN',
		to: '" state = CASE WHEN heard < $4::bigint OR $6::int > 0 THEN', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'seen is what was heard of since, too',
		from: 'seen = greatest(seen, $4::bigint)', to: 'seen = greatest(heard, $4::bigint)', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'what was heard of while it was being parked waits for ever',
		from: '" state = CASE WHEN " SINCE " THEN \'waiting\' ELSE \'parked\' END,"',
		to: '" state = CASE WHEN heard < $4::bigint THEN \'waiting\' ELSE \'parked\' END,"', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'all that is parked is woken',
		from: '" WHERE customer_id = $1 AND state = \'parked\'"', to: '" WHERE $1::text IS NOT NULL AND state = \'parked\'"',
		tests: [BILLING_OBJECTS, BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/object.c', what: 'an object lies in any lane',
		from: 'text_digits(lane_of(id), lane), id, stripe_kind_name(kind)\n\t};', to: 'text_digits(0 * lane_of(id), lane), id, stripe_kind_name(kind)\n\t};', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'objects that wait go with time',
		from: '" AND state <> \'waiting\'"\n\t    " AND settled_at', to: '" AND settled_at', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'objects that are dead go with the others',
		from: "settled_at < now() - interval '365 days')", to: "settled_at < now())", tests: [BILLING_OBJECTS, THE_RETENTION]
	},
	{
		file: 'src/billing/object.c', what: 'a member ends the wait after a failure',
		from: "CASE o.state WHEN 'done' THEN now() ELSE o.due_at END", to: 'now()', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'a member has a page read as often as they ask',
		from: 'o.heard_at < now() - $4::int * interval', to: 'o.heard_at < now() + $4::int * interval', tests: [BILLING_OBJECTS, 'system/checkout.test.mjs']
	},
	{
		file: 'src/billing/object.c', what: 'a member brings back what is dead',
		from: "WHERE o.state IN ('waiting', 'done')\"", to: "WHERE o.state IN ('waiting', 'done', 'dead')\"", tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'what was awaited once goes first for ever',
		from: '" last_error = $5, awaited = awaited AND " AGAIN', to: '" last_error = $5, awaited = awaited OR " AGAIN', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'all that waits is held against each page',
		from: "o.state || '' = 'waiting' AND o.due_at", to: "o.state = 'waiting' AND o.due_at", tests: [APP_SWEEP]
	},
	{
		file: 'src/billing/object.c', what: 'what was read before a change of ours comes after it',
		from: 'DO UPDATE SET fence = o.fence + 1,"', to: 'DO UPDATE SET"', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'a subscription that was paid for a moment ago and is known already does not go first',
		from: 'return e != ERR_OK ? e : object_hurry(db, kind, id);', to: 'return e;', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'what was dropped is not read when it is paid for',
		from: '" WHERE o.state IN (\'dead\', \'dropped\')"', to: '" WHERE o.state IN (\'dead\')"', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.c', what: 'another event makes somebody wait',
		from: '"stripe_object", OBJECT_LEASE_SECONDS, OBJECT_ATTEMPTS, " AND awaited",',
		to: '"stripe_object", OBJECT_LEASE_SECONDS, OBJECT_ATTEMPTS, "",', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/event_record.c', what: 'a subscription that ends stands behind all renewals',
		from: '{ "customer.subscription.deleted", URGENCY_LIFE },', to: '{ "customer.subscription.deleted", URGENCY_NONE },',
		tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/object.h', what: 'a renewal makes what is urgent wait',
		from: '" least(o.urgency, excluded.urgency) ELSE', to: '" excluded.urgency ELSE', tests: [BILLING_OBJECTS]
	},
	// sweeps
	{
		file: 'src/billing/object.c', what: 'a page says something about what was heard of after it was asked for',
		from: '" AND o.heard_at < $3::timestamptz"', to: '" AND $3::timestamptz IS NOT NULL"', tests: [APP_SWEEP]
	},
	{
		file: 'src/billing/object.c', what: 'a page takes what somebody else is reading',
		from: '" AND (o.leased_until IS NULL OR o.leased_until < now())"\n\t    " RETURNING o.lane', to: '" RETURNING o.lane', tests: [APP_SWEEP]
	},
	{
		file: 'src/billing/sweep.c', what: 'a sweep that goes on is begun anew, for ever',
		from: '" WHERE s.state NOT IN (\'waiting\', \'dead\') OR', to: '" WHERE s.state NOT IN (\'dead\') OR', tests: [APP_SWEEP]
	},
	// Stripe's limits
	{
		file: 'src/billing/pace.c', what: 'errands take what people need',
		from: 'how == PACE_ERRANDS ? "errands" : "people"', to: '"people"', tests: [BILLING_PACE]
	},
	{
		file: 'src/billing/pace.c', what: 'the limit of all calls is not kept',
		from: '" ON w.key = h.key UNION ALL', to: '" ON w.key = h.key AND h.key = $4 UNION ALL',
		tests: [BILLING_PACE]
	},
	{
		file: 'src/billing/pace.c', what: 'a slice is used after its time',
		from: 's->left > 0 && clock_mono_us() < s->until_us', to: 's->left > 0', tests: [BILLING_PACE]
	},
	{
		file: 'src/billing/pace.c', what: 'Stripe’s word that there are too many calls holds for one process',
		from: '" WHERE key IN ($8, $9)) AS', to: '" WHERE key IN ($8, $9) AND false) AS', tests: [BILLING_PACE]
	},
	{
		file: 'src/billing/pace.c', what: 'whoever has a slice goes on after Stripe has said that there are too many calls',
		from: '\tmemset(slice, 0, PACE_SLICES * sizeof(*slice));\n', to: '', tests: [BILLING_PACE]
	},
	{
		file: 'src/billing/call.c', what: 'of what is clicked only previews are counted',
		from: 'AND account_id = $2 AND kind = $4"', to: 'AND account_id = $2 AND kind = $4 AND kind = \'preview\'"', tests: [BILLING_CALLS]
	},
	// events
	{
		file: 'src/billing/event_record.c', what: 'who has paid is not known to wait',
		from: 'kind " = \'checkout.session\' AND "', to: 'kind " = \'nothing\' AND "', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/event_record.c', what: 'an event that cannot be read is nobody’s errand',
		from: "SELECT lane, id, 'event', 'dead', now(), $11 FROM fresh\"", to: "SELECT lane, id, 'event', 'dead', now(), $11 FROM fresh WHERE $11 IS NULL\"", tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/event_record.c', what: 'bytes that the database does not take make Stripe come again for ever',
		from: 'if (is_text(payload, len))', to: 'if (1)', tests: [BILLING_OBJECTS, 'system/odd.test.mjs']
	},
	{
		file: 'src/billing/event_record.c', what: 'an event that comes again is heard again',
		from: '" " AWAITED("object_kind", "$3") ", $12::smallint FROM fresh"\n\t    " WHERE $11::boolean"',
		to: '" " AWAITED("object_kind", "$3") ", $12::smallint FROM (SELECT $1::smallint AS lane, $5::text AS object_id, $4::text AS object_kind) f"\n\t    " WHERE $11::boolean"', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/stripe/event.c', what: 'what is not followed is read',
		from: '!e->is_foreign && stripe_kind(e->object_kind) != STRIPE_KINDS &&', to: 'e->object_kind[0] != 0 &&', tests: [BILLING_OBJECTS, APP_ERRANDS]
	},
	{
		file: 'src/billing/event_record.c', what: 'an event lies in its own lane, not in its object’s',
		from: 'return lane_of(text_empty(e->object_id) ? e->id : e->object_id);', to: 'return lane_of(e->id);', tests: [BILLING_OBJECTS]
	},
	{
		file: 'src/billing/event_record.c', what: 'whatever came is fresh',
		from: '*ret_fresh = rows_int(r, 0, 0) == 1;', to: '*ret_fresh = rows_int(r, 0, 0) >= 0;', tests: [BILLING_OBJECTS, APP_ERRANDS]
	},
	{
		file: 'src/billing/event.c', what: 'events go before their time',
		from: 'received_at < now() - $2::int * interval \'1 day\'"', to: 'received_at < now() - $2::int * interval \'1 hour\'"',
		tests: [BILLING_OBJECTS, THE_RETENTION]
	},
	// pages
	{
		file: 'src/billing/checkout.c', what: 'a page that was never followed by a subscription stops its account for ever',
		from: "interval '2 days'\"\n\t    \" AND NOT EXISTS (SELECT FROM subscription u\"\n\t    \" WHERE u.id = k.subscription_id))\",",
		to: "interval '20 days'\"\n\t    \" AND NOT EXISTS (SELECT FROM subscription u\"\n\t    \" WHERE u.id = k.subscription_id))\",", tests: [BILLING_CHECKOUT, APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/checkout.c', what: 'the page of a customer that is gone is handed out',
		from: ' AND NOT c.deleted"', to: '"', tests: [BILLING_CHECKOUT, APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/checkout.c', what: 'a page that is over is handed out',
		from: '" AND s.expires_at > now()"', to: '""', tests: [BILLING_CHECKOUT, APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/checkout.c', what: 'an old answer opens a page again',
		from: "AND (status = 'open' OR $2 <> 'open')", to: '', tests: [BILLING_CHECKOUT, APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/checkout.c', what: 'closing a page undoes that it was paid on',
		from: '" WHERE id = $1 AND status = \'open\'"', to: '" WHERE id = $1"', tests: [BILLING_CHECKOUT, APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/checkout.c', what: 'a page is everybody’s',
		from: 'WHERE k.id = $1 AND k.account_id = $2"', to: 'WHERE k.id = $1 AND $2::uuid IS NOT NULL"',
		tests: [BILLING_CHECKOUT, APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/checkout.c', what: 'the subscription of a page that was paid on is not read',
		from: 'rows_count(r) == 1 && subscription != NULL', to: '0', tests: [BILLING_CHECKOUT, APP_BUY, THE_CHECKOUT]
	},
	{
		file: 'src/billing/checkout.c', what: 'a page that ended unseen is never looked at',
		from: '" AND r.expires_at < now() - interval \'1 hour\'"', to: '" AND r.expires_at < now() - interval \'1000 hours\'"', tests: [BILLING_CHECKOUT]
	},
	{
		file: 'src/billing/checkout.c', what: 'a page that is still open is taken for one that should have ended',
		from: '" AND r.expires_at < now() - interval \'1 hour\'"', to: '', tests: [BILLING_CHECKOUT]
	},
	{
		file: 'src/billing/checkout.c', what: 'a page that was kept before is as it was then',
		from: '" ON CONFLICT (id) DO NOTHING"', to: '" ON CONFLICT (id) DO UPDATE SET status = excluded.status"', tests: [BILLING_CHECKOUT]
	},
	{
		file: 'src/billing/checkout.c', what: 'a payment that comes late is not seen',
		from: 'if (!news)', to: 'if (1)', tests: [BILLING_CHECKOUT]
	},
	// subscriptions, invoices, entitlement
	{
		file: 'src/billing/subscription.c', what: 'what has ended comes to life again',
		from: "WHERE s.status NOT IN ('canceled', 'incomplete_expired')", to: 'WHERE true', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/subscription_read.c', what: 'the end that the dashboard has scheduled is not seen',
		from: 'f->cancel_flag = e == ERR_OK && at_end;', to: 'f->cancel_flag = 0;', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/subscription.c', what: 'items of before stay',
		from: 'e = db_query(db, &subscription_drop_items, arg, NELEM(arg), NULL);', to: 'e = arg[0] == NULL ? ERR_INPUT : ERR_OK;',
		tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/subscription_read.c', what: 'the period is that of the last item',
		from: 'later(f->end, item.end);', to: 'memcpy(f->end, item.end, sizeof(f->end));', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/subscription.c', what: 'all items have the first place',
		from: 'text_digits((int64_t)position, at)', to: 'text_digits(0 * (int64_t)position, at)',
		tests: [BILLING_CUSTOMERS, BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'price and quantity are those of a seat beside the plan',
		from: '" AND t.price = ANY(" PRICES ")"',
		to: '" AND t.price <> \'\'"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'of two plans the first item counts',
		from: '" ORDER BY rank DESC, t.position LIMIT 1) i ON true"',
		to: '" ORDER BY t.position LIMIT 1) i ON true"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'what an older program wrote is not paid',
		from: '"(i.paid_until IS NOT NULL OR u.latest_invoice IS NULL)"', to: '"(i.paid_until IS NOT NULL)"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'what lies beside a plan pays for it',
		from: '" t.current_period_end) END AS paid_until,"', to: '" NULL) END AS paid_until,"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'who is past due keeps the whole next period',
		from: '" THEN greatest(i.paid_until, coalesce(u.past_due_since,"',
		to: '" THEN greatest(i.period_end, coalesce(u.past_due_since,"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'a change that is declined ends a period that is paid',
		from: '" THEN greatest(i.paid_until, coalesce(u.past_due_since,"',
		to: '" THEN greatest(NULL, coalesce(u.past_due_since,"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'the grace counts from what was paid, not from the failure',
		from: '" THEN greatest(i.paid_until, coalesce(u.past_due_since,"',
		to: '" THEN greatest(i.paid_until, coalesce(i.paid_until,"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'a first payment that failed has a grace',
		from: '" WHEN u.status = \'past_due\' AND " EVER_PAID',
		to: '" WHEN u.status = \'past_due\'"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'access begins before the money, whatever the operator says',
		from: '" AND (" EVER_PAID " OR " BEFORE_PAID ")"',
		to: '" AND (true OR " BEFORE_PAID ")"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'access goes on while collecting is paused, whatever the operator says',
		from: '" AND u.pause IS NOT NULL AND NOT " WHILE_PAUSED',
		to: '" AND false AND NOT " WHILE_PAUSED', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'a scheduled end does not end anything',
		from: 'c.deleted OR u.cancel_at <= now() OR',
		to: 'c.deleted OR', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'who is gone keeps what they had',
		from: 'CASE WHEN c.deleted OR',
		to: 'CASE WHEN', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/options.c', what: 'a discount is rounded in our favour',
		from: ' + WHOLE / 2) / WHOLE', to: ') / WHOLE', tests: ['unit/test_billing_forms']
	},
	{
		file: 'src/billing/entitlement.c', what: 'there is no grace',
		from: '" THEN i.period_end + " GRACE',
		to: '" THEN i.period_end + 0 * " GRACE', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'what nobody confirms forbids another for ever',
		from: '" AND coalesce(i.period_end + " GRACE " <= now(), true)"',
		to: '" AND coalesce(i.period_end + " GRACE " <= \'-infinity\', true)"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'who has paused buys a second one when the period is over',
		from: 'WHEN u.status <> \'paused\'"', to: 'WHEN u.status <> \'asleep\'"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/invoice.c', what: 'who has gone on leads to an invoice that nobody can pay any more',
		from: 'text_equal(f->status, "void") ||', to: 'text_equal(f->status, "lost") ||', tests: [THE_DUNNING]
	},
	{
		file: 'src/billing/entitlement.c', what: 'what is owed for an earlier period cannot be paid',
		from: 'coalesce(b.pay_url, o.url, \'\')', to: 'coalesce(b.pay_url, \'\')', tests: [THE_DUNNING]
	},
	{
		file: 'src/billing/entitlement.c', what: 'who never completed a first payment cannot buy for a month',
		from: 'AND u.created < now() - interval \'1 day\')"',
		to: 'AND u.created < now() - interval \'31 days\')"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'whose first payment is on its way is told to pay',
		from: '" WHEN u.status IN (\'active\', \'trialing\') AND u.pause IS NULL"',
		to: '" WHEN u.status IN (\'trialing\') AND u.pause IS NULL"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'a small plan hides a large one',
		from: '" ORDER BY entitlement DESC, i.rank DESC, u.created',
		to: '" ORDER BY entitlement DESC, u.created', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'what is owed hides what is paid',
		from: '" ORDER BY entitlement DESC, i.rank DESC, u.created',
		to: '" ORDER BY i.rank DESC, u.created', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'a customer that was denied and is back counts nowhere',
		from: 'account \\\n\t" OR c.former_account_id = " account', to: 'account', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'a trial of something else uses up ours',
		from: '" AND u.trial_end IS NOT NULL AND t.price = ANY($2::text[]))"',
		to: '" AND u.trial_end IS NOT NULL AND $2::text[] IS NOT NULL)"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/options.c', what: 'former prices mean nothing',
		from: 'const char *at = p->former_prices == NULL ? "" : p->former_prices;',
		to: 'const char *at = "";', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: '/auth knows sessions that are idle in another unit',
		from: "s.used_at > now() - $6::int * interval '1 hour'", to: "s.used_at > now() - $6::int * interval '1 day'",
		tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: '/auth forgets who is remembered over night',
		from: 'AND (s.remembered OR"', to: 'AND (false OR"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: '/auth knows sessions that are over',
		from: 'AND s.ends_at > now()"', to: '"', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'whoever failed to pay for a first time can never buy',
		from: '(\'canceled\', \'incomplete_expired\', \'gone\') OR',
		to: '(\'canceled\', \'gone\') OR', tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/entitlement.c', what: 'a trial is forgotten with its customer',
		from: '" WHERE (c.account_id = $1 OR c.former_account_id = $1)"', to: '" WHERE (c.account_id = $1)"',
		tests: [BILLING_ENTITLEMENT, APP_BUY]
	},
	{
		file: 'src/billing/entitlement.c', what: '/auth keeps no session',
		from: 's.used_at < now() - $6::int * interval \'3 minutes\',"', to: 's.used_at < now() - $6::int * interval \'3 hours\',"',
		tests: [BILLING_ENTITLEMENT]
	},
	{
		file: 'src/billing/subscription_read.c', what: 'a period is paid because it has begun',
		from: '(is_paid || f->invoice_status == NULL)) ||', to: '(is_paid || 1)) ||', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/subscription.c', what: 'a debt is younger with each reading',
		from: 'ELSE coalesce(s.past_due_since, excluded.past_due_since) END,"',
		to: 'ELSE now() END,"', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/subscription.c', what: 'a debt is as old as we are late',
		from: '" THEN least(now(), to_timestamp($17::bigint)) END, $19, $20, $21::boolean)"',
		to: '" THEN coalesce(now(), to_timestamp($17::bigint)) END, $19, $20, $21::boolean)"', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/subscription.c', what: 'what was paid is forgotten when something is owed',
		from: '" ELSE coalesce(s.paid_until, excluded.paid_until) END,"',
		to: '" ELSE excluded.paid_until END,"', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/subscription.c', what: 'what is gone was never there, and what has ended is gone',
		from: '" AND status NOT IN (\'canceled\', \'incomplete_expired\')",\n\t.nparams = 1',
		to: '"",\n\t.nparams = 1', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/subscription_read.c', what: 'whose debit is on its way is told to pay',
		from: '"send_invoice") || json_has(read, "pending_update") ||', to: '"send_invoice") || 1 ||', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/invoice.c', what: 'money alone changes nothing',
		from: 'return e != ERR_OK || !news ? e : object_hear_later',
		to: 'return e != ERR_OK || news ? e : object_hear_later', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/event.c', what: 'any event counts, also one that was seen',
		from: '" AND (o.seen_at IS NULL OR e.received_at > o.seen_at)"',
		to: '""', tests: ['unit/test_billing_objects']
	},
	{
		file: 'src/billing/object.c', what: 'an old answer is the last word',
		from: '" state = CASE WHEN " AGAIN " THEN',
		to: '" state = CASE WHEN heard > $4::bigint OR $6::int > 9 THEN', tests: ['unit/test_billing_objects', APP_ERRANDS]
	},
	{
		file: 'src/billing/invoice.c', what: 'an invoice that is read again stays as it was',
		from: '" status = excluded.status,"', to: '" status = invoice.status,"', tests: [BILLING_CUSTOMERS]
	},
	{
		file: 'src/billing/customer.c', what: 'what belongs to a stranger is kept',
		from: 'if (account[0] != \'\\0\')\n\t\treturn ERR_OK;\n\t(void)snprintf', to: 'return ERR_OK;\n\t(void)snprintf', tests: [BILLING_CUSTOMERS]
	},
	// whose rows these are
	{
		file: 'src/billing/home.c', what: 'the last key decides whose the rows are',
		from: 'CASE h.account WHEN \'\' THEN $1 ELSE h.account END"', to: 'CASE h.account WHEN \'\' THEN $1 ELSE $1 END"',
		tests: [BILLING_HOME]
	},
	{
		file: 'src/billing/home.c', what: 'a key of the other mode is remembered as ours',
		from: ' AND h.livemode = $2"', to: '"', tests: [BILLING_HOME]
	},
	{
		file: 'src/billing/home.c', what: 'a key of another account is remembered as ours',
		from: '" AND (h.account = $1 OR h.account = \'\' OR $1 = \'\')"', to: '" AND (true OR h.account = $1)"', tests: [BILLING_HOME]
	},
	{
		file: 'src/billing/home.c', what: 'a second key of the account is not remembered',
		from: 'SET key_digest = $3, account ="', to: 'SET key_digest = h.key_digest, account ="', tests: [BILLING_HOME]
	},
	{
		file: 'src/billing/home.c', what: 'test and live mode are the same',
		from: 'return a->livemode == b->livemode && (', to: 'return (', tests: [BILLING_HOME, APP_ERRANDS]
	},
	{
		file: 'src/billing/home.c', what: 'a key that may not say whose it is is a stranger’s',
		from: 'text_empty(b->account) || ', to: '', tests: [BILLING_HOME]
	},
	{
		file: 'src/billing/home.c', what: 'any key is known',
		from: 'stripe_home WHERE key_digest = $1)"', to: 'stripe_home WHERE $1::text IS NOT NULL)"', tests: [BILLING_HOME]
	},
	// what Stripe lists
	{
		file: 'src/billing/subscription.c', what: 'what has ended is read again with each listing',
		from: '" WHERE coalesce(s.status NOT IN"\n\t    " (\'canceled\', \'incomplete_expired\') AND (',
		to: '" WHERE coalesce(s.status NOT IN"\n\t    " (\'none\', \'nothing\') AND (', tests: [BILLING_LISTING]
	},
	{
		file: 'src/billing/subscription.c', what: 'another status is no difference',
		from: 'AND (s.status <> l.status"', to: 'AND (false"', tests: [BILLING_LISTING]
	},
	{
		file: 'src/billing/subscription.c', what: 'an end that was scheduled is no difference',
		from: '" OR s.cancel_at IS DISTINCT FROM to_timestamp(l.cancel_at)"', to: '', tests: [BILLING_LISTING]
	},
	{
		file: 'src/billing/subscription.c', what: 'what is not known here is as it should be',
		from: '" true)" LISTING_UNKNOWN,\n\t.nparams = 8', to: '" false)" LISTING_UNKNOWN,\n\t.nparams = 8', tests: [BILLING_LISTING]
	},
	{
		file: 'src/billing/invoice.c', what: 'an invoice that was paid since is no difference',
		from: 'OR i.amount_paid <> l.amount_paid OR', to: 'OR', tests: [BILLING_LISTING]
	},
	{
		file: 'src/billing/listing.c', what: 'a page has one more than fit',
		from: 'i < count && i < LISTING_PAGE', to: 'i < count && i <= LISTING_PAGE',
		why: 'Stripe lists no more, and what was found is cut to as many'
	},
	{
		file: 'src/billing/listing.h', what: 'what is on its way already is heard of again',
		from: '(o.state IN (\'waiting\', \'parked\', \'dropped\') OR', to: '(o.state IN (\'none\') OR', tests: [BILLING_LISTING]
	},
	{
		file: 'src/billing/subscription.c', what: 'what should have renewed and was read since is read each time',
		from: '" AND r.seen_at < r.current_period_end"\n\t    " + (now() - r.current_period_end) / 2)"',
		to: '")"', tests: [BILLING_LISTING]
	},
	{
		file: 'src/billing/subscription.c', what: 'what should have renewed and was read since is never read again',
		from: '" + (now() - r.current_period_end) / 2)"',
		to: '")"', tests: [BILLING_LISTING]
	},
	{
		file: 'src/billing/subscription.c', what: 'what should have renewed is never looked at',
		from: 'current_period_end < now() - interval \'10 minutes\'"',
		to: 'current_period_end < now() - interval \'1000 days\'"', tests: [BILLING_LISTING]
	},
	{
		file: 'src/billing/subscription.c', what: 'that collecting is paused is no difference',
		from: '" OR s.pause IS DISTINCT FROM l.pause"',
		to: '""', tests: [BILLING_LISTING]
	},
	{
		file: 'src/billing/object.c', what: 'what waits is put off by whoever finds it',
		from: '" WHERE o.state <> \'waiting\'"', to: '" WHERE true"', tests: ['unit/test_billing_objects']
	},
	{
		file: 'src/billing/object.c', what: 'what is found among many is due at once',
		from: '" VALUES ($1::int, $2, $3, now() + $4::int * interval \'1 second\')"', to: '" VALUES ($1::int, $2, $3, now() + 0 * $4::int * interval \'1 second\')"', tests: ['unit/test_billing_objects']
	},
	{
		file: 'src/billing/invoice.c', what: 'an invoice is looked at every time',
		from: '" AND r.seen_at < now() - interval \'1 day\'"', to: '', tests: ['unit/test_billing_listing']
	},
	// what it is going to be
	{
		file: 'src/billing/planned.c', what: 'any phase is the next one',
		from: 'start == end)', to: 'start != end)', tests: [BILLING_PLANNED]
	},
	{
		file: 'src/billing/planned.c', what: 'what somebody else has planned is ours',
		from: '\t\t    "t" : "f";', to: '\t\t    "t" : "t";', tests: [BILLING_PLANNED]
	},
	{
		file: 'src/billing/planned.c', what: 'a schedule that a call of ours has made is somebody else’s once it is read',
		from: '$6::boolean OR schedule = $2 AND next_ours IS TRUE,', to: '$6::boolean,', tests: [BILLING_PLANNED]
	},
	{
		file: 'src/billing/planned.c', what: 'one schedule after another of ours is ours, whoever made it',
		from: 'OR schedule = $2 AND next_ours IS TRUE', to: 'OR next_ours IS TRUE', tests: [BILLING_PLANNED]
	},
	{
		file: 'src/billing/planned.c', what: 'with nothing planned by it a schedule is ours',
		from: 'db_query(db, &planned_update, arg, NELEM(arg), NULL);\n}\n\nint\nplanned_is_bare',
		to: '(arg[5] = NULL, db_query(db, &planned_update, arg, NELEM(arg), NULL));\n}\n\nint\nplanned_is_bare', tests: [BILLING_PLANNED]
	},
	{
		file: 'src/billing/subscription.c', what: 'what waited for its payment waits for ever',
		from: '(pending != NULL || known->pending)', to: '(pending != NULL)', tests: [BILLING_PLANNED]
	},
	{
		file: 'src/billing/entitlement.c', what: 'what was not paid in time may still be paid',
		from: '" p ON b.pending_until > now()"', to: '" p ON true"', tests: [BILLING_PLANNED]
	},
	{
		file: 'src/billing/feature.c', what: 'a limit may be there twice',
		from: '\t\t    is_there(list, to, at))', to: '\t\t    is_there(list, list, at))', tests: ['unit/test_app_config']
	},
	{
		file: 'src/billing/feature.c', what: 'a limit needs no number',
		from: 'text_number(digits, LIMIT_MOST, ret_value)', to: 'ERR_OK', tests: ['unit/test_app_config']
	},
	{
		file: 'src/billing/listing.h', what: 'what is overdue is heard of though somebody dropped it',
		from: '(o.state IN (\'waiting\', \'parked\', \'dropped\') OR', to: '(o.state IN (\'waiting\', \'parked\') OR', tests: ['unit/test_billing_listing']
	},

	// whose matter a refusal is
	{
		file: 'src/billing/refusal.c', what: 'a coupon that leaves too little to be charged costs the page',
		from: '\t{ "amount_too_small", NULL, NULL, "&discounts[", REFUSAL_DISCOUNT },\n', to: '', tests: ['system/refusals.test.mjs']
	},
	{
		file: 'src/billing/refusal.c', what: 'two currencies are anybody\'s matter',
		from: '\t{ NULL, NULL, "combine currencies", NULL, REFUSAL_CURRENCY },\n', to: '', tests: [APP_BUY, 'system/refusals.test.mjs']
	},
	{
		file: 'src/billing/event_record.c', what: 'events that are recorded together wait in a circle with a courier',
		from: 'patience AS (SELECT set_config', to: 'patience AS (SELECT concat', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/billing/event_record.c', what: 'whoever asks which rows are held waits for them',
		from: 'OF o SKIP LOCKED', to: 'OF o', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/billing/event_record.c', what: 'whoever has once given way is impatient ever after',
		from: 'GIVE_WAY_SQL ", true)), told', to: 'GIVE_WAY_SQL ", false)), told', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/billing/event_record.c', what: 'of those recorded together whatever came is fresh',
		from: '\t\tkeyed[i].told->fresh = 0;\n', to: '\t\tkeyed[i].told->fresh = 1;\n', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/billing/event_record.c', what: 'an event that cannot be read is recorded with others, as nobody’s errand',
		from: 'return !is_unread(e) && len', to: 'return len', tests: ['unit/test_app_errands', 'system/together.test.mjs']
	},
	{
		file: 'src/billing/event_record.c', what: 'bytes that no column takes are recorded with others',
		from: ' &&\n\t    is_text(payload, len) &&', to: ' &&', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/billing/event_record.c', what: 'what stands between payloads is recorded as if it were none of one',
		from: ' && memchr(payload, BETWEEN, len) == NULL;', to: ';', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/billing/event_record.c', what: 'two of a batch about one object make the whole of it fail',
		from: '" WHERE t.followed GROUP BY f.lane, f.object_id"', to: '" WHERE t.followed GROUP BY f.lane, f.object_id, f.id"', tests: ['unit/test_app_errands', 'system/together.test.mjs']
	},
	{
		file: 'src/billing/event_record.c', what: 'a batch bumps what it knew already',
		from: '" FROM fresh f JOIN told t ON t.lane = f.lane AND t.id = f.id"', to: '" FROM told f JOIN told t ON t.lane = f.lane AND t.id = f.id"', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/billing/object.h', what: 'a burst about one object changes its indexes each time',
		from: '" THEN least(o.due_at, " when ") ELSE', to: '" THEN " when " ELSE', tests: ['unit/test_app_errands']
	},
	{
		file: 'src/billing/object.h', what: 'an object that is heard of all the time is always the first of its lane',
		from: "\" WHEN o.state = 'waiting' AND o.leased_until IS NULL\"", to: "\" WHEN o.state = 'waiting'\"", tests: ['unit/test_app_errands']
	}
];
