// SPDX-License-Identifier: MIT

const COURIER = ['system/courier.test.mjs'];

export default [
	{
		file: 'src/courier/object.c', what: 'a refused key or a 404 buries an object at the first try',
		from: 'e == ERR_INPUT);', to: 'e != ERR_LATER);', tests: COURIER
	},
	{
		file: 'src/courier/object.c', what: 'what Stripe refuses is read for ever',
		from: 'e == ERR_INPUT);', to: '0);', tests: COURIER
	},
	{
		file: 'src/courier/object.c', what: 'a refused key is tried again at once',
		from: 'DUE_KEY_REFUSED : reply->retry_after', to: '0 : reply->retry_after', tests: COURIER
	},
	{
		file: 'src/courier/object.c', what: 'Retry-After is not heeded',
		from: 'DUE_KEY_REFUSED : reply->retry_after', to: 'DUE_KEY_REFUSED : 0', tests: COURIER
	},
	{
		file: 'src/courier/object.c', what: 'what was read is applied without a transaction',
		from: 'e = db_transaction(c->db, settle, r);', to: 'e = settle(c->db, r);', tests: COURIER
	},
	{
		file: 'src/courier/object.c', what: 'what belongs to nobody here fails instead of waiting',
		from: 'if (e == ERR_NOTFOUND && customer[0] != \'\\0\')', to: 'if (0)', tests: COURIER
	},
	{
		file: 'src/courier/object.c', what: 'what was applied is not marked as seen',
		from: 'return object_seen(db, &r->object);', to: 'return ERR_OK;', tests: COURIER
	},
	{
		file: 'src/courier/object.c', what: 'what could not be applied keeps its lease',
		from: 'return object_fail(c->db, o, why, 0, 0);', to: 'return ERR_OK;', tests: COURIER
	},
	{
		file: 'src/courier/call.c', what: 'a call is sent without committing “sent” first',
		from: 'if ((e = call_sending(c->db, &o.call)) != ERR_OK)', to: 'if (0)', tests: COURIER
	},
	{
		file: 'src/courier/courier.c', what: 'a courier does not wake for a call that gets due',
		from: 'if (call != -1 && call < ms)', to: 'if (0)', tests: COURIER
	},
	{
		file: 'src/courier/courier.c', what: 'a courier does not wake for an object that gets due',
		from: 'if (object != -1 && object < ms)', to: 'if (0)', tests: COURIER
	},
	{
		file: 'src/courier/courier.c', what: 'a courier waits after each object',
		from: 'if (object == ERR_OK || call == ERR_OK)', to: 'if (call == ERR_OK)', tests: COURIER
	},
	{
		file: 'src/courier/courier.c', what: 'calls wait for all objects',
		from: '\tcall = call_errand(c);', to: '\tcall = object == ERR_OK ? ERR_NOTFOUND : call_errand(c);', tests: COURIER
	},
	{
		file: 'src/courier/courier.c', what: 'the bell is not taken off: it rings for ever',
		from: 'doorbell_drain(*doorbell);', to: '(void)doorbell_drain;', tests: COURIER
	}
];
